"""Engines by the name a user types."""

from importlib import import_module

from solver_models.engines.base import Engine, EngineError
from solver_models.engines.highs import HighsEngine


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
        # PuLP is loaded only for those who ask for it
        pulp_engine = import_module("solver_models.engines.pulp_engine")
        pulp_engine.find_solver(solver)
        engine: Engine = pulp_engine.PulpEngine(solver)
        return engine
    raise EngineError(f"no engine {name!r}; use auto, highs or pulp:NAME (pulp:HiGHS, pulp:CBC ...)")
