"""Heat map: regions and teams x product lines, with target, ratio to the anchor and growth."""

import numpy as np

from allocator.allocation import Allocation, MeasureAllocation
from allocator.report.amounts import MISSING, percent, ratio, short
from allocator.report.charts import heat
from allocator.report.markup import Markup, element, join
from allocator.report.part import Extras, Numbers, Part, heads, measure_heading, note, numbers_of, table
from allocator.results.sentences import node_names, product_names
from allocator.texts import text
from solver_models.arrays import IntArray

MOST_NODES, MOST_LINES = 48, 10
FULL = 0.25
"""Distance of the ratio from 1 that is drawn in full colour."""


def matrix(allocation: Allocation, extras: Extras, lang: str) -> Part:
    """Return the heat map of every measure."""
    body = [element("p", text("report.matrix_note", lang), class_="lead"), _key(lang)]
    for result in allocation.measures:
        body += [measure_heading(allocation, result.measure, lang), _map(allocation, result, lang)]
    return Part("matrix", text("report.matrix", lang), join(body), starts_page=True)


def _key(lang: str) -> Markup:
    full = percent(FULL, places=0)
    return element(
        "p",
        element("span", class_="key", style=heat(1 - FULL)),
        text("report.key_below", lang, full=full),
        element("span", class_="key", style=heat(1 + FULL)),
        text("report.key_above", lang, full=full),
        class_="note",
    )


def _map(allocation: Allocation, result: MeasureAllocation, lang: str) -> Markup:
    numbers, labels = numbers_of(allocation, result), allocation.labels
    nodes, wanted = _nodes(allocation)
    lines = np.flatnonzero(labels.grid.products.depth == 1)
    largest = np.argsort(-numbers.target[0, lines], kind="stable")[:MOST_LINES]
    shown = lines[np.sort(largest)]
    names, products = node_names(allocation), product_names(allocation, lang)
    depth = labels.grid.org.depth
    rows = [
        element(
            "tr",
            element("td", names[v]),
            [_field(numbers, int(v), int(q), lang) for q in shown],
            _field(numbers, int(v), 0, lang, "all"),
            class_=("sum", "head", "sub")[min(int(depth[v]), 2)],
        )
        for v in nodes
    ]
    head = heads("", *(products[q] for q in shown))
    body = [table([*head, element("th", text("report.all", lang), class_="all")], rows, "heat")]
    for few, many, what in ((len(nodes), wanted, "nodes"), (len(shown), len(lines), "lines")):
        if few < many:
            words = text("report.shown_of", lang, shown=few, count=many, what=text(f"report.{what}", lang))
            body.append(note(words))
    return join(body)


def _nodes(allocation: Allocation) -> tuple[IntArray, int]:
    """Choose rows: the company and two levels without reps below it; one level where they are many."""
    org = allocation.labels.grid.org
    upper = np.flatnonzero((org.depth <= 2) & ~org.is_leaf)
    if len(upper) == 1:
        upper = np.flatnonzero(org.depth <= 1)
    if len(upper) <= MOST_NODES:
        return upper, len(upper)
    first = np.flatnonzero(org.depth <= 1)
    return first[:MOST_NODES], len(upper)


def _field(numbers: Numbers, v: int, q: int, lang: str, class_: str | None = None) -> Markup:
    value, target = float(numbers.ratio[v, q]), float(numbers.target[v, q])
    if target == 0 and numbers.last_year[v, q] == 0:
        return element("td", element("small", MISSING), class_=class_)
    small = f"{ratio(value)} · {percent(float(numbers.growth[v, q]), is_signed=True)}"
    return element(
        "td",
        element("b", short(target, lang)),
        element("small", small),
        style=heat(value, 1.0, FULL),
        class_=class_,
    )
