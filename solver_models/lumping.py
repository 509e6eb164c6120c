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
        matrix=_at_columns(program.matrix, first, of_class),
        row_lower=program.row_lower,
        row_upper=program.row_upper,
        lower=_summed(of_class, program.lower, n_class),
        upper=_summed(of_class, program.upper, n_class),
    )
    return LumpedProgram(merged, of_class)


def _classes(matrix: csr_array, cost: FloatArray) -> tuple[IntArray, IntArray]:
    """First member of each class and the class of each column; equal columns have equal random projections.

    Two independent projections in double precision tell different columns apart but for a chance
    of about 1e-20 in a million columns. The cost is one more coefficient. Classes are in the order of
    their first members.
    """
    random = np.random.default_rng(SEED)
    projection = matrix.T @ random.standard_normal((matrix.shape[0], 2))
    projection += cost[:, None] * random.standard_normal(2)
    order = np.argsort(projection[:, 0])
    pair = np.ascontiguousarray(projection).view(np.complex128).ravel()[order]
    is_new = np.ones(len(cost), bool)
    is_new[1:] = pair[1:] != pair[:-1]
    first = np.minimum.reduceat(order, np.flatnonzero(is_new))
    rank = np.empty(len(first), np.int64)
    rank[np.argsort(first)] = np.arange(len(first))
    of_class = np.empty(len(cost), np.int64)
    of_class[order] = rank[np.cumsum(is_new) - 1]
    return np.sort(first), of_class


def _at_columns(matrix: csr_array, first: IntArray, of_class: IntArray) -> csr_array:
    """Keep the columns of the first members, one after the other."""
    is_first = np.zeros(matrix.shape[1], bool)
    is_first[first] = True
    stays = is_first[matrix.indices]
    before = np.concatenate([[0], np.cumsum(stays)])
    index = matrix.indices.dtype
    return csr_array(
        (
            matrix.data[stays],
            of_class[matrix.indices[stays]].astype(index),
            before[matrix.indptr].astype(index),
        ),
        shape=(matrix.shape[0], len(first)),
    )


def _summed(of_class: IntArray, bound: FloatArray, n_class: int) -> FloatArray:
    """Sum bounds by class; one infinite member makes the sum infinite."""
    infinite = ~np.isfinite(bound)
    finite = np.where(infinite, 0.0, bound)
    total = np.bincount(of_class, weights=finite, minlength=n_class).astype(np.float64)
    total[of_class[infinite]] = bound[infinite]
    return total
