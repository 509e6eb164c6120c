"""The run table is the truth: one holder at a time, and nothing is written by who lost the lease."""

import json
from datetime import timedelta

from sqlalchemy import select

from service.db.database import Database
from service.db.models import OutboxEvent, PlanRecord, Run
from service.plans.service import find_revision
from service.runs.outcome import Outcome
from service.runs.repository import ATTEMPTS, artifact, artifact_hashes, claim, events_after, finish, renew
from service.runs.service import RunOptions, ask_for_run
from tests.service.conftest import SYSTEM, Moment

LEASE = timedelta(seconds=30)


def asked(database: Database, plan: PlanRecord, moment: Moment) -> str:
    with database.writes.begin() as session:
        return ask_for_run(
            session, SYSTEM, find_revision(session, plan), [], None, RunOptions(), moment()
        ).run_id


def claimed(database: Database, moment: Moment, owner: str) -> Run | None:
    with database.writes.begin() as session:
        return claim(session, owner, moment(), LEASE)


def test_a_run_of_the_demo_leaves_the_files_of_the_command_behind(database: Database, demo_run: Run) -> None:
    assert demo_run.status == "succeeded"
    with database.reads() as session:
        names = set(artifact_hashes(session, demo_run.run_id))
        certificate = json.loads(artifact(session, demo_run.run_id, "certificate.json") or b"")
        kinds = [event.kind for event in events_after(session, demo_run.run_id, 0)]
    assert {"cells.csv", "targets.csv", "explanation.csv", "rules.csv", "fairness.json"} <= names
    assert certificate["result_hash"] == demo_run.result_hash
    assert kinds == ["queued", "started", "ended"]
    assert json.loads(demo_run.kpis)["revenue"]["total"] == 1_336_000_000


def test_a_claimed_run_is_nobody_elses_until_its_lease_runs_out(
    database: Database, demo_plan: PlanRecord, moment: Moment
) -> None:
    run_id = asked(database, demo_plan, moment)
    first = claimed(database, moment, "one")
    assert first is not None
    assert claimed(database, moment, "two") is None
    moment.now += LEASE + timedelta(seconds=1)
    second = claimed(database, moment, "two")
    assert second is not None
    assert (second.run_id, second.attempt) == (run_id, 2)
    with database.writes.begin() as session:
        assert renew(session, run_id, first.fence, moment() + LEASE, "late") is None
        assert not finish(session, run_id, first.fence, Outcome("succeeded"), moment())
        assert renew(session, run_id, second.fence, moment() + LEASE, "solve") == ""
        assert finish(session, run_id, second.fence, Outcome("failed", "why"), moment())
        assert not finish(session, run_id, second.fence, Outcome("succeeded"), moment())
    with database.reads() as session:
        told = session.scalars(select(OutboxEvent)).one()
        assert json.loads(told.document)["status"] == "failed"


def test_a_run_whose_workers_die_ends_as_failed_and_the_next_one_is_taken(
    database: Database, demo_plan: PlanRecord, moment: Moment
) -> None:
    poisoned = asked(database, demo_plan, moment)
    moment.now += timedelta(seconds=1)
    healthy = asked(database, demo_plan, moment)
    for _ in range(ATTEMPTS):
        taken = claimed(database, moment, "one")
        assert taken is not None
        assert taken.run_id == poisoned
        moment.now += LEASE + timedelta(seconds=1)
    taken = claimed(database, moment, "one")
    assert taken is not None
    assert taken.run_id == healthy
    with database.reads() as session:
        assert session.get_one(Run, poisoned).status == "failed"
