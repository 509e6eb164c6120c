"""Small random models for tests: a company, its rows, and ways to permute and scale them."""

from dataclasses import replace

import numpy as np
from scipy.sparse import csr_array

from solver_models.arrays import FloatArray, IntArray
from solver_models.grid import Grid
from solver_models.hierarchy import Hierarchy
from solver_models.model import BalanceModel, Rows, SoftRows
from solver_models.terms.kinds import add_amounts, add_fairness, add_mix, add_product_totals, add_total
from solver_models.terms.rows import RowCollector


def company(n_region: int, n_team: int, n_rep: int, n_product: int, over: float = 0.0) -> Grid:
    """A regular org (company, regions, teams, reps) with `over` above the reps, flat products."""
    parent = [-1]
    for _ in range(n_region):
        region = len(parent)
        parent.append(0)
        for _ in range(n_team):
            team = len(parent)
            parent.append(region)
            parent.extend([team] * n_rep)
    org = Hierarchy(np.array(parent, np.int32))
    h = np.where(org.depth == 3, over, 0.0)
    return Grid(org, Hierarchy(np.array([-1] + [0] * n_product, np.int32)), h)


def zeros(n: int) -> IntArray:
    """n integer zeros."""
    return np.zeros(n, np.int64)


def model_of(rows: RowCollector, anchor: FloatArray, upper: float = np.inf) -> BalanceModel:
    """Make a model of all cells of the collector's grid."""
    joined = rows.joined()
    hard, soft = np.flatnonzero(joined.tier == 0), np.flatnonzero(joined.tier > 0)
    return BalanceModel(
        anchor,
        anchor,
        np.zeros(len(anchor)),
        np.full(len(anchor), upper),
        rows.n_group,
        Rows(csr_array(joined.matrix[hard]), joined.lower[hard], joined.upper[hard], hard, zeros(len(hard))),
        SoftRows(
            csr_array(joined.matrix[soft]),
            joined.lower[soft],
            joined.upper[soft],
            joined.tier[soft],
            joined.scale[soft],
            soft,
        ),
    )


def random_model(seed: int, *, soft: bool = True, fair: bool = True) -> BalanceModel:
    """A company with rows of every kind; about nine in ten are feasible."""
    rng = np.random.default_rng(seed)
    grid = company(
        int(rng.integers(1, 4)), int(rng.integers(1, 4)), int(rng.integers(1, 5)), int(rng.integers(1, 5))
    )
    anchor = rng.lognormal(0, 1, grid.n_cell) * 100
    node = grid.roll_up(anchor)
    rows = RowCollector(grid)
    add_total(rows, float(node[0, 0]))
    product = np.arange(1, grid.n_product)
    wanted = node[0, product] * np.exp(rng.normal(0, 0.05, len(product)))
    add_product_totals(rows, product, wanted, wanted * rng.choice([1.0, 1.05]))
    leaf, team = grid.org.leaf.astype(np.int64), np.flatnonzero(grid.org.depth == 2)
    n, m = len(leaf), len(team)
    most = node[leaf, 0] * rng.uniform(0.95, 1.5, n)
    nothing = np.full(n, -np.inf)
    add_amounts(rows, "capacity", leaf, zeros(n), nothing, most, zeros(n), most)
    least = node[team, 0] * rng.uniform(0.8, 1.02, m)
    add_amounts(rows, "range", team, zeros(m), least, np.full(m, np.inf), zeros(m), least)
    share = node[0, 1] / node[0, 0] * 0.9
    add_mix(rows, team, zeros(m) + 1, np.full(m, share), np.ones(m, bool), zeros(m), np.ones(m))
    if fair and n > 1:
        _add_peers(rows, leaf, node[leaf, 0])
    if soft:
        wish = node[leaf, 0] * rng.uniform(0.9, 1.2, n)
        add_amounts(rows, "commitment", leaf, zeros(n), wish, np.full(n, np.inf), zeros(n) + 1, wish)
        wish = node[team, 0] * rng.uniform(0.9, 1.1, m)
        add_amounts(rows, "commitment", team, zeros(m), wish, np.full(m, np.inf), zeros(m) + 2, wish)
    return model_of(rows, anchor)


def _add_peers(rows: RowCollector, leaf: IntArray, basis: FloatArray) -> None:
    n = len(leaf)
    twice, ones = np.concatenate([leaf, leaf]), np.ones(n)
    add_fairness(
        rows,
        twice,
        zeros(2 * n),
        np.concatenate([basis, basis]),
        zeros(2 * n),
        np.concatenate([0.8 * ones, 1.2 * ones]),
        np.concatenate([ones, 0 * ones]).astype(bool),
        zeros(2 * n),
        np.ones(2 * n),
    )


def permuted(model: BalanceModel, seed: int) -> tuple[BalanceModel, IntArray]:
    """Shuffle rows, soft rows and cells; returns the new model and the old position of each new cell."""
    rng = np.random.default_rng(seed)
    cell = rng.permutation(model.n_cell)
    column = np.concatenate([cell, model.n_cell + np.arange(model.n_free)])
    row, soft = rng.permutation(len(model.rows)), rng.permutation(len(model.soft))
    return replace(
        model,
        anchor=model.anchor[cell],
        weight=model.weight[cell],
        lower=model.lower[cell],
        upper=model.upper[cell],
        rows=Rows(
            csr_array(model.rows.matrix[row].tocsc()[:, column].tocsr()),
            model.rows.lower[row],
            model.rows.upper[row],
            model.rows.source[row],
            model.rows.part[row],
        ),
        soft=SoftRows(
            csr_array(model.soft.matrix[soft].tocsc()[:, column].tocsr()),
            model.soft.lower[soft],
            model.soft.upper[soft],
            model.soft.tier[soft],
            model.soft.scale[soft],
            model.soft.source[soft],
        ),
    ), cell
