"""What a verification found: one line per promise, and how a line is judged."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import asdict, dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

SHOWN = 3


@dataclass(frozen=True)
class Check:
    """One promise, recomputed.

    Parameters
    ----------
    check
        Stable short name of the promise, e.g. `node_sums`.
    measure
        Measure it was checked for; empty when it concerns the whole result.
    passed
        True if every number holds.
    checked
        How many numbers or rows were looked at.
    worst
        Largest deviation found, in the terms the message names (inf where something is missing or no number).
    where
        File, row and labels of the largest deviation; empty when nothing deviates.
    message
        What was promised, or the first three that break it and how many do.
    """

    check: str
    measure: str
    passed: bool
    checked: int
    worst: float
    where: str
    message: str


@dataclass(frozen=True)
class VerificationReport:
    """All checks of one result, in the order they were made.

    Parameters
    ----------
    overrides
        Changes of the run that were laid over the plan before anything was checked.
    parts
        Measure and node of every subtree that alone was proved; the rest stands as the result before has it.
    """

    checks: tuple[Check, ...]
    overrides: tuple[str, ...] = ()
    parts: tuple[tuple[str, str], ...] = ()

    @property
    def passed(self) -> bool:
        """True if there is at least one check and all passed."""
        return bool(self.checks) and all(check.passed for check in self.checks)

    @property
    def failures(self) -> tuple[Check, ...]:
        """The checks that did not pass."""
        return tuple(check for check in self.checks if not check.passed)

    def as_dict(self) -> dict[str, Any]:
        """Return the report as plain JSON types (an infinite deviation becomes null)."""
        rows = [asdict(check) for check in self.checks]
        for row in rows:
            row["worst"] = row["worst"] if np.isfinite(row["worst"]) else None
        parts = [{"measure": measure, "node_id": node} for measure, node in self.parts]
        return {
            "passed": self.passed,
            "overrides": list(self.overrides),
            "proved_parts": parts,
            "checks": rows,
        }

    def text(self) -> str:
        """Return one line per check for a terminal."""
        lines = [
            f"{'ok  ' if c.passed else 'FAIL'} {c.check}{f' [{c.measure}]' if c.measure else ''}: {c.message}"
            f" (checked {c.checked}, worst {c.worst:.2g})"
            for c in self.checks
        ]
        verdict = (
            "verified"
            if self.passed
            else f"NOT verified: {len(self.failures)} of {len(self.checks)} checks failed"
        )
        laid_over = [f"the plan with {change}" for change in self.overrides]
        parts = [
            f"only a part was proved: {measure} below {node} (not that its rounding is the nearest)"
            for measure, node in self.parts
        ]
        return "\n".join([*laid_over, *lines, verdict, *parts])


def judge(
    check: str,
    measure: str,
    promise: str,
    deviation: NDArray[Any],
    limit: float,
    place: Callable[[int], str],
) -> Check:
    """Judge an array of deviations: all must be <= `limit`; what is no number fails.

    Parameters
    ----------
    deviation
        Any shape; position k of the flattened array is described by `place(k)`.
    place
        File, row and what differs at one position; called for a few positions only.
    """
    size = np.asarray(deviation, np.float64).ravel()
    size = np.where(np.isnan(size), np.inf, size)
    wrong = np.flatnonzero(~(size <= limit))
    worst = float(size.max(initial=0.0))
    if len(wrong) == 0:
        return Check(
            check, measure, True, len(size), worst, place(int(size.argmax())) if worst > 0 else "", promise
        )
    shown = "; ".join(place(int(k)) for k in wrong[:SHOWN])
    more = f"; {len(wrong) - SHOWN} more" if len(wrong) > SHOWN else ""
    message = f"{len(wrong)} of {len(size)} break the promise `{promise}`: {shown}{more}"
    return Check(check, measure, False, len(size), worst, place(int(size.argmax())), message)


def worded(where: Sequence[int], tell: Callable[[int], str]) -> list[str]:
    """Describe positions; only the first few get words, the others just count."""
    return [tell(k) for k in where[:SHOWN]] + [""] * (len(where) - SHOWN)


def list_faults(check: str, measure: str, promise: str, checked: int, faults: Sequence[str]) -> Check:
    """Judge a list of faults found: none may be left."""
    if not faults:
        return Check(check, measure, True, checked, 0.0, "", promise)
    more = f"; {len(faults) - SHOWN} more" if len(faults) > SHOWN else ""
    message = f"{len(faults)} break the promise `{promise}`: " + "; ".join(faults[:SHOWN]) + more
    return Check(check, measure, False, checked, float("inf"), faults[0], message)


def not_checked(checks: Iterable[str], measure: str, because: str) -> list[Check]:
    """Return failed checks for promises that could not be looked at."""
    return [
        Check(check, measure, False, 0, float("inf"), "", f"could not be checked: {because}")
        for check in checks
    ]
