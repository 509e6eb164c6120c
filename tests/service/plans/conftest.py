"""The demo company with one month of history, which is quick to check, and bodies up to two megabytes."""

from pathlib import Path

import pytest
from fastapi.testclient import TestClient

from service.db.database import Database
from service.db.models import PlanRecord
from service.plans.service import create_plan
from service.plans.store import PlanStore, read_files
from service.settings import Settings
from tests.service.conftest import DEMO, SYSTEM, Moment, plan_files


def company_files() -> dict[str, bytes]:
    files = plan_files(DEMO)
    header, *rows = files["history.csv"].splitlines(keepends=True)
    files["history.csv"] = header + b"".join(row for row in rows if row.startswith(b"2025-12"))
    return files


@pytest.fixture
def settings(database_url: str, tmp_path: Path) -> Settings:
    return Settings(database_url=database_url, storage=tmp_path, body_limit=2_000_000)


@pytest.fixture
def demo_plan(database: Database, moment: Moment) -> PlanRecord:
    files = company_files()
    with database.writes.begin() as session:
        return create_plan(session, SYSTEM, "demo", files, read_files(files), "first", moment())


def address(plan, table: str = "") -> str:
    return f"/v1/plans/{plan.plan_id}" + (f"/tables/{table}" if table else "")


def rows_of(client: TestClient, plan, table: str, **params) -> list[dict[str, str]]:
    answer = client.get(address(plan, table), params=params, headers={"Accept": "application/json"})
    assert answer.status_code == 200, answer.text
    return answer.json()["rows"]


def newest_files(client: TestClient, plan, database: Database, tmp_path) -> dict[str, bytes]:
    number = client.get(address(plan)).json()["revision"]
    revision = client.get(f"{address(plan)}/revisions/{number}").json()["revision_id"]
    return plan_files(PlanStore(database, tmp_path / "store").folder(revision))
