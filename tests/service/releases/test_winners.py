"""One winner per version, one effect per key, and a database that refuses to change what was released."""

from concurrent.futures import ThreadPoolExecutor

import pytest
from fastapi.testclient import TestClient
from httpx import Response
from sqlalchemy import func, select, text
from sqlalchemy.exc import DatabaseError

from service.db.models import AuditEntry, Release, ReleaseTarget
from tests.service.releases.conftest import Desk

PUBLISHERS = 8
IMMUTABLE = ("releases", "release_targets", "release_snapshots", "release_acks")


def test_of_publishers_at_the_same_time_exactly_one_wins_each_version(desk: Desk) -> None:
    run = desk.run()
    for version in (1, 2):
        seen = f'"{desk.version}"'

        def publish(seen: str = seen) -> Response:
            return desk.post(run, products="total", if_match=seen)

        with ThreadPoolExecutor(PUBLISHERS) as threads:
            answers = list(threads.map(lambda _: publish(), range(PUBLISHERS)))
        assert sorted(answer.status_code for answer in answers) == [201] + [412] * (PUBLISHERS - 1)
        assert [a.json()["version"] for a in answers if a.status_code == 201] == [version]
    with desk.database.reads() as session:
        assert session.scalars(select(Release.version).order_by(Release.version)).all() == [1, 2]
        rows = session.scalars(select(func.count()).select_from(ReleaseTarget)).one()
        assert rows == sum(session.scalars(select(Release.rows)))
        told = select(func.count()).where(AuditEntry.action == "release.publish")
        assert session.scalar(told) == 2


def test_publishers_who_name_no_version_are_numbered_without_gaps(desk: Desk) -> None:
    run = desk.run()
    with ThreadPoolExecutor(4) as threads:
        answers = list(threads.map(lambda _: desk.post(run, products="total", if_match="*"), range(4)))
    won = [answer.json()["version"] for answer in answers if answer.status_code == 201]
    assert sorted(won) == list(range(1, len(won) + 1))
    assert len(won) >= 1
    assert {answer.status_code for answer in answers} <= {201, 412}


def test_without_if_match_nothing_is_published_and_a_stale_one_is_refused(desk: Desk) -> None:
    run = desk.run()
    path = f"/v1/plans/{desk.plan.plan_id}/releases"
    wanted = {"run_id": run.run_id, "effective_from": "2019-07-01"}
    assert desk.finance.post(path, json=wanted).status_code == 428
    assert desk.post(run, if_match='"7"').status_code == 412
    assert desk.post(run, if_match="nonsense").status_code == 412
    unknown = desk.finance.post("/v1/plans/plan_none/releases", json=wanted, headers={"If-Match": "*"})
    assert unknown.status_code == 404


def test_the_same_key_publishes_once_and_answers_the_same_though_the_version_has_moved_on(desk: Desk) -> None:
    run = desk.run()
    seen, key = f'"{desk.version}"', {"Idempotency-Key": "publish-1"}
    first = desk.post(run, products="total", if_match=seen, headers=key)
    again = desk.post(run, products="total", if_match=seen, headers=key)
    assert (first.status_code, again.status_code) == (201, 201)
    assert again.json() == first.json()
    assert again.headers["Idempotent-Replayed"] == "true"
    other = desk.post(run, products="all", if_match=seen, headers=key)
    assert other.status_code == 422
    with desk.database.reads() as session:
        assert session.scalars(select(Release.version)).all() == [1]


def test_the_database_itself_refuses_to_change_what_was_released(desk: Desk, hr: TestClient) -> None:
    made = desk.release(desk.run(), products="total")
    ack = {"sha256": made["sha256"], "rows": made["rows"]}
    assert hr.post(f"/v1/releases/{made['release_id']}/acks", json=ack).status_code == 201
    for table in IMMUTABLE:
        for statement in (f"UPDATE {table} SET release_id = release_id", f"DELETE FROM {table}"):
            with pytest.raises(DatabaseError, match="immutable"), desk.database.writes.begin() as session:
                session.execute(text(statement))
    assert hr.get(f"/v1/releases/{made['release_id']}").json() == made
