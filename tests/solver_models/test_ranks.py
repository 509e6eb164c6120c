"""Ranks against the definition: one plus the number of smaller values, ties share the mean."""

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from solver_models.ranks import mean_ranks


@given(st.lists(st.integers(-5, 5), max_size=30))
def test_a_rank_is_the_mean_place_among_equals(values: list[int]) -> None:
    found = mean_ranks(np.array(values, np.float64))
    for value, rank in zip(values, found, strict=True):
        smaller = sum(other < value for other in values)
        equal = sum(other == value for other in values)
        assert rank == smaller + (equal + 1) / 2
