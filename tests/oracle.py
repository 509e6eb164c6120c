"""Slow, obvious solvers for tiny problems: the truth that fast code is compared with."""

from itertools import product as combinations

import numpy as np
from scipy.optimize import linprog

from solver_models.arrays import FloatArray
from solver_models.model import BalanceModel


def balance_by_enumeration(model: BalanceModel) -> FloatArray | None:
    """Minimise sum (x - a)^2 / (2 w) by trying every set of active sides; None if nothing is feasible.

    Every row is free, at its lower or at its upper side, every cell free or at a bound; the
    equality-constrained minimiser of each choice is computed by least squares, feasible ones are
    compared by objective. Only for a handful of rows and cells; no free columns.
    """
    n = model.n_cell
    matrix = model.rows.matrix.toarray()
    lower = np.concatenate([model.rows.lower, model.lower])
    upper = np.concatenate([model.rows.upper, model.upper])
    full = np.vstack([matrix, np.eye(n)])
    choices = [
        [lo] if lo == up else [None, *([lo] if np.isfinite(lo) else []), *([up] if np.isfinite(up) else [])]
        for lo, up in zip(lower, upper, strict=True)
    ]
    best, best_cost = None, np.inf
    for chosen in combinations(*choices):
        active = [i for i, bound in enumerate(chosen) if bound is not None]
        x = _nearest(model, full[active], np.array([chosen[i] for i in active], float))
        value = full @ x
        if np.any(value < lower - 1e-7 * (1 + np.abs(lower))) or np.any(
            value > upper + 1e-7 * (1 + np.abs(upper))
        ):
            continue
        cost = float(((x - model.anchor) ** 2 / (2 * model.weight)).sum())
        if cost < best_cost - 1e-12:
            best, best_cost = x, cost
    return best


def _nearest(model: BalanceModel, rows: FloatArray, target: FloatArray) -> FloatArray:
    """Closest point to the anchor (in the weighted norm) with rows @ x = target, as far as possible."""
    root = np.sqrt(model.weight)
    move, *_ = np.linalg.lstsq(rows * root, target - rows @ model.anchor, rcond=None)
    return model.anchor + root * move


def lexicographic_violations(model: BalanceModel, slack: float = 1e-9) -> list[tuple[float, float]]:
    """Largest and total relative violation of each tier by plain LPs with numeric freezing."""
    n = model.n_column
    sides = _sides(model)
    m = len(sides)
    base_a, base_b, eq_a, eq_b = _hard_rows(model, m)
    bounds = [*zip(model.lower, np.where(np.isinf(model.upper), None, model.upper), strict=True)]
    bounds += [(None, None)] * model.n_free + [(0, None)] * m
    a, b = base_a, base_b
    for j, (_tier, row, bound, scale) in enumerate(sides):
        line = np.zeros(n + m)
        line[:n], line[n + j] = -row / scale, -1.0
        a, b = [*a, line], [*b, -bound / scale]
    result = []
    for tier in sorted({side[0] for side in sides}):
        mine = [j for j, side in enumerate(sides) if side[0] == tier]
        theta_rows = []
        for j in mine:
            line = np.zeros(n + m + 1)
            line[n + j], line[-1] = 1.0, -1.0
            theta_rows.append(line)
        wide = [np.append(line, 0.0) for line in a]
        cost = np.zeros(n + m + 1)
        cost[-1] = 1.0
        wide_eq = [np.append(line, 0.0) for line in eq_a] or None
        first = linprog(
            cost, wide + theta_rows, [*b, *[0.0] * len(mine)], wide_eq, eq_b or None, [*bounds, (0, None)]
        )
        for j in mine:
            line = np.zeros(n + m)
            line[n + j] = 1.0
            a, b = [*a, line], [*b, first.fun + slack]
        cost = np.zeros(n + m)
        cost[[n + j for j in mine]] = 1.0
        second = linprog(cost, a, b, eq_a or None, eq_b or None, bounds)
        a, b = [*a, cost], [*b, second.fun + slack * len(mine)]
        result.append((float(first.fun), float(second.fun)))
    return result


def _sides(model: BalanceModel) -> list[tuple[int, FloatArray, float, float]]:
    """(tier, row, bound, scale) with every side written as row @ x >= bound."""
    dense = model.soft.matrix.toarray()
    dense = np.pad(dense, ((0, 0), (0, model.n_column - dense.shape[1])))
    sides = []
    for i in range(len(model.soft)):
        if np.isfinite(model.soft.lower[i]):
            sides.append((int(model.soft.tier[i]), dense[i], model.soft.lower[i], model.soft.scale[i]))
        if np.isfinite(model.soft.upper[i]):
            sides.append((int(model.soft.tier[i]), -dense[i], -model.soft.upper[i], model.soft.scale[i]))
    return sides


def _hard_rows(model: BalanceModel, extra: int) -> tuple[list, list, list, list]:
    dense = np.pad(model.rows.matrix.toarray(), ((0, 0), (0, extra)))
    a, b, eq_a, eq_b = [], [], [], []
    for row, low, high in zip(dense, model.rows.lower, model.rows.upper, strict=True):
        if low == high:
            eq_a.append(row)
            eq_b.append(low)
            continue
        if np.isfinite(low):
            a.append(-row)
            b.append(-low)
        if np.isfinite(high):
            a.append(row)
            b.append(high)
    return a, b, eq_a, eq_b
