"""The history review of a plan: sales, growth, mix, order value, concentration and season by year."""

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
import pandas as pd

from allocator.anchors.observed import Observed, canonical_order, observe
from allocator.model.labels import Labels
from allocator.plan.plan import Plan
from allocator.review.concentration import Concentration, concentration
from allocator.review.years import MONTHS, Year, years_before
from solver_models.arrays import FloatArray, IntArray

ORDERS = ("orders", "order_count", "number_of_orders", "deals", "deal_count", "订单", "订单数", "成交数")
"""Ids of a measure that counts orders; the first that a plan has divides its amounts of money."""
LEVEL, LINE, PRODUCT, SEGMENT = "level", "line", "product", "segment"


@dataclass(frozen=True)
class Breakdown:
    """Sales by year of everything of one kind.

    Parameters
    ----------
    kind
        `level`, `line` (products that stand first in the tree), `product` (leaves) or `segment`.
    name
        The level's name for `level`, else empty.
    ids, names
        What the rows are. A segment without id holds the rows that name none.
    amount
        Shape (n_row, n_year), years oldest first.
    is_lowest
        The rows are the reps or leaf products.
    """

    kind: str
    name: str
    ids: tuple[str, ...]
    names: tuple[str, ...]
    amount: FloatArray
    is_lowest: bool = False

    def growth(self, years: tuple[Year, ...]) -> FloatArray:
        """amount / amount of the year before - 1; NaN where a year is not covered or not above 0."""
        return growth_of(self.amount, years)

    def mix(self, company: FloatArray) -> FloatArray:
        """Share of the company's sales of each year; NaN where those are not above 0."""
        return share_of(self.amount, company)


@dataclass(frozen=True)
class MeasureReview:
    """The past of one measure.

    Parameters
    ----------
    company
        Shape (n_year,).
    monthly
        Shape (n_year, 12): the company by month from the first month of the year.
    season
        Shape (12,): month / mean month of the same year, mean over the full years; NaN without one.
    breakdowns
        Levels of the org (top down), product lines, products, segments.
    concentration
        Kind of breakdown (`rep`, `product`, `segment`) -> one entry per year.
    silent
        Months between the first and the last month with history that hold no row at all.
    outside
        Number of rows older than the years shown or at or after the start of the plan.
    """

    measure: str
    unit: str
    years: tuple[Year, ...]
    company: FloatArray
    monthly: FloatArray
    season: FloatArray
    breakdowns: tuple[Breakdown, ...]
    concentration: dict[str, tuple[Concentration | None, ...]]
    silent: tuple[int, ...]
    outside: int
    has_segments: bool
    unnamed_segment_share: float


@dataclass(frozen=True)
class OrderValue:
    """Average order value (客单价): money / number of orders, by year.

    Parameters
    ----------
    measure, orders
        The two measures.
    years
        Years that both measures cover.
    company
        Shape (n_year,); NaN where there are no orders.
    breakdowns
        The rows of the money's breakdowns that both measures have; `amount` is the ratio.
    """

    measure: str
    orders: str
    years: tuple[Year, ...]
    company: FloatArray
    breakdowns: tuple[Breakdown, ...]


@dataclass(frozen=True)
class Review:
    """The history review of a whole plan; `order_values` is empty where no measure counts orders."""

    plan: str
    name: str
    measures: tuple[MeasureReview, ...]
    order_values: tuple[OrderValue, ...]


def review_history(plan: Plan, labels: Labels, seen: Mapping[str, Observed] | None = None) -> Review:
    """Review the history of every measure of a plan.

    Years are twelve months back to back before the plan's first month, three at most. Growth and
    season are given for fully covered years only: what is missing stays empty.

    Parameters
    ----------
    seen
        The history of measures that has been picked before.
    """
    known = seen or {}
    measures = tuple(
        _review_measure(plan, labels, measure, known.get(measure) or observe(plan, labels, measure))
        for measure in plan.spec.measures
    )
    return Review(plan.spec.plan, plan.spec.name, measures, _order_values(plan, measures))


def growth_of(amount: FloatArray, years: tuple[Year, ...]) -> FloatArray:
    """amount / amount of the year before - 1 along the last axis; NaN where it is not defined."""
    growth = np.full(amount.shape, np.nan)
    for k in range(1, len(years)):
        if years[k].is_full and years[k - 1].is_full and years[k].first == years[k - 1].end:
            growth[..., k] = _ratio(amount[..., k], amount[..., k - 1]) - 1.0
    return growth


def share_of(amount: FloatArray, company: FloatArray) -> FloatArray:
    """amount / company; NaN where the company's is not above 0."""
    return _ratio(amount, np.broadcast_to(company, amount.shape))


def _ratio(top: FloatArray, bottom: FloatArray) -> FloatArray:
    defined = bottom > 0
    return np.where(defined, top / np.where(defined, bottom, 1.0), np.nan)


def _review_measure(plan: Plan, labels: Labels, measure: str, observed: Observed) -> MeasureReview:
    years = years_before(observed)
    cells = [observed.cells_between(year.first, year.end) for year in years]
    shape = (len(labels.node_id), len(labels.product_id), len(years))
    sums = [labels.grid.roll_up_plain(one) for one in cells]
    by_node = np.stack(sums, axis=2) if sums else np.zeros(shape)
    segments = _segments(plan, measure, years)
    breakdowns = (*_levels(plan, labels, by_node), *_products(plan, labels, by_node), *segments)
    monthly = _monthly(observed, years)
    return MeasureReview(
        measure=measure,
        unit=plan.spec.measures[measure].unit,
        years=years,
        company=by_node[0, 0],
        monthly=monthly,
        season=_season(monthly, years),
        breakdowns=breakdowns,
        concentration=_concentrations(labels, by_node, segments),
        silent=_silent(observed, years),
        outside=_outside(observed, years),
        has_segments=bool(segments),
        unnamed_segment_share=_unnamed(segments[0], by_node[0, 0]) if segments else 0.0,
    )


def _levels(plan: Plan, labels: Labels, by_node: FloatArray) -> list[Breakdown]:
    """One breakdown per level below the company, top down."""
    org, level = labels.grid.org, np.array(labels.level, object)
    names = plan.org["name"].to_numpy(object)[labels.node_row]
    found = []
    for name in dict.fromkeys(level[np.argsort(org.depth, kind="stable")][1:].tolist()):
        at = np.flatnonzero((level == name) & (org.depth > 0))
        if len(at):
            lowest = bool(org.is_leaf[at].all())
            found.append(_rows(LEVEL, name, labels.node_id, names, at, by_node[at, 0], lowest))
    return found


def _products(plan: Plan, labels: Labels, by_node: FloatArray) -> list[Breakdown]:
    """Product lines, then the products below them; one of the two where they are the same."""
    tree = labels.grid.products
    rows = np.maximum(labels.product_row, 0)
    names = plan.products["name"].to_numpy(object)[rows]
    lines, leaves = np.flatnonzero(tree.depth == 1), tree.leaf.astype(np.int64)
    found = []
    if not np.array_equal(lines, leaves):
        found.append(_rows(LINE, "", labels.product_id, names, lines, by_node[0, lines], False))
    return [*found, _rows(PRODUCT, "", labels.product_id, names, leaves, by_node[0, leaves], True)]


def _rows(
    kind: str,
    name: str,
    ids: tuple[str, ...],
    names: np.ndarray,
    at: IntArray,
    amount: FloatArray,
    is_lowest: bool,
) -> Breakdown:
    return Breakdown(
        kind,
        name,
        tuple(ids[k] for k in at),
        tuple(str(names[k]) or ids[k] for k in at),
        amount,
        is_lowest,
    )


def _segments(plan: Plan, measure: str, years: tuple[Year, ...]) -> list[Breakdown]:
    """Sales by the history's own column `segment`, largest of the last year first; none if none is named."""
    table = plan.history[(plan.history["measure"] == measure).to_numpy(bool)]
    if not (table["segment"] != "").any():
        return []
    month, amount = table["period"].to_numpy(np.int64), table["amount"].to_numpy(np.float64)
    code, ids = pd.factorize(table["segment"], sort=True)
    order = canonical_order(code, month, amount)
    month, amount, code = month[order], amount[order], code[order]
    sums = np.zeros((len(ids), len(years)))
    for k, year in enumerate(years):
        inside = (month >= year.first) & (month < year.end)
        sums[:, k] = np.bincount(code[inside], weights=amount[inside], minlength=len(ids))
    last = sums[:, -1] if years else np.zeros(len(ids))
    rank = np.lexsort((ids, -last, ids == ""))
    words = tuple(str(ids[k]) for k in rank)
    return [Breakdown(SEGMENT, "", words, words, sums[rank])]


def _unnamed(segments: Breakdown, company: FloatArray) -> float:
    """Share of all sales of the years shown whose rows name no segment."""
    whole = float(company.sum())
    if "" not in segments.ids or whole <= 0:
        return 0.0
    return float(segments.amount[segments.ids.index("")].sum()) / whole


def _monthly(observed: Observed, years: tuple[Year, ...]) -> FloatArray:
    if not years:
        return np.zeros((0, MONTHS))
    position = observed.month - years[0].first
    size = MONTHS * len(years)
    inside = (position >= 0) & (position < size)
    sums = np.bincount(position[inside], weights=observed.amount[inside], minlength=size)
    return sums.reshape(len(years), MONTHS).astype(np.float64)


def _season(monthly: FloatArray, years: tuple[Year, ...]) -> FloatArray:
    """Mean over the full years with sales above 0 of month / mean month."""
    usable = [k for k, year in enumerate(years) if year.is_full and monthly[k].sum() > 0]
    if not usable:
        return np.full(MONTHS, np.nan)
    index = monthly[usable] / monthly[usable].mean(axis=1, keepdims=True)
    return np.asarray(index.mean(axis=0), np.float64)


def _concentrations(
    labels: Labels, by_node: FloatArray, segments: list[Breakdown]
) -> dict[str, tuple[Concentration | None, ...]]:
    """Concentration over reps, leaf products and named segments, year by year."""
    amounts = {
        "rep": by_node[labels.grid.org.leaf, 0],
        "product": by_node[0, labels.grid.products.leaf],
    }
    for one in segments:
        amounts["segment"] = one.amount[[bool(key) for key in one.ids]]
    return {
        kind: tuple(concentration(amount[:, k]) for k in range(amount.shape[1]))
        for kind, amount in amounts.items()
    }


def _silent(observed: Observed, years: tuple[Year, ...]) -> tuple[int, ...]:
    """Months without any row inside what the history spans."""
    if not years:
        return ()
    spanned = np.arange(max(observed.first, years[0].first), min(observed.last + 1, years[-1].end))
    return tuple(np.setdiff1d(spanned, observed.month).tolist())


def _outside(observed: Observed, years: tuple[Year, ...]) -> int:
    if not years:
        return len(observed.month)
    return int(((observed.month < years[0].first) | (observed.month >= years[-1].end)).sum())


def _order_values(plan: Plan, measures: tuple[MeasureReview, ...]) -> tuple[OrderValue, ...]:
    """Money / orders for every measure in the plan's currency, where a measure counts orders."""
    by_id = {review.measure.casefold(): review for review in measures}
    orders = next((by_id[name] for name in ORDERS if name in by_id), None)
    if orders is None:
        return ()
    money = [
        review
        for review in measures
        if review is not orders
        and plan.spec.measures[review.measure].kind == "outcome"
        and review.unit.casefold() == plan.spec.currency.casefold()
    ]
    return tuple(_order_value(review, orders) for review in money)


def _order_value(money: MeasureReview, orders: MeasureReview) -> OrderValue:
    starts = {year.first: k for k, year in enumerate(orders.years)}
    pairs = [(k, starts[year.first]) for k, year in enumerate(money.years) if year.first in starts]
    own, other = [k for k, _ in pairs], [k for _, k in pairs]
    years = tuple(
        Year(money.years[k].first, min(money.years[k].covered, orders.years[j].covered)) for k, j in pairs
    )
    by_kind = {(one.kind, one.name): one for one in orders.breakdowns}
    breakdowns = []
    for one in money.breakdowns:
        counted = by_kind.get((one.kind, one.name))
        if counted is None or set(counted.ids) != set(one.ids):
            continue
        at = [counted.ids.index(key) for key in one.ids]
        value = _ratio(one.amount[:, own], counted.amount[np.ix_(at, other)])
        breakdowns.append(Breakdown(one.kind, one.name, one.ids, one.names, value, one.is_lowest))
    company = _ratio(money.company[own], orders.company[other])
    return OrderValue(money.measure, orders.measure, years, company, tuple(breakdowns))
