"""Sides of soft rules and the rows that a settled tier leaves behind."""

from dataclasses import dataclass

import numpy as np
from scipy.sparse import csr_array, hstack, vstack

from solver_models.arrays import BoolArray, FloatArray, IntArray
from solver_models.model import Rows, SoftRows

PART_ROW, PART_SHARE, PART_CAP = 0, 1, 2


@dataclass(frozen=True)
class Sides:
    """One entry per soft side: sign * (row @ z) + d >= sign * bound, with d <= scale * theta."""

    row: csr_array
    sign: FloatArray
    bound: FloatArray
    scale: FloatArray
    source: IntArray

    def __len__(self) -> int:
        return len(self.sign)


def side_rows(sides: Sides, which: IntArray, *, keep: bool) -> Rows:
    """Rows `at or beyond the bound` (keep) or `at or short of it` (cap) of some sides."""
    is_floor = (sides.sign[which] > 0) == keep
    bound = sides.bound[which]
    return Rows(
        csr_array(sides.row[which]),
        np.where(is_floor, bound, -np.inf),
        np.where(is_floor, np.inf, bound),
        sides.source[which],
        np.full(len(which), PART_ROW if keep else PART_CAP, np.int64),
    )


def share_rows(sides: Sides, which: IntArray, is_tied: BoolArray, n_column: int) -> Rows:
    """Rows X + scale * theta >= bound (lower sides), X - scale * theta <= bound (upper sides)."""
    k = len(which)
    sign, bound = sides.sign[which], sides.bound[which]
    theta = csr_array((sign * sides.scale[which], (np.arange(k), np.zeros(k, np.int64))), shape=(k, 1))
    matrix = hstack([widen(csr_array(sides.row[which]), n_column), theta])
    return Rows(
        csr_array(matrix),
        np.where((sign > 0) | is_tied, bound, -np.inf),
        np.where((sign < 0) | is_tied, bound, np.inf),
        sides.source[which],
        np.full(k, PART_SHARE, np.int64),
    )


def append(rows: Rows, more: Rows) -> Rows:
    """Put rows below each other, the narrower ones widened."""
    width = max(rows.matrix.shape[1], more.matrix.shape[1])
    return Rows(
        csr_array(vstack([widen(rows.matrix, width), widen(more.matrix, width)], format="csr")),
        np.concatenate([rows.lower, more.lower]),
        np.concatenate([rows.upper, more.upper]),
        np.concatenate([rows.source, more.source]),
        np.concatenate([rows.part, more.part]),
    )


def widen(matrix: csr_array, width: int) -> csr_array:
    """Return the matrix with empty columns added on the right."""
    return csr_array((matrix.data, matrix.indices, matrix.indptr), shape=(matrix.shape[0], width))


def sides_of(soft: SoftRows, tier: int) -> Sides:
    """Split the soft rows of a tier into one-sided goals."""
    of_tier = np.flatnonzero(soft.tier == tier)
    low = of_tier[np.isfinite(soft.lower[of_tier])]
    high = of_tier[np.isfinite(soft.upper[of_tier])]
    which = np.concatenate([low, high])
    return Sides(
        csr_array(soft.matrix[which]),
        np.concatenate([np.ones(len(low)), -np.ones(len(high))]),
        np.concatenate([soft.lower[low], soft.upper[high]]),
        soft.scale[which],
        soft.source[which],
    )


def without(soft: SoftRows, tier: int) -> SoftRows:
    """Leave out the soft rows of a tier."""
    rest = np.flatnonzero(soft.tier != tier)
    return SoftRows(
        csr_array(soft.matrix[rest]),
        soft.lower[rest],
        soft.upper[rest],
        soft.tier[rest],
        soft.scale[rest],
        soft.source[rest],
    )
