"""The part of a tree that a sheet shows, in the order of the user's own file."""

from dataclasses import dataclass
from functools import cached_property

import numpy as np

from solver_models.arrays import BoolArray, IntArray
from solver_models.hierarchy import Hierarchy


@dataclass(frozen=True)
class TreeView:
    """Rows of a sheet: some or all nodes of a tree in pre-order, siblings as in the input file.

    Parameters
    ----------
    position
        Position in the tree of each shown node, shape (k,).
    parent
        Place among the shown nodes of each node's parent, -1 for the first, shape (k,).
    depth
        Edges from the root, shape (k,).
    is_complete
        Whether the view holds every node of the tree.
    """

    position: IntArray
    parent: IntArray
    depth: IntArray
    is_complete: bool

    def __len__(self) -> int:
        return len(self.position)

    @cached_property
    def end(self) -> IntArray:
        """First place after each node's shown subtree, shape (k,)."""
        size = np.ones(len(self), np.int64)
        for at in range(len(self) - 1, 0, -1):
            size[self.parent[at]] += size[at]
        return np.arange(len(self)) + size

    @cached_property
    def is_bottom(self) -> BoolArray:
        """True where nothing below a node is shown, shape (k,)."""
        return np.asarray(self.end == np.arange(len(self)) + 1)


def tree_view(tree: Hierarchy, file_row: IntArray, most: int) -> TreeView:
    """Return the tree in file order, cut at the deepest level that keeps it within `most` nodes.

    Parameters
    ----------
    file_row
        Row of each node in the input file, shape (n,); siblings are shown in this order.
    most
        The most nodes to show; the root is always shown.
    """
    per_depth = np.cumsum(np.bincount(tree.depth))
    deepest = max(int(np.searchsorted(per_depth, most, side="right")) - 1, 0)
    order = _file_order(tree, file_row)
    position = order[tree.depth[order] <= deepest]
    place = np.full(len(tree), -1, np.int64)
    place[position] = np.arange(len(position))
    parent = np.where(tree.parent[position] < 0, -1, place[tree.parent[position]])
    return TreeView(position, parent, tree.depth[position], len(position) == len(tree))


def _file_order(tree: Hierarchy, file_row: IntArray) -> IntArray:
    """Return all positions in pre-order with siblings by row of the input file."""
    children: list[list[int]] = [[] for _ in range(len(tree))]
    for node in np.argsort(-file_row, kind="stable").tolist():
        if node > 0:
            children[tree.parent[node]].append(node)
    order: list[int] = []
    stack = [0]
    while stack:
        node = stack.pop()
        order.append(node)
        stack.extend(children[node])
    return np.array(order, np.int64)
