"""Whether the months before the plan are all there: what a missing month is, and what is only a quiet one."""

from math import gcd

import numpy as np

from solver_models.arrays import BoolArray, FloatArray, IntArray

WINDOW = 36
"""Months before the plan that are looked at."""
BY_CHANCE = 0.03
"""A month without sales is missing where the chance that nobody sold anything in it is below this."""
SURE = 0.25
"""Who sold in all of n months is taken to sell nothing in one month with chance 0.25 / n."""


def sold_in(seller: IntArray, month: IntArray, amount: FloatArray, n_seller: int, start: int) -> BoolArray:
    """Mark the months with sales of each seller among the 36 before `start`, shape (n_seller, 36).

    Parameters
    ----------
    seller, month, amount
        One entry per row of the history; rows of amount 0 are no sales.
    """
    place = month - (start - WINDOW)
    counts = (place >= 0) & (place < WINDOW) & (amount != 0) & (seller >= 0)
    marked = np.zeros(n_seller * WINDOW, dtype=bool)
    marked[seller[counts] * WINDOW + place[counts]] = True
    return marked.reshape(n_seller, WINDOW)


def expected_months(sold: BoolArray) -> BoolArray:
    """Mark the months in which sales are booked at all, shape (36,).

    Sales that are booked every quarter, say, are expected every third month: the step is the greatest common
    divisor of 12 and of all distances between months with sales.
    """
    months = np.flatnonzero(sold.any(axis=0))
    if not len(months):
        return np.zeros(WINDOW, dtype=bool)
    step = 12
    for distance in (months - months[0]).tolist():
        step = gcd(step, distance)
    expected: BoolArray = (np.arange(WINDOW) - months[0]) % step == 0
    return expected


def quiet_by_chance(sold: BoolArray, base: slice, expected: BoolArray) -> FloatArray:
    """Log of the chance that a seller sells nothing in a month, 0 for who sold nothing in the base year.

    A seller's share of months with sales is taken over the months since his first sale in which anybody sold.

    Returns
    -------
    Shape (n_seller,).
    """
    seen = sold & expected
    known = seen.any(axis=0)
    since = np.logical_or.accumulate(seen, axis=1)
    n = (since & known).sum(axis=1)
    share = seen.sum(axis=1) / np.maximum(n, 1)
    log_quiet: FloatArray = np.log(np.maximum(1.0 - share, SURE / np.maximum(n, 1)))
    return np.where(sold[:, base].any(axis=1), log_quiet, 0.0)


def base_months(start: int, n_month: int) -> slice:
    """Return where the base year of a plan, the same months one year before, lies among the 36 months."""
    first = WINDOW - 12
    return slice(first, first + n_month)


def missing_months(sold: BoolArray, start: int, n_month: int) -> list[int]:
    """Return the months of the base year that are missing: no sales at all, and not by chance.

    A measure without any sales in the 36 months has no base year, and none of its months is missing.
    """
    base = base_months(start, n_month)
    expected = expected_months(sold)
    absent = np.flatnonzero(expected[base] & ~sold[:, base].any(axis=0))
    if not len(absent):
        return []
    # a run of months at either end is one event
    is_run = len(absent) == absent[-1] - absent[0] + 1 and (absent[0] == 0 or absent[-1] == n_month - 1)
    log_chance = float(quiet_by_chance(sold, base, expected).sum()) * (len(absent) if is_run else 1)
    if sold[:, base].any() and log_chance > np.log(BY_CHANCE):
        return []
    return [start - 12 + int(k) for k in absent]
