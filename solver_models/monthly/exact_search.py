"""What exchanges leave of company products outside their bounds, as a MIP over part of the cells."""

import numpy as np
from scipy.sparse import csr_array, eye_array, hstack, vstack

from solver_models.arrays import FloatArray, IntArray
from solver_models.engines.highs import solve_integer
from solver_models.hierarchy import Hierarchy
from solver_models.monthly.month_table import MonthTable, Sums
from solver_models.program import LinearProgram

MOST_FREE = 2_000
"""Most months of cells that may be rounded either way in one search."""
NODE_LIMIT = 100
WHOLE_PRICE = 1.0
MORE_PRICE = 1_000.0
"""Price of a unit off a whole month (which stays within one unit), and of any other unit."""


def search_products(table: MonthTable) -> None:
    """Round some items again so that company products have as few months outside their bounds as can be.

    Cells, years and nodes of the tree keep their bounds. Items with many months that can be
    rounded either way are taken first, all of them in small plans. If nothing better is found
    within the node limit, the months stay.
    """
    before = _missed(table.of_products)
    if not any(before):
        return
    n, n_month = table.n_product, table.low.shape[1]
    free_of_item = table.span.reshape(len(table.tree.leaf), -1).sum(axis=1, dtype=np.int64)
    order = np.argsort(-free_of_item, kind="stable")
    item = np.sort(order[np.cumsum(free_of_item[order]) <= MOST_FREE])
    cell = (item[:, None] * n + np.arange(n)).ravel()
    row, month = np.nonzero(table.span[cell])
    entry = cell[row]
    if len(entry) == 0:
        return
    now = table.step[entry, month].astype(np.float64)
    cells = csr_array((np.ones(len(row)), (row, np.arange(len(row)))), shape=(len(cell), len(row)))
    nodes, node_low, node_high = _family(table.tree, table.of_tree, entry // n, month, now)
    lines, line_low, line_high = _family(table.products, table.of_products, entry % n, month, now)
    lines, line_low, line_high = lines[n_month:], line_low[n_month:], line_high[n_month:]
    year = cells @ now
    n_line = lines.shape[0]
    beside = csr_array(hstack([eye_array(n_line), -eye_array(n_line)] * 2))
    matrix = vstack(
        [
            hstack([vstack([cells, nodes]), csr_array((len(cell) + nodes.shape[0], 4 * n_line))]),
            hstack([lines, beside]),
        ]
    )
    sums = table.of_products
    is_whole = (sums.low == sums.high)[1:].ravel().astype(np.float64)
    program = LinearProgram(
        cost=np.concatenate(
            [
                np.zeros(len(entry)),
                np.full(2 * n_line, WHOLE_PRICE),
                np.full(2 * n_line, MORE_PRICE),
            ]
        ),
        matrix=csr_array(matrix),
        row_lower=np.concatenate([year, node_low, line_low]),
        row_upper=np.concatenate([year, node_high, line_high]),
        lower=np.zeros(len(entry) + 4 * n_line),
        upper=np.concatenate(
            [np.ones(len(entry)), is_whole, is_whole, np.full(2 * n_line, float(before[1]) + 2.0)]
        ),
    )
    answer = solve_integer(program, NODE_LIMIT, 0.0)
    if answer is None:
        return
    step = table.step[cell].astype(np.int64)
    former = step.copy()
    step[row, month] = np.rint(answer[: len(entry)]).astype(np.int64)
    table.put(cell, step)
    if before <= _missed(table.of_products):
        table.put(cell, former)


def _missed(sums: Sums) -> tuple[int, int]:
    """Units beyond one unit and units outside the bounds, over all products and months."""
    nodes = np.arange(len(sums.units))
    return int(sums.beyond(nodes).sum()), int(np.abs(sums.excess(nodes)).sum())


def _family(
    tree: Hierarchy, sums: Sums, leaf: IntArray, month: IntArray, now: FloatArray
) -> tuple[csr_array, FloatArray, FloatArray]:
    """Rows of the months of all nodes over the free entries, and their bounds less what is not free."""
    n_month = sums.units.shape[1]
    at, entry = tree.leaf[leaf].astype(np.int64), np.arange(len(leaf))
    rows, columns = [], []
    while len(at):
        rows.append(at * n_month + month[entry])
        columns.append(entry)
        entry, at = entry[at > 0], tree.parent[at[at > 0]].astype(np.int64)
    row, column = np.concatenate(rows), np.concatenate(columns)
    matrix = csr_array((np.ones(len(row)), (row, column)), shape=(len(tree) * n_month, len(leaf)))
    fixed = np.asarray(sums.units.ravel() - matrix @ now, np.float64)
    low, high = (bound.ravel().astype(np.float64) - fixed for bound in (sums.low, sums.high))
    return matrix, low, high
