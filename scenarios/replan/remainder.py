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
from allocator.phasing import history_index, table_index
from allocator.plan.plan import Plan, month_text
from allocator.plan.rebuilding import amount_text
from scenarios.replan.locked import Locked
from scenarios.replan.order import Order, StabilityTier, kept_as_published, order_of
from scenarios.replan.productivity import Productivity, productivity
from scenarios.replan.remaining_rules import REMAINING, remaining_rules
from solver_models.arrays import BoolArray, FloatArray, IntArray

RELATIVE = ("growth", "commitment", "fairness")


@dataclass(frozen=True)
class Policy:
    """What the owner of the plan chooses.

    Parameters
    ----------
    keep_gap
        Share of the company's gap to date that the remaining months make up, 0..1.
    stability
        Half width of the soft band around every rep's remaining target.
    stability_tier
        Where the band stands among the soft tiers of the plan; see `order_of`.
    learns
        Anchors of the remaining months follow the posterior productivity to date.
    all_give_way
        Hard rules of amounts, too, are met as nearly as can be.
    """

    keep_gap: Decimal = Decimal(1)
    stability: float = 0.1
    stability_tier: StabilityTier = "auto"
    learns: bool = False
    all_give_way: bool = False

    @property
    def is_forgiven(self) -> bool:
        """No part of a gap is made up."""
        return self.keep_gap == 0


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
    anchor
        Shape (n_cell,): what the remaining months are balanced around: `current`, times the posterior
        productivity of the rep where the policy learns.
    product_totals
        Product -> (least, most) in units.
    rules, carried, pins
        Tables of the plan of the remaining months.
    year_rules
        Rules and pins of the year by node (see `instances.spell_out`), after moves.
    order
        In which order they and the stability of the targets are met.
    """

    total: int
    gap: int
    forgiven: int
    current: FloatArray
    anchor: FloatArray
    product_totals: Mapping[str, tuple[int, int]]
    rules: pd.DataFrame
    carried: pd.DataFrame
    pins: pd.DataFrame
    year_rules: pd.DataFrame
    order: Order
    productivity: Productivity

    def expected(self, labels: Labels) -> FloatArray:
        """Sales to expect of the remaining months: remaining targets x productivity, plain sums.

        Returns
        -------
        Shape (n_node, n_product_node), in the measure's unit.
        """
        factor = np.repeat(self.productivity.factor, labels.grid.n_product)
        return labels.grid.roll_up_plain(np.asarray(self.current * factor, np.float64))


def remainder_of(
    plan: Plan,
    labels: Labels,
    measure: str,
    published: IntArray,
    locked: Locked,
    current_units: IntArray,
    policy: Policy,
    settled: FloatArray | None = None,
) -> Remainder:
    """Take what is over off the totals and rules of a measure.

    Parameters
    ----------
    published
        Shape (n_node, n_product_node, n_month), in units.
    current_units
        Shape (n_rep, n_product): what `remaining_cells` gives.
    settled
        See `remaining_rules`.
    """
    done, unit = locked.month_units.shape[2], float(plan.spec.measures[measure].round_to)
    anchors = build_anchors(plan, labels, measure)
    to_date = published[0, :, :done].sum(axis=1)
    gap = to_date - locked.units[0]
    forgiven = np.array([_forgiven(int(value), policy.keep_gap) for value in gap], np.int64)
    total = int(published[0, 0].sum() - locked.units[0, 0] - forgiven[0])
    current = np.asarray(current_units.ravel() * unit, np.float64)
    over = np.asarray(locked.units * unit, np.float64)
    learned = productivity(plan, labels, published, locked)
    factor = np.repeat(learned.factor, labels.grid.n_product) if policy.learns else 1.0
    moved = _moved_part(labels, published, done, current_units)
    instances = spell_out(plan, labels, measure, anchors)
    year = np.asarray(published.sum(axis=2) * unit, np.float64)
    kept = kept_as_published(plan, labels, instances, year, unit)
    instances, kept = _after_moves(instances, kept, moved)
    order = order_of(
        instances,
        kept,
        policy.stability_tier,
        is_forgiven=policy.is_forgiven,
        all_give_way=policy.all_give_way,
    )
    rest = labels.grid.roll_up(current)
    rules, carried = remaining_rules(
        plan, labels, measure, instances, over, rest, policy.stability, order, settled
    )
    pins = instances[instances["kind"] == "pin"]
    at = pins["node"].to_numpy(np.int64), pins["product"].to_numpy(np.int64)
    amount = np.maximum(np.rint(pins["lower"].to_numpy(np.float64) / unit) - locked.units[at], 0.0) * unit
    return Remainder(
        total,
        int(gap[0]),
        int(forgiven[0]),
        current,
        np.asarray(current * factor, np.float64),
        _product_totals(labels, anchors.totals, locked.units[0], forgiven, total),
        rules,
        carried,
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
        instances,
        order,
        learned,
    )


def _moved_part(labels: Labels, published: IntArray, done: int, current: IntArray) -> FloatArray:
    """Published year after the moves / before them by node and product; 1 where nothing was published."""
    cells = published[np.ix_(labels.grid.org.leaf, labels.grid.products.leaf)]
    before = labels.grid.roll_up(cells.sum(axis=2).ravel().astype(np.float64))
    year = cells[:, :, :done].sum(axis=2) + current
    after = labels.grid.roll_up(year.ravel().astype(np.float64))
    same = (before <= 0) | (cells.sum(axis=2) == year).all()
    return np.where(same, 1.0, after / np.where(before > 0, before, 1.0))


def _after_moves(
    instances: pd.DataFrame, kept: BoolArray, moved: FloatArray
) -> tuple[pd.DataFrame, BoolArray]:
    """What growth, commitment and fairness are relative to goes with the territory."""
    at = instances["node"].to_numpy(np.int64), instances["product"].to_numpy(np.int64)
    part = np.where(instances["kind"].isin(RELATIVE), moved[at], 1.0)
    if (part == 1).all():
        return instances, kept
    is_fair = (instances["kind"] == "fairness").to_numpy(bool)
    bounds = np.where(is_fair, 1.0, part)
    found = instances.assign(
        base=instances["base"] * part, lower=instances["lower"] * bounds, upper=instances["upper"] * bounds
    )
    has_base = (found["base"] > 0).to_numpy(bool)
    return found[has_base].reset_index(drop=True), kept[has_base]


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
