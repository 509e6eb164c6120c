"""What the past says about luck: residuals of replayed forecasts, their spread and correlation."""

from dataclasses import dataclass, replace
from itertools import pairwise

import numpy as np

from allocator.anchors.anchors import Anchors
from allocator.anchors.build import build_anchors, gather_evidence
from allocator.anchors.observed import PAST_MONTHS, Observed, same_month_windows
from allocator.anchors.peers import peer_groups
from allocator.anchors.ramp import open_seats, presence_and_ramp
from allocator.anchors.rep_months import RepMonths, rep_months
from allocator.anchors.windows import full_window, growth_to_latest, year_windows
from allocator.backtest.replay import plan_before
from allocator.fairness.reps import regions_of
from allocator.model.labels import Labels
from allocator.plan.plan import Plan
from allocator.plan.spec import AttainmentLimits
from solver_models.arrays import BoolArray, FloatArray, IntArray
from solver_models.attainment import SalesModel
from solver_models.common_luck import LuckStates, group_luck, luck_states, next_year

REPLAYED_YEARS = 2
REPLAYED_WINDOWS = 4
"""Past windows that are foretold again: years, or for shorter plans windows back to back."""
USUAL_SPREAD = 0.35
"""Standard deviation of log sales about a forecast where the past says nothing: wide, as it should be."""
USUAL_REGION, USUAL_COMPANY = 0.02, 0.015
"""Half of all regions (companies) share less luck a year than this, before anything is known of them."""
DRIFT = 0.12
"""Standard deviation of companies' long-run growth."""
UNKNOWN_GROWTH = 0.2
"""Further doubt about a company of which only one year is on file."""
UNKNOWN_SEASON = 0.3
"""Doubt about the level of months that the history holds in no earlier year."""
LEAST_SPREAD, MOST_SPREAD = 0.02, 2.0
PRIOR_YEARS, PRIOR_USUAL = 6.0, 2.0
"""A rep's own residuals and his peers' are believed like n of n + 6 years, everyone's like n of n + 2."""
OWN_ERROR = 1 / 3
"""Share of a forecast's variance that is luck of the years it was made from."""
LEAST_KEPT = 0.5
ENOUGH_REGION_YEARS, FEWEST_RESIDUALS = 4, 10
"""With fewer region-years, or forecasts, what regions share, or how sellers scatter, is called assumed."""
MOST_GROWTH = 0.3
OUTLIER = 4 * 1.4826
"""Residuals further than this many median absolute deviations from the median are drawn in."""
FULL = 0.999
FEWEST_REPS, LEAST_SCALE, FEWEST_PEERS = 10, 0.5, 5
TWO_YEARS_SCALE = 0.7
"""Variance of a forecast from two years over one from one year, if levels wander a little."""


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


@dataclass(frozen=True)
class Luck:
    """The sales model of a measure and where its numbers come from.

    Parameters
    ----------
    model
        One entry per rep, in leaf order.
    growth, growth_years
        Growth expected without any plan; number of yearly growths it was learned from (0 = none).
    yearly_growths
        Yearly growths on file, also where the growth is stated.
    residuals
        What the spread was learned from.
    region_years
        Number of region-years behind the luck that regions share.
    season_known
        Whether the history holds the plan's months of an earlier year.
    """

    model: SalesModel
    growth: float
    growth_years: int
    yearly_growths: int
    residuals: Residuals
    region_years: int
    season_known: bool


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


@dataclass(frozen=True)
class Replayed:
    """What the past alone says about luck: the same for plans that differ in totals or rules only.

    Parameters
    ----------
    growth
        Of the company's sales without any plan.
    residuals
        Of the replayed forecasts.
    own
        Shape (n_rep,): standard deviation of each rep's own luck.
    region_weight, region_scale
        Weights of the sizes of regions' luck, and the factor on the sizes.
    """

    growth: Growth
    residuals: Residuals
    group: IntArray
    region: IntArray
    own: FloatArray
    region_weight: FloatArray
    region_scale: float
    region_years: int


def replay_past(plan: Plan, labels: Labels, measure: str, observed: Observed) -> Replayed:
    """Replay the past of a measure from its picked history."""
    residuals, scale = replayed_residuals(plan, labels, measure, observed)
    group, region = peer_groups(plan, labels), luck_groups(labels)
    own, shared = split_residuals(residuals, region)
    spread = spreads(own, group)
    weight, region_years = region_luck(shared, own, region, spread)
    growth = company_growth(plan, labels, observed)
    return Replayed(growth, residuals, group, region, spread * scale, weight, scale, region_years)


def learn_luck(
    plan: Plan, labels: Labels, measure: str, anchors: Anchors, replayed: Replayed | None = None
) -> Luck:
    """Build the sales model: expected = baseline x growth; luck from the years on file and from replays.

    A stated `growth` leaves no doubt about where the middle lies; a stated `correlation` or `common` says
    how luck is shared, whatever the past says.

    Parameters
    ----------
    replayed
        What `replay_past` finds, where it is known already.
    """
    settings = plan.spec.attainment
    past = replayed or replay_past(plan, labels, measure, anchors.observed)
    growth = past.growth.rate if settings.growth is None else settings.growth
    told = np.isin(np.arange(labels.grid.n_rep), past.residuals.rep)
    expected = _by_rep(labels, anchors.baseline) * (1.0 + growth)
    if plan.spec.months >= 12:
        expected = less_lucky(expected, past.own, past.group, told)
    unseen = ~told & (_by_rep(labels, anchors.last_year) <= 0)
    own = _with_doubt(past.own, unseen, expected, past.group)
    states = luck_states(
        (past.growth.weight, past.growth.mean, past.growth.spread), past.region_weight, past.region_scale
    )
    if settings.growth is not None:
        states = replace(states, shift=np.zeros(len(states.shift)))
    own, load, states = _as_stated(own, states, settings)
    return Luck(
        model=SalesModel(expected, own, load, past.region, states),
        growth=growth,
        growth_years=past.growth.years if settings.growth is None else 0,
        yearly_growths=past.growth.years,
        residuals=past.residuals,
        region_years=past.region_years,
        season_known=past.growth.season_known,
    )


def _as_stated(
    own: FloatArray, states: LuckStates, settings: AttainmentLimits
) -> tuple[FloatArray, FloatArray, LuckStates]:
    """Share luck as plan.yaml says: r of each rep's variance within a region, `common` of that by all."""
    _, company, region = states.variance
    if settings.correlation is None and "common" not in settings.model_fields_set:
        return own, np.ones(len(own)), states
    total = own**2 + company + region
    r = np.full(len(own), settings.correlation) if settings.correlation is not None else 1.0 - own**2 / total
    one = np.ones(1)
    return (
        np.maximum(np.sqrt(total * (1.0 - r)), LEAST_SPREAD),
        np.sqrt(total * r),
        LuckStates(one, 0 * one, one * np.sqrt(settings.common), one * np.sqrt(1.0 - settings.common)),
    )


def less_lucky(expected: FloatArray, own: FloatArray, group: IntArray, told: BoolArray) -> FloatArray:
    """Draw expected sales of reps to their peers' by the luck that is in them; each group's sum stays.

    log m_i moves to mean + b (log m_i - mean), b = 1 - (variance of luck in log m) / (variance of log m)
    over the group, at least 1/2: a third of a forecast's variance is luck of the years behind it. Plans
    shorter than a year draw their levels together in the anchors.
    """
    found = expected.copy()
    for number in np.unique(group):
        peers = (group == number) & told & (expected > 0)
        log = np.log(expected[peers])
        if len(log) < FEWEST_PEERS or float(np.var(log)) <= 0:
            continue
        kept = max(LEAST_KEPT, 1.0 - OWN_ERROR * float(np.mean(own[peers] ** 2)) / float(np.var(log)))
        drawn = np.exp(log.mean() + kept * (log - log.mean()))
        found[peers] = drawn * (expected[peers].sum() / drawn.sum())
    return found


def luck_groups(labels: Labels) -> IntArray:
    """Number of each rep's region, 0 .. number of regions - 1: its sellers share luck. Shape (n_rep,)."""
    region = np.unique(regions_of(labels.grid.org.parent, labels.grid.org.leaf), return_inverse=True)[1]
    return region.astype(np.int64).reshape(-1)


def company_growth(plan: Plan, labels: Labels, observed: Observed) -> Growth:
    """Foretell the company's growth over its latest year from the years on file, like for like.

    Years are compared by the reps who were there for both. What their own luck and that of single regions
    leaves behind in a year's total is taken from how unequally they grew: u_g = sum of (now - growth x
    before) of a region, noise = mean over pairs of years of sum u_g^2 / (2 now^2) x G / (G - 1).
    """
    months = rep_months(plan, labels, observed)
    n_month = plan.spec.months
    windows = year_windows(months, PAST_MONTHS, n_month)
    known = bool(windows) and windows[0][0] >= months.first
    if not known:
        weight, mean, spread = next_year(np.zeros(1), 0.0, DRIFT, USUAL_COMPANY)
        return Growth(
            weight, mean, np.hypot(spread, np.hypot(UNKNOWN_GROWTH, UNKNOWN_SEASON)), 0, season_known=False
        )
    level = -np.log(growth_to_latest(months, windows))
    noise = _total_noise(months, windows, luck_groups(labels))
    weight, mean, spread = next_year(level, noise, DRIFT, USUAL_COMPANY)
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
        actual = _by_rep(labels, observed.cells_between(first, first + n_month))
        if float(actual.sum()) <= 0:
            continue
        before = plan_before(plan, measure, first, n_month, float(actual.sum()))
        evidence = gather_evidence(before, labels, measure, seen=observed.before(first, n_month))
        forecast = _by_rep(labels, build_anchors(before, labels, measure, evidence).baseline)
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


def spreads(residuals: Residuals, group: IntArray) -> FloatArray:
    """Standard deviation of log sales of every rep: his own, shrunk to his peers', shrunk to everyone's.

    variance = (sum of his squares + 6 peers') / (n + 6), peers' = (sum of theirs + 6 all) / (n + 6), all =
    (sum of all + 2 x the usual) / (n + 2).

    Parameters
    ----------
    group
        Peer group of each rep, shape (n_rep,).
    """
    square = residuals.error**2
    usual = USUAL_SPREAD**2
    overall = (float(square.sum()) + PRIOR_USUAL * usual) / (len(square) + PRIOR_USUAL)
    peer = _shrunk(square, group[residuals.rep], int(group.max()) + 1, np.full(int(group.max()) + 1, overall))
    own = _shrunk(square, residuals.rep, len(group), peer[group])
    return np.clip(np.sqrt(own), LEAST_SPREAD, MOST_SPREAD)


def region_luck(
    shared: Residuals, own: Residuals, region: IntArray, spread: FloatArray
) -> tuple[FloatArray, int]:
    """Weights of the sizes of what a region shares, and the region-years behind them.

    Of a region's miss, sum (size s)^2 / (sum size)^2 over its reps is their own luck.
    """
    if not len(shared.rep):
        return group_luck(np.zeros(0), np.zeros(0), USUAL_REGION), 0
    unit = region[own.rep] * (int(shared.year.max()) + 1) + own.year
    noise = np.bincount(unit, weights=(own.size * spread[own.rep]) ** 2)
    at = shared.rep * (int(shared.year.max()) + 1) + shared.year
    noise = np.pad(noise, (0, max(0, int(at.max()) + 1 - len(noise))))[at] / shared.size**2
    return group_luck(shared.error, noise, USUAL_REGION), len(shared.rep)


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
