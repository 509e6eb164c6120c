"""The quick worksheet writes what the library itself would write, byte by byte."""

import zipfile
from datetime import datetime
from pathlib import Path

import xlsxwriter
from xlsxwriter.worksheet import Worksheet

from allocator.results.matrix.worksheet import LONGEST_TEXT, MatrixSheet

NUMBERS = [0, -0.0, 1, 12.5, -3, 0.1 + 0.2, 1e22, 1e-9, 123456789012345678, 2**53 + 1]
TEXTS = ["", "plain", 'a "b" & <c>', "年度", " blanks ", "line\nend", "\x07", "=1+1", "_x0041_"]
FORMULAS = [("=A1+B1", 2.5), ('=IF(A1<B1,"a&b","")', 7), ("=SUM(A1:A9)", float("nan")), ("=A1&B1", "t")]


def sheet_files(path: Path, quick: bool) -> dict[str, bytes]:
    """Write the same cells with the quick sheet or with the library's own; return the parts of the book."""
    with xlsxwriter.Workbook(path, {"in_memory": True, "strings_to_formulas": False}) as book:
        book.set_properties({"created": datetime(2000, 1, 1)})
        style, other = book.add_format({"bold": True}), book.add_format({"num_format": "0.00"})
        sheet = book.add_worksheet("s", MatrixSheet if quick else Worksheet)
        for row, value in enumerate([*NUMBERS, float("nan"), *TEXTS]):
            look = style if row % 2 else other
            for column in (0, 27, 1100):
                if quick:
                    sheet.put(row, column, value, look)
                elif value != value:
                    sheet.write_blank(row, column, None, look)
                elif isinstance(value, str):
                    sheet.write_string(row, column, value, look)
                else:
                    sheet.write_number(row, column, value, look)
        for row, (formula, value) in enumerate(FORMULAS):
            if quick:
                sheet.put_formula(row, 3, formula, value, style)
            else:
                sheet.write_formula(row, 3, formula, style, "" if value != value else value)
        sheet.write_number(40, 0, 1)
        sheet.write_boolean(41, 0, True, style)
    with zipfile.ZipFile(path) as parts:
        return {name: parts.read(name) for name in parts.namelist()}


def test_every_kind_of_cell_has_the_bytes_of_the_library(tmp_path: Path) -> None:
    quick, own = sheet_files(tmp_path / "quick.xlsx", True), sheet_files(tmp_path / "own.xlsx", False)
    assert b"IF(A1" in quick["xl/worksheets/sheet1.xml"]
    assert quick == own


def test_a_text_too_long_for_a_cell_is_cut_and_marked(tmp_path: Path) -> None:
    with xlsxwriter.Workbook(tmp_path / "t.xlsx") as book:
        book.add_worksheet("s", MatrixSheet).put(0, 0, "x" * (LONGEST_TEXT + 5), book.add_format())
    with zipfile.ZipFile(tmp_path / "t.xlsx") as parts:
        words = parts.read("xl/sharedStrings.xml").decode("utf-8")
    assert "x" * (LONGEST_TEXT - 1) + "…" in words
    assert "x" * LONGEST_TEXT not in words
