"""Who was there in which of the 36 months before the plan (docs/anchors.md, History, Presence)."""

from dataclasses import dataclass

import numpy as np

from allocator.verification.company import Company
from allocator.verification.month_weights import EVER, dates, first_days, ramp_shares
from allocator.verification.trees import BoolArray, FloatArray, IntArray

PAST = 36
NEVER = 2**40
OFTEN, PRIOR = 0.5, 3.0


@dataclass(frozen=True)
class Arrivals:
    """First and last month with sales of each one (`NEVER`, -1 for none), and the month he counts from."""

    first: IntArray
    last: IntArray
    since: IntArray


def arrivals(who: IntArray, month: IntArray, n: int, first: int, until: IntArray) -> Arrivals:
    """Judge from months with sales who came with his first one, and who had been there before.

    Parameters
    ----------
    who, month
        Shape (n_row,): whose sale and when.
    first
        First month of the history.
    until
        Shape (n,): month up to which each is watched.
    """
    span = int(month.max()) - first + 1 if len(month) else 1
    sold = np.zeros((n, span), bool)
    sold[who, month - first] = True
    count, some = sold.sum(axis=1), sold.any(axis=1)
    begin = np.where(some, sold.argmax(axis=1) + first, NEVER)
    end = np.where(some, first + span - 1 - sold[:, ::-1].argmax(axis=1), -1)
    watched = np.where(some, np.maximum(until, end) - begin + 1, 0)
    everyone = float(count.sum() / watched.sum()) if watched.any() else 0.0
    often = (count + PRIOR * everyone) / (watched + PRIOR) >= OFTEN
    quiet, longest = np.zeros(n, np.int64), np.zeros(n, np.int64)
    for column in range(span):
        quiet = np.where(sold[:, column] | (column + first < begin), 0, quiet + 1)
        longest = np.where(column + first <= end, np.maximum(longest, quiet), longest)
    longest = np.maximum(longest, np.where(some, until - end, 0))
    came = ~some | (often & (begin - first > longest))
    return Arrivals(begin, end, np.where(came, begin, first).astype(np.int64))


def presence(company: Company) -> FloatArray:
    """Presence x ramp in the months before the plan, by dates and sales of any measure. (n_rep, 36)."""
    return company.once("baseline.presence", lambda: _presence(company))


def _presence(company: Company) -> FloatArray:
    months = np.arange(company.start - PAST, company.start)
    seen = _rep_arrivals(company)
    start, end = (dates(company.org_column(name)[company.org.leaves]) for name in ("start", "end"))
    told = np.isnat(start) | (seen.first < _month(start))
    by_sales = np.where(seen.since < NEVER, first_days(np.where(seen.since < NEVER, seen.since, 0)), NEVER)
    day = start.astype(np.int64)
    since = np.where(told, by_sales, day)
    left = np.where(np.isnat(end), EVER, end.astype(np.int64))
    emptied = first_days(np.maximum(seen.last, -1) + 1) - 1
    left = np.where(open_seats(company), np.minimum(left, emptied), left)
    begins, ends = first_days(months), first_days(months + 1)
    days = np.minimum(left[:, None] + 1, ends) - np.maximum(since[:, None], begins)
    there = np.clip(days, 0, None) / (ends - begins)
    return np.asarray(there * ramp_shares(company, start, months, of_past=True), np.float64)


def _rep_arrivals(company: Company) -> Arrivals:
    """Sales of all measures; watched until the last month on file, the rep's end, or his seat's last sale."""
    history, n = company.all_history(), len(company.org.leaves)
    rep = history["cell"].to_numpy(np.int64) // len(company.products.leaves)
    month, sold = history["month"].to_numpy(np.int64), (history["amount"] != 0).to_numpy(bool)
    first, last = (int(month.min()), int(month.max())) if len(month) else (0, -1)
    end = dates(company.org_column("end")[company.org.leaves])
    until = np.where(np.isnat(end), last, np.minimum(last, _month(end)))
    until = np.where(open_seats(company), -1, until)
    return arrivals(rep[sold], month[sold], n, first, until)


def open_seats(company: Company) -> BoolArray:
    """Reps' places that nobody holds. Shape (n_rep,)."""
    roles = company.org_column("role")[company.org.leaves]
    return np.array([str(role).lower() in ("open", "vacant", "空缺") for role in roles], bool)


def _month(days: np.ndarray) -> IntArray:
    """Months of dates; an arbitrary one of `NaT`."""
    known = np.where(np.isnat(days), np.datetime64("1970-01-01"), days)
    return known.astype("datetime64[M]").astype(np.int64) + 1970 * 12
