"""Fairness: the distribution of target / anchor in each peer group."""

import numpy as np

from allocator.allocation import Allocation, MeasureAllocation
from allocator.anchors.peers import peer_groups
from allocator.report.amounts import percent, ratio
from allocator.report.charts import spread_strip
from allocator.report.markup import Markup, element, join
from allocator.report.part import Extras, Part, cells, heads, measure_heading, note, numbers_of, table
from allocator.results.matrix.view import level_name
from allocator.texts import text
from solver_models.arrays import FloatArray, IntArray

MOST_GROUPS = 20
LEAST_HALF_WIDTH, MOST_HALF_WIDTH = 0.1, 1.0


def fairness(allocation: Allocation, extras: Extras, lang: str) -> Part:
    """Return the distributions of every measure."""
    body: list[Markup | None] = [element("p", text("report.fairness_note", lang), class_="lead")]
    group = peer_groups(allocation.plan, allocation.labels)
    for result in allocation.measures:
        body += [
            measure_heading(allocation, result.measure, lang),
            _measure(allocation, result, group, lang),
            _tests(extras, result.measure, lang),
        ]
    return Part("fairness", text("report.fairness", lang), join(body), starts_page=True)


def _measure(allocation: Allocation, result: MeasureAllocation, group: IntArray, lang: str) -> Markup:
    numbers, leaf = numbers_of(allocation, result), allocation.labels.grid.org.leaf
    ratios, growth = numbers.ratio[leaf, 0], numbers.growth[leaf, 0]
    has_anchor = np.isfinite(ratios)
    left_out = int((~has_anchor).sum())
    remark = note(text("report.without_anchor", lang, count=left_out)) if left_out else None
    if not has_anchor.any():
        return join(remark)
    half = float(np.abs(ratios[has_anchor] - 1).max())
    half = float(np.clip(np.ceil(half * 20) / 20, LEAST_HALF_WIDTH, MOST_HALF_WIDTH))
    found = [(int(g), np.flatnonzero(has_anchor & (group == g))) for g in np.unique(group[has_anchor])]
    found.sort(key=lambda one: -len(one[1]))
    rows = [
        _row(_group_name(allocation, int(at[0]), lang), ratios[at], growth[at], half)
        for _, at in found[:MOST_GROUPS]
    ]
    span = text("report.spread", lang, low=ratio(1 - half), high=ratio(1 + half))
    head = heads(
        text("report.group", lang),
        text("report.reps", lang),
        span,
        *(
            text(f"report.{key}", lang)
            for key in ("lowest", "highest", "median", "variation", "growth_median")
        ),
    )
    body = [table(head, rows, "strips")]
    if len(rows) < len(found):
        what = text("report.group", lang)
        body.append(note(text("report.shown_of", lang, shown=len(rows), count=len(found), what=what)))
    return join(body, remark)


def _tests(extras: Extras, measure: str, lang: str) -> Markup | None:
    """List the tests of fairness.json in its own words; None where it was not computed."""
    judged = extras.get("fairness", {}).get("measures", {}).get(measure)
    if judged is None:
        return None
    names = {"pass": "ok", "fail": "warn"}
    lines = [
        element("li", one["sentence"], class_=names.get(one.get("verdict", ""), "none"))
        for one in judged["tests"]
    ]
    return join(
        element("h4", text("report.fairness_tests", lang)),
        element("ul", lines, class_="checks"),
        note(judged["by_construction"]),
    )


def _row(name: str, ratios: FloatArray, growth: FloatArray, half: float) -> Markup:
    low, high = float(ratios.min()), float(ratios.max())
    known = growth[np.isfinite(growth)]
    label = f"{name}: {ratio(low)} – {ratio(high)}"
    return element(
        "tr",
        cells(
            name,
            f"{len(ratios):,}",
            spread_strip(ratios, 1 - half, 1 + half, label),
            ratio(low),
            ratio(high),
            ratio(float(np.median(ratios)), 3),
            percent(float(np.std(ratios) / np.mean(ratios)) if np.mean(ratios) > 0 else np.nan),
            percent(float(np.median(known)) if len(known) else np.nan, is_signed=True),
        ),
    )


def _group_name(allocation: Allocation, rep: int, lang: str) -> str:
    """Level and text of the group, as the org says them."""
    labels = allocation.labels
    v = labels.grid.org.leaf[rep]
    words = str(allocation.plan.org["peer_group"].iat[int(labels.node_row[v])])
    level = level_name(labels.level[v], lang)
    return f"{level} · {words}" if words else level
