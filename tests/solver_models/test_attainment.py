"""Chances in closed form against integration and simulation, published CVaR and hedge numbers."""

import numpy as np
import pytest
from scipy.integrate import quad
from scipy.stats import lognorm

from solver_models.attainment import (
    LuckyDraws,
    SalesModel,
    chance,
    expected_sales,
    expected_up_to,
    simulate,
    tail_mean,
)
from solver_models.common_luck import LuckStates
from solver_models.hierarchy import Hierarchy

SEED = 20260101


def states(company, region, weight=(1.0,), shift=(0.0,)):
    return LuckStates(*(np.array(one, float) for one in (weight, shift, company, region)))


def company(n, spread=0.25, correlation=0.2, common=0.0, groups=1):
    """Sellers of 100 each on average: of their variance a share r is shared, `common` of it by all."""
    group = (np.arange(n) * groups // n).astype(np.int64)
    shared = spread * np.sqrt(correlation)
    own = np.full(n, spread * np.sqrt(1 - correlation))
    luck = states([shared * np.sqrt(common)], [shared * np.sqrt(1 - common)])
    return SalesModel(np.full(n, 100 * np.exp(-(shared**2) / 2)), own, np.ones(n), group, luck)


def doubtful(n):
    """Shared luck that is small or large, each with its own middle."""
    luck = states([0.02, 0.2], [0.05, 0.1], weight=[0.7, 0.3], shift=[0.03, -0.07])
    group = (np.arange(n) * 2 // n).astype(np.int64)
    return SalesModel(np.full(n, 100.0), np.full(n, 0.2), np.ones(n), group, luck)


def flat_org(n):
    return Hierarchy(np.array([-1] + [0] * n, np.int32))


def drawn_by(model, chosen, luck=None):
    n = len(model.expected)
    return simulate(model, flat_org(n), chosen, luck or LuckyDraws(n, int(model.group.max()) + 1, SEED))


def test_the_chance_of_one_seller_is_that_of_the_lognormal_in_every_state():
    model = doubtful(2)
    target = np.array([90.0, 115.0])
    expected = [
        sum(
            w * lognorm.sf(t, np.hypot(0.2, np.hypot(c, r)), scale=100 * np.exp(h - 0.02))
            for w, h, c, r in zip(
                *(getattr(model.states, k) for k in ("weight", "shift", "company", "region")),
                strict=True,
            )
        )
        for t in target
    ]
    assert chance(model, target) == pytest.approx(expected)
    assert chance(model, np.zeros(2)) == pytest.approx(1.0)
    nobody = SalesModel(np.zeros(2), model.own, model.load, model.group, model.states)
    assert chance(nobody, target).tolist() == [0.0, 0.0]


def test_simulated_sellers_in_doubt_meet_their_closed_form():
    model = doubtful(40)
    drawn = drawn_by(model, np.arange(1, 41)).sales
    for target in (80.0, 100.0, 130.0):
        met = (drawn >= target).mean()
        assert met == pytest.approx(chance(model, np.full(40, target)).mean(), abs=0.01)
    assert drawn.mean() == pytest.approx(expected_sales(model).mean(), rel=0.01)


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
    other = SalesModel(one.expected * 2, one.own, one.load, one.group, one.states)
    root = np.zeros(1, np.int64)
    assert drawn_by(other, root).sales == pytest.approx(2 * drawn_by(one, root).sales)


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
