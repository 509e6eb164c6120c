"""What-if from an earlier answer: the same targets as a fresh solve, whatever was changed."""

from dataclasses import replace

import numpy as np
import pytest
from scipy.sparse import csr_array, vstack

from solver_models.arrays import FloatArray
from solver_models.engines.base import EngineOptions
from solver_models.engines.choice import choose_engine
from solver_models.failures import ModelInfeasible
from solver_models.kept_prices import KEPT, carried_over
from solver_models.model import BalanceModel, Rows
from solver_models.solve import is_small, solve_model
from solver_models.warm import resolve, solve_warm
from tests.models import random_model

FAST, OPTIONS = choose_engine("fast"), EngineOptions()


def changed_bounds(model: BalanceModel, rng: np.random.Generator) -> BalanceModel:
    factor = np.where(model.rows.lower < model.rows.upper, rng.uniform(0.98, 1.03, len(model.rows)), 1.0)
    upper = np.maximum(model.rows.upper * factor, model.rows.lower)
    return replace(model, rows=replace(model.rows, upper=upper))


def changed_pin(model: BalanceModel, rng: np.random.Generator) -> BalanceModel:
    cell = int(rng.integers(model.n_cell))
    value = model.anchor[cell] * rng.uniform(0.95, 1.05)
    lower, upper = model.lower.copy(), model.upper.copy()
    lower[cell] = upper[cell] = value
    return replace(model, lower=lower, upper=upper)


def changed_anchors(model: BalanceModel, rng: np.random.Generator) -> BalanceModel:
    anchor = model.anchor * rng.uniform(0.97, 1.03, model.n_cell)
    return replace(model, anchor=anchor, weight=anchor)


def changed_wishes(model: BalanceModel, rng: np.random.Generator) -> BalanceModel:
    return replace(model, soft=replace(model.soft, lower=model.soft.lower * rng.uniform(0.8, 1.1)))


def one_more_rule(model: BalanceModel, rng: np.random.Generator) -> BalanceModel:
    rows = model.rows
    cells = np.zeros(model.n_column)
    cells[: max(1, model.n_cell // 3)] = 1.0
    most = float(cells[: model.n_cell] @ model.anchor) * rng.uniform(0.95, 1.1)
    return replace(
        model,
        rows=Rows(
            csr_array(vstack([rows.matrix, csr_array(cells[None, :])], format="csr")),
            np.append(rows.lower, -np.inf),
            np.append(rows.upper, most),
            np.append(rows.source, 10_000),
            np.append(rows.part, 0),
        ),
    )


def one_rule_less(model: BalanceModel, rng: np.random.Generator) -> BalanceModel:
    rows = model.rows
    ranged = np.flatnonzero(rows.lower < rows.upper)
    kept = np.setdiff1d(np.arange(len(rows)), rng.choice(ranged, 1))
    return replace(
        model,
        rows=Rows(
            csr_array(rows.matrix[kept]),
            rows.lower[kept],
            rows.upper[kept],
            rows.source[kept],
            rows.part[kept],
        ),
    )


CHANGES = (changed_bounds, changed_pin, changed_anchors, changed_wishes, one_more_rule, one_rule_less)


def fresh_or_none(model: BalanceModel) -> FloatArray | None:
    try:
        return solve_model(model, FAST, OPTIONS).answer.x
    except ModelInfeasible:
        return None


@pytest.mark.parametrize("change", CHANGES)
def test_a_changed_model_gives_the_same_targets_warm_and_fresh(change) -> None:
    compared = 0
    for seed in range(24):
        rng = np.random.default_rng(seed)
        model = random_model(seed, soft=seed % 3 > 0).scaled()
        if fresh_or_none(model) is None:
            continue
        state = solve_warm(model, FAST, OPTIONS)
        changed = change(model, rng)
        truth = fresh_or_none(changed)
        if truth is None:
            with pytest.raises(ModelInfeasible):
                resolve(changed, state, FAST, OPTIONS)
            continue
        again = resolve(changed, state, FAST, OPTIONS)
        np.testing.assert_allclose(again.solved.answer.x, truth, rtol=0, atol=1e-9)
        for warm, fresh in zip(again.solved.tiers, solve_model(changed, FAST, OPTIONS).tiers, strict=True):
            assert warm.largest == pytest.approx(fresh.largest, abs=1e-9), seed
            assert warm.total == pytest.approx(fresh.total, abs=1e-8), seed
        back = resolve(model, again, FAST, OPTIONS)
        np.testing.assert_allclose(back.solved.answer.x, state.solved.answer.x, rtol=0, atol=1e-9)
        compared += 1
    assert compared >= 8


def test_a_new_rule_that_binds_nothing_keeps_the_prices_of_the_tiers_that_gave_way() -> None:
    gave_way = 0
    for seed in range(100):
        model = random_model(seed).scaled()
        if is_small(model) or fresh_or_none(model) is None:
            continue
        state = solve_warm(model, FAST, OPTIONS)
        more = one_more_rule(model, np.random.default_rng(seed))
        more = replace(more, rows=replace(more.rows, upper=np.append(more.rows.upper[:-1], 1e4)))
        again = resolve(more, state, FAST, OPTIONS)
        np.testing.assert_allclose(again.solved.answer.x, state.solved.answer.x, rtol=0, atol=1e-9)
        for tier in again.solved.tiers:
            assert set(tier.solved_by) <= {KEPT}, seed
            gave_way += len(tier.stages) > 0
    assert gave_way >= 10


def test_prices_are_found_again_by_key_in_any_order_and_lost_with_their_row() -> None:
    old, price = np.array([7, 3, 9, 5]), np.array([0.5, -2.0, 0.0, 1.0])
    carried = carried_over(old, price, np.array([1, 3, 5, 8, 9, 10]))
    np.testing.assert_array_equal(carried, [0.0, -2.0, 1.0, 0.0, 0.0, 0.0])
    assert carried_over(old, price, old) is price


def test_a_chain_of_changes_never_drifts() -> None:
    rng = np.random.default_rng(1)
    model = random_model(4).scaled()
    state = solve_warm(model, FAST, OPTIONS)
    for _ in range(15):
        model = changed_bounds(changed_anchors(model, rng), rng)
        truth = fresh_or_none(model)
        if truth is None:
            break
        state = resolve(model, state, FAST, OPTIONS)
        np.testing.assert_allclose(state.solved.answer.x, truth, rtol=0, atol=1e-9)
