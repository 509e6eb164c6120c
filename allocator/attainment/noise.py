"""What the past says about luck: residuals of replayed forecasts, their spread and correlation."""

from dataclasses import dataclass

import numpy as np

from allocator.anchors.anchors import Anchors
from allocator.anchors.build import build_anchors, gather_evidence
from allocator.anchors.observed import Observed, same_month_windows
from allocator.anchors.peers import peer_groups
from allocator.anchors.ramp import open_seats, presence_and_ramp
from allocator.backtest.replay import plan_before
from allocator.fairness.reps import regions_of
from allocator.model.labels import Labels
from allocator.plan.plan import Plan
from solver_models.arrays import BoolArray, FloatArray, IntArray
from solver_models.attainment import SalesModel, pair_correlation

REPLAYED_YEARS = 2
USUAL_SPREAD = 0.25
"""Standard deviation of log sales where the past says nothing."""
USUAL_CORRELATION = 0.2
LEAST_SPREAD, MOST_SPREAD = 0.02, 2.0
PRIOR_YEARS = 6.0
"""A rep's own residuals are believed like n of n + 6 years; his peers' by the same rule."""
PRIOR_REGIONS = 10.0
"""The learned correlation is believed like n of n + 10 region-years."""
MOST_CORRELATION = 0.9
MOST_GROWTH = 0.3
OUTLIER = 4 * 1.4826
"""Residuals further than this many median absolute deviations from the median are drawn in."""
FULL = 0.999
FEWEST_REPS, LEAST_SCALE = 10, 0.5


@dataclass(frozen=True)
class Residuals:
    """log(actual / forecast) of reps who were there for a whole replayed period.

    Parameters
    ----------
    rep, year, error
        Shape (n,): rank of the rep, how many years back, residual.
    """

    rep: IntArray
    year: IntArray
    error: FloatArray


@dataclass(frozen=True)
class Luck:
    """The sales model of a measure and where its numbers come from.

    Parameters
    ----------
    model
        One entry per rep, in leaf order.
    growth, growth_years
        Growth expected without any plan; number of yearly growths it was learned from (0 = none).
    residuals
        What the spread was learned from.
    region_years
        Number of region-years behind the correlation.
    """

    model: SalesModel
    growth: float
    growth_years: int
    residuals: Residuals
    region_years: int


@dataclass(frozen=True)
class Replayed:
    """What the past alone says about luck: the same for plans that differ in totals or rules only.

    Parameters
    ----------
    growth, years
        Growth of the company's sales without any plan, and the yearly growths it was learned from.
    residuals
        Of the replayed forecasts.
    """

    growth: float
    years: int
    residuals: Residuals
    group: IntArray
    region: IntArray
    spread: FloatArray
    correlation: float
    units: int


def replay_past(plan: Plan, labels: Labels, measure: str, observed: Observed) -> Replayed:
    """Replay the past of a measure from its picked history."""
    residuals = replayed_residuals(plan, labels, measure, observed)
    group, region = peer_groups(plan, labels), luck_groups(labels)
    spread = spreads(residuals, group)
    correlation, units = region_correlation(residuals, spread, region)
    return Replayed(*company_growth(observed), residuals, group, region, spread, correlation, units)


def learn_luck(
    plan: Plan, labels: Labels, measure: str, anchors: Anchors, replayed: Replayed | None = None
) -> Luck:
    """Build the sales model: expected = baseline x growth; spread and correlation from replays.

    Parameters
    ----------
    replayed
        What `replay_past` finds, where it is known already.
    """
    settings = plan.spec.attainment
    past = replayed or replay_past(plan, labels, measure, anchors.observed)
    learned, years, residuals = past.growth, past.years, past.residuals
    growth = learned if settings.growth is None else settings.growth
    expected = _by_rep(labels, anchors.baseline) * (1.0 + growth)
    unseen = ~np.isin(np.arange(labels.grid.n_rep), residuals.rep) & (_by_rep(labels, anchors.last_year) <= 0)
    spread = _with_doubt(past.spread, unseen, expected, past.group)
    model = SalesModel(
        expected=expected,
        spread=spread,
        group=past.region,
        correlation=past.correlation if settings.correlation is None else settings.correlation,
        common=settings.common,
    )
    return Luck(model, growth, years if settings.growth is None else 0, residuals, past.units)


def luck_groups(labels: Labels) -> IntArray:
    """Number of each rep's region, 0 .. number of regions - 1: its sellers share luck. Shape (n_rep,)."""
    region = np.unique(regions_of(labels.grid.org.parent, labels.grid.org.leaf), return_inverse=True)[1]
    return region.astype(np.int64).reshape(-1)


def company_growth(observed: Observed) -> tuple[float, int]:
    """Growth of the company's sales to expect without any plan, and the yearly growths on file.

    The mean log growth of the years on file times n / (n + 1): few years are half believed. 0 without two
    years; never beyond 30 % up or down.
    """
    total = same_month_windows(observed).sum(axis=1)
    usable = (total[:-1] > 0) & (total[1:] > 0)
    steps = np.log(total[:-1][usable] / total[1:][usable])
    if not len(steps):
        return 0.0, 0
    growth = float(np.expm1(steps.mean() * len(steps) / (len(steps) + 1)))
    return float(np.clip(growth, -MOST_GROWTH, MOST_GROWTH)), len(steps)


def replayed_residuals(plan: Plan, labels: Labels, measure: str, observed: Observed) -> Residuals:
    """Forecast each of the last years from what was known before it, and compare.

    A year is replayed if the history begins at least a year before it. A rep counts if he held his seat,
    fully productive, for the whole period and both numbers are positive. A replay knows fewer years than
    the plan does and errs more; `_fewer_years` takes that out.
    """
    found: list[tuple[IntArray, IntArray, FloatArray]] = []
    for year in range(1, REPLAYED_YEARS + 1):
        first = plan.start_month - 12 * year
        if observed.first > first - 12 or observed.last < first:
            continue
        actual = _by_rep(labels, observed.cells_between(first, first + plan.spec.months))
        if float(actual.sum()) <= 0:
            continue
        before = plan_before(plan, measure, first, plan.spec.months, float(actual.sum()))
        seen = observed.before(first, plan.spec.months)
        growth, _ = company_growth(seen)
        evidence = gather_evidence(before, labels, measure, seen=seen)
        anchors = build_anchors(before, labels, measure, evidence)
        forecast = _by_rep(labels, anchors.baseline) * (1.0 + growth)
        rep = np.flatnonzero((actual > 0) & (forecast > 0) & _settled(before, labels)).astype(np.int64)
        found.append((rep, np.full(len(rep), year), np.log(actual[rep] / forecast[rep])))
    if not found:
        nothing = np.zeros(0, np.int64)
        return Residuals(nothing, nothing, np.zeros(0))
    rep, when, error = (np.concatenate(parts) for parts in zip(*found, strict=True))
    error = _drawn_in(error)
    return Residuals(
        rep, when, error * np.sqrt(_fewer_years(observed, labels.grid.n_product, rep, when, error))
    )


def _fewer_years(
    observed: Observed, n_product: int, rep: IntArray, year: IntArray, error: FloatArray
) -> float:
    """Ratio of the variance of the plan's own forecast to that of the replayed ones, 0.5..1.

    With three years y1, y2, y3 on file (logs, less each year's mean) and levels that wander with variance
    q under luck of variance v: E (y3 - y2)^2 = 2 v + q and E (y3 - y1)^2 = 2 v + 2 q give v and q, and the
    local level filter over three years gives the variance of its next forecast. Without three years, or
    with too few reps, 1.
    """
    windows = same_month_windows(observed)
    chosen = np.unique(rep)
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
    replayed = float(np.mean([np.var(error[year == one_year]) for one_year in np.unique(year)]))
    return float(np.clip(ahead / replayed, LEAST_SCALE, 1.0)) if replayed > 0 else 1.0


def _mean_square(values: FloatArray) -> float:
    return float(_drawn_in(values) @ _drawn_in(values) / len(values))


def spreads(residuals: Residuals, group: IntArray) -> FloatArray:
    """Standard deviation of log sales of every rep: his own, shrunk to his peers', shrunk to everyone's.

    variance = (sum of his squares + 6 peers') / (n + 6), peers' = (sum of theirs + 6 all) / (n + 6).

    Parameters
    ----------
    group
        Peer group of each rep, shape (n_rep,).
    """
    square = residuals.error**2
    usual = USUAL_SPREAD**2
    overall = (float(square.sum()) + PRIOR_YEARS * usual) / (len(square) + PRIOR_YEARS)
    peer = _shrunk(square, group[residuals.rep], int(group.max()) + 1, np.full(int(group.max()) + 1, overall))
    own = _shrunk(square, residuals.rep, len(group), peer[group])
    return np.clip(np.sqrt(own), LEAST_SPREAD, MOST_SPREAD)


def region_correlation(residuals: Residuals, spread: FloatArray, region: IntArray) -> tuple[float, int]:
    """Correlation of log sales within a region, shrunk to the usual 0.2, and the region-years behind it."""
    unit = region[residuals.rep] * (REPLAYED_YEARS + 1) + residuals.year
    score = residuals.error / spread[residuals.rep]
    found, units = pair_correlation(score, unit) if len(unit) else (0.0, 0)
    shrunk = (units * found + PRIOR_REGIONS * USUAL_CORRELATION) / (units + PRIOR_REGIONS)
    return float(np.clip(shrunk, 0.0, MOST_CORRELATION)), units


def _shrunk(square: FloatArray, unit: IntArray, n_unit: int, prior: FloatArray) -> FloatArray:
    count = np.bincount(unit, minlength=n_unit)
    total = np.bincount(unit, weights=square, minlength=n_unit)
    variance: FloatArray = (total + PRIOR_YEARS * prior) / (count + PRIOR_YEARS)
    return variance


def _with_doubt(spread: FloatArray, unseen: BoolArray, expected: FloatArray, group: IntArray) -> FloatArray:
    """Add the spread between peers' levels for reps whose level is only their peers'."""
    widened = spread**2
    for number in np.unique(group[unseen]):
        peers = (group == number) & ~unseen & (expected > 0)
        if peers.sum() > 1:
            widened[unseen & (group == number)] += float(np.var(np.log(expected[peers])))
    return np.clip(np.sqrt(widened), LEAST_SPREAD, MOST_SPREAD)


def _settled(plan: Plan, labels: Labels) -> BoolArray:
    """True for reps who are there, fully productive, in every month of the plan. Shape (n_rep,)."""
    there = presence_and_ramp(plan, labels).min(axis=1) >= FULL
    settled: BoolArray = there & ~open_seats(plan, labels)
    return settled


def _drawn_in(error: FloatArray) -> FloatArray:
    middle = float(np.median(error)) if len(error) else 0.0
    reach = OUTLIER * float(np.median(np.abs(error - middle))) if len(error) else 0.0
    return np.clip(error, middle - reach, middle + reach) if reach > 0 else error


def _by_rep(labels: Labels, cells: FloatArray) -> FloatArray:
    """Sum cells over the products, shape (n_rep,)."""
    summed: FloatArray = cells.reshape(labels.grid.n_rep, labels.grid.n_product).sum(axis=1)
    return summed
