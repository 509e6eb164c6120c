"""A tree of ids as people write it (child and parent), before it is known to be one."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from solver_models.arrays import BoolArray, IntArray


@dataclass(frozen=True)
class IdTree:
    """Ids with the row of their parent; rows on or above a cycle are not reachable from a root.

    Parameters
    ----------
    index
        Id -> its first row.
    parent
        Row of each row's parent; -1 for roots and unknown parents.
    is_leaf
        True where no row names this id as its parent.
    first, last
        Visit numbers in pre-order: w is v or below v iff first[v] <= first[w] <= last[v].
        Rows on or below a cycle have -1 for both.
    """

    index: dict[str, int]
    parent: IntArray
    is_leaf: BoolArray
    first: IntArray
    last: IntArray

    def is_below(self, top: int) -> BoolArray:
        """Mask of the rows that are `top` or stand below it."""
        mask: BoolArray = (self.first >= self.first[top]) & (self.first <= self.last[top]) & (self.first >= 0)
        return mask

    def cycles(self) -> list[list[int]]:
        """Return every cycle once, each as rows from its first row upwards through the parents."""
        found: list[list[int]] = []
        state = np.zeros(len(self.parent), dtype=np.int64)
        for start in np.flatnonzero(self.first < 0).tolist():
            path: list[int] = []
            here = start
            while here >= 0 and state[here] == 0:
                state[here] = start + 1
                path.append(here)
                here = int(self.parent[here])
            if here >= 0 and state[here] == start + 1 and here in path:
                cycle = path[path.index(here) :]
                lowest = cycle.index(min(cycle))
                found.append(cycle[lowest:] + cycle[:lowest])
        return found


def id_tree(ids: Sequence[str], parents: Sequence[str]) -> IdTree:
    """Build the tree; repeated ids count at their first row only."""
    index: dict[str, int] = {}
    for row, name in enumerate(ids):
        index.setdefault(name, row)
    is_first = np.array([index[name] == row for row, name in enumerate(ids)], dtype=bool)
    parent = np.array([index.get(name, -1) if name else -1 for name in parents], dtype=np.int64)
    children: dict[int, list[int]] = {}
    for row in np.flatnonzero(is_first).tolist():
        children.setdefault(int(parent[row]), []).append(row)
    first = np.full(len(ids), -1, dtype=np.int64)
    last = np.full(len(ids), -1, dtype=np.int64)
    visit = 0
    stack = [(row, False) for row in reversed(children.get(-1, []))]
    while stack:
        row, is_done = stack.pop()
        if is_done:
            last[row] = visit - 1
            continue
        first[row] = visit
        visit += 1
        stack.append((row, True))
        stack.extend((child, False) for child in reversed(children.get(row, [])))
    has_child = np.zeros(len(ids), dtype=bool)
    has_child[parent[parent >= 0]] = True
    return IdTree(index, parent, ~has_child, first, last)
