"""Proof that rows and bounds cannot hold together: one weighted sum of rows that no point can meet."""

import numpy as np
from scipy.sparse import csr_array

from solver_models.arrays import FloatArray
from solver_models.model import BalanceModel

PROVED = 1e-10


def column_box(model: BalanceModel) -> tuple[FloatArray, FloatArray]:
    """Bounds of all columns that follow from single rows; columns without one stay infinite.

    In a row with coefficients >= 0 over cells >= 0 no cell can be above upper / coefficient. A free
    column that an equality defines as a sum of cells lies between the sums of their bounds.

    Returns
    -------
    lower, upper
        Shape (n_column,).
    """
    lower, upper = model.column_bounds()
    n = model.n_cell
    matrix = csr_array(model.rows.matrix)
    of_cells, of_free = csr_array(matrix[:, :n]), csr_array(matrix[:, n:])
    for_cells_only = np.diff(of_free.indptr) == 0
    smallest = np.zeros(len(model.rows))
    np.minimum.at(smallest, np.repeat(np.arange(len(model.rows)), np.diff(of_cells.indptr)), of_cells.data)
    bounding = np.flatnonzero(for_cells_only & (smallest >= 0) & np.isfinite(model.rows.upper))
    part = csr_array(of_cells[bounding])
    row = np.repeat(bounding, np.diff(part.indptr))
    positive = part.data > 0
    limit = np.maximum(model.rows.upper[row[positive]], 0.0) / part.data[positive]
    np.minimum.at(upper, part.indices[positive], limit)
    for k in range(model.n_free):
        column = csr_array(of_free[:, [k]])
        defines = np.flatnonzero(
            (np.diff(column.indptr) > 0)
            & (model.rows.lower == model.rows.upper)
            & (np.diff(of_free.indptr) == 1)
        )
        for i in defines.tolist():
            coefficient = -float(column[[i]].sum())
            cells = slice(of_cells.indptr[i], of_cells.indptr[i + 1])
            value, cell = of_cells.data[cells] / coefficient, of_cells.indices[cells]
            shift = -model.rows.lower[i] / coefficient
            low = float(np.where(value > 0, value * lower[cell], value * upper[cell]).sum()) + shift
            high = float(np.where(value > 0, value * upper[cell], value * lower[cell]).sum()) + shift
            lower[n + k], upper[n + k] = max(lower[n + k], low), min(upper[n + k], high)
    return lower, upper


def proves_infeasible(model: BalanceModel, ray: FloatArray) -> bool:
    """True if the rows weighted with `ray` ask for more than any point of the box can give.

    With v = ray and g = A'v, every feasible z has v'Az >= sum of v_i times the bound it stands for, and
    every z of the box has g'z <= sum of max(g l, g u); the proof is a positive difference, beyond
    what rounding of the sums explains.

    Parameters
    ----------
    ray
        Shape (n_row,): >= 0 stands for the lower bound of a row, <= 0 for the upper.
    """
    rows = model.rows
    top = np.abs(ray).max(initial=0.0)
    if not np.isfinite(top) or top == 0:
        return False
    v = ray / top
    v = np.where((v > 0) & np.isneginf(rows.lower), 0.0, np.where((v < 0) & np.isposinf(rows.upper), 0.0, v))
    asked = np.where(v > 0, rows.lower, np.where(v < 0, rows.upper, 0.0)) * v
    gradient = rows.matrix.T @ v
    size = abs(rows.matrix).T @ np.abs(v)
    gradient = np.where(np.abs(gradient) <= 1e-15 * size, 0.0, gradient)
    lower, upper = column_box(model)
    bound = np.where(gradient > 0, upper, np.where(gradient < 0, lower, 0.0))
    if not np.isfinite(bound).all():
        return False
    given = bound * gradient
    terms = float(np.abs(asked).sum() + (np.abs(bound) * size).sum())
    return float(asked.sum() - given.sum()) > PROVED * terms
