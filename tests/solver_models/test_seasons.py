"""Seasonal indices: medians over the years, shrunk up the product tree."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from solver_models.hierarchy import Hierarchy
from solver_models.seasons import CREDIBLE_AT, seasonal_index

SEASON = np.array([1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12], float)
DAYS = np.full((3, 12), 20.0)


def tree(*parent):
    return Hierarchy(np.array(parent, np.int32))


def test_the_only_product_has_the_season_of_its_sales():
    amount = np.stack([SEASON, 3 * SEASON, 7 * SEASON])[None]
    index = seasonal_index(tree(-1, 0), amount, DAYS)
    assert index == pytest.approx(SEASON[None] / SEASON.mean())


def test_the_season_is_one_per_working_day():
    days = np.tile(np.linspace(15, 23, 12), (3, 1))
    index = seasonal_index(tree(-1, 0), (days * 50)[None], days)
    assert index == pytest.approx(1)


def test_one_freak_year_does_not_make_a_season():
    amount = np.stack([SEASON, SEASON, SEASON])[None]
    amount[0, 1, 0] = 1e6
    index = seasonal_index(tree(-1, 0), amount, DAYS)
    # the ratios of the freak year are 12 and 0: the median over three years lies between the two others
    assert index == pytest.approx(SEASON[None] / SEASON.mean())


def test_a_median_of_two_years_is_their_mean():
    first, second = SEASON / SEASON.mean(), SEASON[::-1] / SEASON.mean()
    index = seasonal_index(tree(-1, 0), np.stack([first, second])[None], DAYS[:2])
    assert index == pytest.approx(1)


def test_a_large_product_is_believed_and_a_small_one_leans_to_its_line():
    large, small = 1000 * SEASON, SEASON[::-1]
    amount = np.stack([np.tile(large, (3, 1)), np.tile(small, (3, 1))])
    index = seasonal_index(tree(-1, 0, 0), amount, DAYS)
    company = SEASON / SEASON.mean()
    assert index[0] == pytest.approx(company, rel=0.01)
    assert np.abs(index[1] - company).max() < 0.02


def test_belief_grows_with_years_and_volume():
    amount = np.stack([np.tile(SEASON, (2, 1)), np.tile(SEASON[::-1], (2, 1))])
    index = seasonal_index(tree(-1, 0, 0), amount, DAYS[:2])
    believed = 2 / (2 + CREDIBLE_AT)  # two years, the mean volume of the line
    own = SEASON / SEASON.mean()
    assert index[0] == pytest.approx(believed * own + (1 - believed) * 1.0)
    assert index[1] == pytest.approx(believed * own[::-1] + (1 - believed) * 1.0)


def test_a_product_without_sales_has_the_season_of_its_line_and_that_of_the_company():
    line, other = SEASON, SEASON[::-1]
    empty = np.zeros((3, 12))
    amount = np.stack([np.tile(line, (3, 1)), empty, np.tile(other, (3, 1))])
    index = seasonal_index(tree(-1, 0, 1, 1, 0), amount, DAYS)
    company = 1.0
    believed = 3 / (3 + CREDIBLE_AT)
    own = SEASON / SEASON.mean()
    assert index[1] == pytest.approx(believed * own + (1 - believed) * company)


def test_without_any_sales_every_month_counts_the_same():
    assert seasonal_index(tree(-1, 0, 0), np.zeros((2, 3, 12)), DAYS) == pytest.approx(1)


def test_months_of_returns_count_as_months_without_sales():
    amount = np.tile(SEASON, (1, 3, 1))
    amount[0, :, 0] = -500
    index = seasonal_index(tree(-1, 0), amount, DAYS)
    assert index[0, 0] == 0
    assert index[0, 1:] == pytest.approx(SEASON[1:] / SEASON[1:].sum() * 12)


@settings(deadline=None, derandomize=True, max_examples=60)
@given(
    arrays(np.float64, (4, 3, 12), elements=st.floats(-50, 1000)),
    arrays(np.float64, (3, 12), elements=st.floats(1, 23)),
)
def test_an_index_is_not_negative_averages_one_and_knows_no_scale(amount, days):
    products = tree(-1, 0, 1, 1, 0, 4, 4)
    index = seasonal_index(products, amount, days)
    assert (index >= 0).all()
    assert index.mean(axis=1) == pytest.approx(1)
    assert np.array_equal(seasonal_index(products, 1024 * amount, days), index)
