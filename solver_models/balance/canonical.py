"""One set of prices for one answer: what is not unique is chosen by the smallest norm, whoever found it."""

from dataclasses import replace

import numpy as np

from solver_models.arrays import FloatArray, IntArray, significant
from solver_models.balance.kkt import cells_at, residuals, row_size
from solver_models.balance.polish import polish
from solver_models.balance.system import normal_form
from solver_models.exact.balance import exact_balance
from solver_models.exact.least_norm import without_noise
from solver_models.failures import ModelInfeasible
from solver_models.model import BalanceAnswer, BalanceModel
from solver_models.sparse_rows import rows_at

EXACT_SIZE = 4_000
"""Tight rows x columns up to which the answer is written in 256-bit arithmetic."""
TIGHT = 1e-9
GIVE = 1e-7
DIGITS = 12
START_DIGITS = 5
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
    part = _with_rows(model, row)
    small = len(row) * part.n_column <= EXACT_SIZE
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


def _with_rows(model: BalanceModel, row: IntArray) -> BalanceModel:
    rows = model.rows
    return replace(
        model,
        rows=replace(
            rows,
            matrix=rows_at(rows.matrix, row),
            lower=rows.lower[row],
            upper=rows.upper[row],
            source=rows.source[row],
            part=rows.part[row],
        ),
    )


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
    price, _ = without_noise(model.rows.matrix, stretch, form.price_out(held.price), is_balance=True)
    return significant(price, DIGITS), held.free * form.free_scale, 0
