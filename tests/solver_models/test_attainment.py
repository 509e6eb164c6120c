"""Chances in closed form against integration and simulation, published CVaR and hedge numbers."""

import numpy as np
import pytest
from scipy.integrate import quad
from scipy.stats import lognorm

from solver_models.attainment import (
    LuckyDraws,
    SalesModel,
    chance,
    expected_up_to,
    pair_correlation,
    quantile,
    simulate,
    tail_mean,
)
from solver_models.hierarchy import Hierarchy

SEED = 20260101


def company(n, spread=0.25, correlation=0.2, common=0.0, groups=1):
    group = np.arange(n) * groups // n
    return SalesModel(np.full(n, 100.0), np.full(n, spread), group.astype(np.int64), correlation, common)


def flat_org(n):
    return Hierarchy(np.array([-1] + [0] * n, np.int32))


def drawn_by(model, chosen, luck=None):
    n = len(model.expected)
    return simulate(model, flat_org(n), chosen, luck or LuckyDraws(n, int(model.group.max()) + 1, SEED))


def test_the_chance_of_one_seller_is_that_of_the_lognormal():
    model = SalesModel(np.array([100.0, 80, 0]), np.array([0.3, 0.1, 0.2]), np.zeros(3, np.int64), 0.2, 0.5)
    target = np.array([90.0, 85, 10])
    expected = [
        lognorm.sf(t, s, scale=m * np.exp(-(s**2) / 2)) for m, t, s in ((100, 90, 0.3), (80, 85, 0.1))
    ]
    assert chance(model, target) == pytest.approx([*expected, 0.0])
    assert chance(model, np.zeros(3)) == pytest.approx(1.0)
    assert chance(model, quantile(model, 0.3))[:2] == pytest.approx(0.7)


def test_expected_sales_up_to_the_target_are_the_integral_of_the_chance():
    model = company(1, spread=0.4)
    for target in (40.0, 100.0, 180.0):
        area = quad(lambda t: float(chance(model, np.array([t]))[0]), 0, target)[0]
        assert expected_up_to(model, np.array([target]))[0] == pytest.approx(area, rel=1e-6)


def test_simulated_sellers_meet_their_closed_form_and_their_mean():
    model = company(20, correlation=0.3, common=0.5, groups=4)
    drawn = drawn_by(model, np.arange(21))
    met = (drawn.sales[1:] >= 110).mean(axis=1)
    assert met == pytest.approx(chance(model, np.full(20, 110.0)), abs=0.02)
    assert drawn.sales[0] == pytest.approx(drawn.sales[1:].sum(axis=0), rel=1e-6)
    assert drawn.sales[0].mean() == pytest.approx(2000, rel=0.01)


def test_sellers_of_one_group_and_of_two_correlate_as_said():
    model = company(40, spread=0.2, correlation=0.4, common=0.5, groups=2)
    logs = np.log(drawn_by(model, np.arange(1, 41)).sales)
    found = np.corrcoef(logs)
    same = (model.group[:, None] == model.group) & ~np.eye(40, dtype=bool)
    assert found[same].mean() == pytest.approx(0.4, abs=0.02)
    assert found[model.group[:, None] != model.group].mean() == pytest.approx(0.2, abs=0.02)


@pytest.mark.parametrize(("confidence", "hedge"), [(0.7, 0.063), (0.8, 0.103), (0.9, 0.167)])
def test_the_hedge_of_two_hundred_sellers_is_set_by_their_correlation(confidence, hedge):
    total = drawn_by(company(200), np.zeros(1, np.int64)).sales[0]
    needed = 200 * 100 / np.quantile(total, 1 - confidence) - 1
    assert needed == pytest.approx(hedge, abs=0.01)


def test_draws_do_not_depend_on_what_is_expected():
    one, other = company(5), company(5)
    other = SalesModel(one.expected * 2, one.spread, one.group, one.correlation, one.common)
    root = np.zeros(1, np.int64)
    assert drawn_by(other, root).sales == pytest.approx(2 * drawn_by(one, root).sales)


def test_pair_correlation_is_the_mean_over_all_pairs_of_a_unit():
    score, unit = np.array([1.0, -2, 3, 4, 5]), np.array([0, 0, 0, 1, 2])
    assert pair_correlation(score, unit) == (pytest.approx((-2 + 3 - 6) / 3), 1)
    assert pair_correlation(np.ones(2), np.array([0, 1])) == (0.0, 0)


@pytest.mark.parametrize(("level", "expected"), [(0.8, 9.5), (0.85, 29 / 3), (0.0, 5.5)])
def test_cvar_of_the_discrete_uniform_as_published(level, expected):
    assert tail_mean(np.arange(1.0, 11.0), level) == pytest.approx(expected, abs=1e-8)


def test_a_second_measure_takes_the_luck_that_the_first_one_drew():
    luck, root = LuckyDraws(30, 3, SEED), np.zeros(1, np.int64)
    model = company(30, groups=3, common=0.5)
    first = drawn_by(model, root, luck).sales
    assert (drawn_by(model, root, luck).sales == first).all()
    assert (drawn_by(model, root).sales == first).all()
    assert not (drawn_by(model, root, LuckyDraws(30, 3, SEED + 1)).sales == first).any()


def test_nodes_of_a_tree_add_up_path_by_path():
    org = Hierarchy(np.array([-1, 0, *[1] * 300, 0, *[302] * 500], np.int32))
    luck = LuckyDraws(800, 2, SEED)
    model = company(800, groups=2, common=0.5)
    sales = simulate(model, org, np.array([0, 1, 302]), luck).sales
    assert sales[0] == pytest.approx(sales[1] + sales[2], rel=1e-12)
    assert sales.mean(axis=1) == pytest.approx([80_000, 30_000, 50_000], rel=2e-3)


def test_the_chance_of_the_company_is_that_of_plain_draws():
    model = company(50, spread=0.3, correlation=0.3, common=0.5, groups=5)
    rng = np.random.default_rng(1)
    common, groups = rng.standard_normal((1, 100_000)), rng.standard_normal((5, 100_000))
    shock = np.sqrt(0.15) * common + np.sqrt(0.15) * groups[model.group]
    shock = shock + np.sqrt(0.7) * rng.standard_normal((50, 100_000))
    plain = (100 * np.exp(0.3 * shock - 0.045)).sum(axis=0)
    drawn = drawn_by(model, np.zeros(1, np.int64)).sales[0]
    for target in (4_000, 4_500, 5_000, 5_500, 6_000):
        assert (drawn >= target).mean() == pytest.approx((plain >= target).mean(), abs=0.01)
