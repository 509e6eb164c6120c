"""The level rule of a plan, found by how well it would have foretold the plan's own past.

A plan of a year has few past windows: the rule with the least error is taken. A shorter plan has
many: its rules are averaged, each by the likelihood of the errors it would have made.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import product

import numpy as np

from allocator.anchors.forecast import DAMPING, DECAY, LevelRule, combine, ratio, year_family
from allocator.anchors.local_level import GAINS, like_for_like_windows, recent_mean, window_weights
from allocator.anchors.observed import PAST_MONTHS
from allocator.anchors.rep_months import RepMonths
from allocator.anchors.trend import LARGEST_LOG, Trend, relative_trend
from allocator.anchors.windows import ENOUGH_EXPOSURE, NOISE, Level, recent_windows, year_windows
from solver_models.arrays import FloatArray, IntArray, dot

DECAYS = (DECAY, 0.1, 0.25, 0.75, 1.0)
DAMPINGS = (0.0, DAMPING)
"""A trend is carried forward only where past windows show that it helps: one lucky year is no trend."""
RECENT_SHARES = (1.0, 0.5, 0.0)
MOST_ORIGINS = 12
FULL = 0.999
"""Share of a window that has to lie behind a trial of a plan shorter than a year."""
FEWEST_REPS = 3
WORTH_WHILE = 0.001
"""A rule for a year replaces the default only for this much less error (share of sales placed wrongly)."""
LEAST_ERROR = 1e-9
PULL_PRIOR, MOST_PULL = 4.0, 0.5
"""The pull towards the peers is believed like n of n + 4 windows."""
USUAL_NOISE = 0.2
"""Coefficient of variation where the history is too short to show one."""


@dataclass(frozen=True)
class _Candidate:
    """A rule to try; `pace` is the decay of a plan of a year, the gain of a shorter one."""

    pace: float
    damping: float
    recent_share: float


@dataclass(frozen=True)
class _Trial:
    """A past window to foretell: what lay before it (by pace), what was sold in it."""

    families: Mapping[float, tuple[Level, Level]]
    trend: Trend
    exposure: FloatArray
    actual: FloatArray

    def judged(self, candidates: Sequence[_Candidate]) -> "_Judged":
        """Judge who was there for half of the window, sold in it, and of whom all candidates expect some."""
        expected = np.stack([self._expected(candidate) for candidate in candidates])
        there = self.exposure >= ENOUGH_EXPOSURE - NOISE
        counts = there & (self.actual > 0) & (expected > 0).all(axis=0)
        if counts.sum() < FEWEST_REPS:
            return _Judged(np.zeros(expected.shape), np.zeros(len(counts)))
        actual = np.where(counts, self.actual, 0.0)
        foretold = np.where(counts, expected * self.exposure, 0.0)
        scale = [ratio(float(actual.sum()), float(one.sum())) for one in foretold]
        return _Judged(foretold * np.array(scale)[:, None], actual)

    def _expected(self, candidate: _Candidate) -> FloatArray:
        year, recent = self.families[candidate.pace]
        return combine(year, recent, candidate.recent_share, candidate.damping, self.trend)[0]


@dataclass(frozen=True)
class _Judged:
    """A past window judged, scaled so that only the split counts; 0 for reps who cannot be judged.

    Parameters
    ----------
    foretold
        Shape (n_candidate, n_rep).
    actual
        Shape (n_rep,).
    """

    foretold: FloatArray
    actual: FloatArray


def choose_rule(months: RepMonths, n_month: int, group: IntArray) -> tuple[LevelRule, FloatArray]:
    """Find the rule that would have foretold the plan's own past best.

    Every past window as long as the plan (up to twelve, back to back before it) is foretold from what
    lay before it alone. Error = sum over reps of |foretold - sold| after scaling the foretold total
    to the sold one: only the split counts.

    Returns
    -------
    The rule, and the noise of each rep: the coefficient of variation of his one-step errors,
    half own and half everyone's where he has one window, more own with more windows. Shape (n_rep,).
    """
    trials = [
        _trial(months, origin, n_month)
        for origin in (PAST_MONTHS - back * n_month for back in range(1, MOST_ORIGINS + 1))
        if _can_judge(months, origin, n_month)
    ]
    candidates = _candidates(trials, n_month)
    judged = [trial.judged(candidates) for trial in trials]
    weight = _most_exact(judged, candidates) if n_month >= 12 else _likely(judged, candidates)
    told = [(dot(weight, one.foretold), one.actual) for one in judged]
    rule = replace(
        _rule(candidates, weight, n_month), pull=_pull(trials, told, group) if n_month < 12 else 0.0
    )
    return rule, _noise(told, len(months.amount))


def _pull(trials: list[_Trial], told: list[tuple[FloatArray, FloatArray]], group: IntArray) -> float:
    """How far levels should have been drawn to their peers' mean.

    Least squares of (sold - foretold) on (peers' mean - foretold), weighed by 1 / foretold as the
    scatter of sales grows with the root of their level; times n / (n + 4) for n windows, within 0..0.5.
    """
    top = bottom = 0.0
    for trial, (foretold, actual) in zip(trials, told, strict=True):
        judged = foretold > 0
        full = np.where(judged, foretold / np.where(judged, trial.exposure, 1.0), 0.0)
        count = np.bincount(group, weights=judged)
        mean = (np.bincount(group, weights=full) / np.maximum(count, 1))[group]
        away = np.where(judged, mean * trial.exposure - foretold, 0.0)
        by = np.where(judged, 1.0 / np.where(judged, foretold, 1.0), 0.0)
        top += float(dot(by, away * (actual - foretold)))
        bottom += float(dot(by, away**2))
    n = len(trials)
    return float(np.clip(top / bottom, 0.0, MOST_PULL)) * n / (n + PULL_PRIOR) if bottom > 0 else 0.0


def _can_judge(months: RepMonths, origin: int, n_month: int) -> bool:
    """Whether the window is covered in full and enough lies before it."""
    if origin < 0 or months.first >= origin or origin + n_month - 1 > months.last:
        return False
    if n_month >= 12:
        return bool(year_windows(months, origin, n_month))
    return origin >= n_month and months.reach(origin - n_month, origin) >= FULL


def _trial(months: RepMonths, origin: int, n_month: int) -> _Trial:
    """Prepare a past window: the levels by pace and the trend from what lay before it."""
    before = _until(months, origin)
    seen = like_for_like_windows(before, recent_windows(before, origin, n_month))
    middle = origin + n_month / 2
    families: dict[float, tuple[Level, Level]]
    if n_month >= 12:
        recent = recent_mean(seen, seen.exposure, middle)
        families = {decay: (year_family(before, decay, origin, n_month), recent) for decay in DECAYS}
    else:
        year = year_family(before, DECAY, origin, n_month)
        families = {gain: (year, recent_mean(seen, window_weights(seen, gain), middle)) for gain in GAINS}
    return _Trial(
        families=families,
        trend=relative_trend(before, origin),
        exposure=months.exposure(origin, origin + n_month),
        actual=months.amount[:, origin : origin + n_month].sum(axis=1),
    )


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


def _candidates(trials: Sequence[_Trial], n_month: int) -> list[_Candidate]:
    """Rules to try, the default first.

    The same months of earlier years, and the trend, are only used by a plan shorter than a year once past
    windows of a whole year, that is of every season, have tried them.
    """
    if n_month >= 12:
        return [_Candidate(decay, damping, 0.0) for decay, damping in product(DECAYS, DAMPINGS)]
    by_year = sum(bool((trial.families[GAINS[0]][0].exposure > 0).any()) for trial in trials)
    by_trend = sum(bool((trial.trend.credibility > 0).any()) for trial in trials)
    shares = RECENT_SHARES if by_year * n_month >= 12 else RECENT_SHARES[:1]
    dampings = DAMPINGS if by_trend * n_month >= 12 else DAMPINGS[:1]
    return [_Candidate(gain, damping, share) for share, damping, gain in product(shares, dampings, GAINS)]


def _most_exact(judged: Sequence[_Judged], candidates: Sequence[_Candidate]) -> FloatArray:
    """Take the first candidate whose error is within 0.1 % of sales of the least. Shape (n_candidate,)."""
    sold = sum(float(one.actual.sum()) for one in judged)
    error = sum((_errors(one) for one in judged), np.zeros(len(candidates))) / max(sold, LEAST_ERROR)
    best = int(np.argmax(error <= error.min() + WORTH_WHILE))
    return np.asarray(np.arange(len(candidates)) == best, np.float64)


def _likely(judged: Sequence[_Judged], candidates: Sequence[_Candidate]) -> FloatArray:
    """Weigh candidates by the likelihood of their past errors, all alike beforehand. Shape (n_candidate,).

    With errors of a window that are Laplace distributed, of a spread that is itself taken from
    them, the likelihood of n errors is proportional to (sum of |error|) ** -n, and the windows'
    likelihoods multiply.
    """
    log_likelihood = np.zeros(len(candidates))
    for one in judged:
        count = int((one.actual > 0).sum())
        if count:
            error = np.maximum(_errors(one) / one.actual.sum(), LEAST_ERROR)
            log_likelihood -= count * np.log(error)
    weight = np.exp(log_likelihood - log_likelihood.max())
    return np.asarray(weight / weight.sum())


def _errors(judged: _Judged) -> FloatArray:
    """Amounts placed with the wrong rep, shape (n_candidate,)."""
    return np.asarray(np.abs(judged.foretold - judged.actual).sum(axis=1))


def _rule(candidates: list[_Candidate], weight: FloatArray, n_month: int) -> LevelRule:
    """Average the candidates into one rule."""
    pace = np.array([one.pace for one in candidates])
    return LevelRule(
        decay=float(dot(weight, pace)) if n_month >= 12 else DECAY,
        damping=float(dot(weight, np.array([one.damping for one in candidates]))),
        recent_share=float(dot(weight, np.array([one.recent_share for one in candidates]))),
        gain_weight=tuple(
            float(weight[pace == gain].sum()) if n_month < 12 else 1.0 / len(GAINS) for gain in GAINS
        ),
    )


def _noise(told: list[tuple[FloatArray, FloatArray]], n_rep: int) -> FloatArray:
    """Coefficient of variation of each rep's one-step errors, shrunk to everyone's. Shape (n_rep,)."""
    squares, count = np.zeros(n_rep), np.zeros(n_rep)
    for foretold, actual in told:
        judged = actual > 0
        error = np.log(np.where(judged, actual, 1.0) / np.where(judged, foretold, 1.0))
        error = np.clip(error, -LARGEST_LOG, LARGEST_LOG)
        squares += np.where(judged, error**2, 0.0)
        count += judged
    if count.sum() == 0:
        return np.full(n_rep, USUAL_NOISE)
    everyone = float(squares.sum() / count.sum())
    return np.sqrt((squares + everyone) / (count + 1.0))
