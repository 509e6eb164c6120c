"""Where things of a plan were written: file and row of every row of a table, and of every key."""

from collections.abc import Mapping
from dataclasses import dataclass, field

import numpy as np

from allocator.plan.sheet import Sheet
from allocator.plan.source import PLAN_FILE
from allocator.plan.yaml_source import Branch, Path, Place
from solver_models.arrays import IntArray


@dataclass(frozen=True)
class Places:
    """Files and rows as people see them.

    Parameters
    ----------
    files
        Table -> name of its file or sheet, where it is not the usual one.
    rows
        Table -> row of each position, where it is not position + 2.
    settings
        What plan.yaml says, with the rows of its keys; None where it was not read from a file.
    """

    files: Mapping[str, str] = field(default_factory=dict)
    rows: Mapping[str, IntArray] = field(default_factory=dict)
    settings: Branch | None = None

    def of(self, table: str, position: int | None = None) -> tuple[str, int]:
        """Return file and row of a position in a table; row 0 means the whole file."""
        file = self.files.get(table, f"{table}.csv")
        if position is None:
            return file, 0
        return file, int(self.rows[table][position]) if table in self.rows else position + 2

    def setting(self, path: Path) -> tuple[str, int]:
        """Return file and row of a key of plan.yaml."""
        place = self.settings.place_of(path) if self.settings else Place(PLAN_FILE, 0)
        return place.file, place.row

    def without(self, tables: Mapping[str, object]) -> "Places":
        """Return the places of the other tables: rows of these were changed after they were read."""
        return Places(
            self.files, {name: row for name, row in self.rows.items() if name not in tables}, self.settings
        )


def places_of(settings: Branch, sheets: Mapping[str, Sheet]) -> Places:
    """Return the places of what was read."""
    return Places(
        {name: sheet.file for name, sheet in sheets.items() if sheet.file != f"{name}.csv"},
        {
            name: sheet.row
            for name, sheet in sheets.items()
            if len(sheet.row) and not np.array_equal(sheet.row, np.arange(len(sheet.row)) + 2)
        },
        settings,
    )
