"""Hard amounts that rounding must keep although they belong to neither laminar family."""

import numpy as np
import pandas as pd

from allocator.model.bases import product_weight
from allocator.model.labels import Labels
from allocator.plan.plan import Plan
from solver_models.rounding.side_rows import SideRows


def side_rows(plan: Plan, labels: Labels, instances: pd.DataFrame, unit: float) -> SideRows:
    """Effort capacities, and amounts of product lines below the company, in units.

    Returns
    -------
    Rows sum over p of weight_p X[v, p] within [lower, upper], p over the product leaves.
    """
    products = labels.grid.products
    is_hard = instances["tier"] == 0
    is_effort = is_hard & (instances["kind"] == "capacity") & (instances["basis"] == "effort")
    product = instances["product"].to_numpy(np.int64)
    is_line = ~products.is_leaf[product] & (product > 0)
    below_company = instances["node"].to_numpy(np.int64) > 0
    chosen = instances[is_effort | (is_hard & instances["is_whole"] & is_line & below_company)]
    rank = np.arange(len(products.leaf))
    q = chosen["product"].to_numpy(np.int64)
    covered = (rank >= products.leaf_start[q][:, None]) & (rank < products.leaf_end[q][:, None])
    of_effort = (chosen["basis"] == "effort").to_numpy()
    effort = product_weight(plan, labels, "effort") if of_effort.any() else np.zeros(len(rank))
    weight = covered * np.where(of_effort[:, None], effort, 1.0)
    return SideRows(
        node=chosen["node"].to_numpy(np.int64),
        weight=weight,
        lower=chosen["lower"].to_numpy(np.float64) / unit,
        upper=chosen["upper"].to_numpy(np.float64) / unit,
    )
