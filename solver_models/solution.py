"""What an engine answers: a closed status, the point, the prices, its own words."""

from dataclasses import dataclass
from enum import StrEnum

from solver_models.arrays import FloatArray


class Status(StrEnum):
    """How a solve ended; anything an engine says that is not known here is `failed`."""

    OPTIMAL = "optimal"
    INFEASIBLE = "infeasible"
    UNBOUNDED = "unbounded"
    STOPPED = "stopped"
    FAILED = "failed"


@dataclass(frozen=True)
class Solution:
    """The answer to one linear program.

    Parameters
    ----------
    status
        How it ended. The arrays mean something only for `optimal`.
    x
        Shape (n_column,).
    row_price
        Shape (n_row,): change of the least cost per unit of the row's bound; >= 0 where the
        lower bound holds it, <= 0 where the upper does.
    reduced_cost
        Shape (n_column,): cost - A' row_price.
    message
        The engine's own words.
    objective
        The least cost; NaN unless `optimal`.
    solved_by
        Name of the engine that found the answer, which may be another one's fallback.
    """

    status: Status
    x: FloatArray
    row_price: FloatArray
    reduced_cost: FloatArray
    message: str
    objective: float = float("nan")
    solved_by: str = ""
