"""How far a total can go: linear programs over the hard rows, with the prices that say what stops it."""

from dataclasses import dataclass

import numpy as np
from scipy.sparse import csr_array, hstack, vstack

from solver_models.arrays import BoolArray, FloatArray, IntArray
from solver_models.engines.base import Engine, EngineError, EngineOptions
from solver_models.failures import EngineStopped, ModelInfeasible
from solver_models.model import BalanceModel
from solver_models.program import LinearProgram
from solver_models.solution import Solution, Status

PRICED = 1e-9


@dataclass(frozen=True)
class Extreme:
    """The largest (or smallest) value and what holds it there.

    Parameters
    ----------
    value
        In the model's unit; +-inf where nothing holds it.
    row_price
        Shape (n_row,): change of the value per unit of the row's bound; 0 where it does not hold.
    cell_price
        Shape (n_cell,): the same for the bounds of the cells.
    at_upper
        Shape (n_cell,): whether that bound is the upper one.
    """

    value: float
    row_price: FloatArray
    cell_price: FloatArray
    at_upper: BoolArray


def extreme_total(
    model: BalanceModel,
    total_row: int,
    follow: IntArray,
    engine: Engine,
    options: EngineOptions,
    *,
    largest: bool = True,
) -> Extreme:
    """max (or min) T s subject to the hard rows, where the bounds of the rows that follow are times s >= 0.

    The row of the total is a'z = T s, a row that follows is l s <= a'z <= u s; all others and the bounds of
    the cells stay. Soft rows do not count.

    Parameters
    ----------
    total_row
        Position of the row of the total: an equality with a bound above 0.
    follow
        Positions of the rows that scale along, such as stated product totals.

    Raises
    ------
    ModelInfeasible
        If the rows cannot hold with any total.
    EngineStopped, EngineError
        If a time limit ended the solve, or it ended in a way that proves nothing.
    """
    total = float(model.rows.lower[total_row])
    if not (total > 0 and total == model.rows.upper[total_row]):
        raise ValueError(f"the total must be fixed above 0, not {total}..{model.rows.upper[total_row]}")
    moving = np.zeros(len(model.rows), bool)
    moving[follow] = moving[total_row] = True
    fixed, bent = np.flatnonzero(~moving), np.flatnonzero(moving)
    floors = bent[np.isfinite(model.rows.lower[bent])]
    ceilings = bent[np.isfinite(model.rows.upper[bent])]
    taken = np.concatenate([fixed, floors, ceilings])
    of_scale = np.concatenate([np.zeros(len(fixed)), -model.rows.lower[floors], -model.rows.upper[ceilings]])
    below, above = np.full(len(ceilings), -np.inf), np.full(len(floors), np.inf)
    lower, upper = model.column_bounds()
    program = LinearProgram(
        cost=np.append(np.zeros(model.n_column), -1.0 if largest else 1.0),
        matrix=csr_array(hstack([model.rows.matrix[taken], csr_array(of_scale[:, None])], format="csr")),
        row_lower=np.concatenate([model.rows.lower[fixed], np.zeros(len(floors)), below]),
        row_upper=np.concatenate([model.rows.upper[fixed], above, np.zeros(len(ceilings))]),
        lower=np.append(lower, 0.0),
        upper=np.append(upper, np.inf),
    )
    solution = engine.solve(program, options)
    if _is_open(solution):
        return _open(model, largest=largest)
    price = np.zeros(len(model.rows))
    np.add.at(price, taken, solution.row_price)
    # the row of the total defines the scale: it stops nothing
    price[total_row] = 0.0
    return _extreme(model, float(solution.x[-1]) * total, price, solution, -total if largest else total)


def extreme_sum(
    model: BalanceModel,
    weight: FloatArray,
    engine: Engine,
    options: EngineOptions,
    *,
    largest: bool = True,
) -> Extreme:
    """max (or min) weight'x over the hard rows and bounds as they are.

    Parameters
    ----------
    weight
        Shape (n_cell,).

    Raises
    ------
    ModelInfeasible
        If the hard rows cannot hold together.
    EngineStopped, EngineError
        As in `extreme_total`.
    """
    lower, upper = model.column_bounds()
    sign = -1.0 if largest else 1.0
    program = LinearProgram(
        cost=sign * np.append(weight, np.zeros(model.n_free)),
        matrix=csr_array(vstack([model.rows.matrix], format="csr")),
        row_lower=model.rows.lower,
        row_upper=model.rows.upper,
        lower=lower,
        upper=upper,
    )
    solution = engine.solve(program, options)
    if _is_open(solution):
        return _open(model, largest=largest)
    value = float(weight @ solution.x[: model.n_cell])
    return _extreme(model, value, solution.row_price, solution, sign)


def _extreme(
    model: BalanceModel, value: float, price: FloatArray, solution: Solution, sign: float
) -> Extreme:
    """Turn prices of a least cost into prices of the value; reduced cost < 0 = at the upper bound."""
    reduced = _clean(solution.reduced_cost[: model.n_cell])
    return Extreme(value, _clean(price * sign), reduced * sign, reduced < 0)


def _is_open(solution: Solution) -> bool:
    """True for unbounded; raises for every other end but the optimum."""
    if solution.status == Status.INFEASIBLE:
        raise ModelInfeasible(solution.message)
    if solution.status == Status.STOPPED:
        raise EngineStopped(solution.message)
    if solution.status not in (Status.OPTIMAL, Status.UNBOUNDED):
        raise EngineError(solution.message)
    return solution.status == Status.UNBOUNDED


def _open(model: BalanceModel, *, largest: bool) -> Extreme:
    return Extreme(
        np.inf if largest else -np.inf,
        np.zeros(len(model.rows)),
        np.zeros(model.n_cell),
        np.zeros(model.n_cell, bool),
    )


def _clean(price: FloatArray) -> FloatArray:
    return np.where(np.abs(price) > PRICED, price, 0.0)
