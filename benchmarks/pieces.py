"""The chi-square objective in pieces of straight line, as the textbook linear program has it."""

from dataclasses import dataclass

import numpy as np

from benchmarks.task import FloatArray, Task

STRETCH = np.array([-1.0, -0.7, -0.4, -0.2, -0.08, 0.0, 0.08, 0.2, 0.4, 0.8, 2.0])
BEYOND = 3.0


@dataclass(frozen=True)
class Pieces:
    """x = start + sum of pieces, 0 <= piece <= width, cost = sum of slope * piece.

    The slopes of a cell rise, so a minimiser fills its pieces in order. Shape of `width` and
    `slope`: (n_cell, n_piece).
    """

    start: FloatArray
    width: FloatArray
    slope: FloatArray


def textbook_pieces(task: Task) -> Pieces:
    """Chords of (x - a)^2 / (2 w) between fixed stretches (x - a) / w, one open piece beyond the last.

    As many pieces as our own first pass has: 12 a cell. Some have no width.
    """
    low = (task.lower - task.anchor) / task.weight
    high = (task.upper - task.anchor) / task.weight
    inner = np.clip(STRETCH[None, :], low[:, None], high[:, None])
    point = np.column_stack([low, inner, high])
    width = np.diff(point, axis=1)
    end = np.minimum(point, np.maximum(BEYOND, point[:, [-2]]))
    slope = 0.5 * (end[:, 1:] + end[:, :-1])
    return Pieces(task.lower, width * task.weight[:, None], slope)
