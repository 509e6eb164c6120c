"""Waterfalls of hundreds of random plans: they add up, at every node and in whole units."""

from functools import cache

import numpy as np
import pytest

from allocator.explanation.moves import STEPS, rule_moves
from allocator.explanation.waterfall import StepAmounts, step_amounts
from allocator.model.labels import Labels
from allocator.phases import Phases
from allocator.pipeline import Solved, round_measure
from tests.allocator.explanation.random_plans import MEASURE, random_plan, solve

BATCHES = [list(range(start, start + 20)) for start in range(0, 200, 20)]
OWN, TEAM, OVER = (STEPS.index(name) for name in ("own_rules", "team_and_region_rules", "over_assignment"))


@cache
def solved(seed: int) -> tuple[Labels, Solved] | None:
    return solve(random_plan(seed))


def possible(batch: list[int]) -> list[tuple[int, Labels, Solved]]:
    found = [(seed, solved(seed)) for seed in batch]
    answers = [(seed, *answer) for seed, answer in found if answer is not None]
    assert len(answers) > len(batch) // 2, "most random plans are possible"
    return answers


def steps_of(labels: Labels, answer: Solved) -> StepAmounts:
    return step_amounts(labels, answer.anchors, answer.problem, answer.balanced, answer.answer)


@pytest.mark.parametrize("batch", BATCHES, ids=lambda batch: f"seeds {batch[0]}..{batch[-1]}")
def test_steps_add_up_to_the_target_in_whole_units_at_every_node_and_product(batch):
    for seed, labels, answer in possible(batch):
        plan = random_plan(seed)
        result = round_measure(plan, labels, MEASURE, answer, Phases())
        units = result.waterfall.units
        np.testing.assert_array_equal(units.sum(axis=0), result.target_units, err_msg=f"seed {seed}")
        products = labels.grid.products
        n_leaf = np.where(np.arange(len(products)) > 0, products.leaf_end - products.leaf_start, 1)
        assert np.all(np.abs(units[-1]) <= np.maximum(n_leaf, 1)), (
            f"seed {seed}: rounding is more than rounding"
        )


@pytest.mark.parametrize("batch", BATCHES[:5], ids=lambda batch: f"seeds {batch[0]}..{batch[-1]}")
def test_the_steps_of_a_node_are_the_sums_of_its_reps_steps(batch):
    for seed, labels, answer in possible(batch):
        grid, amount = labels.grid, steps_of(labels, answer).amount
        total = grid.roll_up(answer.unrounded)
        np.testing.assert_allclose(amount.sum(axis=0), total, atol=1e-6 * total[0, 0], err_msg=f"seed {seed}")
        shared = np.delete(amount, [OWN, TEAM, OVER], axis=0)
        both = np.concatenate([shared, amount[[OWN, TEAM]].sum(axis=0)[None]])
        for node in range(len(grid.org)):
            reps = grid.org.leaf[grid.org.leaf_start[node] : grid.org.leaf_end[node]]
            np.testing.assert_allclose(
                both[:, node], both[:, reps].sum(axis=1), atol=1e-6 * total[0, 0], err_msg=f"seed {seed}"
            )
        assert np.allclose(amount[OVER][0], 0), "the company is not over-assigned"
        assert np.allclose(amount[TEAM][0], 0), "nothing stands above the company"


@pytest.mark.parametrize("batch", BATCHES[:5], ids=lambda batch: f"seeds {batch[0]}..{batch[-1]}")
def test_the_rule_that_a_step_names_moved_it_most(batch):
    for seed, labels, answer in possible(batch):
        steps = steps_of(labels, answer)
        named = {
            (STEPS[s], v, q): steps.rule_ids[steps.strongest[s, v, q]]
            for s, v, q in zip(*np.nonzero(steps.strongest >= 0), strict=True)
        }
        effects = effects_by_brute_force(labels, answer)
        for (step, v, q), by_rule in effects.items():
            largest = max(by_rule.values(), key=abs)
            if abs(largest) < 1e-6:
                continue
            chosen = named[step, v, q]
            assert abs(by_rule[chosen]) >= abs(largest) - 1e-6, f"seed {seed}: {step} of {v}, {q}: {by_rule}"


@pytest.mark.parametrize("batch", BATCHES[:5], ids=lambda batch: f"seeds {batch[0]}..{batch[-1]}")
def test_the_moves_of_all_rules_lead_from_the_anchor_to_the_answer_in_every_cell(batch):
    for seed, labels, answer in possible(batch):
        moves = rule_moves(labels, answer.problem, answer.balanced, answer.answer)
        moved = sum(move.amount for move in moves)
        wanted = answer.unrounded - answer.anchors.anchor
        size = answer.anchors.anchor.sum()
        np.testing.assert_allclose(moved, wanted, atol=1e-7 * size, err_msg=f"seed {seed}")


def effects_by_brute_force(labels: Labels, answer: Solved) -> dict[tuple[str, int, int], dict[str, float]]:
    """(step, node, product) -> rule -> amount, from dense rows with the peer groups' totals put in."""
    problem, balanced, grid = answer.problem, answer.balanced, labels.grid
    n, dense, price = balanced.n_cell, balanced.rows.matrix.toarray(), answer.answer.price
    ledger = problem.ledger.iloc[balanced.rows.source]
    kinds, instances = ledger["kind"].tolist(), ledger["instance"].tolist()
    total_of = {}
    for row in [k for k, kind in enumerate(kinds) if kind == "group"]:
        column = n + int(np.flatnonzero(dense[row, n:])[0])
        total_of[column] = -dense[row, :n] / dense[row, column]
    moved: dict[tuple[str, str, int], np.ndarray] = {}
    for row, (kind, instance) in enumerate(zip(kinds, instances, strict=True)):
        if instance < 0 or price[row] == 0:
            continue
        cells = dense[row, :n].copy()
        for column, of_cells in total_of.items():
            cells += dense[row, column] * of_cells
        name = problem.instances["rule_id"].iat[instance]
        step = {"fairness": "fairness", "pin": "pins"}.get(kind, "")
        depth = grid.org.depth[ledger["node"].iat[row]]
        key = (name, step, int(depth))
        moved[key] = moved.get(key, 0) + cells * price[row] * balanced.weight * balanced.unit
    held = (answer.answer.x - balanced.anchor - balanced.weight * (dense.T @ price)[:n]) * balanced.unit
    for k in range(n):
        side = 0 if held[k] > 0 else 1
        instance = problem.bound_by[side, problem.cell[k]]
        bound = (problem.lower, problem.upper)[side][problem.cell[k]]
        if instance < 0 or abs(answer.answer.x[k] * balanced.unit - bound) > 1e-5 * max(1, bound):
            continue
        step = "pins" if problem.instances["kind"].iat[instance] == "pin" else ""
        key = (problem.instances["rule_id"].iat[instance], step, int(grid.org.depth.max()))
        moved.setdefault(key, np.zeros(n))[k] += held[k]
    effects: dict[tuple[str, int, int], dict[str, float]] = {}
    for (name, step, depth), cells in moved.items():
        by_node = grid.roll_up_plain(_whole(grid.n_cell, problem.cell, cells) / grid.cell_factor)
        for v in range(len(grid.org)):
            at = step or ("own_rules" if grid.org.depth[v] <= depth else "team_and_region_rules")
            for q in range(len(grid.products)):
                rules = effects.setdefault((at, v, q), {})
                rules[name] = rules.get(name, 0.0) + by_node[v, q]
    return effects


def _whole(size: int, at: np.ndarray, values: np.ndarray) -> np.ndarray:
    full = np.zeros(size)
    full[at] = values
    return full
