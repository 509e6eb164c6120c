"""How far an amount can go under the hard rows: one linear program, with the bounds that stop it."""

from dataclasses import dataclass

import numpy as np
from scipy.sparse import csr_array, hstack, vstack

from solver_models.arrays import BoolArray, FloatArray, IntArray
from solver_models.engines.base import Engine, EngineOptions
from solver_models.failures import raise_unless_optimal
from solver_models.model import BalanceModel
from solver_models.program import LinearProgram
from solver_models.shared_sums import SharedSums, with_shared_sums
from solver_models.solution import Status

NOTHING = 1e-9


@dataclass(frozen=True)
class Extreme:
    """The largest or smallest value that the hard rows and bounds allow.

    Parameters
    ----------
    value
        On the model's scale; +-inf where nothing stops it.
    pull
        Shape (2, n_row + n_cell): change of `value` per unit of the lower / upper bound of each row, then
        of each cell. Bounds that scale with the total count as shares of it. All zero where `value` is
        infinite. By duality sum of pull * bound = value over the bounds that do not scale.
    """

    value: float
    pull: FloatArray


@dataclass(frozen=True)
class HardRows:
    """The hard rows and bounds of a model, written once for the extremes of many amounts."""

    model: BalanceModel
    shared: SharedSums

    @staticmethod
    def of(model: BalanceModel) -> "HardRows":
        """Write the rows of a model."""
        lower, upper = model.column_bounds()
        rows = model.rows
        program = LinearProgram(np.zeros(model.n_column), rows.matrix, rows.lower, rows.upper, lower, upper)
        return HardRows(model, with_shared_sums(program))


def extreme_amount(
    rows: HardRows, amount: FloatArray, engine: Engine, options: EngineOptions, *, largest: bool
) -> Extreme:
    """Return max (or min) of amount @ z over the hard rows and bounds of a model.

    Parameters
    ----------
    amount
        Shape (n_column,).

    Raises
    ------
    ModelInfeasible, EngineStopped, EngineError
        If there is no point at all, or the solve ended without a proof.
    """
    source = np.arange(len(rows.model.rows))
    return _extreme(rows.model, rows.shared, source, amount, engine, options, largest=largest)


def extreme_total(
    model: BalanceModel,
    follows: BoolArray,
    total: float,
    engine: Engine,
    options: EngineOptions,
    *,
    largest: bool,
) -> Extreme:
    """Return the largest (or smallest) s * total for which a point exists once some bounds are scaled by s.

    l_i s <= a_i z <= u_i s for the rows that follow, all others as they are, s >= 0.

    Parameters
    ----------
    follows
        Shape (n_row,): the row of the total itself, and those that keep their proportion to it.
    total
        The total as it stands, > 0, on the model's scale.

    Raises
    ------
    ModelInfeasible, EngineStopped, EngineError
        If there is no point whatever the total, or the solve ended without a proof.
    """
    objective = np.append(np.zeros(model.n_column), 1.0)
    shared, source = _following_rows(model, follows, total)
    return _extreme(model, shared, source, objective, engine, options, largest=largest)


def _following_rows(model: BalanceModel, follows: BoolArray, total: float) -> tuple[SharedSums, IntArray]:
    """Write the rows over the columns (cells, free columns, total), and which row of the model each is."""
    rows = model.rows
    held = np.flatnonzero(~follows)
    # an equality stays one row: as two, their prices would name both sides and cancel
    both = np.flatnonzero(follows & (rows.lower == rows.upper))
    is_range = follows & (rows.lower < rows.upper)
    low = np.flatnonzero(is_range & np.isfinite(rows.lower))
    high = np.flatnonzero(is_range & np.isfinite(rows.upper))
    matrix = vstack(
        [
            _with_total(rows.matrix[held], np.zeros(len(held))),
            _with_total(rows.matrix[both], -rows.lower[both] / total),
            _with_total(rows.matrix[low], -rows.lower[low] / total),
            _with_total(rows.matrix[high], -rows.upper[high] / total),
        ],
        format="csr",
    )
    nothing_below, nothing_above = np.full(len(high), -np.inf), np.full(len(low), np.inf)
    lower, upper = model.column_bounds()
    program = LinearProgram(
        cost=np.zeros(model.n_column + 1),
        matrix=csr_array(matrix),
        row_lower=np.concatenate([rows.lower[held], np.zeros(len(both) + len(low)), nothing_below]),
        row_upper=np.concatenate([rows.upper[held], np.zeros(len(both)), nothing_above, np.zeros(len(high))]),
        lower=np.append(lower, 0.0),
        upper=np.append(upper, np.inf),
    )
    return with_shared_sums(program), np.concatenate([held, both, low, high])


def _extreme(
    model: BalanceModel,
    shared: SharedSums,
    source: IntArray,
    objective: FloatArray,
    engine: Engine,
    options: EngineOptions,
    *,
    largest: bool,
) -> Extreme:
    """Optimise one objective; `source` is the row of the model that each row of the program is."""
    sign = -1.0 if largest else 1.0
    n, n_row = model.n_cell, len(model.rows)
    answer = engine.solve(shared.with_cost(sign * objective), options)
    pull = np.zeros((2, n_row + n))
    if answer.status is Status.UNBOUNDED:
        return Extreme(-sign * np.inf, pull)
    solution = shared.expanded(raise_unless_optimal(answer, engine.name))
    price, reduced = sign * solution.row_price, sign * solution.reduced_cost[:n]
    is_upper = solution.row_price < 0
    np.add.at(pull, (is_upper.astype(np.int64), source), price)
    pull[(solution.reduced_cost[:n] < 0).astype(np.int64), n_row + np.arange(n)] = reduced
    largest_pull = np.abs(pull).max(initial=0.0)
    pull[np.abs(pull) <= NOTHING * largest_pull] = 0.0
    return Extreme(sign * solution.objective, pull)


def _with_total(matrix: csr_array, coefficient: FloatArray) -> csr_array:
    """Append the column of the total."""
    column = csr_array(coefficient.reshape(-1, 1))
    joined: csr_array = csr_array(hstack([matrix, column], format="csr"))
    return joined
