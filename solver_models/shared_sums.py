"""A linear program in which sums that several rows share are columns: fewer coefficients, the same answer."""

from dataclasses import dataclass, replace

import numpy as np
from scipy.sparse import csr_array

from solver_models.arrays import BoolArray, FloatArray, IntArray
from solver_models.program import LinearProgram
from solver_models.solution import Solution
from solver_models.sparse_rows import rows_at, stacked, widened

SAME = 1e-12
"""Relative: coefficients that differ by less are in proportion."""
DIGITS = 12
SEED = 20260101


@dataclass(frozen=True)
class SharedSums:
    """A program and what became of its rows.

    Parameters
    ----------
    program
        The columns of the whole, then one column per sum; the rows that are left, then the definition of
        each sum.
    row
        Shape (n_left,): the row of the whole that each row left was.
    n_row
        Rows of the whole.
    bound_row, bound_factor
        Shape (2, n_sum): the row of the whole that gives the lower and the upper bound of each sum (-1 for
        none), and by what it multiplies the sum.
    """

    program: LinearProgram
    row: IntArray
    n_row: int
    bound_row: IntArray
    bound_factor: FloatArray

    @property
    def n_sum(self) -> int:
        """Number of sums."""
        return int(self.bound_row.shape[1])

    def with_cost(self, cost: FloatArray) -> LinearProgram:
        """Return the program with other costs of the columns of the whole."""
        return replace(self.program, cost=np.append(cost, np.zeros(self.n_sum)))

    def expanded(self, answer: Solution) -> Solution:
        """Return an optimal answer in terms of the whole program.

        The reduced cost of a sum is the price of the row that its bound was.
        """
        n = self.program.n_column - self.n_sum
        price = np.zeros(self.n_row)
        price[self.row] = answer.row_price[: len(self.row)]
        of_sum = answer.reduced_cost[n:]
        side = (of_sum < 0).astype(np.int64)
        every = np.arange(self.n_sum)
        bound = self.bound_row[side, every]
        carries = bound >= 0
        price[bound[carries]] = (of_sum / self.bound_factor[side, every])[carries]
        return replace(answer, x=answer.x[:n], row_price=price, reduced_cost=answer.reduced_cost[:n])


@dataclass(frozen=True)
class _Sums:
    """Disjoint sums of columns.

    Parameters
    ----------
    owner, coefficient
        Shape (n_column,): the sum that a column belongs to, -1 for none, and its coefficient there.
    size
        Shape (n_sum,): columns of each.
    """

    owner: IntArray
    coefficient: FloatArray
    size: IntArray


def with_shared_sums(program: LinearProgram) -> SharedSums:
    """Put a column in the place of each sum of columns that several rows are multiples of.

    Free columns belong to no sum. Where the sums of rows overlap, a column belongs to the one that most
    rows share. A row that is nothing but a multiple of one sum becomes a bound of that sum.
    """
    n = program.n_column
    sums = _shared(program.matrix, np.isinf(program.lower) & np.isinf(program.upper))
    n_sum = len(sums.size)
    matrix = _in_sums(program.matrix, sums)
    alone = np.flatnonzero(np.diff(matrix.indptr) == 1)
    alone = alone[matrix.indices[matrix.indptr[alone]] >= n]
    of_sum = (matrix.indices[matrix.indptr[alone]] - n).astype(np.int64)
    factor = matrix.data[matrix.indptr[alone]]
    sides = np.stack([program.row_lower[alone], program.row_upper[alone]]) / factor
    sides = np.where(factor > 0, sides, sides[::-1])
    low, high = _tightest(-sides[0], of_sum, n_sum), _tightest(sides[1], of_sum, n_sum)
    found = np.stack([low, high])
    lower = np.where(low < 0, -np.inf, np.append(sides[0], 0.0)[low])
    upper = np.where(high < 0, np.inf, np.append(sides[1], 0.0)[high])
    is_crossed = lower > upper
    left = np.delete(np.arange(program.n_row), alone[~is_crossed[of_sum]])
    owned = np.flatnonzero(sums.owner >= 0)
    definitions = csr_array(
        (
            np.append(sums.coefficient[owned], -np.ones(n_sum)),
            (np.append(sums.owner[owned], np.arange(n_sum)), np.append(owned, n + np.arange(n_sum))),
        ),
        shape=(n_sum, n + n_sum),
    )
    return SharedSums(
        program=LinearProgram(
            cost=np.append(program.cost, np.zeros(n_sum)),
            matrix=stacked([rows_at(matrix, left), definitions], n + n_sum),
            row_lower=np.append(program.row_lower[left], np.zeros(n_sum)),
            row_upper=np.append(program.row_upper[left], np.zeros(n_sum)),
            lower=np.append(program.lower, np.where(is_crossed, -np.inf, lower)),
            upper=np.append(program.upper, np.where(is_crossed, np.inf, upper)),
        ),
        row=left,
        n_row=program.n_row,
        bound_row=np.where(is_crossed, -1, np.append(alone, -1)[found]),
        bound_factor=np.append(factor, 1.0)[found],
    )


def _shared(matrix: csr_array, is_free: BoolArray) -> _Sums:
    """Choose disjoint sums that at least two rows are multiples of.

    Rows in proportion have equal random projections once their first coefficient is 1.
    """
    n_row, n_column = matrix.shape
    entry = np.flatnonzero(~is_free[matrix.indices])
    row = np.repeat(np.arange(n_row), np.diff(matrix.indptr))[entry]
    column, value = matrix.indices[entry].astype(np.int64), matrix.data[entry]
    length = np.bincount(row, minlength=n_row)
    start = np.cumsum(length) - length
    value = value / value[start[row]]
    random = np.random.default_rng(SEED).standard_normal((2, n_column))
    seen = [np.bincount(row, np.round(value, DIGITS) * one[column], n_row) for one in random]
    _, first, of_row, members = np.unique(
        seen[0] + 1j * seen[1], return_index=True, return_inverse=True, return_counts=True
    )
    rank = np.empty(len(first), np.int64)
    rank[np.lexsort((first, length[first], -members))] = np.arange(len(first))
    is_shared = (members > 1) & (length[first] > 1)
    of_entry = of_row[row]
    best = np.full(n_column, len(first))
    np.minimum.at(best, column, np.where(is_shared[of_entry], rank[of_entry], len(first)))
    has_all = np.bincount(row, best[column] == rank[of_entry], n_row)[first] == length[first]
    chosen = np.flatnonzero(is_shared & has_all)
    number = np.full(n_row, -1)
    number[first[chosen]] = np.arange(len(chosen))
    own = np.flatnonzero(number[row] >= 0)
    owner, coefficient = np.full(n_column, -1), np.zeros(n_column)
    owner[column[own]], coefficient[column[own]] = number[row[own]], value[own]
    return _Sums(owner, coefficient, length[first[chosen]])


def _in_sums(matrix: csr_array, sums: _Sums) -> csr_array:
    """Write each row with a sum in the place of all its columns, where they stand there in proportion."""
    (n_row, n), n_sum = matrix.shape, len(sums.size)
    row = np.repeat(np.arange(n_row), np.diff(matrix.indptr))
    owner = sums.owner[matrix.indices]
    entry = np.flatnonzero(owner >= 0)
    key = row[entry] * max(n_sum, 1) + owner[entry]
    order = np.argsort(key, kind="stable")
    entry, key = entry[order], key[order]
    begin = np.flatnonzero(np.diff(key, prepend=-1))
    if len(begin) == 0:
        return widened(matrix, n + n_sum)
    ratio = matrix.data[entry] / sums.coefficient[matrix.indices[entry]]
    most, least = np.maximum.reduceat(ratio, begin), np.minimum.reduceat(ratio, begin)
    count = np.diff(np.append(begin, len(key)))
    of_sum = owner[entry[begin]]
    is_whole = (count == sums.size[of_sum]) & (most - least <= SAME * np.abs(most))
    stays = np.ones(matrix.nnz, bool)
    stays[entry] = ~np.repeat(is_whole, count)
    stays = np.flatnonzero(stays)
    written = csr_array(
        (
            np.append(matrix.data[stays], ratio[begin][is_whole]),
            (
                np.append(row[stays], row[entry[begin]][is_whole]),
                np.append(matrix.indices[stays], n + of_sum[is_whole]),
            ),
        ),
        shape=(n_row, n + n_sum),
    )
    written.sort_indices()
    return written


def _tightest(value: FloatArray, group: IntArray, n_group: int) -> IntArray:
    """Position of the least finite value of each group, the first of equals; -1 for none."""
    found = np.full(n_group, -1)
    order = np.lexsort((np.arange(len(value)), value))[::-1]
    order = order[np.isfinite(value[order])]
    found[group[order]] = order
    return found
