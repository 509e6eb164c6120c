"""What would be if: a rule dropped, a rule relaxed a little, a rep given less; each solved again."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd

from allocator.allocation import MeasureAllocation
from allocator.diagnosis.conflict import find_conflict
from allocator.explanation.effects import effects_at
from allocator.model.labels import Labels
from allocator.model.problem import MeasureProblem, build_problem
from allocator.phases import Phases
from allocator.pipeline import Solved, round_measure
from allocator.plan.plan import Plan
from allocator.results.tables import as_float
from solver_models.arrays import FloatArray
from solver_models.engines.base import Engine, EngineOptions
from solver_models.failures import ModelInfeasible
from solver_models.solve import solve_model

APPEAL = "appeal"
TRIED_RULES = 8
AFFECTED = 5
POINT = 0.01


@dataclass(frozen=True)
class Case:
    """One solved measure that questions are asked about.

    Parameters
    ----------
    solved, result
        Its answer before and after rounding.
    """

    plan: Plan
    labels: Labels
    measure: str
    solved: Solved
    result: MeasureAllocation
    engine: Engine
    options: EngineOptions

    @property
    def unit(self) -> float:
        """round_to."""
        return float(self.plan.spec.measures[self.measure].round_to)

    @property
    def targets(self) -> FloatArray:
        """Rounded targets, shape (n_node, n_product_node)."""
        return as_float(self.result.target_units, self.plan.spec.measures[self.measure].round_to)


@dataclass(frozen=True)
class Change:
    """Targets after something changed, against those of the case.

    Parameters
    ----------
    targets
        Rounded targets after the change, shape (n_node, n_product_node).
    delta
        After - before.
    exact_delta
        The same before rounding.
    imbalance
        Change of sum (x - anchor)^2 / (2 w), in the measure's unit: what the change costs (> 0) or frees.
    rules
        rules.csv after the change, one row per instance.
    """

    targets: FloatArray
    delta: FloatArray
    exact_delta: FloatArray
    imbalance: float
    rules: pd.DataFrame


@dataclass(frozen=True)
class Forbidden:
    """A change that the hard rules do not allow: the rules that cannot hold together with it."""

    rule_ids: tuple[str, ...]
    short_by: float


@dataclass(frozen=True)
class Dropped:
    """What dropping one rule does to one number."""

    rule_id: str
    kind: str
    owner: str
    delta: float
    change: Change


def imbalance(problem: MeasureProblem, unrounded: FloatArray) -> float:
    """Sum (x - anchor)^2 / (2 w) over the cells that move, in the measure's unit."""
    model = problem.model
    return float((((unrounded[problem.cell] - model.anchor) ** 2) / (2 * model.weight)).sum())


def solve_case(
    plan: Plan, labels: Labels, measure: str, solved: Solved, engine: Engine, options: EngineOptions
) -> Case:
    """Round a solved measure and keep all that questions about it need."""
    result = round_measure(plan, labels, measure, solved, Phases())
    return Case(plan, labels, measure, solved, result, engine, options)


def solve_with(case: Case, instances: pd.DataFrame) -> Solved | Forbidden:
    """Solve the case again with other rule instances; the anchors stay, for no rule enters them."""
    table = instances.reset_index(drop=True)
    problem = build_problem(case.plan, case.labels, case.measure, case.solved.anchors, table)
    try:
        found = solve_model(problem.model.scaled(), case.engine, case.options)
    except ModelInfeasible:
        conflict = find_conflict(case.labels, problem)
        return Forbidden(tuple(conflict.minimal), conflict.least - conflict.most)
    unrounded = np.zeros(case.labels.grid.n_cell)
    unrounded[problem.cell] = found.answer.x * found.balanced.unit
    return Solved(case.solved.anchors, problem, found.balanced, found.answer, found.tiers, unrounded)


def change_with(case: Case, instances: pd.DataFrame) -> Change | Forbidden:
    """Solve the case with other rule instances and compare rounded targets."""
    again = solve_with(case, instances)
    if isinstance(again, Forbidden):
        return again
    result = round_measure(case.plan, case.labels, case.measure, again, Phases())
    targets = as_float(result.target_units, case.plan.spec.measures[case.measure].round_to)
    before = imbalance(case.solved.problem, case.solved.unrounded)
    after = imbalance(again.problem, again.unrounded)
    exact = case.labels.grid.roll_up(again.unrounded - case.solved.unrounded)
    return Change(targets, targets - case.targets, exact, after - before, result.rules)


def strongest_by_dropping(case: Case, node: int, product: int, count: int = 3) -> list[Dropped]:
    """Return the rules that moved a number most, by dropping each and solving again.

    The rules whose prices moved the number most are tried (at most eight), so are those that bind on
    the node itself; what each dropped rule really changes decides the order.
    """
    table = case.solved.problem.instances
    found = []
    for rule_id in _candidates(case, node, product):
        own = table["rule_id"] == rule_id
        change = change_with(case, table[~own])
        if isinstance(change, Forbidden):
            continue
        delta = float(change.delta[node, product])
        owners = ", ".join(dict.fromkeys(owner for owner in table.loc[own, "owner"] if owner))
        found.append(Dropped(rule_id, str(table.loc[own, "kind"].iat[0]), owners, delta, change))
    found.sort(key=lambda dropped: (-abs(dropped.delta), dropped.rule_id))
    return [dropped for dropped in found if dropped.delta != 0][:count]


def _candidates(case: Case, node: int, product: int) -> list[str]:
    """Rules by what they moved here, largest first, then those with a price on the node itself."""
    solved, place = case.solved, node * len(case.labels.grid.products) + product
    moved = effects_at(case.labels, solved.problem, solved.balanced, solved.pushing, place)
    order = sorted(moved, key=lambda rule_id: (-abs(moved[rule_id]), rule_id))
    rules = case.result.rules
    own = rules.loc[(rules["node"] == node) & (rules["price"] != 0), "rule_id"]
    return list(dict.fromkeys([*order[:TRIED_RULES], *own[:TRIED_RULES]]))


def appeal(case: Case, node: int, product: int, share: float) -> Change | Forbidden:
    """Fix a number at (1 + share) times its target and solve again: who carries it, which rules bind then.

    The amount is drawn to the nearest whole unit. A pin on the number itself is replaced.

    Parameters
    ----------
    share
        -0.1 = ten per cent less.
    """
    table = case.solved.problem.instances
    amount = round(case.targets[node, product] * (1 + share) / case.unit) * case.unit
    replaced = (table["kind"] == "pin") & (table["node"] == node) & (table["product"] == product)
    wish = {
        "rule": -1,
        "rule_id": APPEAL,
        "kind": "pin",
        "basis": "amount",
        "node": node,
        "product": product,
        "min": amount,
        "max": amount,
        "base": 1.0,
        "lower": amount,
        "upper": amount,
        "tier": 0,
        "owner": "",
        "group": -1,
        "done": 0.0,
        "done_whole": 0.0,
        "is_whole": True,
    }
    kept, added = table[~replaced], pd.DataFrame([wish])
    change = change_with(case, added if kept.empty else pd.concat([kept, added], ignore_index=True))
    if isinstance(change, Change):
        return change
    name = f"pin {case.labels.node_id[node]} {case.labels.product_id[product]}"
    named = tuple(APPEAL if rule_id == name else rule_id for rule_id in change.rule_ids)
    return Forbidden(named, change.short_by)


def relaxed_a_little(case: Case, rule_id: str) -> Change | Forbidden:
    """Widen the sides of a rule that carry a price by one step (`step_of`) and solve again."""
    table = case.solved.problem.instances
    own = (table["rule_id"] == rule_id).to_numpy(bool)
    step, price = step_of(case, rule_id), case.result.rules["price"].to_numpy(np.float64)
    by = (
        step * table["base"].to_numpy(np.float64)
        if _kind(case, rule_id) in ("growth", "commitment")
        else step
    )
    lower = table["lower"].to_numpy(np.float64) - np.where(own & (price > 0), by, 0.0)
    upper = table["upper"].to_numpy(np.float64) + np.where(own & (price < 0), by, 0.0)
    return change_with(case, table.assign(lower=lower, upper=upper))


def step_of(case: Case, rule_id: str) -> float:
    """One step of relaxation: one unit of `round_to`, 1 of effort, a point (0.01) of a rate or share."""
    table = case.solved.problem.instances
    if (table.loc[table["rule_id"] == rule_id, "basis"] == "effort").all():
        return 1.0
    return case.unit if _kind(case, rule_id) in ("range", "capacity", "link", "pin") else POINT


def price_of_a_step(case: Case, rule_id: str) -> float:
    """What one step of relaxation takes off the imbalance, by the prices alone (first order).

    Sum over the rule's rows of |price| x step x d(amount of the bound) / d(bound in its own terms).
    """
    solved, rules = case.solved, case.result.rules
    own = (rules["rule_id"] == rule_id).to_numpy(bool)
    slope = _SLOPES[_kind(case, rule_id)](case, solved.problem.instances)
    price = np.abs(rules["price"].to_numpy(np.float64))
    return float((price * slope)[own].sum() * step_of(case, rule_id))


def _kind(case: Case, rule_id: str) -> str:
    table = case.solved.problem.instances
    return str(table.loc[table["rule_id"] == rule_id, "kind"].iat[0])


def _one(case: Case, table: pd.DataFrame) -> FloatArray:
    return np.ones(len(table))


def _base(case: Case, table: pd.DataFrame) -> FloatArray:
    return table["base"].to_numpy(np.float64)


def _whole(case: Case, table: pd.DataFrame) -> FloatArray:
    node = table["node"].to_numpy(np.int64)
    whole: FloatArray = case.labels.grid.roll_up(case.solved.unrounded)[node, 0]
    done: FloatArray = table["done_whole"].to_numpy(np.float64)
    return whole + done


def _peers(case: Case, table: pd.DataFrame) -> FloatArray:
    """P_v / P_G * (X_G + what G has already) of every fairness instance."""
    fair = (table["kind"] == "fairness").to_numpy(bool)
    own = table[fair]
    x = case.labels.grid.roll_up(case.solved.unrounded)[own["node"], own["product"]] + own["done"].to_numpy()
    keys = [own["rule"].to_numpy(), own["group"].to_numpy()]
    of_group = pd.DataFrame({"x": x, "p": own["base"].to_numpy()}).groupby(keys).transform("sum")
    slope = np.zeros(len(table))
    slope[fair] = own["base"].to_numpy() / of_group["p"].to_numpy() * of_group["x"].to_numpy()
    return slope


_SLOPES: dict[str, Callable[[Case, pd.DataFrame], FloatArray]] = {
    "range": _one,
    "capacity": _one,
    "link": _one,
    "pin": _one,
    "growth": _base,
    "commitment": _base,
    "mix": _whole,
    "fairness": _peers,
}


def carriers(case: Case, change: Change, node: int, product: int) -> Sequence[tuple[int, float]]:
    """Reps outside the node whose target changed most, with the change, largest first."""
    org = case.labels.grid.org
    reps = org.leaf[(org.leaf < node) | (org.leaf >= org.subtree_end[node])]
    delta = change.delta[reps, product]
    order = np.argsort(-np.abs(delta), kind="stable")
    return [(int(reps[k]), float(delta[k])) for k in order if delta[k] != 0]


def carried_within(case: Case, change: Change, node: int, product: int) -> Sequence[tuple[int, float]]:
    """Parts of a change that the reps within each node above carry, the nearest first, each rep once."""
    org = case.labels.grid.org
    delta = change.delta[org.leaf, product]
    inner, found = node, []
    while inner > 0:
        outer = int(org.parent[inner])
        inside = (org.leaf >= outer) & (org.leaf < org.subtree_end[outer])
        counted = (org.leaf >= inner) & (org.leaf < org.subtree_end[inner])
        found.append((outer, float(delta[inside & ~counted].sum())))
        inner = outer
    return found
