"""`allocator sweep`: many scenarios of a plan, their curves, breakpoints, front and acceptance."""

import argparse
import sys
from importlib import import_module
from pathlib import Path

from allocator.errors import Fault, InputFaults
from allocator.fairness.gate import GATE_FAILED
from allocator.plan.reading import read_plan
from allocator.texts import text
from scenarios.curves.folder import check_sweep_target, judged, write_sweep
from scenarios.files.sweep_file import MOST_RUNS, SweepFile, read_sweep
from scenarios.runs.fleets import FEWEST_MEGABYTES, Fleet, InProcess, Processes
from scenarios.runs.sweep import Options, Outcome, run_sweep
from service.cli.engines import engine_named
from service.cli.output import Output

HELP = "solve many scenarios of a plan: grids, draws, curves, acceptance"
SHOWN = 20
BAR = 30


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the arguments."""
    parser.add_argument("plan", type=Path, metavar="DIR", help="plan folder or .xlsx workbook")
    parser.add_argument(
        "scenarios", type=Path, metavar="SCENARIOS.yaml", help="scenarios, grid, draws, acceptance"
    )
    parser.add_argument("--out", type=Path, required=True, metavar="OUT", help="folder; begun sweeps go on")
    parser.add_argument("--set", action="append", default=[], metavar="PATH=VALUE", dest="overrides")
    parser.add_argument("--engine", default="auto", help="auto, fast, highs or pulp:NAME (default: auto)")
    parser.add_argument("--rounded", action="store_true", help="round to whole units: slower")
    parser.add_argument(
        "--limit", type=int, default=MOST_RUNS, metavar="N", help="refuse more runs than this"
    )
    parser.add_argument("--workers", type=int, default=None, metavar="N", help="worker processes; 0 = none")
    parser.add_argument("--time-limit", type=float, default=None, metavar="SECONDS", help="for one run")
    parser.add_argument("--memory-limit", type=int, default=None, metavar="MEGABYTES", help="for one worker")
    parser.add_argument(
        "--cluster", default=None, metavar="tcp://HOST:PORT", help="Dask scheduler to use instead"
    )
    parser.add_argument("--retry-failed", action="store_true", help="run stored failures again")


def run(arguments: argparse.Namespace, output: Output) -> int:
    """Read, run what is missing, write tables and page, judge."""
    engine_named(arguments.engine)
    check_sweep_target(arguments.out)
    sweep = read_sweep(arguments.scenarios, arguments.limit)
    plan = read_plan(arguments.plan, arguments.overrides)
    limit = float("inf") if arguments.time_limit is None else arguments.time_limit
    options = Options(arguments.engine, arguments.rounded, limit, arguments.retry_failed)
    with _fleet(arguments) as fleet:
        outcomes = run_sweep(plan, sweep, arguments.out, fleet, options, _Bar(output))
    document = write_sweep(plan, sweep, outcomes, arguments.out, output.lang)
    output.show(_words(sweep, outcomes, arguments.out, output.lang), document)
    return GATE_FAILED if document["accepted"] is False else 0


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
            f"this is not at least {least}",
            f"name {least} or more",
        )
        for name, value, least in (
            ("workers", arguments.workers, 0),
            ("memory-limit", arguments.memory_limit, FEWEST_MEGABYTES),
            ("limit", arguments.limit, 1),
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
        message, hint = f"no scheduler answers: {error}", "start one with `dask scheduler` (docs/scale.md)"
        raise InputFaults([Fault("--cluster", 0, "", address, "no-cluster", message, hint)]) from error
    return fleet


def _words(sweep: SweepFile, outcomes: tuple[Outcome, ...], out: Path, lang: str) -> str:
    """Return the summary for people."""
    status = [one.figures["status"] for one in outcomes]
    counts = {name: status.count(name) for name in ("done", "infeasible")}
    counts["failed"] = len(status) - sum(counts.values())
    lines = [text("sweep.summary", lang, name=sweep.name, count=len(status), out=out, **counts)]
    for one in [one for one in outcomes if one.figures["status"] != "done"][:SHOWN]:
        words = text(f"sweep.status.{one.figures['status']}", lang)
        lines.append(
            text("sweep.not_done", lang, run=one.run.name, status=words, reason=one.figures["reason"])
        )
    if not sweep.acceptance:
        return "\n".join(lines)
    refused = [one for one in judged(outcomes) if not one.is_accepted]
    if not refused:
        return "\n".join([*lines, text("sweep.accepted", lang, count=len(judged(outcomes)))])
    lines.append(text("sweep.refused", lang, count=len(refused)))
    for one in refused[:SHOWN]:
        failed = [verdict.sentence(lang) for verdict in one.verdicts if not verdict.passed]
        lines.append(f"  {one.run.name}: {'; '.join(failed) or one.figures['reason']}")
    return "\n".join(lines)
