"""A worksheet that writes large grids quickly: same bytes as xlsxwriter's own, less work per cell."""

from collections.abc import Sequence
from typing import Any, NamedTuple

from xlsxwriter.worksheet import Worksheet

from allocator.results.matrix.cell_columns import CellColumn, row_texts

LONGEST_TEXT = 32_000


class _RowCells(NamedTuple):
    """Stands for cells whose XML is ready."""

    xml: str


class MatrixSheet(Worksheet):  # type: ignore[misc]
    """A worksheet that takes whole columns beside the cells of the library.

    xlsxwriter keeps an object for every cell, searches every formula for thirty names of newer
    functions (ours use none of them) and builds the attributes of every cell anew; that is most of
    the time of a large sheet.
    """

    def put_columns(self, first_row: int, columns: Sequence[CellColumn]) -> None:
        """Fill rows from `first_row` down with columns from column A on; these rows hold nothing else."""
        last = len(columns) - 1
        for offset, xml in enumerate(row_texts(columns, first_row, self._string_index)):
            # the empty mark at the end tells the library how far the row reaches
            cells = {last: _RowCells(""), 0: _RowCells(xml)}
            self.table[first_row + offset].update(cells)
        self._check_dimensions(first_row, 0)
        self._check_dimensions(first_row + len(columns[0].values) - 1, last)

    def _string_index(self, words: str) -> int:
        index: int = self.str_table._get_shared_string_index(shorten(words))
        return index

    def _write_cell(self, row: int, col: int, cell: Any) -> None:
        """Write the XML of a cell, or of a whole row where it is ready."""
        if isinstance(cell, _RowCells):
            self.fh.write(cell.xml)
        else:
            super()._write_cell(row, col, cell)


def shorten(words: str) -> str:
    """Cut a text to what a cell can hold, counted in the units of UTF-16 as Excel does."""
    if len(words) <= LONGEST_TEXT // 2:
        return words
    units = words.encode("utf-16-le", "surrogatepass")
    if len(units) <= 2 * LONGEST_TEXT:
        return words
    return units[: 2 * (LONGEST_TEXT - 1)].decode("utf-16-le", "ignore") + "…"
