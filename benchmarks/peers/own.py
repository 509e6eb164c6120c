"""Our own engines, and our passes through the LP solvers of others.

The one module of the benchmark that knows how the product is called: change it when the product
changes.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import TypeVar

import numpy as np
from scipy.sparse import csr_array

from benchmarks.peers.routes import EngineAbsent, PeerFailure
from benchmarks.task import FloatArray, Task
from solver_models.balance.solve import solve_balance
from solver_models.engines.base import Engine, EngineError, EngineOptions
from solver_models.engines.choice import choose_engine
from solver_models.failures import EngineStopped, ModelInfeasible
from solver_models.model import BalanceAnswer, BalanceModel, Rows, SoftRows
from solver_models.warm import WarmState, resolve, solve_warm

IS_WARM = True
Answer = TypeVar("Answer")


@dataclass(frozen=True)
class Own:
    """Our balance solve with one engine."""

    engine: Engine

    def build(self, task: Task) -> BalanceModel:
        """Return the product's model."""
        return model_of_task(task)

    def solve(self, task: Task, model: BalanceModel) -> BalanceAnswer:
        """Solve to a certified answer."""
        return solve_model(model, self.engine)

    def extract(self, task: Task, model: BalanceModel, solved: BalanceAnswer) -> FloatArray:
        """Return the cells in the task's unit."""
        return solved.x * model.unit


def contestant(formulation: str, solver: str) -> Own:
    """Return the contestant for an engine by the name a user types.

    Raises
    ------
    EngineAbsent
        If this version has no such engine.
    """
    return Own(named_engine(solver))


def named_engine(name: str) -> Engine:
    """Return the engine a user calls `name`.

    Raises
    ------
    EngineAbsent
        If this version has no such engine.
    """
    try:
        return choose_engine(name)
    except EngineError as missing:
        raise EngineAbsent(str(missing)) from missing


def solve_model(model: BalanceModel, engine: Engine) -> BalanceAnswer:
    """Solve a model without soft rules.

    Raises
    ------
    PeerFailure
        If the engine gives no certified answer.
    """
    return _told(lambda: solve_balance(model, engine, EngineOptions()), engine)


def warm_state(model: BalanceModel, engine: Engine) -> WarmState:
    """Solve a model and keep what a re-solve begins with.

    Raises
    ------
    PeerFailure
        As `solve_model`.
    """
    return _told(lambda: solve_warm(model, engine, EngineOptions()), engine)


def resolve_model(model: BalanceModel, before: WarmState, engine: Engine) -> BalanceAnswer:
    """Solve a changed model from the state before the change.

    Raises
    ------
    PeerFailure
        As `solve_model`.
    """
    return _told(lambda: resolve(model, before, engine, EngineOptions()), engine).solved.answer


def _told(solve: Callable[[], Answer], engine: Engine) -> Answer:
    try:
        return solve()
    except ModelInfeasible as failure:
        raise PeerFailure(f"{engine.name}: {failure}", is_infeasible=True) from failure
    except (EngineError, EngineStopped) as failure:
        raise PeerFailure(f"{engine.name}: {failure}") from failure


def model_of_task(task: Task) -> BalanceModel:
    """Return the task as the product's model, scaled."""
    n_row, n_column = task.matrix.shape
    nothing = np.zeros(0)
    return BalanceModel(
        anchor=task.anchor,
        weight=task.weight,
        lower=task.lower,
        upper=task.upper,
        n_free=task.n_free,
        rows=Rows(
            task.matrix,
            task.row_lower,
            task.row_upper,
            np.arange(n_row, dtype=np.int64),
            np.zeros(n_row, np.int64),
        ),
        soft=SoftRows(
            csr_array((0, n_column)), nothing, nothing, np.zeros(0, np.int64), nothing, np.zeros(0, np.int64)
        ),
    ).scaled()
