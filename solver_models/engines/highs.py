"""HiGHS called directly: arrays in, arrays out."""

from collections.abc import Callable
from dataclasses import dataclass

import highspy
import numpy as np

from solver_models.arrays import FloatArray
from solver_models.engines.base import EngineError, EngineOptions
from solver_models.program import LinearProgram
from solver_models.solution import Solution, Status

_STATUS = {
    highspy.HighsModelStatus.kOptimal: Status.OPTIMAL,
    highspy.HighsModelStatus.kModelEmpty: Status.OPTIMAL,
    highspy.HighsModelStatus.kInfeasible: Status.INFEASIBLE,
    highspy.HighsModelStatus.kUnbounded: Status.UNBOUNDED,
    highspy.HighsModelStatus.kTimeLimit: Status.STOPPED,
    highspy.HighsModelStatus.kIterationLimit: Status.STOPPED,
    highspy.HighsModelStatus.kInterrupt: Status.STOPPED,
}
DEVEX = 1


@dataclass(frozen=True)
class HighsEngine:
    """The HiGHS simplex through its own Python interface."""

    name: str = "highs"

    def solve(self, program: LinearProgram, options: EngineOptions) -> Solution:
        """Solve by dual simplex, one thread, fixed seed, tolerances 1e-9.

        Presolve and steepest-edge weights cost more than they save on these programs (measured).
        """
        highs = new_highs(options.time_limit)
        highs.setOptionValue("presolve", "off")
        highs.setOptionValue("simplex_dual_edge_weight_strategy", DEVEX)
        load(highs, program)
        if options.stop is not None:
            _stop_when(highs, options.stop)
        run_status = highs.run()
        status = _STATUS.get(highs.getModelStatus(), Status.FAILED)
        if run_status == highspy.HighsStatus.kError:
            status = Status.FAILED
        answer = highs.getSolution()
        x = np.array(answer.col_value, np.float64)
        return Solution(
            status=status,
            x=x,
            row_price=np.array(answer.row_dual, np.float64),
            reduced_cost=np.array(answer.col_dual, np.float64),
            message=highs.modelStatusToString(highs.getModelStatus()),
            objective=float(program.cost @ x) if status is Status.OPTIMAL else float("nan"),
            solved_by=self.name,
        )


class _SilentHighs(highspy.Highs):
    """HiGHS that is silent from the start; the constructor prints its header while enabling callbacks."""

    def enableCallbacks(self) -> None:  # noqa: N802
        """Silence the output before the first message."""
        self.setOptionValue("output_flag", False)
        super().enableCallbacks()  # type: ignore[no-untyped-call]


def _stop_when(highs: highspy.Highs, stop: Callable[[], bool]) -> None:
    """Ask at every iteration whether to end the search."""

    def ask(event: highspy.highs.HighsCallbackEvent) -> None:
        event.interrupt(stop())

    highs.cbSimplexInterrupt.subscribe(ask)


def new_highs(time_limit: float = float("inf")) -> highspy.Highs:
    """Return a silent HiGHS with one thread, a fixed seed and tight tolerances."""
    highs = _SilentHighs()  # type: ignore[no-untyped-call]
    highs.setOptionValue("threads", 1)
    highs.setOptionValue("random_seed", 1)
    highs.setOptionValue("primal_feasibility_tolerance", 1e-9)
    highs.setOptionValue("dual_feasibility_tolerance", 1e-9)
    if np.isfinite(time_limit):
        highs.setOptionValue("time_limit", float(time_limit))
    return highs


def load(highs: highspy.Highs, program: LinearProgram) -> None:
    """Hand a program over to HiGHS.

    Raises
    ------
    EngineError
        If HiGHS does not take it (crossed bounds, not a number).
    """
    inf = highspy.kHighsInf
    taken = highs.addCols(
        program.n_column,
        program.cost,
        np.where(np.isneginf(program.lower), -inf, program.lower),
        np.where(np.isposinf(program.upper), inf, program.upper),
        0,
        np.zeros(0, np.int32),
        np.zeros(0, np.int32),
        np.zeros(0),
    )
    matrix = program.matrix
    rows_taken = highs.addRows(
        program.n_row,
        np.where(np.isneginf(program.row_lower), -inf, program.row_lower),
        np.where(np.isposinf(program.row_upper), inf, program.row_upper),
        matrix.nnz,
        matrix.indptr[:-1].astype(np.int32),
        matrix.indices.astype(np.int32),
        matrix.data,
    )
    if highspy.HighsStatus.kError in (taken, rows_taken):
        raise EngineError("highs does not take the program: bounds cross or a number is not finite")


def solve_integer(program: LinearProgram, node_limit: int, gap: float) -> FloatArray | None:
    """Solve with all columns integer; None if no integer point was found.

    Deterministic: a limit on branch-and-bound nodes, not on seconds.

    Parameters
    ----------
    node_limit
        Most nodes to search; the best point so far is returned.
    gap
        Relative gap at which to stop.
    """
    highs = new_highs()
    highs.setOptionValue("mip_max_nodes", node_limit)
    highs.setOptionValue("mip_rel_gap", gap)
    load(highs, program)
    columns = np.arange(program.n_column, dtype=np.int32)
    kind = np.full(program.n_column, highspy.HighsVarType.kInteger)
    highs.changeColsIntegrality(program.n_column, columns, kind)
    highs.run()
    if highs.getInfo().primal_solution_status != highspy.SolutionStatus.kSolutionStatusFeasible:
        return None
    return np.array(highs.getSolution().col_value, np.float64)


def dual_ray(program: LinearProgram) -> FloatArray | None:
    """Return a ray of the dual that proves the program infeasible; None if it is feasible.

    Raises
    ------
    EngineError
        If HiGHS proves neither.
    """
    highs = new_highs()
    highs.setOptionValue("presolve", "off")
    load(highs, program)
    highs.run()
    status = highs.getModelStatus()
    if status == highspy.HighsModelStatus.kOptimal:
        return None
    _, has_ray, ray = highs.getDualRay()  # type: ignore[attr-defined]
    if status != highspy.HighsModelStatus.kInfeasible or not has_ray:
        raise EngineError(f"highs proves neither: {highs.modelStatusToString(status)}")
    return np.array(ray, np.float64)


def is_feasible(program: LinearProgram) -> bool:
    """True if some point meets all rows and bounds.

    Raises
    ------
    EngineError
        If HiGHS proves neither.
    """
    highs = new_highs()
    load(highs, program)
    highs.run()
    status = _STATUS.get(highs.getModelStatus(), Status.FAILED)
    if status not in (Status.OPTIMAL, Status.INFEASIBLE):
        raise EngineError(f"highs proves neither: {highs.modelStatusToString(highs.getModelStatus())}")
    return status is Status.OPTIMAL
