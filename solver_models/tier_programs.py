"""The linear programs of a soft tier: the smallest largest relative violation, then the smallest sum."""

import numpy as np
from scipy.sparse import csr_array

from solver_models.arrays import FloatArray
from solver_models.model import BalanceModel
from solver_models.program import LinearProgram
from solver_models.sparse_rows import stacked, times_rows, with_last
from solver_models.tier_face import Face
from solver_models.tier_rows import Sides


def largest_program(model: BalanceModel, face: Face, sides: Sides) -> LinearProgram:
    """Least theta over columns (cells, free, theta).

    Rows: the model's, then X / scale + theta >= bound / scale of each side. With d = theta
    everywhere the columns d are not needed: the price of a side is that of its goal and of its row
    theta - d >= 0 alike.
    """
    k, n = len(sides), model.n_column
    goal = with_last(_relative(sides), np.full(k, n), np.ones(k), n + 1)
    free = np.full(model.n_free, np.inf)
    cost = np.zeros(n + 1)
    cost[n] = 1.0
    return LinearProgram(
        cost=cost,
        matrix=stacked([model.rows.matrix, goal], n + 1),
        row_lower=np.concatenate([face.row_lower, sides.sign * sides.bound / sides.scale]),
        row_upper=np.concatenate([face.row_upper, np.full(k, np.inf)]),
        lower=np.concatenate([face.lower, -free, [0.0]]),
        upper=np.concatenate([face.upper, free, [np.inf]]),
    )


def sum_program(model: BalanceModel, face: Face, sides: Sides) -> LinearProgram:
    """Least sum of d / scale over columns (cells, free, d / scale, theta).

    Rows: the model's, goals / scale, theta - d >= 0.
    """
    k, n = len(sides), model.n_column
    d = n + np.arange(k)
    goal = with_last(_relative(sides), d, np.ones(k), n + k + 1)
    share = csr_array(
        (
            np.tile([-1.0, 1.0], k),
            np.column_stack([d, np.full(k, n + k)]).ravel().astype(goal.indices.dtype),
            np.arange(0, 2 * k + 1, 2, dtype=goal.indptr.dtype),
        ),
        shape=(k, n + k + 1),
    )
    free = np.full(model.n_free, np.inf)
    goal_bound = sides.sign * sides.bound / sides.scale
    cost = np.zeros(n + k + 1)
    cost[n : n + k] = 1.0
    return LinearProgram(
        cost=cost,
        matrix=stacked([model.rows.matrix, goal, share], n + k + 1),
        row_lower=np.concatenate([face.row_lower, goal_bound, np.zeros(k)]),
        row_upper=np.concatenate(
            [
                face.row_upper,
                np.where(face.goal_tight, goal_bound, np.inf),
                np.where(face.largest_tight, 0.0, np.inf),
            ]
        ),
        lower=np.concatenate([face.lower, -free, np.zeros(k + 1)]),
        upper=np.concatenate([face.upper, free, np.where(face.d_zero, 0.0, np.inf), [np.inf]]),
    )


def largest_prices(sides: Sides, price: FloatArray) -> FloatArray:
    """Prices of `largest_program` in the rows of `sum_program`: a side's price stands in both of its rows."""
    of_side = price[len(price) - len(sides) :]
    return np.concatenate([price, of_side])


def _relative(sides: Sides) -> csr_array:
    """Rows of the sides, signed and per scale."""
    return times_rows(sides.row, sides.sign / sides.scale)
