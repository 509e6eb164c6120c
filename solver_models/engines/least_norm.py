"""Least-norm prices of programs too large for exact arithmetic: an interior point, then least squares."""

import numpy as np
from scipy.sparse import csc_array, csr_array, eye_array
from scipy.sparse.linalg import splu

from solver_models.arrays import FloatArray
from solver_models.engines.interior import interior_point
from solver_models.exact.least_norm import PriceProgram, largest_share
from solver_models.failures import largest_entry
from solver_models.program import LinearProgram
from solver_models.solution import Status
from solver_models.sparse_rows import absolute

TOLERANCE = 1e-10
CLEAR = 1e-7
EXACT = 1e-12
REGULARISATION = 1e-10
REFINEMENTS = 25


def nearly_least_norm(known: PriceProgram, n_row: int) -> FloatArray | None:
    """Return the least-norm prices to twelve digits, shape (n_row,), or None if they are not found.

    The interior point tells which rows carry a price and which columns have no reduced cost; on these
    sets the prices are the least-norm solution of linear equations, found from 0 by refined steps.
    """
    k = len(known.row)
    program = LinearProgram(np.zeros(k), known.transposed, known.least, known.most, known.lower, known.upper)
    point = interior_point(program, np.ones(k), TOLERANCE)
    if point.status is not Status.OPTIMAL:
        return None
    rough = np.clip(point.x, known.lower, known.upper)
    rows = csr_array(known.transposed.T.tocsr())
    size = known.size + absolute(known.transposed) @ np.abs(rough)
    carries = np.flatnonzero(largest_share(absolute(rows), size) * np.abs(rough) > CLEAR)
    wanted = np.where(np.isfinite(known.least), known.least, known.most)
    holds = np.flatnonzero(np.abs(known.transposed @ rough - wanted) <= CLEAR * size)
    found = _least_squares(csr_array(rows[carries][:, holds]), wanted[holds], size[holds])
    if found is None:
        return None
    price = np.zeros(n_row)
    price[known.row[carries]] = found / known.norm[carries]
    return price


def _least_squares(rows: csr_array, wanted: FloatArray, size: FloatArray) -> FloatArray | None:
    """Return the least-norm y with rows' y = wanted, or None if the equations do not hold to 1e-12."""
    y = np.zeros(rows.shape[0])
    if min(rows.shape) == 0:
        return y if largest_entry(wanted / size) <= EXACT else None
    weighted = csr_array(rows.multiply(1.0 / size[None, :] ** 2).tocsr())
    normal = csc_array(weighted @ rows.T)
    mean = max(float(normal.diagonal().mean()), 1e-300)
    factor = splu(csc_array(normal + REGULARISATION * mean * eye_array(len(y), format="csr")))
    for _ in range(REFINEMENTS):
        residual = wanted - rows.T @ y
        if largest_entry(residual / size) <= EXACT * 1e-3:
            break
        y = y + factor.solve(weighted @ residual)
    return y if largest_entry((wanted - rows.T @ y) / size) <= EXACT else None
