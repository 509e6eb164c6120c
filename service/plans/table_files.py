"""A table written as csv, workbook, Parquet or JSON; what is read back means the same."""

import io
import json
from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import datetime
from importlib import import_module

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
from numpy.typing import NDArray

from allocator.plan.sheet import Sheet, TextColumn
from allocator.plan.typed_cells import plain_text
from allocator.texts import worded
from service.plans.formulas import defused
from service.problems.problem import Problem
from solver_models.arrays import BoolArray

BYTE_ORDER_MARK = b"\xef\xbb\xbf"
"""Lets spreadsheet programs read UTF-8, and the reader of plans whatever `encoding` plan.yaml names."""
CREATED = datetime(2000, 1, 1)
LAST_WORKBOOK_ROW = 1_048_576
LONGEST_WORKBOOK_CELL = 32_767


def rows_where(sheet: Sheet, kept: BoolArray) -> Sheet:
    """Return the rows of a mask."""
    columns = {name: TextColumn(column.code[kept], column.values) for name, column in sheet.columns.items()}
    return replace(sheet, row=sheet.row[kept], columns=columns)


def stored_csv(sheet: Sheet) -> bytes:
    """Return the table as a plan keeps it; rows keep their numbers, so blank rows are written as such.

    Columns that the sheet lacks stay out.
    """
    names = [name for name in sheet.columns if name not in sheet.missing]
    return _csv(sheet, names, str, keep_numbers=True)


def csv_file(sheet: Sheet) -> bytes:
    """Return the table as csv for people: UTF-8 with a mark, formulas made harmless."""
    return _csv(sheet, list(sheet.columns), defused, keep_numbers=False)


def json_rows(sheet: Sheet) -> bytes:
    """Return `{"rows": [...]}`, every cell as its text."""
    names = list(sheet.columns)
    texts = [sheet.columns[name].texts().tolist() for name in names]
    rows = [dict(zip(names, cells, strict=True)) for cells in zip(*texts, strict=True)]
    return json.dumps({"rows": rows}, ensure_ascii=False, separators=(",", ":")).encode()


def parquet_file(sheet: Sheet) -> bytes:
    """Return the table as Parquet: amounts as float64, everything else as text."""
    types = _types(sheet)
    columns = {
        name: _floats(column) if types[name] == "amount" else pa.array(column.texts(), pa.string())
        for name, column in sheet.columns.items()
    }
    out = io.BytesIO()
    pq.write_table(pa.table(columns), out, compression="zstd")
    return out.getvalue()


def xlsx_file(sheet: Sheet) -> bytes:
    """Return the table as a workbook of one sheet: amounts as numbers, the rest as texts made harmless.

    Raises
    ------
    Problem
        `not-acceptable` for a table that no workbook can hold: too many rows, or a cell too long.
    """
    longest = max((len(text) for column in sheet.columns.values() for text in column.values), default=0)
    if len(sheet) >= LAST_WORKBOOK_ROW or longest >= LONGEST_WORKBOOK_CELL:
        raise Problem("not-acceptable", offered=worded("fault.upload.too_large_for_xlsx"))
    out, types = io.BytesIO(), _types(sheet)
    # loaded by those who ask for a workbook only
    with import_module("xlsxwriter").Workbook(out, {"in_memory": True}) as book:
        book.set_properties({"created": CREATED})
        head, text_format = book.add_format({"bold": True}), book.add_format({"num_format": "@"})
        page = book.add_worksheet(sheet.table.name)
        page.freeze_panes(1, 0)
        for place, (name, column) in enumerate(sheet.columns.items()):
            is_amount = types[name] == "amount"
            page.set_column(place, place, 14, None if is_amount else text_format)
            page.write_string(0, place, defused(name), head)
            cells = [_cell(text, is_amount=is_amount) for text in column.values.tolist()]
            for row, code in enumerate(column.code.tolist(), start=1):
                cell = cells[code]
                if isinstance(cell, float):
                    page.write_number(row, place, cell)
                elif cell:
                    page.write_string(row, place, cell, text_format)
    return out.getvalue()


def _cell(text: str, *, is_amount: bool) -> str | float:
    """Return a number where the workbook gives the same text back."""
    if is_amount and text and plain_text(float(text)) == text:
        return float(text)
    return defused(text)


def _types(sheet: Sheet) -> dict[str, str]:
    """Return column -> type; further columns hold amounts."""
    known = {column.name: column.type for column in sheet.table.columns}
    return {name: known.get(name, "amount") for name in sheet.columns}


def _floats(column: TextColumn) -> pa.Array:
    values = np.array([float(text) if text else np.nan for text in column.values.tolist()], dtype=np.float64)
    cells = values[column.code] if len(values) else np.zeros(0)
    return pa.array(cells, mask=np.isnan(cells))


def _csv(sheet: Sheet, names: Sequence[str], written: Callable[[str], str], *, keep_numbers: bool) -> bytes:
    lines = [",".join(_quoted(written(name)) for name in names)]
    lines += map(",".join, zip(*(_fields(sheet.columns[name], written) for name in names), strict=True))
    if keep_numbers and len(sheet) and int(sheet.row[-1]) != len(sheet) + 1:
        lines = _spread(lines, sheet.row.tolist())
    return BYTE_ORDER_MARK + "".join(f"{line}\n" for line in lines).encode()


def _spread(lines: list[str], numbers: list[int]) -> list[str]:
    """Put each line where its row number says."""
    spread = [lines[0], *[""] * (numbers[-1] - 1)]
    for number, line in zip(numbers, lines[1:], strict=True):
        spread[number - 1] = line
    return spread


def _fields(column: TextColumn, written: Callable[[str], str]) -> list[str]:
    quoted: NDArray[np.object_] = np.array(
        [_quoted(written(text)) for text in column.values.tolist()], dtype=object
    )
    fields: list[str] = quoted[column.code].tolist() if len(quoted) else []
    return fields


def _quoted(text: str) -> str:
    return '"' + text.replace('"', '""') + '"' if any(mark in text for mark in '",\r\n') else text
