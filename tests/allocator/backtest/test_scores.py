"""Scores of a split against plain formulas."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from allocator.backtest.scores import Split, gini, joined, rank_correlation, score, share_only

AMOUNTS = st.lists(st.floats(0.1, 1e6), min_size=1, max_size=30)


@settings(deadline=None, derandomize=True, max_examples=60)
@given(AMOUNTS)
def test_gini_is_the_mean_absolute_difference_of_all_pairs_over_twice_the_mean(values):
    table = np.array(values)
    pairs = np.abs(table[:, None] - table[None, :]).mean()
    assert gini(table) == pytest.approx(pairs / (2 * table.mean()), abs=1e-12)


def test_gini_of_nothing_or_of_a_mean_that_is_not_positive_is_not_defined():
    assert gini(np.array([])) is None
    assert gini(np.array([0.0, 0.0])) is None


@settings(deadline=None, derandomize=True, max_examples=60)
@given(st.integers(0, 2**32 - 1), st.integers(2, 20))
def test_scores_follow_their_formulas_whatever_the_scale_of_the_split(seed, count):
    draw = np.random.default_rng(seed)
    wanted, actual, size = draw.lognormal(size=(3, count))
    split = share_only(wanted * 1e6, actual, size)
    target = wanted / wanted.sum() * actual.sum()
    found = score(split)
    assert split.target.sum() == pytest.approx(actual.sum())
    assert found["wape"] == pytest.approx(np.abs(actual - target).sum() / actual.sum())
    assert found["share_at_goal"] == pytest.approx(np.mean(actual >= target))
    assert found["gini"] == pytest.approx(gini(actual / target))
    assert found["n"] == count


def test_a_perfect_split_has_no_error_no_inequality_and_everybody_at_goal():
    actual = np.array([1.0, 2.0, 4.0, 8.0, 16.0])
    found = score(Split(actual, actual, actual))
    assert (found["wape"], found["gini"], found["share_at_goal"]) == (0, 0, 1)
    assert found["bias"]["size"] is None


def test_sellers_without_a_target_have_no_attainment_but_count_as_error():
    found = score(Split(np.array([0.0, 10.0]), np.array([4.0, 6.0]), np.array([0.0, 5.0])))
    assert found["without_target"] == 1
    assert found["wape"] == pytest.approx(0.8)
    assert found["share_at_goal"] == 0


def test_a_split_of_nothing_and_a_period_without_sales_are_not_judged():
    one = np.ones(2)
    assert share_only(np.zeros(2), one, one) is None
    assert share_only(one, np.zeros(2), one) is None


def test_a_split_that_asks_too_much_of_the_large_is_found_out():
    size = np.linspace(1, 20, 20)
    found = score(share_only(size**2, size, size))["bias"]
    assert found["size"] == pytest.approx(-1)
    assert found["median_by_size"]["small"] > 1 > found["median_by_size"]["large"]


def test_rank_correlation_needs_a_sample_and_two_sides_that_vary():
    few, many = np.arange(4.0), np.arange(9.0)
    assert rank_correlation(few, few) is None
    assert rank_correlation(many, np.ones(9)) is None
    assert rank_correlation(many, np.exp(many)) == pytest.approx(1)
    assert rank_correlation(many, -many) == pytest.approx(-1)


def test_joined_periods_are_scored_as_one_list_of_sellers():
    first = Split(np.array([1.0, 3.0]), np.array([2.0, 2.0]), np.ones(2))
    second = Split(np.array([5.0]), np.array([5.0]), np.ones(1))
    assert score(joined([first, second]))["wape"] == pytest.approx(2 / 9)
