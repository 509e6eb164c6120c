"""`allocator whatif`: what a change to a plan would do, before and after."""

import argparse
from collections.abc import Sequence
from pathlib import Path

from allocator.errors import Fault, InputFaults
from allocator.plan.reading import read_plan
from allocator.texts import worded
from scenarios.changes.policy import SetKey
from scenarios.family import PlanFamily
from scenarios.files.scenario_file import read_scenario
from scenarios.scenario import Chain, Scenario
from scenarios.whatif import what_if, what_if_document
from scenarios.whatif_words import what_if_text
from service.cli.engines import add_engine, engine_named
from service.cli.output import Output
from solver_models.engines.base import EngineOptions

HELP = "show what changes to a plan would do: before and after"
SET = "--set"


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the arguments."""
    parser.add_argument("plan", type=Path, metavar="DIR", help="plan folder or .xlsx workbook")
    parser.add_argument("--set", action="append", default=[], metavar="PATH=VALUE", dest="overrides")
    parser.add_argument(
        "--change",
        action="append",
        default=[],
        type=Path,
        metavar="FILE",
        help="scenario file (YAML or JSON)",
    )
    parser.add_argument("--exact", action="store_true", help="do not round to whole units: faster")
    add_engine(parser)
    parser.add_argument("--time-limit", type=float, default=float("inf"), metavar="SECONDS")


def run(arguments: argparse.Namespace, output: Output) -> int:
    """Read, change, solve twice, compare."""
    engine = engine_named(arguments.engine)
    chain = scenario_chain(arguments.change, arguments.overrides)
    plan = read_plan(arguments.plan)
    options = EngineOptions(time_limit=arguments.time_limit)
    family = PlanFamily(engine, options, rounded=not arguments.exact, base=plan)
    answer = what_if(plan, chain, family)
    document = what_if_document(answer, output.lang)
    output.show(what_if_text(document, answer.after.plan, output.lang), document)
    return 0


def scenario_chain(files: Sequence[Path], overrides: Sequence[str]) -> Chain:
    """Return the scenarios of files one after another, then the overrides; all their faults at once."""
    faults: list[Fault] = []
    chain: list[Scenario] = []
    for file in files:
        try:
            chain += read_scenario(file)
        except InputFaults as error:
            faults += error.faults
    changes = []
    for number, override in enumerate(overrides, start=1):
        path, equals, value = (part.strip() for part in override.partition("="))
        if path and equals:
            changes.append(SetKey(path=path, value=value))
            continue
        message, hint = worded("fault.set.form"), worded("fault.set.form.hint")
        faults.append(Fault(SET, number, "", override, "bad-override", message, hint))
    if faults:
        raise InputFaults(faults)
    if changes:
        chain.append(Scenario(SET, tuple(changes), file=SET))
    return tuple(chain)
