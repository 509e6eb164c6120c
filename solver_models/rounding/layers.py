"""Layers of a tree with over-assignment: inside a layer sums are exact, between layers they are a ledger."""

from dataclasses import dataclass

import numpy as np

from solver_models.arrays import BoolArray, FloatArray, IntArray
from solver_models.grid import Grid
from solver_models.hierarchy import Hierarchy


@dataclass(frozen=True)
class Layer:
    """The nodes reached by the same number of over-assigned edges, and what is rounded in them.

    An item is a rep of the layer, or the part of a node that its over-assigned children hold.
    The layer's own tree has the org's nodes above it as well, so that sums over the whole
    company (street totals) are controlled too.

    Parameters
    ----------
    tree
        Hierarchy whose leaves are the items, in order.
    tree_node
        Org node each tree position stands for.
    is_own
        True where the tree position is a node (or item) of this layer; false for nodes above.
    item_node
        Org node of each item, shape (n_item,).
    item_is_rep
        True for reps, false for the part held by over-assigned children.
    """

    tree: Hierarchy
    tree_node: IntArray
    is_own: BoolArray
    item_node: IntArray
    item_is_rep: BoolArray


def split_layers(grid: Grid) -> tuple[Layer, ...]:
    """Split the org into layers, the company's first. Without over-assignment there is one."""
    depth = _layer_depth(grid)
    return tuple(_layer(grid, depth, d) for d in range(int(depth.max()) + 1))


def _layer_depth(grid: Grid) -> IntArray:
    """Number of over-assigned edges above each node."""
    depth = np.zeros(len(grid.org), np.int64)
    for nodes in grid.org.by_depth[1:]:
        depth[nodes] = depth[grid.org.parent[nodes]] + (grid.over_assignment[nodes] > 0)
    return depth


def _layer(grid: Grid, depth: IntArray, d: int) -> Layer:
    """Build the tree of one layer: its nodes, the nodes above them, and one leaf per item."""
    parent = grid.org.parent
    own = depth == d
    has_over = np.zeros(len(own), bool)
    over = np.flatnonzero(grid.over_assignment[1:] > 0) + 1
    has_over[parent[over]] = True
    has_plain = np.zeros(len(own), bool)
    plain = np.flatnonzero(grid.over_assignment[1:] == 0) + 1
    has_plain[parent[plain]] = True
    is_rep = own & grid.org.is_leaf
    is_part = own & has_over
    needed = is_rep | is_part
    for nodes in reversed(grid.org.by_depth[1:]):
        needed[parent[nodes[needed[nodes]]]] = True
    splits = is_part & has_plain  # a node with both kinds of children gets a leaf of its own for the part
    extra = np.flatnonzero(splits)
    keep = np.flatnonzero(needed)
    # the extra leaf of a node follows the node itself, which keeps the pre-order
    key = np.concatenate([2 * keep, 2 * extra + 1])
    order = np.argsort(key, kind="stable")
    node = np.concatenate([keep, extra])[order]
    is_extra = np.concatenate([np.zeros(len(keep), bool), np.ones(len(extra), bool)])[order]
    position = np.full(len(own), -1, np.int64)
    position[node[~is_extra]] = np.flatnonzero(~is_extra)
    up = np.where(is_extra, position[node], np.where(node > 0, position[parent[node]], -1))
    tree = Hierarchy(up.astype(np.int32))
    leaf = tree.leaf
    return Layer(tree, node, own[node], node[leaf], grid.org.is_leaf[node[leaf]])


def item_values(grid: Grid, layer: Layer, node_values: FloatArray, cell_values: FloatArray) -> FloatArray:
    """Amount of each item by product leaf, before rounding.

    Parameters
    ----------
    node_values
        Shape (n_node, n_product): node amounts by product leaf.
    cell_values
        Shape (n_cell,).

    Returns
    -------
    Shape (n_item, n_product).
    """
    values = node_values[layer.item_node].copy()
    plain = np.flatnonzero((grid.over_assignment[1:] == 0)) + 1
    held = np.zeros_like(node_values)
    np.add.at(held, grid.org.parent[plain], node_values[plain])
    part = ~layer.item_is_rep
    values[part] -= held[layer.item_node[part]]
    rep = layer.item_is_rep
    cells = cell_values.reshape(grid.n_rep, grid.n_product)
    values[rep] = cells[grid.org.leaf_start[layer.item_node[rep]]]
    return np.maximum(values, 0.0)
