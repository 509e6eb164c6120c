"""An import is checked first, changes nothing until it is committed, and is committed once."""

import io
import json
import zipfile
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
import xlsxwriter
from fastapi.testclient import TestClient

from allocator.plan.faults import FaultCollector
from allocator.plan.source import source_of_files
from allocator.plan.yaml_source import leaves, read_yaml
from service.imports.settings_text import settings_text
from service.plans.store import PlanStore, read_files
from service.wire.media_types import CSV, JSON, NDJSON, PARQUET, XLSX, ZIP
from tests.service.conftest import plan_files
from tests.service.plans.conftest import company_files

PINS = "node_id,product_id,measure,amount,reason,owner\nE0101,*,revenue,{amount},agreed,Chen\n"


def send(client: TestClient, content: bytes, media_type: str, key: str = "", **params: str):
    headers = {"Content-Type": media_type, **({"Idempotency-Key": key} if key else {})}
    return client.post("/v1/imports", content=content, headers=headers, params=params)


def commit(client: TestClient, job, if_match: str | None = "*", key: str = ""):
    headers = {"If-Match": if_match} if if_match else {}
    headers |= {"Idempotency-Key": key} if key else {}
    return client.post(f"/v1/imports/{job.json()['import_id']}:commit", headers=headers)


def zipped(files: dict[str, bytes], folder: str = "") -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in files.items():
            archive.writestr(f"{folder}{name}", content)
    return out.getvalue()


def workbook(files: dict[str, bytes]) -> bytes:
    """Return the plan as a workbook made without our code: dotted keys, and each cell as text or number."""
    source = source_of_files(files, FaultCollector())
    out = io.BytesIO()
    with xlsxwriter.Workbook(out, {"in_memory": True}) as book:
        page = book.add_worksheet("plan")
        page.write_row(0, 0, ["key", "value"])
        for row, (path, scalar) in enumerate(leaves(source.tree), start=1):
            page.write_string(row, 0, ".".join(path))
            page.write_string(row, 1, scalar.text)
        for name, sheet in source.sheets.items():
            if sheet.is_present:
                page = book.add_worksheet(name)
                page.write_row(0, 0, list(sheet.columns))
                for place, column in enumerate(sheet.columns.values()):
                    for row, text in enumerate(column.texts(), start=1):
                        page.write_string(row, place, text)
    return out.getvalue()


def stored(client: TestClient, answer, database, folder: Path) -> dict[str, bytes]:
    plan = answer.json()
    address = f"/v1/plans/{plan['plan_id']}/revisions/{plan['revision']}"
    return plan_files(PlanStore(database, folder).folder(client.get(address).json()["revision_id"]))


def same_plan(one: dict[str, bytes], other: dict[str, bytes]) -> bool:
    left, right = read_files(one), read_files(other)
    assert left.spec == right.spec
    for name in ("org", "products", "history", "commitments", "potential", "rules", "pins", "calendar"):
        pd.testing.assert_frame_equal(getattr(left, name), getattr(right, name))
    return True


@pytest.mark.parametrize("kind", ["zip", "zip of a folder with parquet", "xlsx", "form"])
def test_a_whole_plan_is_imported_as_a_new_plan(client_of, database, tmp_path, kind: str) -> None:
    finance, files = client_of("f", "finance", ""), company_files()
    if kind == "xlsx":
        job = send(finance, workbook(files), XLSX, name="new")
    elif kind == "form":
        sent = {"file": ("Plan.ZIP", zipped(files), "application/octet-stream")}
        job = finance.post("/v1/imports", files=sent, params={"name": "new"})
    elif kind == "zip":
        job = send(finance, zipped(files, "plan/"), ZIP, name="new")
    else:
        mixed = dict(files)
        out = io.BytesIO()
        pq.write_table(pa.Table.from_pandas(pd.read_csv(io.BytesIO(mixed.pop("history.csv")))), out)
        extra = {"README.md": b"#", "__MACOSX/._org.csv": b"x", "history.parquet": out.getvalue()}
        job = send(finance, zipped(mixed | extra), ZIP, name="new")
    assert job.status_code == 201, job.text
    assert (job.json()["status"], job.json()["plan_id"]) == ("valid", None)
    assert finance.get("/v1/plans").json()["items"] == []
    done = commit(finance, job, None)
    assert (done.status_code, done.json()["revision"], done.json()["name"]) == (200, 1, "new")
    kept = stored(finance, done, database, tmp_path / "store")
    assert same_plan(kept, files)
    assert set(kept) == set(files)
    if kind in ("zip", "form"):
        assert kept == files


@pytest.mark.parametrize("media_type", [CSV, JSON, NDJSON, PARQUET, XLSX])
def test_one_table_is_imported_in_every_format(
    client_of, demo_plan, database, tmp_path, media_type: str
) -> None:
    finance = client_of("f", "finance", "")
    frame = pd.read_csv(io.BytesIO(company_files()["calendar.csv"]))
    frame["working_days"] += 1
    content = {
        CSV: lambda: frame.to_csv(index=False).encode(),
        JSON: lambda: json.dumps(frame.to_dict("records")).encode(),
        NDJSON: lambda: frame.to_json(orient="records", lines=True).encode(),
        PARQUET: lambda: frame.to_parquet(),
        XLSX: lambda: sheet_of(frame),
    }[media_type]()
    job = send(finance, content, media_type, plan_id=demo_plan.plan_id, table="calendar", note="longer")
    assert (job.status_code, job.json()["status"]) == (201, "valid"), job.text
    assert finance.get(f"/v1/plans/{demo_plan.plan_id}").json()["version"] == 1
    done = commit(finance, job, '"1"')
    assert (done.status_code, done.json()["revision"]) == (200, 2), done.text
    expected = {**company_files(), "calendar.csv": frame.to_csv(index=False).encode()}
    assert same_plan(stored(finance, done, database, tmp_path / "store"), expected)
    assert finance.get(f"/v1/plans/{demo_plan.plan_id}/revisions/2").json()["note"] == "longer"


def sheet_of(frame: pd.DataFrame) -> bytes:
    out = io.BytesIO()
    frame.to_excel(out, index=False, engine="xlsxwriter")
    return out.getvalue()


def test_a_faulty_import_lists_its_faults_page_by_page_and_cannot_be_committed(client_of, demo_plan) -> None:
    finance = client_of("f", "finance", "")
    rows = "".join(f"N{k},*,revenue,x{k},r,o\n" for k in range(30))
    content = PINS.format(amount=16_000_000) + rows
    job = send(finance, content.encode(), CSV, plan_id=demo_plan.plan_id, table="pins")
    assert (job.status_code, job.json()["status"], job.json()["fault_count"]) == (201, "faulty", 60)
    assert job.json()["files"] == []
    faults, cursor = [], 0
    while cursor is not None:
        page = finance.get(job.headers["location"], params={"limit": 25, "cursor": cursor}).json()
        faults += page["faults"]
        cursor = page["next"]
    assert [(fault["row"], fault["column"]) for fault in faults] == [
        (row, column) for row in range(3, 33) for column in ("node_id", "amount")
    ]
    assert all(fault["file"] == "pins.csv" and fault["hint"] for fault in faults)
    assert commit(finance, job).status_code == 409
    assert finance.get(f"/v1/plans/{demo_plan.plan_id}").json()["version"] == 1


def test_faults_of_a_workbook_name_its_sheets_and_rows(client_of) -> None:
    finance, files = client_of("f", "finance", ""), company_files()
    files["pins.csv"] = files["pins.csv"].replace(b"E0101", b"nobody")
    files["plan.yaml"] = files["plan.yaml"].replace(b"commitment_cap: 0.5", b"commitment_cap: 5")
    job = send(finance, workbook(files), XLSX, name="new")
    faults = finance.get(job.headers["location"]).json()["faults"]
    places = {(fault["file"], fault["column"]) for fault in faults}
    assert {("plan", "commitment_cap"), ("pins", "node_id")} <= places
    assert all(fault["row"] > 1 for fault in faults)


def test_a_commit_is_made_once_and_refused_when_the_plan_went_on(client_of, demo_plan) -> None:
    finance = client_of("f", "finance", "")

    def job_of(amount: int):
        content = PINS.format(amount=amount).encode()
        return send(finance, content, CSV, plan_id=demo_plan.plan_id, table="pins")

    first, second = job_of(16_000_000), job_of(15_000_000)
    assert commit(finance, first, None).status_code == 428
    assert commit(finance, first, '"9"').status_code == 412
    with ThreadPoolExecutor(3) as threads:
        answers = list(threads.map(lambda _: commit(finance, first, '"1"'), range(6)))
    assert {(answer.status_code, answer.json()["revision"]) for answer in answers} == {(200, 2)}
    assert commit(finance, second, '"2"').status_code == 412
    assert commit(finance, second, "*").status_code == 412
    assert finance.get(first.headers["location"]).json()["committed_revision"] == 2
    assert finance.get(f"/v1/plans/{demo_plan.plan_id}").json()["revision"] == 2


def test_the_same_key_gives_the_same_import_and_other_queries_another(client_of, demo_plan) -> None:
    finance, content = client_of("f", "finance", ""), PINS.format(amount=16_000_000).encode()
    params = {"plan_id": demo_plan.plan_id, "table": "pins"}
    first, again = (send(finance, content, CSV, "k", **params) for _ in range(2))
    assert first.content == again.content
    assert send(finance, content, CSV, "k", **{**params, "table": "rules"}).status_code == 422
    assert len(finance.get("/v1/imports", params={"plan_id": demo_plan.plan_id}).json()["items"]) == 1


def test_only_planners_import_and_a_part_sees_its_own_only(client_of, demo_plan) -> None:
    finance, content = client_of("f", "finance", ""), PINS.format(amount=16_000_000).encode()
    params = {"plan_id": demo_plan.plan_id, "table": "pins"}
    job = send(finance, content, CSV, **params)
    part = client_of("p", "finance", "/lanhai/east/")
    assert send(part, content, CSV, **params).status_code == 403
    assert part.get(job.headers["location"]).status_code == 404
    assert commit(part, job).status_code == 404
    assert part.get("/v1/imports").json()["items"] == []
    for role in ("manager", "rep", "hr", "analyst"):
        client = client_of(role, role, "/lanhai/")
        assert send(client, content, CSV, **params).status_code == 403
        assert client.get(job.headers["location"]).status_code == 403
        assert commit(client, job).status_code == 403


def test_an_import_that_goes_nowhere_is_refused(admin: TestClient) -> None:
    wrong: list[dict[str, str]] = [
        {},
        {"plan_id": "plan_x", "name": "both"},
        {"name": "new", "table": "pins"},
        {"plan_id": "plan_x", "table": "colours"},
        {"plan_id": "UPPER", "table": "pins"},
        {"name": "a\nb"},
        {"name": "new", "note": "\x1b"},
    ]
    for params in wrong:
        assert send(admin, PINS.encode(), CSV, **params).status_code == 422, params


def test_an_import_into_an_unknown_plan_is_not_found(admin: TestClient) -> None:
    assert send(admin, PINS.encode(), CSV, plan_id="plan_none", table="pins").status_code == 404
    assert admin.get("/v1/imports/imp_none").status_code == 404
    assert admin.post("/v1/imports/imp_none:commit", headers={"If-Match": "*"}).status_code == 404


def test_settings_written_as_yaml_say_what_the_sheet_said() -> None:
    text = (
        'plan: "yes"\nname: "a: #b \\u2028 \\\\ \\" 中 \\U0001F600"\n'
        'measures:\n  "1.5": {unit: "", total: 1e3}\n'
        "  true: {total: {growth: -0.5}}\nmonths: 12\nflag: true\nempty: ~\n"
    )
    faults = FaultCollector()
    tree = read_yaml(text, "plan.yaml", faults)
    again = read_yaml(settings_text(tree).decode(), "plan.yaml", faults)
    assert len(faults) == 0

    def said(branch) -> list[tuple]:
        return [(path, scalar.text, scalar.tag) for path, scalar in leaves(branch) if scalar.tag != "null"]

    assert said(again) == said(tree)
