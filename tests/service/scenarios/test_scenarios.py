"""Scenarios over HTTP: every fault at once, parents without circles, nobody overwrites the unseen."""

from collections.abc import Callable
from typing import Any

import pytest
from fastapi.testclient import TestClient

from service.db.models import PlanRecord
from tests.languages import is_chinese

Maker = Callable[[str, str, str], TestClient]
SCALE = {"kind": "scale_total", "measure": "revenue", "factor": "1.01"}


@pytest.fixture
def finance(client_of: Maker) -> TestClient:
    return client_of("finance", "finance", "")


def made(client: TestClient, plan: PlanRecord, name: str, **more: Any) -> dict[str, Any]:
    answer = client.post(f"/v1/plans/{plan.plan_id}/scenarios", json={"name": name, **more})
    assert answer.status_code == 201, answer.text
    return answer.json()


def test_an_edit_of_several_fields_is_one_version(finance: TestClient, demo_plan: PlanRecord) -> None:
    parent, one = made(finance, demo_plan, "parent"), made(finance, demo_plan, "up", changes=[SCALE])
    wanted = {"name": "down", "changes": [], "note": "why", "parent_id": parent["scenario_id"]}
    place = f"/v1/scenarios/{one['scenario_id']}"
    edited = finance.patch(place, json=wanted, headers={"If-Match": '"1"'})
    assert (edited.json()["version"], edited.headers["ETag"]) == (2, '"2"')
    assert wanted.items() <= edited.json().items()


def test_a_scenario_is_written_read_edited_cloned_and_deleted(
    finance: TestClient, demo_plan: PlanRecord
) -> None:
    one = made(finance, demo_plan, "up", changes=[SCALE])
    place = f"/v1/scenarios/{one['scenario_id']}"
    read = finance.get(place)
    assert read.json() == one
    assert one["sentences"]["en"]
    assert one["sentences"]["zh"] != one["sentences"]["en"]
    assert finance.patch(place, json={"name": "x"}).status_code == 428
    assert finance.patch(place, json={"name": "x"}, headers={"If-Match": '"7"'}).status_code == 412
    edited = finance.patch(place, json={"note": "why"}, headers={"If-Match": read.headers["ETag"]})
    assert (edited.json()["note"], edited.json()["changes"]) == ("why", one["changes"])
    copy = finance.post(f"{place}:clone", json={"name": "copy"})
    assert copy.status_code == 201
    assert (copy.json()["changes"], copy.json()["note"]) == (one["changes"], "why")
    names = [item["name"] for item in finance.get(f"/v1/plans/{demo_plan.plan_id}/scenarios").json()["items"]]
    assert sorted(names) == ["copy", "up"]
    assert finance.delete(place, headers={"If-Match": edited.headers["ETag"]}).status_code == 204
    assert finance.get(place).status_code == 404


def test_every_fault_of_the_changes_is_told_at_once(finance: TestClient, demo_plan: PlanRecord) -> None:
    changes = [{"kind": "scale"}, {"kind": "scale_total", "measure": "revenue", "facto": "1"}, {"x": None}]
    answer = finance.post(
        f"/v1/plans/{demo_plan.plan_id}/scenarios", json={"name": "bad", "changes": changes}
    )
    assert answer.status_code == 422
    assert answer.json()["type"] == "/problems/plan-at-fault"
    pointers = [error["pointer"] for error in answer.json()["errors"]]
    assert pointers == ["/changes/1/kind", "/changes/2/facto", "/changes/2/factor", "/changes/3/kind"]
    chinese = finance.post(
        f"/v1/plans/{demo_plan.plan_id}/scenarios",
        json={"name": "bad", "changes": changes},
        headers={"Accept-Language": "zh"},
    )
    assert [error["pointer"] for error in chinese.json()["errors"]] == pointers
    assert all(is_chinese(error["message"]) for error in chinese.json()["errors"])


@pytest.mark.parametrize(
    "body",
    [
        {},
        {"name": ""},
        {"name": "a\u0000b"},
        {"name": "a" * 201},
        {"name": "a", "colour": "red"},
        {"name": "a", "parent_id": "Not An Id"},
        {"name": "a", "changes": "none"},
        {"name": "a", "changes": [1]},
        {"name": "a", "note": "\u0007"},
    ],
)
def test_bodies_of_a_wrong_form_are_refused(
    finance: TestClient, demo_plan: PlanRecord, body: dict[str, Any]
) -> None:
    assert finance.post(f"/v1/plans/{demo_plan.plan_id}/scenarios", json=body).status_code in (400, 422)


def test_a_name_is_taken_once_and_a_key_acts_once(finance: TestClient, demo_plan: PlanRecord) -> None:
    place = f"/v1/plans/{demo_plan.plan_id}/scenarios"
    first = finance.post(place, json={"name": "a"}, headers={"Idempotency-Key": "k"})
    again = finance.post(place, json={"name": "a"}, headers={"Idempotency-Key": "k"})
    assert (first.status_code, again.status_code) == (201, 201)
    assert first.json() == again.json()
    assert finance.post(place, json={"name": "a"}).status_code == 409
    assert finance.post(place, json={"name": "base"}).status_code == 409


def test_parents_stand_in_the_same_plan_and_go_round_in_no_circle(
    finance: TestClient, demo_plan: PlanRecord
) -> None:
    top = made(finance, demo_plan, "top")
    middle = made(finance, demo_plan, "middle", parent_id=top["scenario_id"])
    made(finance, demo_plan, "low", parent_id=middle["scenario_id"])
    place = f"/v1/scenarios/{top['scenario_id']}"
    circle = finance.patch(place, json={"parent_id": middle["scenario_id"]}, headers={"If-Match": "*"})
    assert circle.status_code == 422
    assert "middle -> top -> middle" in circle.json()["errors"][0]["message"]
    itself = finance.patch(place, json={"parent_id": top["scenario_id"]}, headers={"If-Match": "*"})
    assert itself.status_code == 422
    unknown = finance.patch(place, json={"parent_id": "scn_0"}, headers={"If-Match": "*"})
    assert unknown.status_code == 404
    refused = finance.delete(place, headers={"If-Match": "*"})
    assert (refused.status_code, refused.json()["type"]) == (409, "/problems/has-children")
    free = finance.patch(
        f"/v1/scenarios/{middle['scenario_id']}", json={"parent_id": None}, headers={"If-Match": "*"}
    )
    assert free.json()["parent_id"] is None
    assert finance.delete(place, headers={"If-Match": "*"}).status_code == 204


def test_pins_are_read_and_replaced_and_other_changes_stay(
    finance: TestClient, demo_plan: PlanRecord
) -> None:
    one = made(finance, demo_plan, "pins", changes=[SCALE])
    place = f"/v1/scenarios/{one['scenario_id']}"
    assert finance.get(f"{place}/pins").json() == {"items": []}
    pin = {"measure": "revenue", "node": "E0102", "product": "*", "amount": "1000000", "reason": "promised"}
    put = finance.put(f"{place}/pins", json={"items": [pin]}, headers={"If-Match": '"1"'})
    assert put.status_code == 200, put.text
    assert put.json()["items"] == [{**pin, "owner": ""}]
    assert [change["kind"] for change in finance.get(place).json()["changes"]] == ["scale_total", "set_pin"]
    assert finance.put(f"{place}/pins", json={"items": []}, headers={"If-Match": '"1"'}).status_code == 412
    no_reason = {**pin, "reason": ""}
    assert (
        finance.put(f"{place}/pins", json={"items": [no_reason]}, headers={"If-Match": "*"}).status_code
        == 422
    )
    negative = {**pin, "amount": "-1"}
    assert (
        finance.put(f"{place}/pins", json={"items": [negative]}, headers={"If-Match": "*"}).status_code == 422
    )
    emptied = finance.put(f"{place}/pins", json={"items": []}, headers={"If-Match": put.headers["ETag"]})
    assert emptied.json() == {"items": []}


def test_validating_lists_faults_and_contradictions_without_a_run(
    finance: TestClient, demo_plan: PlanRecord
) -> None:
    good = made(finance, demo_plan, "good", changes=[SCALE])
    answer = finance.post(f"/v1/scenarios/{good['scenario_id']}:validate").json()
    assert (answer["valid"], answer["faults"], answer["contradictions"]) == (True, [], [])
    assert any("measures.revenue.total" in line for line in answer["log"])
    assert answer["warnings"] == []
    threefold = [{"kind": "scale_total", "measure": "revenue", "factor": "3"}]
    wild = made(finance, demo_plan, "wild", changes=threefold)
    warned = finance.post(f"/v1/scenarios/{wild['scenario_id']}:validate").json()["warnings"]
    assert "growth-improbable" in [one["code"] for one in warned]
    bad = made(
        finance,
        demo_plan,
        "bad",
        changes=[
            {"kind": "leave", "node": "nobody"},
            {"kind": "scale_total", "measure": "sales", "factor": "2"},
        ],
    )
    answer = finance.post(f"/v1/scenarios/{bad['scenario_id']}:validate").json()
    assert (answer["valid"], [fault["row"] for fault in answer["faults"]]) == (False, [1, 2])
    place = f"/v1/scenarios/{bad['scenario_id']}:validate"
    chinese = finance.post(place, headers={"Accept-Language": "zh"}).json()["faults"]
    assert [fault["code"] for fault in chinese] == [fault["code"] for fault in answer["faults"]]
    assert all(is_chinese(fault["message"]) and is_chinese(fault["hint"]) for fault in chinese)
    assert not any(is_chinese(fault["message"]) or is_chinese(fault["hint"]) for fault in answer["faults"])
    impossible = made(
        finance,
        demo_plan,
        "impossible",
        changes=[{"kind": "scale_total", "measure": "revenue", "factor": "1.5"}],
    )
    answer = finance.post(f"/v1/scenarios/{impossible['scenario_id']}:validate").json()
    assert not answer["valid"]
    assert answer["contradictions"][0]["measure"] == "revenue"
    assert int(answer["contradictions"][0]["least"]) > int(answer["contradictions"][0]["most"])
    assert finance.get("/v1/runs").json()["items"] == []


def test_who_sees_a_part_of_the_company_sees_no_scenario(
    finance: TestClient, client_of: Maker, demo_plan: PlanRecord
) -> None:
    one = made(finance, demo_plan, "secret")
    place = f"/v1/scenarios/{one['scenario_id']}"
    assert client_of("analyst", "analyst", "").get(place).status_code == 200
    for name, role, status in (
        ("m", "manager", 403),
        ("r", "rep", 403),
        ("h", "hr", 403),
        ("f", "finance", 404),
    ):
        client = client_of(name, role, "/lanhai/east/")
        assert client.get(place).status_code == status
        assert client.get(f"/v1/plans/{demo_plan.plan_id}/scenarios").status_code == status
        assert client.post(f"{place}:validate").status_code == status
        assert client.post(f"{place}:clone", json={"name": "x"}).status_code == status
