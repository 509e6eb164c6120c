"""Scenarios at speed: what-if by kind of change, many runs on worker processes and on a Dask cluster.

python -m benchmarks.scenarios PLAN --runs 1000 --out scenarios.json
"""

import argparse
import gc
import json
import os
import resource
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from pathlib import Path
from statistics import median
from typing import Any

from allocator.errors import InfeasiblePlan
from allocator.plan.faults import FaultCollector
from allocator.plan.plan import Plan
from allocator.plan.reading import read_plan
from benchmarks.machine import this_machine
from scenarios.changes.kinds import read_changes
from scenarios.family import PlanFamily
from scenarios.runs.cluster import Cluster
from scenarios.runs.drive import drive
from scenarios.runs.fleets import ONE_THREAD, Fleet, Processes
from scenarios.runs.work import Shared, baseline_targets
from scenarios.scenario import Chain, Scenario
from scenarios.whatif import what_if, what_if_document
from solver_models.engines.choice import choose_engine

MEASURE = "revenue"
WORKERS = 2
CLUSTER_RUNS = 1000
WARM_UP = 12
"""Runs before the clock starts: workers start, read the plan and solve the base."""
KINDS = ("total", "growth band", "capacity", "fairness band", "commitments")


@dataclass(frozen=True)
class WhatIfFigures:
    """CPU seconds of one kind of change, comparison included."""

    kind: str
    questions: int
    infeasible: int
    median: float
    worst: float


@dataclass(frozen=True)
class SweepFigures:
    """Many runs on workers that are up; seconds by the clock and of all processors."""

    fleet: str
    rounded: bool
    runs: int
    done: int
    wall: float
    cpu_per_run: float
    memory_start: float
    memory_end: float


def chain_of(kind: str, number: int, size: int) -> Chain:
    """Return the number-th of `size` changes of a kind to the benchmark plan."""
    step = (number - (size - 1) / 2) / max(size - 1, 1)
    written: Mapping[str, Mapping[str, object]] = {
        "total": {"kind": "scale_total", "measure": MEASURE, "factor": 1 + 0.04 * step},
        "growth band": _rule("rule-3-growth", 0.35 + 0.1 * step),
        "capacity": _rule("rule-4-capacity", round(5_449_653 * (1 + 0.1 * (step + 0.5)))),
        "fairness band": _rule("rule-7-fairness", 0.55 + 0.08 * step),
        "commitments": {"kind": "scale_commitments", "measure": MEASURE, "factor": 1 + 0.05 * (step + 0.51)},
    }
    faults = FaultCollector()
    changes = read_changes([written[kind]], kind, faults)
    faults.raise_if_any()
    return (Scenario(f"{kind} {number}", changes),)


def _rule(name: str, most: float) -> Mapping[str, object]:
    return {"kind": "set", "path": f"rules.{MEASURE}-{name}.max", "value": f"{most:.6g}"}


def ask(plan: Plan, kind: str, size: int) -> WhatIfFigures:
    """Time the answers to changes of one kind, rounded, with the comparison as a document."""
    family = PlanFamily(choose_engine("auto"), rounded=True, base=plan)
    family.kept(plan)
    what_if_document(what_if(plan, chain_of(kind, 0, size + 1), family), "en")
    seconds, infeasible = [], 0
    for number in range(1, size + 1):
        begin = time.process_time()
        try:
            what_if_document(what_if(plan, chain_of(kind, number, size + 1), family), "en")
        except InfeasiblePlan:
            infeasible += 1
            continue
        seconds.append(time.process_time() - begin)
    return WhatIfFigures(
        kind, len(seconds), infeasible, median(seconds or [float("nan")]), max(seconds, default=float("nan"))
    )


def sweep(shared: Shared, fleet: Fleet, name: str, runs: int) -> SweepFigures:
    """Time runs on a fleet whose workers are up and warm."""
    chains = [chain_of(KINDS[k % 4], k // 4, max(2, runs // 4)) for k in range(runs)]
    handle = fleet.share(shared)
    status: list[str] = []

    def keep(key: str, figures: dict[str, Any]) -> None:
        status.append(figures["status"])

    warm = [(f"warm {k}", chains[k]) for k in range(WARM_UP)]
    drive(warm, fleet.executor, handle, fleet.workers, keep, parcel=fleet.parcel)
    status.clear()
    gc.collect()
    start, cpu, begin = _memory(), _processor_seconds(), time.perf_counter()
    tasks = ((str(k), chain) for k, chain in enumerate(chains))
    drive(tasks, fleet.executor, handle, fleet.workers, keep, parcel=fleet.parcel)
    wall, spent, end = time.perf_counter() - begin, _processor_seconds() - cpu, _memory()
    return SweepFigures(name, shared.rounded, runs, status.count("done"), wall, spent / runs, start, end)


def _below() -> Iterator[int]:
    """Process numbers of this process and of all below it."""
    parents = {}
    for status in Path("/proc").glob("[0-9]*/stat"):
        try:
            parents[int(status.parent.name)] = int(status.read_text().rpartition(")")[2].split()[1])
        except (FileNotFoundError, ProcessLookupError):
            continue  # it ended while the others were listed
    found = {os.getpid()}
    while more := {one for one, parent in parents.items() if parent in found} - found:
        found |= more
    yield from found


def _memory() -> float:
    """Resident megabytes of the largest process below this one."""
    pages = [int(Path(f"/proc/{one}/statm").read_text().split()[1]) for one in _below() if one != os.getpid()]
    return max(pages, default=0) * resource.getpagesize() / 2**20


def _processor_seconds() -> float:
    """User and system seconds of this process and all below it."""
    tick = os.sysconf("SC_CLK_TCK")
    ticks = 0
    for one in _below():
        fields = Path(f"/proc/{one}/stat").read_text().rpartition(")")[2].split()
        ticks += int(fields[11]) + int(fields[12])
    return ticks / tick


@contextmanager
def local_cluster() -> Iterator[str]:
    """Start a scheduler and workers of one thread each, yield the address and end them."""
    one_thread = os.environ | dict.fromkeys(ONE_THREAD, "1") | {"PYTHONPATH": str(Path.cwd())}
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / "scheduler.json"
        place = ["--scheduler-file", str(file), "--local-directory", folder]
        dask = [sys.executable, "-m", "dask"]
        commands = (
            [*dask, "scheduler", "--port", "0", "--no-dashboard", *place[:2]],
            [*dask, "worker", "--nworkers", str(WORKERS), "--nthreads", "1", "--no-dashboard", *place],
        )
        started = [
            subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, env=one_thread)
            for command in commands
        ]
        try:
            end = time.monotonic() + 60
            while not file.exists():
                if time.monotonic() > end:
                    raise TimeoutError("no scheduler within a minute")
                time.sleep(0.1)
            yield json.loads(file.read_text(encoding="utf-8"))["address"]
        finally:
            for process in reversed(started):
                process.terminate()
            for process in reversed(started):
                process.wait(30)


def main(arguments: Sequence[str] | None = None) -> int:
    """Measure, print a table, write the figures."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("plan", type=Path)
    parser.add_argument("--runs", type=int, default=1000)
    parser.add_argument("--questions", type=int, default=7)
    parser.add_argument("--out", type=Path)
    given = parser.parse_args(arguments)
    plan = read_plan(given.plan)
    asked = [ask(plan, kind, given.questions) for kind in KINDS]
    for one in asked:
        print(f"what-if {one.kind:14} median {one.median:6.3f} s   worst {one.worst:6.3f} s", flush=True)
    swept = []
    exact = Shared(plan, None, "auto", rounded=False, time_limit=float("inf"))
    against = baseline_targets(exact, ())
    for rounded in (False, True):
        shared = Shared(plan, against, "auto", rounded, float("inf"))
        with Processes(WORKERS) as fleet:
            swept.append(_shown(sweep(shared, fleet, "processes", given.runs)))
    fewer = min(CLUSTER_RUNS, given.runs)
    shared = Shared(plan, against, "auto", rounded=False, time_limit=float("inf"))
    with Processes(WORKERS) as fleet:
        swept.append(_shown(sweep(shared, fleet, "processes", fewer)))
    with local_cluster() as address, Cluster(address, wait_for=WORKERS) as fleet:
        swept.append(_shown(sweep(shared, fleet, "dask", fewer)))
    if given.out is not None:
        record = {
            "machine": asdict(this_machine()),
            "what_if": [asdict(one) for one in asked],
            "sweeps": [asdict(one) for one in swept],
        }
        given.out.write_text(json.dumps(record, indent=2) + "\n", encoding="utf-8")
    return 0


def _shown(one: SweepFigures) -> SweepFigures:
    print(
        f"{one.fleet:9} {'rounded' if one.rounded else 'exact':7} {one.done}/{one.runs} runs"
        f" {one.wall:7.1f} s  {1000 * one.cpu_per_run:6.1f} ms CPU a run"
        f"  memory {one.memory_start:.0f} -> {one.memory_end:.0f} MB",
        flush=True,
    )
    return one


if __name__ == "__main__":
    sys.exit(main())
