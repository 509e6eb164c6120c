"""A tree as one array of parents, in pre-order, so that every subtree is a slice."""

from dataclasses import dataclass
from functools import cached_property
from typing import TypeVar

import numpy as np
from numpy.typing import NDArray

from solver_models.arrays import BoolArray, CodeArray, IntArray

Number = TypeVar("Number", np.float64, np.int64)


@dataclass(frozen=True)
class Hierarchy:
    """A rooted tree in pre-order: node 0 is the root, `parent[v] < v`, subtrees are slices.

    Parameters
    ----------
    parent
        Shape (n,), int32; `parent[0] == -1`. The nodes below v are exactly
        `v + 1 .. subtree_end[v] - 1`.

    Raises
    ------
    ValueError
        If the array is not a pre-order of one tree.
    """

    parent: CodeArray

    def __post_init__(self) -> None:
        parent = self.parent
        if len(parent) == 0 or parent[0] != -1:
            raise ValueError("a hierarchy starts with its root, whose parent is -1")
        order = np.arange(1, len(parent))
        if np.any(parent[1:] < 0) or np.any(parent[1:] >= order):
            raise ValueError("every node but the first needs a parent that stands before it")
        if np.any(self.subtree_end[parent[1:]] < self.subtree_end[1:]) or np.any(
            self.parent[1:] != self._parent_by_slices()[1:]
        ):
            raise ValueError("the nodes are not in pre-order")

    def _parent_by_slices(self) -> CodeArray:
        """Return the innermost earlier slice that holds each node (equals `parent` iff pre-order)."""
        found = np.full(len(self.parent), -1, dtype=np.int32)
        end = self.subtree_end
        stack: list[int] = []
        for v in range(len(found)):
            while stack and end[stack[-1]] <= v:
                stack.pop()
            if stack:
                found[v] = stack[-1]
            stack.append(v)
        return found

    def __len__(self) -> int:
        return len(self.parent)

    @cached_property
    def size(self) -> IntArray:
        """Number of nodes of each subtree, the node itself included. Shape (n,)."""
        size = np.ones(len(self.parent), dtype=np.int64)
        for v in range(len(size) - 1, 0, -1):
            size[self.parent[v]] += size[v]
        return size

    @cached_property
    def subtree_end(self) -> IntArray:
        """First position after each subtree. Shape (n,)."""
        return np.arange(len(self.parent), dtype=np.int64) + self.size

    @cached_property
    def is_leaf(self) -> BoolArray:
        """True where a node has no children. Shape (n,)."""
        leaf: BoolArray = self.size == 1
        return leaf

    @cached_property
    def leaf(self) -> CodeArray:
        """Positions of the leaves, in order. Shape (n_leaf,)."""
        return np.flatnonzero(self.is_leaf).astype(np.int32)

    @cached_property
    def leaf_start(self) -> IntArray:
        """Rank of the first leaf below each node (leaves of a subtree are consecutive)."""
        return np.concatenate(([0], np.cumsum(self.is_leaf)))[: len(self.parent)].astype(np.int64)

    @cached_property
    def leaf_end(self) -> IntArray:
        """Rank after the last leaf below each node."""
        return np.concatenate(([0], np.cumsum(self.is_leaf)))[self.subtree_end].astype(np.int64)

    @cached_property
    def depth(self) -> IntArray:
        """Number of edges from the root. Shape (n,)."""
        depth = np.zeros(len(self.parent), dtype=np.int64)
        for v in range(1, len(depth)):
            depth[v] = depth[self.parent[v]] + 1
        return depth

    @cached_property
    def by_depth(self) -> tuple[CodeArray, ...]:
        """The nodes of each depth, root first."""
        order = np.argsort(self.depth, kind="stable").astype(np.int32)
        cuts = np.flatnonzero(np.diff(self.depth[order])) + 1
        return tuple(np.split(order, cuts))

    def children_of(self, node: int) -> IntArray:
        """Positions of the children of one node, in order."""
        found, child, end = [], node + 1, int(self.subtree_end[node])
        while child < end:
            found.append(child)
            child = int(self.subtree_end[child])
        return np.array(found, np.int64)

    def roll_up(self, leaf_values: NDArray[Number]) -> NDArray[Number]:
        """Sum values of the leaves at every node.

        Parameters
        ----------
        leaf_values
            Shape (n_leaf, ...), leaves in order.

        Returns
        -------
        Shape (n, ...); integers stay exact integers.
        """
        values = np.zeros((len(self.parent), *leaf_values.shape[1:]), dtype=leaf_values.dtype)
        values[self.leaf] = leaf_values
        for nodes in reversed(self.by_depth[1:]):
            np.add.at(values, self.parent[nodes], values[nodes])
        return values
