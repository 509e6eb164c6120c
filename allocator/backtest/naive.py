"""The rules anybody could split a total by; a method has to beat them."""

from collections.abc import Callable, Mapping

import numpy as np

from allocator.backtest.periods import Past
from solver_models.arrays import FloatArray

TRAILING_MONTHS = 12

NaiveRule = Callable[[Past, int], FloatArray | None]


def previous(past: Past, period: int) -> FloatArray | None:
    """Split like the period before. Shape (n_rep,)."""
    return np.maximum(past.amount[:, period - 1], 0.0)


def trailing_four(past: Past, period: int) -> FloatArray | None:
    """Split like the four periods before, or as many as there are. Shape (n_rep,)."""
    total: FloatArray = past.amount[:, max(0, period - 4) : period].sum(axis=1)
    return np.maximum(total, 0.0)


def same_last_year(past: Past, period: int) -> FloatArray | None:
    """Split like the same months one year before; None where the history does not reach them in full."""
    back = period - TRAILING_MONTHS // past.n_month
    return np.maximum(past.amount[:, back], 0.0) if back >= 0 and past.is_complete[back] else None


def equal(past: Past, period: int) -> FloatArray | None:
    """Give everybody the same. Shape (n_rep,)."""
    return np.ones(len(past.amount))


NAIVE_RULES: Mapping[str, NaiveRule] = {
    "previous": previous,
    "trailing_four": trailing_four,
    "same_last_year": same_last_year,
    "equal": equal,
}
