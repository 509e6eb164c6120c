"""One set of prices for one answer: what is not unique is chosen by the smallest norm, whoever found it."""

from dataclasses import replace

import numpy as np

from solver_models.arrays import FloatArray, IntArray, significant
from solver_models.balance.kkt import cells_at, residuals, row_size
from solver_models.balance.polish import REGULARISATION, polish
from solver_models.balance.system import ActiveRows, NormalForm, factorise, normal_form
from solver_models.exact.active_set import SMALL
from solver_models.exact.balance import exact_balance
from solver_models.exact.least_norm import without_noise
from solver_models.failures import ModelInfeasible
from solver_models.model import BalanceAnswer, BalanceModel

TIGHT = 1e-9
GIVE = 1e-7
DIGITS = 12
START_DIGITS = 5
SHARPENINGS = 4
ACCEPTED = 1e-9


def canonical_balance(model: BalanceModel, answer: BalanceAnswer) -> BalanceAnswer:
    """Return the same point with the smallest prices that prove it.

    The norm of prices is sqrt(sum (price of a row x its length)^2). Only the rows that the point is tight
    at can carry one. Small models are written in 256-bit arithmetic, so that not a bit depends on the engine
    or the processor; in others rows give way by a ten-millionth of their price, which makes the
    prices unique, and the error is refined away. These prices have twelve digits. The cells are those
    that follow from the prices.
    """
    if model.n_cell == 0 or len(model.rows) == 0:
        return answer
    row = _tight_rows(model, answer)
    part = replace(model, rows=model.rows.at(row))
    small = len(row) * part.n_column <= SMALL
    found = _exactly(part) if small else _refined(part, answer.price[row], answer.free)
    if found is None:
        return answer
    price, free, steps = found
    every = np.zeros(len(model.rows))
    every[row] = price
    x = cells_at(model, every)
    errors = residuals(model, x, free, every)
    if max(errors.values()) > max(ACCEPTED, max(answer.residual.values())):
        return answer
    return replace(
        answer,
        x=x,
        free=free,
        price=every,
        residual=errors,
        passes={**answer.passes, "exact": answer.passes.get("exact", 0) + steps},
    )


def _tight_rows(model: BalanceModel, answer: BalanceAnswer) -> IntArray:
    activity = model.rows.matrix @ np.concatenate([answer.x, answer.free])
    distance = np.minimum(np.abs(activity - model.rows.lower), np.abs(activity - model.rows.upper))
    return np.flatnonzero((distance <= TIGHT * row_size(model)) | (answer.price != 0))


def _exactly(model: BalanceModel) -> tuple[FloatArray, FloatArray, int] | None:
    try:
        answer = exact_balance(model)
    except ModelInfeasible:
        return None
    return answer.price, answer.free, answer.passes["exact"]


def _refined(
    model: BalanceModel, price: FloatArray, free: FloatArray
) -> tuple[FloatArray, FloatArray, int] | None:
    """Springs give the unique prices; held rows, begun from these, keep them the smallest."""
    form = normal_form(model, row_size(model))
    start = significant(form.price_in(price), START_DIGITS)
    springs = polish(form, start, free / form.free_scale, give=np.full(form.n_row, GIVE))
    if springs is None:
        return None
    held = polish(form, significant(springs.price, START_DIGITS), springs.free)
    if held is None:
        return None
    stretch = np.zeros(model.n_column)
    sharp, free = _sharpened(form, held.price, held.free)
    price, _ = without_noise(model.rows.matrix, stretch, form.price_out(sharp), is_balance=True)
    return significant(price, DIGITS), significant(free * form.free_scale, DIGITS), 0


def _sharpened(form: NormalForm, price: FloatArray, free: FloatArray) -> tuple[FloatArray, FloatArray]:
    """Refine settled prices with residuals in extended precision: what is rounded afterwards is one number.

    Double precision leaves the thirteenth digit to the order in which a processor's kernels add.
    """
    model, rows = form.model, np.flatnonzero(price)
    if len(rows) == 0:
        return price, free
    part = ActiveRows.of(form, rows)
    target = np.where(price < 0, form.upper, form.lower)[rows]
    cells, cells_t, border = (one.astype(np.longdouble) for one in (part.cells, part.cells_t, part.free))
    y, t, factor = price[rows].astype(np.longdouble), free.astype(np.longdouble), None
    for _ in range(SHARPENINGS):
        z = model.anchor + model.weight * (cells_t @ y)
        gap = target - cells @ np.minimum(np.maximum(z, model.lower), model.upper) - border @ t
        if factor is None:
            is_free = np.asarray((z > model.lower) & (z < model.upper))
            diagonal = np.full(len(rows), REGULARISATION)
            factor = factorise(form, part, is_free, diagonal, np.full(model.n_free, REGULARISATION))
        step = factor.solve(np.concatenate([gap, -(border.T @ y)]).astype(np.float64))
        y, t = y + step[: len(rows)], t + step[len(rows) :]
    sharp = np.zeros(form.n_row)
    sharp[rows] = y.astype(np.float64)
    return sharp, t.astype(np.float64)
