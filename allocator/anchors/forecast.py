"""What each rep is expected to sell: past windows weighed by a rule."""

from dataclasses import dataclass

import numpy as np

from allocator.anchors.local_level import GAINS, like_for_like_windows, recent_level, window_weights
from allocator.anchors.rep_months import RepMonths
from allocator.anchors.trend import Trend
from allocator.anchors.windows import Level, WindowedLevel, recent_windows, windowed_level, year_windows
from solver_models.arrays import FloatArray

DECAY = 0.5
DAMPING = 0.5


@dataclass(frozen=True)
class LevelRule:
    """How past windows are weighed.

    Parameters
    ----------
    decay
        Weight of the same months of a year relative to those of the year after it.
    damping
        Share of a credible trend that is carried forward.
    recent_share
        Weight of the windows just before the plan against the same months of earlier years; only
        plans shorter than a year have both.
    gain_weight
        Weight of each of GAINS, summing to 1: how far a new window just before the plan is believed.
    pull
        0..0.5: how far a level is drawn to the mean of its peers (plans shorter than a year).
    """

    decay: float = DECAY
    damping: float = 0.0
    recent_share: float = 1.0
    gain_weight: tuple[float, ...] = (1.0 / len(GAINS),) * len(GAINS)
    pull: float = 0.0


@dataclass(frozen=True)
class Forecast:
    """Rep levels expected for a window, with the pieces they are made of.

    Parameters
    ----------
    level
        Shape (n_rep,): sales at full presence; 0 where unknown. Only ratios between reps count.
    year, recent
        Levels over the same months of earlier years and over the windows just before.
    year_weight, recent_weight
        Shape (n_rep,): level = year_weight * year.level + recent_weight * recent.level.
    """

    level: FloatArray
    year: WindowedLevel
    recent: WindowedLevel
    year_weight: FloatArray
    recent_weight: FloatArray


def forecast(months: RepMonths, rule: LevelRule, trend: Trend, origin: int, n_month: int) -> Forecast:
    """Expect each rep's sales in the window that starts at `origin`, from what lies before it."""
    year = year_family(months, rule.decay, origin, n_month)
    seen = like_for_like_windows(months, recent_windows(months, origin, n_month))
    weight = np.zeros(seen.exposure.shape)
    for gain, part in zip(GAINS, rule.gain_weight, strict=True):
        if part > 0 and seen.windows:
            weight += part * window_weights(seen, gain)
    recent = recent_level(months, seen, weight, origin + n_month / 2)
    level, year_weight, recent_weight = combine(year, recent, rule.recent_share, rule.damping, trend)
    return Forecast(level, year, recent, year_weight, recent_weight)


def year_family(months: RepMonths, decay: float, origin: int, n_month: int) -> WindowedLevel:
    """Level over the same months of earlier years."""
    return windowed_level(months, year_windows(months, origin, n_month), decay, origin + n_month / 2)


def combine(
    year: Level, recent: Level, recent_share: float, damping: float, trend: Trend
) -> tuple[FloatArray, FloatArray, FloatArray]:
    """Mix the two families on the scale of the earlier years, each carried forward by the trend.

    Returns
    -------
    level, year_weight and recent_weight of a `Forecast`.
    """
    has_year, has_recent = year.exposure > 0, recent.exposure > 0
    both = has_year & has_recent
    scale = ratio(float(year.level[both].sum()), float(recent.level[both].sum()))
    share = np.where(both, recent_share, np.where(has_recent, 1.0, 0.0))
    year_weight = (1.0 - share) * trend.factor(damping, year.years_old)
    recent_weight = share * scale * trend.factor(damping, recent.years_old)
    level = year_weight * year.level + recent_weight * recent.level
    return level, year_weight, recent_weight


def ratio(top: float, bottom: float) -> float:
    """Divide `top` by `bottom`; 1 where either is not positive."""
    return top / bottom if top > 0 and bottom > 0 else 1.0
