"""The dispatcher with real worker processes: right results, real limits, nothing left behind."""

import json
import time
from multiprocessing import active_children
from pathlib import Path
from threading import Event
from typing import Any

import psycopg
import pytest
from fastapi import FastAPI
from fastapi.testclient import TestClient
from sqlalchemy import select

from service.db.database import Database
from service.db.models import OutboxEvent, PlanRecord, Run
from service.plans.service import find_revision
from service.plans.store import PlanStore
from service.runs.crew import ProcessCrew
from service.runs.dispatcher import Dispatcher
from service.runs.job import Job
from service.runs.repository import artifact_hashes
from service.runs.work import work
from tests.waiting import HANG_SECONDS, until

WAIT = {"Prefer": "wait=30"}
CHANGES = [{"kind": "scale_total", "measure": "revenue", "factor": "1.01"}]


def ended(client: TestClient, place: str, body: dict[str, Any] | None = None) -> dict[str, Any]:
    """Ask for a run and return it when it has ended, however busy the machine is."""
    run = client.post(place, json=body, headers=WAIT).json()
    where = f"/v1/runs/{run['run_id']}"
    until(lambda: client.get(where).json()["status"] not in ("queued", "running"), "the run has ended")
    found: dict[str, Any] = client.get(where).json()
    return found


def workers() -> list[int]:
    return [one.pid for one in active_children() if "pebble" in one.name and one.pid is not None]


def is_alive(pid: int) -> bool:
    stat = Path(f"/proc/{pid}/stat")
    return stat.exists() and stat.read_text().rpartition(")")[2].split()[0] != "Z"


def test_runs_end_with_the_result_of_a_solve_in_this_process_and_tell_it_once(
    analyst: TestClient, dispatcher: Dispatcher, database: Database, small_plan: PlanRecord, tmp_path: Path
) -> None:
    place = f"/v1/plans/{small_plan.plan_id}"
    scenario = analyst.post(f"{place}/scenarios", json={"name": "up", "changes": CHANGES}).json()
    what_if = f"/v1/scenarios/{scenario['scenario_id']}/runs"
    first, cold, warm = ended(analyst, f"{place}/runs"), ended(analyst, what_if), ended(analyst, what_if)
    plan = PlanStore(database, tmp_path / "again").plan(first["revision_id"])
    for run, chain in ((first, []), (cold, [{"name": "up", "changes": CHANGES}])):
        alone = work(Job("alone", json.dumps(chain)), plan)
        assert (run["status"], run["result_hash"]) == ("succeeded", alone.result_hash)
        assert {*run["files"]} == {*(alone.files or {})}
    assert warm["result_hash"] == cold["result_hash"] != first["result_hash"]
    with database.reads() as session:
        one, other = (artifact_hashes(session, run["run_id"]) for run in (cold, warm))
        told = session.scalars(select(OutboxEvent.subject).where(OutboxEvent.kind == "run.ended")).all()
    differing = {name for name in one if one[name] != other[name]}
    assert differing <= {"certificate.json"}
    assert sorted(told) == sorted([first["run_id"], cold["run_id"], warm["run_id"]])

    followed = analyst.get(f"/v1/runs/{warm['run_id']}/events")
    assert followed.headers["content-type"].startswith("text/event-stream")
    ids = [int(line[4:]) for line in followed.text.splitlines() if line.startswith("id: ")]
    assert ids == list(range(1, len(ids) + 1))
    resumed = analyst.get(f"/v1/runs/{warm['run_id']}/events", headers={"Last-Event-ID": str(ids[-2])}).text
    assert [line for line in resumed.splitlines() if line.startswith("id: ")] == [f"id: {ids[-1]}"]


def test_what_is_wrong_with_a_run_is_its_outcome_and_memory_has_a_limit(
    analyst: TestClient, dispatcher: Dispatcher, small_plan: PlanRecord
) -> None:
    place = f"/v1/plans/{small_plan.plan_id}"
    written = {
        "at_fault": [{"kind": "leave", "node": "nobody"}],
        "infeasible": [{"kind": "scale_total", "measure": "revenue", "factor": "9"}],
    }
    for status, changes in written.items():
        made = analyst.post(f"{place}/scenarios", json={"name": status, "changes": changes}).json()
        run = ended(analyst, f"/v1/scenarios/{made['scenario_id']}/runs")
        assert (run["status"], len(run["files"])) == (status, 1)
        assert run["reason"]
        assert analyst.get(f"/v1/runs/{run['run_id']}/result").status_code == 409
    poor = ended(analyst, f"{place}/runs", {"memory_limit": 256})
    assert poor["status"] == "failed"
    assert "256 megabytes" in poor["reason"]
    no_engine = ended(analyst, f"{place}/runs", {"engine": "pulp:NoSuchSolver"})
    assert (no_engine["status"], "NoSuchSolver" in no_engine["reason"]) == ("failed", True)
    assert ended(analyst, f"{place}/runs")["status"] == "succeeded"


def test_a_cancelled_run_is_killed_and_a_service_that_ends_puts_its_runs_back(
    analyst: TestClient, app: FastAPI, database: Database, demo_plan: PlanRecord
) -> None:
    dispatcher = Dispatcher(app.state.context, lambda: ProcessCrew(1))
    dispatcher.start()
    try:
        run = analyst.post(f"/v1/plans/{demo_plan.plan_id}/runs", json={"engine": "highs"}).json()
        place = f"/v1/runs/{run['run_id']}"
        until(lambda: analyst.get(place).json()["phase"] not in ("", "starting"), "it has begun")
        (worker,) = workers()
        assert is_alive(worker)
        analyst.post(f"{place}:cancel")
        until(lambda: analyst.get(place).json()["status"] == "cancelled", "the run is cancelled")
        until(lambda: not is_alive(worker), "its worker is gone")
        again = analyst.post(f"{place}:retry").json()
        place = f"/v1/runs/{again['run_id']}"
        until(lambda: analyst.get(place).json()["status"] == "running", "it runs again")
    finally:
        dispatcher.stop()
    with database.reads() as session:
        back = session.get_one(Run, again["run_id"])
    assert (back.status, back.attempt, back.lease_until) == ("queued", 0, None)
    assert workers() == []
    assert not list(app.state.context.settings.storage.glob("desks/*"))


class Gate:
    """Lets connections to one database in, or ends them all and lets none in."""

    def __init__(self, database_url: str) -> None:
        server, _, self._name = database_url.replace("postgresql+psycopg:", "postgresql:").rpartition("/")
        self._server = f"{server}/postgres"

    def shut(self) -> None:
        self._allow("false")
        with psycopg.connect(self._server, autocommit=True) as connection:
            connection.execute(
                "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = %s", (self._name,)
            )

    def open(self) -> None:
        self._allow("true")

    def _allow(self, answer: str) -> None:
        with psycopg.connect(self._server, autocommit=True) as connection:
            connection.execute(f"ALTER DATABASE {self._name} ALLOW_CONNECTIONS {answer}")  # type: ignore[call-overload]


@pytest.mark.parametrize("database_url", ["postgresql"], indirect=True)
def test_a_database_that_is_gone_for_a_while_ends_nothing(
    analyst: TestClient, dispatcher: Dispatcher, database_url: str, small_plan: PlanRecord
) -> None:
    gate = Gate(database_url)
    run = analyst.post(f"/v1/plans/{small_plan.plan_id}/runs").json()
    gate.shut()
    time.sleep(1.5)
    gate.open()
    place = f"/v1/runs/{run['run_id']}"
    until(lambda: analyst.get(place).json()["status"] == "succeeded", "the run has succeeded")
    assert dispatcher.is_alive


@pytest.mark.parametrize("database_url", ["postgresql"], indirect=True)
def test_a_run_whose_database_goes_between_its_claim_and_its_worker_is_found_again(
    analyst: TestClient,
    dispatcher: Dispatcher,
    database_url: str,
    small_plan: PlanRecord,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    gate, gone, folder_of = Gate(database_url), Event(), PlanStore.folder

    def folder(store: PlanStore, revision_id: str) -> Path:
        if not gone.is_set():
            gate.shut()
            gone.set()
        return folder_of(store, revision_id)

    monkeypatch.setattr(PlanStore, "folder", folder)
    run = analyst.post(f"/v1/plans/{small_plan.plan_id}/runs").json()
    assert gone.wait(HANG_SECONDS)
    time.sleep(0.5)
    gate.open()
    place = f"/v1/runs/{run['run_id']}"
    until(lambda: analyst.get(place).json()["status"] == "succeeded", "the run has succeeded")
    assert "requeued" in analyst.get(f"{place}/events").text


def test_a_stopped_run_keeps_the_hard_rules_and_names_the_tiers_it_left_out(
    database: Database, small_plan: PlanRecord, tmp_path: Path
) -> None:
    with database.reads() as session:
        revision_id = find_revision(session, small_plan).revision_id
    plan = PlanStore(database, tmp_path / "plans").plan(revision_id)
    outcome = work(Job("x", "[]"), plan, stop=lambda: True)
    certificate = json.loads((outcome.files or {})["certificate.json"])
    assert outcome.status == "stopped"
    assert certificate["measures"]["revenue"]["unsettled_tiers"] == [1, 2, 3]
    assert max(certificate["measures"]["revenue"]["residuals"].values()) < 1e-6
