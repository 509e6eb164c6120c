"""A linear program that HiGHS keeps while bounds and costs change: each solve starts from the last basis."""

import highspy
import numpy as np

from solver_models.arrays import FloatArray, IntArray
from solver_models.engines.base import EngineError
from solver_models.engines.highs import load, new_highs
from solver_models.program import LinearProgram


class RowSession:
    """One program inside HiGHS; the pattern stays, bounds and costs are changed between solves.

    Raises
    ------
    EngineError
        If HiGHS does not take the program, or a solve proves neither a point nor that there is none.
    """

    def __init__(self, program: LinearProgram) -> None:
        self._highs = new_highs()
        self._highs.setOptionValue("presolve", "off")
        load(self._highs, program)

    def bound_rows(self, row: IntArray, lower: FloatArray, upper: FloatArray) -> None:
        """Give some rows other bounds."""
        self._highs.changeRowsBounds(len(row), row.astype(np.int32), lower, upper)

    def bound_columns(self, column: IntArray, lower: FloatArray, upper: FloatArray) -> None:
        """Give some columns other bounds."""
        self._highs.changeColsBounds(len(column), column.astype(np.int32), lower, upper)

    def set_costs(self, cost: FloatArray) -> None:
        """Give all columns other costs."""
        column = np.arange(len(cost), dtype=np.int32)
        self._highs.changeColsCost(len(cost), column, cost)

    def solve(self) -> FloatArray | None:
        """Return an optimal point, None where no point meets all rows."""
        self._highs.run()
        status = self._highs.getModelStatus()
        if status == highspy.HighsModelStatus.kOptimal:
            return np.array(self._highs.getSolution().col_value, np.float64)
        if status != highspy.HighsModelStatus.kInfeasible:
            raise EngineError(f"highs proves neither: {self._highs.modelStatusToString(status)}")
        return None

    def ray(self) -> FloatArray:
        """Return the ray of the dual that the last solve ended with, one entry per row.

        Raises
        ------
        EngineError
            If it ended with none.
        """
        _, has_ray, ray = self._highs.getDualRay()  # type: ignore[attr-defined]
        if not has_ray:
            raise EngineError("highs has no ray")
        return np.array(ray, np.float64)
