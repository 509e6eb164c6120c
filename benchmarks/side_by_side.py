"""All contestants at one size after the other, each in a process of its own, answers checked."""

import json
import statistics
import sys
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

from benchmarks.contest import ABSENT_CODE, NO_ANSWER_CODE
from benchmarks.peers.routes import ROUTES, Route
from benchmarks.plan_sizes import task_of
from benchmarks.processes import Ended, run_measured, run_module
from benchmarks.record import ABSENT, FINISHED, NO_ANSWER, SKIPPED, STOPPED, AnswerCheck, PeerResult

SHORT_SECONDS = 1.0
REPEATS = 3


@dataclass
class Contest:
    """The running contest: limits, and what has been seen so far.

    Parameters
    ----------
    scratch
        Folder for plans, tasks and answers.
    limit
        Seconds a process may take.
    largest_for_peers
        Cells beyond which only our own engines run.
    hipo_python
        Interpreter of the environment with HiPO; None = not installed.
    repeats
        Runs of a contestant that takes less than a second.
    routes
        Who takes part, ours first.
    """

    scratch: Path
    limit: float
    largest_for_peers: int
    hipo_python: Path | None
    repeats: int = REPEATS
    routes: tuple[Route, ...] = ROUTES
    seen: dict[str, PeerResult] = field(default_factory=dict)

    def at_size(self, cells: int) -> list[PeerResult]:
        """Run every contestant on one plan; ours first, for the first that finishes is the reference."""
        task = task_of(cells, self.scratch)
        results = []
        for route in self.routes:
            result = self.why_not(route, cells) or self._compete(route, cells, task)
            self.seen[route.name] = result
            results.append(result)
            print(_line(result), flush=True)
        return _checked(task, results)

    def why_not(self, route: Route, cells: int) -> PeerResult | None:
        """Return a result without a run where there is nothing to run or it would be too long."""
        if route.environment == "hipo" and self.hipo_python is None:
            return _without(route, cells, ABSENT, "its environment is not installed")
        if not route.is_ours and cells > self.largest_for_peers:
            return _without(route, cells, SKIPPED, f"peers run up to {self.largest_for_peers:,} cells")
        before = self.seen.get(route.name)
        if before is None or before.outcome == FINISHED and self._hopes(before, cells):
            return None
        if before.outcome == FINISHED:
            expected = before.total * cells / before.cells
            return _without(route, cells, SKIPPED, f"at least {expected:.0f} s if time grew with size alone")
        if before.outcome == ABSENT:
            return _without(route, cells, ABSENT, before.note)
        return _without(route, cells, SKIPPED, f"{before.outcome} at {before.cells:,} cells already")

    def _hopes(self, before: PeerResult, cells: int) -> bool:
        return before.total * cells / before.cells <= self.limit

    def _compete(self, route: Route, cells: int, task: Path) -> PeerResult:
        """Run a contestant once, or several times if it is quick, and return the median run."""
        runs = [self._run_once(route, cells, task)]
        if runs[0].outcome == FINISHED and runs[0].total < SHORT_SECONDS:
            runs += [self._run_once(route, cells, task) for _ in range(self.repeats - 1)]
        if any(run.outcome != FINISHED for run in runs):
            return next(run for run in runs if run.outcome != FINISHED)
        middle = statistics.median_low(run.total for run in runs)
        return replace(next(run for run in runs if run.total == middle), repeats=len(runs))

    def _run_once(self, route: Route, cells: int, task: Path) -> PeerResult:
        python = str(self.hipo_python) if route.environment == "hipo" else sys.executable
        times = task.with_name(f"{route.name}.json")
        times.write_text("{}", encoding="utf-8")
        command = [python, "-m", "benchmarks.contest", route.name, task, _answer(task, route.name), times]
        ended = run_measured([str(part) for part in command], self.limit, task.parent)
        noted = json.loads(times.read_text(encoding="utf-8"))
        outcome, note = _outcome(ended, noted, self.limit)
        return PeerResult(
            route.name,
            route.label,
            route.formulation,
            cells,
            outcome,
            note,
            noted.get("seconds", {}),
            noted.get("cpu_seconds", {}),
            ended.megabytes,
            1,
            None,
            noted.get("versions", {}),
        )


def _answer(task: Path, route_name: str) -> Path:
    return task.with_name(f"{route_name}.npy")


def _outcome(ended: Ended, noted: dict[str, Any], limit: float) -> tuple[str, str]:
    """Name how a run ended; a process that broke down is shown with its last words."""
    if ended.exit_code == 0:
        return FINISHED, ""
    if ended.exit_code is None:
        done = ", ".join(f"{phase} {seconds:.1f} s" for phase, seconds in noted.get("seconds", {}).items())
        return STOPPED, f"not finished in {limit:.0f} s (done: {done or 'nothing'})"
    if ended.exit_code in (NO_ANSWER_CODE, ABSENT_CODE):
        reason = str(noted["failure"])
        if ended.exit_code == ABSENT_CODE:
            return ABSENT, reason
        return NO_ANSWER, f"{reason} (after {sum(noted['seconds'].values()):.1f} s)"
    last = ended.errors.splitlines()[-1:] or ["no message"]
    return NO_ANSWER, f"process ended with {ended.exit_code}: {last[0]}"


def _without(route: Route, cells: int, outcome: str, note: str) -> PeerResult:
    return PeerResult(route.name, route.label, route.formulation, cells, outcome, note)


def _checked(task: Path, results: list[PeerResult]) -> list[PeerResult]:
    """Compare all answers with the first of ours, in one process; without one there is no check."""
    done = [result.route for result in results if result.outcome == FINISHED]
    ours = [route.name for route in ROUTES if route.is_ours and route.name in done]
    if not ours:
        return results
    answers = [_answer(task, name) for name in (ours[0], *done)]
    checks = json.loads(run_module("benchmarks.answer_check", task, *answers).output)
    check_of = {name: AnswerCheck(**check) for name, check in zip(done, checks, strict=True)}
    for name, check in check_of.items():
        print(f"{name:<20} rms {check.rms:.0e}  largest {check.largest:.0e}  violation {check.violation:.0e}")
    return [replace(result, check=check_of.get(result.route)) for result in results]


def _line(result: PeerResult) -> str:
    start = f"{result.cells:>9,} cells  {result.label:<24} {result.formulation:<24} "
    if result.outcome != FINISHED:
        return f"{start}{result.outcome}: {result.note}"
    return f"{start}{result.total:8.3f} s {result.megabytes:7.0f} MB"
