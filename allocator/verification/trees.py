"""Trees in pre-order and the sums they make, from parents in a file."""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any, TypeAlias, TypeVar

import numpy as np
import pandas as pd
from numpy.typing import NDArray

FloatArray: TypeAlias = NDArray[np.float64]
IntArray: TypeAlias = NDArray[np.int64]
BoolArray: TypeAlias = NDArray[np.bool_]
Number = TypeVar("Number", np.float64, np.int64)


def positions(mask: NDArray[np.bool_]) -> list[int]:
    """Return where a mask is true, as plain numbers."""
    found: list[int] = np.flatnonzero(mask).tolist()
    return found


@dataclass(frozen=True)
class Tree:
    """Ids in pre-order with siblings by id; position 0 is the root, `parent[0] == -1`."""

    ids: tuple[str, ...]
    parent: IntArray

    def __len__(self) -> int:
        return len(self.ids)

    @cached_property
    def position(self) -> dict[str, int]:
        """Position of each id."""
        return {node: k for k, node in enumerate(self.ids)}

    @cached_property
    def index(self) -> "pd.Index[Any]":
        """The ids, to look many up at once."""
        return pd.Index(self.ids)

    def find(self, ids: Sequence[str] | NDArray[Any]) -> IntArray:
        """Positions of ids, -1 where unknown."""
        return np.array([self.position.get(node, -1) for node in ids], np.int64)

    @cached_property
    def depth(self) -> IntArray:
        """Depth of each node, 0 at the root."""
        depth = np.zeros(len(self), np.int64)
        for v in range(1, len(self)):
            depth[v] = depth[self.parent[v]] + 1
        return depth

    @cached_property
    def by_depth(self) -> list[IntArray]:
        """Positions of each depth, root first."""
        return [np.flatnonzero(self.depth == d) for d in range(int(self.depth.max(initial=0)) + 1)]

    @cached_property
    def n_children(self) -> IntArray:
        """Number of children of each node."""
        return np.bincount(self.parent[1:], minlength=len(self)).astype(np.int64)

    @cached_property
    def is_leaf(self) -> BoolArray:
        """True where a node has no children."""
        return np.asarray(self.n_children == 0)

    @cached_property
    def leaves(self) -> IntArray:
        """Positions of the leaves, in order."""
        return np.flatnonzero(self.is_leaf)

    @cached_property
    def size(self) -> IntArray:
        """Nodes of each subtree, the node included."""
        size = np.ones(len(self), np.int64)
        for v in range(len(self) - 1, 0, -1):
            size[self.parent[v]] += size[v]
        return size

    @cached_property
    def first_leaf(self) -> IntArray:
        """Rank of the first leaf below each node."""
        return np.concatenate([[0], np.cumsum(self.is_leaf)])[:-1].astype(np.int64)

    @cached_property
    def end_leaf(self) -> IntArray:
        """Rank after the last leaf below each node."""
        rank = np.concatenate([[0], np.cumsum(self.is_leaf)]).astype(np.int64)
        return np.asarray(rank[np.arange(len(self)) + self.size])

    def sum_leaves(self, values: NDArray[Number]) -> NDArray[Number]:
        """Sum values of the leaves (axis 0) at every node; integers stay exact."""
        padded = np.concatenate([values, np.zeros((1, *values.shape[1:]), values.dtype)])
        pairs = np.stack([self.first_leaf, self.end_leaf], axis=1).ravel()
        return np.add.reduceat(padded, pairs, axis=0)[::2]

    def sum_children(self, values: NDArray[Number]) -> NDArray[Number]:
        """Sum values of the children (axis 0) at every node; 0 at leaves."""
        total = np.zeros_like(values)
        np.add.at(total, self.parent[1:], values[1:])
        return total

    def sum_ancestors(self, values: FloatArray) -> FloatArray:
        """Sum, at every leaf, the values of the leaf and all nodes above it (transpose of `sum_leaves`)."""
        running = values.copy()
        for nodes in self.by_depth[1:]:
            running[nodes] += running[self.parent[nodes]]
        return running[self.leaves]

    def below(self, top: int) -> slice:
        """Return the slice of a subtree, its top included."""
        return slice(top, top + int(self.size[top]))


def plant(ids: Sequence[str], parents: Sequence[str], root: str | None = None) -> Tree:
    """Build the tree of a table; `root` adds a node above those without parent.

    Raises
    ------
    ValueError
        If the rows are not one tree.
    """
    if "" in ids or len(set(ids)) != len(ids):
        raise ValueError("an id is empty or stands there twice")
    children: dict[str, list[str]] = {}
    for node, parent in sorted(zip(ids, parents, strict=True), reverse=True):
        children.setdefault(parent, []).append(node)
    tops = children.get("", [])
    if root is None and len(tops) != 1:
        raise ValueError(f"{len(tops)} roots")
    order: list[str] = [] if root is None else [root]
    above: list[int] = [] if root is None else [-1]
    stack = [(node, -1 if root is None else 0) for node in tops]
    while stack:
        node, position = stack.pop()
        order.append(node)
        above.append(position)
        here = len(order) - 1
        stack.extend((child, here) for child in children.get(node, []))
    if len(order) != len(ids) + (root is not None):
        raise ValueError("some rows hang on no root")
    return Tree(tuple(order), np.array(above, np.int64))
