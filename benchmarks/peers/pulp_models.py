"""The textbook linear program in PuLP."""

from dataclasses import dataclass
from typing import Any

import numpy as np
import pulp

from benchmarks.peers.routes import PeerFailure
from benchmarks.pieces import textbook_pieces
from benchmarks.task import FloatArray, RowFamily, Task
from solver_models.engines.pulp_engine import find_solver


@dataclass(frozen=True)
class PulpModel:
    """The problem and its variables: cells first, then the totals of peer groups."""

    problem: pulp.LpProblem
    columns: list[Any]


@dataclass(frozen=True)
class PulpContestant:
    """PuLP with one of its solvers. Names are c0, s0_1, r0 ...: PuLP changes others without a word."""

    solver: str

    def build(self, task: Task) -> PulpModel:
        """One variable per cell, one per piece, sums of variables for the rows."""
        problem = pulp.LpProblem("plan", pulp.LpMinimize)
        columns = [
            problem.add_variable(f"c{j}", low, _finite(up))
            for j, (low, up) in enumerate(zip(task.lower.tolist(), task.upper.tolist(), strict=True))
        ]
        columns += [problem.add_variable(f"t{g}", None, None) for g in range(task.n_free)]
        _add_objective(problem, task, columns)
        for number, family in enumerate(task.families()):
            _add_rows(problem, columns, family, number)
        return PulpModel(problem, columns)

    def solve(self, task: Task, model: PulpModel) -> None:
        """Read both status codes: PuLP calls a stopped solve optimal in the first."""
        model.problem.solve(find_solver(self.solver))
        status, solution = model.problem.status, model.problem.sol_status
        if status != pulp.LpStatusOptimal or solution != pulp.LpSolutionOptimal:
            raise PeerFailure(f"{pulp.LpStatus[status]} / {pulp.LpSolution[solution]}")

    def extract(self, task: Task, model: PulpModel, solved: None) -> FloatArray:
        """Read the cells one by one."""
        cells = model.columns[: task.n_cell]
        return np.array([np.nan if v.varValue is None else v.varValue for v in cells], np.float64)


def contestant(formulation: str, solver: str) -> PulpContestant:
    """Return the contestant for a PuLP solver; `formulation` is the textbook linear program."""
    return PulpContestant(solver)


def _add_objective(problem: pulp.LpProblem, task: Task, columns: list[Any]) -> None:
    """Add the pieces of every cell and their cost."""
    pieces = textbook_pieces(task)
    cost = []
    for cell in range(task.n_cell):
        used = np.flatnonzero(pieces.width[cell] > 0).tolist()
        parts = [problem.add_variable(f"s{cell}_{k}", 0, _finite(pieces.width[cell, k])) for k in used]
        cost += [float(pieces.slope[cell, k]) * part for k, part in zip(used, parts, strict=True)]
        whole = columns[cell] - pulp.lpSum(parts) == float(pieces.start[cell])
        problem.addConstraint(whole, f"p{cell}")
    problem.setObjective(pulp.lpSum(cost))


def _add_rows(problem: pulp.LpProblem, columns: list[Any], family: RowFamily, number: int) -> None:
    """Add the rows of a family; a row with two sides becomes two constraints."""
    first = np.searchsorted(family.row, np.arange(len(family) + 1))
    column, coefficient = family.column.tolist(), family.coefficient.tolist()
    for row in range(len(family)):
        entries = range(first[row], first[row + 1])
        activity = pulp.lpSum([coefficient[e] * columns[column[e]] for e in entries])
        low, high = float(family.lower[row]), float(family.upper[row])
        name = f"r{number}_{row}"
        if low == high:
            problem.addConstraint(activity == low, name)
            continue
        if np.isfinite(low):
            problem.addConstraint(activity >= low, f"{name}_low")
        if np.isfinite(high):
            problem.addConstraint(activity <= high, f"{name}_high")


def _finite(bound: float) -> float | None:
    """Return the bound as PuLP wants it: None for infinite."""
    return float(bound) if np.isfinite(bound) else None
