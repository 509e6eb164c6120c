"""Where things stand on a measure's sheet: rows, column letters, references."""

from dataclasses import dataclass
from functools import cached_property
from html import escape

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from xlsxwriter.utility import xl_col_to_name

from allocator.results.columns_of_text import filled
from allocator.results.matrix.columns import Column
from allocator.results.matrix.view import MeasureView

TITLE, SUBTITLE, VERDICT, PRODUCT_NO, PRODUCT_PARENT, BAND, HEAD, KEY, FIRST = range(9)
"""Rows above the tree, counted from 0; the root stands in row FIRST."""
FROZEN_COLUMNS = 2


@dataclass(frozen=True)
class GridPlaces:
    """Cells of one sheet by the names of its columns.

    Parameters
    ----------
    sheet
        Name of the worksheet.
    view
        What it shows.
    columns
        Its columns from left to right.
    """

    sheet: str
    view: MeasureView
    columns: tuple[Column, ...]

    @cached_property
    def number(self) -> dict[str, int]:
        """Column numbers by name, counted from 0."""
        return {column.name: number for number, column in enumerate(self.columns)}

    @cached_property
    def letters(self) -> dict[str, str]:
        """Column letters by name."""
        return {name: xl_col_to_name(number) for name, number in self.number.items()}

    @property
    def last_row(self) -> int:
        """Row of the last node, counted from 0."""
        return FIRST + len(self.view.nodes) - 1

    @property
    def sum_row(self) -> int:
        """Row of the persons' sums below the tree; the differences and what is allowed follow it."""
        return self.last_row + 2

    @cached_property
    def summed(self) -> tuple[str, str]:
        """Letters of the first and the last column that the sums below the tree may cover."""
        last = max(number for number, column in enumerate(self.columns) if column.band == "periods")
        return self.letters["target"], xl_col_to_name(last)

    def formulas(self, column: Column) -> pa.StringArray:
        """Return the formula of a column for each node as XML, all references put in, no equals sign."""
        template = escape(column.formula.removeprefix("="), quote=False)
        return filled(template, len(self.view.nodes), {**self.letters, **self._rows})

    @cached_property
    def _rows(self) -> dict[str, pa.StringArray | str]:
        """Row numbers that formulas name, one for all nodes or one for each."""
        own = np.arange(FIRST + 1, self.last_row + 2)
        return {
            "r": pc.cast(pa.array(own), pa.string()),
            "top": str(FIRST + 1),
            "below": pc.cast(pa.array(own + 1), pa.string()),
            "last": pc.cast(pa.array(FIRST + self.view.nodes.end), pa.string()),
            "product_no_row": str(PRODUCT_NO + 1),
            "product_parent_row": str(PRODUCT_PARENT + 1),
        }

    def down(self, name: str) -> str:
        """Absolute range of a column over all nodes."""
        letter = self.letters[name]
        return f"${letter}${FIRST + 1}:${letter}${self.last_row + 1}"

    def reference(self, name: str, at: int) -> str:
        """Reference to a cell from another sheet."""
        return f"{self.quoted}!{self.letters[name]}{FIRST + at + 1}"

    @property
    def verdict(self) -> str:
        """Reference to the sheet's verdict from another sheet."""
        return f"{self.quoted}!$B${VERDICT + 1}"

    @property
    def quoted(self) -> str:
        """Name of the sheet as formulas write it."""
        return "'" + self.sheet.replace("'", "''") + "'"
