from statistics import median

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from solver_models.arrays import FloatArray
from solver_models.hierarchy import Hierarchy
from solver_models.seasons import seasonal_index
from tests.solver_models.rounding.grids import children_of, hierarchy, trees


def by_loops(products: Hierarchy, amount: FloatArray, days: FloatArray) -> list[list[float]]:
    """The formula of docs/months.md, product by product from the top."""
    n_season = amount.shape[2]
    rates, index = [], {}
    for q in range(len(products)):
        own = amount[products.leaf_start[q] : products.leaf_end[q]].sum(axis=0)
        rates.append([[max(own[y, m], 0) / days[y, m] for m in range(n_season)] for y in range(len(own))])
    for q in range(len(products)):
        years = [year for year in rates[q] if sum(year) > 0]
        ratios = [[rate * n_season / sum(year) for rate in year] for year in years]
        middle = [median(column) for column in zip(*ratios, strict=True)] or [1.0] * n_season
        if sum(middle) == 0:
            middle = [1.0] * n_season
        index[q] = [value * n_season / sum(middle) for value in middle]
        if q == 0:
            continue
        above = int(products.parent[q])
        siblings = [sum(map(sum, rates[c])) for c in children_of(products, above)]
        mean = sum(siblings) / len(siblings)
        n = len(years) * sum(map(sum, rates[q])) / mean if mean > 0 else 0.0
        z = n / (n + 1)
        index[q] = [z * own + (1 - z) * parent for own, parent in zip(index[q], index[above], strict=True)]
    return [index[int(q)] for q in products.leaf]


@st.composite
def histories(draw: st.DrawFn) -> tuple[Hierarchy, FloatArray, FloatArray]:
    products, n_year = draw(trees(6)), draw(st.integers(1, 3))
    number = st.sampled_from([0.0, 0.0, 5.0, 10.0, 12.5, 40.0, -3.0])
    size = len(products.leaf) * n_year * 4
    amount = np.array(draw(st.lists(number, min_size=size, max_size=size))).reshape(-1, n_year, 4)
    days = np.array(draw(st.lists(st.integers(1, 23), min_size=n_year * 4, max_size=n_year * 4)), float)
    return products, amount, days.reshape(n_year, 4)


@settings(deadline=None, derandomize=True, max_examples=300)
@given(histories())
def test_the_index_is_what_the_formula_says_and_has_mean_one(
    history: tuple[Hierarchy, FloatArray, FloatArray],
) -> None:
    index = seasonal_index(*history)
    assert index == pytest.approx(np.array(by_loops(*history)))
    assert index.mean(axis=1) == pytest.approx(1.0)
    assert (index >= 0).all()


def test_working_days_are_taken_out_of_the_season() -> None:
    days = np.array([[20.0, 10.0, 22.0, 18.0]])
    index = seasonal_index(hierarchy(-1, 0), (7.0 * days)[None], days)
    assert index == pytest.approx(np.ones((1, 4)))


def test_one_odd_year_of_three_does_not_move_the_season() -> None:
    usual, odd = [10.0, 20.0, 30.0, 40.0], [100.0, 0.0, 0.0, 0.0]
    days = np.ones((3, 4))
    index = seasonal_index(hierarchy(-1, 0), np.array([[usual, odd, usual]]), days)
    assert index[0] == pytest.approx([0.4, 0.8, 1.2, 1.6])


def test_a_small_product_follows_its_line_and_a_product_without_sales_follows_it_entirely() -> None:
    products = hierarchy(-1, 0, 0, 0)
    large, small = [10.0, 30.0], [3.0, 1.0]
    amount = np.array([[large, large], [small, small], [[0.0, 0.0]] * 2])
    index = seasonal_index(products, amount, np.ones((2, 2)))
    company = np.array([13.0, 31.0]) / 22
    n_small = 2 * 8 / ((80 + 8 + 0) / 3)
    z = n_small / (n_small + 1)
    assert index[1] == pytest.approx(z * np.array([1.5, 0.5]) + (1 - z) * company)
    assert index[2] == pytest.approx(company)


@pytest.mark.parametrize(("n_year", "size", "believed"), [(1, 1.0, 0.5), (3, 1.0, 0.75), (3, 0.1, 0.23)])
def test_a_season_is_believed_as_far_as_the_documentation_says(
    n_year: int, size: float, believed: float
) -> None:
    """docs/months.md: average size after one and three years, a tenth of it after three years."""
    products = hierarchy(-1, *[0] * 3)
    volume = np.array([size, 1.0, 2.0 - size])  # mean 1
    shape = np.array([[2.0, 0.0], [0.5, 1.5], [0.5, 1.5]])
    amount = np.repeat((volume[:, None] * shape)[:, None], n_year, axis=1)
    index = seasonal_index(products, amount, np.ones((n_year, 2)))
    company = (volume[:, None] * shape).sum(axis=0) / 3
    assert (index[0, 0] - company[0]) / (2.0 - company[0]) == pytest.approx(believed, abs=0.005)
