"""Prices that do not depend on who found the point: proved, and the smallest of all that prove it."""

from dataclasses import replace
from importlib import import_module
from typing import cast

import numpy as np

from solver_models.arrays import FloatArray
from solver_models.exact.active_set import SMALL, sizes_of_rows
from solver_models.exact.least_norm import (
    PriceProgram,
    Tightness,
    least_norm_prices,
    price_program,
    without_noise,
)
from solver_models.program import LinearProgram
from solver_models.solution import Solution
from solver_models.sparse_rows import absolute, norms, times_columns, times_rows

TIGHT, CLEAR, NOISE = 1e-10, 1e-7, 1e-9
PROVED = 1e-7
"""What is left between both values here; the answer is judged to a billionth where it is reported."""


def is_small(program: LinearProgram) -> bool:
    """Whether exact arithmetic ends at once."""
    return program.n_row * program.n_column <= SMALL


def canonical(program: LinearProgram, solution: Solution) -> Solution | None:
    """Return the solution with the smallest prices (each times the norm of its row) that prove its point.

    They depend on the program and on what is tight at the point only, not on the engine; a price or
    reduced cost that is noise is exactly 0. The objective becomes that of the dual.

    Parameters
    ----------
    program
        Columns and rows scaled to numbers near 1.

    Returns
    -------
    None if no prices were found that prove the point.
    """
    tight = _tightness(program, solution)
    known = price_program(program.matrix, program.cost, tight)
    price = smallest_prices(known, program.n_row)
    if price is None:
        return None
    price, reduced = without_noise(program.matrix, program.cost, price)
    row_bound = np.where(price > 0, program.row_lower, np.where(price < 0, program.row_upper, 0.0))
    bound = np.where(reduced > 0, program.lower, np.where(reduced < 0, program.upper, 0.0))
    if not (np.isfinite(row_bound).all() and np.isfinite(bound).all()):
        return None
    activity = program.matrix @ solution.x
    gap = np.abs(price) @ np.abs(activity - row_bound) + np.abs(reduced) @ np.abs(solution.x - bound)
    value = float(row_bound @ price + bound @ reduced)
    if gap > PROVED * max(abs(value), 1.0):
        return None
    return replace(solution, row_price=price, reduced_cost=reduced, objective=value)


def plain(program: LinearProgram, solution: Solution) -> Solution:
    """Return the solution with the engine's own prices, what is noise in them set to 0."""
    price = np.where(
        np.abs(solution.row_price) > NOISE * np.abs(solution.row_price).max(initial=0.0),
        solution.row_price,
        0.0,
    )
    reduced = program.cost - program.matrix.T @ price
    size = np.abs(program.cost) + absolute(program.matrix).T @ np.abs(price)
    reduced = np.where(np.abs(reduced) > CLEAR * size, reduced, 0.0)
    return replace(solution, row_price=price, reduced_cost=reduced)


def smallest_prices(known: PriceProgram, n_row: int) -> FloatArray | None:
    """Least-norm prices: exact for small programs, to twelve digits for others; None if there are none."""
    if len(known.row) * len(known.column) <= SMALL:
        return least_norm_prices(known, n_row)
    # the interior point's library is loaded by large programs only
    large = import_module("solver_models.engines.least_norm")
    return cast(FloatArray | None, large.nearly_least_norm(known, n_row))


def _tightness(program: LinearProgram, solution: Solution) -> Tightness:
    """What the point touches, and what the engine's prices stand for."""
    x, price, reduced = solution.x, solution.row_price, solution.reduced_cost
    activity = program.matrix @ x
    size = sizes_of_rows(program.matrix, program.row_lower, program.row_upper, np.zeros(program.n_column))
    near = TIGHT * np.maximum(size, 1.0)
    beside = TIGHT * np.maximum(np.abs(x), 1.0)
    is_equal = program.row_lower == program.row_upper
    price = np.where(np.abs(price) > CLEAR * np.abs(price).max(initial=0.0), price, 0.0)
    reduced = np.where(np.abs(reduced) > CLEAR * np.abs(reduced).max(initial=0.0), reduced, 0.0)
    return Tightness(
        (np.abs(activity - program.row_lower) <= near) | (price > 0) | is_equal,
        (np.abs(activity - program.row_upper) <= near) | (price < 0) | is_equal,
        (np.abs(x - program.lower) <= beside) | (reduced > 0),
        (np.abs(x - program.upper) <= beside) | (reduced < 0),
    )


def scaled_program(program: LinearProgram, column: FloatArray) -> tuple[LinearProgram, FloatArray]:
    """Return the program in columns x / column with rows of unit norm, and the norms they had."""
    matrix = times_columns(program.matrix, column)
    norm = norms(matrix)
    factor = np.where(norm > 0, norm, 1.0)
    return (
        LinearProgram(
            cost=program.cost * column,
            matrix=times_rows(matrix, 1.0 / factor),
            row_lower=program.row_lower / factor,
            row_upper=program.row_upper / factor,
            lower=program.lower / column,
            upper=program.upper / column,
        ),
        factor,
    )
