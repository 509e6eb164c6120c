"""A linear program with the columns put together that its rows and costs cannot tell apart."""

from dataclasses import dataclass, replace

import numpy as np
from scipy.sparse import csr_array

from solver_models.arrays import FloatArray, IntArray
from solver_models.program import LinearProgram
from solver_models.solution import Solution

SEED = 20260101


@dataclass(frozen=True)
class LumpedProgram:
    """A program with fewer columns and the same dual.

    Parameters
    ----------
    program
        The same rows; one column per class of equal columns, its bounds their sums.
    column
        Shape (n_column of the whole,): class of each column.
    """

    program: LinearProgram
    column: IntArray

    def expanded(self, answer: Solution) -> Solution:
        """Return the answer in terms of the whole program.

        Prices stay, the reduced cost of a class is that of its members. The point is that of the
        classes, spread evenly: it need not keep every member's own bounds.
        """
        members = np.bincount(self.column, minlength=self.program.n_column)
        return replace(
            answer,
            x=(answer.x / members)[self.column],
            reduced_cost=answer.reduced_cost[self.column],
        )


def lumped(program: LinearProgram) -> LumpedProgram:
    """Merge columns of equal cost and equal coefficients.

    x of a class stands for the sum of its members, which is all that rows and cost can see.
    """
    first, of_class = _classes(program.matrix, program.cost)
    n_class = len(first)
    merged = LinearProgram(
        cost=program.cost[first],
        matrix=csr_array(program.matrix.tocsc()[:, first].tocsr()),
        row_lower=program.row_lower,
        row_upper=program.row_upper,
        lower=_summed(of_class, program.lower, n_class),
        upper=_summed(of_class, program.upper, n_class),
    )
    return LumpedProgram(merged, of_class)


def _classes(matrix: csr_array, cost: FloatArray) -> tuple[IntArray, IntArray]:
    """First member of each class and the class of each column; equal columns have equal random projections.

    Two independent projections in double precision tell different columns apart but for a chance
    of about 1e-20 in a million columns. The cost is one more coefficient.
    """
    random = np.random.default_rng(SEED)
    projection = matrix.T @ random.standard_normal((matrix.shape[0], 2))
    projection += cost[:, None] * random.standard_normal(2)
    key = projection[:, 0] + 1j * projection[:, 1]
    _, first, of_class = np.unique(key, return_index=True, return_inverse=True)
    return first, of_class


def _summed(of_class: IntArray, bound: FloatArray, n_class: int) -> FloatArray:
    """Sum bounds by class; one infinite member makes the sum infinite."""
    infinite = ~np.isfinite(bound)
    finite = np.where(infinite, 0.0, bound)
    total = np.bincount(of_class, weights=finite, minlength=n_class).astype(np.float64)
    total[of_class[infinite]] = bound[infinite]
    return total
