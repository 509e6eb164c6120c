"""The nearest rounding of some cells under both families and side rows, as a MIP."""

import numpy as np
from scipy.sparse import csr_array, eye_array, hstack, kron, vstack

from solver_models.arrays import BoolArray, FloatArray, IntArray, ranges
from solver_models.engines.highs import solve_integer
from solver_models.hierarchy import Hierarchy
from solver_models.program import LinearProgram
from solver_models.rounding.flow import COST_SCALE, TIE_BITS, floor_ceil, rounding_cost
from solver_models.rounding.side_rows import ItemRows

NODE_LIMIT = 100
GAP = 1e-3
STEPS = 8
"""A shortfall is counted in eighths of the row's largest weight."""


def solve_exactly(
    tree: Hierarchy,
    products: Hierarchy,
    values: FloatArray,
    tie_key: IntArray,
    side: ItemRows,
    free: BoolArray,
    rounded: IntArray,
) -> IntArray | None:
    """Minimise (steps short) x (a price above all else) + rounding cost, both families and firm rows kept.

    Parameters
    ----------
    tree, products, values, tie_key
        As in `round_by_flow`.
    side
        Side rows, scaled to a largest weight of 1.
    free
        Shape (n_item, n_product): cells that may be rounded either way.
    rounded
        Shape (n_item, n_product): a rounding that keeps both families; where a cell is not free it stays.

    Returns
    -------
    Shape (n_item, n_product), or None if nothing was found within the node limit.
    """
    total = float(values.sum())
    matrix, amount = families(tree, products, values)
    low, high = floor_ceil(amount, total)
    floor, _ = floor_ceil(values, total)
    column = np.flatnonzero(free.ravel())
    fixed = np.where(free, floor, rounded).ravel().astype(np.float64)
    cost = rounding_cost(values, floor, tie_key).ravel()[column] / float(COST_SCALE << TIE_BITS)
    # a step of shortfall overshoots, so every side of a row is a row of its own
    below, above = np.flatnonzero(np.isfinite(side.lower)), np.flatnonzero(np.isfinite(side.upper))
    sides = csr_array(vstack([side.matrix[below], -side.matrix[above]], format="csr"))
    bound = np.concatenate([side.lower[below], -side.upper[above]]) - sides @ fixed
    base = matrix @ fixed
    family, sides = csr_array(matrix[:, column]), csr_array(sides[:, column])
    bites = np.flatnonzero(np.diff(family.indptr))
    n_side = len(bound)
    rows = vstack(
        [
            hstack([family[bites], csr_array((len(bites), n_side))]),
            hstack([sides, eye_array(n_side) / STEPS]),
        ]
    )
    is_firm = np.concatenate([side.is_firm[below], side.is_firm[above]])
    most_short = np.ceil(STEPS * np.maximum(bound - sides.minimum(0).sum(axis=1), 0.0)) + 1.0
    price = 1.0 + np.abs(cost).sum()
    program = LinearProgram(
        cost=np.concatenate([cost, np.full(n_side, price)]),
        matrix=csr_array(rows),
        row_lower=np.concatenate([(low - base)[bites], bound]),
        row_upper=np.concatenate([(high - base)[bites], np.full(n_side, np.inf)]),
        lower=np.zeros(len(column) + n_side),
        upper=np.concatenate([np.ones(len(column)), np.where(is_firm, 0.0, most_short)]),
    )
    answer = solve_integer(program, NODE_LIMIT, GAP)
    if answer is None:
        return None
    units = fixed.astype(np.int64)
    units[column] += np.rint(answer[: len(column)]).astype(np.int64)
    return units.reshape(values.shape)


def families(tree: Hierarchy, products: Hierarchy, values: FloatArray) -> tuple[csr_array, FloatArray]:
    """Rows of both families over item x product, and their unrounded amounts.

    In order: tree nodes over all products, tree nodes by product leaf, the root by product line.
    """
    n_item, n_product = values.shape
    of_tree = _leaves_below(tree)
    rows = [
        kron(of_tree, csr_array(np.ones((1, n_product)))),
        kron(of_tree, eye_array(n_product)),
        kron(csr_array(np.ones((1, n_item))), _leaves_below(products)),
    ]
    matrix = csr_array(vstack(rows, format="csr"))
    return matrix, matrix @ values.ravel()


def _leaves_below(tree: Hierarchy) -> csr_array:
    """Return the 0/1 matrix of which leaves lie below which node, shape (n, n_leaf)."""
    count = tree.leaf_end - tree.leaf_start
    column = ranges(tree.leaf_start, count)
    indptr = np.concatenate(([0], np.cumsum(count)))
    return csr_array((np.ones(len(column)), column, indptr), shape=(len(tree), len(tree.leaf)))
