"""Stretches of an axis over which a rule starts or stops to bind, halved until they are narrow."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal
from typing import NamedTuple

from allocator.plan.plan import Plan
from scenarios.curves.lines import Line, lines
from scenarios.files.sweep_file import SweepFile
from scenarios.runs.outcome import Outcome
from scenarios.runs.plan_of_runs import Run, moved_run

PARTS = 1000
"""A stretch is narrow once it is this part of the step of the grid that it lies in."""
MOST_RUNS_BETWEEN = 500
"""Runs that a sweep may spend between the points of its grid, unless it is told otherwise."""
BATCH = 32
"""Runs asked for at once. Fixed, so that a cap stops at the same ones whatever the number of workers."""
STATES = ("binding", "relaxed")

Progress = Callable[[int, int], None]
Further = Callable[[Sequence[Run]], Sequence[Outcome]]


class Place(NamedTuple):
    """A rule at a node and product, and the state it is in."""

    measure: str
    state: str
    rule_id: str
    node_id: str
    product_id: str


@dataclass(frozen=True)
class Bracket:
    """Two points of a line between which rules start or stop to bind (or to give way) somewhere.

    Parameters
    ----------
    step
        Width of the step of the grid it lies in.
    starts, stops
        Places of the state at the upper end only, and at the lower end only.
    is_wide
        Some rule is in a state at one end that it is in nowhere at the other end.
    is_final
        Nothing can be found between: it is narrow, one unit of the total apart, or no value lies between.
    is_exact
        Final for another reason than that the value between has no targets.
    """

    line: Line
    low: Decimal
    high: Decimal
    before: Outcome
    after: Outcome
    step: Decimal
    starts: frozenset[Place]
    stops: frozenset[Place]
    is_wide: bool
    is_final: bool = False
    is_exact: bool = False


@dataclass(frozen=True)
class Narrowed:
    """All brackets of a sweep and what they cost.

    Parameters
    ----------
    runs, most
        Runs asked for between the points of the grid, and the cap.
    is_capped
        The cap stopped the search; brackets that are not exact are wider than they could be.
    """

    brackets: tuple[Bracket, ...]
    runs: int
    most: int
    is_capped: bool


def step_brackets(outcomes: Sequence[Outcome]) -> list[Bracket]:
    """Return the steps of the grid over which something changes, in the order of lines and values."""
    found = []
    for line in lines(outcomes):
        for before, after in zip(line.outcomes, line.outcomes[1:], strict=False):
            low, high = (Decimal(dict(one.run.point)[line.axis]) for one in (before, after))
            found += _bracket(line, (low, before), (high, after), high - low)
    return found


def narrowed(
    outcomes: Sequence[Outcome],
    plan: Plan,
    sweep: SweepFile,
    further: Further,
    most: int = MOST_RUNS_BETWEEN,
    progress: Progress | None = None,
) -> Narrowed:
    """Halve every bracket until it is narrow or the cap is reached.

    Brackets where a rule starts or stops altogether come first, then the widest against their step. What
    starts and stops again inside a bracket of equal ends is not seen.

    Parameters
    ----------
    further
        Solves runs and returns their outcomes.
    most
        Cap on the runs; 0 = the steps of the grid as they are.
    progress
        Told how many runs were made, of how many at most.
    """
    found = [_settled(one, plan) for one in step_brackets(outcomes)]
    tell = progress or (lambda done, total: None)
    spent = 0
    while spent < most and (chosen := _next(found, min(BATCH, most - spent))):
        middles = [_middle(one) for one in chosen]
        runs = [
            moved_run(sweep, plan, one.before.run, one.line.axis, middle)
            for one, middle in zip(chosen, middles, strict=True)
        ]
        solved = iter(further([run for run in runs if run is not None]))
        spent += sum(run is not None for run in runs)
        halves = {}
        for one, middle, run in zip(chosen, middles, runs, strict=True):
            halves[id(one)] = _halves(one, middle, None if run is None else next(solved), plan)
        found = [part for one in found for part in halves.get(id(one), [one])]
        tell(spent, most)
    if 0 < spent < most:
        tell(spent, spent)
    return Narrowed(tuple(found), spent, most, any(not one.is_final for one in found))


def _next(found: Sequence[Bracket], count: int) -> list[Bracket]:
    wanted = [one for one in found if not one.is_final]
    return sorted(wanted, key=lambda one: (not one.is_wide, -(one.high - one.low) / one.step))[:count]


def _middle(one: Bracket) -> Decimal:
    return (one.low + one.high) / 2


def _halves(one: Bracket, middle: Decimal, outcome: Outcome | None, plan: Plan) -> list[Bracket]:
    """The halves of a bracket in which something changes."""
    if outcome is None:
        return [replace(one, is_final=True, is_exact=True)]
    if outcome.figures["status"] != "done":
        return [replace(one, is_final=True)]
    at = (middle, outcome)
    lower = _bracket(one.line, (one.low, one.before), at, one.step)
    upper = _bracket(one.line, at, (one.high, one.after), one.step)
    return [_settled(half, plan) for half in (*lower, *upper)]


def _bracket(
    line: Line, lower: tuple[Decimal, Outcome], upper: tuple[Decimal, Outcome], step: Decimal
) -> list[Bracket]:
    """The bracket between two points, or none where all is alike."""
    (low, before), (high, after) = lower, upper
    was, now = _places(before), _places(after)
    common = set(before.figures["measures"]) & set(after.figures["measures"])
    starts = frozenset(one for one in now - was if one.measure in common)
    stops = frozenset(one for one in was - now if one.measure in common)
    if not starts and not stops:
        return []
    rules_was, rules_now = ({one[:3] for one in places} for places in (was, now))
    is_wide = any(one[:3] not in rules_was for one in starts) or any(
        one[:3] not in rules_now for one in stops
    )
    return [Bracket(line, low, high, before, after, step, starts, stops, is_wide)]


def _places(outcome: Outcome) -> set[Place]:
    return {
        Place(measure, state, rule, node, product)
        for measure, found in outcome.figures["measures"].items()
        for state in STATES
        for rule, places in found["places"][state].items()
        for node, product in places
    }


def _settled(one: Bracket, plan: Plan) -> Bracket:
    """Mark a bracket that need not be halved."""
    is_narrow = (one.high - one.low) * PARTS <= one.step or _is_one_unit(one, plan)
    return replace(one, is_final=is_narrow, is_exact=is_narrow)


def _is_one_unit(one: Bracket, plan: Plan) -> bool:
    """Whether a company total moves over the bracket, and none by more than its unit."""
    before, after = one.before.kpis(), one.after.kpis()
    moved = []
    for measure in before.keys() & after.keys() & plan.spec.measures.keys():
        low, high = before[measure]["total"], after[measure]["total"]
        if low is not None and high is not None:
            moved.append(abs(high - low) / float(plan.spec.measures[measure].round_to))
    # exact targets carry the noise of floating point; a total that stays moves by far less than a unit
    return any(size > 0.5 for size in moved) and all(size < 1.5 for size in moved)
