"""Largest and smallest totals in closed form; product totals that scale along."""

import numpy as np
import pytest

from solver_models.engines.base import EngineOptions
from solver_models.engines.choice import choose_engine
from solver_models.extremes import extreme_sum, extreme_total
from solver_models.failures import ModelInfeasible
from solver_models.terms.kinds import add_amounts, add_product_totals, add_total
from solver_models.terms.rows import RowCollector
from tests.models import company, model_of, zeros

HIGHS, OPTIONS = choose_engine("highs"), EngineOptions()
NONE = np.zeros(0, np.int64)


def test_caps_of_all_regions_add_up_to_the_largest_total_and_share_the_price() -> None:
    grid = company(3, 1, 1, 1)
    rows = RowCollector(grid)
    add_total(rows, 50.0)
    regions = np.flatnonzero(grid.org.depth == 1)
    caps = np.array([30.0, 40.0, 20.0])
    add_amounts(rows, "range", regions, zeros(3), np.array([5.0, 0, 0]), caps, zeros(3), caps)
    model = model_of(rows, np.full(3, 20.0))
    largest = extreme_total(model, 0, NONE, HIGHS, OPTIONS)
    assert largest.value == pytest.approx(90.0)
    np.testing.assert_allclose(largest.row_price, [0, 1, 1, 1])
    smallest = extreme_total(model, 0, NONE, HIGHS, OPTIONS, largest=False)
    assert smallest.value == pytest.approx(5.0)
    np.testing.assert_allclose(smallest.row_price, [0, 1, 0, 0])
    one = extreme_sum(model, np.array([1.0, 0, 0]), HIGHS, OPTIONS, largest=False)
    assert one.value == pytest.approx(5.0)


def test_product_totals_follow_the_company_in_proportion() -> None:
    grid = company(1, 1, 1, 2)
    rows = RowCollector(grid)
    add_total(rows, 100.0)
    products = grid.products.leaf.astype(np.int64)
    add_product_totals(rows, products, np.array([25.0, 75.0]), np.array([25.0, 75.0]))
    cap = np.array([60.0])
    add_amounts(rows, "range", zeros(1), products[:1], np.array([0.0]), cap, zeros(1), cap)
    model = model_of(rows, np.array([25.0, 75.0]))
    assert extreme_total(model, 0, np.array([1, 2]), HIGHS, OPTIONS).value == pytest.approx(240.0)
    assert extreme_total(model, 0, NONE, HIGHS, OPTIONS).value == pytest.approx(100.0)


def test_no_rule_means_no_end_and_rules_against_each_other_mean_no_total() -> None:
    grid = company(2, 1, 1, 1)
    rows = RowCollector(grid)
    add_total(rows, 10.0)
    model = model_of(rows, np.full(2, 5.0))
    assert extreme_total(model, 0, NONE, HIGHS, OPTIONS).value == np.inf
    region = np.flatnonzero(grid.org.depth == 1)[:1]
    above, below = np.array([9.0]), np.array([4.0])
    none = np.full(1, np.inf)
    add_amounts(rows, "range", region, zeros(1), above, none, zeros(1), above)
    add_amounts(rows, "range", region, zeros(1), -none, below, zeros(1), below)
    with pytest.raises(ModelInfeasible):
        extreme_total(model_of(rows, np.full(2, 5.0)), 0, NONE, HIGHS, OPTIONS)
