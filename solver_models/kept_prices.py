"""Prices of one linear program that are right for another: a proof without a search."""

from dataclasses import replace

import numpy as np

from solver_models.arrays import FloatArray, IntArray
from solver_models.program import LinearProgram
from solver_models.solution import Solution, Status
from solver_models.sparse_rows import absolute, rows_at

SIGNIFICANT = 1e-9
SIGNIFICANT_CELL = 1e-7
"""A reduced cost below this share of the terms it is the difference of is noise."""
KEPT = "kept"
"""What is named as the engine of prices that were there before."""


def without_noise(program: LinearProgram, solution: Solution) -> Solution:
    """Set prices that are noise beside the largest one to 0 and recompute the reduced costs."""
    weighted = np.abs(solution.row_price) * program.row_norm
    price = np.where(weighted > SIGNIFICANT * weighted.max(initial=0.0), solution.row_price, 0.0)
    return replace(solution, row_price=price, reduced_cost=program.cost - program.matrix.T @ price)


def kept_prices(program: LinearProgram, price: FloatArray) -> Solution | None:
    """Return prices as a solution if they are dual feasible, else None.

    Weak duality: no point costs less than the returned objective, price x bounds + reduced cost x
    bounds; a feasible point that is tight wherever one of them is not zero is optimal. Whether there
    is one is for the caller to find: `x` is zero.

    Parameters
    ----------
    price
        Shape (n_row,).
    """
    priced = np.flatnonzero(price)
    bound = np.where(price > 0, program.row_lower, program.row_upper)[priced]
    if not np.all(np.isfinite(bound)):
        return None
    rows = rows_at(program.matrix, priced)
    reduced = program.cost - rows.T @ price[priced]
    noise = SIGNIFICANT_CELL * (np.abs(program.cost) + absolute(rows).T @ np.abs(price[priced]))
    counts = np.abs(reduced) > noise
    column = np.where(reduced > 0, program.lower, program.upper)
    if not np.all(np.isfinite(column[counts])):
        return None
    objective = float(price[priced] @ bound + reduced[counts] @ column[counts])
    return Solution(
        status=Status.OPTIMAL,
        x=np.zeros(len(program.cost)),
        row_price=price,
        reduced_cost=reduced,
        message="",
        objective=objective,
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
