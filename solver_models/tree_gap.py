"""Bounds that contradict each other on the two trees, found by interval propagation without a solver."""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from solver_models.arrays import FloatArray
from solver_models.grid import Grid


@dataclass(frozen=True)
class TreeGap:
    """A node and product whose parts must hold more than it may hold, and the bounds that say so.

    Parameters
    ----------
    node, product
        Positions: the deepest node (then product) with an empty interval.
    least, most
        Ends of the empty interval, at the scale of the node: least > most.
    lower, upper
        (node, product, weight) of the given bounds that add up to `least` and `most`:
        least = sum of weight * lower bound. An upper bound of 0 counts as any other.
    """

    node: int
    product: int
    least: float
    most: float
    lower: tuple[tuple[int, int, float], ...]
    upper: tuple[tuple[int, int, float], ...]


def tree_gap(grid: Grid, lower: FloatArray, upper: FloatArray) -> TreeGap | None:
    """Interval propagation on both trees, no solver: exact for bounds that are nested.

    least(v, q) = max(lower(v, q), sum over children c of v of least(c, q) / (1 + h_c), sum over
    children of q of least(v, .)), most likewise with min; None if no interval is empty.

    Parameters
    ----------
    lower, upper
        Shape (n_node, n_product_node): given bounds, -inf / inf or 0 / inf where there is none.
    """
    given = np.maximum(lower, 0.0)
    least = _propagated(grid, given, np.maximum)
    most = _propagated(grid, upper, np.minimum)
    with np.errstate(invalid="ignore"):
        size = np.where(np.isfinite(most), np.abs(most), 0.0)
        empty = least > most + 1e-9 + 1e-12 * size
    if not empty.any():
        return None
    node, product = np.nonzero(empty)
    rank = np.lexsort((product, node, -grid.products.depth[product], -grid.org.depth[node]))[0]
    v, q = int(node[rank]), int(product[rank])
    return TreeGap(
        v,
        q,
        float(least[v, q]),
        float(most[v, q]),
        tuple(one for one in _sources(grid, given, least, v, q) if given[one[:2]] > 0),
        tuple(_sources(grid, upper, most, v, q)),
    )


def _propagated(grid: Grid, given: FloatArray, tighter: Callable[..., FloatArray]) -> FloatArray:
    """Tighten bounds from the leaves upwards: first along the org, then along the products of each node."""
    bound, org, products = given.copy(), grid.org, grid.products
    for depth in range(len(org.by_depth) - 1, -1, -1):
        nodes = org.by_depth[depth]
        inner = nodes[~org.is_leaf[nodes]]
        if len(inner):
            total = np.zeros_like(bound)
            children = org.by_depth[depth + 1]
            share = bound[children] / (1.0 + grid.over_assignment[children])[:, None]
            np.add.at(total, org.parent[children], share)
            bound[inner] = tighter(bound[inner], total[inner])
        for level in range(len(products.by_depth) - 2, -1, -1):
            lines = products.by_depth[level]
            lines = lines[~products.is_leaf[lines]]
            below = products.by_depth[level + 1]
            sums = np.zeros((len(products), len(nodes)))
            np.add.at(sums, products.parent[below], bound[np.ix_(nodes, below)].T)
            block = np.ix_(nodes, lines)
            bound[block] = tighter(bound[block], sums[lines].T)
    return bound


def _sources(
    grid: Grid, given: FloatArray, bound: FloatArray, node: int, product: int
) -> list[tuple[int, int, float]]:
    """Walk from a propagated bound down to the given ones it is the sum of."""
    found, stack = [], [(node, product, 1.0)]
    while stack:
        v, q, weight = stack.pop()
        value = bound[v, q]
        if given[v, q] == value:
            found.append((v, q, weight))
            continue
        children = grid.org.children_of(v)
        share = 1.0 / (1.0 + grid.over_assignment[children])
        if len(children) and _is_near(float((bound[children, q] * share).sum()), value):
            stack += [(int(c), q, weight * float(s)) for c, s in zip(children, share, strict=True)]
            continue
        stack += [(v, int(below), weight) for below in grid.products.children_of(q)]
    return sorted(found)


def _is_near(left: float, right: float) -> bool:
    return abs(left - right) <= 1e-9 * max(1.0, abs(right))
