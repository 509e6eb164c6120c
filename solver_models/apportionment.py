"""Whole numbers that sum to a whole total."""

from collections.abc import Sequence
from fractions import Fraction
from math import floor

import numpy as np

from solver_models.arrays import IntArray


def largest_remainder(quota: Sequence[Fraction], total: int) -> IntArray:
    """Round every quota down or up so that the parts sum to `total`; the largest remainders go up.

    Each part is the floor or the ceiling of its quota (Hamilton's method); of equal remainders
    the earlier one goes up. Exact arithmetic; raising `total` may lower a part (Alabama paradox).

    Parameters
    ----------
    quota
        Exact amounts in whole units, any number of them.
    total
        What the parts sum to.

    Raises
    ------
    ValueError
        If no rounding of each part by less than one unit sums to `total`.
    """
    parts = [floor(one) for one in quota]
    remainder = [one - part for one, part in zip(quota, parts, strict=True)]
    up = total - sum(parts)
    if not 0 <= up <= sum(one > 0 for one in remainder):
        raise ValueError(f"parts that sum to {float(sum(quota)):g} cannot be rounded to a total of {total}")
    order = sorted(range(len(parts)), key=lambda position: (-remainder[position], position))
    rounded = np.array(parts, dtype=np.int64)
    rounded[np.array(order[:up], dtype=np.int64)] += 1
    return rounded
