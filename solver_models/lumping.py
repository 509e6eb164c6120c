"""A linear program over some of its rows, columns that these rows cannot tell apart put together."""

from dataclasses import dataclass, replace

import numpy as np
from scipy.sparse import csr_array

from solver_models.arrays import FloatArray, IntArray
from solver_models.program import LinearProgram
from solver_models.solution import Solution

SEED = 20260101


@dataclass(frozen=True)
class LumpedProgram:
    """A smaller program whose dual optimum is dual feasible for the whole.

    Parameters
    ----------
    program
        Rows `row` of the whole; one column per class of equal columns, its bounds their sums.
    row
        Positions of its rows in the whole.
    column
        Shape (n_column of the whole,): class of each column.
    """

    program: LinearProgram
    row: IntArray
    column: IntArray

    def expanded(self, whole: LinearProgram, answer: Solution) -> Solution:
        """Return the answer in terms of the whole program.

        Prices of rows that were left out are 0, the reduced costs are those of the whole. The
        point is that of the classes, spread evenly: it need not meet the rows left out.
        """
        price = np.zeros(whole.n_row)
        price[self.row] = answer.row_price
        members = np.bincount(self.column, minlength=self.program.n_column)
        return replace(
            answer,
            x=(answer.x / members)[self.column],
            row_price=price,
            reduced_cost=answer.reduced_cost[self.column],
        )


def lumped(program: LinearProgram, row: IntArray) -> LumpedProgram:
    """Keep some rows and merge columns of equal cost and equal coefficients in them.

    x of a class stands for the sum of its members, which is all that rows and cost can see; columns
    with a cost are never merged.

    Parameters
    ----------
    row
        Positions of the rows to keep.
    """
    matrix = csr_array(program.matrix[row])
    first, of_class = _classes(matrix, program.cost)
    n_class = len(first)
    merged = LinearProgram(
        cost=program.cost[first],
        matrix=csr_array(matrix.tocsc()[:, first].tocsr()),
        row_lower=program.row_lower[row],
        row_upper=program.row_upper[row],
        lower=_summed(of_class, program.lower, n_class),
        upper=_summed(of_class, program.upper, n_class),
    )
    return LumpedProgram(merged, row, of_class)


def _classes(matrix: csr_array, cost: FloatArray) -> tuple[IntArray, IntArray]:
    """First member of each class and the class of each column; equal columns have equal random projections.

    Two independent projections in double precision tell different columns apart but for a chance
    of about 1e-20 in a million columns; a column that has a cost is a class of its own.
    """
    random = np.random.default_rng(SEED)
    projection = matrix.T @ random.standard_normal((matrix.shape[0], 2))
    key = projection[:, 0] + 1j * projection[:, 1]
    costs = np.flatnonzero(cost != 0)
    free = np.flatnonzero(cost == 0)
    _, first, of_class = np.unique(key[free], return_index=True, return_inverse=True)
    rank = np.empty(len(cost), np.int64)
    rank[free] = of_class
    rank[costs] = len(first) + np.arange(len(costs))
    return np.concatenate([free[first], costs]), rank


def _summed(of_class: IntArray, bound: FloatArray, n_class: int) -> FloatArray:
    """Sum bounds by class; one infinite member makes the sum infinite."""
    infinite = ~np.isfinite(bound)
    finite = np.where(infinite, 0.0, bound)
    total = np.bincount(of_class, weights=finite, minlength=n_class).astype(np.float64)
    total[of_class[infinite]] = bound[infinite]
    return total
