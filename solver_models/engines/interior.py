"""PIQP: an interior point for the linear stages and the balance; what it cannot prove falls back."""

import time
from dataclasses import dataclass

import numpy as np
import piqp
from scipy.sparse import csc_matrix

from solver_models.arrays import FloatArray
from solver_models.engines.base import BalancePoint, Engine, EngineOptions
from solver_models.engines.exact_prices import exact_prices
from solver_models.model import BalanceModel
from solver_models.program import LinearProgram
from solver_models.solution import Solution, Status
from solver_models.sparse_rows import rows_at, times_columns, times_rows

LINEAR_TOLERANCES = 1e-9, 1e-12
"""The second is for a point that came too near its tolerance to be told from the optimum."""
BALANCE_TOLERANCE = 1e-8
MOST_ITERATIONS = 150


@dataclass(frozen=True)
class InteriorEngine:
    """The fast engine: PIQP with exact prices; every linear program it cannot prove goes to `fallback`.

    Parameters
    ----------
    fallback
        A simplex engine.
    """

    fallback: Engine
    name: str = "fast"

    def solve(self, program: LinearProgram, options: EngineOptions) -> Solution:
        """Solve a linear program; `solved_by` tells whether it fell back."""
        start = time.monotonic()
        if program.n_row == 0 or options.time_limit <= 0:
            return self.fallback.solve(program, options)
        for tolerance in LINEAR_TOLERANCES:
            point = interior_point(program, np.zeros(program.n_column), tolerance)
            if point.status is not Status.OPTIMAL:
                break
            proof = exact_prices(program, point.x, point.row_price)
            if proof is not None:
                return Solution(
                    Status.OPTIMAL,
                    np.clip(point.x, program.lower, program.upper),
                    proof.row_price,
                    proof.reduced_cost,
                    "PIQP, prices exact",
                    objective=proof.value,
                    solved_by=self.name,
                )
        left = options.time_limit - (time.monotonic() - start)
        return self.fallback.solve(program, EngineOptions(left, options.stop))

    def balance_point(self, model: BalanceModel) -> BalancePoint:
        """Return a point near the minimiser of the balance, its prices, or a ray if it is infeasible.

        The columns are x / sqrt(weight), so that the objective is |z - a / sqrt(w)|^2 / 2 whatever the
        anchors.
        """
        root = np.concatenate([np.sqrt(model.weight), np.ones(model.n_free)])
        lower, upper = model.column_bounds()
        program = LinearProgram(
            cost=np.concatenate([-model.anchor / root[: model.n_cell], np.zeros(model.n_free)]),
            matrix=times_columns(model.rows.matrix, root),
            row_lower=model.rows.lower,
            row_upper=model.rows.upper,
            lower=lower / root,
            upper=upper / root,
        )
        curvature = np.concatenate([np.ones(model.n_cell), np.zeros(model.n_free)])
        point = interior_point(program, curvature, BALANCE_TOLERANCE)
        return BalancePoint(point.status, point.x * root, point.row_price)


_STATUS = {
    piqp.Status.PIQP_SOLVED: Status.OPTIMAL,
    piqp.Status.PIQP_PRIMAL_INFEASIBLE: Status.INFEASIBLE,
}


def interior_point(program: LinearProgram, curvature: FloatArray, tolerance: float) -> BalancePoint:
    """min curvature x^2 / 2 + cost x over the program's rows, each scaled to unit norm."""
    norm = np.where(program.row_norm > 0, program.row_norm, 1.0)
    rows = times_rows(program.matrix, 1.0 / norm)
    lower, upper = program.row_lower / norm, program.row_upper / norm
    is_equal, is_open = lower == upper, np.isinf(lower) & np.isinf(upper)
    equal, range_ = np.flatnonzero(is_equal), np.flatnonzero(~is_equal & ~is_open)
    solver = piqp.SparseSolver()
    solver.settings.eps_abs = solver.settings.eps_rel = tolerance
    solver.settings.max_iter = MOST_ITERATIONS
    solver.settings.check_duality_gap = True
    solver.settings.verbose = False
    n = program.n_column
    solver.setup(
        csc_matrix((curvature, (np.arange(n), np.arange(n))), shape=(n, n)),
        program.cost,
        csc_matrix(rows_at(rows, equal)),
        lower[equal],
        csc_matrix(rows_at(rows, range_)),
        lower[range_],
        upper[range_],
        program.lower,
        program.upper,
    )
    status = _STATUS.get(solver.solve(), Status.FAILED)
    answer = solver.result
    price = np.zeros(program.n_row)
    price[equal] = -answer.y
    price[range_] = answer.z_l - answer.z_u
    x = np.array(answer.x, np.float64)
    if not (np.isfinite(price).all() and np.isfinite(x).all()):
        status = Status.FAILED
    return BalancePoint(status, x, price / norm)
