"""A result folder as a comparison reads it: targets and their steps in exact units, rules, judgements."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from allocator.errors import Fault
from allocator.explanation.waterfall import STEPS
from allocator.plan.faults import FaultCollector
from allocator.results.folder import NAMES
from allocator.texts import worded
from allocator.verification.result_tables import floats, whole_units
from scenarios.comparison.board import KEY, MeasureSide
from scenarios.comparison.names import Names

COLUMNS = {
    "targets.csv": [
        "measure",
        "node_id",
        "level",
        "product_id",
        "target",
        "last_year",
        "anchor",
        "children_sum",
    ],
    "explanation.csv": ["measure", "node_id", "product_id", "step", "amount"],
    "rules.csv": ["measure", "rule_id", "node_id", "product_id", "kind", "status"],
}
SHOWN_CELLS = 3


@dataclass(frozen=True)
class Result:
    """One result folder.

    Parameters
    ----------
    sides
        Measure -> targets and steps.
    rules
        measure, rule_id, node_id, product_id, kind, status.
    certificate, fairness, attainment
        The documents; the last two are empty where the folder does not hold them.
    names
        Names of nodes and products; none in folders that were written without them.
    """

    name: str
    path: Path
    sides: Mapping[str, MeasureSide]
    rules: pd.DataFrame
    certificate: Mapping[str, Any]
    fairness: Mapping[str, Any]
    attainment: Mapping[str, Any]
    names: Names


def read_result_folder(path: Path, name: str, faults: FaultCollector) -> Result | None:
    """Read what a comparison needs; whatever is wrong goes to `faults`, and None comes back.

    Faults are: files that lack or cannot be read, columns that lack, amounts that are no whole
    multiples of the unit, cells that come twice, steps that do not add up to their target.
    """
    if not path.is_dir():
        message, hint = worded("fault.result.no_folder"), worded("fault.scenarios.check_path")
        faults.add(str(path), 0, "", "", code="no-such-result", message=message, hint=hint)
        return None
    before = len(faults)
    certificate = _document(path / "certificate.json", faults, needed=True)
    tables = {file: _table(path / file, columns, faults) for file, columns in COLUMNS.items()}
    if len(faults) > before:
        return None
    units = _units(path, certificate, faults)
    targets, steps = tables["targets.csv"], tables["explanation.csv"]
    sides = {}
    for measure in dict.fromkeys(targets["measure"]):
        if measure not in units:
            _damaged(
                faults,
                path / "certificate.json",
                worded("fault.result.no_round_to", measure=measure),
            )
            continue
        side = _side(path, measure, targets, steps, units[measure], faults)
        if side is not None:
            sides[str(measure)] = side
    fairness = _document(path / "fairness.json", faults, needed=False)
    attainment = _document(path / "attainment.json", faults, needed=False)
    names = _names(path / NAMES, faults)
    if len(faults) > before:
        return None
    return Result(name, path, sides, tables["rules.csv"], certificate, fairness, attainment, names)


def _document(path: Path, faults: FaultCollector, *, needed: bool) -> dict[str, Any]:
    try:
        found = json.loads(path.read_text("utf-8"))
    except FileNotFoundError:
        if needed:
            _damaged(faults, path, worded("fault.result.no_file"))
        return {}
    except (OSError, ValueError) as error:
        _damaged(faults, path, worded("fault.scenarios.cannot_be_read", error=error))
        return {}
    if not isinstance(found, dict):
        _damaged(faults, path, worded("fault.result.no_object"))
        return {}
    return found


def _names(path: Path, faults: FaultCollector) -> Names:
    document = _document(path, faults, needed=False)
    found = []
    for key in ("nodes", "products"):
        names = document.get(key, {})
        if not isinstance(names, dict) or not all(isinstance(name, str) for name in names.values()):
            _damaged(faults, path, worded("fault.result.no_names"), column=key)
            names = {}
        found.append(names)
    return Names(*found)


def _table(path: Path, columns: list[str], faults: FaultCollector) -> pd.DataFrame:
    """Texts of a table; the index counts the lines of the file from the header on."""
    try:
        table = pd.read_csv(
            path, dtype=object, keep_default_na=False, na_filter=False, encoding="utf-8", usecols=columns
        )
    except (OSError, ValueError) as error:
        _damaged(faults, path, worded("fault.scenarios.cannot_be_read", error=error))
        return pd.DataFrame(columns=columns, dtype=object)
    return table


def _damaged(
    faults: FaultCollector, path: Path, message: str, row: int = 0, column: str = "", value: str = ""
) -> None:
    faults.add(
        str(path),
        row,
        column,
        value,
        code="damaged-result",
        message=message,
        hint=worded("fault.result.hint"),
    )


def _units(path: Path, certificate: Mapping[str, Any], faults: FaultCollector) -> dict[str, Decimal]:
    """round_to of every measure."""
    found = {}
    measures = certificate.get("measures")
    for measure, evidence in (measures if isinstance(measures, dict) else {}).items():
        written = evidence.get("round_to") if isinstance(evidence, dict) else None
        try:
            unit = Decimal(str(written))
        except InvalidOperation:
            unit = Decimal("NaN")
        if not unit.is_finite() or unit <= 0:
            place = f"measures.{measure}.round_to"
            _damaged(
                faults,
                path / "certificate.json",
                worded("fault.result.no_unit"),
                column=place,
                value=str(written),
            )
            continue
        found[str(measure)] = unit
    return found


def _side(
    path: Path,
    measure: str,
    targets: pd.DataFrame,
    steps: pd.DataFrame,
    unit: Decimal,
    faults: FaultCollector,
) -> MeasureSide | None:
    own = targets[targets["measure"] == measure]
    before = len(faults)
    units = _whole(path / "targets.csv", own["target"], unit, faults)
    numbers = {}
    for column in ("last_year", "anchor"):
        numbers[column], bad = floats(own[column], may_be_empty=True, empty=0.0)
        _report_rows(
            path / "targets.csv",
            own.index[bad],
            column,
            own[column][bad],
            worded("fault.scenarios.not_a_number"),
            faults,
        )
    twice = own.duplicated(KEY).to_numpy(bool)
    _report_rows(
        path / "targets.csv",
        own.index[twice],
        "node_id",
        own["node_id"][twice],
        worded("fault.result.cell_twice"),
        faults,
    )
    if len(faults) > before:
        return None
    cells = own[[*KEY, "level"]].reset_index(drop=True)
    cells = cells.assign(is_rep=(own["children_sum"] == "").to_numpy(bool), **numbers)
    parts = _parts(path, measure, cells, units, steps, unit, faults)
    return None if parts is None else MeasureSide(cells, units, parts, unit)


def _parts(
    path: Path,
    measure: str,
    cells: pd.DataFrame,
    units: np.ndarray,
    steps: pd.DataFrame,
    unit: Decimal,
    faults: FaultCollector,
) -> np.ndarray | None:
    """Steps by cell, checked to add up to the targets."""
    file = path / "explanation.csv"
    own = steps[steps["measure"] == measure]
    before = len(faults)
    at = pd.MultiIndex.from_frame(cells[KEY]).get_indexer(pd.MultiIndex.from_frame(own[KEY]))
    step = pd.Index(STEPS).get_indexer(pd.Index(own["step"]))
    amount = _whole(file, own["amount"], unit, faults)
    _report_rows(
        file, own.index[step < 0], "step", own["step"][step < 0], worded("fault.result.no_step"), faults
    )
    _report_rows(
        file,
        own.index[at < 0],
        "node_id",
        own["node_id"][at < 0],
        worded("fault.result.not_in_targets"),
        faults,
    )
    if len(faults) > before:
        return None
    parts = np.zeros((len(STEPS), len(cells)), np.int64)
    np.add.at(parts, (step, at), amount)
    wrong = np.flatnonzero(parts.sum(axis=0) != units)
    for k in wrong[:SHOWN_CELLS].tolist():
        place = f"{cells['node_id'].iat[k]} x {cells['product_id'].iat[k]}"
        _damaged(faults, file, worded("fault.result.steps", place=place, measure=measure), value=place)
    return parts if not len(wrong) else None


def _whole(file: Path, texts: pd.Series, unit: Decimal, faults: FaultCollector) -> np.ndarray:
    units, bad, ragged = whole_units(texts, unit)
    wrong = bad | ragged
    message = worded("fault.scenarios.no_whole_multiple", unit=f"{unit:f}")
    _report_rows(file, texts.index[wrong], str(texts.name), texts[wrong], message, faults)
    return units


def _report_rows(
    file: Path, lines: pd.Index, column: str, values: pd.Series, message: str, faults: FaultCollector
) -> None:
    for line, value in zip(lines.tolist()[:SHOWN_CELLS], values.tolist()[:SHOWN_CELLS], strict=True):
        _damaged(faults, file, message, int(line) + 2, column, str(value))


def different_terms(results: list[Result]) -> list[Fault]:
    """Return the faults of results in other currencies, units or months, or without a measure in common."""
    faults = []
    first = results[0]
    for other in results[1:]:
        for key in ("currency", "start", "months"):
            faults += _differs(first, other, key, first.certificate.get(key), other.certificate.get(key))
        for measure in sorted(set(first.sides) & set(other.sides)):
            units = [one.certificate["measures"][measure].get("unit") for one in (first, other)]
            faults += _differs(first, other, f"measures.{measure}.unit", units[0], units[1])
        if not set(first.sides) & set(other.sides):
            message = worded("fault.compare.no_common_measure", other=first.path)
            hint = worded("fault.compare.no_common_measure.hint")
            faults.append(Fault(str(other.path), 0, "measures", "", "different-terms", message, hint))
    return faults


def _differs(first: Result, other: Result, key: str, mine: object, its: object) -> list[Fault]:
    if mine == its or mine is None or its is None:
        return []
    message = worded("fault.compare.differs", key=key, its=its, mine=mine, other=first.path)
    hint = worded("fault.compare.differs.hint")
    return [Fault(str(other.path), 0, key, str(its), "different-terms", message, hint)]
