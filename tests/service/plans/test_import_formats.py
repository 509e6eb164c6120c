"""Whole plans and single tables are imported from every format, and mean the same afterwards."""

import io
import json
from pathlib import Path

import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from allocator.plan.faults import FaultCollector
from allocator.plan.yaml_source import leaves, read_yaml
from service.imports.settings_text import settings_text
from service.wire.media_types import CSV, JSON, NDJSON, PARQUET, XLSX, ZIP
from tests.service.plans.conftest import company_files
from tests.service.plans.files_to_send import commit, same_plan, send, stored, workbook, zipped


@pytest.fixture
def database_url(tmp_path: Path) -> str:
    """Formats are the same on every database."""
    return f"sqlite:///{tmp_path / 'test.db'}"


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
