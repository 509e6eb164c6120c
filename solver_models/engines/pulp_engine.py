"""Any solver that PuLP knows, by name: the one exit door to PuLP."""

import warnings
from dataclasses import dataclass
from typing import Any

import numpy as np
import pulp

from solver_models.engines.base import EngineError, EngineOptions
from solver_models.engines.dual import dual_program, primal_from_dual
from solver_models.program import LinearProgram
from solver_models.solution import Solution, Status

_ALIASES = {"CBC": ("COIN_CMD", "PULP_CBC_CMD"), "GLPK": ("GLPK_CMD",)}
_STATUS = {
    pulp.LpStatusOptimal: Status.OPTIMAL,
    pulp.LpStatusInfeasible: Status.INFEASIBLE,
    pulp.LpStatusUnbounded: Status.UNBOUNDED,
}


@dataclass(frozen=True)
class PulpEngine:
    """A PuLP solver; `solver` is PuLP's name for it (`HiGHS`, `COIN_CMD`, ...) or CBC / GLPK."""

    solver: str

    @property
    def name(self) -> str:
        """Name as given to `--engine`."""
        return f"pulp:{self.solver}"

    def solve(self, program: LinearProgram, options: EngineOptions) -> Solution:
        """Solve through PuLP; solvers that give no prices are asked a second time for the dual."""
        answer = self._solve_once(program, options)
        if answer.status is Status.OPTIMAL and np.isnan(answer.row_price).any():
            dual = self._solve_once(dual_program(program), options)
            if dual.status is not Status.OPTIMAL:
                return _failed(program, f"{self.name} found an optimum but no prices: {dual.message}")
            answer = primal_from_dual(program, answer, dual)
        return answer

    def _solve_once(self, program: LinearProgram, options: EngineOptions) -> Solution:
        problem, variables, constraints = _to_pulp(program)
        solver = find_solver(self.solver, options.time_limit)
        try:
            problem.solve(solver)
        except pulp.PulpSolverError as error:
            return _failed(program, f"{self.name}: {error}")
        status = _STATUS.get(problem.status, Status.FAILED)
        if status is Status.OPTIMAL and problem.sol_status != pulp.LpSolutionOptimal:
            status = Status.STOPPED  # PuLP calls a time limit "Optimal" and says so only here
        if problem.status == pulp.LpStatusNotSolved and np.isfinite(options.time_limit):
            status = Status.STOPPED
        price = np.zeros(program.n_row)
        for row, constraint in constraints:
            price[row] += np.nan if constraint.pi is None else constraint.pi
        x = np.array([np.nan if v.varValue is None else v.varValue for v in variables], np.float64)
        if status is Status.OPTIMAL and np.isnan(x).any():
            return _failed(program, f"{self.name} left variables without a value")
        return Solution(
            status=status,
            x=x,
            row_price=price,
            reduced_cost=program.cost - program.matrix.T @ price,
            message=f"{pulp.LpStatus[problem.status]} / {pulp.LpSolution[problem.sol_status]}",
            objective=float(program.cost @ x) if status is Status.OPTIMAL else float("nan"),
            solved_by=self.name,
        )


def find_solver(name: str, time_limit: float = float("inf")) -> pulp.LpSolver:
    """Return an available PuLP solver or say which ones there are.

    Raises
    ------
    EngineError
        If PuLP does not know the name or the solver is not installed.
    """
    available = pulp.listSolvers(onlyAvailable=True)
    candidates = _ALIASES.get(name.upper(), (name,))
    known = {solver.upper(): solver for solver in available}
    chosen = next((known[c.upper()] for c in candidates if c.upper() in known), None)
    if chosen is None:
        raise EngineError(f"PuLP has no solver {name!r} here; available: {', '.join(sorted(available))}")
    options: dict[str, Any] = {"msg": False}
    if np.isfinite(time_limit):
        options["timeLimit"] = max(1.0, time_limit)
    with warnings.catch_warnings():
        # PuLP 3 still brings CBC and warns that PuLP 4 will not; tried only if COIN_CMD finds none
        warnings.filterwarnings("ignore", message="PULP_CBC_CMD is deprecated", category=DeprecationWarning)
        return pulp.getSolver(chosen, **options)


def _to_pulp(program: LinearProgram) -> tuple[pulp.LpProblem, list[Any], list[tuple[int, Any]]]:
    """Write the program in PuLP objects; a two-sided row becomes two constraints.

    Returns
    -------
    The problem, its variables by column, and (row, constraint) pairs.
    """
    problem = pulp.LpProblem("allocation", pulp.LpMinimize)
    variables = [
        problem.add_variable(f"c{j}", _finite(low), _finite(up))
        for j, (low, up) in enumerate(zip(program.lower, program.upper, strict=True))
    ]
    problem.setObjective(pulp.LpAffineExpression(zip(variables, program.cost.tolist(), strict=True)))
    constraints: list[tuple[int, Any]] = []
    matrix = program.matrix
    for row in range(program.n_row):
        entries = slice(matrix.indptr[row], matrix.indptr[row + 1])
        terms = [
            (variables[column], value)
            for column, value in zip(matrix.indices[entries], matrix.data[entries].tolist(), strict=True)
        ]
        for number, (sense, bound) in enumerate(_sides(program.row_lower[row], program.row_upper[row])):
            constraint = pulp.LpConstraint(pulp.LpAffineExpression(terms), sense, f"r{row}_{number}", bound)
            problem.addConstraint(constraint)
            constraints.append((row, constraint))
    return problem, variables, constraints


def _sides(lower: float, upper: float) -> list[tuple[int, float]]:
    """Return PuLP sense and right side of each finite side of a row."""
    if lower == upper:
        return [(pulp.LpConstraintEQ, float(lower))]
    sides = []
    if np.isfinite(lower):
        sides.append((pulp.LpConstraintGE, float(lower)))
    if np.isfinite(upper):
        sides.append((pulp.LpConstraintLE, float(upper)))
    return sides


def _finite(bound: float) -> float | None:
    """Return the bound as PuLP wants it: None for infinite."""
    return float(bound) if np.isfinite(bound) else None


def _failed(program: LinearProgram, message: str) -> Solution:
    """Return an answer that proves nothing."""
    return Solution(
        Status.FAILED,
        np.full(program.n_column, np.nan),
        np.full(program.n_row, np.nan),
        np.full(program.n_column, np.nan),
        message,
    )
