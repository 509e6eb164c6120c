"""Nobody gets a row that is not theirs, from any address; what is foreign does not exist."""

from typing import Any

import pytest
from fastapi.testclient import TestClient

from service.app import create_app
from service.db.database import Database
from service.releases.known_pulls import SECONDS
from service.settings import Settings
from tests.service.conftest import Moment
from tests.service.releases.conftest import Clients, Desk

SCOPES = {
    ("manager", "/acme/east/"): "/acme/east/",
    ("manager", "/acme/west/w1/"): "/acme/west/w1/",
    ("manager", "/acme/west/w/"): None,
    ("manager", "/acme/north/"): None,
    ("manager", ""): None,
    ("rep", "/acme/east/e1/e11/"): "/acme/east/e1/e11/",
    ("rep", ""): None,
    ("hr", "/acme/west/"): "/acme/west/",
    ("analyst", "/acme/east/e2/"): "/acme/east/e2/",
    ("finance", "/acme/east/"): "/acme/east/",
    ("hr", ""): "/",
    ("analyst", ""): "/",
    ("admin", ""): "/",
}
MORE = [
    {
        "name": "more",
        "changes": [
            {"kind": "scale_total", "measure": "revenue", "factor": 1.05},
            {"kind": "move", "node": "e13", "parent": "w1"},
        ],
    }
]


def pages(client: TestClient, path: str, **params: Any) -> list[dict[str, Any]]:
    """Return every row of a list, page by page, and its first page in each format."""
    found: list[dict[str, Any]] = []
    cursor: dict[str, Any] = {}
    while True:
        answer = client.get(path, params={**params, **cursor, "limit": 200})
        assert answer.status_code == 200, answer.text
        found += answer.json()["items"]
        if answer.json()["next"] is None:
            return found
        cursor = {"cursor": answer.json()["next"]}


def test_every_role_and_scope_sees_its_own_rows_at_every_address(desk: Desk, client_of: Clients) -> None:
    first = desk.release(desk.run(), products="total")
    reasons = [{"reason": "more"}]
    second = desk.release(desk.run(MORE), products="total", effective_from="2019-10-01", reasons=reasons)
    plan = desk.plan.plan_id
    everything = {one["release_id"]: pages(desk.finance, targets_of(one)) for one in (first, second)}
    for k, ((role, scope), part) in enumerate(SCOPES.items()):
        client = client_of(f"n{k}", role, scope)
        for made in (first, second):
            head = client.get(f"/v1/releases/{made['release_id']}")
            if part is None:
                addresses = ("", "/targets", "/targets?limit=5", "/targets?format=csv")
                for address in addresses:
                    foreign = client.get(f"/v1/releases/{made['release_id']}{address}")
                    unknown = client.get(f"/v1/releases/rel_none{address}")
                    assert (foreign.status_code, unknown.status_code) == (404, 404)
                    assert foreign.json()["detail"] == unknown.json()["detail"]
                continue
            assert head.status_code == 200
            rows = pages(client, targets_of(made))
            mine = [r for r in everything[made["release_id"]] if r["org_path"].startswith(part)]
            assert rows == mine
            assert len(mine) >= 2 * 13
            for extra in ({"node": "acme"}, {"node": "w1"}, {"employee_id": "1001"}):
                narrowed = pages(client, targets_of(made), **extra)
                assert all(row["org_path"].startswith(part) for row in narrowed)
            for form in ("csv", "ndjson"):
                text = client.get(targets_of(made), params={"format": form}).text
                for row in everything[made["release_id"]]:
                    if not row["org_path"].startswith(part):
                        assert row["row_hash"] not in text
        listed = client.get("/v1/releases", params={"plan": plan}).json()["items"]
        assert len(listed) == (2 if part else 0)
        newest = client.get("/v1/releases/latest/targets", params={"plan": plan, "limit": 500})
        assert newest.status_code == (200 if part else 404)
        changes = client.get("/v1/targets/changes", params={"since_release": first["release_id"]})
        assert changes.status_code == (200 if part else 404)
        if part:
            assert all(row["org_path"].startswith(part) for row in newest.json()["items"])
            found = pages(client, "/v1/targets/changes", since_release=first["release_id"])
            assert found
            assert all(row["org_path"].startswith(part) for row in found)


def test_who_moved_is_removed_here_and_new_there_and_neither_side_sees_the_other(
    desk: Desk, client_of: Clients
) -> None:
    first = desk.release(desk.run(), products="total")
    reasons = [{"reason": "moved to the west"}]
    desk.release(desk.run(MORE), products="total", effective_from="2019-10-01", reasons=reasons)
    told = {}
    for region in ("east", "west", ""):
        scope, role = (f"/acme/{region}/", "manager") if region else ("", "hr")
        found = pages(client_of(f"of {region}", role, scope), CHANGES, since_release=first["release_id"])
        told[region] = {r["change"]: r for r in found if r["node_id"] == "e13" and ".." in r["period"]}
    assert set(told["east"]) == {"remove"}
    assert told["east"]["remove"]["org_path"] == "/acme/east/e1/e13/"
    assert told["east"]["remove"]["amount"] is None
    assert set(told["west"]) == {"create"}
    assert told["west"]["create"]["org_path"] == "/acme/west/w1/e13/"
    assert told["west"]["create"]["previous_amount"] is None
    assert set(told[""]) == {"update"}
    assert told[""]["update"]["previous_amount"] == told["east"]["remove"]["previous_amount"]


def test_a_rep_finds_the_own_targets_by_employee_id_or_by_node_and_no_others(
    desk: Desk, admin: TestClient, client_of: Clients
) -> None:
    desk.release(desk.run(), products="total")
    rep, manager = client_of("r", "rep", "/acme/east/e1/e11/"), client_of("m", "manager", "/acme/east/")
    assert {row["node_id"] for row in pages(rep, ME)} == {"e11"}
    assert {row["node_id"] for row in pages(manager, ME)} == {"east"}
    nobody = client_of("x", "rep", "")
    assert pages(nobody, ME) == []
    account = nobody.get("/v1/me").json()["account_id"]
    changed = admin.patch(f"/v1/users/{account}", json={"employee_id": "1008"}, headers={"If-Match": "*"})
    assert changed.status_code == 200
    own = pages(nobody, ME, plan=desk.plan.plan_id)
    assert {row["node_id"] for row in own} == {"w12"}
    assert len(own) == 2 * 13
    assert {row["status"] for row in own} == {"final"}
    assert pages(nobody, ME, plan="plan_none") == []
    assert pages(client_of("h", "hr", ""), ME) == []


def test_another_process_sees_a_revoked_key_within_seconds(
    desk: Desk, admin: TestClient, settings: Settings, database: Database, moment: Moment, hr: TestClient
) -> None:
    made = desk.release(desk.run(), products="total")
    app = create_app(settings, moment, moment.seconds, database)
    elsewhere = TestClient(app, headers={"Authorization": hr.headers["Authorization"]})
    assert elsewhere.get(targets_of(made)).status_code == 200
    key = next(
        k
        for k in admin.get("/v1/api-keys").json()
        if k["account_id"] == hr.get("/v1/me").json()["account_id"]
    )
    assert admin.delete(f"/v1/api-keys/{key['key_id']}").status_code == 204
    moment.now = moment.now.fromtimestamp(moment.seconds() + SECONDS, moment.now.tzinfo)
    assert elsewhere.get(targets_of(made)).status_code == 401


@pytest.mark.parametrize(
    "address", ["/v1/releases/x/targets", "/v1/targets/me", "/v1/releases", "/v1/targets/changes"]
)
def test_without_credentials_there_is_nothing(anonymous: TestClient, address: str) -> None:
    assert anonymous.get(address).status_code == 401


CHANGES, ME = "/v1/targets/changes", "/v1/targets/me"


def targets_of(made: dict[str, Any]) -> str:
    return f"/v1/releases/{made['release_id']}/targets"
