"""The level of each rep from windows back to back: how far a new window is believed, rep by rep.

A rep's level moves from window to window, and what he sells scatters around it (a local level, Muth
1960). Moves grow with the level; scatter is the luck of single orders, so its variance grows with the
level too, not with its square: relative to the level a small seller's windows are the noisier ones.
His level is therefore averaged over more windows than a large seller's.
"""

from dataclasses import dataclass

import numpy as np

from allocator.anchors.observed import PAST_MONTHS
from allocator.anchors.rep_months import RepMonths
from allocator.anchors.windows import Level, WindowedLevel, growth_to_latest
from solver_models.arrays import FloatArray, dot

GAINS = (0.2, 0.4, 0.6, 0.8)
"""How far a rep of mean size believes his latest window, in the long run; evenly spread over 0..1."""


@dataclass(frozen=True)
class LikeForLike:
    """Windows of reps at the scale of the latest, latest first.

    Parameters
    ----------
    windows
        (start, end) columns.
    index
        Growth from each window to the latest.
    exposure
        Shape (n_rep, n_window): share of a full window that the rep was there for.
    level
        Shape (n_rep, n_window): sales per full window at the scale of the latest; 0 without exposure.
    """

    windows: tuple[tuple[int, int], ...]
    index: tuple[float, ...]
    exposure: FloatArray
    level: FloatArray

    def mean(self) -> FloatArray:
        """Level of each rep over all windows, each by its exposure; 0 without any. Shape (n_rep,)."""
        there = self.exposure.sum(axis=1)
        mean: FloatArray = (self.level * self.exposure).sum(axis=1) / np.where(there > 0, there, 1.0)
        return mean


def like_for_like_windows(months: RepMonths, windows: list[tuple[int, int]]) -> LikeForLike:
    """Scale the sales of each window (latest first) up to full presence and to the latest window."""
    indices = growth_to_latest(months, windows)
    n_rep = len(months.amount)
    exposure = np.zeros((n_rep, len(windows)))
    level = np.zeros((n_rep, len(windows)))
    for rank, (start, end) in enumerate(windows):
        there = months.exposure(start, end)
        amount = months.amount[:, start:end].sum(axis=1) * indices[rank]
        exposure[:, rank] = there
        level[:, rank] = np.where(there > 0, amount / np.where(there > 0, there, 1.0), 0.0)
    return LikeForLike(tuple(windows), tuple(indices), exposure, level)


def window_weights(seen: LikeForLike, gain: float) -> FloatArray:
    """Weigh the windows of each rep by the Kalman filter of the local level.

    With the scatter of a full window as unit of variance, r = 1 / exposure of a window, and moves
    q = g^2 / (1 - g) x mean level of the rep / mean level of all, so that a rep of mean size has the
    gain g in the long run. The first window is believed in full.

    Returns
    -------
    Shape (n_rep, n_window); rows sum to 1 for reps who were there, else 0.
    """
    mean = np.maximum(seen.mean(), 0.0)
    known = mean > 0
    typical = float(mean[known].mean()) if known.any() else 1.0
    moves = gain**2 / (1.0 - gain) * mean / typical
    n_rep, n_window = seen.exposure.shape
    weight, doubt = np.zeros((n_rep, n_window)), np.full(n_rep, np.inf)
    for rank in range(n_window - 1, -1, -1):
        there = seen.exposure[:, rank] > 0
        scatter = 1.0 / np.where(there, seen.exposure[:, rank], 1.0)
        is_first = np.isinf(doubt)
        before = np.where(is_first, 0.0, doubt) + moves
        believed = np.where(is_first, 1.0, before / (before + scatter))
        believed = np.where(there, believed, 0.0)
        weight *= (1.0 - believed)[:, None]
        weight[:, rank] = believed
        after = np.where(is_first, scatter, believed * scatter)
        doubt = np.where(there, after, np.where(is_first, np.inf, before))
    return weight


def recent_mean(seen: LikeForLike, weight: FloatArray, middle: float) -> Level:
    """Average the windows of each rep by his own weights.

    Parameters
    ----------
    weight
        Shape (n_rep, n_window), from `window_weights` or an average of such.
    middle
        Column of the middle of the plan.
    """
    distance = np.array([(middle - (start + end) / 2) / 12 for start, end in seen.windows])
    return Level((seen.level * weight).sum(axis=1), seen.exposure.sum(axis=1), dot(weight, distance))


def recent_level(months: RepMonths, seen: LikeForLike, weight: FloatArray, middle: float) -> WindowedLevel:
    """Do the same and say which months the average is made of (`recent_mean`)."""
    n_rep = len(weight)
    amount_weight, exposure_weight = np.zeros((n_rep, PAST_MONTHS)), np.zeros((n_rep, PAST_MONTHS))
    for rank, (start, end) in enumerate(seen.windows):
        there = seen.exposure[:, rank]
        per_exposure = np.where(there > 0, weight[:, rank] / np.where(there > 0, there, 1.0), 0.0)
        amount_weight[:, start:end] = per_exposure[:, None] * seen.index[rank]
        exposure_weight[:, start:end] = per_exposure[:, None] * months.season_share(start, end)
    mean = recent_mean(seen, weight, middle)
    return WindowedLevel(
        level=mean.level,
        exposure=mean.exposure,
        years_old=mean.years_old,
        reach=sum(months.reach(start, end) for start, end in seen.windows),
        amount_weight=amount_weight,
        exposure_weight=exposure_weight,
    )
