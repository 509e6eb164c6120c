"""How good a split was, and whom it favoured."""

from dataclasses import dataclass
from typing import Any

import numpy as np

from solver_models.arrays import FloatArray
from solver_models.ranks import mean_ranks

FEWEST_FOR_BIAS = 5
"""Seller-periods below which a correlation says nothing."""
LOW, HIGH = 0.2, 0.8
"""Buckets 20-60-20."""


@dataclass(frozen=True)
class Split:
    """Targets of sellers in one period (or several, one after the other) and what became of them.

    Parameters
    ----------
    target, actual
        Shape (n,): targets sum to the actual sales of the period.
    size
        Shape (n,): sales per period in the year before, at the scale of the period.
    """

    target: FloatArray
    actual: FloatArray
    size: FloatArray


def share_only(wanted: FloatArray, actual: FloatArray, size: FloatArray) -> Split | None:
    """Scale a split to the actual total, so that only the shares count; None where it is all 0."""
    total, mass = float(actual.sum()), float(wanted.sum())
    if total <= 0 or mass <= 0:
        return None
    trailing = float(size.sum())
    return Split(wanted * (total / mass), actual, size * (total / trailing if trailing > 0 else 0.0))


def joined(splits: list[Split]) -> Split:
    """Put the seller-periods of several periods behind each other."""
    return Split(
        target=np.concatenate([one.target for one in splits]),
        actual=np.concatenate([one.actual for one in splits]),
        size=np.concatenate([one.size for one in splits]),
    )


def score(split: Split) -> dict[str, Any]:
    """Judge a split.

    wape = sum |actual - target| / sum actual; gini = mean absolute difference of attainments /
    (2 x their mean); share_at_goal = share with attainment >= 1. Attainment = actual / target;
    sellers whose target is 0 have none and are counted as `without_target`.
    """
    has_target = split.target > 0
    attainment = split.actual[has_target] / split.target[has_target]
    return {
        "n": len(split.target),
        "wape": float(np.abs(split.actual - split.target).sum() / split.actual.sum()),
        "gini": gini(attainment),
        "share_at_goal": float(np.mean(attainment >= 1.0)) if len(attainment) else None,
        "without_target": int((~has_target).sum()),
        "bias": _bias(attainment, split.size[has_target], split.actual[has_target]),
    }


def gini(values: FloatArray) -> float | None:
    """Mean absolute difference of all pairs / (2 x mean); None unless the mean is positive."""
    if not len(values) or float(values.mean()) <= 0:
        return None
    rank = 2.0 * np.arange(1, len(values) + 1) - len(values) - 1.0
    return float(rank @ np.sort(values) / (len(values) * values.sum()))


def rank_correlation(left: FloatArray, right: FloatArray) -> float | None:
    """Spearman's correlation; None for too few values or where one side is constant."""
    if len(left) < FEWEST_FOR_BIAS or np.ptp(left) == 0 or np.ptp(right) == 0:
        return None
    return float(np.corrcoef(mean_ranks(left), mean_ranks(right))[0, 1])


def _bias(attainment: FloatArray, size: FloatArray, actual: FloatArray) -> dict[str, Any]:
    """Tell whom the split favoured.

    `size`, `volume_change`: correlation of attainment with the seller's size and with his change in
    volume, near 0 where neither is favoured; `growth`: with his growth in percent, positive where
    growth is rewarded. `median_by_size`: median attainment of the smallest fifth, the middle, the largest.
    """
    known = size > 0
    growth = np.where(known, actual / np.where(known, size, 1.0), 0.0)
    return {
        "size": rank_correlation(attainment, size),
        "volume_change": rank_correlation(attainment, actual - size),
        "growth": rank_correlation(attainment[known], growth[known]),
        "median_by_size": _median_by_size(attainment, size),
    }


def _median_by_size(attainment: FloatArray, size: FloatArray) -> dict[str, float] | None:
    """Medians of the 20-60-20 buckets; None where a bucket would be empty."""
    if len(attainment) < FEWEST_FOR_BIAS:
        return None
    order = np.argsort(size, kind="stable")
    low, high = round(LOW * len(order)), round(HIGH * len(order))
    parts = {"small": order[:low], "middle": order[low:high], "large": order[high:]}
    return {name: float(np.median(attainment[part])) for name, part in parts.items()}
