"""Key figures of a solution: size, stretch, fairness, chances, cost, what binds, how far it moved."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np

from allocator.attainment.basis import chance_basis
from allocator.attainment.noise import Luck, learn_luck
from allocator.fairness.reps import SETTLED
from allocator.model.labels import Labels
from allocator.model.outcomes import STATUSES
from allocator.model.presence import absent_reps
from allocator.plan.plan import Plan
from scenarios.groundwork import Groundwork
from scenarios.solving import MeasureSolution, Solution
from solver_models.arrays import BoolArray, FloatArray, IntArray
from solver_models.attainment import chance, expected_multiple
from solver_models.inequality import gini, jain

KPIS = (
    "total",
    "last_year",
    "growth",
    "street",
    "over_assignment",
    "over_assignment_amount",
    "stretch_min",
    "stretch_p10",
    "stretch_median",
    "stretch_p90",
    "stretch_max",
    "rep_growth_max",
    "gini",
    "jain",
    "share_at_goal",
    "company_probability",
    "binding_rules",
    "relaxed_rules",
    "largest_violation",
    "marginal_price",
    "history_gap",
    "commitment_gap",
    "incentive_cost",
    "churn",
)
"""Names of all key figures; docs/scenarios.md says what each of them is."""
CHANCES = ("share_at_goal", "company_probability", "incentive_cost")
"""Key figures that rest on how sales may come out."""
BASE_YEAR = 1e-9
NOISE = 1e-12
"""A share below this is what a solver leaves behind."""


@dataclass(frozen=True)
class MeasureKpis:
    """Key figures of one measure.

    Parameters
    ----------
    values
        Name (see `KPIS`) -> number; None where it is not defined.
    by_node
        Targets of the nodes above the reps, by id, in tree order; amounts in the measure's unit.
    by_product
        The company's targets of every product and line, by id.
    chance_basis
        What the chances rest on (`allocator.attainment.basis`).
    """

    measure: str
    values: Mapping[str, float | None]
    by_node: Mapping[str, float]
    by_product: Mapping[str, float]
    chance_basis: Mapping[str, Any]


@dataclass(frozen=True)
class RepTargets:
    """Targets of the reps of a solution by id, to compare another one with.

    Parameters
    ----------
    node_id
        Ids of the reps.
    amount
        Measure -> shape (n_rep,).
    """

    node_id: tuple[str, ...]
    amount: Mapping[str, FloatArray]


def rep_targets(solution: Solution) -> RepTargets:
    """Keep what churn is counted against."""
    leaf = solution.labels.grid.org.leaf
    amount = {one.measure: one.amounts[leaf, 0].copy() for one in solution.measures}
    return RepTargets(solution.labels.rep_id, amount)


def measure_kpis(
    solution: Solution, ground: Groundwork, against: RepTargets | None = None
) -> tuple[MeasureKpis, ...]:
    """Work out the key figures of every measure.

    Parameters
    ----------
    against
        Targets that churn is counted against; without them it is not defined.
    """
    present = ~absent_reps(solution.plan, solution.labels)
    return tuple(_one(solution, one, present, ground, against) for one in solution.measures)


def _one(
    solution: Solution,
    one: MeasureSolution,
    present: BoolArray,
    ground: Groundwork,
    against: RepTargets | None,
) -> MeasureKpis:
    plan, labels = solution.plan, solution.labels
    grid = labels.grid
    target = one.amounts[grid.org.leaf, 0]
    replayed = ground.replayed(plan, labels, one.measure)
    luck = learn_luck(plan, labels, one.measure, one.anchors, replayed)
    values: dict[str, float | None] = {
        **_size(one, target),
        **_stretch(labels, one, target, present),
        **_chances(plan, one, target, luck, ground),
        **_rules(one),
        "history_gap": _history_gap(labels, one),
        "commitment_gap": _commitment_gap(plan, labels, one, target, ground),
        "incentive_cost": _incentive_cost(plan, one.measure, target, luck),
        "churn": None if against is None else churn(labels.rep_id, target, against, one.measure),
    }
    inner = np.flatnonzero(~grid.org.is_leaf)
    return MeasureKpis(
        one.measure,
        values,
        {labels.node_id[v]: float(one.amounts[v, 0]) for v in inner},
        dict(zip(labels.product_id, one.amounts[0].tolist(), strict=True)),
        chance_basis(luck, plan.spec.attainment),
    )


def _size(one: MeasureSolution, target: FloatArray) -> dict[str, float | None]:
    total, street = float(one.amounts[0, 0]), float(target.sum())
    last_year = float(one.anchors.last_year.sum())
    return {
        "total": total,
        "last_year": last_year,
        "growth": total / last_year - 1.0 if last_year > 0 else None,
        "street": street,
        "over_assignment": street / total - 1.0 if total > 0 else None,
        "over_assignment_amount": street - total,
    }


def _stretch(
    labels: Labels, one: MeasureSolution, target: FloatArray, present: BoolArray
) -> dict[str, float | None]:
    """Target over anchor of the reps at work, and the largest growth over a last year of their own."""
    shape = (labels.grid.n_rep, labels.grid.n_product)
    anchor = one.anchors.anchor.reshape(shape).sum(axis=1)
    last_year = one.anchors.last_year.reshape(shape).sum(axis=1)
    chosen = present & (anchor > 0)
    ratio = np.round(target[chosen] / anchor[chosen], SETTLED)
    grown = present & (last_year > BASE_YEAR)
    growth = target[grown] / last_year[grown] - 1.0
    names = ("stretch_min", "stretch_p10", "stretch_median", "stretch_p90", "stretch_max")
    quantiles = np.quantile(ratio, (0.0, 0.1, 0.5, 0.9, 1.0)).tolist() if len(ratio) else [None] * 5
    return {
        **dict(zip(names, quantiles, strict=True)),
        "rep_growth_max": float(growth.max()) if len(growth) else None,
        "gini": gini(ratio),
        "jain": jain(ratio),
    }


def _chances(
    plan: Plan, one: MeasureSolution, target: FloatArray, luck: Luck, ground: Groundwork
) -> dict[str, float | None]:
    asked = (target > 0) & (luck.model.expected > 0)
    found = chance(luck.model, target)[asked]
    total = float(one.amounts[0, 0])
    probability = None
    if total > 0 and float(luck.model.expected.sum()) > 0:
        sales = ground.draws(plan, one.measure, luck.model).company_sales(luck.model)
        probability = float((sales >= total).mean())
    return {
        "share_at_goal": float(found.mean()) if len(found) else None,
        "company_probability": probability,
    }


def _rules(one: MeasureSolution) -> dict[str, float | None]:
    """Numbers of rules (not of their nodes) that bind or give way; the price of the total."""
    return {
        "binding_rules": float(len(rules_that(one, "binding"))),
        "relaxed_rules": float(len(rules_that(one, "relaxed"))),
        "largest_violation": max(one.violations.values(), default=0.0),
        "marginal_price": one.total_price,
    }


def rules_that(one: MeasureSolution, status: str) -> frozenset[str]:
    """Ids of the rules that have this status at some node. Pins always bind, so they are left out."""
    return one.judged.rules_with(STATUSES.index(status))


def places_that(solution: Solution, one: MeasureSolution, status: str) -> dict[str, list[list[str]]]:
    """Rule id -> [node, product] pairs where the rule has this status, in tree order; without pins."""
    judged, labels = one.judged, solution.labels
    shape = judged.lines.shape
    chosen = np.flatnonzero((judged.status == STATUSES.index(status)) & ~shape.of_kind("pin"))
    columns = (column[chosen].tolist() for column in (shape.rule_id, shape.node, shape.product))
    found: dict[str, set[tuple[int, int]]] = {}
    for name, v, p in zip(*columns, strict=True):
        found.setdefault(str(name), set()).add((v, p))
    return {
        name: [[labels.node_id[v], labels.product_id[p]] for v, p in sorted(found[name])]
        for name in sorted(found)
    }


def rules_at(solution: Solution, one: MeasureSolution, status: str) -> dict[str, set[str]]:
    """Rule id -> ids of the nodes where the rule has this status; pins together as `pin`."""
    shape = one.judged.lines.shape
    chosen = np.flatnonzero(one.judged.status == STATUSES.index(status))
    found: dict[str, set[str]] = {}
    for name, v in zip(shape.rule_id[chosen], shape.node[chosen], strict=True):
        found.setdefault(str(name), set()).add(solution.labels.node_id[v])
    return found


def _history_gap(labels: Labels, one: MeasureSolution) -> float | None:
    """Share of all targets that would have to change hands for cells in proportion to their history."""
    history, street = one.anchors.history, float(one.cells.sum())
    scale = float(history.sum())
    if scale <= 0 or street <= 0:
        return None
    return float(np.abs(one.cells / street - history / scale).sum() / 2.0)


def _commitment_gap(
    plan: Plan, labels: Labels, one: MeasureSolution, target: FloatArray, ground: Groundwork
) -> float | None:
    """sum |target - commitment| / sum commitment over the reps who committed."""
    promised = ground.evidence(plan, labels, one.measure).promised
    cells = promised.cells.reshape(labels.grid.n_rep, labels.grid.n_product)
    made = np.isfinite(cells).any(axis=1)
    amount = np.nansum(cells[made], axis=1) / promised.bias.factor[made]
    return float(np.abs(target[made] - amount).sum() / amount.sum()) if amount.sum() > 0 else None


def _incentive_cost(plan: Plan, measure: str, target: FloatArray, luck: Luck) -> float | None:
    """sum over reps of rate x target x E c(sales / target), where plan.yaml gives a payout curve."""
    payout = plan.spec.payout.get(measure)
    if payout is None:
        return None
    at, multiple = payout.knots
    return float(payout.rate * (target @ expected_multiple(luck.model, target, at, multiple)))


def churn(node_id: tuple[str, ...], target: FloatArray, against: RepTargets, measure: str) -> float | None:
    """Share of all targets that changes hands: sum |t / sum t - b / sum b| / 2, 0 where all grow alike.

    Reps are matched by id; who is on one side only counts with all of his share.
    """
    before = against.amount.get(measure)
    if before is None or float(before.sum()) <= 0 or float(target.sum()) <= 0:
        return None
    if node_id != against.node_id:
        before, target = _side_by_side(node_id, target, against.node_id, before)
    moved = float(np.abs(target / target.sum() - before / before.sum()).sum()) / 2.0
    return moved if moved > NOISE else 0.0


def _side_by_side(
    one_id: tuple[str, ...], one: FloatArray, other_id: tuple[str, ...], other: FloatArray
) -> tuple[FloatArray, FloatArray]:
    """Both sides over all ids; returns (other, one)."""
    ids = list(dict.fromkeys((*other_id, *one_id)))
    position = {name: k for k, name in enumerate(ids)}
    before, after = np.zeros(len(ids)), np.zeros(len(ids))
    before[_positions(other_id, position)] = other
    after[_positions(one_id, position)] = one
    return before, after


def _positions(ids: tuple[str, ...], position: dict[str, int]) -> IntArray:
    return np.array([position[name] for name in ids], dtype=np.int64)
