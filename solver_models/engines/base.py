"""What an engine is, and how one is chosen by name."""

from collections.abc import Callable
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
    stop
        Asked now and then while soft tiers are settled; once it says true, the tiers that are left are
        treated as if the time limit had ended them. The balance is finished all the same.
    """

    time_limit: float = float("inf")
    stop: Callable[[], bool] | None = None

    @property
    def is_stopped(self) -> bool:
        """Whether somebody wants what there is by now."""
        return self.stop is not None and self.stop()

    @property
    def to_the_end(self) -> "EngineOptions":
        """The same limits for a solve that nobody stops."""
        return EngineOptions(self.time_limit)


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
