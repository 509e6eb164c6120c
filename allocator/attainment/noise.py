"""What the past says about luck: the sales model of a measure, from the years on file and from replays."""

from dataclasses import dataclass, replace

import numpy as np

from allocator.anchors.anchors import Anchors
from allocator.anchors.observed import Observed
from allocator.anchors.peers import peer_groups
from allocator.attainment.groups import luck_groups, rep_sums
from allocator.attainment.growth import Growth, company_growth
from allocator.attainment.replays import Residuals, replayed_residuals, split_residuals
from allocator.model.labels import Labels
from allocator.plan.plan import Plan
from allocator.plan.spec import AttainmentLimits
from solver_models.arrays import BoolArray, FloatArray, IntArray
from solver_models.attainment import SalesModel
from solver_models.common_luck import LuckStates, group_luck, luck_states

USUAL_SPREAD = 0.35
"""Standard deviation of log sales about a forecast where the past says nothing: wide, as it should be."""
USUAL_REGION = 0.02
"""Half of all regions share less luck a year than this, before anything is known of them."""
LEAST_SPREAD, MOST_SPREAD = 0.02, 2.0
PRIOR_YEARS, PRIOR_USUAL = 6.0, 2.0
"""A rep's own residuals and his peers' are believed like n of n + 6 years, everyone's like n of n + 2."""
OWN_ERROR = 1 / 3
"""Share of a forecast's variance that is luck of the years it was made from."""
LEAST_KEPT, FEWEST_PEERS = 0.5, 5
ENOUGH_REGION_YEARS, FEWEST_RESIDUALS = 4, 10
"""With fewer region-years, or forecasts, what regions share, or how sellers scatter, is called assumed."""


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
    """Build the sales model: expected = outlook x growth; luck from the years on file and from replays.

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
    expected = rep_sums(labels, anchors.outlook) * (1.0 + growth)
    if plan.spec.months >= 12:
        expected = less_lucky(expected, past.own, past.group, told)
    unseen = ~told & (rep_sums(labels, anchors.last_year) <= 0)
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
