"""Past windows forecast from what was known before each, and how far the forecasts missed."""

from dataclasses import dataclass, replace

import numpy as np

from allocator.anchors.build import build_anchors, gather_evidence
from allocator.anchors.observed import Observed, same_month_windows
from allocator.anchors.ramp import open_seats, presence_and_ramp
from allocator.attainment.groups import rep_sums
from allocator.backtest.replay import plan_before
from allocator.model.labels import Labels
from allocator.plan.plan import Plan
from solver_models.arrays import BoolArray, FloatArray, IntArray

REPLAYED_YEARS = 2
REPLAYED_WINDOWS = 4
"""Past windows that are foretold again: years, or for shorter plans windows back to back."""
OUTLIER = 4 * 1.4826
"""Residuals further than this many median absolute deviations from the median are drawn in."""
FULL = 0.999
FEWEST_REPS, LEAST_SCALE = 10, 0.5
TWO_YEARS_SCALE = 0.7
"""Variance of a forecast from two years over one from one year: (1 + 5/9) / 2 = 0.78 where levels are steady
(weights 2/3 and 1/3), less what being drawn to the peers saves."""


@dataclass(frozen=True)
class Residuals:
    """log(actual / forecast) of reps who were there for a whole replayed period.

    Parameters
    ----------
    rep, year, error, size
        Shape (n,): rank of the rep, how many windows back, residual, forecast.
    """

    rep: IntArray
    year: IntArray
    error: FloatArray
    size: FloatArray


def replayed_residuals(
    plan: Plan, labels: Labels, measure: str, observed: Observed
) -> tuple[Residuals, float]:
    """Forecast each of the last windows from what was known before it, and compare.

    A year is replayed if the history begins at least a year before it; for shorter plans the windows back
    to back before the plan, if one whole window lies before them. A rep counts if he held his seat, fully
    productive, for the whole window and both numbers are positive.

    Returns
    -------
    The residuals and the factor on their size: a replay knows fewer years than the plan does and errs
    more, which `_fewer_years` takes out.
    """
    found: list[tuple[IntArray, IntArray, FloatArray, FloatArray]] = []
    n_month = plan.spec.months
    step = 12 if n_month >= 12 else n_month
    for back in range(1, (REPLAYED_YEARS if n_month >= 12 else REPLAYED_WINDOWS) + 1):
        first = plan.start_month - step * back
        if observed.first > first - step or observed.last < first:
            continue
        actual = rep_sums(labels, observed.cells_between(first, first + n_month))
        if float(actual.sum()) <= 0:
            continue
        before = plan_before(plan, measure, first, n_month, float(actual.sum()))
        evidence = gather_evidence(before, labels, measure, seen=observed.before(first, n_month))
        forecast = rep_sums(labels, build_anchors(before, labels, measure, evidence).baseline)
        rep = np.flatnonzero((actual > 0) & (forecast > 0) & _settled(before, labels)).astype(np.int64)
        error = _drawn_in(np.log(actual[rep] / forecast[rep]))
        found.append((rep, np.full(len(rep), back), error, forecast[rep]))
    if not found:
        nothing, nobody = np.zeros(0), np.zeros(0, np.int64)
        return Residuals(nobody, nobody, nothing, nothing), 1.0
    residuals = Residuals(*(np.concatenate(parts) for parts in zip(*found, strict=True)))
    if n_month < 12:
        return residuals, 1.0
    return residuals, float(np.sqrt(_fewer_years(observed, labels.grid.n_product, residuals)))


def split_residuals(residuals: Residuals, region: IntArray) -> tuple[Residuals, Residuals]:
    """Take apart what a rep alone, and what his region beyond the company, missed the forecast by.

    Means are weighed by the forecasts; own parts are scaled up for the mean that was taken out, and reps
    who are alone in their region have none.

    Returns
    -------
    Own parts by rep, and region parts (`rep` is the region's number, `size` its forecast).
    """
    if not len(residuals.rep):
        return residuals, residuals
    unit = residuals.year * (int(region.max()) + 1) + region[residuals.rep]
    number, unit = np.unique(unit, return_inverse=True)
    year, where = np.divmod(number, int(region.max()) + 1)
    size = np.bincount(unit, weights=residuals.size)
    mean = np.bincount(unit, weights=residuals.size * residuals.error) / size
    taken = 1.0 - residuals.size / size[unit]
    several = taken > 1.0 - FULL
    own = replace(
        residuals,
        rep=residuals.rep[several],
        year=residuals.year[several],
        error=((residuals.error - mean[unit])[several] / np.sqrt(taken[several])),
        size=residuals.size[several],
    )
    of_year = np.bincount(year, weights=size)
    company = (np.bincount(year, weights=size * mean) / np.where(of_year > 0, of_year, 1.0))[year]
    rest = 1.0 - size / of_year[year]
    kept = rest > 1.0 - FULL
    missed: FloatArray = (mean - company)[kept] / np.sqrt(rest[kept])
    shared = Residuals(
        where[kept].astype(np.int64), year[kept].astype(np.int64), missed, size[kept].astype(np.float64)
    )
    return own, shared


def _fewer_years(observed: Observed, n_product: int, residuals: Residuals) -> float:
    """Ratio of the variance of the plan's own forecast to that of the replayed ones, 0.5..1.

    With three years y1, y2, y3 on file (logs, less each year's mean) and levels that wander with variance
    q under luck of variance v: E (y3 - y2)^2 = 2 v + q and E (y3 - y1)^2 = 2 v + 2 q give v and q, and the
    local level filter over three years gives the variance of its next forecast. With two years 0.85, with
    too few reps 1.
    """
    windows = same_month_windows(observed)
    if len(windows) == 2:
        return TWO_YEARS_SCALE
    chosen = np.unique(residuals.rep)
    by_rep = windows.reshape(len(windows), -1, n_product).sum(axis=2)[:, chosen]
    by_rep = by_rep[:, (by_rep > 0).all(axis=0)]
    if len(windows) < 3 or by_rep.shape[1] < FEWEST_REPS:
        return 1.0
    log = np.log(by_rep)
    log = log - log.mean(axis=1, keepdims=True)
    one = float(np.mean([_mean_square(log[0] - log[1]), _mean_square(log[1] - log[2])]))
    two = _mean_square(log[0] - log[2])
    wander = max(0.0, two - one)
    luck = max((one - wander) / 2, 0.0)
    level = luck
    for _ in range(len(windows) - 1):
        level = (level + wander) * luck / (level + wander + luck) if luck > 0 else 0.0
    ahead = level + wander + luck
    year, error = residuals.year, residuals.error
    replayed = float(np.mean([np.var(error[year == one]) for one in np.unique(year)]))
    return float(np.clip(ahead / replayed, LEAST_SCALE, 1.0)) if replayed > 0 else 1.0


def _mean_square(values: FloatArray) -> float:
    return float(_drawn_in(values) @ _drawn_in(values) / len(values))


def _settled(plan: Plan, labels: Labels) -> BoolArray:
    """True for reps who are there, fully productive, in every month of the plan. Shape (n_rep,)."""
    there = presence_and_ramp(plan, labels).min(axis=1) >= FULL
    settled: BoolArray = there & ~open_seats(plan, labels)
    return settled


def _drawn_in(error: FloatArray) -> FloatArray:
    middle = float(np.median(error)) if len(error) else 0.0
    reach = OUTLIER * float(np.median(np.abs(error - middle))) if len(error) else 0.0
    return np.clip(error, middle - reach, middle + reach) if reach > 0 else error
