"""YAML or JSON as plain values: mappings, lists and texts; nothing is guessed and nothing is executed."""

import json
from pathlib import Path

import yaml
from yaml.nodes import MappingNode, Node, ScalarNode, SequenceNode

from allocator.plan.faults import FaultCollector
from allocator.texts import worded
from scenarios.library_words import said_of_json, said_of_yaml

NULLS = ("", "~", "null", "Null", "NULL")
LARGEST = 20_000_000
"""Bytes of a file that are looked at."""
DEEPEST = 20


def read_plain(path: Path, faults: FaultCollector) -> object | None:
    """Return what a file says; None (and a fault) where it cannot be read.

    Numbers stay texts, so that ids such as `007` survive; a plain `null` or nothing is None.
    """
    name = path.name
    if not path.is_file():
        faults.add(
            str(path),
            0,
            "",
            "",
            code="no-such-file",
            message=worded("fault.scenario_file.absent"),
            hint=worded("fault.scenario_file.absent.hint"),
        )
        return None
    raw = path.read_bytes()
    if len(raw) > LARGEST:
        faults.add(
            name,
            0,
            "",
            "",
            code="too-large",
            message=worded("fault.scenario_file.too_large"),
            hint=worded("fault.scenario_file.too_large.hint"),
        )
        return None
    try:
        text = raw.decode("utf-8-sig")
    except UnicodeDecodeError:
        faults.add(
            name,
            0,
            "",
            "",
            code="wrong-encoding",
            message=worded("fault.scenario_file.encoding"),
            hint=worded("fault.scenario_file.encoding.hint"),
        )
        return None
    return _json(text, name, faults) if path.suffix == ".json" else _yaml(text, name, faults)


def _json(text: str, name: str, faults: FaultCollector) -> object | None:
    try:
        value: object = json.loads(
            text,
            parse_float=str,
            parse_int=str,
            object_pairs_hook=lambda pairs: _mapping(pairs, name, faults),
        )
    except (json.JSONDecodeError, RecursionError) as error:
        row = error.lineno if isinstance(error, json.JSONDecodeError) else 0
        faults.add(
            name,
            row,
            "",
            "",
            code="json-syntax",
            message=worded("fault.scenario_file.json", error=said_of_json(error)),
            hint=worded("fault.scenario_file.json.hint"),
        )
        return None
    return value


def _mapping(pairs: list[tuple[str, object]], name: str, faults: FaultCollector) -> dict[str, object]:
    keys = [key for key, _ in pairs]
    for key in sorted({key for key in keys if keys.count(key) > 1}):
        _twice(key, name, 0, faults)
    return dict(pairs)


def _yaml(text: str, name: str, faults: FaultCollector) -> object | None:
    try:
        for event in yaml.parse(text, Loader=yaml.BaseLoader):
            if isinstance(event, yaml.AliasEvent):
                row = event.start_mark.line + 1 if event.start_mark else 0
                message, hint = worded("fault.scenario_file.alias"), worded("fault.scenario_file.alias.hint")
                faults.add(name, row, "", "", code="yaml-syntax", message=message, hint=hint)
                return None
        node = yaml.compose(text, Loader=yaml.BaseLoader)
    except yaml.YAMLError as error:
        mark = getattr(error, "problem_mark", None)
        row = mark.line + 1 if mark else 0
        problem = getattr(error, "problem", None) or str(error).split("\n")[0]
        faults.add(
            name,
            row,
            "",
            "",
            code="yaml-syntax",
            message=worded("fault.scenario_file.yaml", problem=said_of_yaml(problem)),
            hint=worded("fault.scenario_file.yaml.hint"),
        )
        return None
    return None if node is None else _value(node, name, faults, 0)


def _value(node: Node, name: str, faults: FaultCollector, depth: int) -> object:
    row = _row(node)
    if depth > DEEPEST:
        faults.add(
            name,
            row,
            "",
            "",
            code="yaml-syntax",
            message=worded("fault.scenario_file.depth"),
            hint=worded("fault.scenario_file.depth.hint"),
        )
        return None
    if isinstance(node, ScalarNode):
        text: str = node.value
        return None if node.style is None and text in NULLS else text
    if isinstance(node, SequenceNode):
        return [_value(one, name, faults, depth + 1) for one in node.value]
    assert isinstance(node, MappingNode)
    found: dict[str, object] = {}
    for key_node, value_node in node.value:
        key = str(key_node.value) if isinstance(key_node, ScalarNode) else "{...}"
        if key in found:
            _twice(key, name, _row(key_node), faults)
        found[key] = _value(value_node, name, faults, depth + 1)
    return found


def _twice(key: str, name: str, row: int, faults: FaultCollector) -> None:
    faults.add(
        name,
        row,
        key,
        key,
        code="duplicate-key",
        message=worded("fault.scenario_file.key_twice", key=key),
        hint=worded("fault.scenarios.keep_one_key"),
    )


def _row(node: Node) -> int:
    return node.start_mark.line + 1 if node.start_mark else 0
