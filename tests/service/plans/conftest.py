"""The demo company with one month of history, which is quick to check, and bodies up to two megabytes."""

from pathlib import Path

import pytest

from service.db.database import Database
from service.db.models import PlanRecord
from service.plans.service import create_plan
from service.plans.store import read_files
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
