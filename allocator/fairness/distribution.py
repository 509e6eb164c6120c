"""How targets spread: quantiles and inequality per peer group and overall."""

from typing import Any

import numpy as np

from allocator.fairness.reps import Reps
from solver_models.arrays import FloatArray
from solver_models.inequality import gini, jain, theil, variation

QUANTILES = (0.1, 0.25, 0.5, 0.75, 0.9)


def distributions(reps: Reps) -> dict[str, Any]:
    """Describe target / anchor and target / last year: overall, per peer group, and Theil's split."""
    return {
        "ratio": _described(reps.rounded_ratio, reps),
        "growth_factor": _described(reps.growth_factor, reps),
    }


def _described(values: FloatArray, reps: Reps) -> dict[str, Any]:
    """Overall, by group and split; reps without a value stay out."""
    known = np.isfinite(values) & (values >= 0)
    value, size, group = values[known], reps.size[known], reps.group[known]
    n_group = len(reps.group_name)
    return {
        "overall": described(value, size),
        "theil_split": {
            "plain": _split(theil(value, group, n_group), reps.group_name),
            "by_size": _split(theil(value, group, n_group, size), reps.group_name),
        },
        "groups": {
            name: described(value[group == number], size[group == number])
            for number, name in enumerate(reps.group_name)
        },
    }


def described(value: FloatArray, size: FloatArray) -> dict[str, Any]:
    """Describe one set of numbers; inequality also weighted by size. Entries are None where undefined."""
    n = len(value)
    if not n:
        return {"n": 0}
    low, high = float(value.min()), float(value.max())
    quantiles = np.quantile(value, QUANTILES)
    return {
        "n": n,
        "min": low,
        **{f"p{round(100 * q)}": float(v) for q, v in zip(QUANTILES, quantiles, strict=True)},
        "max": high,
        "mean": float(value.mean()),
        "max_over_min": high / low if low > 0 else None,
        **_inequality(value, None),
        "by_size": {"mean": float(size @ value / size.sum()), **_inequality(value, size)},
    }


def _inequality(value: FloatArray, size: FloatArray | None) -> dict[str, float | None]:
    one = theil(value, np.zeros(len(value), np.int64), 1, size)
    return {
        "cv": variation(value, size),
        "gini": gini(value, size),
        "jain": jain(value, size),
        "theil": None if one is None else one.total,
    }


def _split(parts: Any, names: tuple[str, ...]) -> dict[str, Any] | None:
    """Theil within and between peer groups."""
    if parts is None:
        return None
    return {
        "total": parts.total,
        "within": parts.within,
        "between": parts.between,
        "of_group": dict(zip(names, parts.of_group.tolist(), strict=True)),
    }
