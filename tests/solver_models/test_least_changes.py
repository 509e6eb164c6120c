"""The least changes of numbers behind rows, on cases solved by hand."""

import numpy as np
import pytest
from scipy.sparse import csr_array

from solver_models.least_changes import Promises, Reach, least_changes
from solver_models.program import LinearProgram


def program(rows: list[list[float]]) -> LinearProgram:
    matrix = csr_array(np.array(rows, float))
    m, n = matrix.shape
    nothing = np.full(m, np.inf)
    return LinearProgram(np.zeros(n), matrix, -nothing, nothing, np.zeros(n), np.full(n, np.inf))


def ceilings(bounds: list[float], total: float) -> Promises:
    """One ceiling per column with a number of its own, and a total that nothing moves."""
    k = len(bounds)
    number = np.full((2, k + 1), -1)
    number[1, :k] = np.arange(k)
    return Promises(
        np.arange(k + 1),
        np.array([-np.inf] * k + [total]),
        np.array([*bounds, total]),
        number,
        np.ones((2, k + 1)),
    )


def reach(bounds: list[float], up: list[float] | None = None) -> Reach:
    size = np.array(bounds, float)
    k = len(size)
    return Reach(size, np.ones(k), np.zeros(k), np.array(up) if up is not None else np.full(k, np.inf))


def test_one_more_unit_goes_to_the_bound_of_3000_and_not_to_that_of_1():
    rows = program([[1, 0], [0, 1], [1, 1]])
    point = least_changes(rows, ceilings([1, 3000], 3002), reach([1, 3000]))
    assert point == pytest.approx([1, 3001])


def test_large_changes_are_shared_in_proportion_to_the_bounds():
    rows = program([[1, 0], [0, 1], [1, 1]])
    point = least_changes(rows, ceilings([1000, 3000], 6000), reach([1000, 3000]))
    assert point == pytest.approx([1500, 4500])


def test_a_small_bound_moves_where_nothing_else_can():
    rows = program([[1, 0], [0, 1], [1, 1]])
    point = least_changes(rows, ceilings([1, 3000], 3002), reach([1, 3000], [5.0, 0.0]))
    assert point == pytest.approx([2, 3000])


def test_nothing_is_found_where_no_number_may_move_far_enough():
    rows = program([[1, 0], [0, 1], [1, 1]])
    assert least_changes(rows, ceilings([1, 3000], 3002), reach([1, 3000], [0.5, 0.2])) is None


def test_a_number_behind_many_rows_counts_once():
    rows = program([[1, 0, 0], [0, 1, 0], [0, 0, 1], [1, 1, 1]])
    promises = ceilings([10, 10, 100], 150)
    promises.number[1, :2] = 0
    point = least_changes(rows, promises, reach([10, 10, 100]))
    assert point is not None
    assert point.sum() == pytest.approx(150)
    assert point[2] <= 125 + 1e-6
    assert max(point[:2]) <= 12.5 + 1e-6
