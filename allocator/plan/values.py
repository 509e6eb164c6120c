"""Texts to values: amounts, months, dates and choices, each different text looked at once."""

import re
from collections.abc import Callable, Collection
from datetime import date

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from allocator.plan.faults import FaultCollector, NearMatches
from allocator.plan.plan import NO_DATE, month_number
from allocator.plan.sheet import Sheet
from allocator.plan.suggestions import date_hint, month_hint, number_hint
from allocator.plan.tables import CONFIDENCE, RULE_KINDS, Column
from allocator.texts import worded
from solver_models.arrays import BoolArray, FloatArray, IntArray

LARGEST_AMOUNT = 1e15
LONGEST_ID = 200
EXCEL_ERRORS = frozenset(
    ("#REF!", "#N/A", "#NAME?", "#VALUE!", "#DIV/0!", "#NUM!", "#NULL!", "#SPILL!", "#CALC!")
)
_AMOUNT = re.compile(r"[+-]?(?:[0-9]+(?:\.[0-9]*)?|\.[0-9]+)(?:[eE][+-]?[0-9]{1,5})?")
_NOT_FINITE = re.compile(r"[+-]?(?:nan|inf|infinity|∞)", re.IGNORECASE)
_MONTH = re.compile(r"(?:19|20|21)[0-9]{2}-(?:0[1-9]|1[0-2])")
_DATE = re.compile(r"(?:19|20|21)[0-9]{2}-[0-9]{2}-[0-9]{2}")
_CONTROL = re.compile(r"[\x00-\x1f\x7f\ud800-\udfff]")
_CHOICES = {"kind": RULE_KINDS, "confidence": CONFIDENCE}


def typed_frame(sheet: Sheet, faults: FaultCollector) -> pd.DataFrame:
    """Return the table with typed columns; cells that cannot be read go to `faults` and count as empty.

    Returns
    -------
    Columns of the contract in its order, then the further ones. Texts are `str` ("" = not given),
    amounts float64 (NaN), months int64 (-1), dates int64 days (`NO_DATE`).
    """
    return pd.DataFrame(typed_columns(sheet, faults))


def typed_columns(
    sheet: Sheet, faults: FaultCollector, names: Collection[str] | None = None
) -> dict[str, pd.Series | FloatArray | IntArray]:
    """Return the columns of a table with these names, all by default, as `typed_frame` does."""
    columns = [*sheet.table.columns, *(Column(name, "amount", required=False) for name in sheet.further)]
    return {
        column.name: _typed(sheet, column, faults)
        for column in columns
        if names is None or column.name in names
    }


def _typed(sheet: Sheet, column: Column, faults: FaultCollector) -> pd.Series | FloatArray | IntArray:
    if column.type == "amount":
        return _amounts(sheet, column.name, faults)
    if column.type == "month":
        return _numbers(sheet, column.name, _month_or_none, -1, "bad-month", month_hint, faults)
    if column.type == "date":
        return _numbers(sheet, column.name, _day_or_none, NO_DATE, "bad-date", date_hint, faults)
    return _texts(sheet, column, faults)


def _texts(sheet: Sheet, column: Column, faults: FaultCollector) -> pd.Series:
    """Ids, texts and choices."""
    found = sheet.columns[column.name]
    code = found.code
    _refuse_excel_errors(sheet, column.name, faults)
    if column.type == "id":
        is_bad = np.array([bool(_CONTROL.search(value)) for value in found.values], dtype=bool)
        faults.cells(
            sheet,
            column.name,
            _rows_of(is_bad, code),
            code="bad-character",
            message=lambda value: worded("fault.cell.control"),
            hint=lambda value: worded("fault.cell.control.hint"),
        )
        is_long = np.array([len(value) > LONGEST_ID for value in found.values], dtype=bool)
        faults.cells(
            sheet,
            column.name,
            _rows_of(is_long, code),
            code="id-too-long",
            message=lambda value: worded("fault.cell.long_id", most=LONGEST_ID),
            hint=lambda value: worded("fault.cell.long_id.hint"),
        )
    if column.type == "choice":
        known = _CHOICES[column.name]
        is_unknown = np.array([value != "" and value not in known for value in found.values], dtype=bool)
        faults.cells(
            sheet,
            column.name,
            _rows_of(is_unknown, code),
            code=f"unknown-{column.name}",
            message=lambda value: worded(f"fault.choice.{column.name}", value=value),
            hint=NearMatches(known, worded("fault.choice.hint", names=", ".join(known))),
        )
    values = pd.array(found.values, dtype="str")
    return pd.Series(values.take(code)) if len(found.values) else pd.Series([], dtype="str")


def _amounts(sheet: Sheet, column: str, faults: FaultCollector) -> FloatArray:
    """Plain decimals; NaN where nothing is given."""
    found = sheet.columns[column]
    values = found.values
    if len(values) == 0:
        return np.zeros(0)
    is_number = _are_plain(values)
    amount = np.full(len(values), np.nan)
    amount[is_number] = values[is_number].astype(np.float64)
    is_large = np.abs(amount) > LARGEST_AMOUNT
    is_unread = ~is_number & (values != "")
    is_excel_error, is_infinite = np.zeros(len(values), dtype=bool), np.zeros(len(values), dtype=bool)
    for k in np.flatnonzero(is_unread):
        is_excel_error[k] = values[k] in EXCEL_ERRORS
        is_infinite[k] = bool(_NOT_FINITE.fullmatch(values[k]))
    _refuse_excel_errors(sheet, column, faults)
    faults.cells(
        sheet,
        column,
        _rows_of(is_infinite, found.code),
        code="not-finite",
        message=lambda value: worded("fault.cell.no_amount", value=value),
        hint=lambda value: worded("fault.cell.no_amount.hint"),
    )
    faults.cells(
        sheet,
        column,
        _rows_of(is_unread & ~is_infinite & ~is_excel_error, found.code),
        code="not-a-number",
        message=lambda value: worded("fault.cell.no_number", value=value),
        hint=number_hint,
    )
    faults.cells(
        sheet,
        column,
        _rows_of(is_large, found.code),
        code="too-large",
        message=lambda value: worded("fault.cell.large", value=value, most=f"{LARGEST_AMOUNT:.0e}"),
        hint=lambda value: worded("fault.cell.large.hint"),
    )
    amount[is_large] = np.nan
    return amount[found.code]


def _are_plain(values: NDArray[np.object_]) -> BoolArray:
    """Mask of the texts that are plain decimals; texts of digits only, which most are, need no pattern."""
    texts = values.tolist()
    joined = "".join(texts)
    if joined.isascii() and joined.isdigit() and all(texts):
        return np.ones(len(texts), dtype=bool)
    plain = np.fromiter((text.isascii() and text.isdigit() for text in texts), bool, len(texts))
    for k in np.flatnonzero(~plain).tolist():
        plain[k] = _AMOUNT.fullmatch(texts[k]) is not None
    return plain


def _numbers(
    sheet: Sheet,
    column: str,
    read: Callable[[str], int | None],
    otherwise: int,
    code: str,
    hint: Callable[[str], str],
    faults: FaultCollector,
) -> IntArray:
    """Months and dates as whole numbers; `otherwise` where nothing is given."""
    found = sheet.columns[column]
    number = [read(value) for value in found.values]
    is_error = np.array([value in EXCEL_ERRORS for value in found.values], dtype=bool)
    is_unread = np.array([n is None for n in number], dtype=bool) & (found.values != "") & ~is_error
    _refuse_excel_errors(sheet, column, faults)
    what = "month" if code == "bad-month" else "date"
    faults.cells(
        sheet,
        column,
        _rows_of(is_unread, found.code),
        code=code,
        message=lambda value: worded(f"fault.cell.no_{what}", value=value),
        hint=hint,
    )
    values = np.array([otherwise if n is None else n for n in number], dtype=np.int64)
    return values[found.code]


def _month_or_none(text: str) -> int | None:
    return month_number(text) if _MONTH.fullmatch(text) else None


def _day_or_none(text: str) -> int | None:
    """Return days since 1970-01-01 of a valid calendar date."""
    if not _DATE.fullmatch(text):
        return None
    try:
        return date.fromisoformat(text).toordinal() - date(1970, 1, 1).toordinal()
    except ValueError:
        return None


def _refuse_excel_errors(sheet: Sheet, column: str, faults: FaultCollector) -> None:
    found = sheet.columns[column]
    if EXCEL_ERRORS.isdisjoint(found.values.tolist()):
        return
    is_error = np.array([value in EXCEL_ERRORS for value in found.values], dtype=bool)
    faults.cells(
        sheet,
        column,
        _rows_of(is_error, found.code),
        code="excel-error",
        message=lambda value: worded("fault.cell.excel", value=value),
        hint=lambda value: worded("fault.cell.excel.hint"),
    )


def _rows_of(is_value: BoolArray | NDArray[np.bool_], code: NDArray[np.int32]) -> IntArray:
    """Positions of the rows whose text is one of the marked ones."""
    if not is_value.any():
        return np.zeros(0, np.int64)
    return np.flatnonzero(is_value[code]).astype(np.int64)
