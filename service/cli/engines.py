"""The engine that a user names on the command line."""

from allocator.errors import Fault, InputFaults
from solver_models.engines.base import Engine, EngineError
from solver_models.engines.choice import choose_engine


def engine_named(name: str) -> Engine:
    """Return the engine; an unknown or missing one is an input fault."""
    try:
        return choose_engine(name)
    except EngineError as error:
        fault = Fault(
            "--engine", 0, "", name, "unknown-engine", str(error), "name an engine that is installed"
        )
        raise InputFaults([fault]) from error
