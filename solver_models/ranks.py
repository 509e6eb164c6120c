"""Ranks of numbers, ties sharing their mean rank."""

import numpy as np

from solver_models.arrays import FloatArray


def mean_ranks(values: FloatArray) -> FloatArray:
    """Rank of each value, 1 = smallest; equal values share the mean of their ranks. Shape (n,).

    Values are finite. Every rank is a whole or a half number, hence exact.
    """
    order = np.argsort(values, kind="stable")
    ordered = values[order]
    is_first = np.concatenate([[True], ordered[1:] != ordered[:-1]])[: len(values)]
    edge = np.append(np.flatnonzero(is_first), len(values))
    ranks = np.empty(len(values))
    # a run of equal values at positions first..last - 1 shares the rank (first + 1 + last) / 2
    ranks[order] = np.repeat((edge[:-1] + edge[1:] + 1) / 2.0, np.diff(edge))
    return ranks
