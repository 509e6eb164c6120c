"""comparison.xlsx: the matrices of all results side by side, figures, causes, movers, rules."""

from collections.abc import Iterable, Sequence
from pathlib import Path

import numpy as np
import xlsxwriter
from xlsxwriter.worksheet import Worksheet

from allocator.results.columns_of_text import decimals
from allocator.results.matrix.styles import FONTS, Styles
from allocator.results.matrix.workbook import MADE, sheet_names
from allocator.texts import text
from scenarios.comparison.comparison import Comparison, MeasureComparison
from scenarios.comparison.tidy import is_all_products, records
from scenarios.comparison.words import cause_name, chance_lines, figure_rows, rule_rows

HEAD_ROW = 3
"""Rows above the headings: title, subtitle, an empty one."""
NODE_WIDTH, NAME_WIDTH, LEVEL_WIDTH, AMOUNT_WIDTH = 18, 24, 11, 15
FIXED = 3
"""Columns of a matrix before the amounts: node, name, level."""


def write_workbook(comparison: Comparison, path: Path, lang: str) -> None:
    """Write the workbook; the same results give the same bytes, and no text becomes a formula."""
    measures = comparison.measures
    names = sheet_names(
        [
            text("compare.sheet_figures", lang),
            *(one.measure for one in measures),
            *(text("compare.sheet_causes", lang, measure=one.measure) for one in measures),
            text("compare.sheet_movers", lang),
            text("compare.sheet_rules", lang),
        ]
    )
    options = {
        "in_memory": True,
        "strings_to_formulas": False,
        "strings_to_urls": False,
        "default_format_properties": {"font_name": FONTS[lang], "font_size": 10},
    }
    with xlsxwriter.Workbook(path, options) as book:
        book.set_properties({"title": text("compare.title", lang), "created": MADE})
        styles = Styles(book, lang)
        sheets = [book.add_worksheet(name) for name in names]
        for sheet in sheets:
            sheet.hide_gridlines(2)
            sheet.set_landscape()
            sheet.set_paper(9)
            sheet.fit_to_pages(1, 0)
        _figures_sheet(sheets[0], comparison, styles, lang)
        for sheet, one in zip(sheets[1:], measures, strict=False):
            _matrix_sheet(sheet, comparison.names, one, styles, lang)
        for sheet, one in zip(sheets[1 + len(measures) :], measures, strict=False):
            _causes_sheet(sheet, one, styles, lang)
        _movers_sheet(sheets[-2], comparison, styles, lang)
        _rules_sheet(sheets[-1], comparison, styles, lang)


def _title(sheet: Worksheet, title: str, subtitle: str, styles: Styles) -> None:
    sheet.write_string(0, 0, title, styles.title())
    sheet.set_row(0, 26)
    sheet.write_string(1, 0, subtitle, styles.subtitle())


def _heads(sheet: Worksheet, row: int, words: Iterable[str], band: str, styles: Styles, texts: int) -> None:
    """Write headings; the first `texts` stand left."""
    for column, word in enumerate(words):
        sheet.write_string(row, column, word, styles.head(band, "left" if column < texts else "center"))


def _figures_sheet(sheet: Worksheet, comparison: Comparison, styles: Styles, lang: str) -> None:
    base, *others = comparison.names
    title = text("compare.title", lang)
    _title(sheet, title, text("compare.heading", lang, base=base, others=", ".join(others)), styles)
    sheet.set_column(0, 0, 38)
    sheet.set_column(1, len(comparison.names), 19)
    row = HEAD_ROW
    for one in comparison.measures:
        _heads(sheet, row, [f"{one.measure} {one.unit}".strip(), *comparison.names], "identity", styles, 1)
        for line in figure_rows(one, decimals(one.board.round_to), lang):
            row += 1
            sheet.write_string(row, 0, line[0], styles.get(bottom=1, bottom_color="#DDE3EE"))
            for column, value in enumerate(line[1:], start=1):
                form = styles.get(bottom=1, bottom_color="#DDE3EE", align="right")
                sheet.write_string(row, column, value, form)
        for said in chance_lines(one, comparison.names, lang):
            row += 1
            sheet.write_string(row, 0, said, styles.subtitle())
        row += 2


def _matrix_sheet(
    sheet: Worksheet, names: Sequence[str], one: MeasureComparison, styles: Styles, lang: str
) -> None:
    """One row per node; per product a block of columns: every result, then every delta against the base."""
    board = one.board
    places = decimals(board.round_to)
    _title(sheet, one.measure, text("compare.nodes", lang) + (f" · {one.unit}" if one.unit else ""), styles)
    nodes = list(dict.fromkeys(board.cells["node_id"]))
    products = list(dict.fromkeys(board.cells["product_id"]))
    row_of = {node: HEAD_ROW + 2 + k for k, node in enumerate(nodes)}
    width = 2 * len(names) - 1
    start_of = {product: FIXED + k * width for k, product in enumerate(products)}
    for column, key in enumerate(("node", "name", "level")):
        sheet.write_string(HEAD_ROW, column, "", styles.band("identity"))
        sheet.write_string(
            HEAD_ROW + 1, column, text(f"compare.{key}", lang), styles.head("identity", "left")
        )
    for product, start in start_of.items():
        band = "target" if product == "*" else "products"
        called = text("compare.all", lang) if product == "*" else board.names.product(product)
        for offset in range(width):
            sheet.write_string(HEAD_ROW, start + offset, called if offset == 0 else "", styles.band(band))
            delta = text("compare.delta", lang)
            word = names[offset] if offset < len(names) else f"{delta} {names[offset - len(names) + 1]}"
            sheet.write_string(HEAD_ROW + 1, start + offset, word, styles.head(band, first=offset == 0))
    sheet.set_column(0, 0, NODE_WIDTH)
    sheet.set_column(1, 1, NAME_WIDTH)
    sheet.set_column(2, 2, LEVEL_WIDTH)
    sheet.set_column(FIXED, FIXED - 1 + width * len(products), AMOUNT_WIDTH)
    sheet.freeze_panes(HEAD_ROW + 2, FIXED)
    forms = {
        (is_rep, first, kind): styles.cell(
            kind, places, depth=0 if not is_rep else 2, has_children=not is_rep, first=first, pinned=False
        )
        for is_rep in (False, True)
        for first in (False, True)
        for kind in ("amount", "signed", "text")
    }
    unit = float(board.round_to)
    values = board.units * unit
    node_of, product_of = board.cells["node_id"].tolist(), board.cells["product_id"].tolist()
    level_of, rep_of = board.cells["level"].tolist(), board.cells["is_rep"].tolist()
    for v, (node, product, is_rep) in enumerate(zip(node_of, product_of, rep_of, strict=True)):
        row, start = row_of[node], start_of[product]
        if product == "*":
            sheet.write_string(row, 0, node, forms[is_rep, False, "text"])
            sheet.write_string(row, 1, board.names.nodes.get(node, ""), forms[is_rep, False, "text"])
            sheet.write_string(row, 2, level_of[v], forms[is_rep, False, "text"])
        for k in range(len(names)):
            if board.present[k, v]:
                sheet.write_number(row, start + k, values[k, v], forms[is_rep, k == 0, "amount"])
            else:
                sheet.write_blank(row, start + k, None, forms[is_rep, k == 0, "amount"])
        for k in range(1, len(names)):
            delta = values[k, v] - values[0, v]
            sheet.write_number(row, start + len(names) - 1 + k, delta, forms[is_rep, False, "signed"])


def _causes_sheet(sheet: Worksheet, one: MeasureComparison, styles: Styles, lang: str) -> None:
    """One row per result and node: the causes of its delta, all products together."""
    board, unit = one.board, float(one.board.round_to)
    places = decimals(board.round_to)
    _title(sheet, text("compare.causes", lang), one.measure, styles)
    shown = np.flatnonzero(is_all_products(board))
    names = one.against[0].causes.names
    used = [c for c in range(len(names)) if any(o.causes.amount[c, shown].any() for o in one.against)]
    head = [text(f"compare.{key}", lang) for key in ("other", "node", "name")]
    called = [cause_name(names[c], lang) for c in used]
    _heads(sheet, HEAD_ROW, [*head, *called, text("compare.delta", lang)], "sources", styles, 3)
    sheet.set_row(HEAD_ROW, 30)
    sheet.set_column(0, 1, NODE_WIDTH)
    sheet.set_column(2, 2, NAME_WIDTH)
    sheet.set_column(3, 3 + len(used), AMOUNT_WIDTH)
    sheet.freeze_panes(HEAD_ROW + 1, 3)
    row = HEAD_ROW + 1
    plain, strong = styles.number("signed", places), styles.number("signed", places, bold=True)
    for other in one.against:
        for v in shown[other.causes.delta[shown] != 0].tolist():
            sheet.write_string(row, 0, other.scenario, styles.get())
            node = str(board.cells["node_id"].iat[v])
            sheet.write_string(row, 1, node, styles.get())
            sheet.write_string(row, 2, board.names.nodes.get(node, ""), styles.get())
            for column, c in enumerate(used, start=3):
                sheet.write_number(row, column, other.causes.amount[c, v] * unit, plain)
            sheet.write_number(row, 3 + len(used), other.causes.delta[v] * unit, strong)
            row += 1
    sheet.autofilter(HEAD_ROW, 0, max(row - 1, HEAD_ROW), 3 + len(used))


def _movers_sheet(sheet: Worksheet, comparison: Comparison, styles: Styles, lang: str) -> None:
    _title(sheet, text("compare.movers", lang), comparison.names[0], styles)
    keys = ("level", "node", "name", "base", "other", "delta", "change", "main_cause")
    _heads(
        sheet,
        HEAD_ROW,
        ["", text("compare.figure", lang), *(text(f"compare.{key}", lang) for key in keys)],
        "checks",
        styles,
        5,
    )
    sheet.set_column(0, 3, NODE_WIDTH)
    sheet.set_column(4, 4, NAME_WIDTH)
    sheet.set_column(5, 8, AMOUNT_WIDTH)
    sheet.set_column(9, 9, 28)
    row = HEAD_ROW
    for one in comparison.measures:
        places = decimals(one.board.round_to)
        for other in one.against:
            for mover in records(other.movers):
                row += 1
                texts = [str(mover[key]) for key in ("level", "node_id", "node_name")]
                for column, word in enumerate((other.scenario, one.measure, *texts)):
                    sheet.write_string(row, column, word, styles.get())
                for column, value in enumerate((mover["base"], mover["other"]), start=5):
                    if value is not None:
                        sheet.write_number(row, column, float(value), styles.number("amount", places))
                sheet.write_number(row, 7, float(mover["delta"]), styles.number("signed", places))
                if np.isfinite(mover["change"]):
                    sheet.write_number(row, 8, float(mover["change"]), styles.number("growth", 0))
                sheet.write_string(row, 9, cause_name(str(mover["cause"]), lang), styles.get(indent=1))


def _rules_sheet(sheet: Worksheet, comparison: Comparison, styles: Styles, lang: str) -> None:
    _title(sheet, text("compare.rules", lang), comparison.names[0], styles)
    head = [
        "",
        text("compare.figure", lang),
        text("compare.rule", lang),
        "",
        "n",
        text("compare.where", lang),
    ]
    _heads(sheet, HEAD_ROW, head, "checks", styles, 4)
    sheet.set_column(0, 3, NODE_WIDTH)
    sheet.set_column(4, 4, 8)
    sheet.set_column(5, 5, 60)
    row = HEAD_ROW
    for one in comparison.measures:
        for other in one.against:
            for rule, change, count, where in rule_rows(other, one.board.names, lang):
                row += 1
                for column, word in enumerate((other.scenario, one.measure, rule, change, count, where)):
                    sheet.write_string(row, column, word, styles.get())
