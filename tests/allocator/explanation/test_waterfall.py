"""Waterfalls of hundreds of random plans: they add up, at every node and in whole units."""

from functools import cache

import numpy as np
import pytest

from allocator.explanation.moves import STEPS, fixed_totals, held_by, rule_moves
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
    return step_amounts(labels, answer.anchors, answer.problem, answer.balanced, answer.pushing)


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
def test_steps_lead_to_the_target_and_no_rule_moves_a_total_that_is_fixed(batch):
    for seed, labels, answer in possible(batch):
        grid, amount = labels.grid, steps_of(labels, answer).amount
        total = grid.roll_up(answer.unrounded)
        np.testing.assert_allclose(amount.sum(axis=0), total, atol=1e-6 * total[0, 0], err_msg=f"seed {seed}")
        rules = amount[OWN : STEPS.index("shared_load") + 1, 0, 0]
        np.testing.assert_allclose(rules, 0.0, atol=1e-9 * total[0, 0], err_msg=f"seed {seed}")
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
        size = answer.anchors.anchor.sum()
        for (step, v, q), by_rule in effects_by_brute_force(labels, answer).items():
            where = f"seed {seed}: {step} of {v}, {q}: {by_rule}"
            assert steps.amount[STEPS.index(step), v, q] == pytest.approx(
                sum(by_rule.values()), abs=1e-5 * size
            ), where
            by_rule.pop("", None)
            largest = max(by_rule.values(), key=abs, default=0.0)
            if abs(largest) > 1e-6 * size:
                assert abs(by_rule[named[step, v, q]]) >= abs(largest) - 1e-6 * size, where


@pytest.mark.parametrize("batch", BATCHES[:5], ids=lambda batch: f"seeds {batch[0]}..{batch[-1]}")
def test_no_floor_lowers_and_no_ceiling_raises_what_it_holds(batch):
    for seed, labels, answer in possible(batch):
        problem, balanced, point = answer.problem, answer.balanced, answer.pushing
        held = held_by(labels, problem, balanced, point)
        moves = rule_moves(labels, problem, balanced, point, held)
        assert all(move.rule_id or move.step == OWN for move in moves if len(move.line))
        pushed = held.distance[held.n_total :] * point.price[held.row[held.n_total :]]
        assert (pushed > 0).all(), f"seed {seed}"
        rows = balanced.rows
        size = np.abs(point.price).max(initial=0.0)
        activity = rows.matrix @ np.concatenate([answer.answer.x, answer.answer.free])
        stated = stated_sides(problem, rows.source, balanced.unit)
        near = 1e-6 * np.maximum(np.abs(activity), 1.0)
        soft_part = np.isin(rows.part, [1])
        wrong = np.where(point.price > 0, activity > stated[0] + near, activity < stated[1] - near)
        assert not (wrong & (np.abs(point.price) > 1e-6 * size) & ~soft_part).any(), f"seed {seed}"


def stated_sides(problem, source, unit):
    """Lower and upper side of the rows as the plan states them, on the balanced model's scale."""
    rows, soft = problem.model.rows, problem.model.soft
    known = np.concatenate([rows.source, soft.source])
    line = np.zeros(known.max() + 1, np.int64)
    line[known] = np.arange(len(known))
    scale = problem.model.unit / unit
    return [
        np.concatenate([getattr(rows, side), getattr(soft, side)])[line[source]] * scale
        for side in ("lower", "upper")
    ]


def effects_by_brute_force(labels: Labels, answer: Solved) -> dict[tuple[str, int, int], dict[str, float]]:
    """(step, node, product) -> rule -> amount, from dense rows: least squares with everything held."""
    problem, balanced, grid = answer.problem, answer.balanced, labels.grid
    n, unit, point = balanced.n_cell, balanced.unit, answer.pushing
    ledger = problem.ledger.iloc[balanced.rows.source]
    kind, instance = ledger["kind"].to_numpy(object), ledger["instance"].to_numpy()
    rows = rows_without_groups(balanced.rows.matrix.toarray(), kind, n)
    price = np.where(kind == "group", 0.0, point.price)
    way = point.x - balanced.anchor
    pull = way - balanced.weight * (rows.T @ price)
    pull[np.abs(pull) <= 1e-9 * np.maximum(balanced.weight, point.x)] = 0.0
    bound = np.where(pull > 0, problem.model.lower, problem.model.upper) / unit
    at = np.abs(point.x - bound) <= 1e-7 * np.maximum(balanced.weight, point.x)
    fixed_cell = at & (pull * way > 0)
    fixed_cell &= np.abs(way) > 1e-9 * balanced.weight
    weight = np.where(fixed_cell, 0.0, balanced.weight)
    is_total = np.isin(balanced.rows.source, fixed_totals(problem))
    distance = rows @ way
    reach = np.abs(rows) @ balanced.weight
    pushes = (price * distance > 0) & (np.abs(distance) > 1e-9 * reach) & ~is_total & (kind != "fairness")
    held = [*np.flatnonzero(is_total), *np.flatnonzero(pushes)]

    def effect(direct: np.ndarray, own: np.ndarray) -> np.ndarray:
        """Move `direct`, then the held rows as cheaply as can be: the totals exactly, the rest nearest."""
        total, rest = rows[is_total], rows[pushes]
        root = np.sqrt(weight)
        onto = np.eye(n) - np.linalg.pinv(total * root, rcond=1e-10) @ (total * root)
        first = np.linalg.pinv(total * root, rcond=1e-10) @ -(total @ direct)
        left = own - rest @ (direct + root * first)
        scaled = (rest * root) @ onto
        size = np.linalg.norm(scaled, axis=1)
        clear = size > 1e-8 * np.linalg.norm(rest * root, axis=1)
        size = np.where(clear, size, np.inf)
        then = (
            np.linalg.pinv(scaled / size[:, None], rcond=1e-6) @ (left / size) if len(rest) else np.zeros(n)
        )
        return direct + root * (first + onto @ then)

    moves: dict[tuple[str, str, int], list[int]] = {}
    for row in np.flatnonzero((price != 0) & ~is_total):
        rule_id = problem.instances["rule_id"].iat[instance[row]] if instance[row] >= 0 else ""
        step = {"fairness": "fairness", "pin": "pins"}.get(kind[row], "")
        depth = 0 if step else int(grid.org.depth[ledger["node"].iat[row]])
        moves.setdefault((rule_id, step, depth), []).append(int(row))
    effects: dict[tuple[str, int, int], dict[str, float]] = {}
    own_rows = np.flatnonzero(pushes)
    for (rule_id, step, depth), chosen in moves.items():
        free = [row for row in chosen if row not in held]
        direct = weight * (rows[free].T @ price[free])
        own = np.where(np.isin(own_rows, chosen), distance[own_rows], 0.0)
        covers = (np.abs(rows[chosen]) > 0).any(axis=0)
        book(labels, problem, effects, (rule_id, step, depth), covers, effect(direct, own) * unit)
    deepest = int(grid.org.depth.max())
    of_cell: dict[tuple[str, str, int], np.ndarray] = {}
    for k in np.flatnonzero(np.where(fixed_cell, way, pull)):
        by = problem.bound_by[0 if pull[k] > 0 else 1, problem.cell[k]]
        is_near = abs(point.x[k] - bound[k]) * unit <= 1e-7 * max(1.0, point.x[k] * unit)
        rule_id = problem.instances["rule_id"].iat[by] if by >= 0 and is_near else ""
        step = "pins" if rule_id == "pin" else ""
        of_cell.setdefault((rule_id, step, deepest), np.zeros(n))[k] = way[k] if fixed_cell[k] else pull[k]
    for key, direct in of_cell.items():
        moved = effect(direct, np.zeros(len(own_rows))) * unit
        book(labels, problem, effects, key, direct != 0, moved)
    return effects


def rows_without_groups(dense: np.ndarray, kind: np.ndarray, n: int) -> np.ndarray:
    """Cells of each row, the totals of peer groups put in."""
    cells = dense[:, :n].copy()
    for row in np.flatnonzero(kind == "group"):
        column = n + int(np.flatnonzero(dense[row, n:])[0])
        total = -dense[row, :n] / dense[row, column]
        others = np.flatnonzero((dense[:, column] != 0) & (kind != "group"))
        cells[others] += dense[others, column][:, None] * total
    return cells


def book(labels, problem, effects, key, covers, moved) -> None:
    """Count a move at every place above a cell that it covers."""
    rule_id, step, depth = key
    grid = labels.grid
    by_node = grid.roll_up_plain(_whole(grid.n_cell, problem.cell, moved) / grid.cell_factor)
    touched = grid.roll_up_plain(_whole(grid.n_cell, problem.cell, covers.astype(float))) > 0
    for v, q in zip(*np.nonzero(touched), strict=True):
        at = step or ("own_rules" if grid.org.depth[v] <= depth else "team_and_region_rules")
        rules = effects.setdefault((at, int(v), int(q)), {})
        rules[rule_id] = rules.get(rule_id, 0.0) + by_node[v, q]


def _whole(size: int, at: np.ndarray, values: np.ndarray) -> np.ndarray:
    full = np.zeros(size)
    full[at] = values
    return full
