"""Files that would do harm are refused quickly, as a problem, and nothing of them is kept."""

import io
import struct
import time
import zipfile
from collections.abc import Callable

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from fastapi.testclient import TestClient
from sqlalchemy import func, select

from service.db.database import Database
from service.db.models import Blob, ImportJob
from service.files import archives
from service.files.kinds import kind_of
from service.problems.problem import Problem
from service.wire.media_types import CSV, PARQUET, XLSX, ZIP
from service.wire.upload import Upload
from tests.service.plans.conftest import company_files
from tests.service.plans.files_to_send import send, workbook, zipped

QUICKLY = 10.0
"""Seconds of CPU."""
SHEET = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"


def archive_of(*entries: tuple[zipfile.ZipInfo | str, bytes], packing: int = zipfile.ZIP_DEFLATED) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", packing) as archive:
        for name, content in entries:
            archive.writestr(name, content)
    return out.getvalue()


def link() -> zipfile.ZipInfo:
    info = zipfile.ZipInfo("org.csv")
    info.external_attr = 0o120777 << 16
    return info


def lying_about_its_size() -> bytes:
    """Return a zip of 50 MB of zeros that says it holds ten bytes."""
    raw = bytearray(archive_of(("plan.yaml", bytes(50_000_000))))
    size = struct.pack("<L", 50_000_000)
    while (at := raw.find(size)) >= 0:
        raw[at : at + 4] = struct.pack("<L", 10)
    return bytes(raw)


def many_entries() -> bytes:
    raw = io.BytesIO()
    with zipfile.ZipFile(raw, "w") as archive:
        for number in range(12_000):
            archive.writestr(str(number), b"")
    return raw.getvalue()


def encrypted() -> bytes:
    raw = bytearray(archive_of(("plan.yaml", b"plan: x")))
    raw[6] |= 1
    raw[raw.find(b"PK\x01\x02") + 8] |= 1
    return bytes(raw)


def with_sheet(xml: bytes) -> bytes:
    """Return a good workbook whose sheet of the org is replaced."""
    out = io.BytesIO()
    with (
        zipfile.ZipFile(io.BytesIO(workbook(company_files()))) as good,
        zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as bad,
    ):
        for info in good.infolist():
            is_org = info.filename == "xl/worksheets/sheet2.xml"
            bad.writestr(info.filename, xml if is_org else good.read(info))
    return out.getvalue()


def sheet_of_rows(rows: str) -> bytes:
    return f'<worksheet xmlns="{SHEET}"><sheetData>{rows}</sheetData></worksheet>'.encode()


LAUGHS = b'<!DOCTYPE lol [<!ENTITY a "ha"><!ENTITY b "&a;&a;&a;&a;&a;&a;&a;&a;&a;&a;">]>' + sheet_of_rows(
    '<row r="1"><c r="A1" t="inlineStr"><is><t>&b;</t></is></c></row>'
)
EXTERNAL = b'<!DOCTYPE x [<!ENTITY e SYSTEM "file:///etc/passwd">]>' + sheet_of_rows(
    "<row><c><v>&e;</v></c></row>"
)
ZIPS: dict[str, tuple[int, Callable[[], bytes]]] = {
    "a bomb by ratio": (413, lambda: archive_of(("plan.yaml", bytes(150_000_000)))),
    "a bomb that lies": (400, lying_about_its_size),
    "too many entries": (413, lambda: archive_of(*((f"{k}", b"") for k in range(1001)))),
    "a directory of 12,000 entries": (413, many_entries),
    "a path up": (400, lambda: archive_of(("../plan.yaml", b"plan: x"))),
    "a path from the root": (400, lambda: archive_of(("/etc/plan.yaml", b"plan: x"))),
    "a backslash": (400, lambda: archive_of(("a\\..\\plan.yaml", b"plan: x"))),
    "a drive": (400, lambda: archive_of(("C:plan.yaml", b"plan: x"))),
    "a link": (400, lambda: archive_of((link(), b"/etc/passwd"))),
    "encrypted": (400, encrypted),
    "two files of one name": (400, lambda: archive_of(("plan.yaml", b"a"), ("PLAN.yaml", b"b"))),
    "bzip2": (400, lambda: archive_of(("plan.yaml", b"a"), packing=zipfile.ZIP_BZIP2)),
    "cut short": (400, lambda: archive_of(("plan.yaml", b"plan: x" * 999))[:-30]),
    "no zip": (400, lambda: b"plan: x"),
    "an end within the end": (400, lambda: b"PK\x05\x06" + b"PK\x05\x06" * 6),
    "nothing": (400, lambda: b"PK\x03\x04"),
}
WORKBOOKS: dict[str, tuple[int, Callable[[], bytes]]] = {
    "entities": (400, lambda: with_sheet(LAUGHS)),
    "an external entity": (400, lambda: with_sheet(EXTERNAL)),
    "entities in UTF-16": (400, lambda: with_sheet(LAUGHS.decode().encode("utf-16"))),
    "a bomb": (413, lambda: with_sheet(sheet_of_rows(" " * 100_000_000))),
    "a million rows": (413, lambda: with_sheet(sheet_of_rows("<row/>" * 1_000_000))),
    "one row at the end": (
        413,
        lambda: with_sheet(sheet_of_rows('<row r="1048576"><c r="A1048576"/></row>')),
    ),
    "a cell at the right end": (413, lambda: with_sheet(sheet_of_rows('<row r="1"><c r="XFD1"/></row>'))),
    "no number of a shared string": (
        400,
        lambda: with_sheet(sheet_of_rows('<row r="1"><c r="A1" t="s"><v>999999999</v></c></row>')),
    ),
    "a zip that is no workbook": (400, lambda: zipped(company_files())),
    "csv": (400, lambda: company_files()["org.csv"]),
}


def parquet_of(table: pa.Table, **options) -> bytes:
    out = io.BytesIO()
    pq.write_table(table, out, **options)
    return out.getvalue()


def repeated(text: str, rows: int) -> pa.Table:
    codes = pa.array(np.zeros(rows, np.int32))
    return pa.table({"node_id": pa.DictionaryArray.from_arrays(codes, pa.array([text]))})


PARQUETS: dict[str, tuple[int, Callable[[], bytes]]] = {
    "ten million rows in a few bytes": (413, lambda: parquet_of(repeated("x", 10_000_000))),
    "one long text in a million rows": (413, lambda: parquet_of(repeated("x" * 100_000, 1_000_000))),
    "lists": (400, lambda: parquet_of(pa.table({"node_id": [["a"]]}))),
    "a thousand columns": (413, lambda: parquet_of(pa.table({f"c{k}": [1] for k in range(1000)}))),
    "cut short": (400, lambda: parquet_of(repeated("x", 10))[:-9]),
    "csv": (400, lambda: company_files()["org.csv"]),
}
HOSTILE = [
    *((ZIP, kind, *case) for kind, case in ZIPS.items()),
    *((XLSX, kind, *case) for kind, case in WORKBOOKS.items()),
    *((PARQUET, kind, *case) for kind, case in PARQUETS.items()),
]


@pytest.fixture
def database_url(tmp_path) -> str:
    """Nothing gets as far as a database, so one kind is enough."""
    return f"sqlite:///{tmp_path / 'test.db'}"


@pytest.mark.parametrize(
    ("media_type", "status", "made"),
    [(media_type, status, made) for media_type, _, status, made in HOSTILE],
    ids=[f"{media_type.rpartition('.')[2]}: {kind}" for media_type, kind, *_ in HOSTILE],
)
def test_a_hostile_file_is_refused_quickly_and_nothing_is_kept(
    admin: TestClient, database: Database, request: pytest.FixtureRequest, media_type: str, status: int, made
) -> None:
    content, where = made(), {"name": "new"}
    if media_type == PARQUET:
        where = {"plan_id": request.getfixturevalue("demo_plan").plan_id, "table": "org"}
    with database.reads() as session:
        blobs = session.scalar(select(func.count()).select_from(Blob))
    started = time.process_time()
    refused = send(admin, content, media_type, **where)
    spent = time.process_time() - started
    assert refused.status_code == status, refused.text
    assert refused.headers["content-type"] == "application/problem+json"
    assert refused.json()["hint"]
    assert spent < QUICKLY
    with database.reads() as session:
        assert session.scalar(select(func.count()).select_from(Blob)) == blobs
        assert session.scalar(select(func.count()).select_from(ImportJob)) == 0


def test_a_workbook_that_breaks_off_is_a_faulty_import_of_which_nothing_is_kept(admin: TestClient) -> None:
    job = send(admin, with_sheet(sheet_of_rows("<row>")[:-40]), XLSX, name="new")
    assert (job.status_code, job.json()["status"], job.json()["files"]) == (201, "faulty", [])
    faults = admin.get(job.headers["location"]).json()["faults"]
    assert [fault["code"] for fault in faults] == ["unreadable-workbook"]


@pytest.mark.parametrize(
    ("name", "media_type", "kind"),
    [
        ("org.CSV", "text/csv", "csv"),
        ("org.csv", "application/vnd.ms-excel", "csv"),
        ("org.csv", "", "csv"),
        ("", "text/csv", "csv"),
        ("org.xlsx", "text/csv", None),
        ("org.exe", "text/csv", None),
        ("org.csv", "image/png", None),
        ("org", "application/octet-stream", None),
        ("org.zip", "application/octet-stream", None),
    ],
)
def test_the_kind_of_a_file_is_what_type_and_name_agree_on(name: str, media_type: str, kind) -> None:
    upload = Upload(name, media_type, io.BytesIO(b"a,b\n"))
    if kind:
        assert kind_of(upload, "csv", "xlsx") == kind
    else:
        with pytest.raises(Problem):
            kind_of(upload, "csv", "xlsx")


@pytest.mark.parametrize("start", [b"PK\x03\x04", b"PAR1", b"\xd0\xcf\x11\xe0", b"%PDF", b"\x1f\x8b"])
def test_a_csv_that_begins_like_something_else_is_refused(start: bytes) -> None:
    with pytest.raises(Problem):
        kind_of(Upload("", CSV, io.BytesIO(start + b"a,b\n")), "csv")


def test_sizes_count_as_they_inflate(monkeypatch: pytest.MonkeyPatch) -> None:
    budget = archives.Budget(10)
    budget.spend(archives.MEGABYTE)
    with pytest.raises(Problem):
        budget.spend(1)


@pytest.mark.parametrize(
    "form",
    [
        {"files": {"other": ("a.csv", b"x", "text/csv")}},
        {"files": [("file", ("a.csv", b"x", "text/csv")), ("file", ("b.csv", b"x", "text/csv"))]},
        {"files": {"file": ("a.csv", b"x", "text/csv")}, "data": {"more": "x"}},
        {"content": b"no form", "headers": {"Content-Type": "multipart/form-data; boundary=x"}},
        {"content": b"no form", "headers": {"Content-Type": "multipart/form-data"}},
    ],
)
def test_a_form_holds_one_file_and_nothing_else(admin: TestClient, form) -> None:
    assert admin.post("/v1/imports", params={"name": "new"}, **form).status_code in (400, 422)
