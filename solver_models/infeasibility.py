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
        if is_feasible(without(left_out)):
            left_out[group] = False
    return [group for group in candidates if not left_out[group]]


@dataclass(frozen=True)
class TreeGap:
    """A node whose parts must hold more than it may hold: the first contradiction on the tree."""

    node: int
    least: float
    most: float


def tree_gap(grid: Grid, lower: FloatArray, upper: FloatArray) -> TreeGap | None:
    """Interval propagation on the org: exact for amounts of whole nodes, no solver needed.

    least_v = max(lower_v, sum of least_c / (1 + h_c)), most_v likewise with min; the deepest node
    with least > most is returned.

    Parameters
    ----------
    lower, upper
        Shape (n_node,): bounds of each node's total.
    """
    least, most = lower.copy(), upper.copy()
    for nodes in reversed(grid.org.by_depth):
        inner = nodes[~grid.org.is_leaf[nodes]]
        low, high = np.zeros(len(grid.org)), np.zeros(len(grid.org))
        children = np.flatnonzero(np.isin(grid.org.parent, inner))
        share = 1.0 / (1.0 + grid.over_assignment[children])
        np.add.at(low, grid.org.parent[children], least[children] * share)
        np.add.at(high, grid.org.parent[children], most[children] * share)
        least[inner], most[inner] = np.maximum(least[inner], low[inner]), np.minimum(most[inner], high[inner])
        bad = nodes[least[nodes] > most[nodes] * (1 + 1e-12) + 1e-9]
        if len(bad):
            return TreeGap(int(bad[0]), float(least[bad[0]]), float(most[bad[0]]))
    return None
