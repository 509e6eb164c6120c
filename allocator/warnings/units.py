"""Months, and parts of the company, whose amounts are in another unit than the others."""

import numpy as np

from allocator.plan.base_year import WINDOW
from solver_models.arrays import BoolArray, FloatArray
from solver_models.hierarchy import Hierarchy

UNIT_STEP = 1.7
"""Shift in powers of ten from which months seem to be in another unit."""
LONE_STEP = 2.5
"""The same for one rep or two, whose luck alone may shift a month."""
NODE_STEP = 2.7
"""Distance of a node's reps to all reps, in powers of ten, from which they seem to be in another unit."""
FEWEST_ROWS = 6
FEWEST_SERIES = 3


def switched_months(by_rep: FloatArray) -> BoolArray:
    """Mark the months in which reps' amounts are shifted by the same power of ten, shape (36,).

    The shift of a rep's month is its distance to the median of the rep's months on file, in powers of ten. Of
    two groups of months the smaller one is marked.

    Parameters
    ----------
    by_rep
        Shape (n_rep, 36).
    """
    with np.errstate(divide="ignore", invalid="ignore"):
        size = np.where(by_rep != 0, np.log10(np.abs(by_rep)), np.nan)
    size = size[np.isfinite(size).sum(axis=1) >= FEWEST_ROWS]
    if not len(size):
        return np.zeros(WINDOW, dtype=bool)
    # a month that is there, not the middle between two groups
    shift = size - np.nanquantile(size, 0.5, axis=1, method="lower")[:, None]
    known = np.isfinite(shift)
    count = known.sum(axis=0)
    middle = np.full(WINDOW, 0.0)
    for k in np.flatnonzero(count >= min(FEWEST_SERIES, len(size))).tolist():
        own = shift[known[:, k], k]
        # all of it is shifted, not the middle alone
        if np.mean(np.abs(own - np.median(own)) < 1.0) >= 0.8:
            middle[k] = np.median(own)
    switched: BoolArray = np.abs(middle) >= (UNIT_STEP if len(size) >= FEWEST_SERIES else LONE_STEP)
    if switched[-12:].any() and 2 * switched.sum() >= (count > 0).sum():
        # of two groups of the same size the later one is what the plan grows from
        switched = ~switched & (count > 0)
    return switched


def shifted_nodes(org: Hierarchy, by_rep: FloatArray) -> list[tuple[int, float]]:
    """Return the topmost nodes whose reps sell powers of ten more or less than all others, and the shift.

    Nodes of three reps or more with fewer than half of all reps: for these the median of all reps is nearly
    that of the others.

    Parameters
    ----------
    by_rep
        Shape (n_rep, 36).
    """
    level = np.abs(by_rep).sum(axis=1)
    with np.errstate(divide="ignore"):
        size = np.where(level > 0, np.log10(level), np.nan)
    known = np.isfinite(size)
    if known.sum() < 2 * FEWEST_SERIES:
        return []
    middle = float(np.median(size[known]))
    covered, found = np.zeros(len(org), dtype=bool), []
    for node in range(1, len(org)):
        first, end = int(org.leaf_start[node]), int(org.leaf_end[node])
        covered[node] = covered[org.parent[node]]
        own = size[first:end][known[first:end]]
        if covered[node] or org.is_leaf[node] or len(own) < FEWEST_SERIES or 2 * len(own) >= known.sum():
            continue
        step = float(np.median(own)) - middle
        if abs(step) >= NODE_STEP and np.median(np.abs(own - np.median(own))) < 1.0:
            covered[node] = True
            found.append((node, step))
    return found
