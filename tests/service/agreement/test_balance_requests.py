"""A manager balances his own subtree; no total above or beside it moves, and what is agreed on is a run."""

import json
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pandas as pd
import pytest
from fastapi.testclient import TestClient
from sqlalchemy.orm import Session

from allocator.verification import verify_results
from service.agreement.amounts import targets_of
from service.db.database import Database
from service.db.models import Run
from service.plans.store import write_files
from service.runs.repository import artifact, artifact_hashes
from tests.service.agreement.conftest import company

Make = Callable[[str, str, str], TestClient]
EAST, TEAM = "/lanhai/east/", "/lanhai/east/E01/"
ADDRESS = "/v1/balance-requests"


def pin(node: str, amount: str, product: str = "*", measure: str = "revenue") -> dict[str, str]:
    return {
        "measure": measure,
        "node_id": node,
        "product_id": product,
        "amount": amount,
        "reason": "agreed on the phone",
    }


def asked(client: TestClient, run: Run, node: str, *pins: dict[str, str]) -> dict[str, Any]:
    body = {"plan_id": run.plan_id, "run_id": run.run_id, "node_id": node, "pins": list(pins)}
    answer = client.post(ADDRESS, json=body)
    assert answer.status_code == 201, answer.text
    return dict(answer.json())


def files_of(session: Session, run_id: str) -> dict[str, bytes]:
    return {name: artifact(session, run_id, name) or b"" for name in artifact_hashes(session, run_id)}


def decided(
    client: TestClient, request: dict[str, Any], verb: str, status: int = 200, **body: Any
) -> dict[str, Any]:
    answer = client.post(f"{ADDRESS}/{request['request_id']}:{verb}", json=body)
    assert answer.status_code == status, answer.text
    return dict(answer.json())


def targets(database: Database, run_id: str, measure: str = "revenue") -> pd.Series:
    with database.reads() as session:
        table = targets_of(session, session.get_one(Run, run_id), measure)
    return table.set_index(["node_id", "product_id"])["target"].map(int)


@pytest.fixture
def people(client_of: Make) -> dict[str, TestClient]:
    return {
        "team": client_of("team", "manager", TEAM),
        "east": client_of("east", "manager", EAST),
        "south": client_of("south", "manager", "/lanhai/south/"),
        "finance": client_of("fin", "finance", ""),
        "rep": client_of("rep", "rep", "/lanhai/east/E01/E0101/"),
        "analyst": client_of("ann", "analyst", ""),
    }


def test_what_is_agreed_on_is_a_run_that_verifies_and_moves_nothing_outside_the_subtree(
    people: dict[str, TestClient], demo_run: Run, database: Database, tmp_path: Path
) -> None:
    before = targets(database, demo_run.run_id)
    wanted = before["E0102", "*"] - 600_000
    request = asked(people["team"], demo_run, "E01", pin("E0102", str(wanted)))
    lines = {(one["node_id"], one["product_id"]): one for one in request["proposal"]["lines"]}
    assert lines["E0102", "*"]["after"] == str(wanted)
    agreed = decided(people["east"], request, "accept", comment="fine")
    assert (agreed["status"], agreed["decision_comment"]) == ("accepted", "fine")
    after = targets(database, agreed["run_id"])
    moved = before[before != after].index
    assert set(moved) <= set(lines)
    assert {node for node, _ in moved} <= {node for node, _ in lines}
    for place, line in lines.items():
        assert (line["before"], line["after"]) == (str(before[place]), str(after[place]))
    with database.reads() as session:
        run = session.get_one(Run, agreed["run_id"])
        files = files_of(session, run.run_id)
        stood = files_of(session, demo_run.run_id)
    assert (run.kind, run.status) == ("balance", "succeeded")
    assert set(stood) <= set(files)
    assert json.loads(run.kpis)["revenue"]["total"] == 110_000_000
    result, plan, standing = (tmp_path / name for name in ("result", "plan", "before"))
    for folder in (result, plan, standing):
        folder.mkdir()
    write_files(plan, {**company(), "pins.csv": files.pop("pins.csv")})
    write_files(result, files)
    write_files(standing, stood)
    report = verify_results(result, plan, standing)
    assert report.passed, report.text()
    assert "frame" in {check.check for check in report.checks}
    assert report.parts == (("revenue", "E01"),)


def test_what_others_agreed_on_meanwhile_stays_and_the_next_run_stands_on_it(
    people: dict[str, TestClient], demo_run: Run, database: Database, tmp_path: Path, client_of: Make
) -> None:
    before = targets(database, demo_run.run_id)
    second_team = client_of("team2", "manager", "/lanhai/east/E02/")
    rep = next(node for node, _ in before.index if node.startswith("E02") and len(node) > 3)
    first = asked(people["team"], demo_run, "E01", pin("E0102", str(before["E0102", "*"] - 500_000)))
    second = asked(second_team, demo_run, "E02", pin(rep, str(before[rep, "*"] + 100_000)))
    inner = asked(people["team"], demo_run, "E01", pin("E0103", str(before["E0103", "*"] + 100_000)))
    one = decided(people["finance"], first, "accept")
    two = decided(people["east"], second, "accept")
    after = targets(database, two["run_id"])
    assert after["E0102", "*"] == before["E0102", "*"] - 500_000
    assert after[rep, "*"] == before[rep, "*"] + 100_000
    assert (after["east"] == before["east"]).all()
    assert one["run_id"] != two["run_id"]
    # the frame is the same, but what was agreed on changed the numbers in it
    moved = people["finance"].post(f"{ADDRESS}/{inner['request_id']}:accept", json={})
    assert (moved.status_code, moved.json()["type"]) == (409, "/problems/moved-on")
    assert two["run_id"] in moved.json()["hint"]
    with database.reads() as session:
        last = session.get_one(Run, two["run_id"])
        files, stood = files_of(session, last.run_id), files_of(session, one["run_id"])
    region = asked(people["east"], last, "east", pin("E0102", str(before["E0102", "*"] - 400_000)))
    three = decided(people["finance"], region, "accept")
    final = targets(database, three["run_id"])
    assert final["E0102", "*"] == before["E0102", "*"] - 400_000
    assert final[rep, "*"] == before[rep, "*"] + 100_000
    result, plan, standing = (tmp_path / name for name in ("result", "plan", "before"))
    for folder in (result, plan, standing):
        folder.mkdir()
    write_files(plan, {**company(), "pins.csv": files.pop("pins.csv")})
    write_files(result, files)
    write_files(standing, stood)
    assert verify_results(result, plan, standing).passed


def test_more_than_the_frame_holds_is_refused_with_the_least_change_that_would_help(
    people: dict[str, TestClient], demo_run: Run, database: Database
) -> None:
    body = {
        "plan_id": demo_run.plan_id,
        "run_id": demo_run.run_id,
        "node_id": "E01",
        "pins": [pin("E0102", "900000000", "chroma")],
    }
    refused = people["team"].post(ADDRESS, json=body)
    assert (refused.status_code, refused.json()["type"]) == (422, "/problems/frame-too-tight")
    assert "chroma" in refused.json()["detail"] or "contradict" in refused.json()["detail"]
    chinese = people["team"].post(ADDRESS, json=body, headers={"Accept-Language": "zh"})
    assert "E01" in chinese.json()["detail"]
    assert chinese.json()["detail"] != refused.json()["detail"]
    assert people["team"].get(ADDRESS).json()["items"] == []


def test_nobody_asks_for_or_sees_another_subtree(people: dict[str, TestClient], demo_run: Run) -> None:
    request = asked(people["team"], demo_run, "E01", pin("E0104", "8300000"))
    body = {
        "plan_id": demo_run.plan_id,
        "run_id": demo_run.run_id,
        "node_id": "E01",
        "pins": [pin("E0104", "1")],
    }
    assert people["south"].post(ADDRESS, json=body).status_code == 404
    assert people["team"].post(ADDRESS, json=body | {"node_id": "east"}).status_code == 404
    assert people["team"].post(ADDRESS, json=body | {"node_id": "nobody"}).status_code == 404
    assert people["team"].post(ADDRESS, json=body | {"run_id": "run_0"}).status_code == 404
    assert people["team"].post(ADDRESS, json=body | {"plan_id": "plan_0"}).status_code == 404
    for role in ("finance", "rep", "analyst"):
        assert people[role].post(ADDRESS, json=body).status_code == 403
    one = f"{ADDRESS}/{request['request_id']}"
    assert people["south"].get(one).status_code == 404
    assert people["south"].get(ADDRESS).json() == {"items": [], "next": None}
    assert people["rep"].get(one).status_code == 403
    assert people["analyst"].get(one).status_code == 200
    assert people["south"].post(f"{one}:accept", json={}).status_code == 404
    assert people["team"].post(f"{one}:accept", json={}).status_code == 403
    assert people["team"].post(f"{one}:reject", json={"comment": "no"}).status_code == 403
    assert people["east"].post(f"{one}:withdraw", json={}).status_code == 403
    assert people["analyst"].post(f"{one}:accept", json={}).status_code == 403
    assert len(people["team"].get(ADDRESS, params={"status": "open"}).json()["items"]) == 1
    assert people["team"].get(ADDRESS, params={"status": "accepted"}).json()["items"] == []


def test_every_bad_pin_is_named(people: dict[str, TestClient], demo_run: Run) -> None:
    body: dict[str, Any] = {"plan_id": demo_run.plan_id, "run_id": demo_run.run_id, "node_id": "E01"}
    bad = [
        pin("E0101", "1", "nothing"),
        pin("E0101", "1", measure="profit"),
        pin("E01", "1"),
        pin("S01", "1"),
        pin("E0102", "-1"),
        pin("E0102", "1.23456789"),
        pin("E0102", "1") | {"reason": ""},
        pin("E0102", "1") | {"more": 1},
        {"node_id": "E0102"},
    ]
    for one in bad:
        answer = people["team"].post(ADDRESS, json=body | {"pins": [pin("E0104", "8300000"), one]})
        assert answer.status_code == 422, one
        assert all("/1" in error["pointer"] for error in answer.json()["errors"])
    twice = people["team"].post(ADDRESS, json=body | {"pins": [pin("E0102", "1"), pin("E0102", "2")]})
    assert "twice" in twice.json()["errors"][0]["message"]
    split = people["team"].post(ADDRESS, json=body | {"pins": [pin("E0102", "5300000.5")]})
    assert split.status_code == 422
    assert people["team"].post(ADDRESS, json=body | {"pins": []}).status_code == 422
    rep_itself = people["team"].post(ADDRESS, json=body | {"node_id": "E0102", "pins": [pin("E0102", "1")]})
    assert rep_itself.status_code == 422


def test_a_talk_goes_round_by_round_and_the_side_that_did_not_speak_last_decides(
    people: dict[str, TestClient], demo_run: Run
) -> None:
    first = asked(people["team"], demo_run, "E01", pin("E0104", "8200000"))
    assert people["east"].post(f"{ADDRESS}/{first['request_id']}:reject", json={}).status_code == 422
    second = decided(people["east"], first, "counter", 201, pins=[pin("E0104", "8300000")], comment="meet me")
    assert (second["round"], second["thread_id"]) == (2, first["request_id"])
    assert people["east"].post(f"{ADDRESS}/{second['request_id']}:accept", json={}).status_code == 403
    gone = people["east"].post(f"{ADDRESS}/{first['request_id']}:accept", json={})
    assert (gone.status_code, gone.json()["type"]) == (409, "/problems/not-now")
    third = decided(people["team"], second, "counter", 201, pins=[pin("E0104", "8250000")])
    done = decided(people["finance"], third, "reject", comment="too low for the region")
    assert [one["status"] for one in done["rounds"]] == ["countered", "countered", "rejected"]
    assert [step["action"] for step in done["history"]] == [
        "ask",
        "countered",
        "ask",
        "countered",
        "ask",
        "rejected",
    ]
    fourth = asked(people["team"], demo_run, "E01", pin("E0104", "8300000"))
    assert decided(people["team"], fourth, "withdraw")["status"] == "withdrawn"


def test_of_two_decisions_at_once_one_wins(
    people: dict[str, TestClient], demo_run: Run, database: Database
) -> None:
    request = asked(people["team"], demo_run, "E01", pin("E0104", "8300000"))
    address = f"{ADDRESS}/{request['request_id']}"
    acts: list[tuple[TestClient, str, dict[str, str]]] = [
        (people["east"], "accept", {}),
        (people["finance"], "accept", {}),
        (people["finance"], "reject", {"comment": "no"}),
    ]

    def act(one: tuple[TestClient, str, dict[str, str]]) -> int:
        return int(one[0].post(f"{address}:{one[1]}", json=one[2]).status_code)

    with ThreadPoolExecutor(3) as threads:
        codes = sorted(threads.map(act, acts))
    assert codes[0] == 200
    assert set(codes[1:]) <= {409, 412}
    status = people["team"].get(address).json()["status"]
    with database.reads() as session:
        runs = session.query(Run).filter(Run.kind == "balance").count()
    assert runs == (1 if status == "accepted" else 0)


def test_an_acceptance_that_is_sent_again_has_one_effect(
    people: dict[str, TestClient], demo_run: Run
) -> None:
    request = asked(people["team"], demo_run, "E01", pin("E0104", "8300000"))
    address, key = f"{ADDRESS}/{request['request_id']}:accept", {"Idempotency-Key": "once"}
    first = people["east"].post(address, json={}, headers=key)
    again = people["east"].post(address, json={}, headers=key)
    assert (first.status_code, again.json()) == (200, first.json())
    assert again.headers["Idempotent-Replayed"] == "true"
    stale = people["east"].post(address, json={}, headers={"If-Match": '"1"'})
    assert stale.status_code == 412
