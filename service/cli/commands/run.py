"""`allocator run`: from a plan folder to a result folder."""

import argparse
from pathlib import Path

from allocator.errors import Fault, InfeasiblePlan, InputFaults, RunStopped
from allocator.phases import Phases
from allocator.pipeline import allocate
from allocator.plan.reading import read_plan
from allocator.results.folder import check_target, write_diagnosis, write_results
from allocator.results.summary import summary_json, summary_text
from allocator.texts import text
from service.cli.output import Output
from solver_models.engines.base import Engine, EngineError, EngineOptions
from solver_models.engines.choice import choose_engine

HELP = "allocate the targets of a plan and write the result folder"


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the arguments."""
    parser.add_argument("plan", type=Path, metavar="DIR", help="plan folder or .xlsx workbook")
    parser.add_argument("--out", type=Path, required=True, metavar="OUT", help="result folder to write")
    parser.add_argument("--engine", default="auto", help="auto, highs or pulp:NAME (default: auto)")
    parser.add_argument("--set", action="append", default=[], metavar="PATH=VALUE", dest="overrides")
    parser.add_argument("--time-limit", type=float, default=float("inf"), metavar="SECONDS")
    parser.add_argument("--no-workbook", action="store_true", help="leave matrix.xlsx out")


def run(arguments: argparse.Namespace, output: Output) -> int:
    """Read, allocate, write, sum up."""
    phases = Phases()
    check_target(arguments.out)
    engine = engine_named(arguments.engine)
    with phases.phase("read"):
        plan = read_plan(arguments.plan, arguments.overrides)
    try:
        allocation = allocate(
            plan,
            engine,
            EngineOptions(time_limit=arguments.time_limit),
            lambda measure, phase: output.progress(f"{measure}: {text('phase.' + phase, output.lang)}"),
            phases,
        )
    except InfeasiblePlan as infeasible:
        write_diagnosis(infeasible.diagnosis, arguments.out)
        raise
    written = write_results(
        allocation, arguments.out, output.lang, with_workbook=not arguments.no_workbook, phases=phases
    )
    output.show(summary_text(allocation, output.lang), {**summary_json(allocation, arguments.out), **written})
    return 0 if allocation.status == "optimal" else RunStopped.exit_code


def engine_named(name: str) -> Engine:
    """Return the engine; an unknown or missing one is an input fault."""
    try:
        return choose_engine(name)
    except EngineError as error:
        fault = Fault(
            "--engine", 0, "", name, "unknown-engine", str(error), "name an engine that is installed"
        )
        raise InputFaults([fault]) from error
