"""Every month of every rep follows from his weights; so does what over-assigned children make of a node."""

import numpy as np

from allocator.verification.company import Company
from allocator.verification.measure_result import MeasureResult, shown
from allocator.verification.month_weights import product_weights, rep_weights
from allocator.verification.report import Check, judge
from allocator.verification.trees import FloatArray, IntArray

NOISE = 1e-7
"""Units by which a running total may seem to be on the other side of a half."""


def check_month_weights(company: Company, result: MeasureResult) -> Check:
    """Running totals of the months are target x (weights up to the month) / (all weights), rounded."""
    org, leaves = company.org, company.products.leaves
    by_rep, by_product = rep_weights(company), product_weights(company, result.measure)
    units, months = result.units[:, leaves], result.month_units[:, leaves]
    gap = np.zeros(result.month_units.shape)
    plain = (company.over == 0) & (np.arange(len(org)) > 0)
    over = company.over > 0
    for k, leaf in enumerate(leaves.tolist()):
        weight = by_rep * by_product[k]
        gap[org.leaves, leaf] = _off(units[org.leaves, k], months[org.leaves, k], weight)
        if over.any():
            total = weight.sum(axis=1, keepdims=True)
            share = np.where(total > 0, weight / np.where(total > 0, total, 1.0), 1.0 / weight.shape[1])
            amount = (result.unrounded[:, k] / company.factor[org.leaves])[:, None] * share
            carried = org.sum_children(org.sum_leaves(amount) * over[:, None])
            own_units = units[:, k] - org.sum_children(units[:, k] * plain)
            own_months = months[:, k] - org.sum_children(months[:, k] * plain[:, None])
            inner = org.sum_children(over.astype(np.int64)) > 0
            gap[inner, leaf] = _off(own_units[inner], own_months[inner], carried[inner])
    return judge(
        "month_weights",
        result.measure,
        "each month follows from working days, season, presence and ramp, by rounding the running total",
        gap,
        0.5 + NOISE,
        result.month_place(lambda k: f"{shown(result.month_units * result.unit, k)}"),
    )


def _off(units: IntArray, months: IntArray, weight: FloatArray) -> FloatArray:
    """Units between the running total of the months and its exact share. Shapes (n,), (n, n_month)."""
    running = np.cumsum(weight, axis=1)
    total = running[:, -1:]
    even = np.arange(1, weight.shape[1] + 1) / weight.shape[1]
    share = np.where(total > 0, running / np.where(total > 0, total, 1.0), even)
    exact = units[:, None] * share
    off = np.abs(np.cumsum(months, axis=1) - exact)
    # in sums of many digits a half is known to fewer of them
    return np.asarray(np.maximum(off - 1e-14 * np.abs(exact), 0.0))
