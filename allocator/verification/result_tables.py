"""The result folder as texts: what is there, what is damaged."""

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from decimal import Decimal, InvalidOperation
from importlib import import_module
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc

from allocator.verification.hashing import file_fingerprint, file_hash
from allocator.verification.trees import BoolArray, FloatArray, IntArray, positions

COLUMNS = {
    "cells": (
        "measure",
        "node_id",
        "product_id",
        "baseline",
        "anchor",
        "lower",
        "upper",
        "unrounded",
        "target",
    ),
    "targets": (
        "measure",
        "node_id",
        "level",
        "product_id",
        "target",
        "last_year",
        "growth",
        "anchor",
        "ratio",
        "children_sum",
    ),
    "targets_monthly": ("measure", "node_id", "product_id", "period", "target"),
    "rules": (
        "rule_id",
        "node_id",
        "product_id",
        "value",
        "min",
        "max",
        "status",
        "price",
        "text",
        "measure",
        "kind",
        "basis",
        "tier",
        "owner",
        "short_by",
    ),
    "prices": (
        "measure",
        "stage",
        "kind",
        "rule_id",
        "node_id",
        "product_id",
        "side",
        "part",
        "price",
    ),
    "explanation": ("measure", "node_id", "product_id", "step", "amount"),
}
CERTIFICATE_KEYS = (
    "status",
    "plan",
    "input_hash",
    "result_hash",
    "files",
    "overrides",
    "versions",
    "engine",
    "seconds",
    "measures",
)
BESIDE_TABLES = ("attainment.json", "fairness.json", "names.json", "report.html")
EXACT_AMOUNTS = ("target", "children_sum", "amount")
LARGEST_EXACT = 2.0**53


@dataclass(frozen=True)
class ResultTables:
    """Texts of a result folder.

    Parameters
    ----------
    certificate
        certificate.json; empty when unreadable.
    tables
        The tables that could be read, as frames of texts; line k of the frame is row k + 2 of the file.
    faults
        What is wrong with each file: name -> sentences.
    result_hash
        Fingerprint of the csv and Parquet files of the contract that are there.
    files
        The file each table was read from, and where there is a second one, that too.
    other_files
        sha256 of the other files that the certificate names or the contract asks for, "" where
        one is missing.
    """

    certificate: dict[str, Any]
    tables: dict[str, pd.DataFrame]
    faults: dict[str, list[str]] = field(default_factory=dict)
    result_hash: str = ""
    files: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    other_files: Mapping[str, str] = field(default_factory=dict)


def read_result(out: Path) -> ResultTables:
    """Read a result folder; whatever is damaged ends up in `faults`."""
    faults: dict[str, list[str]] = {}
    certificate = _certificate(out / "certificate.json", faults)
    tables = {}
    files = {name: _forms(out, name) for name in COLUMNS}
    for name, forms in files.items():
        table = _table(out / forms[0], name, faults)
        if table is None:
            continue
        tables[name] = table
        for second in forms[1:]:
            _compare_forms(table, _table(out / second, name, faults), second, faults)
    hashed = [out / name for forms in files.values() for name in forms]
    named = {*BESIDE_TABLES, *map(str, as_mapping(certificate.get("files")))}
    beside = {name: file_hash(out / Path(name).name) for name in sorted(named)}
    return ResultTables(certificate, tables, faults, file_fingerprint(hashed), files, beside)


def _forms(out: Path, name: str) -> tuple[str, ...]:
    """Names of the files that hold a table; the csv file where there is none."""
    both = (f"{name}.csv", f"{name}.parquet")
    return tuple(form for form in both if (out / form).exists()) or both[:1]


def _compare_forms(
    table: pd.DataFrame, other: pd.DataFrame | None, file: str, faults: dict[str, list[str]]
) -> None:
    """Find where the second form of a table says something else than the first."""
    if other is None:
        return
    if list(other.columns) != list(table.columns) or len(other) != len(table):
        faults[file] = [f"{file} has other columns or rows than its csv form"]
        return
    for column in table.columns:
        unlike = np.flatnonzero(table[column].to_numpy(object) != other[column].to_numpy(object))
        left, right = table[column].iloc[unlike], other[column].iloc[unlike]
        # one decimal type holds the amounts of all measures: 7 and 7.00 say the same
        same = np.zeros(len(unlike), bool)
        if column in EXACT_AMOUNTS:
            same = np.array([_is_same_amount(*pair) for pair in zip(left, right, strict=True)], bool)
        for k in unlike[~same][:1]:
            words = f"{column} {other[column].iat[k]!r} instead of {table[column].iat[k]!r}"
            faults.setdefault(file, []).append(f"{file} row {k + 2}: {words}")


def _is_same_amount(left: str, right: str) -> bool:
    """Tell whether two texts are the same exact number."""
    try:
        return Decimal(left) == Decimal(right)
    except InvalidOperation:
        return False


def _certificate(path: Path, faults: dict[str, list[str]]) -> dict[str, Any]:
    try:
        certificate = json.loads(path.read_text("utf-8"))
    except OSError as error:
        faults["certificate.json"] = [f"certificate.json: {error.strerror}"]
        return {}
    except ValueError as error:
        faults["certificate.json"] = [f"certificate.json is no JSON: {error}"]
        return {}
    if not isinstance(certificate, dict):
        faults["certificate.json"] = ["certificate.json holds no object"]
        return {}
    missing = [key for key in CERTIFICATE_KEYS if key not in certificate]
    if missing:
        faults["certificate.json"] = [f"certificate.json lacks {', '.join(missing)}"]
    overrides = certificate.get("overrides")
    if not (isinstance(overrides, list) and all(isinstance(text, str) for text in overrides)):
        faults.setdefault("certificate.json", []).append("certificate.json: overrides is no list of texts")
        certificate = certificate | {"overrides": []}
    return certificate


def _table(path: Path, name: str, faults: dict[str, list[str]]) -> pd.DataFrame | None:
    try:
        table = _read(path)
    except OSError as error:
        faults[path.name] = [f"{path.name}: {error.strerror}"]
        return None
    except (ValueError, pd.errors.ParserError, pd.errors.EmptyDataError) as error:
        faults[path.name] = [f"{path.name} cannot be read: {error}"]
        return None
    missing = [column for column in COLUMNS[name] if column not in table.columns]
    if missing:
        faults[path.name] = [f"{path.name} lacks the column {', '.join(missing)}"]
        return None
    if not isinstance(table.index, pd.RangeIndex):
        faults[path.name] = [f"{path.name}: rows have more fields than the header"]
        return None
    return table


def _read(path: Path) -> pd.DataFrame:
    if path.suffix == ".parquet":
        # loaded only for results that hold Parquet
        parquet = import_module("allocator.verification.parquet")
        frame: pd.DataFrame = parquet.read_texts(path.read_bytes(), whole_floats_as_integers=False)
        return frame
    return pd.read_csv(path, dtype=object, keep_default_na=False, na_filter=False, encoding="utf-8")


def floats(texts: pd.Series, *, may_be_empty: bool, empty: float = np.nan) -> tuple[FloatArray, BoolArray]:
    """Return texts as numbers and which of them are none (NaN, infinity and text are none)."""
    values = pd.to_numeric(texts, errors="coerce").to_numpy(np.float64, na_value=np.nan)
    is_empty = (texts == "").to_numpy(bool)
    bad = ~np.isfinite(values) & ~(is_empty & may_be_empty)
    return np.where(is_empty, empty, values), bad


def whole_units(texts: pd.Series, unit: Decimal) -> tuple[IntArray, BoolArray, BoolArray]:
    """Return amounts as exact whole numbers of units.

    Returns
    -------
    Units (nearest where not whole), which texts are no numbers, which are no whole multiples.
    """
    digits = max(0, -int(unit.normalize().as_tuple().exponent))
    step = int(unit.scaleb(digits))
    pattern = rf"-?\d+(?:\.\d{{1,{digits}}}0*)?" if digits else r"-?\d+(?:\.0+)?"
    cells = pa.array(texts.to_numpy(object), pa.string())
    is_plain = pc.match_substring_regex(cells, f"^(?:{pattern})$")
    plain = is_plain.to_numpy(zero_copy_only=False).astype(bool)
    values = pc.cast(pc.if_else(is_plain, cells, "0"), pa.float64()).to_numpy()
    scaled = np.rint(values * 10.0**digits)
    quick = plain & (np.abs(scaled) < LARGEST_EXACT)
    units = np.where(quick, scaled, 0.0).astype(np.int64)
    ragged = units % step != 0
    units = (units + step // 2) // step if step > 1 and ragged.any() else units // step
    bad = np.zeros(len(texts), bool)
    for k in positions(~quick):
        units[k], bad[k], ragged[k] = _exact(str(texts.iat[k]), unit)
    return units, bad, ragged


def _exact(text: str, unit: Decimal) -> tuple[int, bool, bool]:
    """Units of one text, whether it is no number, whether it is no whole multiple."""
    if not re.fullmatch(r"[-+]?(\d+\.?\d*|\.\d+)([eE][-+]?\d+)?", text):
        return 0, True, False
    try:
        ratio = Decimal(text) / unit
        whole = int(ratio.to_integral_value())
    except (InvalidOperation, OverflowError):
        return 0, True, False
    return (whole, False, ratio != whole) if abs(whole) < 2**62 else (0, True, False)


def decimals_used(texts: pd.Series) -> int:
    """Most digits after the point among texts."""
    fraction = texts.str.extract(r"^-?\d+\.(\d+?)0*$", expand=False).dropna()
    return int(fraction.str.len().max()) if len(fraction) else 0


def as_mapping(value: object) -> Mapping[str, Any]:
    """Return a JSON object, or an empty one for anything else."""
    return value if isinstance(value, dict) else {}
