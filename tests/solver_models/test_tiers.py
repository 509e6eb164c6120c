"""Soft tiers: min-max first, then the sum, in strict order."""

import numpy as np
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from solver_models.balance.solve import solve_balance
from solver_models.engines.base import EngineOptions
from solver_models.engines.choice import choose_engine
from solver_models.failures import ModelInfeasible
from solver_models.terms.kinds import add_amounts, add_total
from solver_models.terms.rows import RowCollector
from solver_models.tiers import settle_tiers
from tests.models import company, model_of, random_model, zeros
from tests.oracle import lexicographic_violations

HIGHS = choose_engine("highs")
OPTIONS = EngineOptions()


def test_a_shortage_is_shared_by_equal_regions_instead_of_dumped_on_one() -> None:
    grid = company(6, 1, 1, 1)
    rows = RowCollector(grid)
    add_total(rows, 590.0)
    regions = np.flatnonzero(grid.org.depth == 1)
    floor = np.full(6, 100.0)
    add_amounts(rows, "range", regions, zeros(6), floor, np.full(6, np.inf), zeros(6) + 1, floor)
    settled, (outcome,) = settle_tiers(model_of(rows, np.full(6, 90.0)).scaled(), HIGHS, OPTIONS)
    assert outcome.largest == pytest.approx(10 / 600)
    x = solve_balance(settled, HIGHS, OPTIONS).x * settled.unit
    np.testing.assert_allclose(x, 590 / 6)


def test_a_tier_that_can_be_met_is_met_exactly() -> None:
    grid = company(2, 1, 1, 1)
    rows = RowCollector(grid)
    add_total(rows, 100.0)
    node = np.array([1], np.int64)
    add_amounts(
        rows, "range", node, zeros(1), np.array([70.0]), np.array([np.inf]), zeros(1) + 1, np.array([70.0])
    )
    settled, (outcome,) = settle_tiers(model_of(rows, np.array([50.0, 50.0])).scaled(), HIGHS, OPTIONS)
    assert (outcome.largest, outcome.total) == (0.0, 0.0)
    np.testing.assert_allclose(solve_balance(settled, HIGHS, OPTIONS).x * settled.unit, [70, 30])


def _two_wishes(first_tier: int, second_tier: int) -> np.ndarray:
    """Two reps each asked for 80 of 100, in different tiers."""
    grid = company(2, 1, 1, 1)
    rows = RowCollector(grid)
    add_total(rows, 100.0)
    leaf = grid.org.leaf.astype(np.int64)
    wish = np.full(2, 80.0)
    tier = np.array([first_tier, second_tier])
    add_amounts(rows, "range", leaf, zeros(2), wish, np.full(2, np.inf), tier, wish)
    settled, _ = settle_tiers(model_of(rows, np.array([50.0, 50.0])).scaled(), HIGHS, OPTIONS)
    return solve_balance(settled, HIGHS, OPTIONS).x * settled.unit


def test_the_order_of_tiers_decides_who_gives_way() -> None:
    np.testing.assert_allclose(_two_wishes(1, 2), [80, 20])
    np.testing.assert_allclose(_two_wishes(2, 1), [20, 80])
    np.testing.assert_allclose(_two_wishes(1, 1), [50, 50])


@settings(deadline=None, derandomize=True, max_examples=40)
@given(st.integers(0, 10_000))
def test_violations_equal_those_of_a_slow_lexicographic_solve(seed: int) -> None:
    model = random_model(seed)
    try:
        settled, outcomes = settle_tiers(model.scaled(), HIGHS, OPTIONS)
        answer = solve_balance(settled, HIGHS, OPTIONS)
    except ModelInfeasible:
        assume(False)
    truth = lexicographic_violations(model.scaled())
    for outcome, (largest, total) in zip(outcomes, truth, strict=True):
        assert outcome.largest == pytest.approx(largest, abs=2e-5)
        assert outcome.total == pytest.approx(total, abs=2e-4)
    _check_final_point(model, answer.x * settled.unit, answer.free, outcomes)


def _check_final_point(model, x, free, outcomes) -> None:  # type: ignore[no-untyped-def]
    """The balanced point itself has exactly the violations that the tiers report."""
    n_group = model.n_free
    z = np.concatenate([x, free[:n_group] * model.scaled().unit])
    value = model.soft.matrix @ z
    short = np.maximum(np.maximum(model.soft.lower - value, value - model.soft.upper), 0) / model.soft.scale
    for outcome in outcomes:
        mine = short[model.soft.tier == outcome.tier]
        assert mine.max() == pytest.approx(outcome.largest, abs=1e-9)
        assert mine.sum() == pytest.approx(outcome.total, abs=1e-8)
