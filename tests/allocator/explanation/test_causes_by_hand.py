"""Steps worked by hand, and steps beside what dropping the rule does."""

from typing import Any

import numpy as np
import pytest

from allocator.anchors.build import build_anchors
from allocator.explanation.counterfactuals import Forbidden, solve_case, solve_with
from allocator.explanation.effects import effects_at
from allocator.explanation.waterfall import STEPS, StepAmounts, step_amounts
from allocator.model.instances import spell_out
from allocator.model.labels import Labels, label_plan
from allocator.model.problem import build_problem
from allocator.pipeline import Solved
from solver_models.engines.base import EngineOptions
from solver_models.engines.highs import HighsEngine
from solver_models.solve import solve_model
from tests.allocator.explanation.random_plans import MEASURE, random_plan, solve
from tests.nasty_plans import NastyPlan

RULES = ("own_rules", "team_and_region_rules", "fairness", "pins", "shared_load")
ENGINE, OPTIONS = HighsEngine(), EngineOptions()


def explained(
    rules: list[dict[str, Any]], total: float, sales: dict[tuple[str, str], float]
) -> tuple[Any, ...]:
    """Steps of a company whose reps (one region each) sold these amounts last year."""
    seats = dict.fromkeys(rep for rep, _ in sales)
    org = [{"node_id": "c", "level": "company", "name": "C"}]
    for rep in seats:
        org.append({"node_id": f"R{rep}", "parent_id": "c", "level": "region", "name": f"R{rep}"})
        org.append({"node_id": rep, "parent_id": f"R{rep}", "level": "rep", "name": rep})
    margins = {"p": 0.34, "q": 0.36}
    plan = NastyPlan(
        {
            "plan": "by-hand",
            "start": "2024-01",
            "months": 12,
            "measures": {"m": {"unit": "USD", "round_to": 1, "total": total}},
            "baseline": {"history": 1.0},
            "seasonality": "even",
        },
        {
            "org": org,
            "products": [{"product_id": p, "name": p, "margin": margin} for p, margin in margins.items()],
            "history": [
                {
                    "period": f"2023-{k:02d}",
                    "node_id": r,
                    "product_id": p,
                    "measure": "m",
                    "amount": amount / 12,
                }
                for (r, p), amount in sales.items()
                for k in range(1, 13)
            ],
            "rules": [
                {"measure": "m", "tier": "hard", "owner": "CFO", "product_id": "*"} | rule for rule in rules
            ],
        },
    ).read()
    labels = label_plan(plan)
    anchors = build_anchors(plan, labels, "m")
    problem = build_problem(plan, labels, "m", anchors, spell_out(plan, labels, "m", anchors))
    found = solve_model(problem.model.scaled(), ENGINE, OPTIONS)
    unrounded = np.zeros(labels.grid.n_cell)
    unrounded[problem.cell] = found.answer.x * found.balanced.unit
    answer = Solved(anchors, problem, found.balanced, found.answer, found.tiers, unrounded)
    return labels, answer, step_amounts(labels, anchors, problem, answer.balanced, answer.pushing)


def steps_at(labels: Labels, steps: StepAmounts, node: str, product: str) -> dict[str, float]:
    at = labels.node_code[node], labels.product_code[product]
    found = {name: float(steps.amount[STEPS.index(name)][at]) for name in RULES}
    return {name: amount for name, amount in found.items() if abs(amount) > 1e-3}


def test_a_profit_rule_moves_products_and_nobody_s_total() -> None:
    link = {"rule_id": "profit", "kind": "link", "node_id": "c", "basis": "margin", "min": 140_200}
    sales = {(rep, p): 100_000.0 for rep in "ab" for p in "pq"}
    labels, _, steps = explained([link], 400_000, sales)
    for node in ("c", "a", "b"):
        assert steps_at(labels, steps, node, "*") == {}
    # .34 (200,000 - d) + .36 (200,000 + d) = 140,200 gives d = 10,000, half of it with each rep
    for node, step, moved in (("c", "own_rules", 10_000), ("a", "team_and_region_rules", 5_000)):
        assert steps_at(labels, steps, node, "p") == pytest.approx({step: -moved})
        assert steps_at(labels, steps, node, "q") == pytest.approx({step: moved})


def test_the_soft_rule_that_pushes_has_the_step_and_not_the_ceiling_that_stops_it() -> None:
    rules = [
        {"rule_id": "push", "kind": "range", "node_id": "Ra", "min": 300, "basis": "amount", "tier": 1},
        {"rule_id": "stop", "kind": "capacity", "node_id": "Ra", "max": 250, "basis": "amount"},
    ]
    labels, answer, steps = explained(rules, 600, {("a", "p"): 200.0, ("b", "p"): 200.0, ("d", "p"): 200.0})
    assert answer.unrounded[0] == pytest.approx(250)
    assert steps_at(labels, steps, "Ra", "*") == pytest.approx({"own_rules": 50})
    assert steps.rule_ids[steps.strongest[STEPS.index("own_rules"), labels.node_code["Ra"], 0]] == "push"
    assert steps_at(labels, steps, "b", "*") == pytest.approx({"shared_load": -25})
    place = labels.node_code["Ra"] * len(labels.product_id)
    effects = effects_at(labels, answer.problem, answer.balanced, answer.pushing, place)
    assert effects == pytest.approx({"push": 50}), "the ceiling holds, and moves nothing"


def test_equal_reps_have_equal_steps() -> None:
    rules = [
        {"rule_id": "cap", "kind": "capacity", "node_id": "a", "max": 150, "basis": "amount"},
        {"rule_id": "also", "kind": "capacity", "node_id": "b", "max": 150, "basis": "amount"},
        {"rule_id": "fair", "kind": "fairness", "level": "rep", "min": -0.3, "max": 0.3, "basis": "anchor"},
    ]
    labels, _, steps = explained(rules, 800, {(rep, "p"): 200.0 for rep in "abde"})
    assert steps_at(labels, steps, "a", "*") == pytest.approx(steps_at(labels, steps, "b", "*"))
    assert steps_at(labels, steps, "d", "*") == pytest.approx({"shared_load": 50})


def test_steps_have_the_sign_of_dropping_the_rule_where_dropping_changes_anything() -> None:
    right, wrong, ratios = 0, 0, []
    for seed in range(30):
        found = solve(random_plan(seed))
        if found is None:
            continue
        labels, answer = found
        case = solve_case(random_plan(seed), labels, MEASURE, answer, ENGINE, OPTIONS)
        table, total = answer.problem.instances, labels.grid.roll_up(answer.unrounded)[0, 0]
        drops: dict[str, Any] = {}
        for node in np.flatnonzero(labels.grid.org.depth > 0).tolist():
            place = node * len(labels.product_id)
            moved = effects_at(labels, answer.problem, answer.balanced, answer.pushing, place)
            for rule in sorted(moved, key=lambda name: -abs(moved[name]))[:3]:
                if rule not in drops:
                    drops[rule] = solve_with(case, table[table["rule_id"] != rule])
                if isinstance(drops[rule], Forbidden) or abs(moved[rule]) < 1e-4 * total:
                    continue
                change = labels.grid.roll_up_plain(
                    (answer.unrounded - drops[rule].unrounded) / labels.grid.cell_factor
                )[node, 0]
                if abs(change) > 1e-6 * total:
                    right, wrong = right + (change * moved[rule] > 0), wrong + (change * moved[rule] < 0)
                    ratios.append(change / moved[rule])
    assert right + wrong > 100
    assert right / (right + wrong) > 0.9
    quarter, three_quarters = np.quantile(ratios, [0.25, 0.75])
    assert 0.3 < quarter < three_quarters < 1.5
