"""The re-plan: read, lock, allocate what remains, put the year together."""

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from pathlib import Path

import numpy as np

from allocator.allocation import Allocation
from allocator.anchors.build import gather_evidence
from allocator.errors import Fault, InputFaults
from allocator.model.labels import Labels, label_plan
from allocator.pipeline import allocate
from allocator.plan.faults import FaultCollector
from allocator.plan.plan import Plan
from allocator.plan.reading import read_plan
from scenarios.replan.inputs import as_of_month, read_actuals, read_moves, read_published
from scenarios.replan.locked import Locked, lock_actuals
from scenarios.replan.plan_folder import write_remaining_plan
from scenarios.replan.remainder import Remainder, remainder_of, remaining_cells
from solver_models.arrays import IntArray
from solver_models.engines.base import Engine, EngineOptions

SMALLEST_SHARE, LARGEST_SHARE = Decimal(0), Decimal(1)


@dataclass(frozen=True)
class Request:
    """What a re-plan is asked to do.

    Parameters
    ----------
    as_of
        Last month with actuals, `YYYY-MM`.
    keep_gap
        Share of the company's gap to date that the remaining months make up, 0..1.
    stability
        Half width of the soft band around every rep's remaining target.
    """

    actuals: Path
    published: Path
    as_of: str
    keep_gap: Decimal = Decimal(1)
    stability: float = 0.1
    moves: Path | None = None


@dataclass(frozen=True)
class Year:
    """One measure of the re-planned year, in units; shapes (n_node, n_product_node[, n_month]).

    Parameters
    ----------
    published
        The published months.
    months
        The months now: actuals where they are over, the re-plan after. Sums of them are the year.
    """

    published: IntArray
    locked: Locked
    months: IntArray
    remainder: Remainder

    @property
    def target(self) -> IntArray:
        """The year's number: what was sold + what remains. Shape (n_node, n_product_node)."""
        return np.asarray(self.months.sum(axis=2))


@dataclass(frozen=True)
class Replan:
    """A re-planned year.

    Parameters
    ----------
    plan
        The plan of the full year.
    remaining
        The allocation of the remaining months, of the plan in the folder that was given.
    """

    plan: Plan
    labels: Labels
    done: int
    remaining: Allocation
    years: Mapping[str, Year]


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
        If the rules of the year cannot hold with these actuals.
    """
    labels, faults = label_plan(plan), FaultCollector()
    _check_shares(request, faults)
    done = as_of_month(plan, request.as_of, faults)
    actuals = read_actuals(request.actuals, plan, labels, done, faults)
    moves = read_moves(request.moves, plan, labels, faults) if request.moves else None
    published = read_published(request.published, plan, labels, faults)
    faults.raise_if_any()
    remainders, locked = {}, {}
    for k, measure in enumerate(plan.spec.measures):
        unit = float(plan.spec.measures[measure].round_to)
        locked[measure] = lock_actuals(labels.grid, actuals[k], unit)
        current = remaining_cells(labels, published[k], done, moves, plan.start_month)
        remainders[measure] = remainder_of(
            plan,
            labels,
            measure,
            published[k],
            locked[measure],
            current,
            request.keep_gap,
            request.stability,
        )
    _check_totals(remainders)
    rest = _read_back(plan, labels, done, remainders, folder)
    allocation = allocate(rest, engine, options)
    years = {}
    for k, result in enumerate(allocation.measures):
        over = locked[result.measure]
        months = np.concatenate([over.month_units, result.month_units], axis=2)
        years[result.measure] = Year(published[k], over, months, remainders[result.measure])
    return Replan(plan, labels, done, allocation, years)


def _check_shares(request: Request, faults: FaultCollector) -> None:
    for name, value in (("keep-gap", request.keep_gap), ("stability", Decimal(str(request.stability)))):
        if not SMALLEST_SHARE <= value <= LARGEST_SHARE:
            faults.add(
                f"--{name}",
                0,
                "",
                str(value),
                code="out-of-range",
                message="this is no share from 0 to 1",
                hint="name a share from 0 to 1",
            )


def _check_totals(remainders: Mapping[str, Remainder]) -> None:
    faults = [
        Fault(
            "actuals",
            0,
            measure,
            str(found.total),
            "nothing-remains",
            f"the actuals of `{measure}` reach the year's total already: {-found.total} unit(s) beyond it",
            "raise the total of the plan before re-planning, or leave the published targets as they are",
        )
        for measure, found in remainders.items()
        if found.total <= 0
    ]
    if faults:
        raise InputFaults(faults)


def _read_back(
    plan: Plan, labels: Labels, done: int, remainders: Mapping[str, Remainder], folder: Path
) -> Plan:
    """Write the remaining plan, find who is there for how much of it, and write what that means."""
    write_remaining_plan(plan, labels, done, remainders, folder, np.ones(labels.grid.n_rep))
    rest = read_plan(folder)
    share = gather_evidence(rest, labels, next(iter(remainders))).past.share_of_plan
    if (share < 1).any():
        write_remaining_plan(plan, labels, done, remainders, folder, share)
        rest = read_plan(folder)
    return rest
