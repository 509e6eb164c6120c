"""A grid becomes runs, their key figures are judged, and everything that is wrong with it is told at once."""

from pathlib import Path
from typing import Any

import pytest
from fastapi.testclient import TestClient

from service.db.database import Database
from service.db.models import PlanRecord
from tests.service.conftest import Moment, work_off

GRID = {"total": {"measure": "revenue", "values": ["-2%", "+1%"]}}


def asked(client: TestClient, plan: PlanRecord, **changed: Any) -> Any:
    wanted = {"plan_id": plan.plan_id, "name": "how far", "grid": GRID, **changed}
    return client.post("/v1/experiments", json=wanted)


@pytest.fixture
def analyst(client_of: Any) -> TestClient:
    return client_of("ana", "analyst", "")


def test_a_grid_over_the_plan_and_a_scenario_is_run_and_judged(
    analyst: TestClient, database: Database, demo_plan: PlanRecord, moment: Moment, tmp_path: Path
) -> None:
    changes = [{"kind": "scale_total", "measure": "new_customers", "factor": 1.1}]
    scenario = analyst.post(
        f"/v1/plans/{demo_plan.plan_id}/scenarios", json={"name": "more", "changes": changes}
    ).json()
    made = asked(analyst, demo_plan, scenario_ids=[scenario["scenario_id"]])
    assert made.status_code == 201, made.text
    path = made.headers["location"]
    assert (made.json()["runs"], made.json()["ended"]) == (4, 0)
    rules = {"rules": ["gini <= 0.9", "total >= baseline for revenue"]}
    early = analyst.post(f"{path}/acceptance", json=rules)
    assert early.status_code == 409
    assert early.json()["type"] == "/problems/runs-not-ended"

    assert work_off(database, moment, tmp_path) == 4
    assert analyst.get(path).json()["ended"] == 4
    runs = analyst.get(f"{path}/runs", params={"limit": 3}).json()
    assert (len(runs["items"]), runs["next"]) == (3, 3)
    runs = analyst.get(f"{path}/runs").json()["items"]
    assert [(run["scenario"], run["point"], run["status"]) for run in runs] == [
        ("base", {}, "succeeded"),
        ("more", {}, "succeeded"),
        ("more", {"total": "-0.02"}, "succeeded"),
        ("more", {"total": "0.01"}, "succeeded"),
    ]
    totals = [run["kpis"]["revenue"]["total"] for run in runs]
    assert totals == [1_336_000_000, 1_336_000_000, 1_309_280_000, 1_349_360_000]
    assert runs[1]["kpis"]["new_customers"]["total"] > runs[0]["kpis"]["new_customers"]["total"]

    judged = analyst.post(f"{path}/acceptance", json=rules)
    assert judged.status_code == 201, judged.text
    accepted = {run["position"]: run["accepted"] for run in judged.json()["runs"]}
    assert accepted == {0: True, 1: True, 2: False, 3: True}
    assert judged.json()["accepted"] == 3
    failed = [one for one in judged.json()["runs"][2]["verdicts"] if not one["passed"]]
    assert [(one["rule"], one["value"]) for one in failed] == [
        ("total >= baseline for revenue", 1_309_280_000)
    ]
    assert analyst.get(f"{path}/acceptance").json() == [judged.json()]


def test_a_run_without_a_result_is_not_accepted_and_is_no_baseline(
    analyst: TestClient, database: Database, demo_plan: PlanRecord, moment: Moment, tmp_path: Path
) -> None:
    made = asked(analyst, demo_plan, grid={"total": {"measure": "revenue", "values": ["+900%"]}})
    assert work_off(database, moment, tmp_path) == 2
    path = made.headers["location"]
    runs = analyst.get(f"{path}/runs").json()["items"]
    assert [run["status"] for run in runs] == ["succeeded", "infeasible"]
    assert runs[1]["reason"]
    judged = analyst.post(f"{path}/acceptance", json={"rules": ["total >= 0 for revenue"]}).json()
    assert [run["accepted"] for run in judged["runs"]] == [True, False]
    no_baseline = analyst.post(f"{path}/acceptance", json={"rules": ["gini <= baseline"], "baseline": 1})
    assert no_baseline.status_code == 422
    unknown = analyst.post(f"{path}/acceptance", json={"rules": ["ginni <= 1", "total ~ 3"]})
    assert unknown.status_code == 422
    assert len(unknown.json()["errors"]) == 2


def test_everything_that_is_wrong_with_a_grid_is_told_at_once_and_nothing_runs(
    analyst: TestClient, database: Database, demo_plan: PlanRecord, moment: Moment, tmp_path: Path
) -> None:
    wrong = asked(analyst, demo_plan, grid={"total": "1..x", "colour": "1, 2"})
    assert wrong.status_code == 422, wrong.text
    assert asked(analyst, demo_plan, grid={"total": "0%..+90% step 0.01%"}).status_code == 422
    assert asked(analyst, demo_plan, scenario_ids=["scn_unknown"]).status_code == 404
    assert analyst.get("/v1/experiments").json() == {"items": [], "next": None}
    assert work_off(database, moment, tmp_path) == 0


def test_the_same_key_makes_one_experiment(analyst: TestClient, demo_plan: PlanRecord) -> None:
    wanted = {"plan_id": demo_plan.plan_id, "name": "once", "grid": GRID}
    both = [analyst.post("/v1/experiments", json=wanted, headers={"Idempotency-Key": "k"}) for _ in range(2)]
    assert both[0].json() == both[1].json()
    assert len(analyst.get("/v1/experiments").json()["items"]) == 1


@pytest.mark.parametrize(
    ("role", "scope"), [("manager", "/lanhai/"), ("rep", ""), ("hr", ""), ("analyst", "/x/")]
)
def test_who_does_not_see_the_whole_company_sees_no_experiment(
    client_of: Any, analyst: TestClient, demo_plan: PlanRecord, role: str, scope: str
) -> None:
    path = asked(analyst, demo_plan).headers["location"]
    client = client_of("other", role, scope)
    expected = {403, 404}
    for answer in (
        client.get(path),
        client.get("/v1/experiments"),
        client.get(f"{path}/runs"),
        client.post(f"{path}/acceptance", json={"rules": ["gini <= 1"]}),
        asked(client, demo_plan),
    ):
        assert answer.status_code in expected
