"""One contestant, one task, one process: times its phases and writes its answer.

    python -m benchmarks.contest pulp-cbc task.npz answer.npy times.json

`times.json` is written anew after every phase, so that a process that is stopped leaves behind
what it had done. Exit code 3: no answer, 4: not installed; the reason stands in the file.
"""

import argparse
import json
import os
import sys
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from importlib import import_module
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path

import numpy as np

from benchmarks.peers.routes import EngineAbsent, PeerFailure, Route, route_named
from benchmarks.task import load_task

NO_ANSWER_CODE, ABSENT_CODE = 3, 4


class PhaseClock:
    """Wall and processor seconds by phase, kept in a file as they come in."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._times: dict[str, object] = {}
        self._seconds: dict[str, float] = {}
        self._cpu: dict[str, float] = {}

    @contextmanager
    def phase(self, name: str) -> Iterator[None]:
        """Time what is done inside; child processes count."""
        wall, cpu = time.perf_counter(), _cpu_seconds()
        try:
            yield
        finally:
            self._seconds[name] = time.perf_counter() - wall
            self._cpu[name] = _cpu_seconds() - cpu
            self.note("seconds", self._seconds)
            self.note("cpu_seconds", self._cpu)

    def note(self, key: str, value: object) -> None:
        """Write one more fact."""
        self._times[key] = value
        self._path.write_text(json.dumps(self._times), encoding="utf-8")


def _cpu_seconds() -> float:
    used = os.times()
    return used.user + used.system + used.children_user + used.children_system


def compete(route: Route, task_path: Path, answer_path: Path, clock: PhaseClock) -> None:
    """Build, solve, extract; write the cells.

    Raises
    ------
    PeerFailure
        If the contestant gives no answer.
    """
    clock.note("versions", {name: version(name) for name in route.packages})
    with clock.phase("import"):
        module = import_module(route.module)
    with clock.phase("load"):
        task = load_task(task_path)
    contestant = module.contestant(route.formulation, route.solver)
    with clock.phase("build"):
        model = contestant.build(task)
    with clock.phase("solve"):
        solved = contestant.solve(task, model)
    with clock.phase("extract"):
        x = contestant.extract(task, model, solved)
    if not np.all(np.isfinite(x)):
        raise PeerFailure("cells without a value")
    np.save(answer_path, x)


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one contestant."""
    parser = argparse.ArgumentParser(description="one contestant on one task")
    parser.add_argument("route")
    parser.add_argument("task", type=Path)
    parser.add_argument("answer", type=Path)
    parser.add_argument("times", type=Path)
    parsed = parser.parse_args(arguments)
    clock = PhaseClock(parsed.times)
    try:
        compete(route_named(parsed.route), parsed.task, parsed.answer, clock)
    except PeerFailure as failure:
        clock.note("failure", str(failure))
        return NO_ANSWER_CODE
    except EngineAbsent as missing:
        clock.note("failure", str(missing))
        return ABSENT_CODE
    except PackageNotFoundError as missing:
        clock.note("failure", f"{missing.name} is not installed")
        return ABSENT_CODE
    return 0


if __name__ == "__main__":
    sys.exit(main())
