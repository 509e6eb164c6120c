"""What each rep sold of each product in the 36 months before the plan, with presence and season."""

from dataclasses import dataclass, replace

import numpy as np

from allocator.verification.baseline.arithmetic import NOISE, over, ratio
from allocator.verification.baseline.presence import PAST, arrivals, presence
from allocator.verification.company import Company
from allocator.verification.trees import BoolArray, FloatArray, IntArray

SWEEPS, STEADY = 200, 1e-12
ENOUGH = 0.5
SMALLEST = 1e-100


@dataclass(frozen=True)
class Past:
    """Sales and presence of reps by month; month 0 is 36 months before the plan.

    Parameters
    ----------
    amount, present
        Shape (n_rep, 36).
    season
        Shape (36,): how months compare for one and the same rep.
    first, last
        First and last month that the history of the measure reaches; 36 and -1 without any.
    """

    amount: FloatArray
    present: FloatArray
    season: FloatArray
    first: int
    last: int

    def share(self, start: int, end: int) -> FloatArray:
        """Season of the months start .. end - 1, summing to 1."""
        season = self.season[start:end]
        return over(season, season.sum(), 1.0 / (end - start))

    def exposure(self, start: int, end: int) -> FloatArray:
        """Share of a full window that each rep was there for. Shape (n_rep,)."""
        return np.asarray(self.present[:, start:end] @ self.share(start, end))

    def reach(self, start: int, end: int) -> float:
        """Share of a window that the history covers."""
        month = np.arange(start, end)
        return float(self.share(start, end)[(month >= self.first) & (month <= self.last)].sum())

    def full(self, start: int, end: int) -> FloatArray:
        """Sales of a window at full presence; NaN for reps there for less than half of what it covers."""
        there = self.exposure(start, end)
        enough = (there > 0) & (there >= ENOUGH * self.reach(start, end) - NOISE)
        return np.where(enough, over(self.amount[:, start:end].sum(axis=1), there), np.nan)

    def like_for_like(self, later: tuple[int, int], earlier: tuple[int, int]) -> float:
        """Growth between two windows of the reps who were there for at least half of both."""
        now, was = self.full(*later), self.full(*earlier)
        both = np.isfinite(now) & np.isfinite(was)
        return ratio(float(now[both].sum()), float(was[both].sum()))

    def where(self, kept: BoolArray, last: int, season: FloatArray) -> "Past":
        """Forget the sales and the presence of the other months."""
        return replace(self, amount=self.amount * kept, present=self.present * kept, last=last, season=season)


@dataclass(frozen=True)
class Sales:
    """The history of a measure.

    Parameters
    ----------
    cells
        Shape (n_rep, n_product, 36): sums by month.
    product_since, product_last
        Shape (n_product,): month that each product counts from, and month of its last sale, as columns.
    past
        Sums over the products.
    """

    cells: FloatArray
    product_since: IntArray
    product_last: IntArray
    past: Past


def sales_of(company: Company, measure: str) -> Sales:
    """Arrange the history of a measure."""
    n_rep, n_product, origin = len(company.org.leaves), len(company.products.leaves), company.start - PAST
    cell, month, amount = (company.history(measure)[name].to_numpy() for name in ("cell", "month", "amount"))
    amount = np.where(np.abs(amount) < SMALLEST, 0.0, amount)
    first, last = (int(month.min()), int(month.max())) if len(month) else (company.start, company.start - 1)
    recent = month >= origin
    key = cell[recent] * PAST + month[recent] - origin
    sums = np.bincount(key, amount[recent], n_rep * n_product * PAST)
    cells = np.asarray(sums, np.float64).reshape(n_rep, n_product, PAST)
    sold = amount != 0
    seen = arrivals(cell[sold] % n_product, month[sold], n_product, first, np.full(n_product, last))
    column = np.arange(PAST) + origin
    covered = (column >= first) & (column <= last)
    reached = np.flatnonzero(covered)
    present = presence(company) * covered
    by_rep = cells.sum(axis=1)
    past = Past(
        by_rep,
        present,
        _season(by_rep, present, covered, origin),
        int(reached[0]) if len(reached) else PAST,
        int(reached[-1]) if len(reached) else -1,
    )
    return Sales(cells, seen.since - origin, seen.last - origin, past)


def _season(amount: FloatArray, present: FloatArray, covered: BoolArray, origin: int) -> FloatArray:
    """Month effects m of amount = rep x m x presence; calendar means where there is no history. (36,)."""
    by_month, by_rep = np.maximum(amount.sum(axis=0), 0.0), np.maximum(amount.sum(axis=1), 0.0)
    effect = np.ones(PAST)
    for _ in range(SWEEPS):
        before, rep = effect, over(by_rep, present @ effect)
        effect = over(by_month, rep @ present)
        effect = effect * over(np.count_nonzero(effect), effect.sum())
        if np.abs(effect - before).max() <= STEADY:
            break
    known = covered & (present.sum(axis=0) > 0)
    if not known.any() or effect.sum() == 0:
        return np.ones(PAST)
    calendar = (np.arange(PAST) + origin) % 12
    count = np.bincount(calendar[known], minlength=12)
    mean = over(np.bincount(calendar[known], effect[known], 12), count, float(effect[known].mean()))
    return np.where(known, effect, mean[calendar])
