"""Who is there in which month, and how productive: presence by calendar days times the ramp."""

from collections.abc import Sequence

import numpy as np
import pandas as pd

from allocator.model.labels import Labels
from allocator.plan.plan import NO_DATE, Plan
from allocator.plan.ramp import Ramp, parse_ramp
from solver_models.arrays import BoolArray, FloatArray, IntArray

ALWAYS = 2**40
"""A day or month later than any plan."""


def presence_and_ramp(plan: Plan, labels: Labels) -> FloatArray:
    """Productive share of each rep in each month of the plan: presence x ramp.

    Presence is the share of the month's calendar days from `start` to `end` (both at work).
    The ramp counts months of tenure from the month of `start`; without a `start` it counts
    from the plan's first month. A constant ramp (one share) holds in every month of the plan.

    Returns
    -------
    Shape (n_rep, n_month), values in 0..1; 1 where neither dates nor ramp say otherwise.
    """
    months = np.arange(plan.start_month, plan.start_month + plan.spec.months, dtype=np.int64)
    return presence(plan, labels, months) * ramp_share(plan, labels, months, with_constant=True)


def presence(plan: Plan, labels: Labels, months: IntArray) -> FloatArray:
    """Share of the calendar days of each month on which each rep is at work.

    Parameters
    ----------
    months
        Month numbers (year * 12 + month - 1), shape (n_month,).

    Returns
    -------
    Shape (n_rep, n_month).
    """
    return days_share(rep_dates(plan, labels, "start"), rep_dates(plan, labels, "end"), months)


def days_share(start: IntArray, end: IntArray, months: IntArray) -> FloatArray:
    """Share of the calendar days of each month from `start` to `end`, both included.

    Parameters
    ----------
    start, end
        Days since 1970-01-01 (`NO_DATE` = open), shape (n_rep,).
    months
        Month numbers, shape (n_month,).

    Returns
    -------
    Shape (n_rep, n_month).
    """
    first_day = np.where(start == NO_DATE, -ALWAYS, start)[:, None]
    last_day = np.where(end == NO_DATE, ALWAYS, end)[:, None]
    month_start, next_start = first_day_of(months), first_day_of(months + 1)
    days = np.minimum(last_day + 1, next_start) - np.maximum(first_day, month_start)
    share: FloatArray = np.clip(days, 0, None) / (next_start - month_start)
    return share


def ramp_share(plan: Plan, labels: Labels, months: IntArray, *, with_constant: bool) -> FloatArray:
    """Ramp of each rep by month of tenure; 1 before `start` and after the ramp has ended.

    Parameters
    ----------
    months
        Month numbers, shape (n_month,).
    with_constant
        Whether a constant ramp counts: it speaks of the plan, not of the past.

    Returns
    -------
    Shape (n_rep, n_month), values in 0..1.
    """
    row = rep_rows(labels)
    text, kind = np.unique(plan.org["ramp"].to_numpy(dtype=object)[row].astype(str), return_inverse=True)
    table = _ramp_table([parse_ramp(one) for one in text], with_constant)
    start = rep_dates(plan, labels, "start")
    from_month = np.where(start == NO_DATE, plan.start_month, month_of(start))
    tenure = months[None, :] - from_month[:, None]
    share = table[kind[:, None], np.clip(tenure, 0, table.shape[1] - 1)]
    is_constant = np.array([parse_ramp(one).is_constant for one in text], dtype=bool)[kind]
    return np.where((tenure < 0) & ~is_constant[:, None], 1.0, share)


def rep_rows(labels: Labels) -> IntArray:
    """Row of each rep in the plan's `org` frame, shape (n_rep,)."""
    return labels.node_row[labels.grid.org.leaf]


def rep_dates(plan: Plan, labels: Labels, column: str) -> IntArray:
    """Dates of the reps (`start` or `end`): days since 1970-01-01 or `NO_DATE`. Shape (n_rep,)."""
    return plan.org[column].to_numpy(np.int64)[rep_rows(labels)]


def _ramp_table(ramps: Sequence[Ramp], with_constant: bool) -> FloatArray:
    """Shares by (ramp, month of tenure); the last column holds for all later months."""
    width = 1 + max((len(ramp.share) for ramp in ramps), default=0)
    table = np.ones((max(len(ramps), 1), width))
    for position, ramp in enumerate(ramps):
        if not ramp.is_constant:
            table[position, : len(ramp.share)] = ramp.share
        elif with_constant:
            table[position] = ramp.share[0]
    return table


def first_day_of(months: IntArray) -> IntArray:
    """Day number (since 1970-01-01) of the first day of each month."""
    return (months - 1970 * 12).astype("datetime64[M]").astype("datetime64[D]").astype(np.int64)


def month_of(days: IntArray) -> IntArray:
    """Month number of each day number; `NO_DATE` gives an arbitrary month."""
    known = np.where(days == NO_DATE, 0, days)
    return known.astype("datetime64[D]").astype("datetime64[M]").astype(np.int64) + 1970 * 12


def open_seats(plan: Plan, labels: Labels) -> BoolArray:
    """Mark each leaf that nobody holds (role open, vacant or 空缺), shape (n_rep,)."""
    role: pd.Series = plan.org["role"].iloc[rep_rows(labels)]
    return role.str.strip().str.lower().isin(["open", "vacant", "空缺"]).to_numpy(bool)
