"""The auditor's own reader of a plan: texts only, overrides applied, nothing interpreted yet.

The plan is known to be valid when its fingerprint is the one in the certificate, so this reader
does not look for faults; what it cannot read it reports as `UnreadablePlan`.
"""

import codecs
import io
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from importlib import import_module
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import yaml
from yaml.nodes import MappingNode, ScalarNode

from allocator.errors import AllocatorError

TABLES = (
    "calendar",
    "carried",
    "commitments",
    "history",
    "org",
    "pins",
    "potential",
    "products",
    "rules",
    "seasonality",
)
COLUMNS = {
    "org": ("node_id", "parent_id", "level", "role", "start", "end", "ramp", "peer_group"),
    "products": ("product_id", "parent_id"),
    "history": ("period", "node_id", "product_id", "measure", "amount"),
    "commitments": ("node_id", "product_id", "measure", "amount", "confidence", "period", "actual"),
    "potential": ("node_id", "product_id", "measure", "amount"),
    "rules": (
        "rule_id",
        "kind",
        "measure",
        "level",
        "node_id",
        "product_id",
        "min",
        "max",
        "basis",
        "tier",
        "owner",
    ),
    "pins": ("node_id", "product_id", "measure", "amount", "owner"),
    "carried": ("rule_id", "node_id", "done", "done_whole", "base"),
}


class UnreadablePlan(AllocatorError):
    """The plan is not there or not what the certificate speaks of."""

    exit_code = 2


@dataclass(frozen=True)
class PlanFiles:
    """A plan as texts.

    Parameters
    ----------
    source
        The bytes that the fingerprint covers, by name.
    settings
        `plan.yaml` with overrides applied.
    tables
        Every table as a frame of texts ("" = not given), overrides applied; absent ones are empty.
    """

    source: Mapping[str, bytes]
    settings: dict[str, Any]
    tables: dict[str, pd.DataFrame]


def plan_source(path: Path) -> dict[str, bytes]:
    """Return the bytes of a plan folder or workbook, by the names of the contract.

    Raises
    ------
    UnreadablePlan
        If there is no plan at `path`.
    """
    try:
        if path.is_file():
            return {"plan.xlsx": path.read_bytes()}
        names = ["plan.yaml", *(f"{name}.{ending}" for name in TABLES for ending in ("csv", "parquet"))]
        found = {name: (path / name).read_bytes() for name in names if (path / name).is_file()}
    except OSError as error:
        raise UnreadablePlan(f"{path}: {error.strerror}") from error
    if "plan.yaml" not in found:
        raise UnreadablePlan(f"there is no plan.yaml in {path}")
    return found


def read_plan_files(source: Mapping[str, bytes], overrides: Sequence[str]) -> PlanFiles:
    """Read the bytes of a plan and apply overrides.

    Raises
    ------
    UnreadablePlan
        If the texts cannot be read or an override names nothing.
    """
    try:
        settings, tables = _from_workbook(source) if "plan.xlsx" in source else _from_folder(source)
        for text in overrides:
            settings, tables = _overridden(settings, tables, text)
    except (ValueError, LookupError, TypeError, AttributeError, yaml.YAMLError) as error:
        raise UnreadablePlan(f"the plan cannot be read: {error}") from error
    return PlanFiles(source, settings, tables)


def _from_folder(source: Mapping[str, bytes]) -> tuple[dict[str, Any], dict[str, pd.DataFrame]]:
    settings = _yaml(_decode(source["plan.yaml"], "utf-8"))
    encoding = str(settings.get("encoding", "utf-8"))
    tables = {}
    for name in TABLES:
        parquet = source.get(f"{name}.parquet")
        frame = _read_csv(source.get(f"{name}.csv", b""), encoding) if parquet is None else _parquet(parquet)
        tables[name] = _tidy(name, frame)
    return settings, tables


def _read_csv(content: bytes, encoding: str) -> pd.DataFrame:
    text = _decode(content, encoding)
    if not text.strip():
        return pd.DataFrame()
    return pd.read_csv(io.StringIO(text), dtype=object, keep_default_na=False, na_filter=False)


def _parquet(content: bytes) -> pd.DataFrame:
    # loaded only for plans that hold Parquet
    frame: pd.DataFrame = import_module("allocator.verification.parquet").read_texts(content)
    return frame


def _from_workbook(source: Mapping[str, bytes]) -> tuple[dict[str, Any], dict[str, pd.DataFrame]]:
    # the reader of workbooks loads a large library that plans in folders do not need
    sheets = import_module("allocator.verification.workbook").read_sheets(source["plan.xlsx"])
    pairs = sheets.pop("plan")
    settings: dict[str, Any] = {}
    for key, value in zip(pairs["key"], pairs["value"], strict=True):
        if key and value != "":
            settings = _placed(settings, key.split("."), _scalar(value))
    return settings, {name: _tidy(name, sheets.get(name, pd.DataFrame())) for name in TABLES}


def _scalar(value: Any) -> Any:
    """Return a cell of the sheet `plan`; texts mean what they mean in YAML."""
    return _yaml(value) if isinstance(value, str) else value


class _Loader(yaml.SafeLoader):
    """YAML 1.2 core: `NO`, `1:30`, `2019-07-01` and `1_000` are texts, keys are what is written."""

    yaml_implicit_resolvers: dict[str, list[tuple[str, object]]] = {}

    def construct_mapping(self, node: MappingNode, deep: bool = False) -> dict[Any, Any]:
        """Keys are texts: the id 010 is no number."""
        return {str(key.value).strip(): self.construct_object(value, deep=True) for key, value in node.value}


def _number(loader: yaml.SafeLoader, node: ScalarNode) -> int | float:
    """Whole numbers as such (no octal), others as floats."""
    text = str(node.value)
    return int(text) if re.fullmatch(r"[-+]?[0-9]+", text) else float(text)


_PLAIN = {
    "tag:yaml.org,2002:bool": (r"true|True|TRUE|false|False|FALSE", "tTfF"),
    "tag:yaml.org,2002:null": (r"~|null|Null|NULL|", ("~", "n", "N", "")),
    "tag:yaml.org,2002:number": (
        r"[-+]?(?:\.[0-9]+|[0-9]+(?:\.[0-9]*)?)(?:[eE][-+]?[0-9]+)?",
        "-+.0123456789",
    ),
}
for _tag, (_pattern, _first) in _PLAIN.items():
    _Loader.add_implicit_resolver(_tag, re.compile(rf"^(?:{_pattern})$"), list(_first))
_Loader.add_constructor("tag:yaml.org,2002:number", _number)


def _yaml(text: str) -> Any:
    """Read a text as YAML 1.2."""
    return yaml.load(text, _Loader)  # noqa: S506 - a safe loader, only its resolvers are narrower


def _decode(content: bytes, encoding: str) -> str:
    """Decode by the mark, else as UTF-8, else as `encoding`."""
    if content.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        return content.decode("utf-16")
    if content.startswith(codecs.BOM_UTF8):
        return content.decode("utf-8-sig")
    try:
        return content.decode("utf-8")
    except UnicodeDecodeError:
        return content.decode(encoding)


def _tidy(name: str, frame: pd.DataFrame) -> pd.DataFrame:
    """Strip blanks, drop empty rows, add the optional columns that are absent."""
    frame = frame.rename(columns=lambda column: str(column).strip())
    stripped = {c: _stripped(frame[c]) for c in frame.columns}
    frame = pd.DataFrame(stripped, dtype=object)
    if len(frame) and (first := frame.iloc[:, 0] == "").any():
        frame = frame[~first | (frame != "").any(axis=1)]
    for column in COLUMNS.get(name, ()):
        if column not in frame.columns:
            frame[column] = pd.Series("", index=frame.index, dtype=object)
    return frame.reset_index(drop=True)


def _stripped(texts: pd.Series) -> "pd.Series[Any]":
    """Strip each different text once."""
    codes, distinct = pd.factorize(texts.to_numpy(object))
    return pd.Series(np.array([text.strip() for text in distinct], object)[codes], dtype=object)


def _overridden(
    settings: dict[str, Any], tables: dict[str, pd.DataFrame], text: str
) -> tuple[dict[str, Any], dict[str, pd.DataFrame]]:
    """Apply one `PATH=VALUE`."""
    path, equals, written = text.partition("=")
    if not equals:
        raise ValueError(f"override {text!r} has no `=`")
    if path.strip().startswith("rules."):
        rule_id, _, column = path.strip().removeprefix("rules.").rpartition(".")
        rules = tables["rules"].copy()
        chosen = rules["rule_id"] == rule_id
        if not chosen.any() or column not in rules.columns:
            raise ValueError(f"override {text!r} names no rule and column")
        value = _yaml(written)
        rules.loc[chosen, column] = (
            value if isinstance(value, str) else "" if value is None else written.strip()
        )
        return settings, tables | {"rules": rules}
    if path.strip().startswith("pins."):
        key, _, column = path.strip().removeprefix("pins.").rpartition(".")
        pins = tables["pins"].copy()
        product = pins["product_id"].where(pins["product_id"] != "", "*")
        chosen = pins["measure"] + "." + pins["node_id"] + "." + product == key
        if not chosen.any() or column != "amount":
            raise ValueError(f"override {text!r} names no pin and amount")
        pins.loc[chosen, column] = written.strip()
        return settings, tables | {"pins": pins}
    return _placed(settings, path.strip().split("."), _yaml(written)), tables


def _placed(settings: dict[str, Any], path: Sequence[str], value: Any) -> dict[str, Any]:
    """Return settings with the value at a dotted path; keys that hold dots win when they exist."""
    for length in range(len(path), 0, -1):
        key = ".".join(path[:length])
        if length == len(path) and (key in settings or length == 1):
            return settings | {key: value}
        if length < len(path) and (isinstance(settings.get(key), dict) or length == 1):
            inner = settings.get(key)
            return settings | {key: _placed(inner if isinstance(inner, dict) else {}, path[length:], value)}
    raise ValueError("an override without a path")
