"""Cancel and stop are heard by whichever service works on the run, before it ends by itself."""

from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path

import pytest

from benchmarks.plans import write_benchmark_plan
from service.clock import system_clock
from service.db.database import Database
from service.plans.service import create_plan
from service.plans.store import read_files
from tests.service.conftest import SYSTEM, plan_files
from tests.service.crowds.crowd import Crowd, wait_until

TRIES = 3
"""A stop may come when all tiers are settled and then changes nothing; not so often."""


@pytest.fixture
def crowd(database: Database, database_url: str, tmp_path: Path) -> Iterator[Crowd]:
    with ExitStack() as stack:
        yield Crowd(database, database_url, tmp_path / "storage", 1, stack)


def test_cancel_and_stop_are_heard_through_another_service_before_the_run_ends_by_itself(
    crowd: Crowd, tmp_path: Path
) -> None:
    files = plan_files(write_benchmark_plan(tmp_path / "large", 1200, 10, 1))
    with crowd.database.writes.begin() as session:
        plan = create_plan(session, SYSTEM, "large", files, read_files(files), "", system_clock())
    path = f"/v1/plans/{plan.plan_id}/runs"
    for turn in range(TRIES):
        _cancel(crowd, path, turn)
    assert "stopped" in {_stopped(crowd, path, turn) for turn in range(TRIES)}


def _cancel(crowd: Crowd, path: str, turn: int) -> None:
    """Cancel a run that goes on, and see that it ends without a result."""
    client, other = crowd.clients[turn % 2], crowd.clients[(turn + 1) % 2]
    run_id = client.post(path, json={}).json()["run_id"]
    wait_until(client, run_id, lambda run: run["phase"] not in ("", "starting"))
    assert other.post(f"/v1/runs/{run_id}:cancel").status_code == 200
    ended = wait_until(client, run_id, lambda run: run["status"] != "running")
    assert (ended["status"], ended["result_hash"]) == ("cancelled", "")


def _stopped(crowd: Crowd, path: str, turn: int) -> str:
    """Stop a run while it is solved and return how it ended.

    What it has is rounded and kept; a stop that comes when all tiers are settled changes nothing.
    """
    client, other = crowd.clients[turn % 2], crowd.clients[(turn + 1) % 2]
    run_id = client.post(path, json={"engine": "highs"}).json()["run_id"]
    wait_until(client, run_id, lambda run: run["phase"].startswith("solve"))
    assert other.post(f"/v1/runs/{run_id}:stop").status_code == 200
    ended = wait_until(client, run_id, lambda run: run["status"] != "running")
    assert ended["status"] in ("stopped", "succeeded")
    assert ended["result_hash"]
    return str(ended["status"])
