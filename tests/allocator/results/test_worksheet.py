"""Columns written at once have the bytes that the library itself would write, cell by cell."""

import zipfile
from datetime import datetime
from pathlib import Path

import numpy as np
import pyarrow as pa
import pytest
import xlsxwriter
from openpyxl import load_workbook
from xlsxwriter.worksheet import Worksheet

from allocator.results.matrix.cell_columns import CellColumn
from allocator.results.matrix.worksheet import LONGEST_TEXT, MatrixSheet

NUMBERS = np.array(
    [0, -0.0, 1, 12.5, -3, 0.1 + 0.2, 1e22, 1e-9, 123456789012345678, 2**53 + 1, 1e15, -999_999_999_999_999]
    + [float("nan"), 1 / 3, -7.25]
)
TEXTS = ["", "plain", 'a "b" & <c>', "年度", " blanks ", "line\nend", "\x07", "=1+1", "_x0041_"]
TEXTS += ["+1", "-1", "@x", "plain", "😀", "#N/A"]
FORMULA, ESCAPED = '=IF(A{}<B1,"a&b","")', 'IF(A{}&lt;B1,"a&amp;b","")'
WORDS = ["OK", "", "<b>", *["a & b"] * 12]
FIRST, COUNT = 4, len(NUMBERS)
LOOK = np.arange(COUNT) % 2
CALCULATED = np.arange(COUNT) % 3 > 0


def in_columns(sheet: MatrixSheet, styles: list[xlsxwriter.format.Format]) -> None:
    """Write numbers, texts, formulas, formulas in some of the rows, and formulas that give texts."""
    formulas = pa.array([ESCAPED.format(row) for row in range(COUNT)], pa.string())
    sheet.put_columns(
        FIRST,
        [
            CellColumn(NUMBERS, styles, LOOK),
            CellColumn(TEXTS, styles, LOOK),
            CellColumn(NUMBERS, styles, LOOK, formulas),
            CellColumn(NUMBERS, styles, LOOK, formulas, CALCULATED),
            CellColumn(WORDS, styles, LOOK, formulas),
        ],
    )


def cell_by_cell(sheet: Worksheet, styles: list[xlsxwriter.format.Format]) -> None:
    """Write the same with the library's own methods."""
    for column in range(5):
        for at, number in enumerate(NUMBERS.tolist()):
            row, style = FIRST + at, styles[LOOK[at]]
            if column == 1:
                sheet.write_string(row, column, TEXTS[at], style)
            elif column == 4:
                sheet.write_formula(row, column, FORMULA.format(at), style, WORDS[at])
            elif column == 2 or (column == 3 and CALCULATED[at]):
                value = "" if np.isnan(number) else number
                sheet.write_formula(row, column, FORMULA.format(at), style, value)
            elif np.isnan(number):
                sheet.write_blank(row, column, None, style)
            else:
                sheet.write_number(row, column, number, style)


def sheet_files(path: Path, quick: bool) -> dict[str, bytes]:
    """Write the same cells with the quick sheet or with the library's own; return the parts of the book."""
    with xlsxwriter.Workbook(path, {"in_memory": True, "strings_to_formulas": False}) as book:
        book.set_properties({"created": datetime(2000, 1, 1)})
        styles = [book.add_format({"bold": True}), book.add_format({"num_format": "0.00"})]
        sheet = book.add_worksheet("s", MatrixSheet if quick else Worksheet)
        (in_columns if quick else cell_by_cell)(sheet, styles)
        sheet.set_row(FIRST + 1, None, None, {"level": 2})
        sheet.write_number(40, 1, 1)
        sheet.write_boolean(41, 2, True, styles[0])
    with zipfile.ZipFile(path) as parts:
        return {name: parts.read(name) for name in parts.namelist()}


def test_every_kind_of_cell_has_the_bytes_of_the_library(tmp_path: Path) -> None:
    quick, own = sheet_files(tmp_path / "quick.xlsx", True), sheet_files(tmp_path / "own.xlsx", False)
    assert b"IF(A1" in quick["xl/worksheets/sheet1.xml"]
    assert quick == own


@pytest.mark.parametrize("letter", ["x", "😀"])
def test_a_text_too_long_for_a_cell_is_cut_and_marked(letter: str, tmp_path: Path) -> None:
    """Excel counts signs beyond the basic plane as two."""
    with xlsxwriter.Workbook(tmp_path / "t.xlsx") as book:
        texts = [letter * (LONGEST_TEXT + 5), letter]
        look = np.zeros(2, np.int64)
        book.add_worksheet("s", MatrixSheet).put_columns(0, [CellColumn(texts, [book.add_format()], look)])
    cells = load_workbook(tmp_path / "t.xlsx")["s"]
    kept = (LONGEST_TEXT - 1) // (len(letter.encode("utf-16-le")) // 2)
    assert [cells["A1"].value, cells["A2"].value] == [letter * kept + "…", letter]
