"""The scaled form: every cost 1, every row of unit norm. What our own engines work on."""

from dataclasses import dataclass

import numpy as np
from scipy.sparse import csr_array, diags_array

from benchmarks.task import FloatArray, Task


@dataclass(frozen=True)
class ScaledForm:
    """min |u|^2 / 2, lower <= u <= upper, row_lower <= matrix @ (u, t) <= row_upper.

    Parameters
    ----------
    matrix
        Shape (n_row, n_cell + n_free); the cells' part of each row has norm 1.
    lower, upper
        Shape (n_cell,).
    row_lower, row_upper
        Shape (n_row,).
    """

    matrix: csr_array
    lower: FloatArray
    upper: FloatArray
    row_lower: FloatArray
    row_upper: FloatArray


def scaled_form(task: Task) -> ScaledForm:
    """Substitute x = a + sqrt(w) u and divide every row by the norm of its cells' part."""
    root = np.sqrt(task.weight)
    cells = task.matrix[:, : task.n_cell]
    norm = np.sqrt(np.asarray(cells.multiply(cells) @ task.weight).ravel())
    row_scale = 1.0 / np.where(norm > 0, norm, 1.0)
    column_scale = np.concatenate([root, np.ones(task.n_free)])
    matrix = csr_array(diags_array(row_scale) @ task.matrix @ diags_array(column_scale))
    if task.n_free:
        largest = abs(matrix[:, task.n_cell :]).max(axis=0).toarray().ravel()
        free_scale = 1.0 / np.where(largest > 0, largest, 1.0)
        matrix = csr_array(matrix @ diags_array(np.concatenate([np.ones(task.n_cell), free_scale])))
    shift = cells @ task.anchor
    return ScaledForm(
        matrix,
        (task.lower - task.anchor) / root,
        (task.upper - task.anchor) / root,
        (task.row_lower - shift) * row_scale,
        (task.row_upper - shift) * row_scale,
    )


def unscaled(task: Task, u: FloatArray) -> FloatArray:
    """Return x = a + sqrt(w) u."""
    x: FloatArray = task.anchor + np.sqrt(task.weight) * u
    return x
