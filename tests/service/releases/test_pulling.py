"""Receivers pull the same rows in every format, once, whole or by page; they acknowledge what they saw."""

import csv
import gzip
import io
import json
from typing import Any

import pyarrow.parquet as pq
from fastapi.testclient import TestClient

from tests.plans import ORG
from tests.service.conftest import Moment
from tests.service.releases.conftest import Clients, Desk

FORMULA = '"=HYPERLINK(""http://x"")"'


def same(row: dict[str, Any]) -> dict[str, str]:
    """What a csv file shows of a row."""
    return {name: "" if value is None else str(value) for name, value in row.items()}


def test_every_format_holds_the_same_rows_and_the_csv_file_no_live_formula(
    desk: Desk, hr: TestClient
) -> None:
    desk.revise(org=ORG.replace("rep,Dora,1010,rep", f"rep,Dora,{FORMULA},@rep"))
    made = desk.release(desk.run(), products="total")
    path = f"/v1/releases/{made['release_id']}/targets"
    rows = hr.get(path).json()["items"]
    assert any(row["employee_id"].startswith("=") and row["position"] == "@rep" for row in rows)
    lines = hr.get(path, params={"format": "ndjson"}).text.splitlines()
    assert [json.loads(line) for line in lines] == rows
    parquet = hr.get(path, headers={"Accept": "application/vnd.apache.parquet, */*;q=0.1"})
    assert pq.read_table(io.BytesIO(parquet.content)).to_pylist() == rows
    sheet = hr.get(path, headers={"Accept": "text/csv"})
    assert sheet.headers["content-type"] == "text/csv; charset=utf-8"
    found = list(csv.DictReader(io.StringIO(sheet.content.decode(), newline="")))
    assert not any(value.startswith(("=", "+", "-", "@")) for row in found for value in row.values())
    assert [{k: v.removeprefix("'") for k, v in row.items()} for row in found] == [same(row) for row in rows]
    assert sheet.headers["x-release-sha256"] == made["sha256"]
    assert sheet.headers["x-release-rows"] == str(made["rows"])


def test_a_full_pull_is_compressed_where_wanted_and_not_sent_twice(desk: Desk, hr: TestClient) -> None:
    made = desk.release(desk.run(), products="total")
    for path in (
        f"/v1/releases/{made['release_id']}/targets",
        f"/v1/releases/latest/targets?plan={desk.plan.plan_id}",
    ):
        for _ in range(2):  # asked of the application, then of the memory
            plain = hr.get(path, headers={"Accept-Encoding": "identity"})
            small = hr.get(path, headers={"Accept-Encoding": "br, gzip;q=0.5"})
            refused = hr.get(path, headers={"Accept-Encoding": "gzip;q=0"})
            assert small.headers["content-encoding"] == "gzip"
            assert "content-encoding" not in plain.headers
            assert int(small.headers["content-length"]) < int(plain.headers["content-length"])
            assert small.content == plain.content == refused.content
            assert plain.headers["etag"] != small.headers["etag"]
            assert not plain.headers["etag"].startswith("W/")
            etag = plain.headers["etag"]
            seen = hr.get(path, headers={"Accept-Encoding": "identity", "If-None-Match": f'"x", {etag}'})
            assert (seen.status_code, seen.content, seen.headers["etag"]) == (304, b"", etag)
            other = hr.get(path, headers={"Accept-Encoding": "gzip", "If-None-Match": etag})
            assert other.status_code == 200
    assert gzip.decompress(gzip.compress(plain.content)) == plain.content


def test_bytes_are_the_same_in_a_second_process_and_change_only_when_the_release_is_superseded(
    desk: Desk, hr: TestClient
) -> None:
    run = desk.run()
    first = desk.release(run, products="total")
    path = f"/v1/releases/{first['release_id']}/targets"
    before = hr.get(path)
    desk.release(run, products="total", effective_from="2019-10-01")
    after = hr.get(path)
    assert after.headers["etag"] != before.headers["etag"]
    changed = before.text.replace('"status":"final"', '"status":"superseded"')
    assert after.text == changed.replace('"effective_to":null', '"effective_to":"2019-09-30"')
    newest = hr.get("/v1/releases/latest/targets", params={"plan": desk.plan.plan_id}).json()
    assert (newest["version"], newest["status"]) == (2, "final")


def test_pages_add_up_to_the_whole_and_filters_cut_it(desk: Desk, hr: TestClient) -> None:
    made = desk.release(desk.run(), products="total")
    path = f"/v1/releases/{made['release_id']}/targets"
    whole = hr.get(path).json()["items"]
    found: list[dict[str, Any]] = []
    link, pages = f"{path}?limit=77", 0
    while link:
        answer = hr.get(link)
        found += answer.json()["items"]
        link, pages = answer.links.get("next", {}).get("url", ""), pages + 1
        assert ("cursor=" + str(answer.json()["next"]) in link) == bool(link)
    assert found == whole
    assert pages == -(-len(whole) // 77)
    for params, keep in (
        ({"node": "e1"}, lambda row: row["org_path"].startswith("/acme/east/e1/")),
        (
            {"employee_id": "1007", "period": "2019-08"},
            lambda r: (r["node_id"], r["period"]) == ("w11", "2019-08"),
        ),
        (
            {"measure": "new_customers", "node": "w2"},
            lambda r: r["measure"] == "new_customers" and "/w2/" in r["org_path"],
        ),
        ({"node": "nobody"}, lambda row: False),
        ({"product": "road"}, lambda row: False),
    ):
        assert hr.get(path, params={"limit": 500, **params}).json()["items"] == [r for r in whole if keep(r)]
    lines = hr.get(path, params={"format": "csv", "limit": 2})
    assert len(lines.text.splitlines()) == 3
    assert 'rel="next"' in lines.headers["link"]
    for wrong in ({"limit": 0}, {"limit": 501}, {"cursor": "x"}, {"format": "xlsx"}, {"node": "\x01"}):
        assert hr.get(path, params=wrong).status_code == 422


def test_a_revoked_key_pulls_nothing_more_and_elsewhere_after_two_seconds_at_most(
    desk: Desk, admin: TestClient, hr: TestClient, moment: Moment
) -> None:
    made = desk.release(desk.run(), products="total")
    path = f"/v1/releases/{made['release_id']}/targets"
    assert [hr.get(path).status_code for _ in range(3)] == [200, 200, 200]
    account = hr.get("/v1/me").json()["account_id"]
    key = next(k for k in admin.get("/v1/api-keys").json() if k["account_id"] == account)
    assert admin.delete(f"/v1/api-keys/{key['key_id']}").status_code == 204
    assert hr.get(path).status_code == 401
    assert hr.get(path, headers={"Authorization": "Bearer tak_none"}).status_code == 401


def test_an_acknowledgement_counts_only_for_what_was_released(
    desk: Desk, hr: TestClient, client_of: Clients
) -> None:
    made = desk.release(desk.run(), products="total")
    path = f"/v1/releases/{made['release_id']}/acks"
    right = {"sha256": made["sha256"], "rows": made["rows"], "note": "loaded"}
    for wrong in ({**right, "sha256": "0" * 64}, {**right, "rows": made["rows"] - 1}):
        answer = hr.post(path, json=wrong)
        assert (answer.status_code, answer.json()["type"]) == (409, "/problems/not-this-release")
    for bad in ({**right, "sha256": "abc"}, {**right, "rows": -1}, {**right, "note": "\x02"}, {}):
        assert hr.post(path, json=bad).status_code == 422
    key = {"Idempotency-Key": "ack-1"}
    first, again = hr.post(path, json=right, headers=key), hr.post(path, json=right, headers=key)
    assert (first.status_code, again.json()) == (201, first.json())
    assert hr.get(path).json() == {"items": [first.json()], "next": None}
    manager = client_of("m", "manager", "/acme/")
    assert manager.post(path, json=right).status_code == 403
    assert manager.get(path).status_code == 403
    assert hr.post("/v1/releases/rel_none/acks", json=right).status_code == 404
