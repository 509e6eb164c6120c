"""One command for all figures of docs/performance.md: peers, runs, growth, commands, what-if, the service.

    python -m benchmarks.bench            all sizes, under 35 minutes on 2 cores
    python -m benchmarks.bench --quick    1,000 and 10,000 cells, without the page

Writes a JSON record, and (unless it is quick) the page and its pictures with `benchmarks.report`.
Everything is measured in processes of its own, one at a time; the record is written after every
part. Exit code 1: an answer that ended in our polish is not ours, so something is wrong.
"""

import argparse
import json
import math
import sys
import tempfile
import time
from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import Any

from benchmarks.commands import measure_commands
from benchmarks.machine import this_machine
from benchmarks.peers.routes import OURS, OURS_PASSES
from benchmarks.plan_sizes import task_of
from benchmarks.processes import PROJECT, run_measured, run_module
from benchmarks.record import NO_ANSWER, BenchmarkRecord, CommandResult, PeerResult, WarmResult
from benchmarks.report_page import read_record
from benchmarks.served import measure_service
from benchmarks.side_by_side import Contest
from benchmarks.whole_run import measure_growth, measure_sizes

HIPO_PYTHON = PROJECT / ".venv-hipo" / "bin" / "python"
RECORD = PROJECT / "docs" / "performance" / "results.json"
AGREEMENT = 1e-8
CONNECTIONS = 8
PARTS = ("peers", "runs", "growth", "commands", "warm", "service")


@dataclass(frozen=True)
class Extent:
    """How much is measured.

    Parameters
    ----------
    peer_sizes, run_sizes, warm_sizes
        Cells.
    largest_for_peers
        Cells beyond which only our own engines take part.
    peer_limit, run_limit
        Seconds a process may take.
    repeats
        Runs of a quick contestant.
    growth_base
        Reps of the smallest plan of the growth series; 0 = none.
    command_reps
        Reps of the plans on which every command is timed.
    changes
        What-if changes at each size.
    pull_seconds
        Seconds of load of each way to pull.
    """

    peer_sizes: tuple[int, ...] = (1_000, 10_000, 100_000, 1_000_000)
    run_sizes: tuple[int, ...] = (1_000, 10_000, 100_000, 1_000_000)
    warm_sizes: tuple[int, ...] = (10_000, 100_000)
    largest_for_peers: int = 100_000
    peer_limit: float = 60.0
    run_limit: float = 180.0
    repeats: int = 3
    growth_base: int = 250
    command_reps: tuple[int, ...] = (1_000, 10_000)
    changes: int = 100
    pull_seconds: float = 8.0


FULL = Extent()
QUICK = Extent(
    peer_sizes=(1_000, 10_000),
    run_sizes=(1_000, 10_000),
    warm_sizes=(1_000,),
    peer_limit=8.0,
    run_limit=30.0,
    repeats=1,
    growth_base=0,
    command_reps=(200,),
    changes=20,
    pull_seconds=1.0,
)


def measure(
    extent: Extent,
    parts: Sequence[str],
    engine: str,
    scratch: Path,
    keep: Callable[[BenchmarkRecord], None],
    before: BenchmarkRecord | None = None,
) -> BenchmarkRecord:
    """Measure the parts asked for; the others stay as they were `before`. `keep` gets every new record."""
    start = time.perf_counter()
    record = before or BenchmarkRecord(this_machine(), engine, extent.peer_limit, 0.0, [], [], [], [])
    minutes_before = record.minutes
    measures: dict[str, Callable[[], dict[str, Any]]] = {
        "peers": lambda: {"peers": measure_peers(extent, scratch)},
        "runs": lambda: {"runs": measure_sizes(scratch, extent.run_sizes, engine, extent.run_limit)},
        "growth": lambda: {"growth": measure_growth(scratch, extent.growth_base, engine, extent.run_limit)},
        "commands": lambda: {"commands": measure_all_commands(extent, scratch)},
        "warm": lambda: {"warm": measure_what_if(extent, engine, scratch)},
        "service": lambda: {"service": [measure_service(scratch, extent.pull_seconds, CONNECTIONS)]},
    }
    for part in parts:
        if part != "growth" or extent.growth_base:
            measured = measures[part]()
            minutes = round(minutes_before + (time.perf_counter() - start) / 60.0, 1)
            record = replace(record, minutes=minutes, **measured)
            keep(record)
    return record


def measure_peers(extent: Extent, scratch: Path) -> list[PeerResult]:
    """Run the contest at every size."""
    hipo = HIPO_PYTHON if HIPO_PYTHON.exists() else None
    contest = Contest(scratch, extent.peer_limit, extent.largest_for_peers, hipo, extent.repeats)
    return [result for cells in extent.peer_sizes for result in contest.at_size(cells)]


def measure_all_commands(extent: Extent, scratch: Path) -> list[CommandResult]:
    """Time every command at every number of reps."""
    return [
        result for reps in extent.command_reps for result in measure_commands(scratch, reps, extent.run_limit)
    ]


def measure_what_if(extent: Extent, engine: str, scratch: Path) -> list[WarmResult]:
    """Time re-solves at every size; fewer changes where one takes seconds, none where it takes too long."""
    results = []
    for cells in extent.warm_sizes:
        command = [sys.executable, "-m", "benchmarks.warm", str(task_of(cells, scratch)), "--engine", engine]
        command += ["--changes", str(extent.changes), "--seconds", str(extent.peer_limit)]
        ended = run_measured(command, extent.run_limit)
        if ended.exit_code is None:
            print(f"{cells:,} cells, what-if: not finished in {extent.run_limit:.0f} s", flush=True)
            break
        if ended.exit_code != 0:
            raise RuntimeError(f"what-if at {cells:,} cells:\n{ended.errors}")
        results.append(WarmResult(**json.loads(ended.output)))
        print(f"{cells:,} cells, one change: {results[-1].median_seconds['all']:.4f} s", flush=True)
    return results


def write_record(record: BenchmarkRecord, path: Path) -> None:
    """Write a record as JSON, numbers to four significant digits."""
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(json.dumps(_short(asdict(record)), indent=1) + "\n", encoding="utf-8")


def _short(value: object) -> object:
    """Round floats to four significant digits; what is not a number becomes null."""
    if isinstance(value, float):
        return float(f"{value:.4g}") if math.isfinite(value) else None
    if isinstance(value, dict):
        return {key: _short(one) for key, one in value.items()}
    if isinstance(value, list):
        return [_short(one) for one in value]
    return value


def main(arguments: Sequence[str] | None = None) -> int:
    """Measure, write the record, then the page."""
    parser = argparse.ArgumentParser(description="peers side by side, whole runs, growth, what-if")
    parser.add_argument("--quick", action="store_true", help="1,000 and 10,000 cells only, no page")
    parser.add_argument("--only", choices=PARTS, action="append", help="one part (may be repeated)")
    parser.add_argument("--engine", default="auto", help="engine of whole runs and what-if")
    parser.add_argument("--limit", type=float, help="seconds a contestant may take (60)")
    parser.add_argument("--record", type=Path, help="where the JSON goes; with --only, its other parts stay")
    parsed = parser.parse_args(arguments)
    is_partial = parsed.quick or bool(parsed.only)
    path = parsed.record or (PROJECT / "out" / "bench.json" if is_partial else RECORD)
    with tempfile.TemporaryDirectory() as scratch:
        extent = QUICK if parsed.quick else FULL
        if parsed.limit:
            extent = replace(extent, peer_limit=parsed.limit)
        parts = [part for part in PARTS if part in (parsed.only or PARTS)]
        before = read_record(path) if parsed.only and path.exists() else None
        record = measure(
            extent, parts, parsed.engine, Path(scratch), lambda so_far: write_record(so_far, path), before
        )
    print(f"{record.minutes} minutes; record: {path}")
    if not is_partial:
        run_module("benchmarks.report", path)
    wrong = disagreements(record.peers)
    for text in wrong:
        print(text)
    return 1 if wrong else 0


def disagreements(peers: Sequence[PeerResult]) -> list[str]:
    """Say which contestants ended in our polish and yet elsewhere, or broke a row, or gave no answer."""
    texts = []
    for result in peers:
        if result.formulation not in (OURS, OURS_PASSES):
            continue
        name = f"{result.label} ({result.formulation}) at {result.cells:,} cells"
        check = result.check
        if result.outcome == NO_ANSWER:
            texts.append(f"{name}: {result.note}")
        elif check is not None and max(check.largest, check.violation) > AGREEMENT:
            texts.append(
                f"{name} gives another answer: "
                f"largest difference {check.largest:.0e}, violation {check.violation:.0e}"
            )
    return texts


if __name__ == "__main__":
    sys.exit(main())
