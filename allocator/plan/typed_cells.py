"""Typed cells of workbooks and Parquet files as the texts that a csv file would hold."""

from datetime import date, datetime
from typing import Any

from allocator.plan.tables import Column

LARGEST_EXACT = 10**15


def cell_text(value: Any, column: Column) -> str:
    """Return the text of a cell; in columns of months a date is its month."""
    if isinstance(value, datetime | date) and (column.type == "month" or column.name == "period"):
        return f"{value:%Y-%m}"
    return plain_text(value)


def exact_cell_text(value: Any, column: Column) -> str:
    """Return `cell_text`, floats with every digit: a file of data has no display format."""
    if isinstance(value, float) and not (value.is_integer() and abs(value) < LARGEST_EXACT):
        return repr(value)
    return cell_text(value, column)


def plain_text(value: Any) -> str:
    """Return the text of a cell of a column without a type."""
    if value is None:
        return ""
    if isinstance(value, bool):
        return "TRUE" if value else "FALSE"
    if isinstance(value, float):
        # 15 digits are what a spreadsheet shows and exports: a formula's 0.1 + 0.2 is 0.3 there.
        return str(int(value)) if value.is_integer() and abs(value) < LARGEST_EXACT else f"{value:.15g}"
    if isinstance(value, datetime):
        has_time = (value.hour, value.minute, value.second) != (0, 0, 0)
        return value.isoformat(sep=" ") if has_time else value.date().isoformat()
    return str(value)
