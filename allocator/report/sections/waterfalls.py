"""Waterfalls with their sentences: the company, the first level, the five reps moved most."""

from dataclasses import replace

import numpy as np
import pandas as pd

from allocator.allocation import Allocation, MeasureAllocation
from allocator.explanation.table import explanation_table
from allocator.plan.tables import ALL_PRODUCTS
from allocator.report.amounts import whole
from allocator.report.charts import waterfall_bars
from allocator.report.markup import Markup, element, join
from allocator.report.part import Extras, Numbers, Part, measure_heading, note, numbers_of
from allocator.results.matrix.view import level_name
from allocator.results.sentences import node_names
from allocator.texts import text
from solver_models.arrays import IntArray

MOST_FIRST, MOST_MOVED = 12, 5


def waterfalls(allocation: Allocation, extras: Extras, lang: str) -> Part:
    """Return the waterfalls of every measure, over all products."""
    body = [element("p", text("report.falls_note", lang), class_="lead")]
    for result in allocation.measures:
        body += [measure_heading(allocation, result.measure, lang), _falls(allocation, result, lang)]
    return Part("waterfalls", text("report.waterfalls", lang), join(body), starts_page=True)


def _falls(allocation: Allocation, result: MeasureAllocation, lang: str) -> Markup:
    numbers, labels = numbers_of(allocation, result), allocation.labels
    company = np.zeros(1, np.int64)
    first = np.flatnonzero((labels.grid.org.parent == 0) & ~labels.grid.org.is_leaf)
    shown = np.sort(first[np.argsort(-numbers.target[first, 0], kind="stable")[:MOST_FIRST]])
    moved = _most_moved(allocation, numbers)
    steps = _steps(allocation, result, np.concatenate([company, shown, moved]), lang)
    names = node_names(allocation)

    def drawn(nodes: IntArray) -> list[Markup]:
        return [_fall(steps, labels.node_id[v], names[v], numbers, int(v), lang) for v in nodes]

    body = [*drawn(company)]
    if len(shown):
        words = text("report.fall_first", lang, level=level_name(labels.level[shown[0]], lang))
        body += [element("h3", words), *drawn(shown)]
    if len(shown) < len(first):
        what = text("report.nodes", lang)
        body.append(note(text("report.shown_of", lang, shown=len(shown), count=len(first), what=what)))
    if len(moved):
        body += [
            element("h3", text("report.fall_moved", lang)),
            note(text("report.fall_moved_note", lang)),
            *drawn(moved),
        ]
    return join(body)


def _most_moved(allocation: Allocation, numbers: Numbers) -> IntArray:
    """Reps whose target differs most from the anchor by more than the rounding, most first."""
    leaf = allocation.labels.grid.org.leaf.astype(np.int64)
    move = np.abs(numbers.target[leaf, 0] - numbers.anchor[leaf, 0])
    order = np.argsort(-move, kind="stable")[:MOST_MOVED]
    return np.asarray(leaf[order[move[order] > 0]], np.int64)


def _steps(
    allocation: Allocation, result: MeasureAllocation, nodes: IntArray, lang: str
) -> dict[str, pd.DataFrame]:
    """Rows of explanation.csv of some nodes over all products: the page and the file say the same."""
    units, targets = np.zeros_like(result.waterfall.units), np.zeros_like(result.target_units)
    units[:, nodes, 0] = result.waterfall.units[:, nodes, 0]
    targets[nodes, 0] = result.target_units[nodes, 0]
    waterfall, few = replace(result.waterfall, units=units), replace(result, target_units=targets)
    rows = explanation_table(allocation, few, waterfall, lang)
    rows = rows[rows["product_id"] == ALL_PRODUCTS]
    return {str(node): group for node, group in rows.groupby("node_id", sort=False)}


def _fall(
    steps: dict[str, pd.DataFrame], node_id: str, name: str, numbers: Numbers, v: int, lang: str
) -> Markup:
    """Draw one waterfall as a table: step, bar, amount, sentence."""
    target, places = float(numbers.target[v, 0]), numbers.places
    title = element("h4", text("report.fall_title", lang, node=name, target=whole(target, places)))
    if node_id not in steps:
        return title
    own = steps[node_id]
    amounts = own["amount"].astype(float).tolist()
    bars, _ = waterfall_bars(amounts, target)
    rows = [
        element(
            "tr",
            element("td", text(f"stepname.{step}", lang)),
            element("td", bar),
            element("td", whole(amount, places, is_signed=k > 0)),
            element("td", words, class_="why"),
        )
        for k, (step, bar, amount, words) in enumerate(
            zip(own["step"], bars[:-1], amounts, own["text"], strict=True)
        )
    ]
    rows.append(
        element(
            "tr",
            element("td", text("matrix.target", lang)),
            element("td", bars[-1]),
            element("td", whole(target, places)),
            element("td", class_="why"),
            class_="end",
        )
    )
    columns = [element("col", class_=name) for name in ("name", "bar", "amount", "why")]
    return join(title, element("table", element("colgroup", columns), element("tbody", rows), class_="fall"))
