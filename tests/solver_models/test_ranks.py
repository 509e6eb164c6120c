"""Ranks against the definition and against scipy."""

import numpy as np
from hypothesis import given
from hypothesis import strategies as st
from scipy.stats import rankdata

from solver_models.ranks import mean_ranks


@given(st.lists(st.integers(-4, 4), max_size=30))
def test_ranks_are_those_of_scipy_ties_included(values: list[int]) -> None:
    numbers = np.array(values, float)
    np.testing.assert_array_equal(mean_ranks(numbers), rankdata(numbers))


def test_equal_values_share_the_mean_of_their_ranks() -> None:
    assert mean_ranks(np.array([7.0, 3.0, 7.0, 9.0])).tolist() == [2.5, 1.0, 2.5, 4.0]


def test_no_values_have_no_ranks() -> None:
    assert mean_ranks(np.zeros(0)).tolist() == []
