"""What the years on file say about the company's next one: growth that lasts, and luck of single years."""

from dataclasses import dataclass
from itertools import pairwise

import numpy as np

from allocator.anchors.observed import PAST_MONTHS, Observed
from allocator.anchors.rep_months import RepMonths, rep_months
from allocator.anchors.windows import full_window, growth_to_latest, year_windows
from allocator.attainment.groups import luck_groups
from allocator.model.labels import Labels
from allocator.plan.plan import Plan
from solver_models.arrays import FloatArray, IntArray
from solver_models.common_luck import next_year, sizes_prior

USUAL_COMPANY = 0.015
"""Half of all companies have less luck a year than this, before anything is known of them."""
USUAL_SIZES = sizes_prior(USUAL_COMPANY)
DRIFT = 0.12
"""Standard deviation of companies' long-run growth."""
UNKNOWN_GROWTH = 0.2
"""Further doubt about a company of which only one year is on file."""
UNKNOWN_SEASON = 0.3
"""Doubt about the level of months that the history holds in no earlier year."""
MOST_GROWTH = 0.3


@dataclass(frozen=True)
class Growth:
    """What the years on file say about the company's next one.

    Parameters
    ----------
    weight, mean, spread
        From `next_year`: weights of the sizes of company luck, log growth and what all will share.
    years
        Yearly growths on file.
    season_known
        The plan's months of last year are on file.
    """

    weight: FloatArray
    mean: FloatArray
    spread: FloatArray
    years: int
    season_known: bool

    @property
    def rate(self) -> float:
        """Growth in the middle, at most 30 % up or down."""
        return float(np.clip(np.expm1(self.weight @ self.mean), -MOST_GROWTH, MOST_GROWTH))


def company_growth(plan: Plan, labels: Labels, observed: Observed, prior: FloatArray = USUAL_SIZES) -> Growth:
    """Foretell the company's growth over its latest year from the years on file, like for like.

    Years are compared by the reps who were there for both. What their own luck and that of single regions
    leaves behind in a year's total is taken from how unequally they grew: u_g = sum of (now - growth x
    before) of a region, noise = mean over pairs of years of sum u_g^2 / (2 now^2) x G / (G - 1).

    Parameters
    ----------
    prior
        Weights of the sizes of company luck before the years are seen.
    """
    months = rep_months(plan, labels, observed)
    n_month = plan.spec.months
    windows = year_windows(months, PAST_MONTHS, n_month)
    known = bool(windows) and windows[0][0] >= months.first
    if not known:
        weight, mean, spread = next_year(np.zeros(1), 0.0, DRIFT, prior)
        return Growth(
            weight, mean, np.hypot(spread, np.hypot(UNKNOWN_GROWTH, UNKNOWN_SEASON)), 0, season_known=False
        )
    level = -np.log(growth_to_latest(months, windows))
    noise = _total_noise(months, windows, luck_groups(labels))
    weight, mean, spread = next_year(level, noise, DRIFT, prior)
    if len(windows) == 1:
        spread = np.hypot(spread, UNKNOWN_GROWTH)
    return Growth(weight, mean, spread, len(windows) - 1, season_known=True)


def _total_noise(months: RepMonths, windows: list[tuple[int, int]], region: IntArray) -> float:
    """Variance of a year's log total that is not luck of the whole company."""
    found = []
    unit = region if int(region.max()) > 0 else np.arange(len(region))
    for later, earlier in pairwise(windows):
        now, was = full_window(months, *later), full_window(months, *earlier)
        both = np.isfinite(now) & np.isfinite(was)
        count = len(np.unique(unit[both]))
        if count > 1 and float(was[both].sum()) > 0 and float(now[both].sum()) > 0:
            apart = now[both] - was[both] * (now[both].sum() / was[both].sum())
            by_unit = np.bincount(unit[both], weights=apart)
            found.append(float(by_unit @ by_unit) / now[both].sum() ** 2 / 2 * count / (count - 1))
    return float(np.mean(found)) if found else 0.0
