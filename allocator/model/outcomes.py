"""What became of every rule: value with the rounded targets, status, price, what is missing."""

from dataclasses import dataclass
from functools import cache

import numpy as np
import pandas as pd

from allocator.model.bases import product_weight
from allocator.model.labels import Labels
from allocator.model.lines import Lines, lines_of
from allocator.model.problem import MeasureProblem
from allocator.plan.plan import Plan
from solver_models.arrays import FloatArray, IntArray
from solver_models.model import BalanceAnswer, BalanceModel

TIGHT, LAST_DIGITS = 1e-9, 1e-12
STATUSES = ("slack", "binding", "relaxed")
SLACK, BINDING, RELAXED = range(3)


@dataclass(frozen=True)
class JudgedRules:
    """What became of every rule; arrays over its instances.

    Parameters
    ----------
    lines
        The instances.
    status
        Positions in `STATUSES`.
    price
        See `instance_prices`.
    amount
        The row's amount with the rounded targets.
    short_by
        Amount by which the rounded row misses its bound.
    targets
        Shape (n_node, n_product_node): rounded targets.
    """

    lines: Lines
    status: IntArray
    price: FloatArray
    amount: FloatArray
    short_by: FloatArray
    targets: FloatArray

    def table(self) -> pd.DataFrame:
        """Return one row per rule and node: the columns of `spell_out` and what became of it.

        These are value (the rule's own terms, rounded targets), amount, status, price, short_by.
        """
        return self.lines.table(
            value=values_in_own_terms(self.lines, self.amount, self.targets),
            amount=self.amount,
            status=pd.Series(_statuses().take(self.status)),
            price=self.price,
            short_by=self.short_by,
        )

    def rules_with(self, status: int) -> frozenset[str]:
        """Ids of the rules that have a status at some node. Pins always bind, so they are left out."""
        shape = self.lines.shape
        chosen = np.flatnonzero((self.status == status) & (shape.rule >= 0))
        first = np.unique(shape.rule[chosen], return_index=True)[1]
        return frozenset(str(name) for name in shape.rule_id[chosen[first]])


def judged_of(table: pd.DataFrame, targets: FloatArray) -> JudgedRules:
    """Return the table of judged rules as arrays (inverse of `JudgedRules.table`)."""
    return JudgedRules(
        lines=lines_of(table),
        status=pd.Index(STATUSES).get_indexer(pd.Index(table["status"])).astype(np.int64),
        price=table["price"].to_numpy(np.float64),
        amount=table["amount"].to_numpy(np.float64),
        short_by=table["short_by"].to_numpy(np.float64),
        targets=targets,
    )


def judge_rules(
    plan: Plan,
    labels: Labels,
    problem: MeasureProblem,
    unrounded: FloatArray,
    targets: FloatArray,
    prices: FloatArray,
    noise: FloatArray,
) -> JudgedRules:
    """Say of every rule and node whether it binds or gives way, and what is missing.

    Parameters
    ----------
    unrounded, targets
        Shape (n_node, n_product_node): node amounts before and after rounding.
    prices
        Shape (n_instance,): see `instance_prices`.
    noise
        Shape (n_node,): size of the numbers of each node; what is off by less than a billionth of
        it counts as exact.
    """
    lines = problem.lines
    before, low, high = row_amounts(plan, labels, lines, unrounded)
    is_rounded = targets is not unrounded
    rows_after = row_amounts(plan, labels, lines, targets) if is_rounded else (before, low, high)
    after, low_after, high_after = rows_after
    size = np.maximum(
        np.where(np.isfinite(low), np.abs(low), 0), np.where(np.isfinite(high), np.abs(high), 0)
    )
    size = np.maximum(np.maximum(size, np.abs(before)), noise[lines.shape.node])
    missed = np.maximum(np.maximum(low - before, before - high), 0.0) > TIGHT * size
    at_bound = np.minimum(np.abs(before - low), np.abs(high - before)) <= TIGHT * size
    status = np.where(
        missed & (lines.shape.tier > 0), RELAXED, np.where(at_bound | (prices != 0), BINDING, SLACK)
    )
    short = np.maximum(np.maximum(low_after - after, after - high_after), 0.0)
    # rounded targets are whole: nothing but the last digits of sums and shares is noise
    noise = LAST_DIGITS * np.maximum(size, 1.0)
    return JudgedRules(lines, status, prices, after, np.where(short > noise, short, 0.0), targets)


@cache
def _statuses() -> pd.api.extensions.ExtensionArray:
    return pd.Series(STATUSES, dtype=str).array


def instance_prices(problem: MeasureProblem, balanced: BalanceModel, answer: BalanceAnswer) -> FloatArray:
    """Price of each instance in points of stretch: its rows' prices, or the pull of the cell bound it sets.

    Parameters
    ----------
    balanced
        The scaled model that was balanced.

    Returns
    -------
    Shape (n_instance,).
    """
    rows = balanced.rows
    price = np.zeros(len(problem.lines))
    instance = problem.ledger["instance"].to_numpy(np.int64)[rows.source]
    of_rule = instance >= 0
    np.add.at(price, instance[of_rule], answer.price[of_rule])
    pull = (answer.x - balanced.anchor) / balanced.weight
    inner = pull - (rows.matrix.T @ answer.price)[: balanced.n_cell]
    by_lower, by_upper = problem.bound_by[0][problem.cell], problem.bound_by[1][problem.cell]
    x, near = answer.x * balanced.unit, TIGHT * balanced.weight * balanced.unit
    at_lower = np.abs(x - problem.lower[problem.cell]) <= near
    at_upper = np.abs(x - problem.upper[problem.cell]) <= near
    held_up = (inner > TIGHT) & (by_lower >= 0) & at_lower
    held_down = (inner < -TIGHT) & (by_upper >= 0) & at_upper
    np.add.at(price, by_lower[held_up], inner[held_up])
    np.add.at(price, by_upper[held_down], inner[held_down])
    return price


def row_amounts(
    plan: Plan, labels: Labels, lines: Lines, node_amounts: FloatArray
) -> tuple[FloatArray, FloatArray, FloatArray]:
    """Row amount and its bounds, instance by instance, for given node amounts.

    Mix and fairness count what is done already as well.
    """
    shape = lines.shape
    node, product = shape.node, shape.product
    amount = node_amounts[node, product] + lines.done
    is_weighted = shape.of_kind("link") | (shape.of_kind("capacity") & shape.is_effort)
    for column in sorted(set(shape.basis[is_weighted])):
        chosen = is_weighted & (shape.basis == column)
        amount = np.where(chosen, _weighted(plan, labels, column, node, product, node_amounts), amount)
    whole = node_amounts[node, 0] + lines.done_whole
    peers = _peer_amount(lines, node_amounts)
    base = np.where(shape.of_kind("mix"), whole, np.where(shape.of_kind("fairness"), peers, 1.0))
    return amount, _scaled(lines.lower, base), _scaled(lines.upper, base)


def _scaled(bound: FloatArray, base: FloatArray) -> FloatArray:
    """Bound times base, infinite bounds kept."""
    return np.where(np.isfinite(bound), np.where(np.isfinite(bound), bound, 0.0) * base, bound)


def _weighted(
    plan: Plan, labels: Labels, column: str, node: IntArray, product: IntArray, node_amounts: FloatArray
) -> FloatArray:
    """Sum over product leaves below `product` of weight times amount."""
    products = labels.grid.products
    parts = node_amounts[:, products.leaf] * product_weight(plan, labels, column)
    running = np.concatenate([np.zeros((len(parts), 1)), np.cumsum(parts, axis=1)], axis=1)
    total: FloatArray = (
        running[node, products.leaf_end[product]] - running[node, products.leaf_start[product]]
    )
    return total


def _peer_amount(lines: Lines, node_amounts: FloatArray) -> FloatArray:
    """P_v / P_G * (X_G + what G has already) of each fairness instance; 1 elsewhere."""
    result, shape = np.ones(len(lines)), lines.shape
    fair = shape.of_kind("fairness")
    if not fair.any():
        return result
    amount = node_amounts[shape.node[fair], shape.product[fair]] + lines.done[fair]
    base, peer = lines.base[fair], shape.peer
    of_group = [np.bincount(peer, weights=values)[peer] for values in (amount, base)]
    result[fair] = base / of_group[1] * of_group[0]
    return result


def values_in_own_terms(lines: Lines, amount: FloatArray, node_amounts: FloatArray) -> FloatArray:
    """Amount, growth rate, share, ratio or deviation from the peers, as the kind says."""
    shape = lines.shape
    whole = node_amounts[shape.node, 0] + lines.done_whole
    peers = _peer_amount(lines, node_amounts)
    with np.errstate(divide="ignore", invalid="ignore"):
        return np.select(
            [shape.of_kind(kind) for kind in ("growth", "commitment", "mix", "fairness")],
            [amount / lines.base - 1.0, amount / lines.base, amount / whole, amount / peers - 1.0],
            amount,
        )
