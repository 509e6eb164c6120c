"""How much of a rep's own growth, relative to everyone's, is believed."""

from dataclasses import dataclass

import numpy as np

from allocator.anchors.rep_months import RepMonths
from allocator.anchors.windows import full_window
from solver_models.arrays import BoolArray, FloatArray

LARGEST_LOG = float(np.log(2.0))
"""A doubling or halving is the most that one comparison counts for."""


@dataclass(frozen=True)
class Trend:
    """Yearly relative trend of each rep.

    Parameters
    ----------
    growth
        Shape (n_rep,): log growth of the last 12 months over the 12 before, less that of all reps.
    credibility
        Shape (n_rep,): the share of it that is taken for real, 0..1; 0 where it is unknown.
    """

    growth: FloatArray
    credibility: FloatArray

    def factor(self, damping: float, years: float | FloatArray) -> FloatArray:
        """exp(damping * credibility * growth * years), shape (n_rep,); years may differ by rep."""
        return np.exp(damping * self.credibility * self.growth * years)


def relative_trend(months: RepMonths, origin: int) -> Trend:
    """Compare the last 12 months before `origin` with the 12 before them.

    The odd and the even months of a year tell the same story where a trend is real. With r and s
    the rep's relative log growth in odd and in even months: noise of the rep
    v = (own (r - s)^2 / 4 + the mean of all) / 2, real variance t = mean of r * s (floor 0),
    credibility t / (t + v).
    """
    n_rep = len(months.amount)
    unknown = Trend(np.zeros(n_rep), np.zeros(n_rep))
    now, was = (origin - 12, origin), (origin - 24, origin - 12)
    if was[0] < max(0, months.first):
        return unknown
    halves = [_growth(_every_second(months, parity), now, was) for parity in (0, 1)]
    growth = _growth(months, now, was)
    known = np.isfinite(growth) & np.isfinite(halves[0]) & np.isfinite(halves[1])
    if known.sum() < 3:
        return unknown
    odd, even = (_centred(half, known) for half in halves)
    whole = _centred(growth, known)
    own = (odd - even) ** 2 / 4.0
    noise = (own + float(own[known].mean())) / 2.0
    real = max(0.0, float((odd * even)[known].mean()))
    total = real + noise
    credibility = np.where(known & (total > 0), real / np.where(total > 0, total, 1.0), 0.0)
    return Trend(np.where(known, whole, 0.0), credibility)


def _every_second(months: RepMonths, parity: int) -> RepMonths:
    """Keep every second month, as a history of its own."""
    kept = np.arange(months.amount.shape[1]) % 2 == parity
    return RepMonths(
        amount=months.amount * kept,
        present=months.present * kept,
        season=months.season * kept,
        first=months.first,
        last=months.last,
    )


def _growth(months: RepMonths, now: tuple[int, int], was: tuple[int, int]) -> FloatArray:
    """Log ratio of two windows at full presence; NaN where one lacks sales. Shape (n_rep,)."""
    later, earlier = full_window(months, *now), full_window(months, *was)
    both = (later > 0) & (earlier > 0)
    ratio = np.where(both, later, 1.0) / np.where(both, earlier, 1.0)
    return np.where(both, np.log(ratio), np.nan)


def _centred(growth: FloatArray, known: BoolArray) -> FloatArray:
    """Growth less the median of all, within a doubling or halving; 0 where it is unknown."""
    relative = np.where(known, growth, 0.0)
    return np.where(known, np.clip(relative - np.median(relative[known]), -LARGEST_LOG, LARGEST_LOG), 0.0)
