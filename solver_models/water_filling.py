"""A total poured down a tree in proportion to weights, within the bounds of its nodes."""

import numpy as np

from solver_models.arrays import BoolArray, FloatArray, IntArray
from solver_models.hierarchy import Hierarchy

SLACK = 1e-9
MOST_STEPS = 400


def fill_tree(
    tree: Hierarchy, weight: FloatArray, lower: FloatArray, upper: FloatArray, total: float
) -> FloatArray:
    """Minimise sum of (x - s w)^2 / w over leaves: x = level * w, with nodes held at their bounds.

    Every node responds with X_v(level) = clip(sum of children's X, lower_v, upper_v), a leaf with
    clip(level * weight). The level is the one at which the root gives `total`; below a node held
    at a bound a level of its own fills that bound. Without bounds the answer is total * w / sum w.

    Parameters
    ----------
    tree
        n nodes, n_leaf leaves.
    weight
        Shape (n_leaf,), >= 0. A leaf of weight 0 gets its lower bound.
    lower, upper
        Shape (n,); the root's are not used.
    total
        What the leaves sum to.

    Returns
    -------
    Shape (n_leaf,).

    Raises
    ------
    ValueError
        If the bounds of some subtree leave no room for what it has to hold.
    """
    amount = np.zeros(len(tree.leaf))
    pending = [(0, total)]
    while pending:
        node, asked = pending.pop()
        if tree.is_leaf[node]:
            amount[tree.leaf_start[node]] = asked
            continue
        level = _level(tree, weight, lower, upper, node, asked)
        held = _held(tree, weight, lower, upper, node, level)
        free = _free_leaves(tree, node, held)
        ranks = tree.leaf_start[free]
        rest = asked - sum(bound for _, bound in held)
        mass = float(weight[ranks].sum())
        if mass > 0:
            amount[ranks] = weight[ranks] * (rest / mass)
        elif abs(rest) > SLACK * max(1.0, abs(asked)):
            raise ValueError(f"{rest:g} of {asked:g} finds no room below node {node}")
        pending.extend(held)
    return amount


def _respond(
    tree: Hierarchy, weight: FloatArray, lower: FloatArray, upper: FloatArray, node: int, level: float
) -> tuple[FloatArray, FloatArray]:
    """Responses of the nodes below `node` to a level: before and after clipping, by position from `node`."""
    end = int(tree.subtree_end[node])
    raw = np.zeros(end - node)
    first, last = int(tree.leaf_start[node]), int(tree.leaf_end[node])
    leaves = tree.leaf[first:last]
    with np.errstate(invalid="ignore"):
        raw[leaves - node] = np.where(weight[first:last] > 0, level * weight[first:last], 0.0)
    clipped = raw.copy()
    for position in range(end - node - 1, 0, -1):
        here = node + position
        clipped[position] = min(max(raw[position], lower[here]), upper[here])
        raw[tree.parent[here] - node] += clipped[position]
    clipped[0] = raw[0]
    return raw, clipped


def _level(
    tree: Hierarchy, weight: FloatArray, lower: FloatArray, upper: FloatArray, node: int, asked: float
) -> float:
    """Level at which the children of `node` sum to `asked`, by bracketing and false position."""

    def gap(level: float) -> float:
        return float(_respond(tree, weight, lower, upper, node, level)[1][0]) - asked

    slack = SLACK * max(1.0, abs(asked))
    if gap(0.0) > slack or gap(np.inf) < -slack:
        raise ValueError(f"the bounds below node {node} leave no room for {asked:g}")
    if gap(0.0) >= 0:
        return 0.0
    if gap(np.inf) <= 0:
        return float(np.inf)
    mass = float(weight[tree.leaf_start[node] : tree.leaf_end[node]].sum())
    low, high = 0.0, max(asked, SLACK) / mass
    while gap(high) < 0:
        low, high = high, 2.0 * high
    below, above = gap(low), gap(high)
    for _ in range(MOST_STEPS):
        if above == 0 or high - low <= 1e-15 * high:
            break
        middle = low + (high - low) * min(0.9, max(0.1, below / (below - above)))
        at_middle = gap(middle)
        low, high, below, above = (
            (middle, high, at_middle, above) if at_middle < 0 else (low, middle, below, at_middle)
        )
    return high


def _held(
    tree: Hierarchy, weight: FloatArray, lower: FloatArray, upper: FloatArray, node: int, level: float
) -> list[tuple[int, float]]:
    """Uppermost nodes below `node` that stand at a bound, with the bound."""
    raw, clipped = _respond(tree, weight, lower, upper, node, level)
    held: list[tuple[int, float]] = []
    position, end = node + 1, int(tree.subtree_end[node])
    while position < end:
        here = position - node
        if clipped[here] != raw[here] or lower[position] == upper[position]:
            held.append((position, float(clipped[here])))
            position = int(tree.subtree_end[position])
        else:
            position += 1
    return held


def _free_leaves(tree: Hierarchy, node: int, held: list[tuple[int, float]]) -> IntArray:
    """Leaves below `node` that are not below a held node."""
    is_free: BoolArray = tree.is_leaf[node : tree.subtree_end[node]].copy()
    for top, _ in held:
        is_free[top - node : tree.subtree_end[top] - node] = False
    return np.flatnonzero(is_free).astype(np.int64) + node
