"""Runs side by side: the causes of every delta add up, and the files are those of `allocator compare`."""

import csv
import io
from collections import defaultdict
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from fastapi.testclient import TestClient

from service.db.database import Database
from service.db.models import PlanRecord, Run
from tests.service.conftest import Moment, worked_off

MORE = {"name": "more", "changes": [{"kind": "scale_total", "measure": "revenue", "factor": 1.02}]}


@pytest.fixture
def analyst(client_of: Any) -> TestClient:
    return client_of("ana", "analyst", "")


@pytest.fixture
def other_run(
    database: Database, demo_plan: PlanRecord, demo_run: Run, moment: Moment, tmp_path: Path
) -> Run:
    return worked_off(database, demo_plan, [MORE], moment, tmp_path)


def test_causes_add_up_to_every_delta(analyst: TestClient, demo_run: Run, other_run: Run) -> None:
    made = analyst.post("/v1/comparisons", json={"run_ids": [demo_run.run_id, other_run.run_id]})
    assert made.status_code == 201, made.text
    document = made.json()["document"]
    against = document["measures"]["revenue"]["against"]["more"]
    assert against["delta"] == 26_720_000
    assert sum(against["causes"].values()) == against["delta"]
    path = made.headers["location"]
    assert analyst.get(path).json() == made.json()
    table = analyst.get(f"{path}/files/comparison.csv")
    assert table.headers["content-type"].startswith("text/csv")
    amounts: dict[tuple[str, ...], Decimal] = defaultdict(Decimal)
    deltas: dict[tuple[str, ...], Decimal] = {}
    for row in csv.DictReader(io.StringIO(table.text)):
        cell = (row["measure"], row["node_id"], row["product_id"])
        assert Decimal(row["other"]) - Decimal(row["base"]) == Decimal(row["delta"])
        deltas[cell] = Decimal(row["delta"])
        amounts[cell] += Decimal(row["amount"])
    assert amounts == deltas
    assert len(deltas) > 100
    page = analyst.get(f"{path}/files/comparison.html")
    assert page.text.startswith("<!DOCTYPE html>")
    assert analyst.get(f"{path}/files/comparison.xlsx").content[:2] == b"PK"
    assert analyst.get(f"{path}/files/other.csv").status_code == 404
    assert len(analyst.get("/v1/comparisons").json()["items"]) == 1


def test_runs_that_cannot_be_compared_are_refused_with_their_place(
    analyst: TestClient,
    database: Database,
    demo_plan: PlanRecord,
    demo_run: Run,
    moment: Moment,
    tmp_path: Path,
) -> None:
    broken = {"name": "x", "changes": [{"kind": "scale_total", "measure": "revenue", "factor": 50}]}
    infeasible = worked_off(database, demo_plan, [broken], moment, tmp_path)
    refused = analyst.post("/v1/comparisons", json={"run_ids": [demo_run.run_id, infeasible.run_id]})
    assert refused.status_code == 422
    assert [one["pointer"] for one in refused.json()["errors"]] == ["/run_ids/1"]
    for ids in ([demo_run.run_id], [demo_run.run_id] * 2):
        assert analyst.post("/v1/comparisons", json={"run_ids": ids}).status_code == 422
    unknown = analyst.post("/v1/comparisons", json={"run_ids": [demo_run.run_id, "run_0"]})
    assert unknown.status_code == 404


def test_churn_is_counted_against_the_published_run(
    analyst: TestClient, demo_run: Run, other_run: Run
) -> None:
    wanted = {"run_ids": [demo_run.run_id, other_run.run_id], "published_run_id": demo_run.run_id}
    made = analyst.post("/v1/comparisons", json=wanted)
    assert made.status_code == 201, made.text
    assert made.json()["document"]["published"] is not None
