"""`allocator run`: from a plan folder to a result folder."""

import argparse
from importlib import import_module
from pathlib import Path
from typing import get_args

from allocator.backtest.periods import MONTHS
from allocator.errors import InfeasiblePlan, InputFaults, RunStopped
from allocator.fairness.gate import GATE_FAILED, gate_failures
from allocator.model.labels import label_plan
from allocator.phases import Phases
from allocator.pipeline import allocate
from allocator.plan.plan import Plan
from allocator.plan.reading import read_plan
from allocator.report.part import Extras
from allocator.results.folder import RESULT, Form, read_warnings, write_results
from allocator.results.standing import write_diagnosis
from allocator.results.summary import summary_json, summary_text
from allocator.results.whole_folder import check_target
from allocator.texts import text
from allocator.warnings.registry import plan_warnings, refuse_warnings
from allocator.warnings.words import warning_lines
from allocator.wording import Wording, in_language
from service.cli.engines import add_engine, engine_named
from service.cli.force import add_force
from service.cli.output import Output
from service.cli.strict import add_strict
from solver_models.engines.base import EngineOptions


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the arguments."""
    parser.add_argument("plan", type=Path, metavar="DIR", help="plan folder or .xlsx workbook")
    parser.add_argument("--out", type=Path, required=True, metavar="OUT", help="result folder to write")
    add_engine(parser)
    parser.add_argument("--set", action="append", default=[], metavar="PATH=VALUE", dest="overrides")
    parser.add_argument("--time-limit", type=float, default=float("inf"), metavar="SECONDS")
    parser.add_argument(
        "--backtest",
        choices=tuple(MONTHS),
        default=None,
        help="replay the plan's own past too and show it in report.html",
    )
    parser.add_argument(
        "--format", choices=get_args(Form), default="csv", help="form of the result tables (default: csv)"
    )
    add_strict(parser)
    parser.add_argument("--no-workbook", action="store_true", help="leave matrix.xlsx out")
    parser.add_argument(
        "--gate", action="store_true", help="exit with 5 if a test of fairness or attainment fails"
    )
    add_force(parser)


def run(arguments: argparse.Namespace, output: Output) -> int:
    """Read, allocate, write, sum up."""
    phases = Phases()
    check_target(arguments.out, RESULT, force=arguments.force)
    engine = engine_named(arguments.engine)
    with phases.phase("read"):
        plan = read_plan(arguments.plan, arguments.overrides)
    with phases.phase("warn"):
        labels = label_plan(plan)
        warned = plan_warnings(plan, labels)
    if arguments.strict:
        refuse_warnings(warned)
    try:
        allocation = allocate(
            plan,
            engine,
            EngineOptions(time_limit=arguments.time_limit),
            lambda measure, phase: output.progress(f"{measure}: {text('phase.' + phase, output.lang)}"),
            phases,
        )
    except InfeasiblePlan as infeasible:
        raise InfeasiblePlan(write_diagnosis(plan, infeasible.diagnosis, arguments.out)) from infeasible
    extras: Extras = {}
    if arguments.backtest:
        with phases.phase("backtest"):
            extras = backtest_extras(plan, arguments.backtest)
    written = write_results(
        allocation,
        arguments.out,
        output.lang,
        with_workbook=not arguments.no_workbook,
        phases=phases,
        extras=extras,
        form=arguments.format,
        force=arguments.force,
        warned=warned,
    )
    warned = read_warnings(arguments.out)
    if arguments.strict:
        refuse_warnings(warned)
    failures = gate_failures(arguments.out) if arguments.gate else []
    words, document = (
        summary_text(allocation, output.lang),
        {**summary_json(allocation, arguments.out), **written},
    )
    words = "\n".join([words, "", *warning_lines(warned, output.lang)])
    if arguments.gate:
        words = "\n".join([words, "", *_gate_lines(failures, output.lang)])
        document["gate"] = {"passed": not failures, "failures": failures}
    output.show(words, document)
    if allocation.status != "optimal":
        return RunStopped.exit_code
    return GATE_FAILED if failures else 0


def _gate_lines(failures: list[str], lang: str) -> list[str]:
    if not failures:
        return [text("gate.passed", lang)]
    return [text("gate.failed", lang, count=len(failures)), *(f"  {failure}" for failure in failures)]


def backtest_extras(plan: Plan, period: str) -> Extras:
    """Return the back-test for the report; where the history is too short for one, the words that say so."""
    # the back-test is loaded only for those who ask for it
    try:
        replay = import_module("allocator.backtest.backtest")
        return {"backtest": replay.backtest(plan, period).as_dict()}
    except InputFaults as too_short:
        said = {
            lang: [in_language(fault.message, lang) for fault in too_short.faults] for lang in ("en", "zh")
        }
        return {"backtest_missing": Wording("; ".join(said["en"]), "；".join(said["zh"]))}
