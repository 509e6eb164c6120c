"""Rows of a table put in, changed and taken out by their key."""

from collections.abc import Mapping, Sequence
from typing import TypeAlias

import numpy as np

from allocator.plan.sheet import Sheet, strip, text_column
from allocator.plan.tables import ALL_PRODUCTS, Column, Table
from allocator.plan.typed_cells import exact_cell_text
from allocator.texts import worded
from service.problems.problem import FieldError, Problem

Cell: TypeAlias = str | int | float | None
Row: TypeAlias = Mapping[str, Cell]
Key: TypeAlias = tuple[str, ...]
_ALL_IS_WRITTEN = ("commitments", "potential", "pins")


def patched(sheet: Sheet, upsert: Sequence[Row], delete: Sequence[Row]) -> Sheet:
    """Return the table with rows taken out, then changed or appended; the others stay as they are and where.

    A row that is there keeps the cells that the new one does not name.

    Raises
    ------
    Problem
        `invalid` with a pointer to every row that names no column of the table, lacks a part of its key,
        stands twice, or is to be taken out and is not there.
    """
    table = sheet.table
    columns = {name: column.texts().tolist() for name, column in sheet.columns.items()}
    place = {key: k for k, key in enumerate(_keys(table, columns, len(sheet)))}
    errors = [*_errors("upsert", upsert, table, sheet), *_errors("delete", delete, table, sheet)]
    errors += _unknown(delete, place, table)
    if errors:
        raise Problem("invalid", errors=errors, count=len(errors))
    types = {column.name: column for column in table.columns}
    n_row = len(sheet)
    for row in upsert:
        k = place.setdefault(_key(table, row), n_row)
        if k == n_row:
            n_row += 1
            for cells in columns.values():
                cells.append("")
        for name, cell in row.items():
            columns[name][k] = _text(cell, types.get(name))
    gone = {place[_key(table, row)] for row in delete}
    kept = [k for k in range(n_row) if k not in gone]
    return Sheet(
        table,
        sheet.file,
        np.arange(len(kept), dtype=np.int64) + 2,
        {
            name: text_column(np.array([cells[k] for k in kept], dtype=object))
            for name, cells in columns.items()
        },
    )


def _keys(table: Table, columns: Mapping[str, list[str]], n_row: int) -> list[Key]:
    cells = [[_meant(table, name, text) for text in columns[name]] for name in table.key]
    return list(zip(*cells, strict=True)) if n_row else []


def _key(table: Table, row: Row) -> Key:
    types = {column.name: column for column in table.columns}
    return tuple(_meant(table, name, _text(row.get(name), types[name])) for name in table.key)


def _meant(table: Table, name: str, text: str) -> str:
    """Give "all products" one spelling, so that both find the row."""
    if name == "product_id" and text in ("", ALL_PRODUCTS):
        return ALL_PRODUCTS if table.name in _ALL_IS_WRITTEN else text.replace(ALL_PRODUCTS, "")
    return text


def _text(cell: Cell, column: Column | None) -> str:
    return strip(exact_cell_text(cell, column or Column("", "amount", required=False)))


def _errors(part: str, rows: Sequence[Row], table: Table, sheet: Sheet) -> list[FieldError]:
    required = set(table.required_names)
    known = set(sheet.columns) if part == "upsert" else set(table.key)
    errors: list[FieldError] = []
    seen: dict[Key, int] = {}
    for k, row in enumerate(rows):
        errors += [
            FieldError(
                f"/{part}/{k}/{name}", worded("fault.table.known_columns", names=", ".join(sorted(known)))
            )
            for name in row
            if name not in known
        ]
        lacking = [name for name in table.key if name in required and name not in row]
        errors += [FieldError(f"/{part}/{k}/{name}", worded("fault.table.key_part")) for name in lacking]
        before = seen.setdefault(_key(table, row), k)
        if before != k:
            errors.append(
                FieldError(f"/{part}/{k}", worded("fault.table.same_key", place=f"/{part}/{before}"))
            )
    return errors


def _unknown(delete: Sequence[Row], place: Mapping[Key, int], table: Table) -> list[FieldError]:
    return [
        FieldError(f"/delete/{k}", worded("fault.table.no_row"))
        for k, row in enumerate(delete)
        if _key(table, row) not in place
    ]
