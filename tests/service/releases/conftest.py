"""The tiny company as a plan that has been run, and those who publish and pull."""

import json
from collections.abc import Callable, Mapping, Sequence
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from fastapi.testclient import TestClient
from httpx import Response

from service.db.database import Database
from service.db.models import PlanRecord, Run
from service.plans.repository import files_of
from service.plans.service import create_plan, find_revision, revise_plan
from service.plans.store import read_files
from service.runs.job import Job
from service.runs.outcome import Outcome
from service.runs.repository import claim, finish
from service.runs.service import RunOptions, ask_for_run
from service.runs.work import work
from tests.plans import plan_texts
from tests.service.conftest import SYSTEM, Moment

OUTCOMES: dict[tuple[str, str], Outcome] = {}
Clients = Callable[[str, str, str], TestClient]


def tiny_files(**changed: str) -> dict[str, bytes]:
    """Return the files of the tiny company; so small a company is unfair by chance, hence the limits."""
    texts = {**plan_texts(), **changed}
    texts["plan"] += "fairness: {gap: 0.9, effect: 1.0}\n"
    return {("plan.yaml" if name == "plan" else f"{name}.csv"): t.encode() for name, t in texts.items()}


class Desk:
    """What a test does with the tiny company."""

    def __init__(
        self, database: Database, moment: Moment, folder: Path, finance: TestClient, name: str = "tiny"
    ) -> None:
        self.database, self.moment, self.folder, self.finance = database, moment, folder, finance
        files = tiny_files()
        with database.writes.begin() as session:
            self.plan = create_plan(session, SYSTEM, name, files, read_files(files), "first", moment())

    @property
    def version(self) -> int:
        with self.database.reads() as session:
            return session.get_one(PlanRecord, self.plan.plan_id).version

    def revise(self, **changed: str) -> None:
        files = tiny_files(**changed)
        with self.database.writes.begin() as session:
            plan = session.get_one(PlanRecord, self.plan.plan_id)
            revise_plan(session, SYSTEM, plan, files, read_files(files), "again", self.moment())
            self.plan = plan

    def run(self, chain: Sequence[Mapping[str, Any]] = ()) -> Run:
        """Return a run that has really been worked off; the same work is done once for all tests."""
        with self.database.reads() as session:
            files = files_of(session, find_revision(session, self.plan).revision_id)
        plan, written = read_files(files), json.dumps(list(chain), sort_keys=True)
        if (plan.input_hash, written) not in OUTCOMES:
            OUTCOMES[plan.input_hash, written] = work(Job("run", written), plan)
        return self.ended(OUTCOMES[plan.input_hash, written], chain)

    def ended(self, outcome: Outcome, chain: Sequence[Mapping[str, Any]] = ()) -> Run:
        """Return a run that left this behind."""
        moment = self.moment()
        with self.database.writes.begin() as session:
            revision = find_revision(session, self.plan)
            asked = ask_for_run(session, SYSTEM, revision, chain, None, RunOptions(), moment)
            claimed = claim(session, "worker", moment, timedelta(minutes=5))
            assert claimed is not None
            assert claimed.run_id == asked.run_id
            assert finish(session, asked.run_id, claimed.fence, outcome, moment)
        with self.database.reads() as session:
            return session.get_one(Run, asked.run_id)

    def post(self, run: Run, client: TestClient | None = None, **body: Any) -> Response:
        headers = {"If-Match": body.pop("if_match", f'"{self.version}"')} | body.pop("headers", {})
        wanted = {"run_id": run.run_id, "effective_from": "2019-07-01", **body}
        path = f"/v1/plans/{self.plan.plan_id}/releases"
        return (client or self.finance).post(path, json=wanted, headers=headers)

    def release(self, run: Run, **body: Any) -> dict[str, Any]:
        self.moment.now += timedelta(seconds=1)
        answer = self.post(run, **body)
        assert answer.status_code == 201, answer.text
        made: dict[str, Any] = answer.json()
        return made


@pytest.fixture
def desk(database: Database, moment: Moment, tmp_path: Path, client_of: Clients) -> Desk:
    return Desk(database, moment, tmp_path, client_of("finance", "finance", ""))


@pytest.fixture
def hr(client_of: Clients) -> TestClient:
    return client_of("hr", "hr", "")
