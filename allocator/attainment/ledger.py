"""The over-assignment that a confidence needs, against what the plan holds, level by level."""

from typing import Any

import numpy as np

from allocator.allocation import Allocation
from solver_models.arrays import FloatArray, IntArray

MOST = 0.15
"""More than this is a concern, whatever the confidence."""


def hedge_ledger(
    allocation: Allocation,
    target: FloatArray,
    expected: FloatArray,
    nodes: IntArray,
    sales: FloatArray,
    confidence: float,
) -> dict[str, Any]:
    """Return the hedge of the plan beside the one that the confidence needs.

    The chance of the company as it stands is another matter (`company.probability`): it asks whether sales
    as expected from the past reach the total. The hedge asks what remains of the chance if every seller is
    good for his quota on average: `confidence_in_plan` = P(S T_q / E S >= total), T_q = sum of the quotas.
    needed = E S / q - 1, q = the sales that are reached with this confidence: if every quota is what its
    owner is expected to sell, the quotas must add up to this much more than the total. `alone` is the same
    for the nodes of a level, each on its own (mean weighted by expected sales): smaller teams need more.
    `variance_share` = cov(S_v, S) / var(S): how a needed hedge splits over the nodes of a level; the
    shares of a level sum to 1.

    Parameters
    ----------
    target, expected
        Shape (n_node,).
    nodes
        Nodes above the reps (or all), the company first; rows of `sales`.
    sales
        Shape (n_nodes, n_path).
    """
    labels = allocation.labels
    factor, leaf = labels.grid.street_factor, labels.grid.org.leaf
    reached = np.quantile(sales, 1.0 - confidence, axis=1)
    needed = np.where(reached > 0, sales.mean(axis=1) / np.where(reached > 0, reached, 1.0) - 1.0, np.nan)
    company = sales[0] - sales[0].mean()
    variance = float(company @ company)
    asked = float(target[leaf].sum())
    carried = sales[0] * (asked / sales[0].mean()) if sales[0].mean() > 0 else sales[0]
    share = (
        (sales @ company - sales.mean(axis=1) * company.sum()) / variance
        if variance > 0
        else np.zeros(len(nodes))
    )
    level = np.array(labels.level, object)
    depth = labels.grid.org.depth
    names = sorted({str(one) for one in level[1:]}, key=lambda name: int(depth[level == name].min()))
    in_plan = asked / float(target[0]) - 1.0 if target[0] > 0 else None
    return {
        "confidence": confidence,
        "needed": _number(needed[0]),
        "in_plan": in_plan,
        "confidence_in_plan": None if in_plan is None else float((carried >= target[0]).mean()),
        "missing": None
        if in_plan is None or not np.isfinite(needed[0])
        else float(max(0.0, needed[0] - in_plan)),
        "cap": MOST,
        "above_cap": bool(needed[0] > MOST),
        "reached_with_confidence": float(reached[0]),
        "levels": [
            _level(name, np.flatnonzero(level == name), factor, allocation, nodes, expected, needed, share)
            for name in names
        ],
    }


def _level(
    name: str,
    members: IntArray,
    factor: FloatArray,
    allocation: Allocation,
    nodes: IntArray,
    expected: FloatArray,
    needed: FloatArray,
    share: FloatArray,
) -> dict[str, Any]:
    ids = allocation.labels.node_id
    at = np.flatnonzero(np.isin(nodes, members) & np.isfinite(needed) & (expected[nodes] > 0))
    weight = expected[nodes[at]]
    return {
        "level": name,
        "in_plan": float(allocation.plan.spec.over_assignment.get(name, 0.0)),
        "compounded": float(factor[members].max() - 1.0),
        "alone": float(weight @ needed[at] / weight.sum()) if len(at) else None,
        "variance_share": {ids[nodes[k]]: float(share[k]) for k in at},
    }


def _number(value: float) -> float | None:
    return float(value) if np.isfinite(value) else None
