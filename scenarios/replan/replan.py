"""The re-plan: read, lock, allocate what remains, put the year together."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from decimal import Decimal
from functools import cached_property
from pathlib import Path

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from allocator.allocation import Allocation
from allocator.anchors.build import gather_evidence
from allocator.errors import Fault, InfeasiblePlan, InputFaults
from allocator.model.labels import Labels, label_plan
from allocator.phases import Phases
from allocator.pipeline import allocate, solve_measure
from allocator.plan.faults import FaultCollector
from allocator.plan.plan import Plan
from allocator.plan.reading import read_plan
from allocator.texts import worded
from scenarios.replan.causes import MOVES, PRODUCTIVITY, causes_of
from scenarios.replan.inputs import (
    Actuals,
    as_of_month,
    ask_about_missing,
    is_missing,
    read_actuals,
    read_published,
)
from scenarios.replan.locked import Locked, lock_actuals
from scenarios.replan.moves import Moves, read_moves, remaining_cells
from scenarios.replan.plan_folder import past_of, write_remaining_plan
from scenarios.replan.remainder import Policy, Remainder, remainder_of
from solver_models.arrays import FloatArray, IntArray
from solver_models.engines.base import Engine, EngineOptions

SMALLEST_SHARE, LARGEST_SHARE = Decimal(0), Decimal(1)


@dataclass(frozen=True)
class Request:
    """What a re-plan is asked to do.

    Parameters
    ----------
    as_of
        Last month with actuals, `YYYY-MM`.
    missing_is_zero
        Who has targets to date and no row of actuals sold nothing; otherwise he is a fault.
    """

    actuals: Path
    published: Path
    as_of: str
    policy: Policy = Policy()
    moves: Path | None = None
    missing_is_zero: bool = False


@dataclass(frozen=True)
class Year:
    """One measure of the re-planned year, in units; shapes (n_node, n_product_node[, n_month]).

    Parameters
    ----------
    published
        The published months.
    months
        The months now: actuals where they are over, the re-plan after. Sums of them are the year.
    unrounded
        Actuals in whole units + the remainder before it was rounded, in the measure's unit.
    """

    published: IntArray
    locked: Locked
    months: IntArray
    unrounded: FloatArray
    remainder: Remainder

    @property
    def target(self) -> IntArray:
        """The year's number: what was sold + what remains. Shape (n_node, n_product_node)."""
        return np.asarray(self.months.sum(axis=2))

    @property
    def rest(self) -> IntArray:
        """What remains. Shape (n_node, n_product_node)."""
        return self.target - self.locked.units

    @property
    def published_rest(self) -> IntArray:
        """The remaining months as published, before moves. Shape (n_node, n_product_node)."""
        return np.asarray(self.published[:, :, self.locked.month_units.shape[2] :].sum(axis=2))

    @property
    def change(self) -> IntArray:
        """What remains now - as published, moves included. Shape (n_node, n_product_node)."""
        return self.rest - self.published_rest


@dataclass(frozen=True)
class Replan:
    """A re-planned year.

    Parameters
    ----------
    plan
        The plan of the full year.
    remaining
        The allocation of the remaining months, of the plan in the folder that was given.
    gave_way
        True where the hard rules of amounts could not hold together any more and give way, too.
    left_out
        Rows of actuals after the last month with actuals.
    missing
        By measure the reps without any row who were taken to have sold nothing.
    """

    plan: Plan
    labels: Labels
    done: int
    remaining: Allocation
    years: Mapping[str, Year]
    gave_way: bool
    left_out: int
    missing: Mapping[str, tuple[str, ...]]

    def moved(self, measure: str) -> FloatArray:
        """What moves changed of the remaining months, shape (n_node, n_product_node), in units."""
        year, grid = self.years[measure], self.labels.grid
        cells = year.published_rest[np.ix_(grid.org.leaf, grid.products.leaf)].ravel()
        unit = float(self.plan.spec.measures[measure].round_to)
        return grid.roll_up(year.remainder.current / unit - cells)

    @cached_property
    def causes(self) -> Mapping[str, NDArray[np.object_]]:
        """By measure why each remaining target changed; see `causes_of`."""
        found = {}
        for result in self.remaining.measures:
            year, unit = self.years[result.measure], float(self.plan.spec.measures[result.measure].round_to)
            learned = self.labels.grid.roll_up(year.remainder.anchor - year.remainder.current) / unit
            given = {MOVES: self.moved(result.measure), PRODUCTIVITY: learned}
            found[result.measure] = causes_of(self.labels, result, year.change, given)
        return found


def replan(
    plan: Plan, request: Request, folder: Path, engine: Engine, options: EngineOptions | None = None
) -> Replan:
    """Lock actuals to date and allocate the remaining total with least change of the current targets.

    Company: year = actuals + remaining = published total - forgiven part of the gap. Being ahead
    lowers the remaining total of the company; nobody's own rules or anchor rise with his actuals.

    Parameters
    ----------
    folder
        An empty folder for the plan of the remaining months.

    Raises
    ------
    InputFaults
        With everything wrong with actuals, moves, published targets and options, or where nothing remains.
    InfeasiblePlan
        If pins and totals of the year cannot hold with these actuals.
    """
    labels, faults = label_plan(plan), FaultCollector()
    _check_shares(request, faults)
    done = as_of_month(plan, request.as_of, faults)
    actuals = read_actuals(request.actuals, plan, labels, done, faults)
    moves = read_moves(request.moves, plan, labels, faults) if request.moves else None
    published = read_published(request.published, plan, labels, faults)
    faults.raise_if_any()
    if not request.missing_is_zero:
        asked = ask_about_missing(request.actuals, plan, labels, done, published, actuals.has_rows)
        if asked:
            raise InputFaults(asked)
    locked = {
        measure: lock_actuals(labels.grid, actuals.amount[k], float(spec.round_to))
        for k, (measure, spec) in enumerate(plan.spec.measures.items())
    }
    year = _Known(plan, labels, done, actuals, published, moves, locked)
    try:
        return _replan(year, request.policy, folder, engine, options)
    except InfeasiblePlan:
        return _replan(year, replace(request.policy, all_give_way=True), folder, engine, options)


@dataclass(frozen=True)
class _Known:
    """What a re-plan starts from; published by measure as `read_published` gives it, actuals in units."""

    plan: Plan
    labels: Labels
    done: int
    actuals: Actuals
    published: IntArray
    moves: Moves | None
    locked: Mapping[str, Locked]

    @property
    def missing(self) -> dict[str, tuple[str, ...]]:
        """By measure the reps with targets to date and without any row of actuals."""
        absent = is_missing(self.labels, self.done, self.published, self.actuals.has_rows)
        reps = np.array(self.labels.rep_id, object)
        return {measure: tuple(reps[absent[k]].tolist()) for k, measure in enumerate(self.plan.spec.measures)}

    def remainders(self, policy: Policy, settled: Mapping[str, FloatArray]) -> dict[str, Remainder]:
        """What remains of every measure; `settled` as `remaining_rules` takes it, by measure."""
        found = {}
        for k, measure in enumerate(self.plan.spec.measures):
            published = self.published[k]
            current = remaining_cells(self.labels, published, self.done, self.moves, self.plan.start_month)
            over, known = self.locked[measure], settled.get(measure)
            found[measure] = remainder_of(
                self.plan, self.labels, measure, published, over, current, policy, known
            )
        return found


def _settled(
    rest: Plan, labels: Labels, remainders: Mapping[str, Remainder], engine: Engine, options: EngineOptions
) -> dict[str, FloatArray]:
    """What totals and the rules before stability make of measures that have rules after it."""
    return {
        measure: labels.grid.roll_up(
            solve_measure(rest, labels, measure, engine, options, Phases()).unrounded
        )
        for measure, found in remainders.items()
        if found.order.stability
    }


def _replan(
    known: _Known, policy: Policy, folder: Path, engine: Engine, options: EngineOptions | None
) -> Replan:
    plan, labels = known.plan, known.labels
    remainders = known.remainders(policy, {})
    _check_totals(remainders)
    past = past_of(plan, labels, known.actuals.amount)
    rest = _read_back(plan, labels, known.done, remainders, folder, past)
    settled = _settled(rest, labels, remainders, engine, options or EngineOptions())
    if settled:
        remainders = known.remainders(policy, settled)
        rest = _read_back(plan, labels, known.done, remainders, folder, past)
    allocation = allocate(rest, engine, options)
    years = {}
    for k, result in enumerate(allocation.measures):
        over = known.locked[result.measure]
        months = np.concatenate([over.month_units, result.month_units], axis=2)
        unit = float(plan.spec.measures[result.measure].round_to)
        unrounded = over.units * unit + labels.grid.roll_up(result.unrounded)
        years[result.measure] = Year(known.published[k], over, months, unrounded, remainders[result.measure])
    return Replan(
        plan,
        labels,
        known.done,
        allocation,
        years,
        policy.all_give_way,
        known.actuals.left_out,
        known.missing,
    )


def _check_shares(request: Request, faults: FaultCollector) -> None:
    for name, value in (
        ("keep-gap", request.policy.keep_gap),
        ("stability", Decimal(str(request.policy.stability))),
    ):
        if not SMALLEST_SHARE <= value <= LARGEST_SHARE:
            faults.add(
                f"--{name}",
                0,
                "",
                str(value),
                code="out-of-range",
                message=worded("fault.scenarios.no_share"),
                hint=worded("fault.scenarios.no_share.hint"),
            )


def _check_totals(remainders: Mapping[str, Remainder]) -> None:
    faults = [
        Fault(
            "actuals",
            0,
            measure,
            str(found.total),
            "nothing-remains",
            worded("fault.replan.nothing_remains", measure=measure, beyond=-found.total),
            worded("fault.replan.nothing_remains.hint"),
        )
        for measure, found in remainders.items()
        if found.total <= 0
    ]
    if faults:
        raise InputFaults(faults)


def _read_back(
    plan: Plan,
    labels: Labels,
    done: int,
    remainders: Mapping[str, Remainder],
    folder: Path,
    past: pd.DataFrame,
) -> Plan:
    """Write the remaining plan, find who is there for how much of it, and write what that means."""
    write_remaining_plan(plan, labels, done, remainders, folder, np.ones(labels.grid.n_rep), past)
    rest = read_plan(folder)
    share = gather_evidence(rest, labels, next(iter(remainders))).past.share_of_plan
    if (share < 1).any():
        write_remaining_plan(plan, labels, done, remainders, folder, share, past)
        rest = read_plan(folder)
    return rest
