"""A release is exact, complete, explained, and refused with every reason where something is wrong."""

import hashlib
import json
from collections import defaultdict
from decimal import Decimal
from typing import Any

import pytest
from fastapi.testclient import TestClient
from sqlalchemy import select

from service.db.database import Database
from service.db.models import AuditEntry, OutboxEvent, Run
from tests.service.releases.conftest import Clients, Desk

WHO = ("employee_id", "email", "node_id", "org_path", "position")
WHAT = ("measure", "unit", "currency", "product_id", "period", "period_start", "period_end", "amount")
HASHED = (*WHO, *WHAT)
YEAR = "2019-07..2020-06"
MORE = [{"name": "more", "changes": [{"kind": "scale_total", "measure": "revenue", "factor": 1.05}]}]


def pulled(client: TestClient, release_id: str) -> list[dict[str, Any]]:
    answer = client.get(f"/v1/releases/{release_id}/targets")
    assert answer.status_code == 200, answer.text
    rows: list[dict[str, Any]] = answer.json()["items"]
    return rows


def test_a_release_holds_every_node_product_month_and_year_and_its_hashes_can_be_made_again(
    desk: Desk, hr: TestClient
) -> None:
    made = desk.release(desk.run(), note="first")
    rows = pulled(hr, made["release_id"])
    assert len(rows) == made["rows"] == 19 * 7 * 13 * 2
    assert len({(r["node_id"], r["measure"], r["product_id"], r["period"]) for r in rows}) == len(rows)
    digests = []
    for row in rows:
        canonical = json.dumps([row[name] for name in HASHED], ensure_ascii=False, separators=(",", ":"))
        digests.append(hashlib.sha256(canonical.encode()).hexdigest())
        assert row["row_hash"] == digests[-1][:16]
    everything = "".join(f"{digest}\n" for digest in digests)
    assert made["sha256"] == hashlib.sha256(everything.encode()).hexdigest()
    sums: dict[tuple[str, str], Decimal] = defaultdict(Decimal)
    for row in rows:
        sums[row["measure"], row["currency"]] += Decimal(row["amount"])
    told = {(t["measure"], t["currency"]): Decimal(t["amount"]) for t in made["control_totals"]}
    assert told == dict(sums)
    assert set(told) == {("revenue", "USD"), ("new_customers", "")}


def test_the_released_rows_are_those_of_the_files_of_the_run(desk: Desk, hr: TestClient) -> None:
    run = desk.run()
    rows = pulled(hr, desk.release(run)["release_id"])
    year = {(r["measure"], r["node_id"], r["product_id"]): r for r in rows if r["period"] == YEAR}
    months: dict[tuple[str, str, str], Decimal] = defaultdict(Decimal)
    for row in rows:
        if row["period"] != YEAR:
            months[row["measure"], row["node_id"], row["product_id"]] += Decimal(row["amount"])
    assert {key: Decimal(row["amount"]) for key, row in year.items()} == dict(months)
    assert Decimal(year["revenue", "acme", "*"]["amount"]) == 42_000_000
    rep = year["revenue", "w12", "*"]
    assert (rep["employee_id"], rep["email"], rep["position"]) == ("1008", "bob@example.com", "rep")
    assert (rep["org_path"], rep["unit"], rep["currency"]) == ("/acme/west/w1/w12/", "USD", "USD")
    assert (rep["period_start"], rep["period_end"]) == ("2019-07-01", "2020-06-30")
    assert (rep["status"], rep["version"], rep["effective_to"], rep["previous_amount"]) == (
        "final",
        1,
        None,
        None,
    )
    february = next(r for r in rows if r["period"] == "2020-02")
    assert (february["period_start"], february["period_end"]) == ("2020-02-01", "2020-02-29")


def test_a_revision_supersedes_and_every_changed_row_needs_a_reason(desk: Desk, hr: TestClient) -> None:
    first = desk.release(desk.run(), products="total")
    more = desk.run(MORE)
    silent = desk.post(more, products="total", effective_from="2019-10-01")
    assert silent.status_code == 409
    assert silent.json()["errors"][0]["pointer"] == "/reasons"
    assert "has no reason" in silent.json()["errors"][0]["message"]
    part = desk.post(more, products="total", reasons=[{"reason": "east grew", "node_id": "east"}])
    told = " ".join(error["message"] for error in part.json()["errors"])
    assert "west" in told
    assert "e11," not in told
    reasons = [{"reason": "east grew", "node_id": "east"}, {"reason": "new year"}]
    second = desk.release(more, products="total", effective_from="2019-10-01", reasons=reasons)
    assert (second["version"], second["supersedes"]) == (2, first["release_id"])
    rows = pulled(hr, second["release_id"])
    before = {(r["node_id"], r["measure"], r["period"]): r for r in pulled(hr, first["release_id"])}
    assert any(row["change_reason"] for row in rows)
    for row in rows:
        old = before[row["node_id"], row["measure"], row["period"]]
        assert row["previous_amount"] == old["amount"]
        why = "east grew" if row["org_path"].startswith("/acme/east/") else "new year"
        assert row["change_reason"] == (why if row["amount"] != old["amount"] else "")
        assert (old["status"], old["effective_from"], old["effective_to"]) == (
            "superseded",
            "2019-07-01",
            "2019-09-30",
        )
    head = hr.get(f"/v1/releases/{first['release_id']}").json()
    assert (head["status"], head["effective_to"]) == ("superseded", "2019-09-30")
    assert head["sha256"] == first["sha256"]


def test_the_release_that_holds_on_a_day_is_found(desk: Desk, hr: TestClient) -> None:
    run = desk.run()
    ids = [
        desk.release(run, products="total", effective_from=day)["release_id"]
        for day in ("2019-07-01", "2019-10-01", "2019-10-01")
    ]
    plan = desk.plan.plan_id

    def held(day: str) -> list[str]:
        answer = hr.get("/v1/releases", params={"plan": plan, "as_of": day})
        return [one["release_id"] for one in answer.json()["items"]]

    assert [held(day) for day in ("2019-06-30", "2019-07-01", "2019-09-30")] == [[], ids[:1], ids[:1]]
    assert held("2019-10-01") == held("2031-01-01") == ids[2:]
    assert [one["version"] for one in hr.get(f"/v1/plans/{plan}/releases").json()["items"]] == [1, 2, 3]
    page = hr.get(f"/v1/plans/{plan}/releases", params={"limit": 2}).json()
    rest = hr.get(f"/v1/plans/{plan}/releases", params={"cursor": page["next"]}).json()
    assert [one["version"] for one in page["items"] + rest["items"]] == [1, 2, 3]
    assert rest["next"] is None


def test_an_hr_system_may_read_but_not_publish_and_a_manager_gets_no_totals_of_the_whole(
    desk: Desk, hr: TestClient, client_of: Clients
) -> None:
    run = desk.run()
    manager, analyst = client_of("m", "manager", "/acme/east/"), client_of("a", "analyst", "")
    part = client_of("f2", "finance", "/acme/east/")
    for nobody in (hr, manager, analyst, part):
        assert desk.post(run, nobody).status_code == 403
    made = desk.release(run, products="total")
    head = manager.get(f"/v1/releases/{made['release_id']}").json()
    assert (head["rows"], head["control_totals"]) == (None, None)
    assert analyst.get(f"/v1/releases/{made['release_id']}").json() == made


def test_publishing_is_told_to_the_audit_log_and_to_the_outbox(desk: Desk, database: Database) -> None:
    made = desk.release(desk.run(), products="total", note="signed")
    with database.reads() as session:
        entry = session.scalars(select(AuditEntry).where(AuditEntry.action == "release.publish")).one()
        event = session.scalars(select(OutboxEvent).where(OutboxEvent.kind == "release.published")).one()
    told = {name: made[name] for name in ("release_id", "version", "sha256", "rows", "run_id")}
    assert told.items() <= json.loads(entry.after).items()
    assert told.items() <= json.loads(event.document).items()
    assert json.loads(entry.after)["note"] == "signed"


@pytest.mark.parametrize(
    ("body", "pointer"),
    [
        ({"effective_from": "2019-02-30"}, "/effective_from"),
        ({"effective_from": "soon"}, "/effective_from"),
        ({"note": "a\u0001"}, "/note"),
        ({"products": "some"}, "/products"),
        ({"reasons": [{"reason": ""}]}, "/reasons/0/reason"),
        ({"reasons": [{"reason": "x", "region": "east"}]}, "/reasons/0/region"),
        ({"reasons": "x"}, "/reasons"),
        ({"run_id": "../run"}, "/run_id"),
        ({"status": "final"}, "/status"),
    ],
)
@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
def test_a_body_of_the_wrong_form_is_refused_by_field(
    admin: TestClient, body: dict[str, Any], pointer: str
) -> None:
    wanted = {"run_id": "run_1", "effective_from": "2019-07-01", **body}
    answer = admin.post("/v1/plans/plan_1/releases", json=wanted, headers={"If-Match": '"1"'})
    assert answer.status_code == 422
    assert pointer in [error["pointer"] for error in answer.json()["errors"]]


def test_what_manager_and_region_agreed_on_can_be_released(
    desk: Desk, client_of: Clients, hr: TestClient
) -> None:
    run = desk.run()
    nodes = desk.finance.get(f"/v1/plans/{desk.plan.plan_id}/nodes", params={"limit": 500}).json()["items"]
    team = next(
        node for node in nodes if any(n["is_rep"] and n["parent_id"] == node["node_id"] for n in nodes)
    )
    rep = next(node for node in nodes if node["parent_id"] == team["node_id"] and node["is_rep"])
    manager = client_of("team", "manager", team["org_path"])
    rows = desk.finance.get(f"/v1/runs/{run.run_id}/result", params={"limit": 500}).json()["items"]
    target = next(
        Decimal(row["target"])
        for row in rows
        if (row["measure"], row["node_id"], row["product_id"]) == ("revenue", rep["node_id"], "*")
    )
    wanted = {
        "plan_id": desk.plan.plan_id,
        "run_id": run.run_id,
        "node_id": team["node_id"],
        "pins": [
            {
                "measure": "revenue",
                "node_id": rep["node_id"],
                "amount": f"{round(target * Decimal('0.99'), -3):f}",
                "reason": "a course",
            }
        ],
    }
    asked = manager.post("/v1/balance-requests", json=wanted)
    assert asked.status_code == 201, asked.text
    path = f"/v1/balance-requests/{asked.json()['request_id']}"
    agreed = desk.finance.post(f"{path}:accept", json={}, headers={"If-Match": "*"})
    assert agreed.status_code == 200, agreed.text
    with desk.database.reads() as session:
        balanced = session.get_one(Run, agreed.json()["run_id"])
    made = desk.release(balanced)
    released = {
        (row["node_id"], row["product_id"], row["period"]): row["amount"]
        for row in pulled(hr, made["release_id"])
        if row["measure"] == "revenue"
    }
    year = next(period for _, _, period in released if ".." in period)
    assert Decimal(released[rep["node_id"], "*", year]) == round(target * Decimal("0.99"), -3)
    first = next(row for row in rows if row["node_id"] == team["node_id"] and row["product_id"] == "*")
    assert released[team["node_id"], "*", year] == first["target"]
