"""Commitments: what was promised for this plan, and what became of earlier promises."""

import pandas as pd

from allocator.plan.plan import Plan
from allocator.plan.tables import ALL_PRODUCTS


def current_commitments(plan: Plan, measure: str) -> pd.DataFrame:
    """Rows without an `actual`: what the nodes committed to for this plan.

    Returns
    -------
    Columns node_id, product_id (`*` = all products), amount (the measure's unit, not debiased),
    confidence (low, mid, high; "" = not given), in file order. A reading of the plan ensures that no
    node stands twice with the same product.
    """
    table = _of_measure(plan, measure)
    return table.loc[table["actual"].isna(), ["node_id", "product_id", "amount", "confidence"]].reset_index(
        drop=True
    )


def past_commitments(plan: Plan, measure: str) -> pd.DataFrame:
    """Rows with an `actual`: earlier commitments and what was reached, the evidence of a node's bias.

    Returns
    -------
    Columns node_id, product_id (`*` = all products), period (as written), amount, actual (both in the
    measure's unit), in file order.
    """
    table = _of_measure(plan, measure)
    return table.loc[
        table["actual"].notna(), ["node_id", "product_id", "period", "amount", "actual"]
    ].reset_index(drop=True)


def _of_measure(plan: Plan, measure: str) -> pd.DataFrame:
    """Rows of one measure with `*` where the product is left empty."""
    table = plan.commitments[plan.commitments["measure"] == measure]
    return table.assign(product_id=table["product_id"].replace("", ALL_PRODUCTS))
