"""Tables leave and come back in four formats unchanged, seen by scope, changed by who has seen them."""

import io
import json

import pandas as pd
import pyarrow.parquet as pq
import pytest
from fastapi.testclient import TestClient
from hypothesis import given
from hypothesis import strategies as st
from openpyxl import load_workbook

from allocator.plan.csv_source import read_csv_sheet
from allocator.plan.faults import FaultCollector
from allocator.plan.tables import TABLES
from service.db.database import Database
from service.db.models import OutboxEvent
from service.plans.formulas import defused, restored
from service.plans.store import PlanStore, read_files
from service.wire.media_types import MEDIA_TYPES
from tests.service.conftest import DEMO, plan_files
from tests.service.plans.conftest import company_files

EAST = "/lanhai/east/"
FORMATS = tuple(MEDIA_TYPES)
KEYS = {table.name: list(table.key) for table in TABLES}


def address(plan, table: str = "") -> str:
    return f"/v1/plans/{plan.plan_id}" + (f"/tables/{table}" if table else "")


def rows_of(client: TestClient, plan, table: str, **params) -> list[dict[str, str]]:
    answer = client.get(address(plan, table), params=params, headers={"Accept": "application/json"})
    assert answer.status_code == 200, answer.text
    return answer.json()["rows"]


def newest_files(client: TestClient, plan, database: Database, tmp_path) -> dict[str, bytes]:
    number = client.get(address(plan)).json()["revision"]
    revision = client.get(f"{address(plan)}/revisions/{number}").json()["revision_id"]
    return plan_files(PlanStore(database, tmp_path / "store").folder(revision))


@pytest.mark.parametrize("table", ["org", "commitments", "rules", "pins", "calendar", "products"])
def test_a_table_comes_back_as_it_left_in_every_format(
    client_of, demo_plan, database, tmp_path, table: str
) -> None:
    finance = client_of("f", "finance", "")
    before = read_files(company_files())
    for kind in FORMATS:
        sent = finance.get(address(demo_plan, table), params={"format": kind})
        assert sent.headers["content-type"].partition(";")[0] == MEDIA_TYPES[kind]
        headers = {"Content-Type": MEDIA_TYPES[kind], "If-Match": sent.headers["etag"]}
        back = finance.put(address(demo_plan, table), content=sent.content, headers=headers)
        assert back.status_code == 200, (kind, back.text)
        after = read_files(newest_files(finance, demo_plan, database, tmp_path))
        pd.testing.assert_frame_equal(getattr(after, table), getattr(before, table))
    assert finance.get(address(demo_plan)).json()["revision"] == 1 + len(FORMATS)


def test_the_four_formats_say_the_same(admin: TestClient, demo_plan) -> None:
    answers = {kind: admin.get(address(demo_plan, "rules"), params={"format": kind}) for kind in FORMATS}
    rows = answers["json"].json()["rows"]
    as_csv = pd.read_csv(io.BytesIO(answers["csv"].content), dtype=str, keep_default_na=False)
    assert as_csv.to_dict("records") == rows
    as_parquet = pq.read_table(io.BytesIO(answers["parquet"].content)).to_pylist()
    assert [row["rule_id"] for row in as_parquet] == [row["rule_id"] for row in rows]
    assert [row["min"] for row in as_parquet] == [float(r["min"]) if r["min"] else None for r in rows]
    sheet = load_workbook(io.BytesIO(answers["xlsx"].content)).active
    assert sheet.max_row == len(rows) + 1
    assert [cell.value for cell in sheet[1]] == list(rows[0])


ACCEPT = {
    "": "application/json",
    "*/*": "application/json",
    "text/csv": "text/csv; charset=utf-8",
    "text/*;q=0.5, application/json;q=0.4": "text/csv; charset=utf-8",
    "application/vnd.apache.parquet, */*;q=0.1": "application/vnd.apache.parquet",
    "*/*, application/json;q=0": "text/csv; charset=utf-8",
    "text/html": None,
    "application/json;q=0": None,
}


def test_accept_chooses_the_format(admin: TestClient, demo_plan) -> None:
    for accept, expected in ACCEPT.items():
        answer = admin.get(address(demo_plan, "calendar"), headers={"Accept": accept})
        assert answer.status_code == (406 if expected is None else 200), accept
        assert expected is None or answer.headers["content-type"] == expected


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


DANGEROUS = [
    "=1+1",
    "+SUM(A1)",
    "-2+3",
    "@x",
    "\tx",
    "'=x",
    "''@y",
    "＝z",
    '="a,b"',
    "+86 138",
    "-5",
]


@pytest.mark.parametrize("kind", ["csv", "xlsx"])
def test_formulas_leave_harmless_and_come_back_as_they_were(
    client_of, demo_plan, database, tmp_path, kind: str
) -> None:
    finance = client_of("f", "finance", "")
    rows = rows_of(finance, demo_plan, "rules")
    for row, note in zip(rows, DANGEROUS, strict=False):
        row["note"] = note
    put = finance.put(address(demo_plan, "rules"), json={"rows": rows}, headers={"If-Match": "*"})
    assert put.status_code == 200, put.text
    kept = rows_of(finance, demo_plan, "rules")
    assert [row["note"] for row in kept[: len(DANGEROUS)]] == [text.strip() for text in DANGEROUS]
    sent = finance.get(address(demo_plan, "rules"), params={"format": kind})
    if kind == "csv":
        cells = pd.read_csv(io.BytesIO(sent.content), dtype=str, keep_default_na=False)["note"].tolist()
    else:
        book = load_workbook(io.BytesIO(sent.content))
        assert all(cell.data_type != "f" for line in book["rules"].iter_rows() for cell in line)
        cells = [str(line[-1].value) for line in book["rules"].iter_rows(min_row=2)]
    assert not any(cell[:1] in tuple("=+-@\t\r＝") and cell != "-5" for cell in cells)
    headers = {"Content-Type": MEDIA_TYPES[kind], "If-Match": "*"}
    back = finance.put(address(demo_plan, "rules"), content=sent.content, headers=headers)
    assert back.status_code == 200, back.text
    assert rows_of(finance, demo_plan, "rules") == kept


@given(st.text(st.sampled_from("'=+-@\t\r5.e a＝"), max_size=6))
def test_every_text_is_restored_and_none_leaves_as_a_formula(text: str) -> None:
    sent = defused(text)
    assert restored(sent) == text
    if sent[:1] in ("=", "@", "\t", "\r", "＝"):
        raise AssertionError(sent)
    if sent[:1] in ("+", "-"):
        float(sent)


def test_what_we_write_is_read_by_the_reader_of_plans_whatever_the_encoding(client_of, demo_plan) -> None:
    finance = client_of("f", "finance", "")
    raw = finance.get(address(demo_plan, "org"), params={"format": "csv"}).content
    table = next(table for table in TABLES if table.name == "org")
    faults = FaultCollector()
    sheet = read_csv_sheet(raw, table, "gbk", faults)
    assert len(faults) == 0
    assert sheet.text_at("name", 0) == "蓝海仪器 Lanhai Instruments"
