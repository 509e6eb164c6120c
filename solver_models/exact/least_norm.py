"""The one set of prices that is canonical: of all that prove a point optimal, the smallest."""

from dataclasses import dataclass

import numpy as np
from scipy.sparse import csr_array

from solver_models.arrays import BoolArray, FloatArray
from solver_models.exact.active_set import DiagonalProgram, minimise
from solver_models.sparse_rows import absolute, norms, rows_at, times_rows

NEGLIGIBLE = 2e-14
"""A term below this share of those it is added to is the rounding of the others."""
LEAST_SIZE = 1e-3
"""A column's error is measured against no less, so that noise is no contradiction."""


@dataclass(frozen=True)
class Tightness:
    """Which sides of rows and columns a point lies at.

    Parameters
    ----------
    row_low, row_high
        Shape (n_row,).
    low, high
        Shape (n_column,).
    """

    row_low: BoolArray
    row_high: BoolArray
    low: BoolArray
    high: BoolArray


@dataclass(frozen=True)
class PriceProgram:
    """min sum (norm_i y_i)^2 / 2 over the prices y of tight rows that prove a point optimal.

    Parameters
    ----------
    row, column
        Positions of the tight rows, and of the columns that say something about prices.
    norm
        Shape (n_tight,).
    transposed
        Shape (n_column said, n_tight): coefficients, each row of the caller scaled to unit norm.
    least, most
        Shape (n_column said,): what A'y must lie between.
    lower, upper
        Shape (n_tight,): signs of the scaled prices.
    size
        Shape (n_column said,): what an error of a column is measured against.
    """

    row: np.ndarray
    column: np.ndarray
    norm: FloatArray
    transposed: csr_array
    least: FloatArray
    most: FloatArray
    lower: FloatArray
    upper: FloatArray
    size: FloatArray


def price_program(
    matrix: csr_array, cost: FloatArray, tight: Tightness, cost_size: FloatArray | None = None
) -> PriceProgram:
    """Say which prices prove a point optimal.

    A price is >= 0 where the point is at the row's lower side only, <= 0 at the upper side only, free at
    both, 0 elsewhere. With reduced = cost - A' price, a column away from its bounds has none, one at its
    lower bound >= 0, at its upper <= 0, at both any.
    """
    row = np.flatnonzero(tight.row_low | tight.row_high)
    column = np.flatnonzero(~(tight.low & tight.high))
    norm = norms(matrix)[row]
    norm = np.where(norm > 0, norm, 1.0)
    scaled = csr_array(times_rows(rows_at(matrix, row), 1.0 / norm).T.tocsr()[column])
    largest = np.abs(cost).max(initial=0.0)
    size = np.full(len(cost), largest if largest > 0 else 1.0) if cost_size is None else cost_size
    return PriceProgram(
        row=row,
        column=column,
        norm=norm,
        transposed=scaled,
        least=np.where(tight.low[column], -np.inf, cost[column]),
        most=np.where(tight.high[column], np.inf, cost[column]),
        lower=np.where(tight.row_high[row], -np.inf, 0.0),
        upper=np.where(tight.row_low[row], np.inf, 0.0),
        size=np.maximum(size[column], LEAST_SIZE),
    )


def least_norm_prices(program: PriceProgram, n_row: int) -> FloatArray | None:
    """Return the prices, shape (n_row,), or None if no prices prove the point."""
    k = len(program.row)
    point = minimise(
        DiagonalProgram(
            curvature=np.ones(k),
            centre=np.zeros(k),
            cost=np.zeros(k),
            matrix=program.transposed,
            row_lower=program.least,
            row_upper=program.most,
            row_size=program.size,
            lower=program.lower,
            upper=program.upper,
            column_size=np.ones(k),
            is_real=np.ones(k, bool),
        )
    )
    if not point.is_feasible:
        return None
    price = np.zeros(n_row)
    price[program.row] = point.x / program.norm
    return price


def without_noise(
    matrix: csr_array, cost: FloatArray, price: FloatArray, *, is_balance: bool = False
) -> tuple[FloatArray, FloatArray]:
    """Set to 0 the prices and reduced costs that the rounding of the coefficients explains; return both.

    A price matters to a column by the term it adds to the column's reduced cost. In a linear program (its
    columns scaled to numbers near 1) a term counts beside the largest of all, in the balance, where
    it is a stretch, beside those of its own column and a stretch of 1.
    """
    magnitude = absolute(matrix)
    size = np.abs(cost) + magnitude.T @ np.abs(price)
    size = np.maximum(size, 1.0 if is_balance else size.max(initial=0.0))
    share = largest_share(magnitude, size) * np.abs(price)
    price = np.where(share > NEGLIGIBLE, price, 0.0)
    reduced = cost - matrix.T @ price
    return price, np.where(np.abs(reduced) > NEGLIGIBLE * size, reduced, 0.0)


def largest_share(magnitude: csr_array, size: FloatArray) -> FloatArray:
    """max over columns of |A_ij| / size_j of each row, 0 for an empty one, shape (n_row,)."""
    largest = np.zeros(magnitude.shape[0])
    filled = np.flatnonzero(np.diff(magnitude.indptr))
    if len(filled):
        terms = magnitude.data / np.where(size > 0, size, 1.0)[magnitude.indices]
        largest[filled] = np.maximum.reduceat(terms, magnitude.indptr[filled])
    return largest
