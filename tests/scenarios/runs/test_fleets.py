"""Worker processes and a Dask cluster, with real processes that are really killed."""

import os
import signal
import socket
import subprocess
import sys
from collections.abc import Iterator
from concurrent.futures import CancelledError, Executor
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
from distributed import Client

from allocator.plan.plan import Plan
from scenarios.files.sweep_file import SweepFile
from scenarios.runs.cluster import Cluster
from scenarios.runs.cluster_memory import KeepMemory
from scenarios.runs.drive import Work, drive
from scenarios.runs.fleets import Processes
from scenarios.runs.outcome import Outcome
from scenarios.runs.sweep import run_sweep
from scenarios.runs.work import Shared
from scenarios.scenario import Scenario
from tests.scenarios.runs import poison
from tests.waiting import HANG_SECONDS, until

NAMES = ("a", "poison", "b", "c")
NOTHING = Shared(None, None, "auto", False, 1.0)  # type: ignore[arg-type]


def driven(
    executor: Executor, shared: object, work: Work, notes: dict[str, str] | None = None
) -> dict[str, Any]:
    """Drive four tasks and return what became of each."""
    found: dict[str, Any] = {}
    tasks = [(name, (Scenario(name, note=(notes or {}).get(name, "")),)) for name in NAMES]
    drive(tasks, executor, shared, 2, found.__setitem__, work)
    return found


def others_are_done(found: dict[str, Any]) -> bool:
    return all(found[name]["name"] == name for name in NAMES if name != "poison")


def test_processes_come_to_the_same_outcomes(
    plan: Plan, sweep: SweepFile, expected: tuple[Outcome, ...], tmp_path: Path
) -> None:
    with Processes(2, time_limit=120, memory_limit=4096) as fleet:
        found = run_sweep(plan, sweep, tmp_path, fleet)
    assert [one.figures for one in found] == [one.figures for one in expected]


def test_a_poisoned_run_fails_with_its_reason_and_the_others_go_on() -> None:
    with Processes(2) as fleet:
        handle = fleet.share(NOTHING)
        died = driven(fleet.executor, handle, poison.dies_on_poison)
        raised = driven(fleet.executor, handle, poison.raises_on_poison)
    assert died["poison"]["status"] == "failed"
    assert "died 3 times" in died["poison"]["reason"]
    assert raised["poison"]["reason"] == "ZeroDivisionError: poisoned"
    assert others_are_done(died)
    assert others_are_done(raised)


@pytest.mark.parametrize("work", [poison.dies_on_poison, poison.raises_on_poison])
def test_a_poisoned_run_spoils_no_other_run_of_its_parcel(work: Work) -> None:
    names = [f"run {k}" for k in range(30)] + ["poison"] + [f"run {k}" for k in range(30, 60)]
    found: dict[str, Any] = {}
    with Processes(2) as fleet:
        handle = fleet.share(NOTHING)
        tasks = [(name, (Scenario(name),)) for name in names]
        drive(tasks, fleet.executor, handle, 2, found.__setitem__, work, parcel=8)
    assert found.pop("poison")["status"] == "failed"
    assert {name: one["name"] for name, one in found.items()} == {
        name: name for name in names if name != "poison"
    }


def test_a_run_whose_worker_dies_once_is_not_lost(tmp_path: Path) -> None:
    with Processes(2) as fleet:
        handle = fleet.share(NOTHING)
        notes = {name: str(tmp_path / name) for name in NAMES}
        found = driven(fleet.executor, handle, poison.dies_once, notes)
    assert {name: one["name"] for name, one in found.items()} == {name: name for name in NAMES}


def test_a_run_that_takes_too_long_is_ended() -> None:
    with Processes(2, time_limit=2.0) as fleet:
        handle = fleet.share(NOTHING)
        found = driven(fleet.executor, handle, poison.sleeps_on_poison)
    assert "time limit" in found["poison"]["reason"]
    assert others_are_done(found)


def test_a_run_that_wants_too_much_memory_fails_alone() -> None:
    with Processes(2, memory_limit=4096) as fleet:
        handle = fleet.share(NOTHING)
        found = driven(fleet.executor, handle, poison.eats_memory_on_poison)
    assert "memory" in found["poison"]["reason"]
    assert others_are_done(found)


def test_cancel_ends_a_running_worker(tmp_path: Path) -> None:
    with Processes(1) as fleet:
        fleet.share(NOTHING)
        mark = tmp_path / "pid"
        future = fleet.executor.submit(poison.writes_its_pid_and_sleeps, str(mark))
        pid = _read_when_there(mark)
        assert _is_alive(pid)
        assert future.cancel()
        with pytest.raises(CancelledError):
            future.result(timeout=HANG_SECONDS)
        until(lambda: not _is_alive(pid), "the worker is gone")


def _read_when_there(mark: Path) -> int:
    until(lambda: mark.exists() and bool(mark.read_text(encoding="ascii")), "the worker has started")
    return int(mark.read_text(encoding="ascii"))


def _is_alive(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    state = Path(f"/proc/{pid}/stat").read_text(encoding="ascii").rsplit(")", 1)[1].split()[0]
    return state != "Z"


@contextmanager
def dask_cluster(workers: int) -> Iterator[tuple[str, list[subprocess.Popen[bytes]]]]:
    """Start a scheduler and workers as people do, on this machine, and end them afterwards."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        address = f"tcp://127.0.0.1:{free.getsockname()[1]}"
    port = address.rpartition(":")[2]
    dask = [sys.executable, "-m", "dask"]
    scheduler = ["scheduler", "--host", "127.0.0.1", "--port", port, "--no-dashboard", "--no-show"]
    worker = ["worker", address, "--nthreads", "1", "--no-nanny", "--no-dashboard", "--host", "127.0.0.1"]
    environment = {**os.environ, "PYTHONPATH": str(Path(__file__).resolve().parents[3])}
    options: dict[str, Any] = {"env": environment, "stdout": subprocess.DEVNULL, "stderr": subprocess.DEVNULL}
    started = [subprocess.Popen([*dask, *scheduler], **options)]
    try:
        started += [subprocess.Popen([*dask, *worker], **options) for _ in range(workers)]
        yield address, started[1:]
    finally:
        for process in reversed(started):
            process.kill()
            process.wait()


@pytest.mark.filterwarnings("ignore::DeprecationWarning", "ignore::ResourceWarning")
def test_a_dask_cluster_comes_to_the_same_outcomes_even_when_a_worker_is_killed(
    plan: Plan, sweep: SweepFile, expected: tuple[Outcome, ...], tmp_path: Path
) -> None:
    with dask_cluster(2) as (address, workers), Cluster(address, wait_for=2) as fleet:
        assert fleet.workers == 2
        with Client(address, set_as_default=False) as client:
            plugins = client.run(lambda dask_worker: [*dask_worker.plugins])
        assert all(KeepMemory.name in names for names in plugins.values())
        killed = []

        def kill_one(done: int, total: int) -> None:
            if done >= 3 and not killed:
                workers[0].send_signal(signal.SIGKILL)
                killed.append(done)

        found = run_sweep(plan, sweep, tmp_path, fleet, progress=kill_one)
        assert killed
    assert [one.figures for one in found] == [one.figures for one in expected]
