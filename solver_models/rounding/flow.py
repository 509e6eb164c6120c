"""Rounding a table with two laminar families as a min-cost flow: integral by construction."""

import numpy as np
from ortools.graph.python import min_cost_flow

from solver_models.arrays import FloatArray, IntArray
from solver_models.hierarchy import Hierarchy

WHOLE = 1e-7
COST_SCALE = 1_000_000
TIE_SCALE = 256


class RoundingError(RuntimeError):
    """The flow solver did not find the rounding that always exists; the input sums are not exact."""


def floor_ceil(values: FloatArray) -> tuple[IntArray, IntArray]:
    """Return floor and ceiling, where values within 1e-7 of a whole number count as whole."""
    return np.floor(values + WHOLE).astype(np.int64), np.ceil(values - WHOLE).astype(np.int64)


def rounding_cost(values: FloatArray) -> IntArray:
    """Cost of rounding each value up: nearest first, ties by a fixed hash of the position.

    (1 - 2 f) quantised to 1e-6, times 256, plus a hash in 0..255: the optimum is the nearest
    rounding and practically unique, whatever solver finds it.
    """
    floor, _ = floor_ceil(values)
    fraction = np.clip(values - floor, 0.0, 1.0)
    nearest = np.rint((1.0 - 2.0 * fraction) * COST_SCALE).astype(np.int64)
    return nearest * TIE_SCALE + (_splitmix(np.arange(values.size)) % TIE_SCALE).reshape(values.shape)


def _splitmix(position: IntArray) -> IntArray:
    """Return a well-mixed non-negative integer per position (splitmix64)."""
    z = position.astype(np.uint64) + np.uint64(0x9E3779B97F4A7C15)
    z = (z ^ (z >> np.uint64(30))) * np.uint64(0xBF58476D1CE4E5B9)
    z = (z ^ (z >> np.uint64(27))) * np.uint64(0x94D049BB133111EB)
    return ((z ^ (z >> np.uint64(31))) >> np.uint64(1)).astype(np.int64)


def round_by_flow(tree: Hierarchy, products: Hierarchy, values: FloatArray) -> IntArray:
    """Round every item x product to floor or ceiling so that all sums of both families are too.

    Family 1: every tree node over all products. Family 2: every tree node by product leaf, and
    the root by product line. Always possible if the sums are consistent (the fractional table
    is itself a feasible flow).

    Parameters
    ----------
    tree
        Its leaves are the items.
    values
        Shape (n_item, n_product), >= 0, in units.

    Returns
    -------
    Shape (n_item, n_product), int64.

    Raises
    ------
    RoundingError
        If the flow solver ends with anything but an optimum.
    """
    n_product = values.shape[1]
    by_node = tree.roll_up(values)
    size, n_line = len(tree), len(products)
    # vertices: tree nodes | inner tree nodes x product | product tree
    inner = np.flatnonzero(~tree.is_leaf)
    rank = np.full(size, -1, np.int64)
    rank[inner] = np.arange(len(inner))
    first_pair, first_line = size, size + len(inner) * n_product
    tails, heads, amounts = [], [], []

    def add(tail: IntArray, head: IntArray, amount: FloatArray) -> None:
        tails.append(tail.ravel())
        heads.append(head.ravel())
        amounts.append(amount.ravel())

    child = np.arange(1, size)
    add(tree.parent[1:].astype(np.int64), child, by_node[1:].sum(axis=1))
    product = np.arange(n_product)
    leaf = tree.leaf.astype(np.int64)
    if size == 1:
        above = np.broadcast_to(first_line + products.leaf[product], (1, n_product))
    else:
        above = first_pair + rank[tree.parent[leaf]][:, None] * n_product + product
    add(np.broadcast_to(leaf[:, None], values.shape), above, values)
    n_cell_arc = values.size
    start_cell = len(tails[0])
    up = inner[inner > 0]
    pair = first_pair + rank[up][:, None] * n_product + product
    add(pair, first_pair + rank[tree.parent[up]][:, None] * n_product + product, by_node[up])
    if size > 1:
        add(first_pair + product, first_line + products.leaf[product].astype(np.int64), by_node[0])
    of_line = products.roll_up(by_node[0])
    line = np.arange(1, n_line)
    add(first_line + line, first_line + products.parent[1:].astype(np.int64), of_line[1:])
    return _solve(
        np.concatenate(tails),
        np.concatenate(heads),
        np.concatenate(amounts),
        slice(start_cell, start_cell + n_cell_arc),
        rounding_cost(values).ravel(),
        first_line + n_line,
        first_line,
        float(of_line[0]),
    ).reshape(values.shape)


def _solve(
    tail: IntArray,
    head: IntArray,
    amount: FloatArray,
    cells: slice,
    cell_cost: IntArray,
    n_vertex: int,
    sink: int,
    total: float,
) -> IntArray:
    """Send the rounded total from vertex 0 to `sink` within floor and ceiling of every arc."""
    low, high = floor_ceil(amount)
    cost = np.zeros(len(tail), np.int64)
    cost[cells] = cell_cost
    supply = np.zeros(n_vertex, np.int64)
    whole = int(np.rint(total))
    supply[0] += whole
    supply[sink] -= whole
    np.subtract.at(supply, tail, low)
    np.add.at(supply, head, low)
    flow = min_cost_flow.SimpleMinCostFlow()
    arcs = flow.add_arcs_with_capacity_and_unit_cost(tail, head, high - low, cost)
    flow.set_nodes_supplies(np.arange(n_vertex), supply)
    status = flow.solve()
    if status != flow.OPTIMAL:
        raise RoundingError(f"controlled rounding ended with {status}: the sums to round are not consistent")
    return np.asarray(flow.flows(arcs[cells]), np.int64) + low[cells]
