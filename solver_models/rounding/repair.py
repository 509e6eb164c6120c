"""Rounding under side rows: the same two families plus rows that are no network, as a small MIP."""

import numpy as np
from scipy.sparse import csr_array, eye_array, hstack, kron, vstack

from solver_models.arrays import FloatArray, IntArray, ranges
from solver_models.engines.highs import solve_integer
from solver_models.hierarchy import Hierarchy
from solver_models.program import LinearProgram
from solver_models.rounding.flow import COST_SCALE, TIE_BITS, floor_ceil, rounding_cost
from solver_models.rounding.side_rows import ItemRows

NODE_LIMIT = 2000
GAP = 1e-4
STEPS = 8
"""A shortfall is counted in eighths of the row's largest weight."""


def keep_side_rows(
    tree: Hierarchy,
    products: Hierarchy,
    values: FloatArray,
    tie_key: IntArray,
    side: ItemRows,
    rounded: IntArray,
) -> IntArray:
    """Round as `round_by_flow` does, with the least total shortfall of the side rows found.

    Starts from the rows that `rounded` misses and adds rows that a better rounding breaks.
    Where not all rows can be kept, what is short is least in steps of 1/8 of each row's largest
    weight. Deterministic: the search is limited by nodes, not by seconds.

    Parameters
    ----------
    tree, products, values, tie_key
        As in `round_by_flow`.
    side
        The side rows of the layer.
    rounded
        Shape (n_item, n_product): the rounding to improve on.

    Returns
    -------
    Shape (n_item, n_product): the rounding that misses the side rows least, `rounded` itself
    if nothing better was found.
    """
    side = side.scaled()
    best, chosen = rounded, np.zeros(len(side.lower), bool)
    short = side.short_by(rounded)
    least = short.sum()
    while ((short > 0) & ~chosen).any():
        chosen |= short > 0
        answer = _solve(tree, products, values, tie_key, side.only(np.flatnonzero(chosen)))
        if answer is None:
            break
        short = side.short_by(answer)
        if short.sum() < least:
            best, least = answer, short.sum()
    return best


def _solve(
    tree: Hierarchy, products: Hierarchy, values: FloatArray, tie_key: IntArray, side: ItemRows
) -> IntArray | None:
    """Minimise (steps short) x (a price above all else) + rounding cost over both families."""
    matrix, amount = families(tree, products, values)
    total = float(values.sum())
    low, high = floor_ceil(amount, total)
    floor, ceil = (bound.ravel() for bound in floor_ceil(values, total))
    cost = rounding_cost(values.ravel(), floor, tie_key.ravel()) / float(COST_SCALE << TIE_BITS)
    # a step of shortfall overshoots, so every side of a row is a row of its own
    below, above = np.flatnonzero(np.isfinite(side.lower)), np.flatnonzero(np.isfinite(side.upper))
    sides = vstack([side.matrix[below], -side.matrix[above]], format="csr")
    bound = np.concatenate([side.lower[below], -side.upper[above]])
    n_side, is_free = len(bound), floor < ceil
    steps = eye_array(n_side) / STEPS
    rows = vstack([hstack([matrix, csr_array((matrix.shape[0], n_side))]), hstack([sides, steps])])
    base = np.concatenate([matrix @ floor.astype(np.float64), sides @ floor.astype(np.float64)])
    # no rounding can be shorter of a side than this
    most_short = bound - base[len(low) :] - sides.minimum(0) @ is_free.astype(np.float64)
    price = 1.0 + np.abs(cost[is_free]).sum()
    program = LinearProgram(
        cost=np.concatenate([cost, np.full(n_side, price)]),
        matrix=csr_array(rows),
        row_lower=np.concatenate([low, bound]) - base,
        row_upper=np.concatenate([high - base[: len(high)], np.full(n_side, np.inf)]),
        lower=np.zeros(len(cost) + n_side),
        upper=np.concatenate(
            [is_free.astype(np.float64), np.ceil(STEPS * np.maximum(most_short, 0.0)) + 1.0]
        ),
    )
    answer = solve_integer(program, NODE_LIMIT, GAP)
    if answer is None:
        return None
    return (floor + np.rint(answer[: len(floor)]).astype(np.int64)).reshape(values.shape)


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
