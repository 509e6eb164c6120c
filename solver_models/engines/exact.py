"""The engine of last resort: 256-bit arithmetic, for what double precision cannot prove."""

from dataclasses import dataclass
from time import monotonic

import numpy as np

from solver_models.arrays import FloatArray
from solver_models.engines.base import EngineOptions
from solver_models.exact.active_set import NOISE, STRICT, TIGHT, DiagonalProgram, minimise, sizes_of_rows
from solver_models.exact.least_norm import Tightness, least_norm_prices, price_program, without_noise
from solver_models.failures import EngineStopped
from solver_models.program import LinearProgram
from solver_models.solution import Solution, Status

UNBOUNDED = 1e20


@dataclass(frozen=True)
class ExactEngine:
    """Dual active set in 256-bit arithmetic; its prices are the least of all that prove the optimum."""

    name: str = "exact"

    def solve(self, program: LinearProgram, options: EngineOptions) -> Solution:
        """Solve a linear program."""
        n, failed = program.n_column, np.zeros(0)
        if options.time_limit <= 0 or options.is_stopped:
            return Solution(Status.STOPPED, failed, failed, failed, "no time")
        if np.any(program.row_lower > program.row_upper) or np.any(program.lower > program.upper):
            return Solution(Status.INFEASIBLE, failed, failed, failed, "bounds cross")
        end = monotonic() + options.time_limit
        size = sizes_of_rows(program.matrix, program.row_lower, program.row_upper, np.zeros(n))
        reach = _reach(program, size)
        asked = DiagonalProgram(
            np.full(n, STRICT),
            np.zeros(n),
            program.cost,
            program.matrix,
            program.row_lower,
            program.row_upper,
            size,
            program.lower,
            program.upper,
            reach,
            np.ones(n, bool),
        )
        try:
            point = minimise(asked, lambda: monotonic() > end or options.is_stopped)
        except EngineStopped as stopped:
            return Solution(Status.STOPPED, failed, failed, failed, str(stopped))
        if not point.is_feasible:
            return Solution(Status.INFEASIBLE, point.x, point.row_price, failed, "rows contradict each other")
        if np.abs(point.x).max(initial=0.0) > UNBOUNDED:
            return Solution(Status.UNBOUNDED, failed, failed, failed, "no least cost")
        activity = program.matrix @ point.x
        tight = Tightness(
            np.abs(activity - program.row_lower) <= TIGHT * size,
            np.abs(activity - program.row_upper) <= TIGHT * size,
            np.abs(point.x - program.lower) <= NOISE * reach,
            np.abs(point.x - program.upper) <= NOISE * reach,
        )
        price = least_norm_prices(price_program(program.matrix, program.cost, tight), program.n_row)
        price, reduced = without_noise(
            program.matrix, program.cost, point.row_price if price is None else price
        )
        return Solution(
            Status.OPTIMAL,
            point.x,
            price,
            reduced,
            "",
            objective=float(program.cost @ point.x),
            solved_by=self.name,
        )


def _reach(program: LinearProgram, size: FloatArray) -> FloatArray:
    """Largest amount of each column that a row's size can hold."""
    rows = program.matrix.tocoo()
    reach = np.full(program.n_column, np.inf)
    np.minimum.at(reach, rows.col, size[rows.row] / np.abs(rows.data))
    return np.where(np.isfinite(reach), reach, 1.0)
