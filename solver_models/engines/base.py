"""What an engine is, and how one is chosen by name."""

from dataclasses import dataclass
from typing import Protocol, runtime_checkable

from solver_models.arrays import FloatArray
from solver_models.model import BalanceModel
from solver_models.program import LinearProgram
from solver_models.solution import Solution, Status


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


@dataclass(frozen=True)
class BalancePoint:
    """Where an engine's own search for the balance ended.

    Parameters
    ----------
    status
        `optimal` (near the minimiser), `infeasible` (with a ray in `row_price`), or anything else.
    x
        Shape (n_column,).
    row_price
        Shape (n_row,): >= 0 where a lower bound holds the row, <= 0 where an upper does.
    """

    status: Status
    x: FloatArray
    row_price: FloatArray


@runtime_checkable
class BalanceEngine(Engine, Protocol):
    """An engine that also finds its way to the balance's minimiser without linear programs."""

    @property
    def fallback(self) -> Engine:
        """The engine that decides what this one cannot prove."""
        ...

    def balance_point(self, model: BalanceModel) -> BalancePoint:
        """Return a point near the minimiser with its prices, or a ray if there is none."""
        ...
