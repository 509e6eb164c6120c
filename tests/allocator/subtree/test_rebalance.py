from dataclasses import replace

import numpy as np
import pytest

from allocator.errors import InfeasiblePlan, InputFaults
from allocator.model.labels import Labels
from allocator.phases import Phases
from allocator.pipeline import round_measure
from allocator.plan import tables
from allocator.plan.plan import Plan
from allocator.subtree.rebalance import rebalance_subtree
from solver_models.engines.highs import HighsEngine
from tests.allocator.explanation.random_plans import MEASURE, random_plan, solve
from tests.allocator.results.allocations import frame
from tests.languages import not_in_both

SEEDS = range(40)


def standing(seed: int) -> tuple[Plan, Labels, np.ndarray, np.ndarray] | None:
    """A random plan with its rounded targets (units) and its unrounded cells."""
    plan = random_plan(seed)
    solved = solve(plan)
    if solved is None:
        return None
    labels, answer = solved
    return plan, labels, round_measure(plan, labels, MEASURE, answer, Phases()).target_units, answer.unrounded


def inner_nodes(labels: Labels) -> list[int]:
    return [v for v in range(len(labels.node_id)) if not labels.grid.org.is_leaf[v]]


def with_pin(plan: Plan, node_id: str, product_id: str, amount: float) -> Plan:
    pin = {
        "node_id": node_id,
        "product_id": product_id,
        "measure": MEASURE,
        "amount": amount,
        "owner": "boss",
    }
    kept = plan.pins[(plan.pins["node_id"] != node_id) | (plan.pins["product_id"] != product_id)]
    rows = [*kept.to_dict("records"), pin]
    return replace(plan, pins=frame(tables.PINS, rows))


@pytest.mark.parametrize("seed", SEEDS)
def test_without_a_new_wish_the_frame_stays_and_nobody_moves_by_more_than_rounding(seed):
    found = standing(seed)
    if found is None:
        return
    plan, labels, units, unrounded = found
    # a missed tier is settled again for the subtree alone; over-assigned levels were rounded one by one
    is_comparable = all(tier.largest <= 0 for tier in solve(plan)[1].tiers) and not plan.spec.over_assignment
    unit = float(plan.spec.measures[MEASURE].round_to)
    org = labels.grid.org
    for node in inner_nodes(labels):
        again = rebalance_subtree(plan, MEASURE, labels.node_id[node], units, HighsEngine())
        inside = np.arange(node, int(org.subtree_end[node]))
        outside = np.setdiff1d(np.arange(len(org)), inside)
        np.testing.assert_array_equal(again.units[outside], units[outside])
        np.testing.assert_array_equal(again.units[node], units[node])
        if is_comparable:
            assert np.abs(again.unrounded - unrounded).max() <= 3 * labels.grid.n_product * unit
        assert (
            np.abs(again.units - labels.grid.roll_up(again.unrounded) / unit)[inside[1:], 0].max() < 1 + 1e-6
        )


@pytest.mark.parametrize("seed", SEEDS)
def test_a_pin_below_the_node_is_kept_and_paid_for_below_the_node_alone(seed):
    found = standing(seed)
    if found is None:
        return
    plan, labels, units, _ = found
    org, unit = labels.grid.org, float(plan.spec.measures[MEASURE].round_to)
    plan = replace(plan, rules=plan.rules.iloc[:0], pins=plan.pins.iloc[:0])
    for node in inner_nodes(labels):
        reps = [v for v in range(node, int(org.subtree_end[node])) if org.is_leaf[v] and units[v, 0] > 0]
        if len(reps) < 2:
            continue
        rep = reps[0]
        wanted = int(units[rep, 0] * 0.9)
        pinned = with_pin(plan, labels.node_id[rep], "*", wanted * unit)
        again = rebalance_subtree(pinned, MEASURE, labels.node_id[node], units, HighsEngine())
        assert again.units[rep, 0] == wanted
        np.testing.assert_array_equal(again.units[node], units[node])
        outside = np.setdiff1d(np.arange(len(org)), np.arange(node, int(org.subtree_end[node])))
        np.testing.assert_array_equal(again.units[outside], units[outside])


def test_more_than_the_frame_holds_is_refused_with_what_the_frame_would_have_to_be():
    plan, labels, units, _ = next(found for seed in SEEDS if (found := standing(seed)) is not None)
    plan = replace(plan, rules=plan.rules.iloc[:0], pins=plan.pins.iloc[:0])
    unit = float(plan.spec.measures[MEASURE].round_to)
    node = inner_nodes(labels)[-1]
    rep = node + 1
    product = int(labels.grid.products.leaf[np.argmax(units[rep, labels.grid.products.leaf])])
    wanted = int(units[node, product]) * 2 + 7
    greedy = with_pin(plan, labels.node_id[rep], labels.product_id[product], wanted * unit)
    with pytest.raises(InfeasiblePlan) as refused:
        rebalance_subtree(greedy, MEASURE, labels.node_id[node], units, HighsEngine())
    factor = labels.grid.street_factor[node] / labels.grid.street_factor[rep]
    (row,) = refused.value.diagnosis["frame"]
    assert row["product_id"] == labels.product_id[product]
    assert row["needed"] == pytest.approx(wanted * unit * factor)
    assert row["gap"] == pytest.approx(row["needed"] - row["present"])
    assert labels.node_id[node] in refused.value.diagnosis["text"]["zh"]


def test_pins_that_contradict_each_other_whatever_the_frame_are_called_a_contradiction():
    plan, labels, units, _ = next(found for seed in SEEDS if (found := standing(seed)) is not None)
    plan = replace(plan, rules=plan.rules.iloc[:0], pins=plan.pins.iloc[:0])
    node = inner_nodes(labels)[-1]
    rep, leaf = labels.node_id[node + 1], labels.leaf_product_id[0]
    plan = with_pin(with_pin(plan, rep, leaf, 500.0), rep, "*", 100.0)
    with pytest.raises(InfeasiblePlan) as refused:
        rebalance_subtree(plan, MEASURE, labels.node_id[node], units, HighsEngine())
    assert refused.value.diagnosis["frame"] == []
    assert "contradict" in refused.value.diagnosis["summary"]


def test_a_rep_or_an_unknown_node_has_nothing_to_balance():
    plan, labels, units, _ = next(found for seed in SEEDS if (found := standing(seed)) is not None)
    for name in ("nobody", labels.rep_id[0]):
        with pytest.raises(InputFaults) as refused:
            rebalance_subtree(plan, MEASURE, name, units, HighsEngine())
        assert refused.value.faults[0].code == "no-subtree"
        assert not_in_both(refused.value.faults) == []


def test_numbers_that_do_not_add_up_are_not_a_standing_allocation():
    plan, labels, units, _ = next(found for seed in SEEDS if (found := standing(seed)) is not None)
    broken = units.copy()
    broken[0, 0] += 1
    with pytest.raises(ValueError, match="add up"):
        rebalance_subtree(plan, MEASURE, labels.node_id[0], broken, HighsEngine())
