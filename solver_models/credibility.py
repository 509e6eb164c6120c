"""Buehlmann-Straub credibility: how far a unit's own past is believed against that of all units."""

from dataclasses import dataclass

import numpy as np

from solver_models.arrays import FloatArray, IntArray


@dataclass(frozen=True)
class Credibility:
    """Outcome of the Buehlmann-Straub model.

    Parameters
    ----------
    weight, mean
        Weight and weighted mean of the observations of each unit, shape (n_unit,); mean 0 where
        a unit has none.
    factor
        Z = weight / (weight + within / between), shape (n_unit,), 0..1.
    collective
        sum of Z * mean / sum of Z: what is believed of a unit without observations.
    within, between
        Variance of one observation of weight 1 inside a unit; variance of the units' true means.
    """

    weight: FloatArray
    mean: FloatArray
    factor: FloatArray
    collective: float
    within: float
    between: float

    @property
    def estimate(self) -> FloatArray:
        """Z * mean + (1 - Z) * collective, shape (n_unit,)."""
        return self.factor * self.mean + (1.0 - self.factor) * self.collective


def credibility_of_means(weight: FloatArray, mean: FloatArray, within: float, between: float) -> Credibility:
    """Z = weight / (weight + within / between), from known variances.

    Without variance between the units nothing of a unit is believed (Z = 0) and the collective is
    the weighted mean; without variance inside the units everything is (Z = 1).

    Parameters
    ----------
    weight, mean
        Shape (n_unit,); a unit without observations has weight 0.
    within, between
        Variances >= 0.
    """
    seen = weight > 0
    if between > 0:
        factor = np.where(seen, weight / np.where(seen, weight + within / between, 1.0), 0.0)
    else:
        factor = np.zeros(len(weight))
    share = factor if between > 0 else weight
    total = float(share.sum())
    collective = float((share * np.where(seen, mean, 0.0)).sum()) / total if total > 0 else 0.0
    return Credibility(weight, np.where(seen, mean, 0.0), factor, collective, within, between)


def estimate_credibility(value: FloatArray, weight: FloatArray, unit: IntArray, n_unit: int) -> Credibility:
    """Estimate both variances by the method of moments (unbiased, floor 0), then Z of each unit.

    within = sum of w (x - mean_i)^2 / sum of (n_i - 1);
    between = (sum of w_i (mean_i - mean)^2 - (I - 1) within) / (w - sum of w_i^2 / w).
    If no unit has two observations the two cannot be told apart: all variance is taken as
    luck (between = 0), so that nobody is judged by a single observation.

    Parameters
    ----------
    value, weight, unit
        Observations, their weights > 0 and the position of their unit, shape (n,).
    n_unit
        Number of units, with or without observations.
    """
    count = np.bincount(unit, minlength=n_unit)
    total: FloatArray = np.bincount(unit, weights=weight, minlength=n_unit).astype(np.float64)
    seen = count > 0
    mean = np.bincount(unit, weights=weight * value, minlength=n_unit) / np.where(seen, total, 1.0)
    overall_weight = float(total.sum())
    if overall_weight == 0:
        return credibility_of_means(total, mean, 0.0, 0.0)
    overall = float((total * mean).sum()) / overall_weight
    spread = float((total * (mean - overall) ** 2).sum())
    freedom = int((count[seen] - 1).sum())
    units = int(seen.sum())
    if freedom == 0:
        return credibility_of_means(total, mean, spread / max(units - 1, 1), 0.0)
    within = float((weight * (value - mean[unit]) ** 2).sum()) / freedom
    divisor = overall_weight - float((total**2).sum()) / overall_weight
    between = max(0.0, (spread - (units - 1) * within) / divisor) if units > 1 else 0.0
    return credibility_of_means(total, mean, within, between)
