"""The plan as it would have stood before a past period."""

from dataclasses import replace
from decimal import Decimal

import numpy as np
import pandas as pd

from allocator.anchors.build import build_anchors
from allocator.model.labels import Labels
from allocator.plan.plan import Plan, month_number, month_text
from solver_models.arrays import FloatArray

MONTH_TEXT = r"\d{4}-(?:0[1-9]|1[0-2])"


def plan_before(plan: Plan, measure: str, first: int, n_month: int, total: float) -> Plan:
    """Cut a plan to what was known before the month `first` and turn it to a period from there.

    Kept: the org with its dates, products, history before `first`, commitments made for the period
    and those of periods that were over. Left out, as nothing says when they became known: the
    potential, commitments without a month, product totals.

    Parameters
    ----------
    total
        Company total of the period; only scales.
    """
    settings = plan.spec.measures[measure]
    units = max(1, round(Decimal(repr(total)) / settings.round_to))
    spec = plan.spec.model_copy(
        update={
            "start": month_text(first),
            "months": n_month,
            "measures": {measure: settings.model_copy(update={"total": units * settings.round_to})},
            "product_totals": {},
            "over_assignment": {},
            "baseline": "auto",
        }
    )
    earlier = (plan.history["period"] < first).to_numpy(bool)
    return replace(
        plan,
        spec=spec,
        history=plan.history[earlier].reset_index(drop=True),
        commitments=_commitments_before(plan, first, n_month),
        potential=plan.potential.iloc[:0],
        rules=plan.rules.iloc[:0],
        pins=plan.pins.iloc[:0],
    )


def _commitments_before(plan: Plan, first: int, n_month: int) -> pd.DataFrame:
    """Promises for all months of the period, without what became of them, and earlier ones with it.

    A promise for some of the months only is left out: it does not speak of the period.
    """
    table = plan.commitments
    if not len(table):
        return table
    dated = table["period"].str.fullmatch(MONTH_TEXT).to_numpy(bool) & table["actual"].notna().to_numpy(bool)
    known = table[dated]
    month = known["period"].map(month_number).to_numpy(np.int64)
    over = known[month < first]
    within = known[(month >= first) & (month < first + n_month)]
    promised = within.groupby(["node_id", "product_id", "measure"], sort=True, as_index=False).agg(
        amount=("amount", "sum"), confidence=("confidence", "first"), period=("period", "count")
    )
    promised = promised[promised["period"] == n_month].assign(period="", actual=np.nan)
    return pd.concat([over, promised[table.columns.intersection(promised.columns)]], ignore_index=True)[
        list(table.columns)
    ]


def baseline_shares(plan: Plan, labels: Labels, measure: str) -> FloatArray:
    """Return what the run's own anchors give each seller, shape (n_rep,)."""
    anchors = build_anchors(plan, labels, measure)
    by_rep: FloatArray = anchors.anchor.reshape(labels.grid.n_rep, labels.grid.n_product).sum(axis=1)
    return by_rep
