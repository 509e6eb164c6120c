"""The first sheet: company totals, regions and product lines by measure, rules, checks, how to read."""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

import numpy as np
import xlsxwriter
from xlsxwriter.worksheet import Worksheet

from allocator.allocation import Allocation
from allocator.results.matrix.grid_places import GridPlaces
from allocator.results.matrix.styles import BAD, GOOD, LINE, WARM, Styles
from allocator.results.matrix.worksheet import shorten
from allocator.texts import text

STATUSES = ("binding", "relaxed", "slack")
PRODUCT_TABLE_COLUMN = 6
MOST_LISTED = 40
CHARTED = 12
CHART_ROWS = 14
A4 = 9
PRINT_SCALE = 58
PAGE_ROWS = 50


@dataclass(frozen=True)
class SummaryPage:
    """What the parts of the summary need to write themselves."""

    book: xlsxwriter.Workbook
    sheet: Worksheet
    allocation: Allocation
    grids: tuple[GridPlaces, ...]
    styles: Styles
    lang: str

    def text(self, key: str, **values: object) -> str:
        """Return a sentence in the language of the workbook."""
        return text(key, self.lang, **values)


def write_summary_sheet(page: SummaryPage, result_hash: str) -> None:
    """Write the summary; its numbers are live references to the sheets of the measures."""
    _shape(page)
    row = _write_heading(page)
    row = _write_totals(page, row)
    starts = []
    for grid in page.grids:
        starts.append(row + 2)
        row = _write_measure(page, grid, row + 2)
    starts.append(row + 2)
    row = _write_reading(page, row + 2)
    row = _write_origin(page, row + 2, result_hash)
    page.sheet.set_h_pagebreaks(_page_breaks([*starts, row + 1]))


def _shape(page: SummaryPage) -> None:
    sheet = page.sheet
    sheet.hide_gridlines(2)
    sheet.set_default_row(17)
    sheet.set_column(0, 0, 30)
    sheet.set_column(1, PRODUCT_TABLE_COLUMN - 2, 15)
    sheet.set_column(PRODUCT_TABLE_COLUMN - 1, PRODUCT_TABLE_COLUMN - 1, 11)
    sheet.set_column(PRODUCT_TABLE_COLUMN, PRODUCT_TABLE_COLUMN, 28)
    sheet.set_column(PRODUCT_TABLE_COLUMN + 1, PRODUCT_TABLE_COLUMN + 4, 15)
    sheet.set_landscape()
    sheet.set_paper(A4)
    sheet.set_print_scale(PRINT_SCALE)
    sheet.set_margins(left=0.5, right=0.4, top=0.5, bottom=0.6)
    sheet.set_footer("&L&A&R&P / &N")


def _page_breaks(starts: Sequence[int]) -> list[int]:
    """Rows that begin a new page, so that no block with its charts is cut; the last entry ends the sheet."""
    breaks, page_start = [], 0
    for start, end in pairwise(starts):
        if end - page_start > PAGE_ROWS and start > page_start:
            breaks.append(start)
            page_start = start
    return breaks


def _write_heading(page: SummaryPage) -> int:
    spec, styles = page.allocation.plan.spec, page.styles
    periods = page.grids[0].view.periods
    page.sheet.set_row(0, 30)
    page.sheet.write_string(
        0, 0, spec.name or spec.plan, styles.get(bold=True, font_size=18, font_color="#1F3864")
    )
    page.sheet.write_string(1, 0, page.text("matrix.title"), styles.get(font_size=12, font_color="#1F3864"))
    facts = [
        f"{page.text('matrix.plan')} {spec.plan}",
        f"{page.text('matrix.period')} {periods[0]} – {periods[-1]}",
    ]
    if spec.currency:
        facts.append(f"{page.text('matrix.currency')} {spec.currency}")
    page.sheet.write_string(2, 0, "   ·   ".join(facts), styles.subtitle())
    if page.allocation.status != "optimal":
        page.sheet.write_string(
            3, 0, page.text("matrix.stopped"), styles.get(bold=True, font_color="#9C1C12")
        )
    return 4


def _write_totals(page: SummaryPage, row: int) -> int:
    """One row per measure: target, last year, growth, sum of persons, rules by status, checks."""
    styles, sheet = page.styles, page.sheet
    keys = ("measure", "target", "last_year", "growth", "street", None, "rules", *STATUSES, "checks")
    heads = [page.text(f"matrix.{key}") if key else "" for key in keys]
    _write_section(page, row, page.text("matrix.company_totals"), len(heads))
    _write_header_row(page, row + 1, 0, heads)
    for offset, grid in enumerate(page.grids):
        at, view = row + 2 + offset, grid.view
        name = f"{view.measure} ({view.unit})"
        sheet.write_string(at, 0, shorten(name), styles.get(bold=True, **LINE))
        _write_figures(page, grid, at, 1, 0, bold=True)
        street = float(np.asarray(view.target[:, 0])[view.nodes.is_bottom].sum())
        style = styles.number("amount", view.places, **LINE)
        letter = grid.letters["target"]
        sheet.write_formula(
            at, 4, f"={grid.quoted}!{letter}{grid.sum_row + 1}", style, round(street, view.places)
        )
        sheet.write_blank(at, 5, None, styles.get(**LINE))
        counts = view.result.rules["status"].value_counts()
        sheet.write_number(at, 6, len(view.result.rules), styles.number("count", 0, **LINE))
        for number, status in enumerate(STATUSES):
            sheet.write_number(at, 7 + number, int(counts.get(status, 0)), styles.number("count", 0, **LINE))
        _write_verdict(page, grid, at, 7 + len(STATUSES))
    last = row + 1 + len(page.grids)
    _warn_of_relaxed(page, row + 2, last, 7 + STATUSES.index("relaxed"))
    return last


def _write_verdict(page: SummaryPage, grid: GridPlaces, row: int, column: int) -> None:
    """Repeat the verdict of a measure's sheet."""
    view = grid.view
    good, bad = view.text("matrix.all_ok"), view.text("matrix.not_ok")
    verdict = grid.columns[grid.number["verdict"]].values
    page.sheet.write_formula(
        row,
        column,
        f"={grid.verdict}",
        page.styles.get(bold=True, align="center"),
        bad if bad in verdict else good,
    )
    for words, look in ((good, GOOD), (bad, BAD)):
        rule = {
            "type": "cell",
            "criteria": "==",
            "value": f'"{words}"',
            "format": page.styles.differing(look),
        }
        page.sheet.conditional_format(row, column, row, column, rule)


def _warn_of_relaxed(page: SummaryPage, first: int, last: int, column: int) -> None:
    """Colour the count of relaxed rules where there are any."""
    rule = {"type": "cell", "criteria": ">", "value": 0, "format": page.styles.differing(WARM)}
    page.sheet.conditional_format(first, column, last, column, rule)


def _write_measure(page: SummaryPage, grid: GridPlaces, row: int) -> int:
    """Regions at the left, product lines at the right, a chart below each."""
    view = grid.view
    _write_section(page, row, f"{view.measure} ({view.unit})", PRODUCT_TABLE_COLUMN + 5)
    regions = np.flatnonzero(view.nodes.parent == 0)
    lines = np.flatnonzero(view.products.parent == 0)
    after_regions = _write_regions(page, grid, row + 1, regions[:MOST_LISTED])
    after_lines = _write_lines(page, grid, row + 1, lines[:MOST_LISTED])
    after = max(after_regions, after_lines) + 1
    if len(regions):
        _write_chart(page, row + 2, min(len(regions), CHARTED), 0, after, page.text("matrix.by_node"))
    if len(lines):
        title = page.text("matrix.by_product")
        _write_chart(page, row + 2, min(len(lines), CHARTED), PRODUCT_TABLE_COLUMN, after, title)
    return after + CHART_ROWS


def _write_regions(page: SummaryPage, grid: GridPlaces, row: int, regions: np.ndarray) -> int:
    """Targets of the nodes under the root, as references to the measure's sheet."""
    _write_header_row(page, row, 0, _figure_heads(page, "matrix.by_node"))
    for offset, at in enumerate(regions.tolist()):
        page.sheet.write_string(
            row + 1 + offset, 0, shorten(grid.view.node_name[at]), page.styles.get(**LINE)
        )
        _write_figures(page, grid, row + 1 + offset, 1, at)
    return row + 1 + len(regions)


def _write_figures(
    page: SummaryPage, grid: GridPlaces, row: int, column: int, at: int, *, bold: bool = False
) -> None:
    """Target, last year, growth of one node; its share too unless it is the company's own line."""
    names = ("target", "last_year", "growth") if bold else ("target", "last_year", "growth", "share")
    for offset, name in enumerate(names):
        source = grid.columns[grid.number[name]]
        value = float(np.asarray(source.values)[at])
        style = page.styles.number(source.kind, grid.view.places, **LINE, bold=bold)
        reference = grid.reference(name, at)
        formula = f"={reference}" if source.kind == "amount" else f'=IF({reference}="","",{reference})'
        page.sheet.write_formula(row, column + offset, formula, style, "" if np.isnan(value) else value)


def _write_lines(page: SummaryPage, grid: GridPlaces, row: int, lines: np.ndarray) -> int:
    """Company targets of the top product lines against last year."""
    view, sheet, styles = grid.view, page.sheet, page.styles
    if not len(lines):
        return row
    result, org_grid = view.result, view.allocation.labels.grid
    last_year = org_grid.roll_up_plain(result.anchors.last_year)[0]
    _write_header_row(page, row, PRODUCT_TABLE_COLUMN, _figure_heads(page, "matrix.by_product"))
    for offset, at in enumerate(lines.tolist()):
        position, here = view.products.position[at], row + 1 + offset
        target, before = float(view.target[0, at]), float(last_year[position])
        letters = [chr(ord("A") + PRODUCT_TABLE_COLUMN + step) for step in (1, 2)]
        name = view.all_product_names[position]
        sheet.write_string(here, PRODUCT_TABLE_COLUMN, shorten(name), styles.get(**LINE))
        amount = styles.number("amount", view.places, **LINE)
        sheet.write_formula(
            here, PRODUCT_TABLE_COLUMN + 1, f"={grid.reference(f'product{at}', 0)}", amount, target
        )
        sheet.write_number(here, PRODUCT_TABLE_COLUMN + 2, before, amount)
        new, old = f"{letters[0]}{here + 1}", f"{letters[1]}{here + 1}"
        sheet.write_formula(
            here,
            PRODUCT_TABLE_COLUMN + 3,
            f'=IF({old}>0,{new}/{old}-1,"")',
            styles.number("growth", 0, **LINE),
            target / before - 1 if before > 0 else "",
        )
        whole = grid.reference("target", 0)
        sheet.write_formula(
            here,
            PRODUCT_TABLE_COLUMN + 4,
            f'=IF({whole}>0,{new}/{whole},"")',
            styles.number("share", 0, **LINE),
            target / view.target[0, 0] if view.target[0, 0] > 0 else "",
        )
    return row + 1 + len(lines)


def _figure_heads(page: SummaryPage, first: str) -> list[str]:
    return [
        page.text(key)
        for key in (first, "matrix.target", "matrix.last_year", "matrix.growth", "matrix.share")
    ]


def _write_chart(page: SummaryPage, first_row: int, count: int, column: int, row: int, title: str) -> None:
    """Target against last year as columns, from the table above."""
    chart = page.book.add_chart({"type": "column"})
    name, font = page.sheet.get_name(), {"name": page.styles.font, "size": 9}
    last = first_row + count - 1
    colours = (("#1F3864", 1), ("#A9B8D4", 2))
    for colour, offset in colours:
        chart.add_series(
            {
                "name": [name, first_row - 1, column + offset],
                "categories": [name, first_row, column, last, column],
                "values": [name, first_row, column + offset, last, column + offset],
                "fill": {"color": colour},
                "gap": 80,
                "overlap": -5,
            }
        )
    chart.set_title({"name": title, "name_font": {**font, "size": 11, "bold": True, "color": "#1F3864"}})
    chart.set_legend({"position": "bottom", "font": font})
    chart.set_x_axis({"num_font": font, "line": {"color": "#9AA7BD"}})
    chart.set_y_axis(
        {
            "num_font": font,
            "num_format": "#,##0",
            "line": {"none": True},
            "major_gridlines": {"visible": True, "line": {"color": "#E4E8F0"}},
        }
    )
    chart.set_chartarea({"border": {"color": "#D5DBE8"}})
    chart.set_size({"width": 640 if column == 0 else 620, "height": 17 * 4 // 3 * (CHART_ROWS - 1)})
    page.sheet.insert_chart(row, column, chart, {"x_offset": 2, "y_offset": 6})


def _write_reading(page: SummaryPage, row: int) -> int:
    """How to read the workbook, one sentence a row."""
    width = PRODUCT_TABLE_COLUMN + 5
    _write_section(page, row, page.text("matrix.how_title"), width)
    keys = ("matrix.how", "matrix.how_columns", "matrix.how_sources", "matrix.how_rules")
    for offset, key in enumerate(keys):
        page.sheet.merge_range(row + 1 + offset, 0, row + 1 + offset, width - 1, "")
        page.sheet.write_string(row + 1 + offset, 0, page.text(key), page.styles.note())
        page.sheet.set_row(row + 1 + offset, 32)
    return row + len(keys)


def _write_origin(page: SummaryPage, row: int, result_hash: str) -> int:
    """What this was computed from, so that the files can be told apart."""
    plan = page.allocation.plan
    facts = [
        ("matrix.input_hash", plan.input_hash),
        ("matrix.result_hash", result_hash),
        ("matrix.engine", page.allocation.engine),
        ("matrix.overrides", "; ".join(plan.overrides)),
    ]
    _write_section(page, row, page.text("matrix.origin"), PRODUCT_TABLE_COLUMN + 5)
    known = [fact for fact in facts if fact[1]]
    for offset, (key, words) in enumerate(known):
        page.sheet.write_string(row + 1 + offset, 0, page.text(key), page.styles.subtitle())
        page.sheet.write_string(row + 1 + offset, 1, shorten(words), page.styles.get(font_size=9))
    return row + len(known)


def _write_section(page: SummaryPage, row: int, title: str, width: int) -> None:
    page.sheet.set_row(row, 20)
    for column in range(width):
        page.sheet.write_blank(row, column, None, page.styles.section())
    page.sheet.write_string(row, 0, shorten(title), page.styles.section())


def _write_header_row(page: SummaryPage, row: int, column: int, heads: Sequence[str]) -> None:
    for offset, head in enumerate(heads):
        align = "left" if offset == 0 else "right"
        style = page.styles.get(bold=True, bg_color="#DCE3F0", align=align, indent=int(offset > 0))
        page.sheet.write_string(row, column + offset, head, style)
