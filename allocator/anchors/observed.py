"""The history of one measure as columns, in an order that the order of the file cannot reach."""

from dataclasses import dataclass, replace

import numpy as np

from allocator.model.labels import Labels
from allocator.plan.plan import Plan
from solver_models.arrays import BoolArray, FloatArray, IntArray

PAST_MONTHS = 36
"""Months before the plan that the level looks at."""
MOST_WINDOWS = 3
SMALLEST = 1e-100
"""What lies nearer to 0 is 0: ratios of such amounts overflow."""


@dataclass(frozen=True)
class Observed:
    """Rows of history.csv of one measure, sorted by cell, month and amount.

    Parameters
    ----------
    cell, month, amount
        Shape (n_row,); month numbers before `start`.
    n_cell
        Number of cells of the plan.
    start, n_month
        First month and number of months of the plan.
    first, last
        First and last month with a row of any rep; `last < first` when there is no row.
    """

    cell: IntArray
    month: IntArray
    amount: FloatArray
    n_cell: int
    start: int
    n_month: int
    first: int
    last: int

    def cells_between(self, first: int, end: int) -> FloatArray:
        """Sum the amounts of the months first .. end - 1 per cell, shape (n_cell,)."""
        return self.weighted_cells(((self.month >= first) & (self.month < end)).astype(np.float64))

    def weighted_cells(self, weight: FloatArray) -> FloatArray:
        """Sum weight x amount of the rows per cell, shape (n_cell,)."""
        sums = np.bincount(self.cell, weights=self.amount * weight, minlength=self.n_cell)
        return sums.astype(np.float64)

    def before(self, first: int, n_month: int) -> "Observed":
        """What a plan of `n_month` months from `first` would have seen: only the months before it."""
        known = self.month < first
        month = self.month[known]
        return replace(
            self,
            cell=self.cell[known],
            month=month,
            amount=self.amount[known],
            start=first,
            n_month=n_month,
            first=int(month.min()) if len(month) else first,
            last=int(month.max()) if len(month) else first - 1,
        )

    def past_position(self) -> IntArray:
        """Position of each row's month among the 36 before the plan; negative if older."""
        return self.month - (self.start - PAST_MONTHS)

    def covered(self) -> BoolArray:
        """Mark the months among the 36 before the plan that the history reaches, shape (36,)."""
        months = np.arange(self.start - PAST_MONTHS, self.start)
        return (months >= self.first) & (months <= self.last)


def observe(plan: Plan, labels: Labels, measure: str) -> Observed:
    """Pick the history of one measure in canonical order."""
    table = plan.history[(plan.history["measure"] == measure).to_numpy(bool)]
    grid = labels.grid
    node = labels.codes_of_nodes(table["node_id"])
    product = labels.codes_of_products(table["product_id"])
    cell = grid.org.leaf_start[node] * grid.n_product + grid.products.leaf_start[product]
    month = table["period"].to_numpy(np.int64)
    amount = table["amount"].to_numpy(np.float64)
    amount = np.where(np.abs(amount) < SMALLEST, 0.0, amount)
    order = canonical_order(cell, month, amount)
    return Observed(
        cell=cell[order],
        month=month[order],
        amount=amount[order],
        n_cell=grid.n_cell,
        start=plan.start_month,
        n_month=plan.spec.months,
        first=int(month.min()) if len(month) else plan.start_month,
        last=int(month.max()) if len(month) else plan.start_month - 1,
    )


def canonical_order(group: IntArray, month: IntArray, amount: FloatArray) -> IntArray:
    """Return the order by group, month and amount, as `np.lexsort` would; few rows share both first keys."""
    if not len(month):
        return np.zeros(0, np.int64)
    first = int(month.min())
    key = group * (int(month.max()) - first + 1) + (month - first)
    order = np.argsort(key)
    alike = np.diff(key[order]) == 0
    tied = np.flatnonzero(np.append(alike, False) | np.append(False, alike))
    rows = order[tied]
    order[tied] = rows[np.lexsort((amount[rows], key[rows]))]
    return order


def same_month_windows(observed: Observed) -> FloatArray:
    """History of the plan's own months in each of the last 1-3 years that the history covers.

    The year before the plan always counts; an earlier one counts if the measure has history in or
    before its first month.

    Returns
    -------
    Shape (n_window, n_cell), the latest year first, amounts as they are (negative allowed).
    """
    starts = [observed.start - 12 * back for back in range(1, MOST_WINDOWS + 1)]
    covered = [first for back, first in enumerate(starts) if back == 0 or observed.first <= first]
    return np.stack([observed.cells_between(first, first + observed.n_month) for first in covered])
