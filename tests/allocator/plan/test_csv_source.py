"""Csv files: the fast way and the exact way agree, and every row keeps its number."""

import csv
import io

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from allocator.errors import Fault
from allocator.plan import csv_source
from allocator.plan.csv_source import read_csv_sheet
from allocator.plan.faults import FaultCollector
from allocator.plan.sheet import Sheet, keep_filled_rows
from allocator.plan.tables import CALENDAR, POTENTIAL, PRODUCTS
from tests.languages import not_in_both

HEADER = "node_id,product_id,measure,amount\n"
LETTERS = st.sampled_from(list('ab,"\n 张é1.-;'))
CELL = st.text(LETTERS, max_size=6)


def read(text: str | bytes, *, encoding: str = "utf-8") -> tuple[Sheet, tuple[Fault, ...]]:
    faults = FaultCollector()
    raw = text if isinstance(text, bytes) else text.encode("utf-8")
    sheet = read_csv_sheet(raw, POTENTIAL, encoding, faults)
    assert not_in_both(faults.listed()) == []
    return sheet, faults.listed()


def codes(text: str | bytes) -> list[tuple[int, str, str]]:
    return [(fault.row, fault.column, fault.code) for fault in read(text)[1]]


def rows_of(sheet: Sheet) -> list[list[str]]:
    columns = [sheet.columns[name].texts() for name in POTENTIAL.column_names]
    return [list(cells) for cells in zip(*columns, strict=True)]


@settings(deadline=None, derandomize=True, max_examples=300)
@given(
    rows=st.lists(st.one_of(st.just([]), st.lists(CELL, min_size=4, max_size=4)), max_size=8),
    end=st.sampled_from(["\n", "\r\n"]),
    quoting=st.sampled_from([csv.QUOTE_MINIMAL, csv.QUOTE_ALL]),
    has_last_end=st.booleans(),
)
def test_whatever_a_csv_writer_writes_is_read_back_with_its_row_numbers(
    rows: list[list[str]], end: str, quoting: int, has_last_end: bool
) -> None:
    stream = io.StringIO(newline="")
    writer = csv.writer(stream, lineterminator=end, quoting=quoting)  # type: ignore[arg-type]
    writer.writerow(POTENTIAL.column_names)
    for row in rows:
        writer.writerow(row)
    text = stream.getvalue()
    sheet, faults = read(text if has_last_end else text.removesuffix(end))
    expected = [(number, [cell.strip() for cell in row]) for number, row in enumerate(rows, start=2)]
    expected = [(number, row) for number, row in expected if any(row)]
    assert faults == ()
    assert rows_of(sheet) == [row for _, row in expected]
    assert sheet.row.tolist() == [number for number, _ in expected]
    assert sheet.is_complete


@pytest.mark.parametrize(
    "text",
    [
        HEADER + 'a,b,c,1\n"x\ny",b,c,2\n\n,,,\nz,b,c,3\n',
        HEADER.replace("\n", "\r\n") + 'a,b,c,1\r\n"x\r\ny",b,c,2\r\n\r\n,,,\r\nz,b,c,3\r\n',
        # A field that only the exact way can read: a quotation mark within plain text.
        HEADER + 'a,b 5" c,c,1\n"x\ny",b,c,2\n\n,,,\nz,b,c,3',
    ],
)
def test_rows_are_numbered_as_a_spreadsheet_shows_them(text: str) -> None:
    sheet, faults = read(text)
    assert faults == ()
    assert sheet.row.tolist() == [2, 3, 6]
    assert sheet.columns["amount"].texts().tolist() == ["1", "2", "3"]


MARKS = st.sampled_from(
    ["a", "b", ",", '"', '""', '"a"', '"a,b"', '"\n"', "\n", "\r\n", " ", "é", "NULL", "#N/A"]
)


@settings(deadline=None, derandomize=True, max_examples=400)
@given(width=st.integers(1, 3), marks=st.lists(MARKS, max_size=14), end=st.sampled_from(["\n", "\r\n"]))
def test_where_the_fast_way_reads_a_text_at_all_it_reads_and_refuses_what_the_exact_way_does(
    width: int, marks: list[str], end: str
) -> None:
    text = ",".join("xyz"[:width]) + end + "".join(marks)
    told = FaultCollector(), FaultCollector()
    fast = csv_source._fast_records(text, "f", told[0])
    if fast is None:
        return
    exact = csv_source._exact_records(text, "f", told[1])
    (columns, row), (expected, expected_row) = (
        keep_filled_rows(records.columns, records.row) for records in (fast, exact)
    )
    assert [column.texts().tolist() for column in columns] == [column.texts().tolist() for column in expected]
    assert row.tolist() == expected_row.tolist()
    assert (fast.header, fast.is_complete) == (exact.header, exact.is_complete)
    assert told[0].listed() == told[1].listed()


@pytest.mark.parametrize("space", [" ", "\t", "\u00a0", "\u3000", "\u200b", "\ufeff"])
def test_white_space_around_ids_and_names_of_columns_does_not_count(space: str) -> None:
    sheet, faults = read(f"node_id,{space}product_id{space},measure,amount\n{space}a{space},b,c,{space}1\n")
    assert faults == ()
    assert rows_of(sheet) == [["a", "b", "c", "1"]]


def test_columns_may_stand_in_any_order() -> None:
    sheet, faults = read("amount,measure,node_id,product_id\n1,c,a,b\n")
    assert faults == ()
    assert rows_of(sheet) == [["a", "b", "c", "1"]]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("", [(0, "", "empty-file")]),
        (" \n\n", [(0, "", "empty-file")]),
        (HEADER + "a,b,c,1\n\na,b,c\n", [(4, "", "ragged-row")]),
        (HEADER + "a,b,c,1,000\na,b\n", [(2, "", "ragged-row"), (3, "", "ragged-row")]),
        (HEADER + "a,b,c,1,,\n", []),
        (HEADER + 'a,b,c,1\n  \n""\n,\n', []),
        (HEADER + 'a,"b,c,1\na,b,c,1\n', [(2, "", "unbalanced-quote")]),
        (HEADER + 'a,"b"x,c,1\na,b,c,1\n', [(2, "", "unbalanced-quote")]),
        (HEADER + "a,b\0,c,1\n", [(2, "", "nul-byte")]),
        (HEADER.replace(",", ";") + "a;b;c;1\n", [(1, "", "wrong-delimiter")]),
        (HEADER.replace(",", "\t") + "a\tb\tc\t1\n", [(1, "", "wrong-delimiter")]),
        ("sep=;\n" + HEADER.replace(",", ";"), [(1, "", "wrong-delimiter")]),
        ("node_id,product_id,amount\na,b,1\n", [(1, "measure", "missing-column")]),
        ("node_id,product_id,measure,amount,amount\na,b,c,1,1\n", [(1, "amount", "duplicate-column")]),
        ("node_id,product_id,measure,amount,colour\na,b,c,1,red\n", [(1, "colour", "unknown-column")]),
        ("node_id,product_id,measure,amount,\na,b,c,1,x\n", [(2, "", "unnamed-column")]),
        ("node_id,product_id,measure,amount,\na,b,c,1,\n", []),
        (b"PK\x03\x04rest", [(0, "", "not-text")]),
    ],
)
def test_a_fault_of_form_is_told_with_its_row_and_column(
    text: str | bytes, expected: list[tuple[int, str, str]]
) -> None:
    assert codes(text) == expected


def test_a_misspelled_column_is_told_once_as_unknown_and_once_as_missing_with_the_right_name() -> None:
    _, faults = read("node_id,product_id,mesure,amount\na,b,c,1\n")
    assert [(fault.column, fault.code) for fault in faults] == [
        ("measure", "missing-column"),
        ("mesure", "unknown-column"),
    ]
    assert "did you mean `measure`" in faults[1].hint


def test_faults_of_form_in_several_rows_are_all_listed() -> None:
    assert [row for row, _, _ in codes(HEADER + "a,b\n" * 3)] == [2, 3, 4]


def test_rows_beside_a_ragged_one_are_kept_but_the_sheet_does_not_vouch_for_its_ids() -> None:
    sheet, _ = read(HEADER + "a,b,c,1\nb,b\nc,b,c,2\n")
    assert sheet.columns["node_id"].texts().tolist() == ["a", "c"]
    assert not sheet.vouches_for("node_id")


def test_products_may_have_further_columns() -> None:
    faults = FaultCollector()
    sheet = read_csv_sheet(b"product_id,parent_id,name,weight\na,,A,2\n", PRODUCTS, "utf-8", faults)
    assert faults.listed() == ()
    assert sheet.further == ("weight",)


def test_a_quarter_of_a_million_rows_are_read_the_fast_way() -> None:
    text = "period,working_days\n" + "".join(f"2019-07,{k % 31}\n" for k in range(250_000))
    faults = FaultCollector()
    sheet = read_csv_sheet(text.encode(), CALENDAR, "utf-8", faults)
    assert len(sheet) == 250_000
    assert np.array_equal(sheet.row, np.arange(2, 250_002))
    assert len(sheet.columns["working_days"].values) == 31
