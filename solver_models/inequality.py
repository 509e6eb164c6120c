"""How unequal a set of positive numbers is: Gini, Jain, Theil, with weights and by group."""

from dataclasses import dataclass

import numpy as np

from solver_models.arrays import FloatArray, IntArray


@dataclass(frozen=True)
class TheilParts:
    """Theil's index split exactly: total = within + between.

    Parameters
    ----------
    total, within, between
        Indices, >= 0.
    of_group
        Shape (n_group,): Theil's index inside each group.
    """

    total: float
    within: float
    between: float
    of_group: FloatArray


def gini(values: FloatArray, weight: FloatArray | None = None) -> float | None:
    """G = sum_ij w_i w_j |v_i - v_j| / (2 W^2 mean); None for no values or a mean that is not positive.

    Parameters
    ----------
    values
        Shape (n,), >= 0.
    weight
        Shape (n,), > 0; 1 each by default.
    """
    share = _shares(values, weight)
    mean = float(share @ values)
    if not len(values) or mean <= 0:
        return None
    order = np.argsort(values, kind="stable")
    v, w = values[order], share[order]
    before = np.concatenate([[0.0], np.cumsum(w)[:-1]])
    # each value counts once for every lighter weight below it and against every one above it
    spread = float((w * v) @ (2.0 * before + w - 1.0))
    return max(0.0, spread / mean)


def jain(values: FloatArray, weight: FloatArray | None = None) -> float | None:
    """J = (sum w v)^2 / (W sum w v^2), 1 where all are equal, k/n where k of n share all; None for zeros."""
    share = _shares(values, weight)
    square = float(share @ values**2)
    return None if square == 0 else min(1.0, float(share @ values) ** 2 / square)


def variation(values: FloatArray, weight: FloatArray | None = None) -> float | None:
    """Coefficient of variation: population standard deviation / mean; None where the mean is not positive."""
    share = _shares(values, weight)
    mean = float(share @ values)
    if not len(values) or mean <= 0:
        return None
    return float(np.sqrt(share @ (values - mean) ** 2) / mean)


def theil(
    values: FloatArray, group: IntArray, n_group: int, weight: FloatArray | None = None
) -> TheilParts | None:
    """T = sum p_i (v_i / m) ln(v_i / m) = sum_g s_g T_g + sum_g s_g ln(m_g / m).

    p = weights scaled to 1, m = mean, m_g = mean of a group, s_g = the group's share of sum w v. A
    value of 0 counts 0 (the limit).

    Parameters
    ----------
    values
        Shape (n,), >= 0.
    group
        Shape (n,): 0 .. n_group - 1.

    Returns
    -------
    None where the mean is not positive.
    """
    share = _shares(values, weight)
    mean = float(share @ values)
    if not len(values) or mean <= 0:
        return None
    mass = np.bincount(group, weights=share, minlength=n_group)
    total_of = np.bincount(group, weights=share * values, minlength=n_group)
    mean_of = np.where(mass > 0, total_of / np.where(mass > 0, mass, 1.0), 0.0)
    inside = np.bincount(group, weights=share * _x_log_x(values, mean_of[group]), minlength=n_group)
    of_group = np.where(total_of > 0, inside * mean_of / np.where(total_of > 0, total_of, 1.0), 0.0)
    income = total_of / mean
    within = float(income @ of_group)
    between = float(mass @ _x_log_x(mean_of, np.full(n_group, mean)))
    total = float(share @ _x_log_x(values, np.full(len(values), mean)))
    return TheilParts(max(0.0, total), max(0.0, within), max(0.0, between), np.maximum(of_group, 0.0))


def _x_log_x(values: FloatArray, mean: FloatArray) -> FloatArray:
    """(v / m) ln(v / m), 0 where v or m is 0."""
    positive = (values > 0) & (mean > 0)
    ratio = np.where(positive, values / np.where(mean > 0, mean, 1.0), 1.0)
    return np.where(positive, ratio * np.log(ratio), 0.0)


def _shares(values: FloatArray, weight: FloatArray | None) -> FloatArray:
    """Weights scaled to sum to 1."""
    if not len(values):
        return np.zeros(0)
    weights = np.ones(len(values)) if weight is None else weight
    scaled: FloatArray = weights / weights.sum()
    return scaled
