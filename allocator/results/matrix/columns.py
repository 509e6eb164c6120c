"""Columns of a measure's sheet: identity, targets, stretch levels, products, periods, sources."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from allocator.anchors.ramp import open_seats
from allocator.plan.commitments import current_commitments
from allocator.results.matrix.amounts import stated_by_node, top_down
from allocator.results.matrix.view import MeasureView, level_name, month_name
from allocator.texts import CATALOGUE
from solver_models.arrays import BoolArray, FloatArray

AMOUNT_WIDTH = 13


@dataclass(frozen=True)
class Column:
    """One column over the shown nodes.

    Parameters
    ----------
    name
        What formulas call it.
    band, head, key
        Group it belongs to, heading, and the id below the heading.
    kind
        Kind of its cells, see `styles.number_format`; `text` for words.
    values
        Shape (k,): numbers (NaN = empty cell) or texts; with a formula, its present result.
    formula
        Template of the cell's formula: `{column}` letters by name, `{r}` this row, `{top}` the
        root's row, `{below}` and `{last}` the rows of the subtree. Empty = the value is written.
    calculated
        Rows that bear the formula, shape (k,); None = all.
    level, is_hidden
        Outline level of the column, and whether it is folded away at first.
    pinned
        Cells to mark as fixed by a person, shape (k,).
    """

    name: str
    band: str
    head: str
    kind: str
    values: FloatArray | Sequence[str]
    key: str = ""
    width: float = AMOUNT_WIDTH
    formula: str = ""
    calculated: BoolArray | None = None
    level: int = 0
    is_hidden: bool = False
    pinned: BoolArray | None = None


def identity_columns(view: MeasureView) -> list[Column]:
    """Name, id, level, the path above each node (folded, for filters) and who answers for it."""
    names, longest = view.node_name, max(map(len, view.node_id))
    widest = max(2 * depth + _width(name) for depth, name in zip(view.nodes.depth, names, strict=True))
    return [
        Column(
            "name", "identity", view.text("matrix.node"), "text", names, width=min(max(24, widest + 3), 44)
        ),
        Column(
            "id", "identity", view.text("matrix.id"), "text", view.node_id, width=min(max(8, longest + 2), 20)
        ),
        Column("level", "identity", view.text("matrix.level"), "text", view.level, width=10),
        *_path_columns(view),
        Column("owner", "identity", view.text("matrix.owner"), "text", _owners(view), width=14),
    ]


def target_columns(view: MeasureView) -> list[Column]:
    """Target, last year, growth and share of the company."""
    target = view.target[:, 0]
    last_year = view.at_nodes(view.allocation.labels.grid.roll_up_plain(view.result.anchors.last_year)[:, 0])
    growth, share = _ratio(target, last_year) - 1.0, _ratio(target, np.full(len(target), target[0]))
    pinned = view.pins[view.nodes.position, 0]
    return [
        Column(
            "target",
            "target",
            view.text("matrix.target"),
            "amount",
            target,
            key=view.unit,
            width=14,
            pinned=pinned,
        ),
        Column("last_year", "target", view.text("matrix.last_year"), "amount", last_year, width=14),
        Column(
            "growth",
            "target",
            view.text("matrix.growth"),
            "growth",
            growth,
            width=10,
            formula='=IF({last_year}{r}>0,{target}{r}/{last_year}{r}-1,"")',
        ),
        Column(
            "share",
            "target",
            view.text("matrix.share"),
            "share",
            share,
            width=9.5,
            formula='=IF({target}${top}>0,{target}{r}/{target}${top},"")',
        ),
    ]


def stretch_columns(view: MeasureView) -> list[Column]:
    """The stretch levels of the plan to whole units; none where only the target itself is named."""
    levels = view.allocation.plan.spec.stretch_levels
    if all(factor == 1.0 for factor in levels.values()):
        return []
    unit, columns = float(view.round_to), []
    for number, (name, factor) in enumerate(levels.items()):
        known = CATALOGUE.get(f"stretch.{name}")
        # Halves go up, and 2.4999999999 is taken for a half, here and in the sheet.
        steps = np.floor(np.round(view.target[:, 0] * factor / unit, 6) + 0.5)
        columns.append(
            Column(
                f"stretch{number}",
                "stretch",
                known[view.lang] if known else name,
                "amount",
                np.round(steps * unit, view.places),
                key=f"× {factor:g}",
                formula=f"=ROUND(ROUND({{target}}{{r}}*{factor!r}/{view.round_to:f},6),0)*{view.round_to:f}",
            )
        )
    return columns


def product_columns(view: MeasureView) -> list[Column]:
    """Target by product line and product, grouped as the product tree is."""
    columns = []
    for at in range(1, len(view.products)):
        position, depth = int(view.products.position[at]), int(view.products.depth[at])
        columns.append(
            Column(
                f"product{at}",
                "products",
                view.all_product_names[position],
                "amount",
                view.target[:, at],
                key=view.product_id[at],
                level=min(depth - 1, 7),
                pinned=view.pins[view.nodes.position, position],
            )
        )
    return columns


def period_columns(view: MeasureView) -> list[Column]:
    """The total of the quarters, then the quarters with their months folded below them.

    The total stands first: a column that is never folded must part the open product columns
    from the folded months, or LibreOffice folds the products too.
    """
    total = np.round(view.months.sum(axis=1), view.places)
    quarters = "+".join(f"{{quarter{number}}}{{r}}" for number in range(len(view.quarters)))
    columns = [
        Column(
            "year", "periods", view.text("matrix.total"), "amount", total, width=14, formula=f"={quarters}"
        )
    ]
    for number, (first, after) in enumerate(view.quarters):
        formula = f"=SUM({{month{first}}}{{r}}:{{month{after - 1}}}{{r}})" if view.has_months else ""
        columns.append(
            Column(
                f"quarter{number}",
                "periods",
                f"Q{number + 1}",
                "amount",
                np.round(view.months[:, first:after].sum(axis=1), view.places),
                key=f"{view.periods[first]} – {view.periods[after - 1][5:]}",
                formula=formula,
            )
        )
        if view.has_months:
            columns += [_month_column(view, month) for month in range(first, after)]
    return columns


def source_columns(view: MeasureView) -> list[Column]:
    """What the target was made from: potential, top-down value, commitment, anchor; and what is pinned."""
    labels, plan = view.allocation.labels, view.allocation.plan
    potential = plan.potential[plan.potential["measure"] == view.measure]
    anchor = view.at_nodes(labels.grid.roll_up(view.result.anchors.anchor)[:, 0])
    from_top = view.at_nodes(top_down(labels, view.result, float(view.target[0, 0])))
    committed = view.at_nodes(stated_by_node(labels, current_commitments(plan, view.measure)))
    stated = view.at_nodes(stated_by_node(labels, potential))
    columns = [Column("potential", "sources", view.text("matrix.potential"), "amount", stated)]
    columns.append(Column("top_down", "sources", view.text("matrix.top_down"), "amount", from_top))
    columns.append(Column("commitment", "sources", view.text("matrix.commitment"), "amount", committed))
    if not np.isnan(committed).all():
        columns.append(
            Column(
                "gap",
                "sources",
                view.text("matrix.gap"),
                "signed",
                view.target[:, 0] - committed,
                formula="={target}{r}-{commitment}{r}",
                calculated=~np.isnan(committed),
            )
        )
    columns.append(Column("anchor", "sources", view.text("matrix.anchor"), "amount", anchor))
    columns.append(
        Column(
            "ratio",
            "sources",
            view.text("matrix.ratio"),
            "ratio",
            _ratio(view.target[:, 0], anchor),
            width=10.5,
            formula='=IF({anchor}{r}>0,{target}{r}/{anchor}{r},"")',
        )
    )
    columns.append(
        Column("pinned", "sources", view.text("matrix.pinned"), "text", _pin_texts(view), width=14)
    )
    return columns


def _month_column(view: MeasureView, month: int) -> Column:
    return Column(
        f"month{month}",
        "periods",
        month_name(view.periods[month], view.lang),
        "amount",
        view.months[:, month],
        key=view.periods[month],
        level=1,
        is_hidden=True,
    )


def _path_columns(view: MeasureView) -> list[Column]:
    """Name of the node above at each depth between the root and the deepest level."""
    nodes, names = view.nodes, view.node_name
    columns = []
    for depth in range(1, int(nodes.depth.max())):
        above: list[str] = []
        for at in range(len(nodes)):
            own = names[at] if nodes.depth[at] == depth else ""
            above.append(own or (above[nodes.parent[at]] if nodes.parent[at] >= 0 else ""))
        levels = {view.allocation.labels.level[v] for v in nodes.position[nodes.depth == depth]}
        head = " / ".join(sorted(level_name(level, view.lang) for level in levels))
        columns.append(
            Column(f"path{depth}", "identity", head, "text", above, width=16, level=1, is_hidden=True)
        )
    return columns


def _owners(view: MeasureView) -> list[str]:
    """Employee id or mail of each shown node; an open seat says so."""
    labels, org = view.allocation.labels, view.allocation.plan.org
    is_open = np.zeros(len(labels.node_id), bool)
    is_open[labels.grid.org.leaf] = open_seats(view.allocation.plan, labels)
    rows = labels.node_row[view.nodes.position]
    known = zip(
        org["employee_id"].to_numpy()[rows],
        org["email"].to_numpy()[rows],
        is_open[view.nodes.position],
        strict=True,
    )
    return [
        view.text("matrix.open_seat") if is_free else employee or mail for employee, mail, is_free in known
    ]


def _pin_texts(view: MeasureView) -> list[str]:
    """Names of the products whose numbers are fixed, node by node."""
    names = view.all_product_names
    shown = view.pins[view.nodes.position]
    texts = [""] * len(shown)
    for at in np.flatnonzero(shown.any(axis=1)):
        texts[at] = ", ".join(names[q] for q in np.flatnonzero(shown[at]))
    return texts


def _ratio(above: FloatArray, below: FloatArray) -> FloatArray:
    """above / below, NaN where `below` is not positive."""
    safe = np.where(below > 0, below, np.nan)
    return above / safe


def _width(words: str) -> int:
    return sum(2 if ord(character) > 0x2E80 else 1 for character in words)
