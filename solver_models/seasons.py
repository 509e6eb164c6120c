"""Seasonal indices of a product tree, shrunk from product to line to company."""

import numpy as np

from solver_models.arrays import FloatArray
from solver_models.hierarchy import Hierarchy

CREDIBLE_AT = 1.0
"""k: an average product of its line with k years of history is believed by half."""


def seasonal_index(products: Hierarchy, amount: FloatArray, days: FloatArray) -> FloatArray:
    """index_q,m = Z_q * own_q,m + (1 - Z_q) * index_parent,m with Z_q = n_q / (n_q + k).

    own_q,m = median over the years of (amount per working day in month m) / (mean of that year's
    twelve months), scaled so that its mean over the months is 1. n_q = years with sales x volume
    of q / mean volume of q and its siblings, volume = sum of the
    amounts per working day. The root (all products) is believed entirely;
    without sales its index is 1.

    Parameters
    ----------
    products
        The product tree.
    amount
        Shape (n_product, n_year, n_season) for the leaves. Negative months count as 0.
    days
        Working days, shape (n_year, n_season), > 0.

    Returns
    -------
    Shape (n_product, n_season), >= 0, mean 1 over the seasons for every product.
    """
    by_node = products.roll_up(amount)
    rate = np.maximum(by_node, 0.0) / days
    own, n_year = _own_index(rate)
    volume = rate.sum(axis=(1, 2))
    index = np.where(n_year[:, None] > 0, own, 1.0)
    for nodes in products.by_depth[1:]:
        parent = products.parent[nodes]
        family = np.bincount(parent, weights=volume[nodes], minlength=len(products))
        siblings = np.bincount(parent, minlength=len(products))
        mean = family[parent] / siblings[parent]
        evidence = n_year[nodes] * volume[nodes] / np.where(mean > 0, mean, 1.0)
        believed = (evidence / (evidence + CREDIBLE_AT))[:, None]
        index[nodes] = believed * own[nodes] + (1.0 - believed) * index[parent]
    return index[products.leaf]


def _own_index(rate: FloatArray) -> tuple[FloatArray, FloatArray]:
    """Median ratio to the year's mean, and the number of years with sales; 1 where there are none."""
    mean = rate.mean(axis=2, keepdims=True)
    has_sales = mean[:, :, 0] > 0
    ratio = rate / np.where(mean > 0, mean, 1.0)
    n_year = has_sales.sum(axis=1)
    # empty years sort to the end, so the median is taken among the first n_year values
    order = np.sort(np.where(has_sales[:, :, None], ratio, np.inf), axis=1)
    low = np.maximum((n_year - 1) // 2, 0)[:, None, None]
    high = np.minimum(n_year // 2, rate.shape[1] - 1)[:, None, None]
    middle = 0.5 * (np.take_along_axis(order, low, axis=1) + np.take_along_axis(order, high, axis=1))[:, 0]
    middle = np.where(n_year[:, None] > 0, middle, 1.0)
    level = middle.mean(axis=1, keepdims=True)
    index = np.where(level > 0, middle / np.where(level > 0, level, 1.0), 1.0)
    return index, n_year.astype(np.float64)
