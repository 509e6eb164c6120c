"""Engines by the name a user types."""

from dataclasses import dataclass
from importlib import import_module

from solver_models.engines.base import Engine, EngineError, EngineOptions
from solver_models.program import LinearProgram
from solver_models.solution import Solution


def choose_engine(name: str) -> Engine:
    """Return the engine called `auto`, `fast`, `highs`, `exact` or `pulp:NAME`; `auto` is the fast one.

    Raises
    ------
    EngineError
        If there is no such engine, or PuLP has no such solver here.
    """
    # Each solver library is loaded only for those who ask for it.
    if name in ("auto", "fast"):
        interior = import_module("solver_models.engines.interior")
        fast: Engine = interior.InteriorEngine(fallback=LateEngine("highs"))
        return fast
    if name == "exact":
        exact: Engine = import_module("solver_models.engines.exact").ExactEngine()
        return exact
    if name == "highs":
        highs: Engine = import_module("solver_models.engines.highs").HighsEngine()
        return highs
    prefix, _, solver = name.partition(":")
    if prefix == "pulp" and solver:
        pulp_engine = import_module("solver_models.engines.pulp_engine")
        pulp_engine.find_solver(solver)
        engine: Engine = pulp_engine.PulpEngine(solver)
        return engine
    raise EngineError(
        f"no engine {name!r}; use auto, fast, highs, exact or pulp:NAME (pulp:HiGHS, pulp:CBC ...)"
    )


@dataclass(frozen=True)
class LateEngine:
    """An engine whose library is loaded at its first solve."""

    name: str

    def solve(self, program: LinearProgram, options: EngineOptions) -> Solution:
        """Solve with the engine of that name."""
        return choose_engine(self.name).solve(program, options)
