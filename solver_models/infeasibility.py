"""Proofs that rows cannot hold together, and smallest sets of them."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
from scipy.sparse import csr_array, eye_array, vstack

from solver_models.arrays import BoolArray, FloatArray, IntArray
from solver_models.engines.highs import dual_ray, is_feasible
from solver_models.grid import Grid
from solver_models.model import BalanceModel
from solver_models.program import LinearProgram

NOTHING = 1e-7


@dataclass(frozen=True)
class FarkasProof:
    """Multipliers that turn rows into one impossible inequality.

    sum over rows of multiplier * activity is at most `most` over the box of the columns, but the
    rows ask for at least `least` > `most`.

    Parameters
    ----------
    multiplier
        Shape (n_row,): > 0 uses the lower bound, < 0 the upper bound; the largest is 1.
    least, most
        Sides of the aggregated inequality, in amounts.
    """

    multiplier: FloatArray
    least: float
    most: float

    @property
    def short_by(self) -> float:
        """least - most > 0."""
        return self.least - self.most


def feasibility_program(model: BalanceModel) -> LinearProgram:
    """All hard promises as rows: the model's rows, then one row per cell with its bounds.

    Cells themselves are only >= 0 (and <= 0 where nothing else is possible), so that every
    bound a person gave can be named in a proof.
    """
    n = model.n_cell
    identity = eye_array(n, model.n_column, format="csr")
    free = np.full(model.n_free, np.inf)
    return LinearProgram(
        cost=np.zeros(model.n_column),
        matrix=csr_array(vstack([model.rows.matrix, identity], format="csr")),
        row_lower=np.concatenate([model.rows.lower, np.where(model.lower > 0, model.lower, -np.inf)]),
        row_upper=np.concatenate([model.rows.upper, model.upper]),
        lower=np.concatenate([np.zeros(n), -free]),
        upper=np.concatenate([np.full(n, np.inf), free]),
    )


def farkas_proof(program: LinearProgram) -> FarkasProof | None:
    """Return a checked proof of infeasibility, or None if the program is feasible.

    The ray of the engine is only a candidate: its inequality is evaluated here, entries that
    stand for an infinite bound are dropped.
    """
    ray = dual_ray(program)
    if ray is None:
        return None
    top = float(np.abs(ray).max())
    y = np.where(np.abs(ray) > NOTHING * top, ray / top, 0.0)
    y = np.where((y > 0) & np.isneginf(program.row_lower), 0.0, y)
    y = np.where((y < 0) & np.isposinf(program.row_upper), 0.0, y)
    up, down = y > 0, y < 0
    least = float(y[up] @ program.row_lower[up] + y[down] @ program.row_upper[down])
    pull = program.matrix.T @ y
    pull = np.where(np.abs(pull) > 1e-9 * (abs(program.matrix).T @ np.abs(y) + 1e-300), pull, 0.0)
    if np.any((pull > 0) & np.isposinf(program.upper)) or np.any((pull < 0) & np.isneginf(program.lower)):
        return None
    high, low = pull > 0, pull < 0
    most = float(pull[high] @ program.upper[high] + pull[low] @ program.lower[low])
    return FarkasProof(y, least, most) if least > most else None


def smallest_conflict(
    groups: Sequence[IntArray], without: Callable[[BoolArray], LinearProgram], candidates: Sequence[int]
) -> list[int]:
    """Deletion filter: a set of groups that cannot hold together although any of them left out would.

    Parameters
    ----------
    groups
        Rows of each group.
    without
        Returns the program with the marked groups (True) left out.
    candidates
        Groups that certainly contain a conflict.
    """
    left_out = np.ones(len(groups), bool)
    left_out[list(candidates)] = False
    for group in candidates:
        left_out[group] = True
        if can_hold(without(left_out)):
            left_out[group] = False
    return [group for group in candidates if not left_out[group]]


def can_hold(program: LinearProgram) -> bool:
    """True if some point meets all rows and bounds; crossed bounds of a row need no solver.

    Raises
    ------
    EngineError
        If the engine proves neither.
    """
    crossed = np.any(program.row_lower > program.row_upper) or np.any(program.lower > program.upper)
    return not crossed and is_feasible(program)


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
        least = sum of weight * lower bound.
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
    least = _propagated(grid, np.maximum(lower, 0.0), np.maximum)
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
        tuple(_sources(grid, np.maximum(lower, 0.0), least, v, q)),
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
        if value == 0.0 and given[v, q] == 0.0:
            continue
        if given[v, q] == value:
            found.append((v, q, weight))
            continue
        children = np.flatnonzero(grid.org.parent == v)
        share = 1.0 / (1.0 + grid.over_assignment[children])
        if len(children) and _is_near(float((bound[children, q] * share).sum()), value):
            stack += [(int(c), q, weight * float(s)) for c, s in zip(children, share, strict=True)]
            continue
        stack += [(v, int(below), weight) for below in np.flatnonzero(grid.products.parent == q)]
    return sorted(found)


def _is_near(left: float, right: float) -> bool:
    return abs(left - right) <= 1e-9 * max(1.0, abs(right))
