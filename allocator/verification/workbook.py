"""A plan workbook as frames of texts, one per sheet."""

import io
import zipfile
from datetime import date, datetime
from typing import Any

import openpyxl
import pandas as pd

DAY_COLUMNS = ("start", "end")
MONTH_COLUMNS = ("period",)


def read_sheets(content: bytes) -> dict[str, pd.DataFrame]:
    """Return every sheet by its name without `.csv` / `.yaml`, cells as the csv would write them.

    Values of the sheet `plan` keep their type (its `value` column holds numbers and texts).

    Raises
    ------
    ValueError
        If the bytes are no workbook.
    """
    try:
        book = openpyxl.load_workbook(io.BytesIO(content), read_only=True, data_only=True)
    except (zipfile.BadZipFile, KeyError, OSError) as error:
        raise ValueError(f"not a workbook: {error}") from error
    sheets = {}
    for sheet in book.worksheets:
        rows = [list(row) for row in sheet.iter_rows(values_only=True)]
        name = sheet.title.strip().removesuffix(".csv").removesuffix(".yaml").lower()
        sheets[name] = _frame(name, rows)
    book.close()
    return sheets


def _frame(name: str, rows: list[list[Any]]) -> pd.DataFrame:
    filled = [row for row in rows if any(cell is not None and str(cell).strip() for cell in row)]
    if not filled:
        return pd.DataFrame()
    header = ["" if cell is None else str(cell).strip() for cell in filled[0]]
    columns = {}
    for k, column in enumerate(header):
        if column:
            cells = [row[k] if k < len(row) else None for row in filled[1:]]
            columns[column] = [
                _plan_value(cell) if (name, column) == ("plan", "value") else cell_text(cell, column)
                for cell in cells
            ]
    return pd.DataFrame(columns, dtype=object)


def _plan_value(cell: Any) -> Any:
    if isinstance(cell, datetime | date):
        return cell_text(cell, "period")
    return cell if isinstance(cell, int | float) else cell_text(cell, "value")


def cell_text(cell: Any, column: str) -> str:
    """Return one cell as the csv would write it: 7.0 -> 7, a date by its column's form."""
    if cell is None:
        return ""
    if isinstance(cell, datetime | date):
        return f"{cell:%Y-%m-%d}" if column in DAY_COLUMNS else f"{cell:%Y-%m}"
    if isinstance(cell, float) and cell.is_integer():
        return str(int(cell))
    return repr(cell) if isinstance(cell, float) else str(cell).strip()
