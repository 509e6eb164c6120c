"""From an interior point's nearly right prices to prices that prove optimality in full precision."""

from dataclasses import dataclass

import numpy as np
from scipy.sparse import csc_array, eye_array
from scipy.sparse.linalg import splu

from solver_models.arrays import BoolArray, FloatArray
from solver_models.failures import largest_entry
from solver_models.program import LinearProgram
from solver_models.sparse_rows import absolute, rows_at, times_columns

CUTS = (1e-5, 1e-6, 1e-4, 1e-7, 1e-8)
"""Relative to the largest: what lies below is no price; the first cut that ends in a proof is taken.

The small ones are for a total whose price spreads over ten thousand rows.
"""
GAP, NOISE = 1e-8, 1e-14
EXACT = 1e-11
REGULARISATION = 1e-12
REFINEMENTS = 12


@dataclass(frozen=True)
class ExactPrices:
    """A dual optimum of a linear program and its value.

    Parameters
    ----------
    row_price, reduced_cost
        Shapes (n_row,), (n_column,); exact zeros where a row or column carries nothing.
    value
        The value of the dual, equal to the least cost.
    """

    row_price: FloatArray
    reduced_cost: FloatArray
    value: float


def exact_prices(program: LinearProgram, x: FloatArray, price: FloatArray) -> ExactPrices | None:
    """Return exact prices near `price`, or None if they do not prove x optimal.

    An interior point ends strictly complementary: a row either carries a clear price or none, a
    column either a clear reduced cost or none. With these sets taken from it, the prices are moved
    by least squares until every column without a reduced cost has none exactly. They are accepted
    only if signs, bounds and the gap between both values prove them optimal.

    Parameters
    ----------
    x
        Shape (n_column,): nearly optimal point.
    price
        Shape (n_row,): nearly optimal prices.
    """
    carried = np.abs(price) * program.row_norm
    scale = max(carried.max(initial=0.0), largest_entry(program.cost), 1e-300)
    for cut in CUTS:
        proof = _with_cut(program, x, np.where(carried > cut * scale, price, 0.0), cut)
        if proof is not None:
            return proof
    return None


def _with_cut(program: LinearProgram, x: FloatArray, rough: FloatArray, cut: float) -> ExactPrices | None:
    """Take the rows that carry a rough price and the columns with a reduced cost above the cut as settled.

    A column without the bound that its reduced cost would need has none.
    """
    reduced = program.cost - program.matrix.T @ rough
    size = np.abs(program.cost) + absolute(program.matrix).T @ np.abs(rough)
    has_no_bound = ~np.isfinite(np.where(reduced > 0, program.lower, program.upper))
    is_free = has_no_bound | (np.abs(reduced) <= cut * size)
    y = _without_residual(program, rough, rough != 0, is_free, size)
    if y is None:
        return None
    reduced = np.where(is_free, 0.0, program.cost - program.matrix.T @ y)
    return _proved(program, x, y, reduced)


def _without_residual(
    program: LinearProgram, y: FloatArray, has_price: BoolArray, is_free: BoolArray, size: FloatArray
) -> FloatArray | None:
    """Move the prices of the rows that carry one until the free columns have no reduced cost."""
    rows, columns = np.flatnonzero(has_price), np.flatnonzero(is_free)
    if len(rows) == 0 or len(columns) == 0:
        return y
    part = rows_at(program.matrix, rows).tocsc()[:, columns].tocsr()
    transposed = part.T
    inverse_size = 1.0 / np.where(size[columns] > 0, size[columns], 1.0)
    weighted = times_columns(part, inverse_size**2)
    normal = weighted @ transposed
    mean = max(float(normal.diagonal().mean()), 1e-300)
    factor = splu(csc_array(normal + REGULARISATION * mean * eye_array(len(rows), format="csr")))
    moved = y.copy()
    for _ in range(REFINEMENTS):
        residual = program.cost[columns] - transposed @ moved[rows]
        if largest_entry(residual * inverse_size) <= EXACT * 1e-3:
            break
        moved[rows] += factor.solve(weighted @ residual)
    residual = program.cost[columns] - transposed @ moved[rows]
    return moved if largest_entry(residual * inverse_size) <= EXACT else None


def _proved(program: LinearProgram, x: FloatArray, y: FloatArray, reduced: FloatArray) -> ExactPrices | None:
    """Signs against bounds, then the values of both programs."""
    row_bound = np.where(y > 0, program.row_lower, np.where(y < 0, program.row_upper, 0.0))
    bound = np.where(reduced > 0, program.lower, np.where(reduced < 0, program.upper, 0.0))
    if not (np.isfinite(row_bound).all() and np.isfinite(bound).all()):
        return None
    value = float(row_bound @ y + bound @ reduced)
    cost = float(program.cost @ x)
    terms = float(np.abs(row_bound) @ np.abs(y) + np.abs(bound) @ np.abs(reduced))
    is_told_apart = NOISE * terms <= GAP * max(abs(cost), 1.0)
    is_optimal = abs(cost - value) <= GAP * max(abs(cost), 1.0)
    return ExactPrices(y, reduced, value) if is_told_apart and is_optimal else None
