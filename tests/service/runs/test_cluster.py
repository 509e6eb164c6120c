"""Runs on a Dask cluster: the same results, stopped by a sign, and no run lost when the scheduler is away."""

import time
from pathlib import Path

import pytest
from fastapi.testclient import TestClient

from service.app import create_app
from service.clock import system_clock
from service.db.database import Database
from service.db.models import PlanRecord
from service.plans.store import PlanStore
from service.runs.crews import crew_of
from service.runs.dispatcher import Dispatcher
from service.runs.job import Job
from service.runs.work import work
from service.settings import Settings
from tests.scenarios.runs.test_fleets import dask_cluster
from tests.service.runs.test_dispatcher import until


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
@pytest.mark.filterwarnings("ignore::DeprecationWarning", "ignore::ResourceWarning")
def test_a_cluster_takes_the_place_of_processes(
    admin: TestClient, settings: Settings, database: Database, small_plan: PlanRecord, tmp_path: Path
) -> None:
    with dask_cluster(1) as (address, _):
        there = settings.model_copy(update={"cluster": address})
        context = create_app(there, system_clock, time.monotonic, database).state.context
        dispatcher = Dispatcher(context, lambda: crew_of(context))
        dispatcher.start()
        try:
            runs = [admin.post(f"/v1/plans/{small_plan.plan_id}/runs").json() for _ in range(2)]
            places = [f"/v1/runs/{run['run_id']}" for run in runs]
            until(
                lambda: all(admin.get(place).json()["status"] == "succeeded" for place in places),
                "both runs have succeeded",
            )
            found = [admin.get(place).json()["result_hash"] for place in places]
        finally:
            dispatcher.stop()
    plan = PlanStore(database, tmp_path / "again").plan(runs[0]["revision_id"])
    assert found == [work(Job("alone", "[]"), plan).result_hash] * 2
