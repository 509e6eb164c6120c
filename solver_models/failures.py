"""Ends of a solve that are no answer."""

from solver_models.arrays import FloatArray
from solver_models.engines.base import EngineError
from solver_models.solution import Solution, Status


class ModelInfeasible(RuntimeError):
    """The hard rows and bounds cannot hold together."""


class EngineStopped(RuntimeError):
    """The time limit ended the solve."""


def raise_unless_optimal(solution: Solution, engine: str) -> Solution:
    """Return an optimal solution; anything else, known or not, is raised."""
    if solution.status is Status.OPTIMAL:
        return solution
    if solution.status is Status.INFEASIBLE:
        raise ModelInfeasible(solution.message)
    if solution.status is Status.STOPPED:
        raise EngineStopped(f"{engine} stopped: {solution.message}")
    raise EngineError(f"{engine} ended with {solution.status}: {solution.message}")


def largest_entry(values: FloatArray) -> float:
    """Return the largest absolute value, 0 for none."""
    return float(abs(values).max()) if len(values) else 0.0
