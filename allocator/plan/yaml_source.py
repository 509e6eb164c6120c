"""plan.yaml as a tree of texts that know their line: nothing is guessed, nothing is executed."""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Literal, TypeAlias

import yaml
from yaml.nodes import MappingNode, ScalarNode
from yaml.nodes import Node as YamlNode

from allocator.plan.faults import FaultCollector
from allocator.texts import worded
from allocator.wording import Wording

Tag = Literal["text", "number", "bool", "null", "list"]
Path: TypeAlias = tuple[str, ...]
DEEPEST = 20
_COMPLAINTS = {
    "mapping values are not allowed": "colons",
    "could not find expected ':'": "no_colon",
    "expected <block end>": "indent",
    "'\\t'": "tab",
    "expected ',' or": "bracket",
    "end of stream": "open",
}


@dataclass(frozen=True)
class Place:
    """Where something was written: file (or sheet) and row."""

    file: str
    row: int


@dataclass(frozen=True)
class Scalar:
    """One value as it was written, and what its form says it is."""

    text: str
    tag: Tag
    place: Place


@dataclass(frozen=True)
class Branch:
    """Keys and what stands under them, in the order written."""

    children: Mapping[str, "Node"]
    place: Place
    key_place: Mapping[str, Place] = field(default_factory=dict)

    def at(self, path: Path) -> "Node | None":
        """Return what stands under a path, or None."""
        node: Node | None = self
        for key in path:
            node = node.children.get(key) if isinstance(node, Branch) else None
        return node

    def place_of(self, path: Path) -> Place:
        """Return the place of the longest part of the path that is written."""
        node: Node = self
        place = self.place
        for key in path:
            if not isinstance(node, Branch) or key not in node.children:
                break
            place, node = node.key_place.get(key, node.children[key].place), node.children[key]
        return place

    def with_value(self, path: Path, value: "Node") -> "Branch":
        """Return a copy in which `value` stands under the path; branches are made as needed."""
        key, rest = path[0], path[1:]
        if rest:
            below = self.children.get(key)
            start = below if isinstance(below, Branch) else Branch({}, value.place)
            value = start.with_value(rest, value)
        return Branch(
            {**self.children, key: value}, self.place, {**self.key_place, key: _changed_place(value, rest)}
        )


Node: TypeAlias = Scalar | Branch


def _changed_place(value: Node, rest: Path) -> Place:
    """Return the place of what was set (the innermost value)."""
    for key in rest:
        assert isinstance(value, Branch)
        value = value.children[key]
    return value.place


class _UnsafeYaml(Exception):
    """A feature of YAML that a plan does not need and that can do harm."""

    def __init__(self, message: Wording) -> None:
        super().__init__(message)
        self.message = message


class _CoreLoader(yaml.SafeLoader):
    """YAML with the scalars of the 1.2 core schema: `no`, `1:30`, `2019-07-01` are texts, `1e6` a number."""

    yaml_implicit_resolvers: dict[str, list[tuple[str, object]]] = {}

    def __init__(self, stream: str) -> None:
        super().__init__(stream)
        self._depth = 0

    def compose_node(self, parent: YamlNode | None, index: int) -> YamlNode | None:
        """Refuse aliases, which can blow a file up to any size, and bottomless nesting."""
        if self.check_event(yaml.AliasEvent):
            raise _UnsafeYaml(worded("fault.yaml.alias"))
        if self._depth >= DEEPEST:
            raise _UnsafeYaml(worded("fault.yaml.deep", most=DEEPEST))
        self._depth += 1
        node = super().compose_node(parent, index)
        self._depth -= 1
        return node


def _add_resolver(tag: str, pattern: str, first: list[str]) -> None:
    """Let plain scalars of this pattern (and first letter) have the tag."""
    _CoreLoader.add_implicit_resolver(
        f"tag:yaml.org,2002:{tag}", re.compile(f"^(?:{pattern})$", re.ASCII), first
    )


_TAGS: dict[str, Tag] = {
    "tag:yaml.org,2002:str": "text",
    "tag:yaml.org,2002:bool": "bool",
    "tag:yaml.org,2002:null": "null",
    "tag:yaml.org,2002:float": "number",
}


def read_yaml(text: str, file: str, faults: FaultCollector) -> Branch | None:
    """Read the text of plan.yaml; None when it is not a mapping of keys at all."""
    node = _compose(text, file, faults)
    if node is None:
        return None
    if not isinstance(node, MappingNode):
        faults.add(
            file,
            0,
            "",
            text.strip().split("\n")[0],
            code="yaml-syntax",
            message=worded("fault.yaml.no_keys"),
            hint=worded("fault.yaml.no_keys.hint"),
        )
        return None
    tree = _convert(node, (), file, faults)
    assert isinstance(tree, Branch)
    return Branch(tree.children, Place(file, 0), tree.key_place)


def read_yaml_value(text: str, place: Place, faults: FaultCollector, path: str) -> Node | None:
    """Read the VALUE of an override as YAML."""
    own = FaultCollector()
    node = _compose(text, place.file, own)
    value = None if node is None else _convert(node, tuple(path.split(".")), place.file, own)
    for fault in own.listed():
        faults.add(place.file, place.row, path, text, code=fault.code, message=fault.message, hint=fault.hint)
    if len(own):
        return None
    return Scalar("", "null", place) if value is None else _moved(value, place)


def _moved(node: Node, place: Place) -> Node:
    """Give a value and everything in it the place of its override."""
    if isinstance(node, Scalar):
        return Scalar(node.text, node.tag, place)
    children = {key: _moved(child, place) for key, child in node.children.items()}
    return Branch(children, place, dict.fromkeys(children, place))


def _compose(text: str, file: str, faults: FaultCollector) -> YamlNode | None:
    """Parse, turning every complaint of the parser into a fault."""
    loader = None
    try:
        loader = _CoreLoader(text)
        return loader.get_single_node()
    except _UnsafeYaml as refusal:
        row = loader.line + 1 if loader else 0
        hint = worded("fault.yaml.value.hint")
        faults.add(file, row, "", "", code="yaml-syntax", message=refusal.message, hint=hint)
    except yaml.MarkedYAMLError as error:
        is_open = error.context_mark and any(word in str(error.context) for word in ("flow", "quoted"))
        mark = error.context_mark if is_open else error.problem_mark
        row = mark.line + 1 if mark else 0
        faults.add(
            file,
            row,
            "",
            _line(text, row),
            code="yaml-syntax",
            message=worded("fault.yaml.line", reason=_reason(error.problem or error.context or "")),
            hint=worded("fault.yaml.line.hint"),
        )
    except yaml.reader.ReaderError as error:
        faults.add(
            file,
            text.count("\n", 0, error.position) + 1,
            "",
            f"U+{ord(text[error.position]):04X}" if error.position < len(text) else "",
            code="bad-character",
            message=worded("fault.yaml.character"),
            hint=worded("fault.yaml.character.hint"),
        )
    except (ValueError, OverflowError):
        faults.add(
            file,
            loader.line + 1 if loader else 0,
            "",
            "",
            code="yaml-syntax",
            message=worded("fault.yaml.escape"),
            hint=worded("fault.yaml.escape.hint"),
        )
    return None


def _reason(complaint: str) -> str:
    """Return a complaint of the parser, in Chinese behind what it mostly means."""
    kind = next((kind for part, kind in _COMPLAINTS.items() if part in complaint), None)
    return worded(f"fault.yaml.line.{kind}", complaint=complaint) if kind else complaint


def _line(text: str, row: int) -> str:
    lines = text.split("\n")
    return lines[row - 1].strip() if 0 < row <= len(lines) else ""


def _convert(node: YamlNode, path: Path, file: str, faults: FaultCollector) -> Node:
    """Turn parser nodes into `Branch` and `Scalar`; keys are always texts."""
    place = Place(file, node.start_mark.line + 1)
    if isinstance(node, ScalarNode):
        return _scalar(node, path, place, faults)
    if not isinstance(node, MappingNode):
        return Scalar("[...]", "list", place)
    children: dict[str, Node] = {}
    key_place: dict[str, Place] = {}
    for key_node, value_node in node.value:
        row = key_node.start_mark.line + 1
        key = key_node.value.strip() if isinstance(key_node, ScalarNode) else "{...}"
        below = (*path, key)
        if key in children:
            faults.add(
                file,
                row,
                ".".join(below),
                key,
                code="duplicate-key",
                message=worded("fault.key.twice_in_lines", key=key, row=key_place[key].row),
                hint=worded("fault.keep_one_entry"),
            )
            continue
        children[key] = _convert(value_node, below, file, faults)
        key_place[key] = Place(file, row)
    return Branch(children, place, key_place)


def _scalar(node: ScalarNode, path: Path, place: Place, faults: FaultCollector) -> Scalar:
    text = node.value
    if any("\ud800" <= letter <= "\udfff" for letter in text):
        faults.add(
            place.file,
            place.row,
            ".".join(path),
            ascii(text),
            code="bad-character",
            message=worded("fault.yaml.surrogate"),
            hint=worded("fault.yaml.surrogate.hint"),
        )
        text = "?"
    return Scalar(text, _TAGS.get(node.tag, "text"), place)


def leaves(tree: Branch, path: Path = ()) -> Iterator[tuple[Path, Scalar]]:
    """Yield every value with its path, in the order written."""
    for key, node in tree.children.items():
        if isinstance(node, Branch):
            yield from leaves(node, (*path, key))
        else:
            yield (*path, key), node


_add_resolver("bool", "true|True|TRUE|false|False|FALSE", list("tTfF"))
_add_resolver("null", "~|null|Null|NULL|", ["~", "n", "N", ""])
_add_resolver(
    "float",
    r"[-+]?(?:\.[0-9]+|[0-9]+(?:\.[0-9]*)?)(?:[eE][-+]?[0-9]+)?|[-+]?\.(?:inf|Inf|INF)|\.(?:nan|NaN|NAN)",
    list("-+.0123456789"),
)
