"""Tables leave and come back in four formats unchanged, and no spreadsheet program runs what is in them."""

import io
from pathlib import Path

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
from service.plans.formulas import defused, restored
from service.plans.store import read_files
from service.wire.media_types import MEDIA_TYPES
from tests.service.plans.conftest import address, company_files, newest_files, rows_of

FORMATS = tuple(MEDIA_TYPES)


@pytest.fixture
def database_url(tmp_path: Path) -> str:
    """Formats are the same on every database."""
    return f"sqlite:///{tmp_path / 'test.db'}"


@pytest.mark.parametrize("table", ["org", "commitments", "pins", "products"])
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
