"""A table as it was sent, in any of our formats, as a sheet of texts; faults keep their row numbers."""

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

from allocator.plan.encoding import UnreadableText, decode
from allocator.plan.faults import FaultCollector
from allocator.plan.header import read_header
from allocator.plan.sheet import Sheet, keep_filled_rows, strip, text_column
from allocator.plan.source import PLAN_FILE, declared_encoding
from allocator.plan.tables import Column, Table
from allocator.plan.typed_cells import exact_cell_text
from allocator.plan.yaml_source import read_yaml
from allocator.texts import worded

FIRST_ROW = 2


def encoding_of(files: Mapping[str, bytes]) -> str:
    """Return the encoding that the plan.yaml of these files names for the csv files."""
    faults = FaultCollector()
    try:
        return declared_encoding(read_yaml(decode(files[PLAN_FILE]), PLAN_FILE, faults))
    except (KeyError, UnreadableText):
        return "utf-8"


def rows_sheet(rows: Sequence[Any], table: Table, faults: FaultCollector) -> Sheet:
    """Read a list of JSON objects, column -> text, number or null; the first is row 2, as in a csv file."""
    objects = [row if isinstance(row, Mapping) else {} for row in rows]
    for number, row in enumerate(rows, start=FIRST_ROW):
        if not isinstance(row, Mapping):
            _refuse(table, number, "", row, faults)
    keys = list(dict.fromkeys(key for row in objects for key in row)) or list(table.column_names)
    names = [strip(key) for key in keys]
    header = read_header(names, table, table.file, faults)
    types = {column.name: column for column in table.columns}
    columns = []
    for key, name in zip(keys, names, strict=True):
        column = types.get(name, Column(name, "amount", required=False))
        texts = [
            _text(row.get(key), column, table, number, faults)
            for number, row in enumerate(objects, start=FIRST_ROW)
        ]
        columns.append(text_column(np.array(texts, dtype=object)))
    numbers = np.arange(FIRST_ROW, FIRST_ROW + len(rows), dtype=np.int64)
    filled, numbers = keep_filled_rows(columns, numbers)
    return header.sheet(filled, numbers, is_complete=len(objects) == len(rows))


def _text(cell: Any, column: Column, table: Table, number: int, faults: FaultCollector) -> str:
    if isinstance(cell, list | dict):
        _refuse(table, number, column.name, cell, faults)
        return ""
    return exact_cell_text(cell, column)


def _refuse(table: Table, number: int, column: str, found: Any, faults: FaultCollector) -> None:
    faults.add(
        table.file,
        number,
        column,
        found,
        code="bad-cell",
        message=worded("fault.table.bad_cell" if column else "fault.table.bad_row"),
        hint=worded("fault.table.bad_row.hint"),
    )
