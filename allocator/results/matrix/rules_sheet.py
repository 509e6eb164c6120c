"""The sheet of rules: what gave way first, then what holds targets back, then the rest."""

from collections.abc import Callable
from typing import Any

import numpy as np
import pandas as pd

from allocator.allocation import Allocation
from allocator.results.matrix.cell_columns import CellColumn
from allocator.results.matrix.styles import BAD, LINE, WARM, Styles
from allocator.results.matrix.worksheet import MatrixSheet
from allocator.results.sentences import PERCENT_KINDS, node_names, product_names, sentences_of
from allocator.texts import text
from solver_models.arrays import FloatArray

ORDER = ("relaxed", "binding", "slack")
MOST_RULES = 1_000
COLUMNS = (
    ("status", 12),
    ("rule", 16),
    ("kind", 12),
    ("measure", 14),
    ("node", 24),
    ("id", 12),
    ("product", 20),
    ("value", 15),
    ("min", 15),
    ("max", 15),
    ("missed", 13),
    ("price", 12),
    ("tier", 8),
    ("owner", 16),
    ("sentence", 90),
)
NUMBERS = ("value", "min", "max", "missed", "price")
A3 = 8
HEAD_ROW = 3


def write_rules_sheet(sheet: MatrixSheet, allocation: Allocation, styles: Styles, lang: str) -> None:
    """Write one row per rule and node it applies to, pins included."""
    rules = _ordered_rules(allocation, lang)
    shown = rules.head(MOST_RULES)
    sheet.set_row(0, 26)
    sheet.write_string(0, 0, text("matrix.rules", lang), styles.title())
    note = text("matrix.how_rules", lang)
    if len(shown) < len(rules):
        note += " " + text("matrix.more_rules", lang, shown=f"{len(shown):,}", count=f"{len(rules):,}")
    sheet.write_string(1, 0, note, styles.subtitle())
    for number, (name, width) in enumerate(COLUMNS):
        sheet.set_column(number, number, width)
        align = "right" if name in NUMBERS else "center" if name == "tier" else "left"
        sheet.write_string(HEAD_ROW, number, text(f"matrix.{name}", lang), styles.head("target", align))
    sentences = sentences_of(allocation, shown, lang).to_pylist()
    if len(shown):
        sheet.put_columns(HEAD_ROW + 1, _cells(shown, sentences, styles, lang))
    last = HEAD_ROW + max(len(shown), 1)
    _colour_statuses(sheet, last, styles, lang)
    sheet.autofilter(HEAD_ROW, 0, last, len(COLUMNS) - 1)
    sheet.freeze_panes(HEAD_ROW + 1, 2)
    sheet.set_landscape()
    sheet.set_paper(A3)
    sheet.fit_to_pages(1, 0)
    sheet.repeat_rows(HEAD_ROW)
    sheet.set_footer("&L&A&R&P / &N")


def _ordered_rules(allocation: Allocation, lang: str) -> pd.DataFrame:
    """All rules of all measures with names: by status, then by what they move most."""
    nodes, products = (
        np.array(node_names(allocation), object),
        np.array(product_names(allocation, lang), object),
    )
    ids = np.array(allocation.labels.node_id, object)
    parts = []
    for result in allocation.measures:
        rules = result.rules
        parts.append(
            rules.assign(
                measure=result.measure,
                node_name=nodes[rules["node"]],
                node_id=ids[rules["node"]],
                product_name=products[rules["product"]],
                rank=rules["status"].map({status: rank for rank, status in enumerate(ORDER)}),
                pull=-rules["price"].abs(),
            )
        )
    filled = [part for part in parts if len(part)] or parts[:1]
    return pd.concat(filled, ignore_index=True).sort_values(["rank", "pull"], kind="stable")


def _cells(rules: pd.DataFrame, sentences: list[str], styles: Styles, lang: str) -> list[CellColumn]:
    """Return the columns of the sheet; what a rule does not have is an empty cell."""
    words = {
        "status": _named(rules["status"], lambda status: text(f"status.{status}", lang)),
        "rule": rules["rule_id"].tolist(),
        "kind": _named(rules["kind"], lambda kind: text(f"kind.{kind}", lang)),
        "measure": rules["measure"].tolist(),
        "node": rules["node_name"].tolist(),
        "id": rules["node_id"].tolist(),
        "product": rules["product_name"].tolist(),
        "tier": _named(rules["tier"], lambda tier: text("matrix.hard", lang) if tier == 0 else str(tier)),
        "owner": rules["owner"].tolist(),
        "sentence": sentences,
    }
    amounts = {
        name: rules[name].to_numpy(np.float64) for name in ("value", "min", "max", "short_by", "price")
    }
    in_percent = rules["kind"].isin(PERCENT_KINDS).to_numpy().astype(np.int64)
    one_look = np.zeros(len(rules), np.int64)
    forms = {
        form: styles.get(num_format=number_format, align="right", **LINE)
        for form, number_format in NUMBER_FORMATS.items()
    }
    own_terms = [forms["plain"], forms["percent"]]
    columns = {
        name: CellColumn(texts, [styles.get(align="center" if name == "tier" else "left", **LINE)], one_look)
        for name, texts in words.items()
    }
    columns |= {name: CellColumn(amounts[name], own_terms, in_percent) for name in ("value", "min", "max")}
    columns["missed"] = CellColumn(_unless_zero(amounts["short_by"]), [forms["plain"]], one_look)
    columns["price"] = CellColumn(_unless_zero(amounts["price"]), [forms["price"]], one_look)
    return [columns[name] for name, _ in COLUMNS]


def _named(column: pd.Series, name: Callable[[Any], str]) -> list[str]:
    """Put every value of a column into words, each distinct one once."""
    names = {value: name(value) for value in column.unique().tolist()}
    return [names[value] for value in column.tolist()]


def _unless_zero(amounts: FloatArray) -> FloatArray:
    return np.where(amounts == 0, np.nan, amounts)


NUMBER_FORMATS = {"percent": "0.0%", "plain": "#,##0.##", "price": "0.00E+00"}


def _colour_statuses(sheet: MatrixSheet, last: int, styles: Styles, lang: str) -> None:
    for status, look in (("relaxed", BAD), ("binding", WARM)):
        value = f'"{text(f"status.{status}", lang)}"'
        rule = {"type": "cell", "criteria": "==", "value": value, "format": styles.differing(look)}
        sheet.conditional_format(HEAD_ROW + 1, 0, last, 0, rule)
