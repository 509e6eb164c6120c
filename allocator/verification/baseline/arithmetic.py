"""Divisions that know what to do without a divisor, and comparisons that the order of a sum cannot turn."""

import numpy as np
from numpy.typing import ArrayLike

from allocator.verification.trees import FloatArray

NOISE = 1e-9
"""What differs by less than this part is taken for equal where a rule asks for `at least`."""


def over(top: ArrayLike, bottom: ArrayLike, without: float = 0.0) -> FloatArray:
    """Divide; `without` where the divisor is not positive."""
    divisor = np.asarray(bottom, np.float64)
    known = divisor > 0
    return np.asarray(np.where(known, top / np.where(known, divisor, 1.0), without), np.float64)


def ratio(top: float, bottom: float) -> float:
    """Divide; 1 where either is not positive."""
    return top / bottom if top > 0 and bottom > 0 else 1.0
