"""What optimality means here, and how far a point is from it."""

import numpy as np

from solver_models.arrays import FloatArray
from solver_models.failures import largest_entry
from solver_models.model import BalanceModel
from solver_models.sparse_rows import absolute, largest_coefficients

SMALL = 0.01
CANCELLED = 1e-3


def cells_at(model: BalanceModel, price: FloatArray) -> FloatArray:
    """x = clip(a + w * A'y, lower, upper): the minimiser of the Lagrangian at prices y."""
    pull = (model.rows.matrix.T @ price)[: model.n_cell]
    x: FloatArray = np.clip(model.anchor + model.weight * pull, model.lower, model.upper)
    return x


def row_size(model: BalanceModel) -> FloatArray:
    """Size of each row that errors are measured against. Shape (n_row,).

    max(|bounds|, sum of |A| a, a hundredth of the mean weight times the largest coefficient); the
    last one matters for rows that hold hardly any cell.
    """
    amounts = np.concatenate([model.anchor, np.zeros(model.n_free)])
    activity = absolute(model.rows.matrix) @ amounts
    low = np.where(np.isfinite(model.rows.lower), np.abs(model.rows.lower), 0.0)
    high = np.where(np.isfinite(model.rows.upper), np.abs(model.rows.upper), 0.0)
    coefficient = largest_coefficients(model.rows.matrix)
    least = np.maximum(SMALL * float(model.weight.mean() if model.n_cell else 1.0) * coefficient, 1e-12)
    size: FloatArray = np.maximum(np.maximum(low, high), np.maximum(activity, least))
    return size


def residuals(
    model: BalanceModel,
    x: FloatArray,
    free: FloatArray,
    price: FloatArray,
    size: FloatArray | None = None,
) -> dict[str, float]:
    """Relative errors of the optimality conditions.

    Parameters
    ----------
    size
        Sizes of the rows where they are known already (`row_size`).

    Returns
    -------
    `rows`: rows outside their bounds; `complementary`: rows with a price that are not at the bound
    the price stands for; `stationarity`: cells away from `cells_at`, relative to the cell, its weight, or a
    thousandth of the terms that cancel in its gradient; `free`: free columns with a gradient.
    """
    size = row_size(model) if size is None else size
    activity = model.rows.matrix @ np.concatenate([x, free])
    below, above = model.rows.lower - activity, activity - model.rows.upper
    outside = np.maximum(np.maximum(below, above), 0.0) / size
    gap = np.where(price > 0, np.abs(below), np.where(price < 0, np.abs(above), 0.0)) / size
    gap = np.where(np.isfinite(gap), gap, np.inf)
    pull = model.rows.matrix.T @ price
    nearest = np.clip(model.anchor + model.weight * pull[: model.n_cell], model.lower, model.upper)
    terms = absolute(model.rows.matrix).T @ np.abs(price)
    cell = np.maximum(model.weight * np.maximum(CANCELLED * terms[: model.n_cell], 1.0), np.abs(x))
    away = np.abs(x - nearest) / cell
    gradient = pull[model.n_cell :]
    reference = terms[model.n_cell :] + 1.0
    return {
        "rows": largest_entry(outside),
        "complementary": largest_entry(gap),
        "stationarity": largest_entry(away),
        "free": largest_entry(gradient / reference),
    }
