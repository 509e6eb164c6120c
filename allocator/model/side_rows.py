"""Amounts that rounding must keep although they belong to neither laminar family."""

import numpy as np
import pandas as pd

from allocator.model.bases import product_weight
from allocator.model.labels import Labels
from allocator.plan.plan import Plan
from solver_models.arrays import FloatArray
from solver_models.rounding.side_rows import KEPT, SideRows


def side_rows(
    plan: Plan, labels: Labels, instances: pd.DataFrame, unit: float, before: FloatArray
) -> SideRows:
    """Effort capacities, and amounts of product lines below the company, in units.

    Hard rules, and of soft rules the sides that hold before rounding.

    Parameters
    ----------
    before
        Shape (n_node, n_product_node): the amounts before rounding, in the measure's unit.

    Returns
    -------
    Rows sum over p of weight_p X[v, p] within [lower, upper], p over the product leaves.
    """
    products = labels.grid.products
    is_effort = (instances["kind"] == "capacity") & (instances["basis"] == "effort")
    product = instances["product"].to_numpy(np.int64)
    is_line = ~products.is_leaf[product] & (product > 0)
    below_company = instances["node"].to_numpy(np.int64) > 0
    chosen = instances[is_effort | (instances["is_whole"] & is_line & below_company)]
    rank = np.arange(len(products.leaf))
    q = chosen["product"].to_numpy(np.int64)
    covered = (rank >= products.leaf_start[q][:, None]) & (rank < products.leaf_end[q][:, None])
    of_effort = (chosen["basis"] == "effort").to_numpy()
    effort = product_weight(plan, labels, "effort") if of_effort.any() else np.zeros(len(rank))
    weight = covered * np.where(of_effort[:, None], effort, 1.0)
    node, is_soft = chosen["node"].to_numpy(np.int64), chosen["tier"].to_numpy(np.int64) > 0
    lower, upper = (chosen[name].to_numpy(np.float64) / unit for name in ("lower", "upper"))
    value = (weight * before[node][:, products.leaf]).sum(axis=1) / unit
    near = KEPT * np.maximum(np.abs(value), 1.0)
    lower = np.where(is_soft & (value < lower - near), -np.inf, lower)
    upper = np.where(is_soft & (value > upper + near), np.inf, upper)
    kept = np.isfinite(lower) | np.isfinite(upper)
    return SideRows(node[kept], weight[kept], lower[kept], upper[kept], is_soft[kept])
