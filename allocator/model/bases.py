"""What rules refer to (history, commitments, peers, capacities) and what their terms make of it."""

from collections.abc import Callable

import numpy as np
import pandas as pd

from allocator.anchors.anchors import Anchors
from allocator.anchors.history import history_windows
from allocator.model.labels import Labels
from allocator.model.presence import absent_reps
from allocator.plan.commitments import current_commitments
from allocator.plan.plan import Plan
from solver_models.arrays import BoolArray, CodeArray, FloatArray, IntArray


class NodesNamed:
    """Finds the nodes that rules name."""

    def __init__(self, labels: Labels) -> None:
        self._labels = labels
        self._of_level: dict[str, IntArray] = {}

    def at(self, level: str, node_id: str) -> IntArray:
        """Positions of each node of the level (below node_id if given), or of node_id itself."""
        if not level:
            return np.array([self._labels.node_code[node_id]], np.int64)
        if level not in self._of_level:
            self._of_level[level] = np.flatnonzero(np.array(self._labels.level) == level).astype(np.int64)
        of_level = self._of_level[level]
        if not node_id:
            return of_level
        top = self._labels.node_code[node_id]
        first, last = np.searchsorted(of_level, (top, self._labels.grid.org.subtree_end[top]))
        below: IntArray = of_level[first:last]
        return below


def nodes_at_work(plan: Plan, labels: Labels) -> BoolArray:
    """True for nodes with a rep whose days at work meet the plan's months, shape (n_node,)."""
    at_work: BoolArray = labels.grid.org.roll_up((~absent_reps(plan, labels)).astype(np.int64)) > 0
    return at_work


def product_weight(plan: Plan, labels: Labels, column: str) -> FloatArray:
    """A numeric column of products.csv over the product leaves, 0 where not given. Shape (n_product,)."""
    row = labels.product_row[labels.grid.products.leaf]
    weight: FloatArray = np.nan_to_num(plan.products[column].to_numpy(np.float64)[row])
    return weight


def _ones(
    plan: Plan, labels: Labels, measure: str, anchors: Anchors, node: IntArray, product: IntArray, basis: str
) -> FloatArray:
    return np.ones(len(node))


def _history_base(
    plan: Plan, labels: Labels, measure: str, anchors: Anchors, node: IntArray, product: IntArray, basis: str
) -> FloatArray:
    """History of the node and product: last year, or the mean of the years on file."""
    cells = anchors.last_year if basis == "last_year" else history_windows(plan, labels, measure).mean(axis=0)
    base: FloatArray = labels.grid.roll_up_plain(cells)[node, product]
    return base


def _commitment_base(
    plan: Plan, labels: Labels, measure: str, anchors: Anchors, node: IntArray, product: IntArray, basis: str
) -> FloatArray:
    """What the nodes committed to: the row of the product, or for all products `*` or the sum of products."""
    table = current_commitments(plan, measure)
    at_node = labels.codes_of_nodes(table["node_id"])
    at_product = labels.codes_of_products(table["product_id"])
    size = len(labels.product_id)
    exact = pd.Series(table["amount"].to_numpy(), index=at_node * size + at_product)
    summed = pd.Series(table["amount"].to_numpy()).groupby(at_node).sum()
    found: FloatArray = exact.reindex(node * size + product).to_numpy(np.float64, copy=True)
    whole = np.isnan(found) & (product == 0)
    found[whole] = summed.reindex(node[whole]).to_numpy(np.float64)
    return found


def _peer_base(
    plan: Plan, labels: Labels, measure: str, anchors: Anchors, node: IntArray, product: IntArray, basis: str
) -> FloatArray:
    """P_v of every peer."""
    grid = labels.grid
    base: FloatArray
    if basis == "anchor":
        base = grid.roll_up(anchors.anchor)[node, product]
    elif basis == "history":
        base = grid.roll_up_plain(anchors.last_year)[node, product]
    elif basis == "potential":
        base = _stated_potential(plan, labels, measure)[node, product]
    else:
        base = _capacity_of(plan, labels, measure)[node]
    return base


def peer_groups(plan: Plan, labels: Labels, node: IntArray) -> IntArray:
    """Number of the peer group of each node, shape (len(node),)."""
    peers = plan.org["peer_group"].to_numpy()[labels.node_row[node]]
    return np.unique(peers.astype(str), return_inverse=True)[1].astype(np.int64)


def _stated_potential(plan: Plan, labels: Labels, measure: str) -> FloatArray:
    """Potential of every node and product as potential.csv states it; NaN where it says nothing.

    The row of the node and product itself; else the sum over the products below; else the sum
    over the node's children.

    Returns
    -------
    Shape (n_node, n_product_node).
    """
    table = plan.potential[plan.potential["measure"] == measure]
    org, products = labels.grid.org, labels.grid.products
    value = np.full((len(org), len(products)), np.nan)
    node, product = labels.codes_of_nodes(table["node_id"]), labels.codes_of_products(table["product_id"])
    value[node, product] = table["amount"].to_numpy(np.float64)
    by_product = np.ascontiguousarray(value.T)
    for lines in reversed(products.by_depth[1:]):
        _fill_from_children(by_product, products.parent, lines)
    value = np.ascontiguousarray(by_product.T)
    for nodes in reversed(org.by_depth[1:]):
        _fill_from_children(value, org.parent, nodes)
    return value


def _fill_from_children(value: FloatArray, parent: CodeArray, children: CodeArray) -> None:
    """Give parents without a value the sum of their children's, where any child has one."""
    total = np.zeros_like(value)
    known = np.zeros(value.shape, bool)
    np.add.at(total, parent[children], np.nan_to_num(value[children]))
    np.logical_or.at(known, parent[children], ~np.isnan(value[children]))
    missing = np.isnan(value) & known
    value[missing] = total[missing]


def _capacity_of(plan: Plan, labels: Labels, measure: str) -> FloatArray:
    """Least hard capacity (amount, all products) of every node; NaN where there is none."""
    rules = plan.rules
    hard = rules[
        (rules["measure"] == measure)
        & (rules["kind"] == "capacity")
        & rules["basis"].isin(["", "amount"])
        & rules["tier"].isin(["", "hard"])
        & rules["product_id"].isin(["", "*"])
    ]
    capacity = np.full(len(labels.node_id), np.inf)
    named = NodesNamed(labels)
    for level, node_id, most in zip(hard["level"], hard["node_id"], hard["max"], strict=True):
        node = named.at(level, node_id)
        capacity[node] = np.minimum(capacity[node], most)
    return np.where(np.isinf(capacity), np.nan, capacity)


def _plain(low: FloatArray, high: FloatArray, base: FloatArray) -> tuple[FloatArray, FloatArray]:
    return _open(low, -np.inf), _open(high, np.inf)


def _times_base(low: FloatArray, high: FloatArray, base: FloatArray) -> tuple[FloatArray, FloatArray]:
    return _open(low * base, -np.inf), _open(high * base, np.inf)


def _growth(low: FloatArray, high: FloatArray, base: FloatArray) -> tuple[FloatArray, FloatArray]:
    return _open((1.0 + low) * base, -np.inf), _open((1.0 + high) * base, np.inf)


def _band(low: FloatArray, high: FloatArray, base: FloatArray) -> tuple[FloatArray, FloatArray]:
    """Fairness: lower and upper are the factors 1 - band and 1 + band."""
    return 1.0 + np.where(np.isnan(low), -high, low), 1.0 + high


def _open(values: FloatArray, otherwise: float) -> FloatArray:
    return np.where(np.isnan(values), otherwise, values)


DEFAULT_BASIS = {
    "range": "amount",
    "growth": "last_year",
    "capacity": "amount",
    "mix": "share",
    "fairness": "anchor",
    "commitment": "ratio",
    "link": "margin",
}
_Base = Callable[[Plan, Labels, str, Anchors, IntArray, IntArray, str], FloatArray]
BASES: dict[str, _Base] = {
    "range": _ones,
    "growth": _history_base,
    "capacity": _ones,
    "mix": _ones,
    "fairness": _peer_base,
    "commitment": _commitment_base,
    "link": _ones,
}
MOVING_BASES = (("fairness", "anchor"), ("fairness", "capacity"))
"""Kinds and bases that differ between plans with the same tables."""
BOUNDS: dict[str, Callable[[FloatArray, FloatArray, FloatArray], tuple[FloatArray, FloatArray]]] = {
    "range": _plain,
    "growth": _growth,
    "capacity": _plain,
    "mix": _plain,
    "fairness": _band,
    "commitment": _times_base,
    "link": _plain,
}
