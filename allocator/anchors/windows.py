"""Past windows as long as the plan, made comparable, and the weighted level of each rep over them."""

from dataclasses import dataclass

import numpy as np

from allocator.anchors.observed import MOST_WINDOWS
from allocator.anchors.rep_months import RepMonths
from solver_models.arrays import BoolArray, FloatArray, dot

ENOUGH_EXPOSURE = 0.5
"""Share of a window for which a rep must be there to be compared with another window."""
NOISE = 1e-9
"""What differs by less is taken for equal: no order of a sum decides who was there for just half."""
MOST_RECENT = 12
"""Most windows back to back that a plan shorter than a year looks at."""


@dataclass(frozen=True)
class Level:
    """Level of each rep over one family of windows.

    Parameters
    ----------
    level
        Shape (n_rep,): sales per full window at the like-for-like scale of the latest window; 0
        without exposure.
    exposure
        Shape (n_rep,): number of full windows the rep was there for.
    years_old
        Mean distance from the middle of the windows to the middle of the plan, in years; one
        number, or one per rep.
    """

    level: FloatArray
    exposure: FloatArray
    years_old: float | FloatArray


@dataclass(frozen=True)
class WindowedLevel(Level):
    """A level with the months it is made of: amount / exposure, both weighted.

    Parameters
    ----------
    reach
        Number of full windows that the history covers: the most an exposure can be.
    amount_weight, exposure_weight
        Shape (36,) or, where reps weigh the windows differently, (n_rep, 36):
        level = sum of amount x amount_weight / sum of present x exposure_weight.
    """

    reach: float
    amount_weight: FloatArray
    exposure_weight: FloatArray


def year_windows(months: RepMonths, origin: int, n_month: int) -> list[tuple[int, int]]:
    """Same months of the 1-3 years before `origin` that the history covers, latest first, as (start, end)."""
    found = [(origin - 12 * back, origin - 12 * back + n_month) for back in range(1, MOST_WINDOWS + 1)]
    return _reached(months, found)


def recent_windows(months: RepMonths, origin: int, n_month: int) -> list[tuple[int, int]]:
    """Windows back to back before `origin`, latest first; none for a plan of a year (they are its years).

    The latest and the oldest may be covered in part.
    """
    if n_month >= 12:
        return []
    found = [(origin - n_month * (back + 1), origin - n_month * back) for back in range(MOST_RECENT)]
    return [
        (start, end) for start, end in found if start >= 0 and end > months.first and start <= months.last
    ]


def _reached(months: RepMonths, windows: list[tuple[int, int]]) -> list[tuple[int, int]]:
    """Windows that the history covers from their first month on; the latest may be covered in part."""
    return [
        (start, end)
        for rank, (start, end) in enumerate(windows)
        if start >= 0 and end > months.first and start <= months.last and (rank == 0 or start >= months.first)
    ]


def windowed_level(
    months: RepMonths, windows: list[tuple[int, int]], decay: float, middle: float
) -> WindowedLevel:
    """Weigh the windows by decay ** rank after bringing all to the scale of the latest.

    Windows are compared like for like: the index between two neighbours is the ratio of the sales
    (per full window) of the reps who were there for at least half of both.

    Parameters
    ----------
    windows
        Latest first, (start, end) columns.
    middle
        Column of the middle of the plan.
    """
    size = months.amount.shape[1]
    amount_weight, exposure_weight, exposure = np.zeros(size), np.zeros(size), np.zeros(len(months.amount))
    weights, distances = [], []
    for rank, ((start, end), index) in enumerate(
        zip(windows, growth_to_latest(months, windows), strict=True)
    ):
        weight = decay**rank
        amount_weight[start:end] += weight * index
        exposure_weight[start:end] += weight * months.season_share(start, end)
        exposure += months.exposure(start, end)
        weights.append(weight)
        distances.append((middle - (start + end) / 2) / 12)
    share = dot(months.present, exposure_weight)
    seen = share > 0
    level = np.where(seen, dot(months.amount, amount_weight) / np.where(seen, share, 1.0), 0.0)
    reach = sum(months.reach(start, end) for start, end in windows)
    years_old = float(np.average(distances, weights=weights)) if windows else 0.0
    return WindowedLevel(level, exposure, years_old, reach, amount_weight, exposure_weight)


def growth_to_latest(months: RepMonths, windows: list[tuple[int, int]]) -> list[float]:
    """Like-for-like growth from each window to the latest; `windows` latest first."""
    growth = [1.0] * len(windows)
    for rank in range(1, len(windows)):
        growth[rank] = growth[rank - 1] * like_for_like(months, windows[rank - 1], windows[rank])
    return growth


def like_for_like(months: RepMonths, later: tuple[int, int], earlier: tuple[int, int]) -> float:
    """Sales of the later over those of the earlier window, of reps there for both; 1 if unknown."""
    now, was = full_window(months, *later), full_window(months, *earlier)
    both = np.isfinite(now) & np.isfinite(was)
    top, bottom = float(now[both].sum()), float(was[both].sum())
    return top / bottom if top > 0 and bottom > 0 else 1.0


def full_window(months: RepMonths, start: int, end: int) -> FloatArray:
    """Sales of a window scaled up to full presence; NaN for less than half of what the history covers.

    Shape (n_rep,).
    """
    exposure = months.exposure(start, end)
    enough: BoolArray = (exposure > 0) & (exposure >= ENOUGH_EXPOSURE * months.reach(start, end) - NOISE)
    return np.where(enough, months.amount[:, start:end].sum(axis=1) / np.where(enough, exposure, 1.0), np.nan)
