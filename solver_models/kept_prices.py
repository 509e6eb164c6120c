"""Prices of one stage of a tier that are right for another model: a proof without a search or a program."""

from dataclasses import dataclass

import numpy as np

from solver_models.arrays import BoolArray, FloatArray, IntArray
from solver_models.model import BalanceModel
from solver_models.priced_rows import SIGNIFICANT_CELL, PricedRows
from solver_models.solution import Solution, Status
from solver_models.tier_face import Face
from solver_models.tier_rows import Sides

KEPT = "kept"
"""What is named as the engine of prices that were there before."""


def kept_largest(model: BalanceModel, face: Face, sides: Sides, price: FloatArray) -> Solution | None:
    """Return prices of the rows of `largest_program` as its solution if they are dual feasible, else None.

    Weak duality: no point costs less than the returned objective, price x bounds + reduced cost x
    bounds; a feasible point that is tight wherever one of them is not zero is optimal. Whether there
    is one is for the caller to find: `x` is zero.

    Parameters
    ----------
    price
        Shape (n_row + n_side,).
    """
    priced = PricedRows.of(model, sides, price)
    goal = price[len(model.rows) :]
    theta = np.array([1.0 - goal.sum()])
    return _kept(
        model,
        face,
        sides,
        priced,
        price,
        is_held=np.zeros(len(sides), bool),
        more=_Columns(theta, 1.0 + np.abs(goal).sum(keepdims=True), np.array([np.inf])),
    )


def kept_sum(model: BalanceModel, face: Face, sides: Sides, price: FloatArray) -> Solution | None:
    """Return prices of the rows of `sum_program` as its solution if they are dual feasible, else None.

    Parameters
    ----------
    price
        Shape (n_row + 2 n_side,).
    """
    m, k = len(model.rows), len(sides)
    goal, share = price[m : m + k], price[m + k :]
    if np.any((share < 0) & ~face.largest_tight):
        return None
    return _kept(
        model,
        face,
        sides,
        PricedRows.of(model, sides, price),
        price,
        is_held=face.goal_tight,
        more=_Columns(
            np.append(1.0 - goal + share, -share.sum()),
            np.append(1.0 + np.abs(goal) + np.abs(share), np.abs(share).sum()),
            np.append(np.where(face.d_zero, 0.0, np.inf), np.inf),
        ),
    )


@dataclass(frozen=True)
class _Columns:
    """Columns of a stage behind the model's: reduced costs, what they are sums of, upper bounds."""

    reduced: FloatArray
    size: FloatArray
    upper: FloatArray


def _kept(
    model: BalanceModel,
    face: Face,
    sides: Sides,
    priced: PricedRows,
    price: FloatArray,
    *,
    is_held: BoolArray,
    more: _Columns,
) -> Solution | None:
    """Prices as a solution if no price and no reduced cost stands for a bound that is infinite.

    Parameters
    ----------
    is_held
        Goals that are equalities.
    """
    n_row = len(priced.row)
    is_low = priced.price > 0
    row_bound = np.where(is_low[:n_row], face.row_lower[priced.row], face.row_upper[priced.row])
    if not np.all(np.isfinite(row_bound)) or not np.all(is_low[n_row:] | is_held[priced.goal]):
        return None
    goal_bound = (sides.sign * sides.bound / sides.scale)[priced.goal]
    free = np.full(model.n_free, np.inf)
    reduced = np.concatenate([-priced.pull, more.reduced])
    noise = SIGNIFICANT_CELL * np.concatenate([priced.size, more.size])
    reduced = np.where(np.abs(reduced) > noise, reduced, 0.0)
    counts = np.flatnonzero(reduced)
    lower = np.concatenate([face.lower, -free, np.zeros(len(more.reduced))])
    upper = np.concatenate([face.upper, free, more.upper])
    column = np.where(reduced[counts] > 0, lower[counts], upper[counts])
    if not np.all(np.isfinite(column)):
        return None
    objective = priced.price @ np.concatenate([row_bound, goal_bound]) + reduced[counts] @ column
    return Solution(
        status=Status.OPTIMAL,
        x=np.zeros(len(reduced)),
        row_price=price,
        reduced_cost=reduced,
        message="",
        objective=float(objective),
        solved_by=KEPT,
    )


def carried_over(old_key: IntArray, price: FloatArray, new_key: IntArray) -> FloatArray:
    """Prices by key: those of the old rows that are still there, 0 for new rows.

    Parameters
    ----------
    old_key, new_key
        What a row is known by in both models; where a key repeats, the last old price counts.

    Returns
    -------
    Shape of new_key.
    """
    if np.array_equal(old_key, new_key):
        return price
    priced = np.flatnonzero(price)
    if len(priced) == 0:
        return np.zeros(len(new_key))
    order = priced[np.argsort(old_key[priced], kind="stable")]
    known = old_key[order]
    place = np.searchsorted(known, new_key, side="right") - 1
    is_known = (place >= 0) & (known[place] == new_key)
    return np.where(is_known, price[order][place], 0.0)
