"""Rules that bind or gave way, with owner and price."""

from dataclasses import replace

import numpy as np
import pandas as pd

from allocator.allocation import Allocation, MeasureAllocation
from allocator.report.amounts import MISSING, short, whole
from allocator.report.markup import Markup, element, join
from allocator.report.part import Extras, Part, cells, heads, measure_heading, note, table
from allocator.results.sentences import rule_sentences
from allocator.texts import text

MOST_RULES, MOST_ROWS = 60, 24
NOTICED_PRICE, SMALLEST_WHOLE = 1e-15, 10


def rules(allocation: Allocation, extras: Extras, lang: str) -> Part:
    """Return the rules of every measure."""
    body = []
    for result in allocation.measures:
        body += [measure_heading(allocation, result.measure, lang), _measure(allocation, result, lang)]
    return Part("rules", text("report.rules", lang), join(body), starts_page=True)


def _measure(allocation: Allocation, result: MeasureAllocation, lang: str) -> Markup:
    status = result.rules["status"]
    counts = {name: int((status == name).sum()) for name in ("binding", "relaxed", "slack")}
    lead = element("p", text("report.rules_note", lang, **counts), class_="lead")
    acting = result.rules[(status != "slack").to_numpy(bool)]
    if not len(acting):
        return join(lead, note(text("report.rules_none", lang)))
    return join(
        lead,
        element("h4", text("report.rules_each", lang)),
        _each(result.rules, acting, lang),
        element("h4", text("report.rules_rows", lang)),
        note(text("report.rules_rows_note", lang)),
        _rows(allocation, result, acting, lang),
    )


def _each(all_rows: pd.DataFrame, acting: pd.DataFrame, lang: str) -> Markup:
    """One row per rule that binds or gave way somewhere, strongest price first."""
    size = all_rows["rule_id"].value_counts().to_dict()
    found = []
    for rule_id, own in acting.groupby("rule_id", sort=True):
        prices = own["price"].to_numpy(float)
        strongest = float(prices[np.argmax(np.abs(prices))])
        found.append((-abs(strongest), str(rule_id), own, strongest))
    found.sort(key=lambda one: one[:2])
    rows = [
        element(
            "tr",
            cells(rule_id),
            element("td", text(f"kind.{own['kind'].iat[0]}", lang), class_="words"),
            element("td", ", ".join(dict.fromkeys(filter(None, own["owner"]))) or MISSING, class_="words"),
            cells(
                _tier(int(own["tier"].to_numpy(np.int64)[0]), lang),
                _count(own, "binding", int(size[rule_id]), lang),
                _count(own, "relaxed", int(size[rule_id]), lang),
                _price(strongest),
            ),
        )
        for _, rule_id, own, strongest in found[:MOST_RULES]
    ]
    words = [element("th", text(f"matrix.{key}", lang), class_="words") for key in ("kind", "owner")]
    head = [
        *heads(text("matrix.rule", lang)),
        *words,
        *heads(text("matrix.tier", lang), text("matrix.binding", lang), text("matrix.relaxed", lang)),
        *heads(text("report.rule_most", lang)),
    ]
    return join(table(head, rows), _left_out(len(rows), len(found), lang))


def _rows(allocation: Allocation, result: MeasureAllocation, acting: pd.DataFrame, lang: str) -> Markup:
    """The sentences: relaxed rows first, then by price."""
    is_relaxed = (acting["status"] == "relaxed").to_numpy(bool)
    size = np.where(is_relaxed, acting["short_by"].to_numpy(float), np.abs(acting["price"].to_numpy(float)))
    order = np.lexsort((-size, ~is_relaxed))[:MOST_ROWS]
    chosen = acting.iloc[order]
    sentences = rule_sentences(allocation, replace(result, rules=chosen), lang)
    rows = [
        element(
            "tr",
            cells(rule["rule_id"]),
            element(
                "td", element("span", text(f"matrix.{rule['status']}", lang), class_=f"pill {rule['status']}")
            ),
            element("td", sentence, class_="words"),
            element("td", rule["owner"] or MISSING, class_="words"),
            cells(_price(rule["price"]), short(rule["short_by"], lang) if rule["short_by"] > 0 else MISSING),
        )
        for rule, sentence in zip(chosen.to_dict("records"), sentences, strict=True)
    ]
    head = [
        *heads(text("matrix.rule", lang), text("matrix.status", lang)),
        element("th", text("matrix.sentence", lang), class_="words"),
        element("th", text("matrix.owner", lang), class_="words"),
        *heads(text("matrix.price", lang), text("report.rule_missed", lang)),
    ]
    return join(table(head, rows), _left_out(len(rows), len(acting), lang))


def _left_out(shown: int, count: int, lang: str) -> Markup | None:
    return note(text("report.more_rules", lang, shown=shown, count=count)) if shown < count else None


def _count(own: pd.DataFrame, status: str, size: int, lang: str) -> str:
    count = int((own["status"] == status).sum())
    return text("report.of_rows", lang, count=count, all=size) if count else MISSING


def _tier(tier: int, lang: str) -> str:
    return str(tier) if tier else text("matrix.hard", lang)


def _price(price: float) -> str:
    """Price with two digits, larger ones in full."""
    if abs(price) <= NOTICED_PRICE:
        return MISSING
    return whole(price) if abs(price) >= SMALLEST_WHOLE else f"{price:.2g}".replace("-", "−", 1)
