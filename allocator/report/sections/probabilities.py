"""Probabilities of attainment, from attainment.json."""

from typing import Any

from allocator.allocation import Allocation
from allocator.attainment.basis import basis_sentence
from allocator.report.amounts import MISSING, percent, short
from allocator.report.charts import share_bar
from allocator.report.markup import Content, Markup, element, join
from allocator.report.part import Extras, Part, cells, heads, measure_heading, note, table
from allocator.results.matrix.view import level_name
from allocator.results.sentences import node_names
from allocator.texts import text

MOST_NODES = 50
LETTERS = "SMART"


def probabilities(allocation: Allocation, extras: Extras, lang: str) -> Part | None:
    """Return how likely the targets are; None where attainment was not computed."""
    document = extras.get("attainment")
    if not document:
        return None
    limits, body = document["limits"], [element("p", text("report.likely_note", lang), class_="lead")]
    for measure, judged in document["measures"].items():
        body += [
            measure_heading(allocation, measure, lang),
            element("p", basis_sentence(judged["basis"], lang), class_="lead"),
            _company(judged, limits, lang),
            _levels(judged, limits, lang),
            _nodes(allocation, judged, limits, lang),
            _smart(judged, lang),
        ]
    return Part("probabilities", text("report.probabilities", lang), join(body), starts_page=True)


def _company(judged: dict[str, Any], limits: dict[str, Any], lang: str) -> Markup:
    company, goal, ledger = judged["company"], judged["share_at_goal"], judged["ledger"]
    low, high = (percent(share, places=0) for share in goal["healthy"])
    confidence = percent(limits["confidence"], places=0)
    cards = [
        _card(
            text("report.likely_company", lang),
            _percent(company["probability"], 0),
            text(
                "report.likely_expected",
                lang,
                amount=_short(company["expected"], lang),
                stretch=MISSING
                if company["stretch"] is None
                else percent(company["stretch"], is_signed=True),
            ),
        ),
        _card(
            text("report.likely_hedge", lang),
            _percent(ledger["confidence_in_plan"], 0),
            text(
                "report.likely_hedge_more",
                lang,
                share=_percent(ledger["in_plan"]),
                confidence=confidence,
                needed=_percent(ledger["needed"]),
            ),
        ),
        _card(
            text("report.likely_range", lang),
            f"{_short(company['p10'], lang)} – {_short(company['p90'], lang)}",
            text("report.likely_range_more", lang),
        ),
        _card(
            text("report.likely_goal", lang),
            _percent(goal["expected"], 0),
            text("report.likely_goal_more", lang, low=low, high=high),
        ),
    ]
    return element("div", cards, class_="cards")


def _card(what: str, value: str, more: str) -> Markup:
    parts = (("what", what), ("value", value), ("more", more))
    return element("div", [element("div", words, class_=name) for name, words in parts], class_="card")


def _levels(judged: dict[str, Any], limits: dict[str, Any], lang: str) -> Markup:
    low, high = (percent(limits[key], places=0) for key in ("low", "high"))
    rows = [
        element(
            "tr",
            cells(level_name(one["level"], lang), f"{one['n']:,}", _percent(one["mean_probability"], 0)),
            cells(f"{one['hardly']:,}", f"{one['easy']:,}"),
        )
        for one in judged["levels"]
    ]
    head = heads(
        text("report.level", lang),
        text("report.number", lang),
        text("report.likely_mean", lang),
        text("report.likely_hardly", lang, low=low),
        text("report.likely_easy", lang, high=high),
    )
    return table(head, rows)


def _nodes(allocation: Allocation, judged: dict[str, Any], limits: dict[str, Any], lang: str) -> Markup:
    """The company and the nodes between it and the reps, in the order of the tree."""
    labels, names = allocation.labels, node_names(allocation)
    org = labels.grid.org
    upper = [one for one in judged["nodes"] if not org.is_leaf[labels.node_code[one["node_id"]]]]
    rows: list[Content] = []
    for one in upper[:MOST_NODES]:
        v, probability = labels.node_code[one["node_id"]], one["probability"]
        bar = None if probability is None else share_bar(probability, limits["low"], limits["high"])
        rows.append(
            element(
                "tr",
                cells(names[v], bar, _percent(probability, 0)),
                cells(_short(one["target"], lang), _short(one["expected"], lang)),
                class_=("sum", "head", "sub")[min(int(org.depth[v]), 2)],
            )
        )
    head = heads(
        "",
        "",
        text("report.likely_probability", lang),
        text("matrix.target", lang),
        text("report.likely_amount", lang),
    )
    what = text("report.nodes", lang)
    words = text("report.shown_of", lang, shown=len(rows), count=len(upper), what=what)
    return join(table(head, rows, "strips"), note(words) if len(rows) < len(upper) else None)


def _smart(judged: dict[str, Any], lang: str) -> Markup:
    smart = judged["smart"]
    failed = ", ".join(f"{letter} {smart['failed'][letter]}" for letter in LETTERS)
    return note(text("report.likely_smart", lang, count=smart["checked"], failed=failed))


def _percent(value: float | None, places: int = 1) -> str:
    return MISSING if value is None else percent(value, places=places)


def _short(value: float | None, lang: str) -> str:
    return MISSING if value is None else short(value, lang)
