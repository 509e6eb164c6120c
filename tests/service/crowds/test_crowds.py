"""Many callers at once on two served processes and one database: one winner, one effect, nothing twice."""

from collections import Counter
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path
from typing import Any

import httpx
import pytest
from sqlalchemy import func, select

from service.db.database import Database
from service.db.models import AuditEntry, Release, Run, RunEvent
from tests.service.crowds.crowd import SENDERS, Crowd, wait_until
from tests.service.kills.release_checks import faults_of_storage

PUBLISHERS, ROUNDS = 16, 4
RUNS = 24


@pytest.fixture
def crowd(
    request: pytest.FixtureRequest, database: Database, database_url: str, tmp_path: Path
) -> Iterator[Crowd]:
    with ExitStack() as stack:
        yield Crowd(database, database_url, tmp_path / "storage", request.param, stack)


@pytest.mark.parametrize("crowd", [0], indirect=True)
def test_of_sixteen_publishers_on_two_services_one_wins_each_version(crowd: Crowd) -> None:
    path, won = f"/v1/plans/{crowd.plan_id}", []
    for turn in range(ROUNDS):
        seen = crowd.clients[0].get(path).headers["ETag"]
        wanted = {
            "run_id": crowd.runs[turn % len(crowd.runs)],
            "effective_from": "2020-01-01",
            "reasons": [{"reason": "crowd"}],
        }

        def publish(client: httpx.Client, seen: str = seen, wanted: Any = wanted) -> httpx.Response:
            key = f"{id(client)}-{seen}"
            headers = {"If-Match": seen, "Idempotency-Key": key}
            return client.post(f"{path}/releases", json=wanted, headers=headers)

        answers = crowd.at_once(PUBLISHERS, publish)
        assert sorted(answer.status_code for answer in answers) == [201] + [412] * (PUBLISHERS - 1)
        won += [answer.json()["release_id"] for answer in answers if answer.status_code == 201]
    assert list(faults_of_storage(crowd.database, crowd.plan_id, won)) == []


@pytest.mark.parametrize("crowd", [0], indirect=True)
def test_thirty_two_requests_with_one_key_have_one_effect(crowd: Crowd) -> None:
    seen = crowd.clients[0].get(f"/v1/plans/{crowd.plan_id}").headers["ETag"]
    release = {"run_id": crowd.runs[0], "effective_from": "2020-01-01"}
    bodies: dict[str, tuple[dict[str, Any], dict[str, str]]] = {
        f"/v1/plans/{crowd.plan_id}/releases": (release, {"If-Match": seen}),
        f"/v1/plans/{crowd.plan_id}/scenarios": ({"name": "once"}, {}),
        f"/v1/plans/{crowd.plan_id}/runs": ({}, {}),
    }
    with crowd.database.reads() as session:
        before = session.scalar(select(func.max(AuditEntry.number))) or 0
    for place, (body, headers) in bodies.items():

        def send(
            client: httpx.Client, place: str = place, body: Any = body, headers: Any = headers
        ) -> httpx.Response:
            return client.post(place, json=body, headers={**headers, "Idempotency-Key": f"key{place}"})

        answers = crowd.at_once(SENDERS, send)
        assert {answer.status_code for answer in answers} <= {201, 202}, Counter(a.text for a in answers)
        assert len({answer.content for answer in answers}) == 1
        replayed = [answer.headers.get("Idempotent-Replayed") for answer in answers]
        assert Counter(replayed) == {"true": SENDERS - 1, None: 1}
    with crowd.database.reads() as session:
        entries = session.scalars(select(AuditEntry.action).where(AuditEntry.number > before)).all()
        assert sorted(entries) == ["release.publish", "run.ask", "scenario.create"]
        assert session.scalar(select(func.count()).select_from(Release)) == 1


@pytest.mark.parametrize("crowd", [1], indirect=True)
def test_two_services_work_one_queue_off_without_doing_anything_twice(crowd: Crowd) -> None:
    path = f"/v1/plans/{crowd.plan_id}/runs"
    asked = crowd.at_once(RUNS, lambda client: client.post(path, json={}))
    ids = [answer.json()["run_id"] for answer in asked]
    assert len(set(ids)) == RUNS
    for run_id in ids:
        wait_until(crowd.clients[0], run_id, lambda run: run["status"] == "succeeded")
    with crowd.database.reads() as session:
        runs = session.scalars(select(Run).where(Run.run_id.in_(ids))).all()
        events = session.execute(select(RunEvent.run_id, RunEvent.kind)).all()
    assert {run.attempt for run in runs} == {1}
    assert len({run.result_hash for run in runs}) == 1
    told = Counter((run_id, kind) for run_id, kind in events if run_id in ids)
    assert {told[run_id, kind] for run_id in ids for kind in ("started", "ended")} == {1}
