"""A small plan, and a dispatcher beside the application of the test."""

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from fastapi import FastAPI
from fastapi.testclient import TestClient

from service.clock import system_clock
from service.db.database import Database
from service.db.models import PlanRecord
from service.plans.service import create_plan
from service.plans.store import read_files
from service.runs.crew import ProcessCrew
from service.runs.dispatcher import Dispatcher
from tests.plans import write_plan
from tests.service.conftest import SYSTEM, plan_files


@pytest.fixture
def small_plan(database: Database, tmp_path: Path) -> PlanRecord:
    files = plan_files(write_plan(tmp_path / "small"))
    with database.writes.begin() as session:
        return create_plan(session, SYSTEM, "small", files, read_files(files), "first", system_clock())


@pytest.fixture
def dispatcher(app: FastAPI) -> Iterator[Dispatcher]:
    """Return a dispatcher with one worker, which ends with the test."""
    found = Dispatcher(app.state.context, lambda: ProcessCrew(1))
    found.start()
    yield found
    found.stop()


@pytest.fixture
def analyst(client_of: Callable[[str, str, str], TestClient]) -> TestClient:
    return client_of("analyst", "analyst", "")
