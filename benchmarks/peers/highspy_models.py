"""HiGHS without a modelling library: its own expressions for the linear program, arrays for the quadratic.

Runs in the environment of HiPO too, so it needs numpy, scipy and highspy alone.
"""

from dataclasses import dataclass
from typing import Any

import highspy
import numpy as np
from scipy.sparse import csr_array

from benchmarks.peers.routes import OURS_SCALED, TEXTBOOK_LP, TEXTBOOK_QP, EngineAbsent, PeerFailure
from benchmarks.pieces import textbook_pieces
from benchmarks.scaled import scaled_form, unscaled
from benchmarks.task import FloatArray, RowFamily, Task


class SilentHighs(highspy.Highs):
    """HiGHS that is silent from the start; the constructor prints its header while enabling callbacks."""

    def enableCallbacks(self) -> None:  # noqa: N802
        """Silence the output before the first message."""
        self.setOptionValue("output_flag", False)
        super().enableCallbacks()  # type: ignore[no-untyped-call, unused-ignore]


@dataclass(frozen=True)
class HighsContestant:
    """One formulation and one solver of HiGHS (`choose`, `ipm`, `hipo`)."""

    formulation: str
    solver: str

    def build(self, task: Task) -> Any:
        """Load the model.

        Raises
        ------
        EngineAbsent
            If this build of HiGHS does not know the solver.
        """
        highs: Any = SilentHighs()  # type: ignore[no-untyped-call, unused-ignore]
        if highs.setOptionValue("solver", self.solver) != highspy.HighsStatus.kOk:
            # HiGHS would go on with its active-set solver and not say so
            raise EngineAbsent(f"this build of HiGHS has no solver {self.solver!r}")
        if self.formulation == TEXTBOOK_LP:
            _write_textbook(highs, task)
        elif self.formulation == TEXTBOOK_QP:
            _load_quadratic(
                highs,
                task.matrix,
                -task.anchor / task.weight,
                1.0 / task.weight,
                (task.lower, task.upper),
                (task.row_lower, task.row_upper),
            )
        else:
            form = scaled_form(task)
            _load_quadratic(
                highs,
                form.matrix,
                np.zeros(task.n_cell),
                np.ones(task.n_cell),
                (form.lower, form.upper),
                (form.row_lower, form.row_upper),
            )
        return highs

    def solve(self, task: Task, model: Any) -> None:
        """Run and read the model status, not only the return code."""
        run = model.run()
        status = model.getModelStatus()
        if run == highspy.HighsStatus.kError or status != highspy.HighsModelStatus.kOptimal:
            raise PeerFailure(f"HiGHS: {model.modelStatusToString(status)}")

    def extract(self, task: Task, model: Any, solved: None) -> FloatArray:
        """Return the cells; the first columns in every formulation."""
        value = np.array(model.getSolution().col_value, np.float64)[: task.n_cell]
        return unscaled(task, value) if self.formulation == OURS_SCALED else value


def contestant(formulation: str, solver: str) -> HighsContestant:
    """Return the contestant for a solver of HiGHS."""
    return HighsContestant(formulation, solver)


def _write_textbook(highs: Any, task: Task) -> None:
    """One variable per cell and piece, rows as expressions of variables."""
    pieces = textbook_pieces(task)
    columns = [
        highs.addVariable(lb=low, ub=up)
        for low, up in zip(task.lower.tolist(), task.upper.tolist(), strict=True)
    ]
    columns += [highs.addVariable(lb=-highspy.kHighsInf) for _ in range(task.n_free)]
    cost = []
    for cell in range(task.n_cell):
        used = np.flatnonzero(pieces.width[cell] > 0).tolist()
        parts = [highs.addVariable(lb=0.0, ub=float(pieces.width[cell, k])) for k in used]
        cost += [float(pieces.slope[cell, k]) * part for k, part in zip(used, parts, strict=True)]
        highs.addConstr(columns[cell] - highs.qsum(parts) == float(pieces.start[cell]))
    for family in task.families():
        _write_rows(highs, columns, family)
    highs.setMinimize()
    highs.setObjective(highs.qsum(cost))


def _write_rows(highs: Any, columns: list[Any], family: RowFamily) -> None:
    first = np.searchsorted(family.row, np.arange(len(family) + 1))
    column, coefficient = family.column.tolist(), family.coefficient.tolist()
    for row in range(len(family)):
        entries = range(first[row], first[row + 1])
        activity = highs.qsum(coefficient[e] * columns[column[e]] for e in entries)
        low, high = float(family.lower[row]), float(family.upper[row])
        if low == high:
            highs.addConstr(activity == low)
        elif np.isfinite(low) and np.isfinite(high):
            highs.addConstr(low <= activity <= high)
        elif np.isfinite(low):
            highs.addConstr(activity >= low)
        else:
            highs.addConstr(activity <= high)


def _load_quadratic(
    highs: Any,
    matrix: csr_array,
    cost: FloatArray,
    curvature: FloatArray,
    bounds: tuple[FloatArray, FloatArray],
    sides: tuple[FloatArray, FloatArray],
) -> None:
    """min cost'x + x' diag(curvature) x / 2; free columns after the cells have neither."""
    n_row, n_column = matrix.shape
    n_cell = len(cost)
    n_free = n_column - n_cell
    nothing = np.zeros(0, np.int32)
    infinite = np.full(n_free, highspy.kHighsInf)
    highs.addCols(
        n_column,
        np.concatenate([cost, np.zeros(n_free)]),
        np.concatenate([bounds[0], -infinite]),
        np.concatenate([bounds[1], infinite]),
        0,
        nothing,
        nothing,
        np.zeros(0),
    )
    start, index = matrix.indptr[:-1].astype(np.int32), matrix.indices.astype(np.int32)
    highs.addRows(n_row, sides[0], sides[1], matrix.nnz, start, index, matrix.data)
    diagonal = np.minimum(np.arange(n_column + 1), n_cell).astype(np.int32)
    passed = highs.passHessian(
        n_column,
        n_cell,
        int(highspy.HessianFormat.kTriangular),
        diagonal[:-1],
        np.arange(n_cell, dtype=np.int32),
        curvature,
    )
    if passed != highspy.HighsStatus.kOk:
        raise PeerFailure("HiGHS does not take the quadratic objective")
