"""The sheet of rules: what gave way first, then what holds targets back, then the rest."""

from typing import Any

import numpy as np
import pandas as pd
from xlsxwriter.worksheet import Worksheet

from allocator.allocation import Allocation
from allocator.results.matrix.styles import BAD, LINE, WARM, Styles
from allocator.results.matrix.worksheet import shorten
from allocator.results.sentences import PERCENT_KINDS, node_names, product_names, sentences_of
from allocator.texts import text

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


def write_rules_sheet(sheet: Worksheet, allocation: Allocation, styles: Styles, lang: str) -> None:
    """Write one row per rule and node it applies to, pins included."""
    rules = _ordered_rules(allocation, lang)
    shown = rules.head(MOST_RULES)
    shown = shown.assign(sentence=sentences_of(allocation, shown, lang).to_pylist())
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
    for offset, rule in enumerate(shown.to_dict("records")):
        _write_rule(
            sheet, HEAD_ROW + 1 + offset, {str(name): value for name, value in rule.items()}, styles, lang
        )
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


def _write_rule(sheet: Worksheet, row: int, rule: dict[str, Any], styles: Styles, lang: str) -> None:
    kind = rule["kind"]
    tier = text("matrix.hard", lang) if rule["tier"] == 0 else str(rule["tier"])
    texts = {
        "status": text(f"status.{rule['status']}", lang),
        "rule": rule["rule_id"],
        "kind": text(f"kind.{kind}", lang),
        "measure": rule["measure"],
        "node": rule["node_name"],
        "id": rule["node_id"],
        "product": rule["product_name"],
        "tier": tier,
        "owner": rule["owner"],
        "sentence": rule["sentence"],
    }
    own_terms = "percent" if kind in PERCENT_KINDS else "plain"
    numbers = {
        "value": (rule["value"], own_terms),
        "min": (rule["min"], own_terms),
        "max": (rule["max"], own_terms),
        "missed": (rule["short_by"] or np.nan, "plain"),
        "price": (rule["price"] or np.nan, "price"),
    }
    for number, (name, _) in enumerate(COLUMNS):
        if name in texts:
            style = styles.get(align="center" if name == "tier" else "left", **LINE)
            sheet.write_string(row, number, shorten(texts[name]), style)
            continue
        value, form = numbers[name]
        style = styles.get(num_format=NUMBER_FORMATS[form], align="right", **LINE)
        if np.isfinite(value):
            sheet.write_number(row, number, value, style)
        else:
            sheet.write_blank(row, number, None, style)


NUMBER_FORMATS = {"percent": "0.0%", "plain": "#,##0.##", "price": "0.00E+00"}


def _colour_statuses(sheet: Worksheet, last: int, styles: Styles, lang: str) -> None:
    for status, look in (("relaxed", BAD), ("binding", WARM)):
        value = f'"{text(f"status.{status}", lang)}"'
        rule = {"type": "cell", "criteria": "==", "value": value, "format": styles.differing(look)}
        sheet.conditional_format(HEAD_ROW + 1, 0, last, 0, rule)
