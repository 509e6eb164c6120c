"""comparison.html: figures, causes, nodes, movers and rules on one self-contained page."""

from collections.abc import Callable, Sequence

import numpy as np

from allocator.report.amounts import percent, short, whole
from allocator.report.charts import heat
from allocator.report.markup import Content, Markup, element, join
from allocator.report.part import Part, cells, heads, note, table
from allocator.report.report import page
from allocator.results.columns_of_text import decimals
from allocator.texts import text
from allocator.wording import in_language
from scenarios.comparison.board import Board
from scenarios.comparison.comparison import Against, Comparison, MeasureComparison
from scenarios.comparison.names import Names
from scenarios.comparison.tidy import records
from scenarios.comparison.words import cause_name, chance_lines, figure_rows, nodes_above_reps, rule_rows
from solver_models.arrays import IntArray

MOST_CAUSE_NODES, MOST_NODES, MOST_RULES = 12, 24, 15
DIGEST_SHOWN = 12
Section = Callable[[MeasureComparison, Sequence[str], str], Markup]
FULL = 0.1
"""Change of a target that is drawn in full colour."""


def comparison_page(comparison: Comparison, lang: str) -> str:
    """Return the page; the same results give the same bytes."""
    base, *others = comparison.names
    parts = [
        _part("figures", comparison, _figures, lang),
        _part("nodes", comparison, _nodes, lang),
        _part("causes", comparison, _causes, lang),
        _part("movers", comparison, _movers, lang),
        _part("rules", comparison, _rules, lang),
    ]
    title = text("compare.heading", lang, base=base, others=", ".join(others))
    published = comparison.published or text("compare.nothing", lang)
    facts = text("compare.facts", lang, count=len(comparison.names), base=base, published=published)
    facts = " ".join([facts, *(in_language(said, lang) for said in comparison.later_runs)])
    hashes = ", ".join(
        f"{one.name} {str(one.certificate.get('result_hash', ''))[:DIGEST_SHOWN]}"
        for one in comparison.results
    )
    footer = text("compare.footer", lang, base=base, hashes=hashes)
    return page(title, text("compare.title", lang), facts, parts, footer, lang)


def _part(key: str, comparison: Comparison, body: Section, lang: str) -> Part:
    content: list[Content] = []
    for one in comparison.measures:
        unit = element("span", one.unit, class_="unit")
        content += [element("h3", one.measure, " ", unit), body(one, comparison.names, lang)]
    return Part(key, text(f"compare.{key}", lang), join(content))


def _figures(one: MeasureComparison, names: Sequence[str], lang: str) -> Markup:
    places = decimals(one.board.round_to)
    rows = [element("tr", cells(*row)) for row in figure_rows(one, places, lang)]
    said = [note(line) for line in chance_lines(one, names, lang)]
    return join(table(heads(text("compare.figure", lang), *names), rows), said)


def _nodes(one: MeasureComparison, names: Sequence[str], lang: str) -> Markup:
    """Targets of the nodes above the reps, result beside result, coloured by their change."""
    board = one.board
    all_nodes = nodes_above_reps(board)
    shown = all_nodes[:MOST_NODES]
    rows = [
        element(
            "tr",
            _node(board, int(v)),
            [_field(board, k, int(v), lang) for k in range(len(names))],
            class_="sum" if v == shown[0] else None,
        )
        for v in shown
    ]
    body = [
        element("p", text("compare.nodes_note", lang), class_="lead"),
        table(heads(text("compare.node", lang), *names), rows, "heat"),
    ]
    return join(body, _more(len(all_nodes) - len(shown), "comparison.xlsx", lang))


def _node(board: Board, v: int) -> Markup:
    return _named(str(board.cells["node_id"].iat[v]), board.names)


def _named(node: str, names: Names) -> Markup:
    """The name of a node, its id in small type beside it; the id alone where it has no other name."""
    name = names.nodes.get(node, "")
    if not name or name == node:
        return element("td", node)
    return element("td", name, " ", element("span", node, class_="unit"))


def _field(board: Board, k: int, v: int, lang: str) -> Markup:
    if not board.present[k, v]:
        return element("td", "–")
    amount = float(board.units[k, v]) * float(board.round_to)
    words: list[Content] = [element("b", short(amount, lang))]
    if k == 0 or not board.present[0, v] or board.units[0, v] <= 0:
        return element("td", words)
    if board.units[k, v] == board.units[0, v]:
        return element("td", words, element("small", "="))
    growth = board.units[k, v] / board.units[0, v] - 1.0
    words.append(element("small", percent(growth, is_signed=True)))
    return element("td", words, style=heat(1.0 + growth, full=FULL))


def _causes(one: MeasureComparison, names: Sequence[str], lang: str) -> Markup:
    body: list[Content] = [element("p", text("compare.causes_note", lang), class_="lead")]
    for other in one.against:
        body += [element("h4", other.scenario), _cause_table(one, other, lang)]
    return join(body)


def _cause_table(one: MeasureComparison, other: Against, lang: str) -> Markup:
    """The company, and the nodes below it that moved most: one column per cause that moved any of them."""
    board, causes = one.board, other.causes
    shown = _most_moved(board, other)
    used = [c for c in range(len(causes.names)) if causes.amount[c, shown].any()]
    if not used:
        return note(text("compare.unmoved", lang))
    unit = float(board.round_to)
    rows = [
        element(
            "tr",
            _node(board, int(v)),
            [_amount(float(causes.amount[c, v]) * unit, lang) for c in used],
            _amount(float(causes.delta[v]) * unit, lang),
            class_="sum" if v == shown[0] else None,
        )
        for v in shown
    ]
    named = [cause_name(causes.names[c], lang) for c in used]
    return table(heads(text("compare.node", lang), *named, text("compare.delta", lang)), rows)


def _amount(value: float, lang: str) -> Markup:
    return element("td", short(value, lang, is_signed=True), class_="minus" if value < 0 else None)


def _most_moved(board: Board, other: Against) -> IntArray:
    """The company and the inner nodes of the largest deltas, in tree order."""
    nodes = nodes_above_reps(board)
    below = nodes[1:]
    order = np.argsort(-np.abs(other.causes.delta[below]), kind="stable")[:MOST_CAUSE_NODES]
    return np.concatenate([nodes[:1], np.sort(below[order])])


def _movers(one: MeasureComparison, names: Sequence[str], lang: str) -> Markup:
    places = decimals(one.board.round_to)
    columns = ("level", "node", "base", "other", "delta", "change", "main_cause")
    head = heads(*(text(f"compare.{name}", lang) for name in columns[:-1]))
    head.append(element("th", text("compare.main_cause", lang), class_="words"))
    body: list[Content] = []
    for other in one.against:
        rows = []
        for row in records(other.movers):
            sides = [
                "–" if side is None else whole(float(side), places) for side in (row["base"], row["other"])
            ]
            amount = whole(float(row["cause_amount"]), places, is_signed=True)
            because = f"{cause_name(str(row['cause']), lang)} {amount}"
            delta = float(row["delta"])
            rows.append(
                element(
                    "tr",
                    cells(str(row["level"])),
                    _named(str(row["node_id"]), one.board.names),
                    cells(*sides),
                    element(
                        "td", whole(delta, places, is_signed=True), class_="minus" if delta < 0 else None
                    ),
                    element("td", percent(float(row["change"]), is_signed=True)),
                    element("td", because, class_="words"),
                )
            )
        body.append(element("h4", other.scenario))
        body.append(table(head, rows) if rows else note(text("compare.unmoved", lang)))
    return join(body)


def _rules(one: MeasureComparison, names: Sequence[str], lang: str) -> Markup:
    head = [
        element("th", text("compare.rule", lang)),
        element("th", class_="words"),
        element("th", "n"),
        element("th", text("compare.where", lang), class_="words"),
    ]
    body: list[Content] = []
    for other in one.against:
        rows = [
            element(
                "tr",
                element("td", rule),
                element("td", change, class_="words"),
                element("td", count),
                element("td", where, class_="words"),
            )
            for rule, change, count, where in rule_rows(other, one.board.names, lang)
        ]
        body.append(element("h4", other.scenario))
        body.append(table(head, rows[:MOST_RULES]) if rows else note(text("compare.same_rules", lang)))
        body.append(_more(len(rows) - MOST_RULES, "comparison.json", lang))
    return join(body)


def _more(count: int, file: str, lang: str) -> Markup | None:
    return note(text("compare.more", lang, count=count, file=file)) if count > 0 else None
