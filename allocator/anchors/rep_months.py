"""What each rep sold in each of the 36 months before the plan, and how much of the month was his."""

from dataclasses import dataclass

import numpy as np

from allocator.anchors.arrivals import NEVER, Arrivals, arrivals
from allocator.anchors.observed import PAST_MONTHS, Observed
from allocator.anchors.ramp import days_share, first_day_of, month_of, open_seats, ramp_share, rep_dates
from allocator.model.labels import Labels
from allocator.plan.plan import NO_DATE, Plan
from solver_models.arrays import BoolArray, FloatArray, dot

MOST_SWEEPS = 200
STEADY = 1e-12


@dataclass(frozen=True)
class RepMonths:
    """Months by rep; column 0 is 36 months before the plan, column 35 the month before it.

    Parameters
    ----------
    amount
        Shape (n_rep, 36): history of all products.
    present
        Shape (n_rep, 36), 0..1: presence x ramp; 0 in months that the history does not reach.
    season
        Shape (36,), >= 0: how a month compares with others for one and the same rep; only ratios count.
    first, last
        First and last column that the history reaches; `first` is 36 without history.
    """

    amount: FloatArray
    present: FloatArray
    season: FloatArray
    first: int
    last: int

    def exposure(self, start: int, end: int) -> FloatArray:
        """Share of a full window that each rep was present for, months weighted by season. Shape (n_rep,)."""
        return dot(self.present[:, start:end], self.season_share(start, end))

    def reach(self, start: int, end: int) -> float:
        """Share of a window that the history covers, months weighted by season."""
        column = np.arange(start, end)
        return float(self.season_share(start, end)[(column >= self.first) & (column <= self.last)].sum())

    def season_share(self, start: int, end: int) -> FloatArray:
        """Season of the months of a window, scaled to sum to 1. Shape (end - start,)."""
        season = self.season[start:end]
        total = float(season.sum())
        return season / total if total > 0 else np.full(end - start, 1.0 / (end - start))


def rep_months(plan: Plan, labels: Labels, observed: Observed) -> RepMonths:
    """Arrange the history of a measure by rep and month, with presence.

    A rep is present from `start` to `end`; without a `start`, or where his id has sales before it
    (the territory's), from the month that his sales tell (`rep_arrivals`). An open seat is present
    until its last month with history.
    """
    n_rep = labels.grid.n_rep
    column = observed.past_position()
    recent = column >= 0
    key = (observed.cell[recent] // labels.grid.n_product) * PAST_MONTHS + column[recent]
    sums = np.bincount(key, weights=observed.amount[recent], minlength=n_rep * PAST_MONTHS)
    amount = sums.astype(np.float64).reshape(n_rep, PAST_MONTHS)
    covered = observed.covered()
    columns = np.flatnonzero(covered)
    present = _presence(plan, labels) * covered
    return RepMonths(
        amount=amount,
        present=present,
        season=_season(amount, present, covered, plan.start_month),
        first=int(columns[0]) if len(columns) else PAST_MONTHS,
        last=int(columns[-1]) if len(columns) else -1,
    )


def plan_share(plan: Plan, months: RepMonths, present_in_plan: FloatArray) -> FloatArray:
    """Share of a full plan that each rep is there for, months weighted by last year's season.

    Parameters
    ----------
    present_in_plan
        Shape (n_rep, n_month): presence x ramp in the plan.

    Returns
    -------
    Shape (n_rep,), 0..1.
    """
    first = PAST_MONTHS - 12
    share: FloatArray = dot(present_in_plan, months.season_share(first, first + plan.spec.months))
    return share


def rep_arrivals(plan: Plan, labels: Labels) -> Arrivals:
    """Judge by the history (of all measures) when each rep came.

    A rep is watched until the last month of the history, or until his `end`; an open seat until
    its last sale.
    """
    table = plan.history
    month = table["period"].to_numpy(np.int64)
    sold = (table["amount"] != 0).to_numpy(bool)
    first, last = (int(month.min()), int(month.max())) if len(month) else (0, -1)
    end = rep_dates(plan, labels, "end")
    until = np.where(end == NO_DATE, last, np.minimum(last, month_of(end)))
    until = np.where(open_seats(plan, labels), -1, until)
    rep = labels.grid.org.leaf_start[labels.codes_of_nodes(table["node_id"][sold])]
    return arrivals(rep, month[sold], labels.grid.n_rep, first, until)


def is_told_by_sales(plan: Plan, labels: Labels, came: Arrivals) -> BoolArray:
    """Mark the reps whose sales say when they came: no `start`, or sales before it. Shape (n_rep,)."""
    start = rep_dates(plan, labels, "start")
    told: BoolArray = (start == NO_DATE) | (came.first_sale < month_of(start))
    return told


def _presence(plan: Plan, labels: Labels) -> FloatArray:
    """Presence x ramp in the 36 past months, by dates and by history (of any measure)."""
    months = np.arange(plan.start_month - PAST_MONTHS, plan.start_month, dtype=np.int64)
    came = rep_arrivals(plan, labels)
    since, was_seen = came.counted_from, came.first_sale < NEVER
    start, end = rep_dates(plan, labels, "start"), rep_dates(plan, labels, "end")
    by_history = np.where(was_seen, first_day_of(np.where(was_seen, since, 0)), NEVER)
    empty_since = first_day_of(np.where(was_seen, came.last_sale, -1) + 1) - 1
    vacated = open_seats(plan, labels) & ((end == NO_DATE) | (empty_since < end))
    present = days_share(
        np.where(is_told_by_sales(plan, labels, came), by_history, start),
        np.where(vacated, empty_since, end),
        months,
    )
    return present * ramp_share(plan, labels, months, with_constant=False)


def _season(amount: FloatArray, present: FloatArray, covered: BoolArray, start_month: int) -> FloatArray:
    """Month effects; months without history take the mean of their calendar month. Shape (36,)."""
    known = covered & (present.sum(axis=0) > 0)
    month = _month_effect(np.maximum(amount.sum(axis=0), 0.0), np.maximum(amount.sum(axis=1), 0.0), present)
    if not known.any() or month.sum() == 0:
        return np.ones(PAST_MONTHS)
    calendar = (np.arange(PAST_MONTHS) + start_month - PAST_MONTHS) % 12
    count = np.bincount(calendar[known], minlength=12)
    mean = np.bincount(calendar[known], weights=month[known], minlength=12) / np.maximum(count, 1)
    filled = np.where(count > 0, mean, float(month[known].mean()))
    return np.where(known, month, filled[calendar])


def _month_effect(by_month: FloatArray, by_rep: FloatArray, present: FloatArray) -> FloatArray:
    """Fit month effects m of amount_it = r_i * m_t * present_it to the sums over reps and over months.

    Both sums are met in turn until they hold, so that a big rep who comes or goes does not look
    like a season.

    Parameters
    ----------
    by_month, by_rep
        Sums, >= 0, shape (36,) and (n_rep,).
    present
        Shape (n_rep, 36).

    Returns
    -------
    Shape (36,), mean 1 over the months that count; 0 in months without sales.
    """
    month = np.ones(len(by_month))
    for _ in range(MOST_SWEEPS):
        rep = _ratio(by_rep, dot(present, month))
        fitted = _ratio(by_month, dot(rep, present))
        count = int(np.count_nonzero(fitted))
        fitted = fitted * (count / float(fitted.sum())) if count else fitted
        change = float(np.abs(fitted - month).max())
        month = fitted
        if change <= STEADY:
            break
    return month


def _ratio(top: FloatArray, bottom: FloatArray) -> FloatArray:
    """Divide, 0 where there is nothing to divide by."""
    return np.where(bottom > 0, top / np.where(bottom > 0, bottom, 1.0), 0.0)
