"""From a plan to targets: the table of contents of a run."""

from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property
from importlib import import_module
from typing import Any

import numpy as np

from allocator.allocation import Allocation, MeasureAllocation
from allocator.anchors.anchors import Anchors
from allocator.anchors.build import Evidence, build_anchors, gather_evidence
from allocator.diagnosis.conflict import conflict_on_trees
from allocator.errors import EngineFailure, InfeasiblePlan, RunStopped
from allocator.explanation.waterfall import build_waterfall
from allocator.model.frames import KnownModel
from allocator.model.labels import Labels, label_plan
from allocator.model.outcomes import instance_prices, judge_rules
from allocator.model.prices import price_table
from allocator.model.problem import MeasureProblem
from allocator.model.side_rows import side_rows
from allocator.phases import Phases
from allocator.phasing import month_weights
from allocator.plan.plan import Plan
from solver_models.arrays import FloatArray
from solver_models.engines.base import Engine, EngineError, EngineOptions
from solver_models.failures import EngineStopped, ModelInfeasible
from solver_models.model import BalanceAnswer, BalanceModel
from solver_models.phasing import phase_grid
from solver_models.rounding.rounding import round_targets
from solver_models.sided import sided_answer
from solver_models.solve import SolvedModel, is_small, solve_model
from solver_models.tiers import TierOutcome

Progress = Callable[[str, str], None]
ModelSolver = Callable[[BalanceModel, Engine, EngineOptions], SolvedModel]


@dataclass(frozen=True)
class Solved:
    """The unrounded answer of one measure with all that led to it."""

    anchors: Anchors
    problem: MeasureProblem
    balanced: BalanceModel
    answer: BalanceAnswer
    tiers: tuple[TierOutcome, ...]
    unrounded: FloatArray
    fallbacks: int = 0

    @cached_property
    def pushing(self) -> BalanceAnswer:
        """The answer with prices that name who pushes (`solver_models.sided`)."""
        return sided_answer(self.problem.model, self.balanced, self.answer, self.tiers)


def allocate(
    plan: Plan,
    engine: Engine,
    options: EngineOptions | None = None,
    progress: Progress | None = None,
    phases: Phases | None = None,
) -> Allocation:
    """Allocate every measure of a plan.

    Parameters
    ----------
    engine, options
        The LP engine and its limits.
    progress
        Called with (measure, phase) as the run goes on.
    phases
        Where seconds are added up; a new count by default.

    Raises
    ------
    InfeasiblePlan
        If the hard rules of a measure cannot hold together; carries the diagnosis.
    RunStopped
        If a time limit ended a solve.
    EngineFailure
        If an engine ended in a way that proves nothing.
    """
    phases = phases or Phases()
    options = options or EngineOptions()
    tell = progress or (lambda measure, phase: None)
    with phases.phase("label"):
        labels = label_plan(plan)
    measures = tuple(
        _allocate_measure(plan, labels, measure, engine, options, phases, tell)
        for measure in plan.spec.measures
    )
    return Allocation(plan, labels, measures, engine.name, phases.seconds)


def _allocate_measure(
    plan: Plan,
    labels: Labels,
    measure: str,
    engine: Engine,
    options: EngineOptions,
    phases: Phases,
    tell: Progress,
) -> MeasureAllocation:
    tell(measure, "solve")
    solved = solve_measure(plan, labels, measure, engine, options, phases)
    tell(measure, "round")
    return round_measure(plan, labels, measure, solved, phases)


def solve_measure(
    plan: Plan,
    labels: Labels,
    measure: str,
    engine: Engine,
    options: EngineOptions,
    phases: Phases,
    evidence: Evidence | None = None,
    solver: ModelSolver = solve_model,
    known: KnownModel | None = None,
) -> Solved:
    """Find the unrounded targets of one measure: anchors, model, soft tiers, balance.

    Parameters
    ----------
    evidence
        What `gather_evidence` finds, where it is known already.
    solver
        `solve_model`, or what finds the same answer from that of a plan nearby.
    known
        What is known of the model from plans with the same tables.
    """
    with phases.phase("anchors"):
        evidence = evidence or gather_evidence(plan, labels, measure)
        anchors = build_anchors(plan, labels, measure, evidence)
    with phases.phase("build"):
        known = known or KnownModel()
        problem = known.problem(plan, labels, measure, anchors)
        scaled = problem.model.scaled()
    try:
        with phases.phase("solve"):
            if not is_small(scaled) and conflict_on_trees(labels, problem) is not None:
                raise ModelInfeasible("the trees alone show it")  # long before a solver does
            solved = solver(scaled, engine, options)
    except ModelInfeasible as infeasible:
        with phases.phase("diagnose"):
            # searching for repairs needs much that a plan which works never loads
            diagnosis = import_module("allocator.diagnosis.diagnose")
            found = diagnosis.diagnose(plan, labels, measure, problem, evidence, known)
            raise InfeasiblePlan(found) from infeasible
    except EngineStopped as stopped:
        raise RunStopped(str(stopped)) from stopped
    except EngineError as failure:
        raise EngineFailure(str(failure)) from failure
    unrounded = np.zeros(labels.grid.n_cell)
    unrounded[problem.cell] = solved.answer.x * solved.balanced.unit
    return Solved(
        anchors,
        problem,
        solved.balanced,
        solved.answer,
        solved.tiers,
        unrounded,
        solved.fallbacks(engine.name),
    )


def round_measure(
    plan: Plan, labels: Labels, measure: str, solved: Solved, phases: Phases
) -> MeasureAllocation:
    """Round a solved measure to whole units, spread it over the months and say what became of the rules."""
    grid, unit = labels.grid, float(plan.spec.measures[measure].round_to)
    problem = solved.problem
    with phases.phase("round"):
        side = side_rows(plan, labels, problem.instances, unit, grid.roll_up(solved.unrounded))
        rounded = round_targets(grid, solved.unrounded / unit, side)
    with phases.phase("months"):
        weights = month_weights(plan, labels, measure)
        phased = phase_grid(grid, rounded.units, weights.rep, weights.product, solved.unrounded)
    rounding = {**rounded.report, "product_months_off": phased.products_off}
    with phases.phase("rules"):
        prices = instance_prices(problem, solved.balanced, solved.pushing)
        rules = judge_rules(
            plan,
            labels,
            problem,
            grid.roll_up(solved.unrounded),
            rounded.units.astype(np.float64) * unit,
            prices,
            np.maximum(unit, grid.roll_up(solved.anchors.anchor)[:, 0]),
        ).table()
        table = price_table(
            labels,
            measure,
            problem,
            solved.balanced.rows,
            solved.answer,
            solved.tiers,
            solved.balanced.unit,
        )
    with phases.phase("explain"):
        waterfall = build_waterfall(
            labels, solved.anchors, problem, solved.balanced, solved.pushing, rounded.units, unit
        )
    return MeasureAllocation(
        measure=measure,
        anchors=solved.anchors,
        lower=problem.lower,
        upper=problem.upper,
        unrounded=solved.unrounded,
        target_units=rounded.units,
        month_units=phased.months,
        rules=rules,
        prices=table,
        waterfall=waterfall,
        evidence={"round_to": str(plan.spec.measures[measure].round_to), **_evidence(solved, rounding)},
    )


def _evidence(solved: Solved, rounding: dict[str, Any]) -> dict[str, Any]:
    return evidence_of(solved.balanced, solved.answer, solved.tiers, rounding, solved.fallbacks)


def evidence_of(
    balanced: BalanceModel,
    answer: BalanceAnswer,
    tiers: tuple[TierOutcome, ...],
    rounding: dict[str, Any],
    fallbacks: int,
) -> dict[str, Any]:
    """Return residuals, tiers, rounding and passes as plain JSON types."""
    return {
        "residuals": answer.residual,
        "passes": {**answer.passes, "fallbacks": fallbacks},
        "tiers": [
            {"tier": tier.tier, "largest_violation": tier.largest, "sum_of_violations": tier.total}
            for tier in tiers
            if tier.is_settled
        ],
        "unsettled_tiers": [tier.tier for tier in tiers if not tier.is_settled],
        "rounding": rounding,
        "cells": int(balanced.n_cell),
        "rows": len(balanced.rows),
    }
