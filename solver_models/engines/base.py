"""What an engine is, and how one is chosen by name."""

from dataclasses import dataclass
from typing import Protocol

from solver_models.program import LinearProgram
from solver_models.solution import Solution


@dataclass(frozen=True)
class EngineOptions:
    """Settings that every engine understands.

    Parameters
    ----------
    time_limit
        Seconds for one solve; inf = none.
    """

    time_limit: float = float("inf")


class EngineError(RuntimeError):
    """An engine is not available, or ended in a way that proves nothing."""


class Engine(Protocol):
    """Solves linear programs; stateless, deterministic (one thread, fixed seed)."""

    @property
    def name(self) -> str:
        """Name as given to `--engine`."""
        ...

    def solve(self, program: LinearProgram, options: EngineOptions) -> Solution:
        """Return the answer; never raises for infeasible, unbounded or stopped programs."""
        ...
