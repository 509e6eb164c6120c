"""Windows of the past as long as the plan: the level of each rep over them, and his trend."""

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from allocator.verification.baseline.arithmetic import over, ratio
from allocator.verification.baseline.past import Past
from allocator.verification.baseline.presence import PAST
from allocator.verification.trees import BoolArray, FloatArray

DOUBLE = float(np.log(2.0))
MOST_YEARS, MOST_RECENT = 3, 12
Windows = list[tuple[int, int]]


@dataclass(frozen=True)
class Family:
    """Levels over one family of windows.

    Parameters
    ----------
    level, exposure
        Shape (n_rep,): sales per full window at the scale of the latest; full windows he was there for.
    years
        From the middle of the windows to the middle of the plan; a number, or one per rep.
    reach
        Full windows that the history covers.
    amount_weight, exposure_weight
        Shape (36,) or (n_rep, 36): level = sum of amount x weight / sum of presence x weight.
    """

    level: FloatArray
    exposure: FloatArray
    years: float | FloatArray
    reach: float
    amount_weight: FloatArray
    exposure_weight: FloatArray


def year_windows(past: Past, origin: int, n: int) -> Windows:
    """Same months of the last three years; an earlier year only if the history reaches its first month."""
    found = [(origin - 12 * back, origin - 12 * back + n) for back in range(1, MOST_YEARS + 1)]
    return [w for rank, w in enumerate(found) if _reached(past, *w) and (rank == 0 or w[0] >= past.first)]


def recent_windows(past: Past, origin: int, n: int) -> Windows:
    """Windows back to back before `origin`, for plans shorter than a year."""
    found = [(origin - n * (back + 1), origin - n * back) for back in range(MOST_RECENT if n < 12 else 0)]
    return [w for w in found if _reached(past, *w)]


def _reached(past: Past, start: int, end: int) -> bool:
    return start >= 0 and end > past.first and start <= past.last


def _indices(past: Past, windows: Windows) -> list[float]:
    """Like-for-like growth from each window to the latest."""
    growth = [1.0] * len(windows)
    for rank in range(1, len(windows)):
        growth[rank] = growth[rank - 1] * past.like_for_like(windows[rank - 1], windows[rank])
    return growth


def year_family(past: Past, decay: float, origin: int, n: int) -> Family:
    """Weighted sales / weighted presence over the same months of earlier years."""
    windows = year_windows(past, origin, n)
    amount_weight, exposure_weight = np.zeros(PAST), np.zeros(PAST)
    weight = decay ** np.arange(len(windows))
    for (start, end), index, part in zip(windows, _indices(past, windows), weight, strict=True):
        amount_weight[start:end] += part * index
        exposure_weight[start:end] += part * past.share(start, end)
    level = over(past.amount @ amount_weight, past.present @ exposure_weight)
    years = _years(windows, origin, n)
    return Family(
        level,
        _exposures(past, windows).sum(axis=1),
        float(years @ weight / weight.sum()) if windows else 0.0,
        sum(past.reach(*window) for window in windows),
        amount_weight,
        exposure_weight,
    )


def _years(windows: Windows, origin: int, n: int) -> FloatArray:
    return np.array([(origin + n / 2 - (start + end) / 2) / 12 for start, end in windows], np.float64)


def _exposures(past: Past, windows: Windows) -> FloatArray:
    """Shape (n_rep, n_window)."""
    columns = [past.exposure(*window) for window in windows]
    return np.stack(columns, axis=1) if columns else np.zeros((len(past.amount), 0))


def recent_families(past: Past, gains: list[Mapping[float, float]], origin: int, n: int) -> list[Family]:
    """Average the windows back to back by the Kalman filter, for each mixture of gains (gain -> weight)."""
    windows = recent_windows(past, origin, n)
    index, there = _indices(past, windows), _exposures(past, windows)
    sold = [past.amount[:, a:b].sum(axis=1) * i for (a, b), i in zip(windows, index, strict=True)]
    level = over(np.stack(sold, axis=1) if sold else there, there)
    known = {gain for mixture in gains for gain, part in mixture.items() if part > 0}
    by_gain = {gain: _kalman(level, there, gain) for gain in known}
    found = []
    for mixture in gains:
        weight = np.zeros(there.shape)
        for gain, part in mixture.items():
            weight += part * by_gain[gain] if part > 0 else 0.0
        amount_weight, exposure_weight = np.zeros((2, len(there), PAST))
        for rank, (start, end) in enumerate(windows):
            believed = over(weight[:, rank], there[:, rank])[:, None]
            amount_weight[:, start:end] = believed * index[rank]
            exposure_weight[:, start:end] = believed * past.share(start, end)
        found.append(
            Family(
                (level * weight).sum(axis=1),
                there.sum(axis=1),
                weight @ _years(windows, origin, n),
                sum(past.reach(*window) for window in windows),
                amount_weight,
                exposure_weight,
            )
        )
    return found


def _kalman(level: FloatArray, there: FloatArray, gain: float) -> FloatArray:
    """Weights of a rep's windows, oldest last: scatter 1 / exposure, moves by his size. (n_rep, n_window)."""
    size = np.maximum(over((level * there).sum(axis=1), there.sum(axis=1)), 0.0)
    typical = float(size[size > 0].mean()) if (size > 0).any() else 1.0
    moves = gain**2 / (1.0 - gain) * size / typical
    weight, variance, begun = np.zeros(there.shape), np.zeros(len(there)), np.zeros(len(there), bool)
    for rank in range(there.shape[1] - 1, -1, -1):
        here = there[:, rank] > 0
        scatter = over(1.0, there[:, rank], 1.0)
        before = np.where(begun, variance + moves, 0.0)
        believed = np.where(begun, before / (before + scatter), 1.0) * here
        weight *= (1.0 - believed)[:, None]
        weight[:, rank] = believed
        variance = np.where(here, np.where(begun, believed * scatter, scatter), before)
        begun |= here
    return weight


@dataclass(frozen=True)
class Trend:
    """Log growth of the last year relative to everyone's, and the part of it that is credible. (n_rep,)."""

    growth: FloatArray
    credibility: FloatArray

    def factor(self, damping: float, years: float | FloatArray) -> FloatArray:
        """exp(damping x credibility x growth x years)."""
        return np.exp(damping * self.credibility * self.growth * years)


def trend_before(past: Past, origin: int) -> Trend:
    """Compare the last 12 months with the 12 before; credible is what odd and even months agree on."""
    n_rep = len(past.amount)
    unknown = Trend(np.zeros(n_rep), np.zeros(n_rep))
    if origin - 24 < max(0, past.first):
        return unknown
    parity = np.arange(PAST) % 2
    parts = [past] + [past.where(parity == p, past.last, past.season * (parity == p)) for p in (0, 1)]
    growth = np.array([_growth(part, origin) for part in parts])
    known = np.isfinite(growth).all(axis=0)
    if known.sum() < 3:
        return unknown
    whole, odd, even = (_relative(one, known) for one in growth)
    own = (odd - even) ** 2 / 4.0
    noise = (own + own[known].mean()) / 2.0
    real = max(0.0, float((odd * even)[known].mean()))
    return Trend(whole, over(real, real + noise) * known)


def _growth(past: Past, origin: int) -> FloatArray:
    now, was = past.full(origin - 12, origin), past.full(origin - 24, origin - 12)
    both = (now > 0) & (was > 0)
    return np.where(both, np.log(over(np.where(both, now, 1.0), np.where(both, was, 1.0), 1.0)), np.nan)


def _relative(growth: FloatArray, known: BoolArray) -> FloatArray:
    """Less the median, within a doubling or halving; 0 where unknown."""
    found = np.where(known, growth, 0.0)
    return np.where(known, np.clip(found - np.median(found[known]), -DOUBLE, DOUBLE), 0.0)


def combine(
    year: Family, recent: Family, share: float, damping: float, trend: Trend
) -> tuple[FloatArray, FloatArray]:
    """Weights of the two families at the scale of the years, with the trend carried forward. (n_rep,)."""
    both = (year.exposure > 0) & (recent.exposure > 0)
    scale = ratio(float(year.level[both].sum()), float(recent.level[both].sum()))
    part = np.where(both, share, (recent.exposure > 0) * 1.0)
    of_year = (1.0 - part) * trend.factor(damping, year.years)
    return of_year, part * scale * trend.factor(damping, recent.years)
