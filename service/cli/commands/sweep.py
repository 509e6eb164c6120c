"""`allocator sweep`: many scenarios of a plan, their curves, breakpoints, front and acceptance."""

import argparse
import sys
from importlib import import_module
from pathlib import Path
from typing import Any

from allocator.errors import Fault, InputFaults
from allocator.fairness.gate import GATE_FAILED
from allocator.plan.plan import Plan
from allocator.plan.reading import read_plan
from allocator.results.whole_folder import check_target
from allocator.texts import text, worded
from scenarios.curves.brackets import MOST_RUNS_BETWEEN
from scenarios.curves.findings import Findings, find_out
from scenarios.curves.folder import FOLDER, write_sweep
from scenarios.curves.words import sweep_text
from scenarios.files.sweep_file import MOST_RUNS, SweepFile, read_sweep
from scenarios.runs.fleets import FEWEST_MEGABYTES, Fleet, InProcess, Processes
from scenarios.runs.sweep import Options, SweepSession
from service.cli.engines import add_engine, engine_named
from service.cli.force import add_force
from service.cli.output import Output

HELP = "solve many scenarios of a plan: grids, draws, curves, acceptance"
BAR = 30


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the arguments."""
    parser.add_argument("plan", type=Path, metavar="DIR", help="plan folder or .xlsx workbook")
    parser.add_argument(
        "scenarios", type=Path, metavar="SCENARIOS.yaml", help="scenarios, grid, draws, acceptance"
    )
    parser.add_argument("--out", type=Path, required=True, metavar="OUT", help="folder; begun sweeps go on")
    parser.add_argument("--set", action="append", default=[], metavar="PATH=VALUE", dest="overrides")
    add_engine(parser)
    parser.add_argument("--rounded", action="store_true", help="round to whole units: slower")
    parser.add_argument(
        "--limit", type=int, default=MOST_RUNS, metavar="N", help="refuse more runs than this"
    )
    parser.add_argument(
        "--breakpoint-runs",
        type=int,
        default=MOST_RUNS_BETWEEN,
        metavar="N",
        help="runs between grid points to find breakpoints exactly; 0 = by grid step",
    )
    parser.add_argument("--workers", type=int, default=None, metavar="N", help="worker processes; 0 = none")
    parser.add_argument("--time-limit", type=float, default=None, metavar="SECONDS", help="for one run")
    parser.add_argument("--memory-limit", type=int, default=None, metavar="MEGABYTES", help="for one worker")
    parser.add_argument(
        "--cluster", default=None, metavar="tcp://HOST:PORT", help="Dask scheduler to use instead"
    )
    parser.add_argument("--retry-failed", action="store_true", help="run stored failures again")
    add_force(parser)


def run(arguments: argparse.Namespace, output: Output) -> int:
    """Read, run what is missing, write tables and page, judge."""
    engine_named(arguments.engine)
    check_target(arguments.out, FOLDER, force=arguments.force)
    sweep = read_sweep(arguments.scenarios, arguments.limit)
    plan = read_plan(arguments.plan, arguments.overrides)
    limit = float("inf") if arguments.time_limit is None else arguments.time_limit
    options = Options(arguments.engine, arguments.rounded, limit, arguments.retry_failed)
    with _fleet(arguments) as fleet:
        findings, document = _run(plan, sweep, arguments, fleet, options, output)
    output.show(sweep_text(plan, sweep, findings, arguments.out, output.lang), document)
    return GATE_FAILED if document["accepted"] is False else 0


def _run(
    plan: Plan,
    sweep: SweepFile,
    arguments: argparse.Namespace,
    fleet: Fleet,
    options: Options,
    output: Output,
) -> tuple[Findings, dict[str, Any]]:
    """Run all, then what lies between, and write the folder while no other sweep may."""
    with SweepSession(plan, sweep, arguments.out, fleet, options) as session:
        outcomes = session.outcomes(_Bar(output))
        output.progress(text("sweep.phase_between", output.lang))
        findings = find_out(session, outcomes, arguments.breakpoint_runs, _Bar(output))
        return findings, write_sweep(plan, sweep, findings, arguments.out, output.lang, force=arguments.force)


class _Bar:
    """A bar on stderr while a person is watching."""

    def __init__(self, output: Output) -> None:
        self._is_shown = sys.stderr.isatty() and not output.is_json
        self._lang = output.lang

    def __call__(self, done: int, total: int) -> None:
        """Draw the bar."""
        if not self._is_shown:
            return
        filled = BAR * done // max(total, 1)
        words = text("sweep.progress", self._lang, done=done, total=total)
        sys.stderr.write(
            f"\r[{'#' * filled}{'.' * (BAR - filled)}] {words}" + ("\n" if done == total else "")
        )
        sys.stderr.flush()


def _fleet(arguments: argparse.Namespace) -> Fleet:
    """Return where the runs go."""
    faults = [
        Fault(
            f"--{name}",
            0,
            "",
            str(value),
            "out-of-range",
            worded("fault.option.least", least=least),
            worded("fault.option.least.hint", least=least),
        )
        for name, value, least in (
            ("workers", arguments.workers, 0),
            ("memory-limit", arguments.memory_limit, FEWEST_MEGABYTES),
            ("limit", arguments.limit, 1),
            ("breakpoint-runs", arguments.breakpoint_runs, 0),
        )
        if value is not None and value < least
    ]
    if faults:
        raise InputFaults(faults)
    if arguments.cluster is not None:
        return _cluster(arguments.cluster)
    if arguments.workers == 0:
        return InProcess()
    return Processes(arguments.workers, arguments.time_limit, arguments.memory_limit)


def _cluster(address: str) -> Fleet:
    # the library of the cluster is large; who does not ask for one does not load it
    cluster = import_module("scenarios.runs.cluster")
    try:
        fleet: Fleet = cluster.Cluster(address)
    except (OSError, ValueError) as error:
        message = worded("fault.option.cluster", reason=error)
        hint = worded("fault.option.cluster.hint")
        raise InputFaults([Fault("--cluster", 0, "", address, "no-cluster", message, hint)]) from error
    return fleet
