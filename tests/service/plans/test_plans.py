"""Plans are made whole, renamed by who has seen them, seen as far as one's part of the company reaches."""

from fastapi.testclient import TestClient

from allocator.plan.reading import read_plan
from service.db.database import Database
from tests.service.conftest import DEMO, plan_files

EAST = "/lanhai/east/"
HISTORY = ("history.csv", "potential.csv", "commitments.csv")


def small_files() -> dict[str, str]:
    """Return the demo company without its long tables."""
    files = {name: raw.decode() for name, raw in plan_files(DEMO).items() if name not in HISTORY}
    return {
        "plan.yaml": "plan: small\nstart: 2026-01\nmeasures:\n  revenue: {unit: CNY, total: 1000000}\n",
        "org.csv": files["org.csv"],
        "products.csv": files["products.csv"],
    }


def made(client: TestClient, name: str = "small", **headers: str):
    return client.post("/v1/plans", json={"name": name, "files": small_files()}, headers=headers)


def test_a_plan_is_made_from_the_texts_of_its_files_once_per_key(client_of) -> None:
    finance = client_of("f", "finance", "")
    first, again = made(finance, **{"Idempotency-Key": "k"}), made(finance, **{"Idempotency-Key": "k"})
    assert first.status_code == 201
    assert again.content == first.content
    plan = finance.get(first.headers["location"])
    assert plan.headers["etag"] == '"1"'
    assert plan.json() == first.json()
    assert made(finance).status_code == 409
    revision = finance.get(f"{first.headers['location']}/revisions/1").json()
    assert [file["file"] for file in revision["files"]] == ["org.csv", "plan.yaml", "products.csv"]
    assert revision["files"][0]["rows"] == 335


def test_a_plan_at_fault_is_refused_with_every_row(admin: TestClient) -> None:
    files = small_files()
    files["org.csv"] = files["org.csv"].replace("S01", "E01").replace("west,lanhai", "west,nobody")
    refused = admin.post("/v1/plans", json={"name": "x", "files": files})
    assert refused.status_code == 422
    pointers = [error["pointer"] for error in refused.json()["errors"]]
    assert all(pointer.startswith("/org.csv/") for pointer in pointers)
    assert len(pointers) > 2
    assert admin.get("/v1/plans").json()["items"] == []


def test_a_plan_of_bad_form_is_refused(admin: TestClient) -> None:
    wrong: list[dict[str, object]] = [
        {},
        {"name": "x"},
        {"name": "", "files": {}},
        {"name": "a\nb", "files": {}},
        {"name": "x" * 201, "files": {}},
        {"name": "x", "files": {"../org.csv": ""}},
        {"name": "x", "files": {"org.csv": 1}},
        {"name": "x", "note": "\x1b", "files": {}},
        {"name": "x", "files": {}},
        {"name": "x", "files": {"plan.yaml": "a: [", "org.csv": "", "products.csv": ""}},
        {"name": "x", "files": {}, "version": 3},
    ]
    for body in wrong:
        response = admin.post("/v1/plans", json=body)
        assert response.status_code == 422, body
        assert response.json()["errors"]


def test_only_finance_and_admins_change_plans(client_of, demo_plan) -> None:
    address = f"/v1/plans/{demo_plan.plan_id}"
    for role in ("manager", "rep", "hr", "analyst"):
        client = client_of(role, role, EAST)
        assert made(client).status_code == 403
        assert client.patch(address, json={"name": "y"}, headers={"If-Match": "*"}).status_code == 403
        assert client.get(address).status_code == 200


def test_a_plan_is_renamed_by_who_has_seen_its_version(client_of, demo_plan) -> None:
    finance = client_of("f", "finance", "")
    address = f"/v1/plans/{demo_plan.plan_id}"
    rename = {"json": {"name": "renamed"}}
    assert finance.patch(address, **rename).status_code == 428
    assert finance.patch(address, headers={"If-Match": '"7"'}, **rename).status_code == 412
    renamed = finance.patch(address, headers={"If-Match": '"1"'}, **rename)
    assert (renamed.json()["name"], renamed.headers["etag"]) == ("renamed", '"2"')
    assert finance.patch(address, headers={"If-Match": '"1"'}, **rename).status_code == 412
    made(finance, "other")
    assert finance.patch(address, headers={"If-Match": "*"}, json={"name": "other"}).status_code == 409


def test_a_manager_pages_through_the_nodes_of_the_region_and_no_others(client_of, demo_plan) -> None:
    manager, analyst = client_of("m", "manager", EAST), client_of("a", "analyst", "")
    address = f"/v1/plans/{demo_plan.plan_id}/nodes"
    seen, cursor = [], ""
    while cursor is not None:
        page = manager.get(address, params={"limit": 40, "cursor": cursor}).json()
        seen += page["items"]
        cursor = page["next"]
    paths = [node["org_path"] for node in seen]
    assert paths == sorted(set(paths))
    everything = []
    cursor = ""
    while cursor is not None:
        page = analyst.get(address, params={"limit": 500, "cursor": cursor}).json()
        everything += [node["org_path"] for node in page["items"]]
        cursor = page["next"]
    assert len(everything) == len(read_plan(DEMO).org)
    assert paths == [path for path in everything if path.startswith(EAST)]
    # a cursor that names a foreign node shows nothing of it
    foreign = manager.get(address, params={"cursor": "1.west"}).json()["items"]
    assert all(node["org_path"].startswith(EAST) for node in foreign)


def test_foreign_and_unknown_plans_are_answered_alike(client_of, demo_plan) -> None:
    stranger, nobody = client_of("s", "manager", "/other/"), client_of("n", "manager", "")
    for client in (stranger, nobody):
        for path in ("", "/revisions", "/revisions/1", "/nodes", "/tables/org"):
            foreign = client.get(f"/v1/plans/{demo_plan.plan_id}{path}")
            unknown = client.get(f"/v1/plans/plan_none{path}")
            assert (foreign.status_code, unknown.status_code) == (404, 404)
            assert foreign.json()["detail"] == unknown.json()["detail"]
        assert client.get("/v1/plans").json() == {"items": [], "next": None}


def test_finance_of_a_part_cannot_change_the_whole(client_of, demo_plan, database: Database) -> None:
    part = client_of("p", "finance", EAST)
    address = f"/v1/plans/{demo_plan.plan_id}"
    etag = {"If-Match": part.get(address).headers["etag"]}
    assert part.patch(address, json={"name": "mine"}, headers=etag).status_code == 403
    patch = {"delete": [{"node_id": "E0101", "product_id": "*", "measure": "revenue"}]}
    assert part.patch(f"{address}/tables/pins", json=patch, headers=etag).status_code == 403
    assert made(part).status_code == 403
    assert part.get(f"{address}/revisions/1").json()["files"] == []


def test_the_warnings_of_a_plan_are_told_in_the_language_asked_for(client_of) -> None:
    finance = client_of("f", "finance", "")
    files = small_files()
    files["plan.yaml"] = files["plan.yaml"].replace("start:", "currency: USD\nstart:")
    made_plan = finance.post("/v1/plans", json={"name": "w", "files": files}).json()
    place = f"/v1/plans/{made_plan['plan_id']}/warnings"
    told = finance.get(place).json()
    assert (told["revision"], told["open"], told["accepted"]) == (1, 1, 0)
    (warning,) = told["warnings"]
    assert (warning["file"], warning["row"], warning["code"]) == ("plan.yaml", 5, "currency-differs")
    assert warning["message"] == "the unit of revenue is CNY, the currency of the plan is USD"
    chinese = finance.get(place, headers={"Accept-Language": "zh-CN"}).json()["warnings"][0]
    assert chinese["message"] == "revenue 的单位是 CNY，而计划币种为 USD"
    assert client_of("r", "rep", EAST).get(place).status_code == 403
    assert client_of("e", "finance", EAST).get(place).status_code in (403, 404)
