"""From which month on a rep, or a product, is there, where only his sales can tell."""

from dataclasses import dataclass

import numpy as np

from solver_models.arrays import BoolArray, FloatArray, IntArray

NEVER = 2**40
"""Month of the first sale of who has none."""
MOST_FLAGS = 50_000_000
OFTEN = 0.5
"""Who sells in fewer of his months than this does not show by his first sale when he came."""
PRIOR_MONTHS = 3.0
"""The share of months with sales is believed like n of n + 3 months; the rest is everyone's share."""


@dataclass(frozen=True)
class Arrivals:
    """What the months with sales say about when each one came.

    Parameters
    ----------
    first_sale, last_sale
        Shape (n,): month numbers; `NEVER` and -1 without sales.
    share
        Shape (n,): share of the months since the first sale that have sales, shrunk to everyone's.
    silence
        Shape (n,): longest run of months without sales since the first sale.
    before
        Shape (n,): months of the history before the first sale.
    """

    first_sale: IntArray
    last_sale: IntArray
    share: FloatArray
    silence: IntArray
    before: IntArray

    @property
    def sells_often(self) -> BoolArray:
        """Mark who sells in at least half of his months. Shape (n,)."""
        return self.share >= OFTEN

    @property
    def came(self) -> BoolArray:
        """Mark who came with his first sale: sells often, and was never silent as long since. Shape (n,)."""
        return self.sells_often & (self.before > self.silence)

    @property
    def counted_from(self) -> IntArray:
        """First sale of who came with it, else the first month of the history; `NEVER` without sales."""
        is_first_sale = (self.first_sale == NEVER) | self.came
        return np.where(is_first_sale, self.first_sale, self.first_sale - self.before)


def arrivals(unit: IntArray, month: IntArray, n: int, first: int, until: IntArray) -> Arrivals:
    """Judge from the months with sales who was there before his first one.

    share = (months with sales + 3 everyone's share) / (months since the first sale + 3).

    Parameters
    ----------
    unit, month
        Shape (n_row,): whose sale, 0 .. n - 1, and when; in any order, repeated or not.
    first
        First month of the history.
    until
        Shape (n,): month up to which each one is watched; a later sale moves it.
    """
    span = int(month.max()) - first + 1 if len(month) else 1
    whose, column = np.divmod(_distinct(unit * span + (month - first), n * span), span)
    sold = np.bincount(whose, minlength=n)
    begin, end = np.full(n, NEVER, np.int64), np.full(n, -1, np.int64)
    np.minimum.at(begin, whose, column + first)
    np.maximum.at(end, whose, column + first)
    silence = np.where(sold > 0, np.maximum(until - end, 0), 0)
    same = whose[1:] == whose[:-1]
    np.maximum.at(silence, whose[1:][same], np.diff(column)[same] - 1)
    watched = np.where(sold > 0, np.maximum(until, end) - begin + 1, 0)
    everyone = float(sold.sum() / watched.sum()) if watched.any() else 0.0
    return Arrivals(
        first_sale=begin,
        last_sale=end,
        share=(sold + PRIOR_MONTHS * everyone) / (watched + PRIOR_MONTHS),
        silence=silence,
        before=np.where(sold > 0, begin - first, 0),
    )


def _distinct(key: IntArray, size: int) -> IntArray:
    """Return the keys below `size` that occur, in order: by flags, or sorted where there are too many."""
    if size > MOST_FLAGS:
        return np.unique(key)
    occurs = np.zeros(size, bool)
    occurs[key] = True
    return np.flatnonzero(occurs)
