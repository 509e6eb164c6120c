"""The rules of the months that remain: amounts less what is over, shares and ratios of the whole year."""

from collections.abc import Mapping

import numpy as np
import pandas as pd

from allocator.model.bases import product_weight
from allocator.model.labels import Labels
from allocator.plan.plan import Plan
from allocator.plan.rebuilding import amount_text
from scenarios.replan.order import RATIOS, Order
from solver_models.arrays import FloatArray

STABILITY, REMAINING = "stability", "remaining"
AMOUNTS = ("range", "growth", "capacity", "commitment")
WHOLE = 1e-9
CARRIED_COLUMNS = ("rule_id", "node_id", "done", "done_whole", "base")
RULE_COLUMNS = (
    "rule_id",
    "kind",
    "measure",
    "level",
    "node_id",
    "product_id",
    "min",
    "max",
    "basis",
    "tier",
    "owner",
    "note",
)


def remaining_rules(
    plan: Plan,
    labels: Labels,
    measure: str,
    instances: pd.DataFrame,
    over: FloatArray,
    current: FloatArray,
    width: float,
    order: Order,
    settled: FloatArray | None,
) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Return rules.csv and carried.csv of the remaining months for one measure.

    Parameters
    ----------
    over, current
        Shape (n_node, n_product_node): what is over, the remaining part of the current targets, in the
        measure's unit.
    width
        Half width of the band of stability.
    order
        Which rules come first.
    settled
        Shape (n_node, n_product_node): what totals and the rules before stability make of the remaining
        months; None where that is still to be found, and then these rules alone are returned.
    """
    unit = float(plan.spec.measures[measure].round_to)
    order = order.before_stability if settled is None else order
    instances = instances.assign(tier=order.tier)[order.takes_part]
    rules = [
        _amount_rules(plan, labels, measure, instances, over),
        _weighted_rules(plan, labels, measure, instances, over),
        _ratio_rules(plan, measure, instances),
        _stability_rules(labels, measure, current[:, 0], settled, width, unit, order.stability),
    ]
    return pd.concat(rules, ignore_index=True), _carried(labels, instances, over)


def _ratio_rules(plan: Plan, measure: str, instances: pd.DataFrame) -> pd.DataFrame:
    """Mix and fairness rules as they stand; what they count besides is in carried.csv."""
    own = instances[instances["kind"].isin(RATIOS)].drop_duplicates("rule_id")
    tiers: Mapping[str, int] = dict(zip(own["rule_id"].astype(str), own["tier"], strict=True))
    rules = plan.rules[(plan.rules["measure"] == measure) & plan.rules["rule_id"].isin(list(tiers))]
    is_fair = rules["kind"] == "fairness"
    return rules.assign(
        basis=np.where(is_fair, "anchor", rules["basis"]),
        min=[amount_text(float(value)) for value in rules["min"]],
        max=[amount_text(float(value)) for value in rules["max"]],
        tier=[str(tiers[str(name)]) for name in rules["rule_id"]],
        note="year",
    ).reindex(columns=list(RULE_COLUMNS))


def _carried(labels: Labels, instances: pd.DataFrame, over: FloatArray) -> pd.DataFrame:
    """What each mix and fairness rule counts at each of its nodes, and what the peers are compared by."""
    own = instances[instances["kind"].isin(RATIOS)]
    node, product = own["node"].to_numpy(np.int64), own["product"].to_numpy(np.int64)
    is_fair = (own["kind"] == "fairness").to_numpy(bool)
    base = np.where(is_fair, own["base"].to_numpy(np.float64), np.nan)
    whole = np.where(is_fair, np.nan, over[node, 0])
    columns = {"done": over[node, product], "done_whole": whole, "base": base}
    return pd.DataFrame(
        {
            "rule_id": own["rule_id"].to_numpy(object),
            "node_id": np.array(labels.node_id, object)[node],
            **{name: [amount_text(float(value)) for value in values] for name, values in columns.items()},
        },
        columns=list(CARRIED_COLUMNS),
    )


def _table(
    labels: Labels, measure: str, rows: pd.DataFrame, low: FloatArray, high: FloatArray
) -> pd.DataFrame:
    """Rules that each name one node: `<rule>@<node>`, numbered on where a rule has several."""
    node = np.array(labels.node_id, object)[rows["node"].to_numpy(np.int64)]
    product = np.array(labels.product_id, object)[rows["product"].to_numpy(np.int64)]
    tier = rows["tier"].to_numpy(np.int64)
    return pd.DataFrame(
        {
            "rule_id": [f"{rule}@{name}" for rule, name in zip(rows["rule_id"], node, strict=True)],
            "kind": rows["kind"].to_numpy(object),
            "measure": measure,
            "level": "",
            "node_id": node,
            "product_id": np.where(product == "*", "", product),
            "min": [amount_text(float(value)) if np.isfinite(value) else "" for value in low],
            "max": [amount_text(float(value)) if np.isfinite(value) else "" for value in high],
            "basis": rows["basis"].to_numpy(object),
            "tier": np.where(tier == 0, "hard", tier.astype(str)),
            "owner": rows["owner"].to_numpy(object),
            "note": REMAINING,
        },
        columns=list(RULE_COLUMNS),
    )


def _with_room(low: FloatArray, high: FloatArray, unit: float) -> tuple[FloatArray, FloatArray]:
    """Draw intervals that hold no whole unit outwards to the next ones."""
    down, up = np.floor(low / unit + WHOLE), np.ceil(high / unit - WHOLE)
    hollow = np.isfinite(low) & np.isfinite(high)
    hollow &= np.ceil(low / unit - WHOLE) > np.floor(high / unit + WHOLE)
    return np.where(hollow, down * unit, low), np.where(hollow, up * unit, high)


def _amount_rules(
    plan: Plan, labels: Labels, measure: str, instances: pd.DataFrame, over: FloatArray
) -> pd.DataFrame:
    """Bounds of the full-year number less what is over; a bound that is met already asks for nothing."""
    own = instances[instances["kind"].isin(AMOUNTS) & (instances["basis"] != "effort")]
    here = over[own["node"].to_numpy(np.int64), own["product"].to_numpy(np.int64)]
    low = own["lower"].to_numpy(np.float64) - here
    high = np.maximum(own["upper"].to_numpy(np.float64) - here, 0.0)
    low = np.where(low > 0, low, -np.inf)
    low, high = _with_room(low, high, float(plan.spec.measures[measure].round_to))
    said = np.isfinite(low) | np.isfinite(high)
    rows = own[said].assign(kind="range", basis="amount")
    return _table(labels, measure, rows, low[said], high[said])


def _weighted_rules(
    plan: Plan, labels: Labels, measure: str, instances: pd.DataFrame, over: FloatArray
) -> pd.DataFrame:
    """Effort and links: what is over counts with the weights of its products."""
    is_effort = (instances["kind"] == "capacity") & (instances["basis"] == "effort")
    own = instances[is_effort | (instances["kind"] == "link")]
    products = labels.grid.products
    used = np.zeros(len(own))
    leaf_amounts = over[:, products.leaf]
    for k, (node, q, basis) in enumerate(zip(own["node"], own["product"], own["basis"], strict=True)):
        below = slice(products.leaf_start[q], products.leaf_end[q])
        used[k] = leaf_amounts[node, below] @ product_weight(plan, labels, basis)[below]
    low = own["lower"].to_numpy(np.float64) - used
    high = np.maximum(own["upper"].to_numpy(np.float64) - used, 0.0)
    low = np.where(low > 0, low, -np.inf)
    said = np.isfinite(low) | np.isfinite(high)
    return _table(labels, measure, own[said], low[said], high[said])


def _stability_rules(
    labels: Labels,
    measure: str,
    current: FloatArray,
    settled: FloatArray | None,
    width: float,
    unit: float,
    tier: int,
) -> pd.DataFrame:
    """Soft band around the remaining part of every rep's current target, drawn outwards to whole units.

    It reaches as far as totals and the rules before stability have moved the rep: they are not undone, and
    nobody pays for another whom they had to move further. Who has nothing left gets nothing: his band is
    hard. Without a tier (0) only these bands are there.
    """
    leaf = labels.grid.org.leaf
    node = leaf if tier else leaf[current[leaf] <= 0]
    moved = current[node] if settled is None else settled[node, 0]
    moved = np.where(current[node] > 0, moved, 0.0)
    least, most = (
        np.minimum(current[node] * (1.0 - width), moved),
        np.maximum(current[node] * (1.0 + width), moved),
    )
    # noise of the roll-up must not push a bound to the next unit
    low = np.floor(least / unit + WHOLE) * unit
    high = np.ceil(most / unit - WHOLE) * unit
    rows = pd.DataFrame(
        {
            "rule_id": f"{STABILITY}:{measure}",
            "kind": "range",
            "basis": "amount",
            "node": node,
            "product": 0,
            "tier": np.where(current[node] > 0, tier, 0),
            "owner": "",
        }
    )
    return _table(labels, measure, rows, low, high)
