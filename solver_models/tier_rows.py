"""The rows of soft tiers: one-sided goals, and the hard rows that a settled tier leaves behind."""

from dataclasses import dataclass, replace

import numpy as np
from scipy.sparse import csr_array

from solver_models.arrays import BoolArray, FloatArray, IntArray
from solver_models.model import BalanceModel, Rows, SoftRows
from solver_models.sparse_rows import rows_at, stacked, with_last

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

    @property
    def key(self) -> IntArray:
        """What a side is known by when the model changes, shape (n_side,): its source and sign."""
        return self.source * 2 + (self.sign > 0)

    def at(self, which: IntArray) -> "Sides":
        """Return some of the sides."""
        return Sides(
            rows_at(self.row, which),
            self.sign[which],
            self.bound[which],
            self.scale[which],
            self.source[which],
        )


def sides_of(soft: SoftRows, tier: int) -> Sides:
    """Split the soft rows of a tier into one-sided goals."""
    of_tier = np.flatnonzero(soft.tier == tier)
    low = of_tier[np.isfinite(soft.lower[of_tier])]
    high = of_tier[np.isfinite(soft.upper[of_tier])]
    which = np.concatenate([low, high])
    return Sides(
        rows_at(soft.matrix, which),
        np.concatenate([np.ones(len(low)), -np.ones(len(high))]),
        np.concatenate([soft.lower[low], soft.upper[high]]),
        soft.scale[which],
        soft.source[which],
    )


def without_tier(model: BalanceModel, tier: int) -> BalanceModel:
    """Return the model without the soft rows of a tier."""
    return _with_soft(model, np.flatnonzero(model.soft.tier != tier))


def _with_soft(model: BalanceModel, rest: IntArray) -> BalanceModel:
    """Return the model with some of its soft rows."""
    soft = model.soft
    return replace(
        model,
        soft=SoftRows(
            rows_at(soft.matrix, rest),
            soft.lower[rest],
            soft.upper[rest],
            soft.tier[rest],
            soft.scale[rest],
            soft.source[rest],
        ),
    )


def all_kept(model: BalanceModel) -> BalanceModel:
    """Return the model with every soft side as a hard row."""
    tiers = np.unique(model.soft.tier).tolist()
    sides = [sides_of(model.soft, int(tier)) for tier in tiers]
    kept = [side_rows(one, np.arange(len(one)), keep=True) for one in sides]
    return replace(_with_soft(model, np.zeros(0, np.int64)), rows=appended(model.rows, *kept))


def all_met(model: BalanceModel, sides: Sides) -> BalanceModel:
    """Return the model with the sides of one tier as hard rows."""
    return replace(model, rows=appended(model.rows, side_rows(sides, np.arange(len(sides)), keep=True)))


def side_rows(sides: Sides, which: IntArray, *, keep: bool) -> Rows:
    """Rows `at or beyond the bound` (keep) or `at or short of it` (cap) of some sides."""
    is_floor = (sides.sign[which] > 0) == keep
    bound = sides.bound[which]
    return Rows(
        rows_at(sides.row, which),
        np.where(is_floor, bound, -np.inf),
        np.where(is_floor, np.inf, bound),
        sides.source[which],
        np.full(len(which), PART_ROW if keep else PART_CAP, np.int64),
    )


def share_rows(sides: Sides, which: IntArray, is_tied: BoolArray, n_column: int) -> Rows:
    """Rows X + scale * theta >= bound (lower sides), X - scale * theta <= bound (upper sides)."""
    k = len(which)
    sign, bound = sides.sign[which], sides.bound[which]
    theta = np.full(k, n_column, np.int64)
    return Rows(
        with_last(rows_at(sides.row, which), theta, sign * sides.scale[which], n_column + 1),
        np.where((sign > 0) | is_tied, bound, -np.inf),
        np.where((sign < 0) | is_tied, bound, np.inf),
        sides.source[which],
        np.full(k, PART_SHARE, np.int64),
    )


def appended(rows: Rows, *more: Rows) -> Rows:
    """Return rows followed by others, as wide as the widest."""
    parts = (rows, *more)
    return Rows(
        stacked([one.matrix for one in parts], max(one.matrix.shape[1] for one in parts)),
        np.concatenate([one.lower for one in parts]),
        np.concatenate([one.upper for one in parts]),
        np.concatenate([one.source for one in parts]),
        np.concatenate([one.part for one in parts]),
    )
