"""replan.html: the year before and after by region, product, month and rep; rules that no longer hold."""

from collections.abc import Callable, Mapping, Sequence
from typing import Any

import numpy as np
import pandas as pd

from allocator.plan.plan import month_text
from allocator.report.amounts import percent, ratio, short, whole
from allocator.report.charts import heat, waterfall_bars
from allocator.report.markup import Content, Markup, element, join
from allocator.report.part import Part, cells, divided, heads, note, table
from allocator.report.report import page
from allocator.results.columns_of_text import decimals
from allocator.results.sentences import node_names, product_names
from allocator.texts import CATALOGUE, text
from scenarios.replan.missed_rules import missed_rules
from scenarios.replan.replan import Replan, Request, Year
from solver_models.arrays import FloatArray, IntArray

MOST_NODES, MOST_PRODUCTS, MOST_MOVERS, MOST_NAMED = 24, 24, 15, 12
FULL = 0.1
"""Change of a remaining target that is drawn in full colour."""
DIGEST_SHOWN = 12
Section = Callable[[Replan, str, str], Markup]


def replan_page(found: Replan, request: Request, rules: pd.DataFrame, lang: str) -> str:
    """Return the page; the same re-plan gives the same bytes.

    Parameters
    ----------
    rules
        What `year_rules` says of every measure.
    """

    def of_rules(one: Replan, measure: str, language: str) -> Markup:
        return missed_rules(one, measure, rules[rules["measure"] == measure], language)

    def of_year(one: Replan, measure: str, language: str) -> Markup:
        own = {measure: one.missing[measure]}
        notes = notes_of_actuals(request.as_of, one.left_out, own, language)
        return join(_year(one, measure, language), *(note(words) for words in notes))

    sections: dict[str, Section] = {
        "year": of_year,
        "where": _where,
        "months": _months,
        "movers": _movers,
        "rules": of_rules,
    }
    parts = [_part(key, section, found, lang) for key, section in sections.items()]
    spec, policy = found.plan.spec, request.policy
    facts = text(
        "replan.facts",
        lang,
        as_of=request.as_of,
        done=found.done,
        months=spec.months,
        keep=f"{policy.keep_gap:.0%}",
        stability=_stability_words(found, request, lang),
        anchors=text(f"replan.anchors_{'learn' if policy.learns else 'keep'}", lang),
    )
    footer = text("replan.footer", lang, digest=found.plan.input_hash[:DIGEST_SHOWN])
    return page(spec.name or spec.plan, text("replan.over", lang), facts, parts, footer, lang)


def _stability_words(found: Replan, request: Request, lang: str) -> str:
    """What holds the targets of the reps in force."""
    policy = request.policy
    if policy.is_forgiven and policy.stability_tier == "auto":
        return text("replan.stability_only", lang)
    place = policy.stability_tier
    words = {"tier": place} if isinstance(place, int) else {}
    key = f"replan.stability_{'tier' if words else place}"
    return text(key, lang, width=f"{policy.stability:.0%}", **words)


def _part(key: str, section: Section, found: Replan, lang: str) -> Part:
    body: list[Content] = []
    for measure in found.years:
        unit = element("span", found.plan.spec.measures[measure].unit, class_="unit")
        body += [element("h3", measure, " ", unit), section(found, measure, lang)]
    return Part(key, text(f"replan.part_{key}", lang), join(body))


def notes_of_actuals(as_of: str, left_out: int, missing: Mapping[str, Sequence[str]], lang: str) -> list[str]:
    """Say which rows of actuals were left out, and who had none and was taken to have sold nothing."""
    notes = [text("replan.left_out", lang, count=f"{left_out:,}", as_of=as_of)] if left_out else []
    for measure, reps in missing.items():
        if reps:
            names = ", ".join(reps[:MOST_NAMED]) + (" ..." if len(reps) > MOST_NAMED else "")
            count = f"{len(reps):,}"
            notes.append(text("replan.without_actuals", lang, measure=measure, count=count, names=names))
    return notes


def _unit(found: Replan, measure: str) -> float:
    return float(found.plan.spec.measures[measure].round_to)


def _year(found: Replan, measure: str, lang: str) -> Markup:
    """The totals as cards, what became of the gap, and how the year adds up."""
    year, unit = found.years[measure], _unit(found, measure)
    published = float(year.published[0, 0].sum()) * unit
    to_date = float(year.published[0, 0, : found.done].sum()) * unit
    rest = published - to_date
    actual, now = float(year.locked.units[0, 0]) * unit, float(year.target[0, 0]) * unit
    leaf = found.labels.grid.org.leaf
    changed = int((_rest_now(found, measure)[leaf, 0] != _rest_before(found, measure)[leaf, 0]).sum())
    reps = text("replan.reps", lang, count=f"{len(leaf):,}", changed=f"{changed:,}")
    attained = percent(float(divided(np.array(actual), np.array(to_date))))
    change = percent(float(divided(np.array(now - actual), np.array(rest))) - 1, is_signed=True)
    of_year = percent(now / published - 1 if published else np.nan, is_signed=True)
    return join(
        element(
            "div",
            _card("published", published, reps, lang),
            _card("actual", actual, text("replan.of_published", lang, share=attained), lang),
            _card("remaining", now - actual, text("replan.against_published", lang, change=change), lang),
            _card("target", now, text("replan.against_year", lang, change=of_year), lang),
            class_="cards",
        ),
        element("p", _gap_words(year, unit, lang)),
        _sum(actual, rest, now, lang),
    )


def _card(key: str, value: float, more: str, lang: str) -> Markup:
    return element(
        "div",
        element("div", text(f"replan.card_{key}", lang), class_="what"),
        element("div", short(value, lang), class_="value"),
        element("div", more, class_="more"),
        class_="card",
    )


def _gap_words(year: Year, unit: float, lang: str) -> str:
    gap, forgiven = year.remainder.gap, year.remainder.forgiven
    words = {
        "gap": short(abs(gap) * unit, lang),
        "kept": short((gap - forgiven) * unit, lang),
        "forgiven": short(forgiven * unit, lang),
    }
    return text(f"replan.gap_{'behind' if gap > 0 else 'ahead' if gap < 0 else 'none'}", lang, **words)


def _sum(actual: float, rest: float, now: float, lang: str) -> Markup:
    """Actual to date + published rest + what is made up = the year, as bars."""
    steps = [actual, rest, now - actual - rest]
    bars, _ = waterfall_bars(steps, now)
    last = "kept" if steps[2] >= 0 else "ahead"
    names = [text(f"replan.step_{key}", lang) for key in ("actual", "rest", last, "year")]
    shown = [short(value, lang, is_signed=k == 2) for k, value in enumerate([*steps, now])]
    rows = [
        element(
            "tr",
            element("td", name),
            element("td", bar),
            element("td", amount),
            class_="end" if k == len(steps) else None,
        )
        for k, (name, bar, amount) in enumerate(zip(names, bars, shown, strict=True))
    ]
    return table(None, rows, "fall")


def _rest_before(found: Replan, measure: str) -> FloatArray:
    """Remaining targets as published by node and product, in the measure's unit."""
    return np.asarray(found.years[measure].published_rest * _unit(found, measure), np.float64)


def _rest_now(found: Replan, measure: str) -> FloatArray:
    return np.asarray(found.years[measure].rest * _unit(found, measure), np.float64)


def _change(before: float, now: float, lang: str) -> str:
    """The change as a rate; from nothing has none, and is said."""
    if before > 0 or now == before:
        return percent(now / before - 1 if before > 0 else np.nan, is_signed=True)
    return text("replan.from_nothing", lang)


def _where(found: Replan, measure: str, lang: str) -> Markup:
    """The company and the nodes below it, then the products of the company."""
    depth = found.labels.grid.org.depth
    regions = np.flatnonzero(depth <= 1).astype(np.int64)
    whole_company = np.zeros(len(found.labels.product_id), np.int64)
    products = np.arange(len(found.labels.product_id), dtype=np.int64)
    shown = regions[:MOST_NODES], products[:MOST_PRODUCTS]
    names = node_names(found.remaining), product_names(found.remaining, lang)
    every = np.zeros(len(regions), np.int64)
    return join(
        element("p", text("replan.where_note", lang), class_="lead"),
        _lines(found, measure, "node", [names[0][v] for v in shown[0]], shown[0], every, lang),
        _more(len(regions) - len(shown[0]), lang),
        _lines(found, measure, "product", [names[1][q] for q in shown[1]], whole_company, shown[1], lang),
        _more(len(products) - len(shown[1]), lang),
    )


def _lines(
    found: Replan,
    measure: str,
    what: str,
    names: Sequence[str],
    node: IntArray,
    product: IntArray,
    lang: str,
) -> Markup:
    year, unit = found.years[measure], _unit(found, measure)
    published = year.published.sum(axis=2) * unit
    to_date = year.published[:, :, : found.done].sum(axis=2) * unit
    before, now = _rest_before(found, measure), _rest_now(found, measure)
    expected = year.remainder.expected(found.labels)
    rows = []
    for k, (name, v, q) in enumerate(zip(names, node, product, strict=False)):
        actual, target = year.locked.units[v, q] * unit, year.target[v, q] * unit
        change = now[v, q] / before[v, q] - 1 if before[v, q] > 0 else np.nan
        delta = float(target - published[v, q])
        rows.append(
            element(
                "tr",
                cells(name, short(float(published[v, q]), lang), short(float(actual), lang)),
                element("td", percent(actual / to_date[v, q] if to_date[v, q] > 0 else np.nan)),
                cells(*(short(float(rest[v, q]), lang) for rest in (expected, before, now))),
                element(
                    "td",
                    _change(float(before[v, q]), float(now[v, q]), lang),
                    style=heat(1 + change, full=FULL),
                ),
                element("td", short(float(target), lang)),
                element("td", short(delta, lang, is_signed=True), class_="minus" if delta < 0 else None),
                class_="sum" if k == 0 else None,
            )
        )
    keys = (what, "published", "to_date", "attained", "expected", "before", "now", "change", "year", "delta")
    return table(heads(*(text(f"replan.col_{key}", lang) for key in keys)), rows)


def _months(found: Replan, measure: str, lang: str) -> Markup:
    """The company month by month: locked or re-planned."""
    year, unit = found.years[measure], _unit(found, measure)
    published, now = year.published[0, 0] * unit, year.months[0, 0] * unit
    rows = []
    for k, month in enumerate(found.plan.month_numbers):
        change = now[k] / published[k] - 1 if published[k] > 0 else np.nan
        kind = "actual" if k < found.done else "target"
        rows.append(
            element(
                "tr",
                cells(month_text(month)),
                element("td", text(f"replan.month_{kind}", lang), class_="words"),
                cells(short(float(published[k]), lang), short(float(now[k]), lang)),
                element("td", percent(change, is_signed=True), style=heat(1 + change, full=2 * FULL)),
            )
        )
    head = [
        *heads(text("replan.col_month", lang)),
        element("th", text("replan.col_kind", lang), class_="words"),
        *heads(*(text(f"replan.col_{key}", lang) for key in ("published", "year", "change"))),
    ]
    return table(head, rows)


def _movers(found: Replan, measure: str, lang: str) -> Markup:
    """The reps whose remaining target moved most, with what they sold of it so far."""
    year, places = found.years[measure], decimals(found.plan.spec.measures[measure].round_to)
    leaf = found.labels.grid.org.leaf
    before, now = _rest_before(found, measure)[leaf, 0], _rest_now(found, measure)[leaf, 0]
    learned, names = year.remainder.productivity, node_names(found.remaining)
    causes = found.causes[measure]
    order = np.argsort(-np.abs(now - before), kind="stable")
    moved = order[(now != before)[order]]
    rows = []
    for k in moved[:MOST_MOVERS].tolist():
        delta = float(now[k] - before[k])
        change = delta / before[k] if before[k] > 0 else np.nan
        amounts = [whole(float(value), places) for value in (before[k], now[k])]
        rows.append(
            element(
                "tr",
                cells(
                    names[int(leaf[k])],
                    percent(float(learned.ratio[k])),
                    ratio(float(learned.factor[k])),
                    *amounts,
                ),
                element("td", whole(delta, places, is_signed=True), class_="minus" if delta < 0 else None),
                element(
                    "td",
                    _change(float(before[k]), float(now[k]), lang),
                    style=heat(1 + change, full=FULL),
                ),
                cells(whole(float(year.target[leaf[k], 0] * _unit(found, measure)), places)),
                element("td", _cause(str(causes[leaf[k], 0]), lang), class_="words"),
            )
        )
    keys = ("rep", "attained", "factor", "before", "now", "delta", "change", "year")
    words: dict[str, Any] = {key: text(f"replan.col_{key}", lang) for key in keys}
    words["delta"] = words["change"]
    head = [*heads(*words.values()), element("th", text("replan.col_because", lang), class_="words")]
    return join(
        element("p", text("replan.movers_note", lang), class_="lead"),
        table(head, rows),
        _more(len(moved) - len(rows), lang),
    )


def _cause(cause: str, lang: str) -> str:
    """Say a cause that is no rule in words; a rule is its id."""
    key = f"replan.cause_{cause or 'none'}"
    return text(key, lang) if key in CATALOGUE else cause


def _more(count: int, lang: str) -> Markup | None:
    return note(text("replan.more", lang, count=count, file="replan.csv")) if count > 0 else None
