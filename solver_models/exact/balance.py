"""The balance in 256-bit arithmetic."""

from collections.abc import Callable

import numpy as np

from solver_models.balance.kkt import residuals
from solver_models.exact.active_set import NOISE, STRICT, TIGHT, DiagonalProgram, minimise, sizes_of_rows
from solver_models.exact.least_norm import Tightness, least_norm_prices, price_program, without_noise
from solver_models.failures import ModelInfeasible
from solver_models.model import BalanceAnswer, BalanceModel


def exact_balance(model: BalanceModel, is_over: Callable[[], bool] = lambda: False) -> BalanceAnswer:
    """Return the minimiser of a model without soft tiers, with the least of all prices that prove it.

    Raises
    ------
    ModelInfeasible
        If rows and bounds contradict each other, by more than the rounding of their coefficients.
    EngineStopped
        If `is_over` says so.
    """
    if model.is_crossed:
        raise ModelInfeasible("a lower bound lies above its upper bound")
    n, free = model.n_cell, np.zeros(model.n_free)
    amount = np.concatenate([np.maximum(model.anchor, model.weight), free])
    size = sizes_of_rows(model.rows.matrix, model.rows.lower, model.rows.upper, amount)
    lower, upper = model.column_bounds()
    curvature = np.concatenate([1.0 / model.weight, free + STRICT])
    centre = np.concatenate([model.anchor, free])
    point = minimise(
        DiagonalProgram(
            curvature,
            centre,
            np.zeros(model.n_column),
            model.rows.matrix,
            model.rows.lower,
            model.rows.upper,
            size,
            lower,
            upper,
            amount,
            np.arange(model.n_column) < n,
        ),
        is_over,
    )
    if not point.is_feasible:
        raise ModelInfeasible("rows and bounds contradict each other")
    x, t = point.x[:n], point.x[n:]
    activity = model.rows.matrix @ point.x
    stretch = np.concatenate([(x - model.anchor) / model.weight, free])
    near = NOISE * np.maximum(np.abs(x), model.weight)
    tight = Tightness(
        np.abs(activity - model.rows.lower) <= TIGHT * size,
        np.abs(activity - model.rows.upper) <= TIGHT * size,
        np.concatenate([np.abs(x - model.lower) <= near, free > 0]),
        np.concatenate([np.abs(x - model.upper) <= near, free > 0]),
    )
    stretch_size = np.concatenate([(np.abs(x) + model.anchor) / model.weight, free])
    known = price_program(model.rows.matrix, stretch, tight, stretch_size)
    price = least_norm_prices(known, len(model.rows))
    y, _ = without_noise(
        model.rows.matrix, stretch, point.row_price if price is None else price, is_balance=True
    )
    x = np.where(tight.low[:n], model.lower, np.where(tight.high[:n], model.upper, x))
    return BalanceAnswer(
        x,
        t,
        y,
        residuals(model, x, t, y),
        {"interior": 0, "linear": 0, "polish": 0, "newton": 0, "exact": point.steps},
    )
