"""Sellers by region, and sums over their products."""

import numpy as np

from allocator.fairness.reps import regions_of
from allocator.model.labels import Labels
from solver_models.arrays import FloatArray, IntArray


def luck_groups(labels: Labels) -> IntArray:
    """Number of each rep's region, 0 .. number of regions - 1: its sellers share luck. Shape (n_rep,)."""
    region = np.unique(regions_of(labels.grid.org.parent, labels.grid.org.leaf), return_inverse=True)[1]
    return region.astype(np.int64).reshape(-1)


def rep_sums(labels: Labels, cells: FloatArray) -> FloatArray:
    """Sum cells over the products, shape (n_rep,)."""
    summed: FloatArray = cells.reshape(labels.grid.n_rep, labels.grid.n_product).sum(axis=1)
    return summed
