"""Layers of a tree with over-assignment: inside a layer sums are exact, between layers they are a ledger."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from solver_models.arrays import BoolArray, CodeArray, FloatArray, IntArray
from solver_models.grid import Grid
from solver_models.hierarchy import Hierarchy, Number

_REAL, _PART, _GROUP = 0, 1, 2


@dataclass(frozen=True)
class Layer:
    """The nodes below the same number of over-assigned edges, and what is rounded in them.

    An item is a rep of the layer, or the part of a node that its over-assigned children hold.
    The layer's own tree has the org's nodes above it as well, so that sums over the whole
    company (street totals) are controlled too. Two kinds of position are added to the org's:
    where a node has plain and over-assigned children, its own layer holds a leaf for the
    over-assigned part, and the next layer a group that sums its over-assigned children alone.

    Parameters
    ----------
    tree
        Hierarchy whose leaves are the items, in order.
    own_node, own_position
        Shape (k,): the nodes of this layer and their positions in `tree`.
    item_node
        Org node of each item, shape (n_item,).
    item_is_rep
        True for reps, false for the part held by over-assigned children. Shape (n_item,).
    """

    tree: Hierarchy
    own_node: IntArray
    own_position: IntArray
    item_node: IntArray
    item_is_rep: BoolArray


def split_layers(grid: Grid) -> tuple[Layer, ...]:
    """Split the org into layers, the company's first. Without over-assignment there is one."""
    depth = np.zeros(len(grid.org), np.int64)
    for nodes in grid.org.by_depth[1:]:
        depth[nodes] = depth[grid.org.parent[nodes]] + (grid.over_assignment[nodes] > 0)
    return tuple(_layer(grid, depth, d) for d in range(int(depth.max()) + 1))


def held_by_children(grid: Grid, values: NDArray[Number], *, over_assigned: bool) -> NDArray[Number]:
    """Sum `values` (n_node, ...) of the children with (or without) over-assignment at their parents."""
    children = np.flatnonzero((grid.over_assignment[1:] > 0) == over_assigned) + 1
    held = np.zeros_like(values)
    np.add.at(held, grid.org.parent[children], values[children])
    return held


def item_values(grid: Grid, layer: Layer, node_values: FloatArray) -> FloatArray:
    """Amount of each item by product leaf, before rounding: X_v, or sum of X_c / (1 + h_c) over its part.

    Parameters
    ----------
    node_values
        Shape (n_node, n_product): node amounts by product leaf.

    Returns
    -------
    Shape (n_item, n_product).
    """
    values = node_values[layer.item_node]
    part = ~layer.item_is_rep
    if part.any():
        on_parent_scale = node_values / (1.0 + grid.over_assignment)[:, None]
        values[part] = held_by_children(grid, on_parent_scale, over_assigned=True)[layer.item_node[part]]
    return values


def _layer(grid: Grid, depth: IntArray, d: int) -> Layer:
    """Build the tree of one layer: its nodes, the nodes above them, one leaf per item."""
    org, parent = grid.org, grid.org.parent.astype(np.int64)
    over = grid.over_assignment > 0
    over[0] = False
    is_part = (depth == d) & _has_child(parent, over)
    needed = ((depth == d) & org.is_leaf) | is_part
    for nodes in reversed(org.by_depth[1:]):
        needed[parent[nodes[needed[nodes]]]] = True
    has_plain = _has_child(parent, needed & ~over)
    parts = np.flatnonzero(is_part & _has_child(parent, ~over))
    groups = np.flatnonzero(has_plain & _has_child(parent, needed & over) & (depth == d - 1))
    real = np.flatnonzero(needed)
    node = np.concatenate([real, parts, groups])
    kind = np.repeat([_REAL, _PART, _GROUP], [len(real), len(parts), len(groups)])
    up = _entry_parents(parent, over, real, parts, groups)
    start = _pre_order(up, np.where(kind == _REAL, node, -1))
    tree = Hierarchy(_reorder_parents(up, start))
    order = np.argsort(start)
    node, kind = node[order], kind[order]
    own = np.flatnonzero((depth[node] == d) & (kind == _REAL))
    leaf = tree.leaf
    is_rep = org.is_leaf[node[leaf]]
    return Layer(tree, node[own], own, node[leaf], is_rep)


def _has_child(parent: IntArray, chosen: BoolArray) -> BoolArray:
    """True for nodes with at least one chosen child (the root is nobody's child)."""
    found = np.zeros(len(parent), bool)
    found[parent[1:][chosen[1:]]] = True
    return found


def _entry_parents(
    parent: IntArray, over: BoolArray, real: IntArray, parts: IntArray, groups: IntArray
) -> IntArray:
    """Entry above each entry of (real, parts, groups); -1 above the root."""
    of_real = np.full(len(parent), -1, np.int64)
    of_real[real] = np.arange(len(real))
    of_group = of_real.copy()
    of_group[groups] = len(real) + len(parts) + np.arange(len(groups))
    above = np.where(over[real], of_group[parent[real]], of_real[parent[real]])
    above[0] = -1
    return np.concatenate([above, of_real[parts], of_real[groups]])


def _pre_order(up: IntArray, sibling_key: IntArray) -> IntArray:
    """Position of each entry in a pre-order where siblings stand by `sibling_key`.

    Parameters
    ----------
    up
        Parent entry of each entry, shape (n,); entry 0 is the root with -1.
    """
    levels = [np.zeros(1, np.int64)]
    rank = np.full(len(up), -1, np.int64)
    rank[0] = 0
    waiting = np.arange(1, len(up))
    while len(waiting):
        is_next = rank[up[waiting]] == len(levels) - 1
        levels.append(waiting[is_next])
        rank[levels[-1]] = len(levels) - 1
        waiting = waiting[~is_next]
    size = np.ones(len(up), np.int64)
    for entries in reversed(levels[1:]):
        np.add.at(size, up[entries], size[entries])
    start = np.zeros(len(up), np.int64)
    for entries in levels[1:]:
        ordered = entries[np.lexsort((sibling_key[entries], start[up[entries]]))]
        before = np.cumsum(size[ordered]) - size[ordered]
        is_first = np.concatenate(([True], up[ordered][1:] != up[ordered][:-1]))
        family = np.cumsum(is_first) - 1
        start[ordered] = start[up[ordered]] + 1 + before - before[is_first][family]
    return start


def _reorder_parents(up: IntArray, start: IntArray) -> CodeArray:
    """Parent array of the same tree with each entry at its position `start`."""
    parent = np.full(len(up), -1, np.int32)
    parent[start[1:]] = start[up[1:]]
    return parent
