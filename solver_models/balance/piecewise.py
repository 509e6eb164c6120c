"""The balance objective by linear programs alone: chords of the parabola, refined where the answer lies."""

from dataclasses import dataclass

import numpy as np
from scipy.sparse import csr_array, hstack

from solver_models.arrays import FloatArray, IntArray
from solver_models.model import BalanceModel
from solver_models.program import LinearProgram

FIRST_STEPS = np.array([-1.0, -0.7, -0.4, -0.2, -0.08, 0.0, 0.08, 0.2, 0.4, 0.8, 2.0])
LATER_STEPS = np.array([-6.0, -2.5, -1.0, -0.35, 0.0, 0.35, 1.0, 2.5, 6.0])


@dataclass(frozen=True)
class PiecewiseProgram:
    """An LP whose columns are pieces of cells (then the free columns), and the way back.

    x_cell = base_cell + sum of its pieces.
    """

    program: LinearProgram
    base: FloatArray
    cell_of_piece: IntArray

    def cells(self, x: FloatArray) -> FloatArray:
        """Return the cell values of a point of the program, shape (n_cell,)."""
        pieces = x[: len(self.cell_of_piece)]
        return self.base + np.bincount(self.cell_of_piece, weights=pieces, minlength=len(self.base))


def piecewise_program(model: BalanceModel, center: FloatArray, half_width: float) -> PiecewiseProgram:
    """min sum of chords of (x - a)^2 / (2 w) between breakpoints, subject to the model's rows.

    The stretch r = (x - a) / w has breakpoints `center + half_width * steps` and one open piece
    beyond each end, so the pieces never cut off a feasible point. The slope of a piece is the
    mean of its ends (the chord); the open upper piece takes the slope of a piece as wide as all.

    Parameters
    ----------
    center
        Stretch around which to refine, shape (n_cell,); 0 for the first pass.
    half_width
        Scale of the steps; inf marks the first pass.
    """
    is_first = np.isinf(half_width)
    steps = FIRST_STEPS if is_first else LATER_STEPS * half_width
    low = (model.lower - model.anchor) / model.weight
    high = (model.upper - model.anchor) / model.weight
    inner = np.clip(center[:, None] + steps[None, :], low[:, None], high[:, None])
    points = np.column_stack([low, inner, high])
    width = np.diff(points, axis=1)
    with np.errstate(invalid="ignore"):
        slope = 0.5 * (points[:, 1:] + points[:, :-1])
    span = points[:, -2] - points[:, 0]
    slope[:, -1] = np.where(np.isinf(high), points[:, -2] + np.maximum(span, 1.0), slope[:, -1])
    used = width > 0
    cell = np.nonzero(used)[0]
    length = width[used] * model.weight[cell]
    n_piece, n = len(cell), model.n_cell
    spread = csr_array((np.ones(n_piece), (cell, np.arange(n_piece))), shape=(n, n_piece))
    matrix = csr_array(model.rows.matrix)
    of_cells = csr_array(matrix[:, :n])
    shift = of_cells @ model.lower
    free = np.full(model.n_free, np.inf)
    program = LinearProgram(
        cost=np.concatenate([slope[used], np.zeros(model.n_free)]),
        matrix=csr_array(hstack([of_cells @ spread, matrix[:, n:]], format="csr")),
        row_lower=model.rows.lower - shift,
        row_upper=model.rows.upper - shift,
        lower=np.concatenate([np.zeros(n_piece), -free]),
        upper=np.concatenate([length, free]),
    )
    return PiecewiseProgram(program, model.lower, cell.astype(np.int64))
