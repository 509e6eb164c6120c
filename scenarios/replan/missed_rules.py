"""The part of the page that says which rules of the year no longer hold, and by how much."""

from collections.abc import Hashable, Mapping
from typing import Any

import numpy as np
import pandas as pd

from allocator.report.amounts import MISSING, percent, whole
from allocator.report.markup import Markup, element, join
from allocator.report.part import cells, heads, note, table
from allocator.results.columns_of_text import decimals
from allocator.results.sentences import node_names, product_names
from allocator.texts import text
from scenarios.replan.replan import Replan
from scenarios.replan.year_rules import MISSED

MOST_RULES = 30
RATES = ("growth", "mix", "fairness", "commitment")


def missed_rules(found: Replan, measure: str, rules: pd.DataFrame, lang: str) -> Markup:
    """Return the rules that do not hold, largest miss first; one sentence where all hold."""
    missed = rules[rules["status"] == MISSED].sort_values("short_by", ascending=False, kind="stable")
    count = f"{len(rules):,}"
    gave_way = note(text("replan.gave_way", lang)) if found.gave_way else None
    if not len(rules):
        return note(text("replan.rules_none", lang))
    if not len(missed):
        all_hold = element("li", text("replan.rules_all", lang, count=count), class_="ok")
        return join(gave_way, element("ul", all_hold, class_="checks"))
    held = f"{len(rules) - len(missed):,}"
    words = text("replan.rules_some", lang, held=held, count=count)
    rows = [_row(found, measure, row, lang) for row in missed.head(MOST_RULES).to_dict("records")]
    left = len(missed) - len(rows)
    keys = ("node", "product", "tier", "was", "value", "allowed", "short")
    head = [
        *heads(text("replan.col_rule", lang)),
        *heads(*(text(f"replan.col_{key}", lang) for key in keys)),
        element("th", text("replan.col_because", lang), class_="words"),
    ]
    return join(
        gave_way,
        element("ul", element("li", words, class_="warn"), class_="checks"),
        table(head, rows),
        note(text("replan.more", lang, count=left, file="replan_rules.csv")) if left > 0 else None,
    )


def _row(found: Replan, measure: str, row: Mapping[Hashable, Any], lang: str) -> Markup:
    labels, kind = found.labels, str(row["kind"])
    places = decimals(found.plan.spec.measures[measure].round_to)
    names, products = node_names(found.remaining), product_names(found.remaining, lang)

    def said(value: object) -> str:
        number = float(str(value))
        if not np.isfinite(number):
            return MISSING
        is_signed = kind in ("growth", "fairness")
        return percent(number, is_signed=is_signed) if kind in RATES else whole(number, places)

    low, high = float(str(row["min"])), float(str(row["max"]))
    if kind == "fairness" and np.isnan(low):
        low = -high
    allowed = said(low) if low == high else f"{said(low)} … {said(high)}"
    return element(
        "tr",
        element("td", str(row["rule_id"]), " ", element("span", text(f"kind.{kind}", lang), class_="unit")),
        cells(
            names[labels.node_code[str(row["node_id"])]],
            products[labels.product_code[str(row["product_id"])]],
            str(row["tier"]),
            said(row["published"]),
            said(row["value"]),
            allowed,
            whole(float(str(row["short_by"])), max(places, 0 if float(str(row["short_by"])) >= 1 else 2)),
        ),
        element("td", text(f"replan.because_{row['because']}", lang), class_="words"),
    )
