"""explanation.csv: one row per step that is not zero, with its sentence."""

from decimal import Decimal

import numpy as np
import pandas as pd

from allocator.allocation import Allocation, MeasureAllocation
from allocator.explanation.waterfall import STEPS, Waterfall
from allocator.results.sentences import node_names, product_names
from allocator.results.tables import amounts
from allocator.texts import CATALOGUE, text

COLUMNS = ("measure", "node_id", "product_id", "step", "amount", "text")


def explanation_table(
    allocation: Allocation, result: MeasureAllocation, waterfall: Waterfall, lang: str
) -> pd.DataFrame:
    """Return the steps of every node and product; the first step is always there, zeros are left out.

    The amounts of one node and product add up to its target exactly.
    """
    labels = allocation.labels
    round_to = allocation.plan.spec.measures[result.measure].round_to
    shown = waterfall.units != 0
    shown[0] |= (result.target_units != 0) | shown.any(axis=0)
    node, product, step = np.nonzero(shown.transpose(1, 2, 0))
    units = waterfall.units[step, node, product]
    amount = amounts(units, round_to)
    return pd.DataFrame(
        {
            "measure": result.measure,
            "node_id": np.array(labels.node_id, object)[node],
            "product_id": np.array(labels.product_id, object)[product],
            "step": np.array(STEPS, object)[step],
            "amount": amount,
            "text": _sentences(allocation, result, waterfall, lang, node, product, step, units, round_to),
        },
        columns=list(COLUMNS),
    )


def _sentences(
    allocation: Allocation,
    result: MeasureAllocation,
    waterfall: Waterfall,
    lang: str,
    node: np.ndarray,
    product: np.ndarray,
    step: np.ndarray,
    units: np.ndarray,
    round_to: Decimal,
) -> list[str]:
    """Fill the step's sentence row by row."""
    templates = [CATALOGUE[f"step.{name}"][lang] for name in STEPS]
    names, products = node_names(allocation), product_names(allocation, lang)
    rules = _rule_clauses(allocation, result, waterfall, lang)
    strongest = waterfall.strongest[step, node, product]
    unit = f"{round_to:,f}"
    decimals = max(0, -int(round_to.normalize().as_tuple().exponent))
    value = units * float(round_to)
    return [
        templates[s].format(
            node=names[v],
            product=products[q],
            amount=f"{x:,.{decimals}f}",
            signed=f"{x:+,.{decimals}f}",
            rule=rules[r],
            unit=unit,
        )
        for v, q, s, x, r in zip(
            node.tolist(), product.tolist(), step.tolist(), value.tolist(), strongest.tolist(), strict=True
        )
    ]


def _rule_clauses(
    allocation: Allocation, result: MeasureAllocation, waterfall: Waterfall, lang: str
) -> dict[int, str]:
    """The clause that names each rule, its kind and owner; -1 = no rule."""
    clauses = {-1: ""}
    rules = result.rules
    for number, rule_id in enumerate(waterfall.rule_ids):
        own = rules[rules["rule_id"] == rule_id]
        owner = ", ".join(dict.fromkeys(own.loc[own["price"] != 0, "owner"])) or own["owner"].iat[0]
        kind = text(f"kind.{own['kind'].iat[0]}", lang)
        by = text("step.rule_owner", lang, owner=owner) if owner else ""
        clauses[number] = text("step.rule", lang, rule=rule_id, kind=kind, owner=by)
    return clauses
