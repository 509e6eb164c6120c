"""Months of whole subtrees rounded at once as a flow: what single shifts cannot settle."""

import numpy as np

from solver_models.arrays import IntArray, ranges
from solver_models.monthly.month_table import FRACTION, MonthTable
from solver_models.rounding.flow import COST_SCALE, cheapest_flow, tie_bits_of, tie_hash


def round_subtrees(table: MonthTable, nodes: IntArray) -> None:
    """Round all months below each node so that cells, nodes between and the node itself are in bounds.

    Each cell sends its year to its months, these run up the tree month by month, and all meet
    beyond the node. Two laminar families, the months of one cell and the cells below one node in
    one month, make a network with whole bounds. The unrounded months are a flow in it, so a whole
    one exists; of all, the nearest is taken.

    Parameters
    ----------
    nodes
        Shape (k,); none lies below another.
    """
    if len(nodes) == 0:
        return
    tree, n_month = table.tree, table.low.shape[1]
    of_node = ranges(nodes, tree.subtree_end[nodes] - nodes)
    n_item = tree.leaf_end[nodes] - tree.leaf_start[nodes]
    n = table.n_product
    item = ranges(tree.leaf_start[nodes], n_item)
    cell = (item[:, None] * n + np.arange(n)).ravel()
    # vertices: cells, then nodes by month, then what lies beyond
    position = np.zeros(len(tree), np.int64)
    position[of_node] = np.arange(len(of_node))
    month = np.arange(n_month)
    first, beyond = len(cell), len(cell) + len(of_node) * n_month

    def vertex(node: IntArray) -> IntArray:
        return np.asarray(first + position[node][:, None] * n_month + month)

    free_row, free_month = np.nonzero(table.span[cell])
    free_cell = cell[free_row]
    above = vertex(tree.leaf[free_cell // n].astype(np.int64))[np.arange(len(free_cell)), free_month]
    up = vertex(np.maximum(tree.parent[of_node], 0).astype(np.int64))
    up[np.isin(of_node, nodes)] = beyond
    tail = np.concatenate([free_row, vertex(of_node).ravel()])
    head = np.concatenate([above, up.ravel()])
    # the floors of the cells are sent beforehand
    base = np.zeros((len(tree), n_month), np.int64)
    base[of_node] = table.of_tree.units[of_node]
    held = table.step[cell].astype(np.int64)
    sent = np.zeros((len(tree.leaf), n_month), np.int64)
    np.add.at(sent, cell // n, held)
    base[of_node] -= tree.roll_up(sent)[of_node]
    low = np.concatenate([np.zeros(len(free_row), np.int64), (table.of_tree.low - base)[of_node].ravel()])
    high = np.concatenate([np.ones(len(free_row), np.int64), (table.of_tree.high - base)[of_node].ravel()])
    supply = np.zeros(beyond + 1, np.int64)
    supply[: len(cell)] = held.sum(axis=1)
    supply[beyond] = -held.sum()
    fraction = table.fraction[free_cell, free_month].astype(np.int64)
    bits = tie_bits_of(beyond + 1)
    cost = (COST_SCALE * (FRACTION - 2 * fraction) // FRACTION << bits) + tie_hash(
        free_cell * n_month + free_month, bits
    )
    rounded = np.zeros_like(held)
    rounded[free_row, free_month] = cheapest_flow(tail, head, low, high, cost, supply)
    table.put(cell, rounded)
