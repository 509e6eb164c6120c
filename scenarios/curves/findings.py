"""What a sweep comes to beyond its runs: where rules start and stop to bind, and how far totals can go."""

from collections.abc import Sequence
from dataclasses import dataclass

from scenarios.curves.brackets import MOST_RUNS_BETWEEN, Narrowed, Progress, narrowed, step_brackets
from scenarios.curves.limits import SweepLimits, sweep_limits
from scenarios.runs.outcome import Outcome
from scenarios.runs.sweep import SweepSession


@dataclass(frozen=True)
class Findings:
    """The outcomes of a sweep, its breakpoints and its limits."""

    outcomes: tuple[Outcome, ...]
    breakpoints: Narrowed
    limits: SweepLimits


def find_out(
    session: SweepSession,
    outcomes: Sequence[Outcome],
    most_between: int = MOST_RUNS_BETWEEN,
    progress: Progress | None = None,
) -> Findings:
    """Narrow the breakpoints down with at most so many further runs, and find the limits."""
    between = narrowed(outcomes, session.plan, session.sweep, session.further, most_between, progress)
    return Findings(tuple(outcomes), between, sweep_limits(session, outcomes))


def findings_at_hand(outcomes: Sequence[Outcome]) -> Findings:
    """Return what the outcomes alone say: breakpoints by the steps of the grid, no limits."""
    return Findings(
        tuple(outcomes), Narrowed(tuple(step_brackets(outcomes)), 0, 0, False), SweepLimits((), 0)
    )
