"""Operations on sparse rows against the same ones on dense arrays."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.sparse import csr_array

from solver_models.sparse_rows import (
    absolute,
    compact,
    largest_coefficients,
    norms,
    positions_among,
    rows_at,
    split_columns,
    squared_norms,
    stacked,
    times_columns,
    times_rows,
    widened,
    with_last,
    with_values,
)


def dense_matrix(seed: int) -> np.ndarray:
    """About half empty, with empty rows and columns."""
    rng = np.random.default_rng(seed)
    shape = rng.integers(1, 8, 2)
    return rng.normal(size=shape) * (rng.random(shape) < 0.4)


@settings(deadline=None, derandomize=True, max_examples=80)
@given(st.integers(0, 100_000))
def test_sparse_and_dense_agree(seed: int) -> None:
    dense = dense_matrix(seed)
    rng = np.random.default_rng(seed + 1)
    m, n = dense.shape
    sparse, row, column = csr_array(dense), rng.normal(size=m), rng.random(n)
    np.testing.assert_array_equal(absolute(sparse).toarray(), np.abs(dense))
    np.testing.assert_allclose(norms(sparse), np.linalg.norm(dense, axis=1), atol=1e-15)
    np.testing.assert_allclose(squared_norms(sparse, column), (dense**2) @ column, atol=1e-14)
    np.testing.assert_array_equal(largest_coefficients(sparse), np.abs(dense).max(axis=1))
    np.testing.assert_array_equal(times_rows(sparse, row).toarray(), row[:, None] * dense)
    np.testing.assert_array_equal(times_columns(sparse, column).toarray(), dense * column)


@settings(deadline=None, derandomize=True, max_examples=80)
@given(st.integers(0, 100_000))
def test_split_and_stacked_matrices_hold_every_coefficient_once(seed: int) -> None:
    dense = dense_matrix(seed)
    sparse, (m, n) = csr_array(dense), dense.shape
    first = int(np.random.default_rng(seed).integers(0, n + 1))
    left, right = split_columns(sparse, first)
    np.testing.assert_array_equal(left.toarray(), dense[:, :first])
    np.testing.assert_array_equal(right.toarray(), dense[:, first:])
    both = stacked([sparse, widened(csr_array((0, n)), n), left], n + 2)
    np.testing.assert_array_equal(both.toarray()[:m, :n], dense)
    np.testing.assert_array_equal(both.toarray()[m:, :first], dense[:, :first])
    assert both.shape == (2 * m, n + 2)


@settings(deadline=None, derandomize=True, max_examples=80)
@given(st.integers(0, 100_000))
def test_rows_are_picked_in_any_order_and_get_one_more_coefficient(seed: int) -> None:
    dense = dense_matrix(seed)
    rng = np.random.default_rng(seed)
    (m, n), which = dense.shape, rng.integers(0, dense.shape[0], 5)
    picked = rows_at(csr_array(dense), which)
    np.testing.assert_array_equal(picked.toarray(), dense[which])
    column, value = n + rng.integers(0, 3, m), rng.normal(size=m)
    expected = np.hstack([dense, np.zeros((m, 3))])
    expected[np.arange(m), column] = value
    longer = with_last(csr_array(dense), column, value, n + 3)
    np.testing.assert_array_equal(longer.toarray(), expected)
    assert longer.has_canonical_format


def unsorted_matrix() -> csr_array:
    """[[1, -2, 4], [0, 3, 5]], positions in disorder."""
    return csr_array((np.array([4.0, 1.0, -2.0, 5.0, 3.0]), np.array([2, 0, 1, 2, 1]), np.array([0, 3, 5])))


@pytest.mark.parametrize(
    "operation",
    [
        absolute,
        compact,
        lambda matrix: widened(matrix, 4),
        lambda matrix: times_rows(matrix, np.array([2.0, 3.0])),
        lambda matrix: times_columns(matrix, np.array([2.0, 3.0, 4.0])),
        lambda matrix: split_columns(matrix, 3)[0],
        lambda matrix: stacked([matrix], 3),
    ],
)
def test_sorting_a_result_in_place_spoils_neither_it_nor_the_matrix_it_came_from(operation) -> None:
    matrix = unsorted_matrix()
    dense = matrix.toarray()
    result = operation(matrix)
    expected = result.toarray()
    result.sort_indices()
    result.sum_duplicates()
    np.testing.assert_array_equal(result.toarray(), expected)
    np.testing.assert_array_equal(matrix.toarray(), dense)
    matrix.sort_indices()
    np.testing.assert_array_equal(result.toarray(), expected)
    np.testing.assert_array_equal(matrix.toarray(), dense)


def test_an_unsorted_pattern_is_never_shared() -> None:
    with pytest.raises(ValueError, match="sorted"):
        with_values(unsorted_matrix(), np.ones(5))


def test_repeated_positions_are_added_up() -> None:
    twice = csr_array((np.array([1.0, 2.0, 3.0]), np.array([1, 1, 0]), np.array([0, 3])), shape=(1, 2))
    np.testing.assert_array_equal(compact(twice).data, [3.0, 3.0])
    assert twice.nnz == 3


def test_positions_are_made_short_and_nothing_else() -> None:
    dense = dense_matrix(5)
    long = csr_array(dense)
    long.indices, long.indptr = long.indices.astype(np.int64), long.indptr.astype(np.int64)
    short = compact(long)
    assert short.indices.dtype == short.indptr.dtype == np.int32
    np.testing.assert_array_equal(short.toarray(), dense)


@pytest.mark.parametrize(("wanted", "found"), [(None, [0, 1, 2, 3]), ([2, 9], [1, 3]), ([], [])])
def test_rows_are_found_by_their_source(wanted: list[int] | None, found: list[int]) -> None:
    source = np.array([4, 2, 7, 9])
    of = None if wanted is None else np.array(wanted, np.int64)
    np.testing.assert_array_equal(positions_among(source, of), found)
