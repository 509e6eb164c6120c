"""Summary: targets, growth, checks, the first level and the product lines, the over-assignment."""

from collections.abc import Sequence

import numpy as np

from allocator.allocation import Allocation, MeasureAllocation
from allocator.plan.warning import PlanWarning
from allocator.report.amounts import MISSING, percent, ratio, short, whole
from allocator.report.markup import Markup, element, join
from allocator.report.part import (
    Extras,
    Numbers,
    Part,
    cells,
    heads,
    measure_heading,
    note,
    numbers_of,
    table,
)
from allocator.results.matrix.view import level_name
from allocator.results.sentences import node_names, product_names
from allocator.results.tables import children_units
from allocator.texts import text
from allocator.warnings.words import accepted_lines, open_lines
from solver_models.arrays import IntArray

MOST_ROWS = 20
NEAR = 0.05


def summary(allocation: Allocation, extras: Extras, lang: str) -> Part:
    """Return the first section."""
    body = [_warnings(extras.get("warnings", ()), lang)]
    for result in allocation.measures:
        numbers = numbers_of(allocation, result)
        body += [
            measure_heading(allocation, result.measure, lang),
            _cards(allocation, numbers, lang),
            _checks(allocation, result, lang),
            _tables(allocation, numbers, lang),
            _ledger(allocation, numbers, lang),
        ]
    return Part("summary", text("report.summary", lang), join(body))


def _warnings(found: Sequence[PlanWarning], lang: str) -> Markup | None:
    """What is improbable, before any number: the first ones of each kind, and what was accepted and why."""
    parts = []
    for lines, class_ in ((open_lines(found, lang), "warn"), (accepted_lines(found, lang), "ok")):
        if lines:
            parts += [
                element("p", lines[0], class_="note"),
                element("ul", [_line(class_, words.strip()) for words in lines[1:]], class_="checks"),
            ]
    return join(parts) if parts else None


def _cards(allocation: Allocation, numbers: Numbers, lang: str) -> Markup:
    leaf = allocation.labels.grid.org.leaf
    target, last = float(numbers.target[0, 0]), float(numbers.last_year[0, 0])
    street, ratios = float(numbers.target[leaf, 0].sum()), numbers.ratio[leaf, 0]
    ratios = ratios[np.isfinite(ratios)]
    cards = [
        _card(
            text("matrix.target", lang),
            short(target, lang),
            text("report.card_last_year", lang, amount=short(last, lang)),
        ),
        _card(
            text("report.card_growth", lang),
            percent(float(numbers.growth[0, 0]), is_signed=True),
            text("report.card_growth_more", lang, amount=short(target - last, lang, is_signed=True)),
        ),
        _card(
            text("report.card_street", lang),
            short(street, lang),
            text("report.card_street_more", lang, share=percent(street / target - 1 if target else np.nan)),
        ),
    ]
    if len(ratios):
        near = float(np.mean(np.abs(ratios - 1) <= NEAR))
        cards.append(
            _card(
                text("report.card_ratio", lang),
                f"{ratio(float(ratios.min()))} – {ratio(float(ratios.max()))}",
                text("report.card_ratio_more", lang, share=percent(near, places=0)),
            )
        )
    return element("div", cards, class_="cards")


def _card(what: str, value: str, more: str) -> Markup:
    return element(
        "div",
        element("div", what, class_="what"),
        element("div", value, class_="value"),
        element("div", more, class_="more"),
        class_="card",
    )


def _checks(allocation: Allocation, result: MeasureAllocation, lang: str) -> Markup:
    """What was recomputed for this page, and what the run proved."""
    rules, evidence = result.rules, result.evidence
    nodes, hard = len(allocation.labels.node_id), (rules["tier"] == 0).to_numpy(bool)
    short_rows = int((hard & (rules["short_by"] > 0).to_numpy(bool)).sum())
    relaxed = int((rules["status"] == "relaxed").sum())
    lines = [
        _check("sums", _wrong_sums(allocation, result), lang, nodes=nodes),
        _check("falls", _wrong_falls(result), lang, count=result.target_units.size),
        _check("tree", _wrong_tree(allocation, result), lang),
        _line("warn", text("report.check_hard_rounding", lang, count=short_rows))
        if short_rows
        else _line("ok", text("report.check_hard", lang)),
    ]
    if (~hard).any():
        words = (
            text("report.check_soft", lang, count=relaxed) if relaxed else text("report.check_soft_ok", lang)
        )
        lines.append(_line("warn" if relaxed else "ok", words))
    if evidence["unsettled_tiers"]:
        tiers = ", ".join(map(str, evidence["unsettled_tiers"]))
        lines.append(_line("warn", text("report.check_stopped", lang, tiers=tiers)))
    else:
        residual = f"{max(evidence['residuals'].values()):.0e}"
        lines.append(_line("ok", text("report.check_optimal", lang, residual=residual)))
    return element("ul", lines, class_="checks")


def _check(key: str, wrong: int, lang: str, **values: int) -> Markup:
    if wrong:
        return _line("bad", text(f"report.check_{key}_bad", lang, count=wrong))
    return _line(
        "ok", text(f"report.check_{key}", lang, **{name: f"{value:,}" for name, value in values.items()})
    )


def _line(name: str, words: str) -> Markup:
    return element("li", words, class_=name)


def _wrong_sums(allocation: Allocation, result: MeasureAllocation) -> int:
    """Nodes whose leaf products or months do not add up to the target."""
    products, units = allocation.labels.grid.products, result.target_units
    rolled = products.roll_up(np.ascontiguousarray(units[:, products.leaf].T)).T
    wrong = (rolled != units).any(axis=1) | (result.month_units.sum(axis=2) != units).any(axis=1)
    return int(wrong.sum())


def _wrong_falls(result: MeasureAllocation) -> int:
    return int((result.waterfall.units.sum(axis=0) != result.target_units).sum())


def _wrong_tree(allocation: Allocation, result: MeasureAllocation) -> int:
    """Nodes and products whose children, none of them over-assigned, do not add up."""
    org, over = allocation.labels.grid.org, allocation.labels.grid.over_assignment
    most = np.zeros(len(org))
    np.maximum.at(most, org.parent[1:], over[1:])
    exact = (most == 0) & ~org.is_leaf
    return int((children_units(allocation, result) != result.target_units)[exact].sum())


def _tables(allocation: Allocation, numbers: Numbers, lang: str) -> Markup:
    labels = allocation.labels
    first = np.flatnonzero(labels.grid.org.parent == 0)
    lines = np.flatnonzero(labels.grid.products.depth == 1)
    body = []
    if len(first):
        level = level_name(labels.level[first[0]], lang)
        names = node_names(allocation)
        body += [
            element("h4", text("report.by_node", lang, level=level)),
            _table(numbers, first, np.zeros(len(first), np.int64), [names[v] for v in first], lang),
        ]
    if len(lines):
        products = product_names(allocation, lang)
        body += [
            element("h4", text("report.by_line", lang)),
            _table(numbers, np.zeros(len(lines), np.int64), lines, [products[q] for q in lines], lang),
        ]
    return join(body)


def _table(numbers: Numbers, node: IntArray, product: IntArray, names: list[str], lang: str) -> Markup:
    """Rows of one tree, largest first, and the company."""
    keys = ("target", "last_year", "growth", "share", "ratio")
    order = np.argsort(-numbers.target[node, product], kind="stable")[:MOST_ROWS]
    picked = [(names[k], int(node[k]), int(product[k])) for k in order]
    rows = [element("tr", _row(numbers, *one)) for one in picked]
    rows.append(element("tr", _row(numbers, text("report.company", lang), 0, 0), class_="sum"))
    found = table(heads("", *(text(f"matrix.{key}", lang) for key in keys)), rows)
    if len(names) > MOST_ROWS:
        what = text("report.nodes", lang) if product.max() == 0 else text("report.lines", lang)
        shown = text("report.shown_of", lang, shown=MOST_ROWS, count=len(names), what=what)
        return join(found, note(shown))
    return found


def _row(numbers: Numbers, name: str, v: int, q: int) -> list[Markup]:
    target, total = float(numbers.target[v, q]), float(numbers.target[0, 0])
    growth = float(numbers.growth[v, q])
    return [
        *cells(name, whole(target, numbers.places), whole(float(numbers.last_year[v, q]), numbers.places)),
        element("td", percent(growth, is_signed=True), class_="minus" if growth < 0 else None),
        *cells(percent(target / total if total else np.nan), ratio(float(numbers.ratio[v, q]), 3)),
    ]


def _ledger(allocation: Allocation, numbers: Numbers, lang: str) -> Markup | None:
    """The over-assignment, level by level; None where there is none."""
    grid, level = allocation.labels.grid, np.array(allocation.labels.level, object)
    if not grid.over_assignment.any():
        return None
    rows = []
    for name in dict.fromkeys(level[np.argsort(grid.org.depth, kind="stable")].tolist()):
        at = np.flatnonzero(level == name)
        total, company = float(numbers.target[at, 0].sum()), float(numbers.target[0, 0])
        rows.append(
            element(
                "tr",
                cells(
                    level_name(name, lang),
                    f"{len(at):,}",
                    whole(total, numbers.places),
                    percent(float(grid.over_assignment[at].max()), is_signed=True) if at[0] else MISSING,
                    percent(total / company - 1 if company and at[0] else np.nan, is_signed=True),
                ),
            )
        )
    keys = ("level", "number", "level_sum", "planned", "compound")
    return join(
        element("h4", text("report.ledger", lang)),
        note(text("report.ledger_note", lang)),
        table(heads(*(text(f"report.{key}", lang) for key in keys)), rows),
    )
