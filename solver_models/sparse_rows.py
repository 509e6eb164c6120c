"""Rows of large sparse matrices without copies of their pattern.

At a million cells one copy of all rows costs as much as a factorisation; what follows touches the
coefficients once and shares the pattern, or picks the rows that matter before anything is built.
"""

from collections.abc import Sequence
from copy import copy

import numpy as np
from scipy.sparse import csr_array

from solver_models.arrays import FloatArray, IntArray


def compact(matrix: csr_array) -> csr_array:
    """Return the matrix with sorted 32-bit positions, each once: a third less memory to read.

    Positions too large for 32 bits stay as they are; the given matrix is never changed.
    """
    if not matrix.has_canonical_format:
        matrix = matrix.copy()
        matrix.sum_duplicates()
    if matrix.indices.dtype == np.int32 or max(matrix.nnz, *matrix.shape) > np.iinfo(np.int32).max:
        return matrix
    return csr_array(
        (matrix.data, matrix.indices.astype(np.int32), matrix.indptr.astype(np.int32)), shape=matrix.shape
    )


def _shareable(matrix: csr_array) -> csr_array:
    """Return a matrix that scipy will not sort in place, which would spoil whatever shares its arrays."""
    return matrix if matrix.has_sorted_indices else matrix.sorted_indices()


def with_values(matrix: csr_array, values: FloatArray) -> csr_array:
    """Return other coefficients in the same places, shape (nnz,), the pattern shared.

    Parameters
    ----------
    matrix
        With sorted positions.

    Raises
    ------
    ValueError
        If the positions are not sorted: scipy might sort them later under both matrices.
    """
    if not matrix.has_sorted_indices:
        raise ValueError("only a sorted pattern can be shared")
    other = copy(matrix)
    other.data = values
    return other


def widened(matrix: csr_array, width: int) -> csr_array:
    """Return the matrix with empty columns added on the right; everything is shared if it is sorted."""
    matrix = _shareable(matrix)
    return csr_array((matrix.data, matrix.indices, matrix.indptr), shape=(matrix.shape[0], width))


def rows_at(matrix: csr_array, which: IntArray) -> csr_array:
    """Return the rows at some positions, in that order, without a second copy."""
    rows: csr_array = matrix[which]
    return rows


def with_last(matrix: csr_array, column: IntArray, value: FloatArray, width: int) -> csr_array:
    """Return the matrix with one more coefficient at the end of each row.

    Parameters
    ----------
    column
        Shape (n_row,): where it stands, right of all others.
    width
        Number of columns of the result.
    """
    ends = matrix.indptr[1:]
    index = matrix.indices.dtype
    return csr_array(
        (
            np.insert(matrix.data, ends, value),
            np.insert(matrix.indices, ends, column.astype(index)),
            matrix.indptr + np.arange(matrix.shape[0] + 1, dtype=matrix.indptr.dtype),
        ),
        shape=(matrix.shape[0], width),
    )


def absolute(matrix: csr_array) -> csr_array:
    """Return |A|."""
    matrix = _shareable(matrix)
    return with_values(matrix, np.abs(matrix.data))


def squared_norms(matrix: csr_array, weight: FloatArray | None = None) -> FloatArray:
    """Sum of weight_j A_ij^2 of each row, shape (n_row,); weights are 1 by default."""
    matrix = _shareable(matrix)
    weight = np.ones(matrix.shape[1]) if weight is None else weight
    squares: FloatArray = with_values(matrix, matrix.data * matrix.data) @ weight
    return squares


def norms(matrix: csr_array) -> FloatArray:
    """Euclidean norm of each row, shape (n_row,)."""
    return np.sqrt(squared_norms(matrix))


def largest_coefficients(matrix: csr_array) -> FloatArray:
    """max_j |A_ij| of each row, 0 for an empty one, shape (n_row,)."""
    largest = np.zeros(matrix.shape[0])
    filled = np.flatnonzero(np.diff(matrix.indptr))
    if len(filled):
        largest[filled] = np.maximum.reduceat(np.abs(matrix.data), matrix.indptr[filled])
    return largest


def times_rows(matrix: csr_array, factor: FloatArray) -> csr_array:
    """diag(factor) A."""
    matrix = _shareable(matrix)
    return with_values(matrix, matrix.data * np.repeat(factor, np.diff(matrix.indptr)))


def times_transposed(matrix: csr_array, price: FloatArray, *, absolute: bool = False) -> FloatArray:
    """A'y, or |A|'|y|, of a few rows without a transpose, shape (n_column,)."""
    terms = matrix.data * np.repeat(price, np.diff(matrix.indptr))
    weights = np.abs(terms) if absolute else terms
    return np.bincount(matrix.indices, weights=weights, minlength=matrix.shape[1]).astype(np.float64)


def times_columns(matrix: csr_array, factor: FloatArray) -> csr_array:
    """A diag(factor)."""
    matrix = _shareable(matrix)
    return with_values(matrix, matrix.data * factor[matrix.indices])


def split_columns(matrix: csr_array, first: int) -> tuple[csr_array, csr_array]:
    """Return the first columns and the rest; costs nothing where the rest is empty."""
    n_row, n_column = matrix.shape
    behind = np.flatnonzero(matrix.indices >= first)
    before = np.searchsorted(behind, matrix.indptr).astype(matrix.indptr.dtype)
    rest = csr_array(
        (matrix.data[behind], matrix.indices[behind] - first, before), shape=(n_row, n_column - first)
    )
    if len(behind) == 0:
        return widened(matrix, first), rest
    left = csr_array(
        (np.delete(matrix.data, behind), np.delete(matrix.indices, behind), matrix.indptr - before),
        shape=(n_row, first),
    )
    return left, rest


def stacked(parts: Sequence[csr_array], width: int) -> csr_array:
    """Put matrices of at most `width` columns below each other in one pass."""
    filled = [part for part in parts if part.shape[0]]
    if len(filled) == 1:
        return widened(filled[0], width)
    ends = np.cumsum([0, *(part.nnz for part in filled)])
    pointers = [part.indptr[1:].astype(np.int64) + end for part, end in zip(filled, ends, strict=False)]
    indptr = np.concatenate([np.zeros(1, np.int64), *pointers])
    index = np.int32 if max(ends[-1], width) <= np.iinfo(np.int32).max else np.int64
    return csr_array(
        (
            np.concatenate([np.zeros(0), *(part.data for part in filled)]),
            np.concatenate([np.zeros(0, index), *(part.indices for part in filled)], dtype=index),
            indptr.astype(index),
        ),
        shape=(len(indptr) - 1, width),
    )


def positions_among(source: IntArray, wanted: IntArray | None) -> IntArray:
    """Positions of the rows whose source is wanted; all by default."""
    if wanted is None:
        return np.arange(len(source))
    return np.flatnonzero(np.isin(source, wanted))
