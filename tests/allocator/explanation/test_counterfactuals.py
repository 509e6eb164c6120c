"""Prices against finite differences; dropped rules and appeals against solving from scratch."""

from dataclasses import replace

import numpy as np
import pytest

from allocator.explanation.counterfactuals import (
    APPEAL,
    Case,
    Forbidden,
    appeal,
    carried_within,
    carriers,
    imbalance,
    price_of_a_step,
    solve_case,
    solve_with,
    step_of,
    strongest_by_dropping,
)
from solver_models.engines.base import EngineOptions
from solver_models.engines.highs import HighsEngine
from tests.allocator.explanation.random_plans import MEASURE, random_plan, solve

SEEDS = [*range(200, 235), 245, 282, 289]


def hard_case(seed: int) -> Case | None:
    """A random plan whose rules are all hard; None if it is impossible."""
    plan = random_plan(seed)
    plan = replace(plan, rules=plan.rules.assign(tier="hard"))
    found = solve(plan)
    return None if found is None else solve_case(plan, *_measured(found), HighsEngine(), EngineOptions())


def _measured(found):
    labels, solved = found
    return labels, MEASURE, solved


CASES = [(seed, case) for seed in SEEDS if (case := hard_case(seed)) is not None]
BOUND = [
    pytest.param(case, rule_id, id=f"seed {seed} {rule_id}")
    for seed, case in CASES
    for rule_id in dict.fromkeys(case.result.rules.loc[case.result.rules["price"].abs() > 1e-6, "rule_id"])
    if rule_id != "pin"
]


def relaxed(case: Case, rule_id: str, by: float) -> float:
    """Imbalance after every priced side of a rule moved outwards by `by` in its own terms."""
    table = case.solved.problem.instances
    own, price = (table["rule_id"] == rule_id).to_numpy(), case.result.rules["price"].to_numpy()
    slope = np.where(table["kind"].isin(["growth", "commitment"]), table["base"], 1.0) * by
    lower = table["lower"] - np.where(own & (price > 0), slope, 0)
    upper = table["upper"] + np.where(own & (price < 0), slope, 0)
    again = solve_with(case, table.assign(lower=lower, upper=upper))
    return np.nan if isinstance(again, Forbidden) else imbalance(again.problem, again.unrounded)


def test_enough_rules_of_every_kind_bind_in_the_random_plans():
    kinds = {k for _, case in CASES for k in case.result.rules.loc[case.result.rules["price"] != 0, "kind"]}
    assert len(BOUND) > 20
    assert {"range", "capacity", "growth", "fairness", "commitment", "mix", "link"} <= kinds


@pytest.mark.parametrize(("case", "rule_id"), BOUND)
def test_a_price_lies_between_the_differences_of_relaxing_and_tightening(case, rule_id):
    """The imbalance is convex in a bound, so the slopes on both sides enclose every valid price."""
    before = imbalance(case.solved.problem, case.solved.unrounded)
    step = step_of(case, rule_id) * 1e-2
    price = price_of_a_step(case, rule_id) / step_of(case, rule_id) * step
    frees = before - relaxed(case, rule_id, step)
    costs = relaxed(case, rule_id, -step) - before
    slack = 1e-3 * max(price, abs(frees)) + 1e-7 * before
    assert frees <= price + slack
    assert np.isnan(costs) or price <= costs + slack


@pytest.mark.parametrize(
    ("seed", "case"), CASES[:12], ids=lambda value: str(value) if type(value) is int else ""
)
def test_dropping_a_rule_gives_what_a_plan_without_the_rule_gives(seed, case):
    for dropped in strongest_by_dropping(case, 1, 0):
        plan = case.plan
        rest = plan.rules[plan.rules["rule_id"] != dropped.rule_id]
        pins = plan.pins.iloc[:0] if dropped.rule_id == "pin" else plan.pins
        without = replace(plan, rules=rest, pins=pins)
        found = solve(without)
        assert found is not None
        fresh = solve_case(without, found[0], MEASURE, found[1], HighsEngine(), EngineOptions())
        np.testing.assert_allclose(fresh.targets, dropped.change.targets)
        assert (
            dropped.change.imbalance
            <= 1e-6 * abs(imbalance(case.solved.problem, case.solved.unrounded)) + 1e-6
        )


@pytest.mark.parametrize(
    ("seed", "case"), CASES[:12], ids=lambda value: str(value) if type(value) is int else ""
)
def test_an_appeal_is_met_exactly_and_what_it_takes_away_is_carried_by_others(seed, case):
    grid = case.labels.grid
    rep = int(grid.org.leaf[0])
    change = appeal(case, rep, 0, -0.1)
    if isinstance(change, Forbidden):
        assert APPEAL in change.rule_ids
        assert change.short_by > 0
        return
    wanted = round(case.targets[rep, 0] * 0.9 / case.unit) * case.unit
    assert change.targets[rep, 0] == pytest.approx(wanted)
    assert change.targets[0, 0] == case.targets[0, 0]
    within = sum(delta for _, delta in carried_within(case, change, rep, 0))
    assert within == pytest.approx(sum(delta for _, delta in carriers(case, change, rep, 0)))
    if not grid.over_assignment.any():
        assert within == pytest.approx(-change.delta[rep, 0])
    assert change.imbalance >= -1e-6


def test_an_appeal_that_a_pin_above_forbids_names_the_pin():
    _, case = CASES[0]
    labels, plan, region = case.labels, case.plan, case.labels.node_id[1]
    pins = plan.pins.iloc[:0].copy()
    pins.loc[0] = {
        "node_id": region,
        "product_id": "*",
        "measure": MEASURE,
        "reason": "",
        "owner": "boss",
    } | {"amount": case.targets[1, 0]}
    found = solve(replace(plan, pins=pins, rules=plan.rules.iloc[:0]))
    assert found is not None
    pinned = solve_case(plan, labels, MEASURE, found[1], HighsEngine(), EngineOptions())
    change = appeal(pinned, 1, labels.product_code["solo"], 10.0)
    assert isinstance(change, Forbidden)
    assert f"pin {region} *" in change.rule_ids
