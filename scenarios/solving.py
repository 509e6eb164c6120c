"""The one place where scenarios are solved: plan in, targets with prices and rules out."""

from dataclasses import dataclass
from functools import cached_property

import numpy as np
import pandas as pd

from allocator.allocation import Allocation, MeasureAllocation
from allocator.anchors.anchors import Anchors
from allocator.model.labels import Labels
from allocator.model.outcomes import JudgedRules, instance_prices, judge_rules
from allocator.model.problem import TOTAL_ROW
from allocator.model.side_rows import side_rows
from allocator.phases import Phases
from allocator.pipeline import Progress, Solved, round_measure, solve_measure
from allocator.plan.plan import Plan
from scenarios.groundwork import Groundwork
from scenarios.warm import WarmBase
from solver_models.arrays import FloatArray
from solver_models.engines.base import Engine, EngineOptions
from solver_models.rounding.rounding import round_targets


@dataclass(frozen=True)
class MeasureSolution:
    """Targets of one measure of one scenario.

    Parameters
    ----------
    anchors
        Anchors and their sources.
    cells
        Shape (n_cell,): unrounded targets, in the measure's unit.
    amounts
        Shape (n_node, n_product_node): targets; rounded where that was asked for.
    judged
        What became of every rule.
    total_price
        Points of stretch that one unit more of the company's total costs at the margin.
    violations
        Tier -> largest relative violation, for tiers that could not be met.
    """

    measure: str
    anchors: Anchors
    cells: FloatArray
    amounts: FloatArray
    judged: JudgedRules
    total_price: float
    violations: dict[int, float]

    @cached_property
    def rules(self) -> pd.DataFrame:
        """One row per rule and node: rule_id, kind, status, price (see `JudgedRules.table`)."""
        return self.judged.table()


@dataclass(frozen=True)
class Solution:
    """Targets of one scenario."""

    plan: Plan
    labels: Labels
    measures: tuple[MeasureSolution, ...]
    is_rounded: bool


def solve(
    plan: Plan,
    engine: Engine,
    options: EngineOptions | None = None,
    *,
    ground: Groundwork | None = None,
    base: WarmBase | None = None,
    rounded: bool = False,
) -> Solution:
    """Find the targets of every measure of a plan.

    Parameters
    ----------
    ground
        What is known from other scenarios of the same plan.
    base
        The answer of the plan that this one is a change of; without it all is solved afresh.
    rounded
        Round to whole units; without it the targets are the exact minimiser.

    Raises
    ------
    InfeasiblePlan, RunStopped, EngineFailure
        As `allocate` does.
    """
    ground = ground or Groundwork()
    base = base or WarmBase(None, ground)
    labels = ground.labels(plan)
    measures = tuple(
        _solve_one(plan, labels, measure, engine, options or EngineOptions(), ground, base, rounded=rounded)
        for measure in plan.spec.measures
    )
    return Solution(plan, labels, measures, rounded)


def allocate_scenario(
    plan: Plan,
    engine: Engine,
    options: EngineOptions,
    ground: Groundwork,
    base: WarmBase,
    progress: Progress,
) -> tuple[Allocation, Solution]:
    """Find the targets of every measure with all that a result folder needs, and the same as a solution.

    Raises
    ------
    InfeasiblePlan, RunStopped, EngineFailure
        As `allocate` does.
    """
    phases = Phases()
    labels = ground.labels(plan)
    allocated: list[MeasureAllocation] = []
    solutions: list[MeasureSolution] = []
    for measure in plan.spec.measures:
        progress(measure, "solve")
        with phases.phase("anchors"):
            evidence = ground.evidence(plan, labels, measure)
        solver = base.solver(plan, measure, engine, options)
        known = ground.model(plan, measure)
        solved = solve_measure(plan, labels, measure, engine, options, phases, evidence, solver, known)
        progress(measure, "round")
        result = round_measure(plan, labels, measure, solved, phases)
        unit = float(plan.spec.measures[measure].round_to)
        amounts: FloatArray = result.target_units.astype(np.float64) * unit
        allocated.append(result)
        solutions.append(_solution(plan, labels, measure, solved, amounts))
    allocation = Allocation(plan, labels, tuple(allocated), engine.name, phases.seconds)
    return allocation, Solution(plan, labels, tuple(solutions), is_rounded=True)


def _solve_one(
    plan: Plan,
    labels: Labels,
    measure: str,
    engine: Engine,
    options: EngineOptions,
    ground: Groundwork,
    base: WarmBase,
    *,
    rounded: bool,
) -> MeasureSolution:
    evidence = ground.evidence(plan, labels, measure)
    solver = base.solver(plan, measure, engine, options)
    known = ground.model(plan, measure)
    solved = solve_measure(plan, labels, measure, engine, options, Phases(), evidence, solver, known)
    amounts = _rounded(plan, labels, measure, solved) if rounded else labels.grid.roll_up(solved.unrounded)
    return _solution(plan, labels, measure, solved, amounts)


def _solution(
    plan: Plan, labels: Labels, measure: str, solved: Solved, amounts: FloatArray
) -> MeasureSolution:
    grid, problem = labels.grid, solved.problem
    exact = grid.roll_up(solved.unrounded)
    noise = np.maximum(float(plan.spec.measures[measure].round_to), grid.roll_up(solved.anchors.anchor)[:, 0])
    prices = instance_prices(problem, solved.balanced, solved.pushing)
    return MeasureSolution(
        measure=measure,
        anchors=solved.anchors,
        cells=solved.unrounded,
        amounts=amounts,
        judged=judge_rules(plan, labels, problem, exact, amounts, prices, noise),
        total_price=_total_price(solved),
        violations={tier.tier: tier.largest for tier in solved.tiers if tier.is_settled and tier.largest > 0},
    )


def _rounded(plan: Plan, labels: Labels, measure: str, solved: Solved) -> FloatArray:
    unit = float(plan.spec.measures[measure].round_to)
    before = labels.grid.roll_up(solved.unrounded)
    side = side_rows(plan, labels, solved.problem.instances, unit, before)
    rounded = round_targets(labels.grid, solved.unrounded / unit, side)
    amounts: FloatArray = rounded.units.astype(np.float64) * unit
    return amounts


def _total_price(solved: Solved) -> float:
    """Price of the row of the company's total in the balance."""
    return float(solved.answer.price[solved.balanced.rows.source == TOTAL_ROW].sum())
