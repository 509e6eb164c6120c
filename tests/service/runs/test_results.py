"""What a run left behind over HTTP: exact numbers, pages, and not one row of somebody else's."""

import io
import json
from collections.abc import Callable
from typing import Any

import pandas as pd
import pytest
from fastapi.testclient import TestClient

from service.db.database import Database
from service.db.models import PlanRecord, Run
from service.plans.org_paths import paths_of
from service.plans.store import read_files
from service.runs.repository import artifact
from tests.service.conftest import DEMO, plan_files

Maker = Callable[[str, str, str], TestClient]


@pytest.fixture
def analyst(client_of: Maker) -> TestClient:
    return client_of("analyst", "analyst", "")


def file_of(database: Database, run: Run, name: str) -> bytes:
    with database.reads() as session:
        return artifact(session, run.run_id, name) or b""


def targets(database: Database, run: Run) -> pd.DataFrame:
    return pd.read_csv(io.BytesIO(file_of(database, run, "targets.csv")), dtype=str, keep_default_na=False)


def all_rows(client: TestClient, run: Run, **wanted: str) -> list[dict[str, Any]]:
    rows, cursor = [], "0"
    while cursor is not None:
        asked = {"cursor": cursor, "limit": 500, **wanted}
        page = client.get(f"/v1/runs/{run.run_id}/result", params=asked).json()
        rows += page["items"]
        cursor = page["next"]
    return rows


def test_results_are_the_rows_of_the_file_and_managers_see_their_subtree_alone(
    analyst: TestClient, client_of: Maker, database: Database, demo_run: Run
) -> None:
    whole = targets(database, demo_run)
    level = whole[(whole["level"] == "region") & (whole["measure"] == "revenue")]
    rows = all_rows(analyst, demo_run, level="region", measure="revenue")
    assert [row["target"] for row in rows] == level["target"].tolist()
    assert [row["growth"] or "" for row in rows] == level["growth"].tolist()

    paths = paths_of(read_files(plan_files(DEMO)))
    east = {node for node, path in paths.items() if path.startswith("/lanhai/east/")}
    manager = client_of("east", "manager", "/lanhai/east/")
    seen = all_rows(manager, demo_run)
    expected = whole[whole["node_id"].isin(east)]
    assert [(row["node_id"], row["product_id"], row["target"]) for row in seen] == list(
        expected[["node_id", "product_id", "target"]].itertuples(index=False, name=None)
    )
    place = f"/v1/runs/{demo_run.run_id}"
    assert manager.get(f"{place}/result", params={"node": "west"}).json() == {"items": [], "next": None}
    for form in ("csv", "parquet"):
        sent = manager.get(f"{place}/result", params={"format": form}).content
        read = pd.read_csv if form == "csv" else pd.read_parquet
        table = read(io.BytesIO(sent))
        assert set(table["node_id"]) == east
        assert table["target"].astype(str).tolist() == expected["target"].tolist()


def test_managers_learn_nothing_of_the_whole_company_from_a_run(
    analyst: TestClient, client_of: Maker, demo_run: Run
) -> None:
    place = f"/v1/runs/{demo_run.run_id}"
    manager = client_of("east", "manager", "/lanhai/east/")
    seen, known = manager.get(place).json(), analyst.get(place).json()
    assert known["kpis"]["revenue"]["total"] == "1336000000"
    assert known["kpis"]["revenue"]["by_product"]["*"] == "1336000000"
    assert (seen["kpis"], seen["files"], seen["reason"]) == ({}, [], "")
    assert seen["result_hash"] == known["result_hash"]
    open_part = manager.get(f"{place}/certificate").json()
    assert set(open_part) < set(analyst.get(f"{place}/certificate").json())
    assert "measures" not in open_part
    for name in ("fairness", "files/targets.csv", "files/report.html"):
        assert manager.get(f"{place}/{name}").status_code == 403
        assert analyst.get(f"{place}/{name}").status_code == 200
    scoped = client_of("half", "analyst", "/lanhai/east/")
    for name in ("fairness", "files/targets.csv"):
        assert scoped.get(f"{place}/{name}").status_code == 404
    assert scoped.get(place).json()["kpis"] == {}
    events = manager.get(f"{place}/events").text
    assert "event: ended" in events
    assert "attempt" not in events
    for role, scope, status in (("rep", "/lanhai/east/", 403), ("hr", "", 403), ("manager", "/other/", 404)):
        assert client_of(f"{role}{scope}", role, scope).get(place).status_code == status
        assert client_of(f"{role}{scope}2", role, scope).get(f"{place}/result").status_code == status
    assert client_of("nowhere", "manager", "/other/").get("/v1/runs").json()["items"] == []


def test_explanations_add_up_and_keep_to_the_scope(
    analyst: TestClient, client_of: Maker, database: Database, demo_run: Run
) -> None:
    place = f"/v1/runs/{demo_run.run_id}/explanation"
    found = analyst.get(place, params={"node": "E01", "measure": "revenue"}).json()["items"][0]
    assert sum(int(step["amount"]) for step in found["steps"]) == int(found["target"])
    assert found["steps"][0]["name"]["en"] != found["steps"][0]["name"]["zh"]
    assert {rule["node_id"] for rule in found["rules"]} - {"E01"}
    assert len(analyst.get(place, params={"node": "E01"}).json()["items"]) == 2
    team = client_of("team", "manager", "/lanhai/east/E01/")
    answer = team.get(place, params={"node": "E01", "measure": "revenue"})
    assert answer.status_code == 200, answer.text
    own = answer.json()["items"][0]
    assert own["steps"] == found["steps"]
    assert all(rule["node_id"].startswith("E01") for rule in own["rules"])
    for node in ("lanhai", "east", "E02", "nobody"):
        assert team.get(place, params={"node": node}).status_code == 404
    assert analyst.get(place, params={"node": "E01", "product": "nothing"}).status_code == 404
    assert analyst.get(place).status_code == 422


def test_files_come_byte_for_byte_under_their_hash(
    analyst: TestClient, database: Database, demo_run: Run
) -> None:
    place = f"/v1/runs/{demo_run.run_id}"
    names = analyst.get(place).json()["files"]
    assert {"targets.csv", "certificate.json", "fairness.json", "report.html"} <= set(names)
    for name in ("targets.csv", "certificate.json"):
        answer = analyst.get(f"{place}/files/{name}")
        assert answer.content == file_of(database, demo_run, name)
        assert answer.headers["X-Content-Type-Options"] == "nosniff"
    warned = analyst.get(f"{place}/warnings").json()
    assert warned == json.loads(file_of(database, demo_run, "warnings.json"))
    fairness = analyst.get(f"{place}/fairness").json()
    assert fairness == json.loads(file_of(database, demo_run, "fairness.json"))
    assert analyst.get(f"{place}/files/nothing.csv").status_code == 409
    assert analyst.get(f"{place}/files/..%2Fx.csv").status_code in (404, 422)
    assert analyst.get("/v1/runs/run_0/files/targets.csv").status_code == 404


def test_a_run_that_waits_has_no_result_and_bad_questions_are_refused(
    analyst: TestClient, demo_plan: PlanRecord
) -> None:
    run = analyst.post(f"/v1/plans/{demo_plan.plan_id}/runs").json()
    place = f"/v1/runs/{run['run_id']}"
    answer = analyst.get(f"{place}/result")
    assert (answer.status_code, answer.headers["Retry-After"]) == (409, "1")
    assert analyst.get(place).headers["Retry-After"] == "1"
    for asked in ({"limit": "0"}, {"limit": "501"}, {"cursor": "x"}, {"format": "xml"}, {"node": ""}):
        assert analyst.get(f"{place}/result", params=asked).status_code == 422
    assert analyst.get("/v1/runs/Not-An-Id/result").status_code == 422
    assert analyst.get(f"{place}/events", headers={"Last-Event-ID": "x"}).status_code == 422
