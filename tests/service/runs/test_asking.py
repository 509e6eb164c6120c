"""Asking for runs: limits, keys, wishes, lists; nobody works here."""

from collections.abc import Callable
from typing import Any

import pytest
from fastapi import FastAPI
from fastapi.testclient import TestClient
from sqlalchemy import select

from service.db.database import Database
from service.db.models import AuditEntry, OutboxEvent, PlanRecord, Run
from service.settings import Settings

Maker = Callable[[str, str, str], TestClient]


@pytest.fixture
def settings(settings: Settings) -> Settings:
    return settings.model_copy(update={"runs_per_account": 3})


def ask(client: TestClient, plan: PlanRecord, body: dict[str, Any] | None = None, **headers: str) -> Any:
    return client.post(f"/v1/plans/{plan.plan_id}/runs", json=body, headers=headers)


def test_a_run_is_accepted_once_per_key_and_waits_for_a_worker(
    analyst: TestClient, small_plan: PlanRecord
) -> None:
    headers = {"Idempotency-Key": "one", "Prefer": "respond-async, wait=1"}
    first = ask(analyst, small_plan, None, **headers)
    again = ask(analyst, small_plan, None, **headers)
    assert (first.status_code, again.status_code) == (202, 202)
    assert first.json() == again.json()
    assert first.headers["Location"] == f"/v1/runs/{first.json()['run_id']}"
    assert (first.headers["Retry-After"], first.headers["Preference-Applied"]) == ("1", "wait=1")
    assert first.json()["status"] == "queued"
    assert len(analyst.get("/v1/runs").json()["items"]) == 1


def test_an_account_may_have_so_many_runs_waiting_and_no_more(
    analyst: TestClient, client_of: Maker, small_plan: PlanRecord
) -> None:
    runs = [ask(analyst, small_plan).json()["run_id"] for _ in range(3)]
    refused = ask(analyst, small_plan)
    assert (refused.status_code, refused.headers["Retry-After"]) == (429, "5")
    assert ask(client_of("finance", "finance", ""), small_plan).status_code == 202
    assert analyst.post(f"/v1/runs/{runs[0]}:cancel").json()["status"] == "cancelled"
    assert ask(analyst, small_plan).status_code == 202


def test_a_run_that_waits_is_cancelled_at_once_and_told_once(
    analyst: TestClient, client_of: Maker, database: Database, small_plan: PlanRecord
) -> None:
    run = ask(analyst, small_plan).json()["run_id"]
    other = client_of("other", "analyst", "")
    assert other.post(f"/v1/runs/{run}:cancel").status_code == 403
    for _ in range(2):
        assert analyst.post(f"/v1/runs/{run}:cancel").json()["status"] == "cancelled"
    stopped = analyst.post(f"/v1/runs/{run}:stop")
    assert (stopped.status_code, stopped.json()["type"]) == (409, "/problems/ended")
    with database.reads() as session:
        assert len(session.scalars(select(OutboxEvent)).all()) == 1
        actions = session.scalars(select(AuditEntry.action).where(AuditEntry.subject == run)).all()
    assert actions == ["run.ask", "run.cancel"]
    again = analyst.post(f"/v1/runs/{run}:retry")
    assert (again.status_code, again.json()["retry_of"]) == (202, run)
    assert analyst.post(f"/v1/runs/{again.json()['run_id']}:retry").status_code == 409


def test_lists_are_filtered_and_paged_newest_first(
    analyst: TestClient, client_of: Maker, small_plan: PlanRecord
) -> None:
    finance = client_of("finance", "finance", "")
    mine = [ask(analyst, small_plan).json()["run_id"] for _ in range(2)]
    theirs = ask(finance, small_plan).json()["run_id"]
    ids = sorted([*mine, theirs], reverse=True)
    first = analyst.get("/v1/runs", params={"limit": 2}).json()
    rest = analyst.get("/v1/runs", params={"limit": 2, "cursor": first["next"]}).json()
    assert [run["run_id"] for run in [*first["items"], *rest["items"]]] == ids
    assert rest["next"] is None
    found = analyst.get("/v1/runs", params={"mine": True, "plan": small_plan.plan_id}).json()["items"]
    assert {run["run_id"] for run in found} == set(mine)
    assert analyst.get("/v1/runs", params={"status": "running"}).json()["items"] == []
    assert analyst.get("/v1/runs", params={"plan": "plan_0"}).json()["items"] == []
    assert analyst.get("/v1/runs", params={"status": "odd"}).status_code == 422


def test_options_are_cut_to_what_the_service_allows(
    analyst: TestClient, app: FastAPI, small_plan: PlanRecord
) -> None:
    settings: Settings = app.state.context.settings
    run = ask(analyst, small_plan, {"time_limit": 10**6, "memory_limit": 10**7, "lang": "zh"}).json()
    assert run["time_limit"] == settings.run_seconds
    assert run["memory_limit"] == settings.run_megabytes
    assert run["options"] == {"engine": "auto", "lang": "zh", "with_workbook": False}
    assert ask(analyst, small_plan, {"revision": 2}).status_code == 404
    for bad in (
        {"engine": "rm -rf"},
        {"lang": "fr"},
        {"time_limit": 0},
        {"memory_limit": 1},
        {"revision": 0},
        {"colour": 1},
    ):
        assert ask(analyst, small_plan, bad).status_code == 422


def test_roles_without_planning_ask_for_nothing(client_of: Maker, database: Database, small_plan) -> None:
    for role in ("manager", "rep", "hr"):
        client = client_of(role, role, "/company/")
        assert ask(client, small_plan).status_code == 403
    assert ask(client_of("part", "finance", "/company/east/"), small_plan).status_code == 404
    with database.reads() as session:
        assert session.scalars(select(Run)).all() == []
