"""The quadratic programs in cvxpy: as written in a textbook, and in our scaled form."""

from dataclasses import dataclass
from typing import Any

import cvxpy
import numpy as np
from scipy.sparse import csr_array

from benchmarks.peers.routes import OURS_SCALED, PeerFailure
from benchmarks.scaled import scaled_form, unscaled
from benchmarks.task import FloatArray, Task


@dataclass(frozen=True)
class CvxpyModel:
    """The problem and its variable for the cells."""

    problem: Any
    cells: Any


@dataclass(frozen=True)
class CvxpyContestant:
    """cvxpy with one of its solvers, settings as they come."""

    formulation: str
    solver: str

    def build(self, task: Task) -> CvxpyModel:
        """Write the problem with matrices and vectors, kind by kind."""
        x = cvxpy.Variable(task.n_cell)
        t = cvxpy.Variable(task.n_free) if task.n_free else None
        if self.formulation == OURS_SCALED:
            form = scaled_form(task)
            cost = 0.5 * cvxpy.sum_squares(x)
            constraints = _bounds(x, form.lower, form.upper)
            constraints += _rows(x, t, form.matrix, form.row_lower, form.row_upper)
        else:
            cost = 0.5 * cvxpy.sum(cvxpy.multiply(1.0 / task.weight, cvxpy.square(x - task.anchor)))
            constraints = _bounds(x, task.lower, task.upper)
            for family in task.families():
                shape = (len(family), task.n_cell + task.n_free)
                rows = csr_array((family.coefficient, (family.row, family.column)), shape=shape)
                constraints += _rows(x, t, rows, family.lower, family.upper)
        return CvxpyModel(cvxpy.Problem(cvxpy.Minimize(cost), constraints), x)

    def solve(self, task: Task, model: CvxpyModel) -> None:
        """Translate and solve (cvxpy translates when it solves); only `optimal` counts."""
        try:
            model.problem.solve(solver=self.solver)
        except cvxpy.error.SolverError as failure:
            raise PeerFailure(str(failure)) from failure
        if model.problem.status != cvxpy.OPTIMAL:
            raise PeerFailure(f"{self.solver}: {model.problem.status}")

    def extract(self, task: Task, model: CvxpyModel, solved: None) -> FloatArray:
        """Return the cells."""
        value = np.asarray(model.cells.value, np.float64)
        return unscaled(task, value) if self.formulation == OURS_SCALED else value


def contestant(formulation: str, solver: str) -> CvxpyContestant:
    """Return the contestant for a formulation and a solver."""
    return CvxpyContestant(formulation, solver)


def _bounds(x: Any, lower: FloatArray, upper: FloatArray) -> list[Any]:
    finite = np.flatnonzero(np.isfinite(upper))
    return [x >= lower] + ([x[finite] <= upper[finite]] if len(finite) else [])


def _rows(x: Any, t: Any, matrix: csr_array, lower: FloatArray, upper: FloatArray) -> list[Any]:
    """Equalities, floors and ceilings of a matrix of rows."""
    is_equal = lower == upper
    low = np.flatnonzero(np.isfinite(lower) & ~is_equal)
    high = np.flatnonzero(np.isfinite(upper) & ~is_equal)
    equal = np.flatnonzero(is_equal)

    def activity(which: Any) -> Any:
        part = csr_array(matrix[which])
        n = x.shape[0]
        return part[:, :n] @ x if t is None else part[:, :n] @ x + part[:, n:] @ t

    constraints = [activity(equal) == lower[equal]] if len(equal) else []
    constraints += [activity(low) >= lower[low]] if len(low) else []
    constraints += [activity(high) <= upper[high]] if len(high) else []
    return constraints
