"""Rounding a table with two laminar families as a min-cost flow: integral by construction."""

import numpy as np
from ortools.graph.python import min_cost_flow

from solver_models.arrays import CodeArray, FloatArray, IntArray
from solver_models.hierarchy import Hierarchy

WHOLE = 1e-7
RELATIVE_NOISE = 1e-9
LARGEST_SNAP = 0.05
HALF_UP = 1e-6
COST_SCALE = 1_000_000
TIE_BITS = 20
COST_BITS = 61
MOST_PRICE = 15.0


class RoundingError(RuntimeError):
    """The flow solver did not find the rounding that always exists; its status is in the message."""


def floor_ceil(values: FloatArray, total: float) -> tuple[IntArray, IntArray]:
    """Return floor and ceiling, where values within a tolerance of a whole number count as whole.

    The tolerance is 1e-7, or 1e-9 of the value where that is more (sums carry noise of that
    size). It is capped so that the numbers of one level, `total` together, cannot be moved by
    0.05 units in all: a network of whole bounds misses the fractional flow by less than one
    unit then, and so still has a whole solution.
    """
    tolerance = np.maximum(WHOLE, np.abs(values) * min(RELATIVE_NOISE, LARGEST_SNAP / max(abs(total), 1.0)))
    return np.floor(values + tolerance).astype(np.int64), np.ceil(values - tolerance).astype(np.int64)


def rounding_cost(
    values: FloatArray, floor: IntArray, tie_key: IntArray, tie_bits: int = TIE_BITS
) -> IntArray:
    """Cost of rounding each value up: nearest first, ties by a fixed hash of `tie_key`.

    cost = rint((1 - 2 f) * 1e6) * 2^b + hash mod 2^b, b = `tie_bits`, f the fraction above `floor`.
    The hash makes the best rounding unique (as good as certainly): no solver can choose another.

    Parameters
    ----------
    values, floor, tie_key
        Equal shapes; keys differ from each other.
    """
    fraction = np.clip(values - floor, 0.0, 1.0)
    nearest = np.rint((1.0 - 2.0 * fraction) * COST_SCALE).astype(np.int64)
    return (nearest << tie_bits) + tie_hash(tie_key, tie_bits)


def tie_bits_of(n_vertex: int) -> int:
    """Bits of the tie hash: 20, fewer where costs times vertices would leave 61 bits."""
    return max(
        0, min(TIE_BITS, COST_BITS - (int(2 + MOST_PRICE) * COST_SCALE).bit_length() - n_vertex.bit_length())
    )


def tie_hash(key: IntArray, bits: int) -> IntArray:
    """Return a well-mixed integer from 0 to 2^bits - 1 per key (splitmix64)."""
    z = key.astype(np.uint64) + np.uint64(0x9E3779B97F4A7C15)
    z = (z ^ (z >> np.uint64(30))) * np.uint64(0xBF58476D1CE4E5B9)
    z = (z ^ (z >> np.uint64(27))) * np.uint64(0x94D049BB133111EB)
    return ((z ^ (z >> np.uint64(31))) >> np.uint64(1)).astype(np.int64) % (1 << bits)


def round_by_flow(
    tree: Hierarchy,
    products: Hierarchy,
    values: FloatArray,
    tie_key: IntArray,
    price: FloatArray | None = None,
) -> IntArray:
    """Round every item x product to floor or ceiling so that all sums of both families are too.

    Family 1: every tree node over all products. Family 2: every tree node by product leaf, and
    the root by product line. Always possible: the fractional table is itself a flow within the
    same bounds, and a flow network with whole bounds has a whole solution. The total of all is
    rounded half up. Of all such roundings the one of least cost (`rounding_cost`) is taken.

    Parameters
    ----------
    tree
        Its leaves are the items.
    products
        The product tree.
    values
        Shape (n_item, n_product), >= 0, in units.
    tie_key
        Shape (n_item, n_product), int64, all different: decides between equally near roundings.
    price
        Shape (n_item, n_product): added to 1 - 2 f, the cost of rounding up; within -15..15.

    Returns
    -------
    Shape (n_item, n_product), int64.

    Raises
    ------
    RoundingError
        If the flow solver ends with anything but an optimum.
    """
    n_product, n_vertex_line = values.shape[1], len(products)
    by_node = tree.roll_up(values)
    first_pair, pair_rank = len(tree), np.cumsum(~tree.is_leaf) - 1
    first_line = first_pair + int((~tree.is_leaf).sum()) * n_product
    product = np.arange(n_product)
    line_of = first_line + products.leaf.astype(np.int64)

    def pair(node: IntArray | CodeArray) -> IntArray:
        """Vertices of inner nodes x product, shape (len(node), n_product)."""
        return np.asarray(first_pair + pair_rank[node][:, None] * n_product + product)

    # family 1 runs down the tree, a cell arc crosses over, family 2 runs up again to the sink
    leaf, child = tree.leaf.astype(np.int64), np.arange(1, len(tree))
    up = np.flatnonzero(~tree.is_leaf[1:]) + 1
    is_single = len(tree) == 1
    above = np.broadcast_to(line_of, values.shape) if is_single else pair(tree.parent[leaf])
    of_line = products.roll_up(by_node[0])
    line = np.arange(1, n_vertex_line)
    arcs = [
        (np.repeat(leaf, n_product), above, values),
        (tree.parent[1:], child, by_node[1:].sum(axis=1)),
        (pair(up), pair(tree.parent[up]), by_node[up]),
        (first_line + line, first_line + products.parent[1:].astype(np.int64), of_line[1:]),
    ]
    if not is_single:
        arcs.append((pair(np.zeros(1, np.int64)), line_of, by_node[0]))
    tail, head, amount = (
        np.concatenate([np.ravel(part) for part in column]) for column in zip(*arcs, strict=True)
    )
    n_vertex = first_line + n_vertex_line
    floor, _ = floor_ceil(values, total := float(values.sum()))
    cost = rounding_cost(values, floor, tie_key, tie_bits := tie_bits_of(n_vertex))
    if price is not None:
        quantised = np.rint(np.clip(price, -MOST_PRICE, MOST_PRICE) * COST_SCALE).astype(np.int64)
        cost += quantised << tie_bits
    low, high = floor_ceil(amount, total)
    supply = np.zeros(n_vertex, np.int64)
    supply[0] = np.floor(total + 0.5 + HALF_UP)
    supply[first_line] = -supply[0]
    return cheapest_flow(tail, head, low, high, cost.ravel(), supply).reshape(values.shape)


def cheapest_flow(
    tail: IntArray, head: IntArray, low: IntArray, high: IntArray, cost: IntArray, supply: IntArray
) -> IntArray:
    """Send what the vertices supply within the bounds of every arc, at the least cost of the first arcs.

    Parameters
    ----------
    tail, head, low, high
        Arcs and their whole bounds, shape (n_arc,).
    cost
        Cost per unit of the first arcs, shape (k,); the others cost nothing.
    supply
        What each vertex sends out (or, below zero, takes in), shape (n_vertex,).

    Returns
    -------
    Flow of the first arcs, shape (k,).

    Raises
    ------
    RoundingError
        If the flow solver ends with anything but an optimum.
    """
    all_costs = np.zeros(len(tail), np.int64)
    all_costs[: len(cost)] = cost
    # what every arc must carry is sent beforehand, so that all lower bounds are 0
    rest = supply.copy()
    np.subtract.at(rest, tail, low)
    np.add.at(rest, head, low)
    flow = min_cost_flow.SimpleMinCostFlow()
    arcs = flow.add_arcs_with_capacity_and_unit_cost(tail, head, high - low, all_costs)
    flow.set_nodes_supplies(np.arange(len(supply)), rest)
    status = flow.solve()
    if status != flow.OPTIMAL:
        raise RoundingError(f"controlled rounding ended with status {status.name}")
    return np.asarray(flow.flows(arcs[: len(cost)]), np.int64) + low[: len(cost)]
