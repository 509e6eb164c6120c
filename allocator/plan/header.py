"""The header row: which field of a record is which column of the contract."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from allocator.plan.faults import FaultCollector, NearMatches
from allocator.plan.sheet import Sheet, TextColumn
from allocator.plan.tables import PRODUCTS, Table
from allocator.texts import worded
from solver_models.arrays import IntArray


@dataclass(frozen=True)
class Header:
    """Which place each column has.

    Parameters
    ----------
    place
        Column name -> place of its field, for the columns that are there.
    missing
        Required columns that are not there.
    unnamed
        Places without a name.
    """

    table: Table
    file: str
    place: dict[str, int]
    missing: frozenset[str]
    unnamed: tuple[int, ...]
    faults: FaultCollector

    def sheet(self, columns: Sequence[TextColumn], row: IntArray, *, is_complete: bool) -> Sheet:
        """Put the columns under their names; optional ones that are absent become empty texts."""
        for place in self.unnamed:
            self._refuse_cells_without_name(columns[place], row, place)
        absent = TextColumn(np.zeros(len(row), np.int32), np.array([""], dtype=object))
        names = [
            *self.table.column_names,
            *(name for name in self.place if name not in self.table.column_names),
        ]
        found = {name: columns[self.place[name]] if name in self.place else absent for name in names}
        return Sheet(self.table, self.file, row, found, missing=self.missing, is_complete=is_complete)

    def _refuse_cells_without_name(self, column: TextColumn, row: IntArray, place: int) -> None:
        filled: IntArray = np.flatnonzero(column.texts() != "")
        if len(filled):
            self.faults.add(
                self.file,
                int(row[filled[0]]),
                "",
                column.values[column.code[filled[0]]],
                code="unnamed-column",
                message=worded("fault.header.unnamed", place=place + 1),
                hint=worded("fault.header.unnamed.hint"),
            )


def read_header(names: Sequence[str], table: Table, file: str, faults: FaultCollector) -> Header:
    """Match the names of the header row with the columns of the contract.

    Missing, repeated and unknown columns go to `faults`; products.csv may have further columns.
    """
    known = table.column_names
    place: dict[str, int] = {}
    unnamed: list[int] = []
    hint = NearMatches(known, worded("fault.header.unknown.hint", names=", ".join(known)))
    for k, name in enumerate(names):
        if not name:
            unnamed.append(k)
        elif name in place:
            faults.add(
                file,
                1,
                name,
                name,
                code="duplicate-column",
                message=worded("fault.header.twice", name=name),
                hint=worded("fault.header.twice.hint"),
            )
        elif name in known or (table is PRODUCTS and name.casefold() not in known):
            place[name] = k
        else:
            faults.add(
                file,
                1,
                name,
                name,
                code="unknown-column",
                message=worded("fault.header.unknown", name=name),
                hint=hint(name),
            )
    missing = [name for name in table.required_names if name not in place]
    for name in missing:
        faults.add(
            file,
            1,
            name,
            "",
            code="missing-column",
            message=worded("fault.header.missing", name=name),
            hint=worded("fault.header.missing.hint", names=", ".join(table.required_names)),
        )
    return Header(table, file, place, frozenset(missing), tuple(unnamed), faults)
