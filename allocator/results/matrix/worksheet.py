"""A worksheet that writes large grids quickly: same bytes as xlsxwriter's own, less work per cell."""

from html import escape
from typing import Any

from xlsxwriter.format import Format
from xlsxwriter.utility import xl_col_to_name
from xlsxwriter.worksheet import Worksheet

LONGEST_TEXT = 32_000
FIRST_COLUMNS = tuple(xl_col_to_name(number) for number in range(1000))


class MatrixSheet(Worksheet):  # type: ignore[misc]
    """A worksheet whose cells are written by position, every cell with a format of its own.

    xlsxwriter searches every formula for thirty names of newer functions (ours use none of them), and
    builds the attributes of every cell anew; together that is half of the writing time.
    """

    def put(self, row: int, column: int, value: float | str, style: Format) -> None:
        """Write a text, a number, or for NaN an empty cell."""
        if isinstance(value, str):
            self._write_string(row, column, shorten(value), style)
        elif value != value:
            self._write_blank(row, column, None, style)
        else:
            self._write_number(row, column, value, style)

    def put_formula(self, row: int, column: int, formula: str, value: float | str, style: Format) -> None:
        """Write a formula with its present value; NaN shows as empty."""
        self._write_formula(row, column, formula, style, "" if value != value else value)

    def _prepare_formula(self, formula: str, expand_future_functions: bool = False) -> str:
        return formula.removeprefix("=")

    def _write_cell(self, row: int, col: int, cell: Any) -> None:
        """Write the XML of a cell; kinds of cells that are rare go the library's way."""
        kind = cell.__class__.__name__
        if cell.format is None or col >= len(FIRST_COLUMNS):
            super()._write_cell(row, col, cell)
            return
        start = f'<c r="{FIRST_COLUMNS[col]}{row + 1}" s="{cell.format._get_xf_index()}"'
        if kind == "Number":
            self.fh.write(f"{start}><v>{cell.number:.16G}</v></c>")
        elif kind == "String":
            self.fh.write(f'{start} t="s"><v>{cell.string}</v></c>')
        elif kind == "Blank":
            self.fh.write(f"{start}/>")
        elif kind == "Formula" and isinstance(cell.value, int | float) and not isinstance(cell.value, bool):
            self.fh.write(f"{start}><f>{escape(cell.formula, quote=False)}</f><v>{cell.value}</v></c>")
        else:
            super()._write_cell(row, col, cell)


def shorten(words: str) -> str:
    """Cut a text to what a cell can hold."""
    return words if len(words) <= LONGEST_TEXT else words[: LONGEST_TEXT - 1] + "…"
