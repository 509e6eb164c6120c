"""The engine that a user names on the command line."""

import argparse

from allocator.errors import Fault, InputFaults
from allocator.texts import worded
from solver_models.engines.base import Engine, EngineError
from solver_models.engines.choice import choose_engine


def add_engine(parser: argparse.ArgumentParser) -> None:
    """Declare the argument that names an engine."""
    names = "auto, fast, highs, exact or pulp:NAME (default: auto)"
    parser.add_argument("--engine", default="auto", help=names)


def engine_named(name: str) -> Engine:
    """Return the engine; an unknown or missing one is an input fault."""
    try:
        return choose_engine(name)
    except EngineError as error:
        message = worded("fault.option.engine", reason=str(error))
        hint = worded("fault.option.engine.hint")
        raise InputFaults([Fault("--engine", 0, "", name, "unknown-engine", message, hint)]) from error
