"""matrix.xlsx: 年度销售目标分解矩阵, the annual target matrix."""

from collections.abc import Callable, Iterable
from datetime import datetime
from pathlib import Path

import xlsxwriter

from allocator.allocation import Allocation
from allocator.results.matrix.measure_sheet import measure_places, write_measure_sheet
from allocator.results.matrix.rules_sheet import write_rules_sheet
from allocator.results.matrix.styles import FONTS, Styles
from allocator.results.matrix.summary_sheet import SummaryPage, write_summary_sheet
from allocator.results.matrix.view import measure_view
from allocator.results.matrix.worksheet import MatrixSheet
from allocator.texts import text

# A fixed date of making: the same result gives the same bytes.
MADE = datetime(2000, 1, 1)
LONGEST_SHEET_NAME = 31
NOT_IN_SHEET_NAMES = str.maketrans(dict.fromkeys("[]:*?/\\", "_"))
RESERVED = ("history",)


def write_matrix(allocation: Allocation, path: Path, lang: str, result_hash: Callable[[], str]) -> None:
    """Write the workbook: a summary, one sheet per measure, the rules.

    All text is written as text, never as a formula. The same allocation gives the same bytes.

    Parameters
    ----------
    lang
        `en` or `zh`.
    result_hash
        Returns the hash of the result tables, shown on the summary; asked for last.
    """
    names = sheet_names(
        [
            text("matrix.summary", lang),
            *(result.measure for result in allocation.measures),
            text("matrix.rules", lang),
        ]
    )
    options = {
        "in_memory": True,
        "strings_to_formulas": False,
        "strings_to_urls": False,
        "default_format_properties": {"font_name": FONTS[lang], "font_size": 10},
    }
    with xlsxwriter.Workbook(path, options) as book:
        spec = allocation.plan.spec
        book.set_properties(
            {"title": text("matrix.title", lang), "subject": spec.name or spec.plan, "created": MADE}
        )
        styles = Styles(book, lang)
        sheets = [book.add_worksheet(name, MatrixSheet) for name in names]
        grids = tuple(
            measure_places(measure_view(allocation, result, lang), name)
            for result, name in zip(allocation.measures, names[1:-1], strict=True)
        )
        for sheet, grid in zip(sheets[1:-1], grids, strict=True):
            write_measure_sheet(sheet, grid, styles)
        write_rules_sheet(sheets[-1], allocation, styles, lang)
        page = SummaryPage(book, sheets[0], allocation, grids, styles, lang)
        write_summary_sheet(page, result_hash())
        sheets[0].activate()


def sheet_names(wanted: Iterable[str]) -> list[str]:
    """Return names that Excel accepts: at most 31 characters, no signs of references, no two alike."""
    names: list[str] = []
    for words in wanted:
        clean = words.translate(NOT_IN_SHEET_NAMES).strip("' ") or "_"
        number, name = 1, clean[:LONGEST_SHEET_NAME]
        while name.lower() in RESERVED or name.lower() in (other.lower() for other in names):
            number += 1
            name = f"{clean[: LONGEST_SHEET_NAME - len(str(number)) - 1]}~{number}"
        names.append(name)
    return names
