"""Rows of the tables of a re-plan: read as texts, names and months found, what is wrong told by row."""

from collections.abc import Sequence
from pathlib import Path

import numpy as np
import pandas as pd

from allocator.plan.faults import FaultCollector, NearMatches
from allocator.texts import worded
from solver_models.arrays import BoolArray, IntArray

MONTH = r"\d{4}-(?:0[1-9]|1[0-2])"
LISTED = 50


def read_texts(path: Path, columns: Sequence[str], faults: FaultCollector) -> pd.DataFrame | None:
    """Read a csv table as texts; None where it cannot be read or a column lacks."""
    try:
        table = pd.read_csv(path, dtype=object, keep_default_na=False, na_filter=False, encoding="utf-8")
    except (OSError, ValueError) as error:
        message = worded("fault.scenarios.cannot_be_read", error=error)
        hint = worded("fault.replan.unreadable.hint")
        faults.add(path.name, 0, "", str(path), code="unreadable", message=message, hint=hint)
        return None
    missing = [column for column in columns if column not in table.columns]
    for column in missing:
        message, hint = (
            worded("fault.replan.no_column"),
            worded("fault.replan.no_column.hint", names=", ".join(columns)),
        )
        faults.add(path.name, 1, column, "", code="no-column", message=message, hint=hint)
    return None if missing else table


def month_numbers(path: Path, texts: pd.Series, faults: FaultCollector) -> IntArray:
    """Month numbers of `YYYY-MM` or `YYYY-MM-DD`; -1 where it is none."""
    is_month = texts.str.fullmatch(MONTH + r"(?:-\d{2})?").to_numpy(bool)
    days = pd.to_datetime(
        texts.where(is_month, "1970-01").str.pad(10, "right").str.replace(r" +$", "-01", regex=True),
        format="%Y-%m-%d",
        errors="coerce",
    )
    good = is_month & days.notna().to_numpy(bool)
    mark_rows(path, texts, ~good, "bad-month", worded("fault.replan.no_month"), faults)
    number = days.dt.year.fillna(0).to_numpy(np.int64) * 12 + days.dt.month.fillna(1).to_numpy(np.int64) - 1
    return np.where(good, number, -1)


def positions_of(
    path: Path, texts: pd.Series, known: Sequence[str], what: str, faults: FaultCollector
) -> IntArray:
    """Positions of names; -1 and a fault for unknown ones."""
    codes = pd.Index(known).get_indexer(pd.Index(texts)).astype(np.int64)
    thing = worded(f"fault.thing.{what.replace(' ', '_')}")
    near = NearMatches(known, worded("fault.replan.name_one", what=thing))
    for k in np.flatnonzero(codes < 0)[:LISTED].tolist():
        value = str(texts.iat[k])
        message = worded("fault.unknown", what=thing, name=value)
        line = int(texts.index[k]) + 2
        faults.add(
            path.name, line, str(texts.name), value, code="unknown-name", message=message, hint=near(value)
        )
    return codes


def mark_rows(
    path: Path, texts: pd.Series, wrong: BoolArray, code: str, message: str, faults: FaultCollector
) -> None:
    """Add one fault per row where `wrong`; of many only the first ones."""
    for k in np.flatnonzero(wrong)[:LISTED].tolist():
        line, value = int(texts.index[k]) + 2, str(texts.iat[k])
        faults.add(
            path.name,
            line,
            str(texts.name),
            value,
            code=code,
            message=message,
            hint=worded("fault.replan.correct_row"),
        )
