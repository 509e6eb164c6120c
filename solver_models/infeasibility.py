"""Proofs that rows cannot hold together."""

from dataclasses import dataclass

import numpy as np
from scipy.sparse import csr_array, eye_array, vstack

from solver_models.arrays import FloatArray, IntArray
from solver_models.balance.kkt import row_size
from solver_models.balance.solve import ACCEPTED
from solver_models.engines.base import BalanceEngine, Engine, EngineError, EngineOptions
from solver_models.engines.choice import choose_engine
from solver_models.engines.highs import is_feasible
from solver_models.engines.row_session import RowSession
from solver_models.failures import ModelInfeasible
from solver_models.farkas import proves_infeasible
from solver_models.lumping import lumped
from solver_models.model import BalanceModel
from solver_models.program import LinearProgram
from solver_models.solution import Status
from solver_models.solve import solve_model
from solver_models.sparse_rows import norms, rows_at

NOTHING = 1e-7
CUTS = (1e-3, 1e-5, 1e-7, 0.0)
"""Rows that weigh less than this in a ray, relative to the heaviest, are looked at later."""
SMALL = 20_000
"""Coefficients up to which the simplex looks at all rows at once."""


@dataclass(frozen=True)
class FarkasProof:
    """Multipliers that turn rows into one impossible inequality.

    sum over rows of multiplier * activity is at most `most` over the box of the columns, but the
    rows ask for at least `least` > `most`.

    Parameters
    ----------
    multiplier
        Shape (n_row,): > 0 uses the lower bound, < 0 the upper bound; the largest is 1.
    least, most
        Sides of the aggregated inequality, in amounts.
    """

    multiplier: FloatArray
    least: float
    most: float

    @property
    def short_by(self) -> float:
        """least - most > 0."""
        return self.least - self.most


@dataclass(frozen=True)
class Verdict:
    """Whether the hard rows of a model can hold together, proved either way.

    Parameters
    ----------
    point
        Shape (n_column,): a point that misses no row by more than `ACCEPTED` of its size; None where there
        is none.
    weight
        Shape (n_row of `feasibility_program`,): what each row weighs in a ray that proves it impossible,
        relative to the heaviest; all zero where there is a point.
    """

    point: FloatArray | None
    weight: FloatArray


def feasibility_program(model: BalanceModel) -> LinearProgram:
    """All hard promises as rows: the model's rows, then one row per cell with its bounds.

    Cells themselves are only >= 0 (and <= 0 where nothing else is possible), so that every
    bound a person gave can be named in a proof.
    """
    n = model.n_cell
    identity = eye_array(n, model.n_column, format="csr")
    free = np.full(model.n_free, np.inf)
    return LinearProgram(
        cost=np.zeros(model.n_column),
        matrix=csr_array(vstack([model.rows.matrix, identity], format="csr")),
        row_lower=np.concatenate([model.rows.lower, np.where(model.lower > 0, model.lower, -np.inf)]),
        row_upper=np.concatenate([model.rows.upper, model.upper]),
        lower=np.concatenate([np.zeros(n), -free]),
        upper=np.concatenate([np.full(n, np.inf), free]),
    )


def rows_only(program: LinearProgram, row: IntArray) -> LinearProgram:
    """Return the program with only some of its rows, and columns that these cannot tell apart merged."""
    return lumped(
        LinearProgram(
            program.cost,
            rows_at(program.matrix, row),
            program.row_lower[row],
            program.row_upper[row],
            program.lower,
            program.upper,
        )
    ).program


def verdict(model: BalanceModel) -> Verdict:
    """Decide whether the hard rows and bounds can hold together; soft rows must have been left out.

    Raises
    ------
    EngineError, EngineStopped
        If neither could be proved.
    """
    n_row = len(model.rows) + model.n_cell
    engine = choose_engine("auto")
    nothing = np.zeros(n_row)
    if model.is_crossed:
        return Verdict(None, _weight_of_simplex(feasibility_program(model)))
    if not isinstance(engine, BalanceEngine) or model.rows.matrix.nnz <= SMALL:
        return _by_solving(model, engine)
    found = engine.balance_point(model)
    if found.status is Status.INFEASIBLE and proves_infeasible(model, found.row_price):
        return Verdict(None, _weight_of_prices(model, found.row_price))
    if found.status is Status.OPTIMAL and _is_met(model, found.x):
        return Verdict(found.x, nothing)
    return _by_solving(model, engine)


def _by_solving(model: BalanceModel, engine: Engine) -> Verdict:
    """Find the balance itself, with its own certificate."""
    try:
        answer = solve_model(model, engine, EngineOptions()).answer
    except ModelInfeasible:
        return Verdict(None, _weight_of_simplex(feasibility_program(model)))
    return Verdict(np.concatenate([answer.x, answer.free]), np.zeros(len(model.rows) + model.n_cell))


def _is_met(model: BalanceModel, point: FloatArray) -> bool:
    """True if a point misses no row or bound by more than `ACCEPTED` of its size."""
    rows, cells = model.rows, point[: model.n_cell]
    activity = rows.matrix @ point
    missed = np.maximum(rows.lower - activity, activity - rows.upper)
    out = np.maximum(model.lower - cells, cells - model.upper)
    return bool(np.all(missed <= ACCEPTED * row_size(model)) and np.all(out <= ACCEPTED * model.weight))


def _weight_of_prices(model: BalanceModel, price: FloatArray) -> FloatArray:
    """Weights of the rows with a price, and of the cell bounds that the pull of the prices needs."""
    rows = model.rows
    y = np.where((price > 0) & np.isneginf(rows.lower), 0.0, price)
    y = np.where((y < 0) & np.isposinf(rows.upper), 0.0, y)
    pull = (rows.matrix.T @ y)[: model.n_cell]
    by_cell = np.where((pull > 0) & np.isfinite(model.upper), pull, np.where(model.lower > 0, -pull, 0.0))
    weight = np.concatenate([np.abs(y) * norms(rows.matrix), np.maximum(by_cell, 0.0)])
    top = float(weight.max(initial=0.0))
    return weight / top if top > 0 else weight


def _weight_of_simplex(program: LinearProgram) -> FloatArray:
    """Weights of a ray of the simplex; all rows alike where a row's own bounds cross."""
    crossed = program.row_lower > program.row_upper
    if crossed.any():
        return crossed.astype(np.float64)
    session = RowSession(program)
    if session.solve() is not None:
        raise EngineError("one engine calls the rows impossible, the simplex finds a point")
    weight = np.abs(session.ray())
    return weight / weight.max(initial=1e-300)


def farkas_proof(program: LinearProgram, weight: FloatArray | None = None) -> FarkasProof | None:
    """Return a checked proof of infeasibility, or None if the program is feasible.

    The ray of the simplex is only a candidate: its inequality is evaluated here, entries that
    stand for an infinite bound are dropped.

    Parameters
    ----------
    weight
        Shape (n_row,): what each row weighs in a ray that is known; heavy rows are tried alone first.

    Raises
    ------
    EngineError
        If the simplex proves neither.
    """
    every = np.arange(program.n_row)
    tried = -1
    for cut in CUTS if weight is not None else ():
        row = np.flatnonzero(weight > cut) if weight is not None else every
        if len(row) == tried:
            continue
        tried = len(row)
        proof = _proof_within(program, row)
        if proof is not None:
            return proof
    return _proof_within(program, every)


def _proof_within(program: LinearProgram, row: IntArray) -> FarkasProof | None:
    """Return a proof that uses some rows only; None if they can hold together."""
    part = rows_only(program, row)
    session = RowSession(part)
    if session.solve() is not None:
        return None
    ray = session.ray()
    top = float(np.abs(ray).max())
    y = np.where(np.abs(ray) > NOTHING * top, ray / top, 0.0)
    y = np.where((y > 0) & np.isneginf(part.row_lower), 0.0, y)
    y = np.where((y < 0) & np.isposinf(part.row_upper), 0.0, y)
    up, down = y > 0, y < 0
    least = float(y[up] @ part.row_lower[up] + y[down] @ part.row_upper[down])
    pull = part.matrix.T @ y
    pull = np.where(np.abs(pull) > 1e-9 * (abs(part.matrix).T @ np.abs(y) + 1e-300), pull, 0.0)
    if np.any((pull > 0) & np.isposinf(part.upper)) or np.any((pull < 0) & np.isneginf(part.lower)):
        return None
    high, low = pull > 0, pull < 0
    most = float(pull[high] @ part.upper[high] + pull[low] @ part.lower[low])
    if least <= most:
        return None
    multiplier = np.zeros(program.n_row)
    multiplier[row] = y
    return FarkasProof(multiplier, least, most)


def can_hold(program: LinearProgram) -> bool:
    """True if some point meets all rows and bounds; crossed bounds of a row need no solver.

    Raises
    ------
    EngineError
        If the engine proves neither.
    """
    crossed = np.any(program.row_lower > program.row_upper) or np.any(program.lower > program.upper)
    return not crossed and is_feasible(program)
