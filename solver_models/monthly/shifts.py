"""Nodes of the tree brought within one unit, from the cells up, by shifting units between months."""

import numpy as np

from solver_models.arrays import BoolArray, IntArray, ranges
from solver_models.monthly.month_table import FRACTION, MonthTable, Sums
from solver_models.monthly.subtree_flow import round_subtrees

FIRST = 1 << 40
NEVER = -(1 << 61)
"""What months outside their bounds, and months that cannot give or take, count for."""
DRAW, DRAWS = 2_654_435_761, 65_521
NOBODY = np.zeros(0, np.int64)


def settle_tree(table: MonthTable) -> None:
    """Bring every month of every cell and node between floor and ceiling of its unrounded value.

    Nodes are settled from the deepest up. A month above its ceiling gives a unit to a month
    below its own (or the other way round) through one cell of the node, where no node between
    would leave its bounds; where no single cell can, the subtree is rounded again as a flow.
    Settled nodes stay settled, and years never change.
    """
    _settle_cells(table)
    for nodes in reversed(table.tree.by_depth):
        bad, stuck = table.of_tree.outside(nodes.astype(np.int64)), [NOBODY]
        while len(bad):
            helped = _shift_once(table, bad, *_ends_of(table, bad))
            stuck.append(bad[~helped])
            bad = table.of_tree.outside(bad[helped])
        round_subtrees(table, _try_all_ends(table, np.sort(np.concatenate(stuck))))


def _try_all_ends(table: MonthTable, bad: IntArray) -> IntArray:
    """Try every pair of months of which one is outside its bounds; return the nodes that none helped."""
    n_month = table.low.shape[1]
    dead = np.broadcast_to(np.eye(n_month, dtype=bool), (len(bad), n_month, n_month)).copy()
    lost = [NOBODY]
    while len(bad):
        give, take = _wishes(table, bad)
        pair = np.where(dead, NEVER, give[:, :, None] + take[:, None, :]).reshape(len(bad), -1)
        best = pair.argmax(axis=1)
        row = np.arange(len(bad))
        hopeless = pair[row, best] < FIRST // 2
        lost.append(bad[hopeless])
        bad, dead, best = bad[~hopeless], dead[~hopeless], best[~hopeless]
        source, sink = np.divmod(best, n_month)
        helped = _shift_once(table, bad, source, sink)
        dead[np.flatnonzero(~helped), source[~helped], sink[~helped]] = True
        left = np.isin(bad, table.of_tree.outside(bad))
        bad, dead = bad[left], dead[left]
    return np.sort(np.concatenate(lost))


def _settle_cells(table: MonthTable) -> None:
    """Cells whose first rounding lies outside their bounds by noise: shift within the cell."""
    while True:
        bad = np.flatnonzero(((table.step < 0) | (table.step > table.span)).any(axis=1))
        if len(bad) == 0:
            return
        step, span = table.step[bad].astype(np.int64), table.span[bad].astype(np.int64)
        excess = np.maximum(step - span, 0) - np.maximum(-step, 0)
        distance = step * FRACTION - table.fraction[bad]
        give, take = _wish(excess, distance, step > 0), _wish(-excess, -distance, step < span)
        table.shift(bad, give.argmax(axis=1), take.argmax(axis=1))


def _wish(excess: IntArray, distance: IntArray, may: BoolArray) -> IntArray:
    """How much each month asks to give: what is above its bounds first, then the furthest above its value."""
    return np.where(may, np.maximum(excess, 0) * FIRST + distance, NEVER)


def _wishes(table: MonthTable, nodes: IntArray) -> tuple[IntArray, IntArray]:
    """How much each month of each node asks to give a unit and to take one. Shapes (k, n_month)."""
    sums = table.of_tree
    units, excess, distance = sums.units[nodes], sums.excess(nodes), sums.distance(nodes)
    return (
        _wish(excess, distance, units > sums.low[nodes]),
        _wish(-excess, -distance, units < sums.high[nodes]),
    )


def _ends_of(table: MonthTable, nodes: IntArray) -> tuple[IntArray, IntArray]:
    """Return the month that asks most to give and the one that asks most to take. Shapes (k,)."""
    give, take = _wishes(table, nodes)
    return give.argmax(axis=1), take.argmax(axis=1)


def _shift_once(table: MonthTable, bad: IntArray, source: IntArray, sink: IntArray) -> BoolArray:
    """Shift as many units as can go at once from `source` to `sink` in each node; say which were helped."""
    excess, row = table.of_tree.excess(bad), np.arange(len(bad))
    most = np.maximum(np.minimum(excess[row, source], -excess[row, sink]), 1)
    segment, child, cell = _cells_that_can(table, bad, source, sink)
    # a fixed draw chooses, so that no product is preferred; one cell per child, so that none moves twice
    draw = (cell * DRAW + source[segment] * 40_503 + sink[segment] * 17) % DRAWS
    first = np.flatnonzero(np.diff(segment, prepend=-1) | np.diff(child, prepend=-1))
    if len(first):
        best = np.minimum.reduceat(draw * len(cell) + np.arange(len(cell)), first) % len(cell)
        best = best[np.lexsort((draw[best], segment[best]))]
        segment, cell = segment[best], cell[best]
    rank = np.arange(len(segment)) - np.searchsorted(segment, segment)
    taken = rank < most[segment]
    segment, cell = segment[taken], cell[taken]
    table.shift(cell, source[segment], sink[segment])
    helped = np.zeros(len(bad), bool)
    helped[segment] = True
    return helped


def _cells_that_can(
    table: MonthTable, nodes: IntArray, source: IntArray, sink: IntArray
) -> tuple[IntArray, IntArray, IntArray]:
    """Cells below each node that can shift a unit and leave all between them and the node in bounds.

    Returns
    -------
    Position in `nodes`, child of the node (or the cell itself below an item), and cell. Shapes (k,).
    """
    tree, sums = table.tree, table.of_tree
    count = tree.leaf_end[nodes] - tree.leaf_start[nodes]
    item, segment = ranges(tree.leaf_start[nodes], count), np.repeat(np.arange(len(nodes)), count)
    at = tree.leaf[item].astype(np.int64)
    child = at.copy()
    while (climbing := at != nodes[segment]).any():
        fits = ~climbing | _can(sums, at, source[segment], sink[segment])
        item, segment, at, child = item[fits], segment[fits], at[fits], child[fits]
        climbing = at != nodes[segment]
        child[climbing] = at[climbing]
        at[climbing] = tree.parent[at[climbing]]
    n = table.n_product
    cell = (item[:, None] * n + np.arange(n)).ravel()
    segment, child = np.repeat(segment, n), np.repeat(child, n)
    give, take = source[segment], sink[segment]
    can = (table.step[cell, give] > 0) & (table.step[cell, take] < table.span[cell, take])
    segment, child, cell = segment[can], child[can], cell[can]
    is_item = tree.is_leaf[nodes[segment]]
    return segment, np.where(is_item, cell, child), cell


def _can(sums: Sums, node: IntArray, source: IntArray, sink: IntArray) -> BoolArray:
    return (sums.units[node, source] > sums.low[node, source]) & (
        sums.units[node, sink] < sums.high[node, sink]
    )
