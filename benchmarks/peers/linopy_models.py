"""The textbook programs in linopy, and linopy as an LP engine under our passes."""

from dataclasses import dataclass
from typing import Any

import linopy
import numpy as np
import xarray
from scipy.sparse import csr_array

from benchmarks.peers.own import Own
from benchmarks.peers.routes import OURS_PASSES, TEXTBOOK_QP, Contestant, PeerFailure
from benchmarks.pieces import textbook_pieces
from benchmarks.task import FloatArray, IntArray, Task
from solver_models.engines.base import EngineOptions
from solver_models.program import LinearProgram
from solver_models.solution import Solution, Status


@dataclass(frozen=True)
class LinopyContestant:
    """linopy with arrays over cells; rows of a kind are one constraint."""

    formulation: str
    solver: str

    def build(self, task: Task) -> linopy.Model:
        """One variable per cell (and per piece), sums by group for the rows."""
        model = linopy.Model()
        free = np.full(task.n_free, np.inf)
        z = model.add_variables(
            lower=_over("column", np.concatenate([task.lower, -free])),
            upper=_over("column", np.concatenate([task.upper, free])),
            name="z",
        )
        cells = z.sel(column=np.arange(task.n_cell))
        if self.formulation == TEXTBOOK_QP:
            ratio = _over("column", 1.0 / task.weight)
            linear = _over("column", -task.anchor / task.weight)
            model.add_objective((0.5 * ratio * cells * cells + linear * cells).sum())
        else:
            _add_pieces(model, cells, task)
        for family in task.families():
            rows = csr_array(
                (family.coefficient, (family.row, family.column)),
                shape=(len(family), len(free) + task.n_cell),
            )
            _add_rows(model, z, rows, family.lower, family.upper, family.kind)
        return model

    def solve(self, task: Task, model: linopy.Model) -> None:
        """Hand over without files."""
        _solve(model, self.solver)

    def extract(self, task: Task, model: linopy.Model, solved: None) -> FloatArray:
        """Return the cells."""
        return np.asarray(model.variables["z"].solution.values, np.float64)[: task.n_cell]


@dataclass(frozen=True)
class LinopyEngine:
    """linopy as one more LP engine of the product."""

    solver: str
    name: str = "linopy"

    def solve(self, program: LinearProgram, options: EngineOptions) -> Solution:
        """Write the program in linopy, solve it, read values and prices."""
        model = linopy.Model()
        z = model.add_variables(
            lower=_over("column", program.lower), upper=_over("column", program.upper), name="z"
        )
        model.add_objective((_over("column", program.cost) * z).sum())
        chunks = _by_length(program.matrix)
        for number, which in enumerate(chunks):
            part = csr_array(program.matrix[which])
            _add_rows(model, z, part, program.row_lower[which], program.row_upper[which], f"r{number}")
        _solve(model, self.solver)
        price = np.zeros(program.n_row)
        for number, which in enumerate(chunks):
            for side in ("equal", "low", "high"):
                name = f"r{number}_{side}"
                if name in model.constraints:
                    dual = model.constraints[name].dual
                    price[which[dual["row"].values]] += dual.values
        return Solution(
            status=Status.OPTIMAL,
            x=np.asarray(z.solution.values, np.float64),
            row_price=price,
            reduced_cost=program.cost - program.matrix.T @ price,
            message="optimal",
        )


def contestant(formulation: str, solver: str) -> Contestant:
    """Return the contestant for a formulation."""
    if formulation == OURS_PASSES:
        return Own(LinopyEngine(solver))
    return LinopyContestant(formulation, solver)


def _over(dimension: str, values: FloatArray) -> xarray.DataArray:
    return xarray.DataArray(values, coords={dimension: np.arange(len(values))}, dims=[dimension])


def _add_pieces(model: linopy.Model, cells: Any, task: Task) -> None:
    """Add the pieces of all cells at once, with their cost."""
    pieces = textbook_pieces(task)
    coords = {"column": np.arange(task.n_cell), "piece": np.arange(pieces.width.shape[1])}
    width = xarray.DataArray(pieces.width, coords=coords, dims=["column", "piece"])
    slope = xarray.DataArray(pieces.slope, coords=coords, dims=["column", "piece"])
    part = model.add_variables(lower=xarray.zeros_like(width), upper=width, name="piece")
    model.add_constraints(cells - part.sum("piece") == _over("column", pieces.start), name="whole")
    model.add_objective((slope * part).sum())


def _add_rows(
    model: linopy.Model, z: Any, matrix: csr_array, lower: FloatArray, upper: FloatArray, name: str
) -> None:
    """Add rows as sums by group; equalities, floors and ceilings apart."""
    is_equal = lower == upper
    sides = {
        "equal": (is_equal, "=", lower),
        "low": (np.isfinite(lower) & ~is_equal, ">=", lower),
        "high": (np.isfinite(upper) & ~is_equal, "<=", upper),
    }
    for side, (chosen, sign, bound) in sides.items():
        which = np.flatnonzero(chosen)
        if len(which):
            model.add_constraints(
                _sums_by_row(z, csr_array(matrix[which]), which),
                sign,
                xarray.DataArray(bound[which], coords={"row": which}, dims=["row"]),
                name=f"{name}_{side}",
            )


def _sums_by_row(z: Any, matrix: csr_array, row: IntArray) -> Any:
    """Return sum of coefficient * z by row, from the long table of the entries."""
    entry = np.arange(matrix.nnz)
    coords = {"entry": entry}
    column = xarray.DataArray(matrix.indices, coords=coords, dims=["entry"])
    coefficient = xarray.DataArray(matrix.data, coords=coords, dims=["entry"])
    row_of_entry = np.repeat(row, np.diff(matrix.indptr))
    group = xarray.DataArray(row_of_entry, coords=coords, dims=["entry"], name="row")
    return (coefficient * z.sel(column=column)).groupby(group).sum()


def _by_length(matrix: csr_array) -> list[IntArray]:
    """Rows of similar length together: linopy pads the rows of one constraint to the longest."""
    length = np.diff(matrix.indptr)
    size = np.ceil(np.log2(np.maximum(length, 1))).astype(np.int64)
    return [np.flatnonzero((size == one) & (length > 0)) for one in np.unique(size[length > 0])]


def _solve(model: linopy.Model, solver: str) -> None:
    status, condition = model.solve(solver_name=solver, io_api="direct", output_flag=False)
    if (status, condition) != ("ok", "optimal"):
        raise PeerFailure(f"linopy: {status} / {condition}")
