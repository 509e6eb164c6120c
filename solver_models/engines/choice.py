"""Engines by the name a user types."""

from solver_models.engines.base import Engine, EngineError
from solver_models.engines.highs import HighsEngine
from solver_models.engines.pulp_engine import PulpEngine, find_solver


def choose_engine(name: str) -> Engine:
    """Return the engine called `auto`, `highs` or `pulp:NAME`.

    Raises
    ------
    EngineError
        If there is no such engine, or PuLP has no such solver here.
    """
    if name in ("auto", "highs"):
        return HighsEngine()
    prefix, _, solver = name.partition(":")
    if prefix == "pulp" and solver:
        find_solver(solver)
        return PulpEngine(solver)
    raise EngineError(f"no engine {name!r}; use auto, highs or pulp:NAME (pulp:HiGHS, pulp:CBC ...)")
