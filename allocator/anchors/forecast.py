"""The level rule of a plan, chosen by how well it would have foretold the plan's own past."""

from dataclasses import dataclass
from itertools import product

import numpy as np

from allocator.anchors.observed import PAST_MONTHS
from allocator.anchors.rep_months import RepMonths
from allocator.anchors.trend import LARGEST_LOG, Trend, relative_trend
from allocator.anchors.windows import (
    ENOUGH_EXPOSURE,
    WindowedLevel,
    recent_windows,
    windowed_level,
    year_windows,
)
from solver_models.arrays import FloatArray

DECAYS = (0.5, 0.1, 0.25, 0.75, 1.0)
DAMPINGS = (0.5, 0.0)
RECENT_SHARES = (1.0, 0.75, 0.5, 0.25, 0.0)
MOST_ORIGINS = 4
FEWEST_REPS = 3
WORTH_WHILE = 0.001
"""A rule replaces the default only for at least this much less error (share of sales placed wrongly)."""
USUAL_NOISE = 0.2
"""Coefficient of variation where the history is too short to show one."""


@dataclass(frozen=True)
class LevelRule:
    """How past windows are weighed.

    Parameters
    ----------
    decay
        Weight of a window relative to the one after it.
    damping
        Share of a credible trend that is carried forward.
    recent_share
        Weight of the windows just before the plan against the same months of earlier years; only
        plans shorter than a year have both.
    """

    decay: float = DECAYS[0]
    damping: float = DAMPINGS[0]
    recent_share: float = RECENT_SHARES[0]


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


@dataclass(frozen=True)
class _Trial:
    """A past window to foretell: what lay before it, what was sold in it."""

    families: dict[float, tuple[WindowedLevel, WindowedLevel]]
    trend: Trend
    exposure: FloatArray
    actual: FloatArray


def choose_rule(months: RepMonths, n_month: int) -> tuple[LevelRule, FloatArray]:
    """Pick the rule with the least error over up to four past windows, each foretold from what lay before it.

    Error = sum over reps and windows of |foretold - sold| / sum of sold, after scaling each
    window's foretold total to the sold one: only the split counts. The first of the rules within
    0.1 % of the best is taken, the default first.

    Returns
    -------
    The rule, and the noise of each rep: the coefficient of variation of his one-step errors,
    half own and half everyone's where he has one window, more own with more windows. Shape (n_rep,).
    """
    origins = [PAST_MONTHS - back * n_month for back in range(1, MOST_ORIGINS + 1)]
    trials = [_trial(months, origin, n_month) for origin in origins if _can_judge(months, origin, n_month)]
    shares = RECENT_SHARES if n_month < 12 else (0.0,)
    rules = [LevelRule(decay, damping, share) for share, decay, damping in product(shares, DECAYS, DAMPINGS)]
    errors = [_error(trials, rule) for rule in rules]
    chosen = rules[next(rank for rank, error in enumerate(errors) if error <= min(errors) + WORTH_WHILE)]
    return chosen, _noise(trials, chosen, len(months.amount))


def forecast(months: RepMonths, rule: LevelRule, trend: Trend, origin: int, n_month: int) -> Forecast:
    """Expect each rep's sales in the window that starts at `origin`, from what lies before it."""
    return _combine(*_families(months, rule.decay, origin, n_month), rule, trend)


def _families(
    months: RepMonths, decay: float, origin: int, n_month: int
) -> tuple[WindowedLevel, WindowedLevel]:
    """Levels over the same months of earlier years and over the windows just before."""
    middle = origin + n_month / 2
    return (
        windowed_level(months, year_windows(months, origin, n_month), decay, middle),
        windowed_level(months, recent_windows(months, origin, n_month), decay, middle),
    )


def _combine(year: WindowedLevel, recent: WindowedLevel, rule: LevelRule, trend: Trend) -> Forecast:
    """Mix the two families on the scale of the earlier years, each carried forward by the trend."""
    has_year, has_recent = year.exposure > 0, recent.exposure > 0
    both = has_year & has_recent
    scale = _ratio(float(year.level[both].sum()), float(recent.level[both].sum()))
    share = np.where(both, rule.recent_share, np.where(has_recent, 1.0, 0.0))
    year_weight = (1.0 - share) * trend.factor(rule.damping, year.years_old)
    recent_weight = share * scale * trend.factor(rule.damping, recent.years_old)
    level = year_weight * year.level + recent_weight * recent.level
    return Forecast(level, year, recent, year_weight, recent_weight)


def _can_judge(months: RepMonths, origin: int, n_month: int) -> bool:
    """Whether the window is covered in full and something lies before it."""
    before = year_windows(months, origin, n_month) + recent_windows(months, origin, n_month)
    return bool(before) and months.first < origin and origin + n_month - 1 <= months.last


def _trial(months: RepMonths, origin: int, n_month: int) -> _Trial:
    """Prepare a past window: the levels by decay and the trend from what lay before it."""
    before = _until(months, origin)
    return _Trial(
        families={decay: _families(before, decay, origin, n_month) for decay in DECAYS},
        trend=relative_trend(before, origin),
        exposure=months.exposure(origin, origin + n_month),
        actual=months.amount[:, origin : origin + n_month].sum(axis=1),
    )


def _judged(trial: _Trial, rule: LevelRule) -> tuple[FloatArray, FloatArray]:
    """Foretold and actual sales of a past window, 0 for reps who cannot be judged. Shape (n_rep,) each."""
    expected = _combine(*trial.families[rule.decay], rule, trial.trend).level
    judged = (trial.exposure >= ENOUGH_EXPOSURE) & (expected > 0) & (trial.actual > 0)
    if judged.sum() < FEWEST_REPS:
        return np.zeros(len(expected)), np.zeros(len(expected))
    actual = np.where(judged, trial.actual, 0.0)
    foretold = np.where(judged, expected * trial.exposure, 0.0)
    return foretold * _ratio(float(actual.sum()), float(foretold.sum())), actual


def _error(trials: list[_Trial], rule: LevelRule) -> float:
    """Share of the sold amount that the rule would have placed with the wrong rep."""
    pairs = [_judged(trial, rule) for trial in trials]
    wrong = sum(float(np.abs(foretold - actual).sum()) for foretold, actual in pairs)
    sold = sum(float(actual.sum()) for _, actual in pairs)
    return wrong / sold if sold > 0 else 0.0


def _until(months: RepMonths, origin: int) -> RepMonths:
    """Forget everything from `origin` on."""
    before = np.arange(PAST_MONTHS) < origin
    return RepMonths(
        amount=months.amount * before,
        present=months.present * before,
        season=months.season,
        first=months.first,
        last=min(months.last, origin - 1),
    )


def _noise(trials: list[_Trial], rule: LevelRule, n_rep: int) -> FloatArray:
    """Coefficient of variation of each rep's one-step errors, shrunk to everyone's. Shape (n_rep,)."""
    squares, count = np.zeros(n_rep), np.zeros(n_rep)
    for trial in trials:
        foretold, actual = _judged(trial, rule)
        judged = actual > 0
        ratio = np.where(judged, actual, 1.0) / np.where(judged, foretold, 1.0)
        error = np.clip(np.log(ratio), -LARGEST_LOG, LARGEST_LOG)
        squares += np.where(judged, error**2, 0.0)
        count += judged
    if count.sum() == 0:
        return np.full(n_rep, USUAL_NOISE)
    everyone = float(squares.sum() / count.sum())
    return np.sqrt((squares + everyone) / (count + 1.0))


def _ratio(top: float, bottom: float) -> float:
    """Divide `top` by `bottom`; 1 where either is not positive."""
    return top / bottom if top > 0 and bottom > 0 else 1.0
