"""Which past periods can be judged, and who counts in each."""

from dataclasses import dataclass

import numpy as np

from allocator.anchors.observed import Observed
from allocator.plan.plan import month_text
from solver_models.arrays import BoolArray, FloatArray

MONTHS = {"quarter": 3, "year": 12}
"""Length of each kind of period."""
BEHIND = 12
"""Months of history a seller needs before a period, where the plan has them to give."""


@dataclass(frozen=True)
class Past:
    """The history by seller and period; periods lie back to back and end where the plan starts.

    Parameters
    ----------
    first
        First month of each period, oldest first, shape (n_period,).
    n_month
        Months of a period.
    amount
        Shape (n_rep, n_period): history of all products.
    is_complete
        Shape (n_period,): the history reaches the first and the last month.
    since
        Shape (n_rep,): the period of a seller's first sale; n_period where there is none.
    """

    first: tuple[int, ...]
    n_month: int
    amount: FloatArray
    is_complete: BoolArray
    since: FloatArray

    def label(self, period: int) -> str:
        """Return the period as `YYYY-MM..YYYY-MM`."""
        return f"{month_text(self.first[period])}..{month_text(self.first[period] + self.n_month - 1)}"

    @property
    def needed(self) -> int:
        """Complete periods before a judged one: a year of them, or one where the history is shorter."""
        wanted = BEHIND // self.n_month
        return wanted if int(self.is_complete.sum()) > wanted else 1

    def judged(self) -> list[int]:
        """Complete periods with enough complete ones before them and somebody to judge."""
        return [
            period
            for period in range(len(self.first))
            if self.is_complete[period]
            and int(self.is_complete[:period].sum()) >= self.needed
            and bool((self.since <= period - self.needed).any())
        ]

    def sellers(self, period: int, is_there: BoolArray) -> BoolArray:
        """Mark who counts: at work in the period, first sale at least `needed` periods before it."""
        return is_there & (self.since <= period - self.needed)


def past_periods(observed: Observed, n_product: int, n_month: int) -> Past:
    """Arrange the history of a measure by seller and period."""
    n_rep = observed.n_cell // n_product
    count = max(0, -(-(observed.start - observed.first) // n_month))
    oldest = observed.start - count * n_month
    before = (observed.month >= oldest) & (observed.month < observed.start)
    period = (observed.month[before] - oldest) // n_month
    key = (observed.cell[before] // n_product) * count + period
    sums = np.bincount(key, weights=observed.amount[before], minlength=n_rep * count)
    amount = sums.astype(np.float64).reshape(n_rep, count)
    first = tuple(oldest + n_month * position for position in range(count))
    sold = amount != 0
    return Past(
        first=first,
        n_month=n_month,
        amount=amount,
        is_complete=np.array(
            [start >= observed.first and start + n_month - 1 <= observed.last for start in first], dtype=bool
        ),
        since=np.where(sold.any(axis=1), sold.argmax(axis=1) if count else 0, count).astype(np.float64),
    )
