"""The plan of the months that remain: totals, anchors and rules with what is over taken off."""

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import ROUND_FLOOR, Decimal
from typing import Any

import numpy as np
import pandas as pd

from allocator.anchors.build import build_anchors
from allocator.model.instances import spell_out
from allocator.model.labels import Labels
from allocator.model.problem import product_weight
from allocator.phasing import history_index, table_index
from allocator.plan.plan import Plan, month_text
from allocator.plan.rebuilding import amount_text
from scenarios.replan.inputs import Moves
from scenarios.replan.locked import Locked
from solver_models.arrays import FloatArray, IntArray

STABILITY, REMAINING = "stability", "remaining"
AMOUNTS = ("range", "growth", "capacity", "commitment")
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


@dataclass(frozen=True)
class Remainder:
    """One measure of the months that remain.

    Parameters
    ----------
    total
        Company total of the remaining months, in units.
    gap
        Published to date - actual to date of the company, in units; below 0 = ahead.
    forgiven
        The part of the gap by which the year's total falls, in units.
    current
        Shape (n_cell,): remaining part of the published targets after moves, in the measure's unit.
    product_totals
        Product -> (least, most) in units.
    """

    total: int
    gap: int
    forgiven: int
    current: FloatArray
    product_totals: Mapping[str, tuple[int, int]]
    rules: pd.DataFrame
    pins: pd.DataFrame


def remaining_cells(
    labels: Labels, published: IntArray, done: int, moves: Moves | None, start: int
) -> IntArray:
    """Return the published units of the remaining months by cell after the moves, shape (n_rep, n_product).

    A move takes its share of every month from its effective month on; months that are over stay.
    """
    cells = published[np.ix_(labels.grid.org.leaf, labels.grid.products.leaf)][:, :, done:].copy()
    if moves is None:
        return np.asarray(cells.sum(axis=2))
    for k in range(len(moves.month)):
        first = max(0, int(moves.month[k]) - start - done)
        own = cells[moves.giver[k]][moves.products[k], first:]
        moved = np.floor(own * moves.share[k] + 0.5).astype(np.int64)
        cells[moves.giver[k], moves.products[k], first:] -= moved
        cells[moves.taker[k], moves.products[k], first:] += moved
    return np.asarray(cells.sum(axis=2))


def remainder_of(
    plan: Plan,
    labels: Labels,
    measure: str,
    published: IntArray,
    locked: Locked,
    current_units: IntArray,
    keep_gap: Decimal,
    stability: float,
) -> Remainder:
    """Take what is over off the totals and rules of a measure.

    Parameters
    ----------
    published
        Shape (n_node, n_product_node, n_month), in units.
    current_units
        Shape (n_rep, n_product): what `remaining_cells` gives.
    """
    done, unit = locked.month_units.shape[2], float(plan.spec.measures[measure].round_to)
    anchors = build_anchors(plan, labels, measure)
    to_date = published[0, :, :done].sum(axis=1)
    gap = to_date - locked.units[0]
    forgiven = np.array([_forgiven(int(value), keep_gap) for value in gap], np.int64)
    total = int(published[0, 0].sum() - locked.units[0, 0] - forgiven[0])
    current = np.asarray(current_units.ravel() * unit, np.float64)
    instances = spell_out(plan, labels, measure, anchors)
    over = np.asarray(locked.units * unit, np.float64)
    rules = [_amount_rules(labels, measure, instances, over)]
    rules.append(_weighted_rules(plan, labels, measure, instances, over))
    rules.append(_ratio_rules(plan, labels, measure, instances, over, labels.grid.roll_up(current)))
    tier = int(instances["tier"].max()) + 1 if len(instances) else 1
    rules.append(_stability_rules(labels, measure, labels.grid.roll_up(current)[:, 0], stability, unit, tier))
    pins = instances[instances["kind"] == "pin"]
    at = pins["node"].to_numpy(np.int64), pins["product"].to_numpy(np.int64)
    amount = np.maximum(np.rint(pins["lower"].to_numpy(np.float64) / unit) - locked.units[at], 0.0) * unit
    return Remainder(
        total,
        int(gap[0]),
        int(forgiven[0]),
        current,
        _product_totals(labels, anchors.totals, locked.units[0], forgiven, total),
        pd.concat(rules, ignore_index=True),
        pd.DataFrame(
            {
                "node_id": np.array(labels.node_id, object)[at[0]],
                "product_id": np.array(labels.product_id, object)[at[1]],
                "measure": measure,
                "amount": [amount_text(float(value)) for value in amount],
                "reason": REMAINING,
                "owner": pins["owner"].to_numpy(object),
            }
        ),
    )


def _forgiven(gap: int, keep_gap: Decimal) -> int:
    """Whole units of a gap that are not kept; being ahead is never forgiven."""
    return int(((1 - keep_gap) * max(gap, 0)).to_integral_value(ROUND_FLOOR))


def _product_totals(
    labels: Labels, totals: Any, locked: IntArray, forgiven: IntArray, total: int
) -> dict[str, tuple[int, int]]:
    """What remains of stated product totals.

    A product beyond its total gets 0, and the least of the others falls by the excess, so that the
    company's total can be met; a forgiven gap lowers the least of its product.
    """
    stated = np.flatnonzero(totals.is_stated)
    excess = int(np.maximum(locked - totals.product_upper, 0)[stated].sum())
    found = {}
    for q in stated.tolist():
        least = max(0, int(totals.product_lower[q] - locked[q] - forgiven[q]) - excess)
        most = min(total, max(0, int(totals.product_upper[q] - locked[q])))
        found[labels.product_id[q]] = (min(least, most), most)
    return found


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


def _amount_rules(labels: Labels, measure: str, instances: pd.DataFrame, over: FloatArray) -> pd.DataFrame:
    """Bounds of the full-year number less what is over; a bound that is met already asks for nothing."""
    own = instances[instances["kind"].isin(AMOUNTS) & (instances["basis"] != "effort")]
    here = over[own["node"].to_numpy(np.int64), own["product"].to_numpy(np.int64)]
    low = own["lower"].to_numpy(np.float64) - here
    high = np.maximum(own["upper"].to_numpy(np.float64) - here, 0.0)
    low = np.where(low > 0, low, -np.inf)
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


def _ratio_rules(
    plan: Plan,
    labels: Labels,
    measure: str,
    instances: pd.DataFrame,
    over: FloatArray,
    current: FloatArray,
) -> pd.DataFrame:
    """Mix so that actuals + current remainder would meet it; fairness on the remaining anchors."""
    own = instances[instances["kind"] == "mix"]
    node, product = own["node"].to_numpy(np.int64), own["product"].to_numpy(np.int64)
    rest, full = current[node, 0], over[node, 0] + current[node, 0]
    rest = np.where(rest > 0, rest, 1.0)
    sides = [
        np.clip((own[side].to_numpy(np.float64) * full - over[node, product]) / rest, 0.0, 1.0)
        for side in ("min", "max")
    ]
    mix = _table(labels, measure, own, *sides)
    rules = plan.rules[(plan.rules["measure"] == measure) & (plan.rules["kind"] == "fairness")]
    fair = rules.assign(basis="anchor", note=REMAINING, min="")
    fair = fair.assign(max=[amount_text(float(value)) for value in rules["max"]])
    return pd.concat([mix, fair.reindex(columns=list(RULE_COLUMNS))], ignore_index=True)


def _stability_rules(
    labels: Labels, measure: str, current: FloatArray, width: float, unit: float, tier: int
) -> pd.DataFrame:
    """Soft band around the remaining part of every rep's current target, drawn outwards to whole units.

    Who has nothing left gets nothing: his band is hard.
    """
    leaf = labels.grid.org.leaf
    node = leaf
    # noise of the roll-up must not push a bound to the next unit
    low = np.floor(current[node] * (1.0 - width) / unit + 1e-9) * unit
    high = np.ceil(current[node] * (1.0 + width) / unit - 1e-9) * unit
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


def season_rows(plan: Plan, labels: Labels, measure: str, done: int) -> pd.DataFrame:
    """Seasonal index of the remaining months by product, as seasonality.csv holds it."""
    index = (table_index if plan.spec.seasonality == "table" else history_index)(plan, labels, measure)
    months = [month_text(month) for month in plan.month_numbers][done:]
    return pd.DataFrame(
        {
            "period": np.tile(np.array(months, object), labels.grid.n_product),
            "weight": [amount_text(float(value)) for value in index[:, done:].ravel()],
            "measure": measure,
            "product_id": np.repeat(np.array(labels.leaf_product_id, object), len(months)),
        }
    )
