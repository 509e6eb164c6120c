"""Tables are seen by scope and changed by who has seen the plan, whole or row by row."""

import io
import json

import pandas as pd
import pyarrow.parquet as pq
from openpyxl import load_workbook

from allocator.plan.tables import TABLES
from service.db.database import Database
from service.db.models import OutboxEvent
from tests.service.conftest import DEMO
from tests.service.plans.conftest import address, rows_of

EAST = "/lanhai/east/"
KEYS = {table.name: list(table.key) for table in TABLES}


def test_a_manager_sees_the_rows_of_the_subtree_and_not_one_beside_it(client_of, demo_plan) -> None:
    manager, analyst = client_of("m", "manager", EAST), client_of("a", "analyst", "")
    parent = {row["node_id"]: row["parent_id"] for row in rows_of(analyst, demo_plan, "org")}

    def is_east(node: str) -> bool:
        while node and node != "east":
            node = parent.get(node, "")
        return node == "east"

    for table in ("org", "history", "commitments", "potential", "rules", "pins"):
        everything = rows_of(analyst, demo_plan, table)
        expected = [row for row in everything if is_east(row["node_id"])]
        assert 0 < len(expected) < len(everything)
        assert rows_of(manager, demo_plan, table) == expected
        counts = set()
        for kind, count in COUNTS.items():
            answer = manager.get(address(demo_plan, table), params={"format": kind})
            counts.add(count(answer.content))
        assert counts == {len(expected)}, table
    assert rows_of(manager, demo_plan, "products") == rows_of(analyst, demo_plan, "products")


COUNTS = {
    "csv": lambda raw: len(pd.read_csv(io.BytesIO(raw))),
    "xlsx": lambda raw: load_workbook(io.BytesIO(raw), read_only=True).active.max_row - 1,
    "parquet": lambda raw: pq.read_table(io.BytesIO(raw)).num_rows,
}


def test_who_may_read_what(client_of, demo_plan) -> None:
    expected = {"finance": 200, "analyst": 200, "manager": 403, "rep": 403, "hr": 403}
    for role, status in expected.items():
        client = client_of(role, role, EAST if role in ("manager", "rep") else "")
        assert client.get(address(demo_plan, "plan")).status_code == status
        assert client.get(address(demo_plan, "org")).status_code == (403 if role == "hr" else 200)
        put = client.put(address(demo_plan, "plan"), content=b"", headers={"If-Match": "*"})
        assert (put.status_code == 403) == (role != "finance")


def test_plan_yaml_is_replaced_as_text_and_old_revisions_stay(client_of, demo_plan) -> None:
    finance = client_of("f", "finance", "")
    before = finance.get(address(demo_plan, "plan"))
    assert before.content == (DEMO / "plan.yaml").read_bytes()
    changed = before.content.replace(b"total: 1336000000", b"total: 1337000000")
    headers = {"Content-Type": "application/yaml", "If-Match": before.headers["etag"]}
    put = finance.put(address(demo_plan, "plan"), content=changed, headers=headers, params={"note": "more"})
    assert (put.status_code, put.json()["revision"], put.headers["etag"]) == (200, 2, '"2"')
    assert finance.get(address(demo_plan, "plan")).content == changed
    old = finance.get(address(demo_plan, "plan"), params={"revision": 1})
    assert old.content == before.content
    assert "etag" not in old.headers
    assert finance.get(f"{address(demo_plan)}/revisions/2").json()["note"] == "more"
    assert finance.get(address(demo_plan, "plan"), params={"revision": 3}).status_code == 404


def test_rows_are_patched_by_their_key(client_of, admin, demo_plan, database: Database) -> None:
    finance = client_of("f", "finance", "")
    before = rows_of(finance, demo_plan, "pins")
    first, second = before[0], before[1]
    patch = {
        "upsert": [
            {
                "node_id": first["node_id"],
                "product_id": first["product_id"],
                "measure": "revenue",
                "amount": 15_900_000,
            },
            {
                "node_id": "E0102",
                "product_id": "",
                "measure": "revenue",
                "amount": "12000000",
                "reason": "=new",
                "owner": "Chen",
            },
        ],
        "delete": [{name: second[name] for name in KEYS["pins"]}],
        "note": "patched",
    }
    headers = {"If-Match": '"1"'}
    done = finance.patch(address(demo_plan, "pins"), json=patch, headers=headers)
    assert done.status_code == 200, done.text
    after = rows_of(finance, demo_plan, "pins")
    assert after[0] == {**first, "amount": "15900000"}
    assert after[1:-1] == before[2:]
    assert after[-1]["reason"] == "=new"
    assert finance.patch(address(demo_plan, "pins"), json=patch, headers=headers).status_code == 412
    last = json.loads(admin.get("/v1/audit").text.splitlines()[-1])
    assert (last["action"], last["subject"]) == ("plan.revise", demo_plan.plan_id)
    with database.reads() as session:
        kinds = [event.kind for event in session.query(OutboxEvent)]
    assert kinds == ["plan.revised"]


PATCHES = {
    "an unknown column": {"upsert": [{"node_id": "E0101", "measure": "revenue", "colour": "red"}]},
    "no key": {"upsert": [{"amount": 1}]},
    "the same key twice": {"upsert": [{"node_id": "E0101", "product_id": "*", "measure": "revenue"}] * 2},
    "a key that is not there": {"delete": [{"node_id": "E0999", "product_id": "*", "measure": "revenue"}]},
    "an unknown node": {
        "upsert": [{"node_id": "nobody", "measure": "revenue", "amount": 1, "reason": "r", "owner": "o"}]
    },
    "no number": {"upsert": [{"node_id": "E0101", "product_id": "*", "measure": "revenue", "amount": "1,5"}]},
    "an empty row": {"upsert": [{}]},
    "a nested cell": {"upsert": [{"node_id": ["E0101"]}]},
    "an unknown field": {"update": []},
    "too many rows": {"delete": [{"node_id": "x"}] * 10_001},
}


def test_a_patch_at_fault_changes_nothing(client_of, demo_plan) -> None:
    finance = client_of("f", "finance", "")
    for kind, patch in PATCHES.items():
        refused = finance.patch(address(demo_plan, "pins"), json=patch, headers={"If-Match": "*"})
        assert refused.status_code == 422, kind
        assert refused.json()["errors"], kind
    assert finance.get(address(demo_plan)).json()["version"] == 1


def test_a_replacement_at_fault_names_every_row_and_changes_nothing(client_of, demo_plan) -> None:
    finance = client_of("f", "finance", "")
    header = "node_id,product_id,measure,amount,reason,owner\n"
    bad = f"{header}E0101,*,revenue,1x,r,o\n\nnobody,*,revenue,5,r,o\nE0102,*,revenue\n".encode()
    headers = {"If-Match": "*", "Content-Type": "text/csv"}
    refused = finance.put(address(demo_plan, "pins"), content=bad, headers=headers)
    assert refused.status_code == 422
    pointers = [error["pointer"] for error in refused.json()["errors"]]
    assert pointers == ["/pins.csv/2/amount", "/pins.csv/4/node_id", "/pins.csv/4/amount", "/pins.csv/5/"]
    rows = {"rows": [{"node_id": "E0101", "product_id": "*", "measure": "revenue", "amount": True}]}
    refused = finance.put(address(demo_plan, "pins"), json=rows, headers={"If-Match": "*"})
    pointers = [error["pointer"] for error in refused.json()["errors"]]
    assert "/pins.csv/2/amount" in pointers
    assert "/pins.csv/1/reason" in pointers
    assert finance.get(address(demo_plan)).json()["version"] == 1


def test_a_table_of_another_media_type_is_refused(client_of, demo_plan) -> None:
    finance = client_of("f", "finance", "")
    for content_type in ("text/html", "application/zip", "application/x-ndjson", ""):
        headers = {"If-Match": "*", "Content-Type": content_type}
        assert finance.put(address(demo_plan, "pins"), content=b"x", headers=headers).status_code == 415


def test_a_change_without_a_seen_version_is_refused(client_of, demo_plan) -> None:
    finance = client_of("f", "finance", "")
    sent = finance.get(address(demo_plan, "pins"), params={"format": "csv"})

    def put(**more: str) -> int:
        sent_with = {"Content-Type": "text/csv", **more}
        return finance.put(address(demo_plan, "pins"), content=sent.content, headers=sent_with).status_code

    assert put() == 428
    assert put(**{"If-Match": '"9"'}) == 412
    assert put(**{"If-Match": '"1"'}) == 200
    assert put(**{"If-Match": '"1"'}) == 412
