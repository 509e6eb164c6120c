"""What nodes commit to is theirs to say, is never lost, and reaches the plan."""

from collections.abc import Callable
from decimal import Decimal
from pathlib import Path
from typing import Any

from fastapi.testclient import TestClient

from service.db.database import Database
from service.db.models import PlanRecord, Run
from service.plans.service import find_revision
from service.plans.store import PlanStore

Make = Callable[[str, str, str], TestClient]
EAST, TEAM, REP = "/lanhai/east/", "/lanhai/east/E01/", "/lanhai/east/E01/E0101/"


def line(amount: str, product: str = "*", **more: str) -> dict[str, str]:
    return {"measure": "revenue", "product_id": product, "amount": amount, **more}


def put(
    client: TestClient, plan: PlanRecord, node: str, lines: list[dict[str, str]], etag: str = "*"
) -> dict[str, Any]:
    answer = client.put(
        f"/v1/plans/{plan.plan_id}/commitments/{node}", json={"items": lines}, headers={"If-Match": etag}
    )
    assert answer.status_code == 200, answer.text
    return dict(answer.json())


def test_a_rep_says_what_he_commits_to_and_every_earlier_word_stays(
    client_of: Make, demo_plan: PlanRecord
) -> None:
    rep, address = client_of("luo", "rep", REP), f"/v1/plans/{demo_plan.plan_id}/commitments/E0101"
    fresh = rep.get(address)
    assert (fresh.headers["ETag"], fresh.json()["items"]) == ('"0"', [])
    assert rep.put(address, json={"items": []}).status_code == 428
    put(rep, demo_plan, "E0101", [line("16500000.50", confidence="low", comment="frame contract")], '"0"')
    stale = rep.put(address, json={"items": [line("1")]}, headers={"If-Match": '"0"'})
    assert stale.status_code == 412
    put(rep, demo_plan, "E0101", [line("17000000")], '"1"')
    found = rep.get(address).json()
    assert [one["amount"] for one in found["items"]] == ["17000000"]
    assert [step["document"]["after"][0]["amount"] for step in found["history"]] == [
        "16500000.50",
        "17000000",
    ]


def test_nobody_sees_or_writes_what_another_region_commits_to(client_of: Make, demo_plan: PlanRecord) -> None:
    east, south = client_of("east", "manager", EAST), client_of("south", "manager", "/lanhai/south/")
    rep = client_of("rep", "rep", REP)
    put(east, demo_plan, "E0102", [line("15000000")])
    put(rep, demo_plan, "E0101", [line("16000000")])
    everything = f"/v1/plans/{demo_plan.plan_id}/commitments"
    assert south.get(everything).json() == {"items": [], "next": None}
    assert [one["node_id"] for one in rep.get(everything).json()["items"]] == ["E0101"]
    assert {one["node_id"] for one in east.get(everything).json()["items"]} == {"E0101", "E0102"}
    for node in ("E0102", "nobody"):
        for stranger in (south, rep):
            address = f"{everything}/{node}"
            body, seen = {"items": [line("1")]}, {"If-Match": "*"}
            assert stranger.get(address).status_code == 404
            assert stranger.put(address, json=body, headers=seen).status_code == 404
    hr, analyst = client_of("hr", "hr", ""), client_of("ann", "analyst", "")
    assert hr.get(everything).status_code == 403
    denied = analyst.put(f"{everything}/E0102", json={"items": []}, headers={"If-Match": "*"})
    assert denied.status_code == 403


def test_pages_of_commitments_hold_each_of_them_once(client_of: Make, demo_plan: PlanRecord) -> None:
    east = client_of("east", "manager", EAST)
    nodes = [f"E010{k}" for k in range(1, 5)] + ["E0201"]
    for node in nodes:
        put(east, demo_plan, node, [line("1000000")])
    found, cursor = [], ""
    while True:
        page = east.get(
            f"/v1/plans/{demo_plan.plan_id}/commitments", params={"limit": 2, "cursor": cursor}
        ).json()
        found += [one["node_id"] for one in page["items"]]
        cursor = page["next"]
        if cursor is None:
            break
    assert sorted(found) == nodes


BAD_LINES: list[dict[str, Any]] = [
    line("-1"),
    line("1e9"),
    line("NaN"),
    line("1" * 30),
    line("1", "no-such-product"),
    line("1") | {"measure": "no-such-measure"},
    line("1", confidence="sure"),
    line("1", comment="\x01"),
    line("1", comment="x" * 4001),
    line("1") | {"colour": "red"},
    {"measure": "revenue"},
    line("1") | {"amount": 5},
]


def test_a_bad_line_is_refused_with_its_place(client_of: Make, demo_plan: PlanRecord) -> None:
    finance = client_of("fin", "finance", "")
    for bad in BAD_LINES:
        answer = finance.put(
            f"/v1/plans/{demo_plan.plan_id}/commitments/E0101",
            json={"items": [line("5"), bad]},
            headers={"If-Match": "*"},
        )
        assert answer.status_code == 422, bad
        assert all(error["pointer"].startswith("/items/1") for error in answer.json()["errors"])


def test_a_product_stands_once_in_what_a_node_says(client_of: Make, demo_plan: PlanRecord) -> None:
    finance = client_of("fin", "finance", "")
    answer = finance.put(
        f"/v1/plans/{demo_plan.plan_id}/commitments/E0101",
        json={"items": [line("5"), line("6")]},
        headers={"If-Match": "*"},
    )
    assert answer.status_code == 422
    assert "twice" in answer.json()["errors"][0]["message"]


def gap(client: TestClient, run: Run, **more: object) -> dict[str, Any]:
    answer = client.get(
        f"/v1/plans/{run.plan_id}/gap", params={"run_id": run.run_id, "measure": "revenue", **more}
    )
    assert answer.status_code == 200, answer.text
    return dict(answer.json())


def test_the_gap_adds_up_what_was_said_below_and_names_the_pair_who_must_talk(
    client_of: Make, demo_plan: PlanRecord, demo_run: Run
) -> None:
    east, finance = client_of("east", "manager", EAST), client_of("fin", "finance", "")
    put(east, demo_plan, "E0101", [line("15000000.5")])
    put(
        east, demo_plan, "E0102", [line("900000", "analytical"), line("100000", "chroma"), line("7", "cells")]
    )
    put(east, demo_plan, "E02", [line("120000000")])
    lines = {one["node_id"]: one for one in gap(east, demo_run, limit=500)["items"]}
    assert set(lines)
    assert all(one["org_path"].startswith(EAST) for one in lines.values())
    assert lines["E0102"]["own"] == "900007"
    assert lines["E01"]["rolled_up"] == "15900007.5"
    assert lines["E01"]["own"] is None
    assert lines["east"]["committed"] == "135900007.5"
    assert lines["E0103"]["gap"] is None
    reps_of_team = sum(1 for one in lines.values() if one["org_path"].startswith(TEAM)) - 1
    assert lines["E01"]["silent_reps"] == reps_of_team - 2
    for one in lines.values():
        if one["gap"] is not None:
            assert Decimal(one["gap"]) == Decimal(one["committed"]) - Decimal(one["target"])
    assert [one["node_id"] for one in lines["E01"]["talk"]] == ["E01", "east"]
    whole = gap(finance, demo_run, limit=1)
    assert whole["items"][0]["node_id"] == "lanhai"
    assert whole["items"][0]["target"] == "110000000"
    assert gap(finance, demo_run, limit=1, cursor=whole["next"])["items"][0]["node_id"] != "lanhai"


def test_the_gap_of_strangers_and_of_unknown_runs_is_not_found(
    client_of: Make, demo_plan: PlanRecord, demo_run: Run
) -> None:
    south = client_of("south", "manager", "/lanhai/south/")
    assert all(one["org_path"].startswith("/lanhai/south/") for one in gap(south, demo_run)["items"])
    address = f"/v1/plans/{demo_plan.plan_id}/gap"
    for run_id, measure in (("run_0", "revenue"), (demo_run.run_id, "profit")):
        assert south.get(address, params={"run_id": run_id, "measure": measure}).status_code == 404
    assert (
        client_of("rep", "rep", REP).get(address, params={"run_id": "r", "measure": "x"}).status_code == 403
    )
    assert south.get(address, params={"run_id": "R!", "measure": "x"}).status_code == 422


def test_finance_takes_what_was_collected_into_the_plan_and_the_past_stays(
    client_of: Make, demo_plan: PlanRecord, database: Database, tmp_path: Path
) -> None:
    rep, finance = client_of("luo", "rep", REP), client_of("fin", "finance", "")
    put(rep, demo_plan, "E0101", [line("17654321", confidence="high")])
    address = f"/v1/plans/{demo_plan.plan_id}:take-commitments"
    assert rep.post(address).status_code == 403
    key = {"Idempotency-Key": "once"}
    taken = finance.post(address, headers=key)
    assert taken.status_code == 201, taken.text
    assert finance.post(address, headers=key).json() == taken.json()
    assert (taken.json()["revision"], taken.json()["nodes"], taken.json()["rows"]) == (2, 1, 1)
    with database.reads() as session:
        first, second = (find_revision(session, demo_plan, number).revision_id for number in (1, 2))
    store = PlanStore(database, tmp_path / "more")
    before, after = store.plan(first).commitments, store.plan(second).commitments
    key_columns = ["node_id", "product_id", "measure", "period", "amount", "actual"]
    past = [table[table["actual"].notna()][key_columns] for table in (before, after)]
    assert past[0].reset_index(drop=True).equals(past[1].reset_index(drop=True))
    now = after[after["actual"].isna() & (after["node_id"] == "E0101")]
    assert now[["product_id", "amount", "confidence"]].to_numpy().tolist() == [["*", 17654321.0, "high"]]
    others = [t[t["actual"].isna() & (t["node_id"] != "E0101")] for t in (before, after)]
    assert len(others[0]) == len(others[1])
