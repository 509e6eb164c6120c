"""The history as a source of the anchor: one level per rep x product, at the scale of the last windows."""

from dataclasses import dataclass

import numpy as np

from allocator.anchors.arrivals import arrivals
from allocator.anchors.forecast import Forecast, LevelRule, forecast
from allocator.anchors.observed import PAST_MONTHS, Observed, observe, same_month_windows
from allocator.anchors.peers import peer_groups, peer_levels
from allocator.anchors.ramp import open_seats
from allocator.anchors.rep_months import RepMonths, plan_share, rep_months
from allocator.anchors.trend import relative_trend
from allocator.anchors.trials import choose_rule
from allocator.anchors.windows import NOISE, WindowedLevel
from allocator.model.labels import Labels
from allocator.plan.plan import Plan
from solver_models.arrays import BoolArray, FloatArray, IntArray, dot

FULL = 0.999
"""Exposure from which a window counts as complete."""
LEAST_PRODUCT_SHARE = 0.25
"""A product that is younger than a quarter of the windows is scaled up as if it were a quarter old."""
LEAST_OWN, MOST_OWN = 0.05, 1.0
"""Bounds of the exposure (in windows) at which a short history is believed by half."""
LAST_DIGIT = 1e-15
"""A level below this part of the company's is less than the last digit of its sum: nothing."""


@dataclass(frozen=True)
class HistoryLevel:
    """The history of one measure as a source.

    Parameters
    ----------
    last_year
        Shape (n_cell,): the same months one year before, as they are.
    level
        Shape (n_cell,), >= 0: expected sales in the plan at the scale of the past, with presence
        and ramp.
    share_of_plan
        Shape (n_rep,), 0..1: presence x ramp over the plan.
    noise
        Shape (n_rep,): coefficient of variation of the level.
    is_own
        Shape (n_rep,): the rep has a level of his own (with or without help of his peers).
    rule
        How the windows were weighed.
    """

    last_year: FloatArray
    level: FloatArray
    share_of_plan: FloatArray
    noise: FloatArray
    is_own: BoolArray
    rule: LevelRule


def history_windows(plan: Plan, labels: Labels, measure: str) -> FloatArray:
    """History of the plan's own months in each of the last 1-3 years that the history covers.

    Returns
    -------
    Shape (n_window, n_cell), the latest year first, amounts as they are.
    """
    return same_month_windows(observe(plan, labels, measure))


def history_level(
    plan: Plan, labels: Labels, observed: Observed, present_in_plan: FloatArray
) -> HistoryLevel:
    """Expect each rep's sales per product from his own past, or from his peers' where he has none.

    Parameters
    ----------
    present_in_plan
        Shape (n_rep, n_month): presence x ramp in the plan.
    """
    months = rep_months(plan, labels, observed)
    group = peer_groups(plan, labels)
    rule, noise = choose_rule(months, observed.n_month, group)
    expected = forecast(months, rule, relative_trend(months, PAST_MONTHS), PAST_MONTHS, observed.n_month)
    own = drawn_to_peers(without_negatives(_own_cells(labels, observed, months, expected)), group, rule.pull)
    is_own = own.sum(axis=1) > 0
    full, spread, noise = _with_peers(plan, labels, own, expected, noise, months, observed)
    share = plan_share(plan, months, present_in_plan)
    return HistoryLevel(
        last_year=same_month_windows(observed)[0],
        level=without_dust((full * share[:, None]).ravel()),
        share_of_plan=share,
        noise=np.where(is_own, noise, spread),
        is_own=is_own,
        rule=rule,
    )


def without_dust(cells: FloatArray) -> FloatArray:
    """Set to 0 what is less than 1e-15 of the sum of all: sales of long ago that have all but faded."""
    return np.where(cells < LAST_DIGIT * cells.sum(), 0.0, cells)


def without_negatives(cells: FloatArray) -> FloatArray:
    """Set negative cells to 0 and scale the others so that each rep's total stays.

    A rep whose total is not positive (to a billionth of his sales) has no history: all his cells become 0.

    Parameters
    ----------
    cells
        Shape (n_rep, n_product).
    """
    positive = np.maximum(cells, 0.0)
    total, mass = cells.sum(axis=1), positive.sum(axis=1)
    kept = (total > NOISE * mass) & (mass > 0)
    scale = np.where(kept, total / np.where(kept, mass, 1.0), 0.0)
    return positive * scale[:, None]


def drawn_to_peers(cells: FloatArray, group: IntArray, pull: float) -> FloatArray:
    """Scale each rep's cells so that his total is (1 - pull) own + pull x the mean of his peers.

    Reps without a level stay without one.

    Parameters
    ----------
    cells
        Shape (n_rep, n_product).
    """
    total = cells.sum(axis=1)
    known = total > 0
    count = np.bincount(group, weights=known)
    mean = (np.bincount(group, weights=total) / np.maximum(count, 1))[group]
    scale = np.where(known, 1.0 - pull + pull * mean / np.where(known, total, 1.0), 1.0)
    return cells * scale[:, None]


def _own_cells(labels: Labels, observed: Observed, months: RepMonths, expected: Forecast) -> FloatArray:
    """Level of every cell from the rep's own history at full presence, shape (n_rep, n_product)."""
    known, alive = _product_months(labels, observed, months)
    by_year = _family_cells(labels, observed, months, expected.year, known)
    by_recent = _family_cells(labels, observed, months, expected.recent, known)
    return alive * (expected.year_weight[:, None] * by_year + expected.recent_weight[:, None] * by_recent)


def _family_cells(
    labels: Labels, observed: Observed, months: RepMonths, family: WindowedLevel, known: FloatArray
) -> FloatArray:
    """Amount / exposure of every cell over one family of windows, shape (n_rep, n_product)."""
    grid = labels.grid
    column = observed.past_position()
    by_rep = np.broadcast_to(family.amount_weight, months.amount.shape)
    rep = observed.cell // grid.n_product
    weight = np.where(column >= 0, by_rep[rep, np.maximum(column, 0)], 0.0)
    amount = observed.weighted_cells(weight).reshape(grid.n_rep, grid.n_product)
    present = months.present * family.exposure_weight
    whole = present.sum(axis=1)
    exposure = dot(present, known.T)
    exposure = np.maximum(exposure, LEAST_PRODUCT_SHARE * whole[:, None])
    return np.where(exposure > 0, amount / np.where(exposure > 0, exposure, 1.0), 0.0)


def _product_months(labels: Labels, observed: Observed, months: RepMonths) -> tuple[FloatArray, FloatArray]:
    """Find the months in which each product was there, and the products sold in the last 12 covered months.

    Returns
    -------
    Shapes (n_product, 36) and (n_product,), of 0 and 1.
    """
    n_product = labels.grid.n_product
    sold = observed.amount != 0
    product, until = observed.cell[sold] % n_product, np.full(n_product, observed.last)
    came = arrivals(product, observed.month[sold], n_product, observed.first, until)
    origin = observed.start - PAST_MONTHS
    known = np.arange(origin, observed.start)[None, :] >= came.counted_from[:, None]
    return known.astype(np.float64), (came.last_sale - origin > months.last - 12).astype(np.float64)


def _with_peers(
    plan: Plan,
    labels: Labels,
    own: FloatArray,
    expected: Forecast,
    noise: FloatArray,
    months: RepMonths,
    observed: Observed,
) -> tuple[FloatArray, float, FloatArray]:
    """Fill in who has no history and steady who has little.

    A rep who was there for less than one window is believed by Z = e / (e + k), e his exposure in
    windows, k = noise variance / variance between the models; the rest is his peers' level.

    Returns
    -------
    Levels at full presence (n_rep, n_product), the coefficient of variation of a level taken from
    peers, and the noise of each rep with the doubt about a short history added.
    """
    total = own.sum(axis=1)
    exposure = np.maximum(expected.year.exposure, expected.recent.exposure)
    is_model = _models(plan, labels, months, observed, exposure, total)
    reach = min(1.0, max(expected.year.reach, expected.recent.reach))
    needs = (total <= 0) | (exposure < FULL * reach)
    peers = peer_levels(labels, peer_groups(plan, labels), own, is_model, needs)
    between = _spread(total[is_model])
    luck = float(np.mean(noise[is_model] ** 2)) if is_model.any() else 0.0
    half = float(np.clip(luck / between**2, LEAST_OWN, MOST_OWN)) if between > 0 else MOST_OWN
    has_peers = peers.sum(axis=1) > 0
    believed = np.where(needs & has_peers & (total > 0), exposure / (exposure + half), 1.0)
    believed = np.where(total > 0, believed, 0.0)[:, None]
    level = believed * own + (1.0 - believed) * peers
    doubt = np.sqrt(noise**2 + (1.0 - believed[:, 0]) * between**2)
    return level, max(between, float(np.sqrt(luck))), doubt


def _models(
    plan: Plan, labels: Labels, months: RepMonths, observed: Observed, exposure: FloatArray, total: FloatArray
) -> BoolArray:
    """Mark the reps to learn from: with sales, no open seat, there for all of last year.

    Without any such rep those with one full window; else all with sales.
    """
    window = (PAST_MONTHS - 12, PAST_MONTHS - 12 + observed.n_month)
    reach = months.reach(*window)
    last_year = (months.exposure(*window) >= FULL * reach) & (reach > 0)
    sold = (total > 0) & ~open_seats(plan, labels)
    for is_model in (sold & last_year, sold & (exposure >= FULL), sold):
        if is_model.any():
            return is_model
    return total > 0


def _spread(total: FloatArray) -> float:
    """Coefficient of variation of the models' totals (0 for fewer than two)."""
    return float(np.std(total) / np.mean(total)) if len(total) > 1 else 0.0
