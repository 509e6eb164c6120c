"""Scenarios solved from the answer of their base are those solved afresh, whatever was asked before."""

import numpy as np
import pytest

from allocator.errors import InfeasiblePlan, InputFaults
from allocator.plan.faults import FaultCollector
from allocator.plan.plan import Plan
from scenarios.changes.kinds import read_changes
from scenarios.family import PlanFamily
from scenarios.scenario import Chain, Scenario
from scenarios.solving import Solution
from solver_models.engines.choice import choose_engine
from tests.allocator.explanation.random_plans import MEASURE, random_plan

SEEDS = range(100, 140)


def random_chains(plan: Plan, seed: int) -> list[Chain]:
    """Changes of totals, rules, pins and weights, at random."""
    rng = np.random.default_rng(seed)
    written: list[dict[str, object]] = [
        {"kind": "scale_total", "measure": MEASURE, "factor": float(rng.uniform(0.97, 1.03))},
        {"kind": "set_blend", "history": 0.9, "potential": 0.05, "commitment": 0.05},
    ]
    for rule in plan.rules["rule_id"].sample(min(3, len(plan.rules)), random_state=seed):
        kinds = [
            {"kind": "drop_rule", "rule_id": rule},
            {"kind": "relax_rule", "rule_id": rule, "widen": "0.02"},
            {"kind": "relax_rule", "rule_id": rule, "tier": int(rng.integers(1, 4))},
        ]
        written += [kinds[int(rng.integers(0, 3))]]
    for pin in plan.pins[["node_id", "product_id"]].itertuples(index=False):
        written.append(
            {"kind": "drop_pin", "measure": MEASURE, "node": pin.node_id, "product": pin.product_id or "*"}
        )
    faults = FaultCollector()
    changes = [read_changes([one], "random", faults) for one in written]
    faults.raise_if_any()
    return [(Scenario(f"s{k}", one),) for k, one in enumerate(changes)]


def answer(family: PlanFamily, plan: Plan, chain: Chain) -> Solution | str:
    try:
        return family.solve(family.changed(plan, chain))
    except InfeasiblePlan:
        return "infeasible"
    except InputFaults:
        return "at fault"


@pytest.mark.parametrize("seed", SEEDS)
def test_a_scenario_of_a_random_plan_is_what_a_fresh_solve_gives(seed: int) -> None:
    plan, engine = random_plan(seed), choose_engine("auto")
    warm = PlanFamily(engine, rounded=True, base=plan)
    fresh = PlanFamily(engine, rounded=True)
    for chain in random_chains(plan, seed):
        one, other = answer(warm, plan, chain), answer(fresh, plan, chain)
        if isinstance(one, str) or isinstance(other, str):
            assert one == other
            continue
        for left, right in zip(one.measures, other.measures, strict=True):
            size = np.maximum(right.cells, right.cells.mean())
            assert np.all(np.abs(left.cells - right.cells) <= 1e-9 * size)
            np.testing.assert_array_equal(left.amounts, right.amounts)
            assert left.violations == pytest.approx(right.violations, abs=1e-9)


@pytest.mark.parametrize("seed", SEEDS[:8])
def test_the_order_of_scenarios_changes_no_bit(seed: int) -> None:
    plan, engine = random_plan(seed), choose_engine("auto")
    chains = random_chains(plan, seed)
    forth, back = (PlanFamily(engine, rounded=False, base=plan) for _ in range(2))
    there = [answer(forth, plan, chain) for chain in chains]
    here = [answer(back, plan, chain) for chain in reversed(chains)][::-1]
    for one, other in zip(there, here, strict=True):
        if isinstance(one, str) or isinstance(other, str):
            assert one == other
            continue
        for left, right in zip(one.measures, other.measures, strict=True):
            assert left.cells.tobytes() == right.cells.tobytes()
