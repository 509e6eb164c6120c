"""Ranks of values, ties shared."""

import numpy as np

from solver_models.arrays import FloatArray


def mean_ranks(values: FloatArray) -> FloatArray:
    """Rank of each value counted from 1; equal values share the mean of their ranks.

    Parameters
    ----------
    values
        Shape (n,), finite.

    Returns
    -------
    Shape (n,).
    """
    _, place, count = np.unique(values, return_inverse=True, return_counts=True)
    last = np.cumsum(count)
    rank: FloatArray = (last - (count - 1) / 2)[place]
    return rank
