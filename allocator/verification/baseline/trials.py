"""Which rule would have foretold the plan's own past best, and how far it would have been off."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import product

import numpy as np

from allocator.verification.baseline.arithmetic import NOISE, over, ratio
from allocator.verification.baseline.past import ENOUGH, Past
from allocator.verification.baseline.presence import PAST
from allocator.verification.baseline.windows import (
    DOUBLE,
    Family,
    Trend,
    combine,
    recent_families,
    trend_before,
    year_family,
    year_windows,
)
from allocator.verification.trees import FloatArray, IntArray

DECAYS, DAMPINGS, SHARES = (0.5, 0.1, 0.25, 0.75, 1.0), (0.0, 0.5), (1.0, 0.5, 0.0)
GAINS = (0.2, 0.4, 0.6, 0.8)
MOST_TRIALS, FEWEST_REPS, WORTH_WHILE, LEAST_ERROR = 12, 3, 0.001, 1e-9
COMPLETE, USUAL_NOISE = 0.999, 0.2
MOST_PULL, PULL_PRIOR = 0.5, 4.0
Candidate = tuple[float, float, float]
"""Decay (plans of a year) or gain, damping, share of the windows back to back."""


@dataclass(frozen=True)
class Rule:
    """How the past is weighed; `noise` is the coefficient of variation of each rep's errors. (n_rep,)."""

    decay: float
    damping: float
    recent_share: float
    gains: Mapping[float, float]
    pull: float
    noise: FloatArray


@dataclass(frozen=True)
class Trial:
    """A past window: what lay before it by decay or gain, and what was sold in it."""

    families: Mapping[float, tuple[Family, Family]]
    trend: Trend
    exposure: FloatArray
    sold: FloatArray

    def judged(self, candidates: list[Candidate]) -> tuple[FloatArray, FloatArray]:
        """Foretold amounts (n_candidate, n_rep) and sold ones (n_rep,), each of the same total.

        0 for who was not there for half of the window, sold nothing, or of whom a candidate expects nothing.
        """
        expected = []
        for pace, damping, share in candidates:
            year, recent = self.families[pace]
            of_year, of_recent = combine(year, recent, share, damping, self.trend)
            expected.append(of_year * year.level + of_recent * recent.level)
        counts = (self.exposure >= ENOUGH - NOISE) & (np.array(expected) > 0).all(axis=0) & (self.sold > 0)
        counts &= counts.sum() >= FEWEST_REPS
        sold, foretold = self.sold * counts, np.array(expected) * (self.exposure * counts)
        scale = [ratio(float(sold.sum()), float(one.sum())) for one in foretold]
        return foretold * np.array(scale)[:, None], sold


def best_rule(past: Past, n: int, group: IntArray) -> Rule:
    """Foretell every past window as long as the plan from what lay before it, by every candidate."""
    origins = [PAST - back * n for back in range(1, MOST_TRIALS + 1)]
    trials = [_trial(past, origin, n) for origin in origins if _is_complete(past, origin, n)]
    candidates = _candidates(trials, n)
    found = [trial.judged(candidates) for trial in trials]
    wrong = np.array([np.abs(foretold - sold).sum(axis=1) for foretold, sold in found])
    wrong = wrong.reshape(len(trials), len(candidates))
    weight = _choice(found, wrong) if n >= 12 else _likelihood(found, wrong)
    told = [(weight @ foretold, sold) for foretold, sold in found]
    decay, damping, share = (float(mean) for mean in weight @ np.array(candidates))
    gains = {g: float(sum(w for w, c in zip(weight, candidates, strict=True) if c[0] == g)) for g in GAINS}
    return Rule(
        decay if n >= 12 else DECAYS[0],
        damping,
        share,
        gains if n < 12 else {},
        _pull(trials, told, group) if n < 12 else 0.0,
        _noise(told, len(past.amount)),
    )


def _is_complete(past: Past, origin: int, n: int) -> bool:
    if origin < 0 or past.first >= origin or origin + n - 1 > past.last:
        return False
    if n >= 12:
        return bool(year_windows(past, origin, n))
    return origin >= n and past.reach(origin - n, origin) >= COMPLETE


def _trial(past: Past, origin: int, n: int) -> Trial:
    before = past.where(np.arange(PAST) < origin, min(past.last, origin - 1), past.season)
    if n >= 12:
        recent = recent_families(before, [{}], origin, n) * len(DECAYS)
        year = [year_family(before, decay, origin, n) for decay in DECAYS]
    else:
        recent = recent_families(before, [{gain: 1.0} for gain in GAINS], origin, n)
        year = [year_family(before, DECAYS[0], origin, n)] * len(GAINS)
    return Trial(
        dict(zip(DECAYS if n >= 12 else GAINS, zip(year, recent, strict=True), strict=True)),
        trend_before(before, origin),
        past.exposure(origin, origin + n),
        past.amount[:, origin : origin + n].sum(axis=1),
    )


def _candidates(trials: Sequence[Trial], n: int) -> list[Candidate]:
    """Rules to try; earlier years and trend of a shorter plan once windows of a whole year tried them."""
    if n >= 12:
        return [(decay, damping, 0.0) for decay, damping in product(DECAYS, DAMPINGS)]
    years = sum(bool((trial.families[GAINS[0]][0].exposure > 0).any()) for trial in trials)
    trends = sum(bool((trial.trend.credibility > 0).any()) for trial in trials)
    shares = SHARES if years * n >= 12 else SHARES[:1]
    dampings = DAMPINGS if trends * n >= 12 else DAMPINGS[:1]
    return [(gain, damping, share) for share, damping, gain in product(shares, dampings, GAINS)]


Judged = list[tuple[FloatArray, FloatArray]]
"""Foretold and sold amounts of every trial."""


def _choice(found: Judged, wrong: FloatArray) -> FloatArray:
    """The first candidate within 0.1 % of sales of the least error. `wrong`: (n_trial, n_candidate)."""
    error = wrong.sum(axis=0) / max(sum(float(sold.sum()) for _, sold in found), LEAST_ERROR)
    best = int(np.argmax(error <= error.min() + WORTH_WHILE))
    return np.asarray(np.arange(len(error)) == best, np.float64)


def _likelihood(found: Judged, wrong: FloatArray) -> FloatArray:
    """(sum of |error|) ^ -(reps judged), multiplied over the windows, scaled to sum to 1."""
    log = np.zeros(wrong.shape[1])
    for (_, sold), amount in zip(found, wrong, strict=True):
        if sold.sum() > 0:
            log -= np.log(np.maximum(amount / sold.sum(), LEAST_ERROR)) * (sold > 0).sum()
    weight = np.exp(log - log.max())
    return np.asarray(weight / weight.sum())


def _pull(trials: list[Trial], told: list[tuple[FloatArray, FloatArray]], group: IntArray) -> float:
    """Least squares of (sold - foretold) on (peers' mean - foretold), weighed by 1 / foretold, shrunk."""
    top = bottom = 0.0
    for trial, (foretold, sold) in zip(trials, told, strict=True):
        judged = foretold > 0
        full = over(foretold, trial.exposure) * judged
        mean = over(np.bincount(group, full), np.bincount(group, judged))[group]
        away = (mean * trial.exposure - foretold) * judged
        top += float((over(away, foretold) * (sold - foretold)).sum())
        bottom += float((over(away, foretold) * away).sum())
    n = len(trials)
    return float(np.clip(top / bottom, 0.0, MOST_PULL)) * n / (n + PULL_PRIOR) if bottom > 0 else 0.0


def _noise(told: list[tuple[FloatArray, FloatArray]], n_rep: int) -> FloatArray:
    """Root mean square of each rep's log errors, with everyone's counted once. (n_rep,)."""
    squares, count = np.zeros(n_rep), np.zeros(n_rep)
    for foretold, sold in told:
        error = np.log(np.where(sold > 0, over(sold, foretold, 1.0), 1.0))
        squares += np.clip(error, -DOUBLE, DOUBLE) ** 2
        count += sold > 0
    if count.sum() == 0:
        return np.full(n_rep, USUAL_NOISE)
    return np.asarray(np.sqrt((squares + squares.sum() / count.sum()) / (count + 1.0)))
