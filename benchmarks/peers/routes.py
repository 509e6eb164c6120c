"""The contestants: library, solver, formulation, and where each is written down."""

from dataclasses import dataclass
from typing import Any, Protocol

import numpy as np
from numpy.typing import NDArray

from benchmarks.task import Task

TEXTBOOK_LP, TEXTBOOK_QP = "textbook, pieces", "textbook, quadratic"
OURS_PASSES, OURS_SCALED, OURS = "ours, passes + polish", "ours, scaled quadratic", "ours"


class PeerFailure(RuntimeError):
    """A contestant ended without an answer it calls optimal; the text says what it said."""

    def __init__(self, message: str, *, is_infeasible: bool = False) -> None:
        super().__init__(message)
        self.is_infeasible = is_infeasible


class EngineAbsent(RuntimeError):
    """What the contestant needs is not here."""


class Contestant(Protocol):
    """One way to solve a task, in three steps that are timed one by one."""

    def build(self, task: Task) -> Any:
        """Return the model in the library's own objects."""
        ...

    def solve(self, task: Task, model: Any) -> Any:
        """Solve it; raise `PeerFailure` unless the solver says optimal."""
        ...

    def extract(self, task: Task, model: Any, solved: Any) -> NDArray[np.float64]:
        """Return the cells, shape (n_cell,)."""
        ...


@dataclass(frozen=True)
class Route:
    """A contestant that can be run.

    Parameters
    ----------
    name
        Short and unique.
    label
        As shown.
    formulation
        One of the names above.
    module
        Where `contestant(formulation, solver)` returns the `Contestant`.
    solver
        The solver's name as that module knows it.
    packages
        Distributions whose versions matter.
    environment
        `bench` = the environment of the command; `hipo` = the one with HiGHS and its HiPO solver.
    """

    name: str
    label: str
    formulation: str
    module: str
    solver: str
    packages: tuple[str, ...]
    environment: str = "bench"

    @property
    def is_ours(self) -> bool:
        """True for our own engines."""
        return self.formulation == OURS


def _route(
    name: str,
    label: str,
    formulation: str,
    module: str,
    solver: str,
    packages: str,
    environment: str = "bench",
) -> Route:
    return Route(
        name, label, formulation, f"benchmarks.peers.{module}", solver, tuple(packages.split()), environment
    )


ROUTES = (
    _route("fast", "ours, fast engine", OURS, "own", "fast", "piqp qdldl scipy"),
    _route("highs", "ours, LP engine highs", OURS, "own", "highs", "highspy scipy"),
    _route("pulp-cbc", "PuLP -> CBC", TEXTBOOK_LP, "pulp_models", "CBC", "pulp"),
    _route("pulp-highs", "PuLP -> HiGHS", TEXTBOOK_LP, "pulp_models", "HiGHS", "pulp highspy"),
    _route("linopy-highs", "linopy -> HiGHS", TEXTBOOK_LP, "linopy_models", "highs", "linopy highspy"),
    _route("highspy", "highspy, simplex", TEXTBOOK_LP, "highspy_models", "choose", "highspy"),
    _route("highspy-ipm", "highspy, interior point", TEXTBOOK_LP, "highspy_models", "ipm", "highspy"),
    _route("cvxpy-clarabel", "cvxpy -> Clarabel", TEXTBOOK_QP, "cvxpy_models", "CLARABEL", "cvxpy clarabel"),
    _route("cvxpy-osqp", "cvxpy -> OSQP", TEXTBOOK_QP, "cvxpy_models", "OSQP", "cvxpy osqp"),
    _route("linopy-qp", "linopy -> HiGHS QP", TEXTBOOK_QP, "linopy_models", "highs", "linopy highspy"),
    _route("highspy-qp", "highspy, active-set QP", TEXTBOOK_QP, "highspy_models", "choose", "highspy"),
    _route(
        "hipo", "highspy, HiPO QP", TEXTBOOK_QP, "highspy_models", "hipo", "highspy highspy-extras", "hipo"
    ),
    _route("pulp-cbc-ours", "PuLP -> CBC", OURS_PASSES, "own", "pulp:CBC", "pulp"),
    _route("pulp-highs-ours", "PuLP -> HiGHS", OURS_PASSES, "own", "pulp:HiGHS", "pulp highspy"),
    _route("linopy-highs-ours", "linopy -> HiGHS", OURS_PASSES, "linopy_models", "highs", "linopy highspy"),
    _route(
        "cvxpy-clarabel-ours", "cvxpy -> Clarabel", OURS_SCALED, "cvxpy_models", "CLARABEL", "cvxpy clarabel"
    ),
    _route("cvxpy-osqp-ours", "cvxpy -> OSQP", OURS_SCALED, "cvxpy_models", "OSQP", "cvxpy osqp"),
    _route(
        "hipo-ours",
        "highspy, HiPO QP",
        OURS_SCALED,
        "highspy_models",
        "hipo",
        "highspy highspy-extras",
        "hipo",
    ),
)


def route_named(name: str) -> Route:
    """Return the route called `name`.

    Raises
    ------
    KeyError
        If there is none; the text lists the names.
    """
    for route in ROUTES:
        if route.name == name:
            return route
    raise KeyError(f"no contestant {name!r}; there are {', '.join(route.name for route in ROUTES)}")
