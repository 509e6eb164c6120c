"""Tables as Parquet mean what they mean as csv: the same plan, the same faults at the same rows."""

import csv
import io
import re
from collections.abc import Callable
from datetime import date, datetime
from decimal import Decimal
from pathlib import Path

import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from allocator.errors import Fault, InputFaults
from allocator.plan.reading import read_plan
from allocator.plan.source import input_hash
from allocator.plan.tables import TABLES
from tests.allocator.plan.broken_files import CELLS
from tests.allocator.plan.broken_rules import RULES
from tests.allocator.plan.broken_tables import FACTS, MONTHS, PINS, TREES
from tests.allocator.plan.edits import Case, write_edited
from tests.languages import not_in_both
from tests.plans import write_plan

FRAMES = tuple(table.name for table in TABLES)
Typed = Callable[[str, list[str]], pa.Array]


def as_text(name: str, cells: list[str]) -> pa.Array:
    """Empty cells as nulls, all others as text."""
    return pa.array([cell or None for cell in cells], pa.string())


def as_typed(name: str, cells: list[str]) -> pa.Array:
    """Months as dates, amounts as floats, working days as integers, the rest coded."""
    if name == "period" and all(re.fullmatch(r"[0-9]{4}-[0-9]{2}", cell) for cell in cells):
        return pa.array([date.fromisoformat(f"{cell}-01") if cell else None for cell in cells])
    are_numbers = all(re.fullmatch(r"-?[0-9]+(\.[0-9]+)?", cell) for cell in cells if cell)
    if are_numbers and name in ("amount", "actual", "weight", "min", "max", "margin", "effort"):
        return pa.array([float(cell) if cell else None for cell in cells], pa.float64())
    if name in ("working_days", "tier") and all(cell.isdigit() or not cell for cell in cells):
        return pa.array([int(cell) if cell else None for cell in cells], pa.int32())
    return as_text(name, cells).dictionary_encode()


def to_parquet(folder: Path, typed: Typed) -> bool:
    """Turn every csv table of a plan into Parquet; False where one has rows of different lengths."""
    for name in FRAMES:
        path = folder / f"{name}.csv"
        if not path.exists():
            continue
        rows = list(csv.reader(io.StringIO(path.read_text(encoding="utf-8"), newline="")))
        if any(len(row) not in (0, len(rows[0])) for row in rows):
            return False
        filled = [row or [""] * len(rows[0]) for row in rows]
        columns = [typed(head, [row[at] for row in filled[1:]]) for at, head in enumerate(filled[0])]
        pq.write_table(pa.Table.from_arrays(columns, names=filled[0]), path.with_suffix(".parquet"))
        path.unlink()
    return True


def faults_of(folder: Path) -> list[Fault]:
    with pytest.raises(InputFaults) as caught:
        read_plan(folder)
    assert not_in_both(caught.value.faults) == []
    return list(caught.value.faults)


def assert_same_plan(folder: Path, other: Path) -> None:
    plan, expected = read_plan(folder), read_plan(other)
    assert plan.spec == expected.spec
    for name in FRAMES:
        pd.testing.assert_frame_equal(getattr(plan, name), getattr(expected, name))


@pytest.mark.parametrize("typed", [as_text, as_typed])
def test_a_plan_in_parquet_is_the_plan_in_csv(tmp_path: Path, typed: Typed) -> None:
    folder = write_plan(tmp_path / "parquet")
    assert to_parquet(folder, typed)
    assert not list(folder.glob("*.csv"))
    assert_same_plan(folder, write_plan(tmp_path / "csv"))


@pytest.mark.parametrize(
    "case", [*CELLS, *TREES, *FACTS, *RULES, *PINS, *MONTHS], ids=lambda case: str(case.name)
)
def test_a_broken_plan_in_parquet_gives_the_faults_of_the_csv_at_the_same_rows(
    tmp_path: Path, case: Case
) -> None:
    folder = write_edited(tmp_path / "plan", case.edits)
    as_csv = faults_of(folder)
    if not to_parquet(folder, as_text):
        pytest.skip("rows of different lengths cannot be written as Parquet")
    found = [(fault.file, fault.row, fault.column, fault.value, fault.code) for fault in faults_of(folder)]
    assert found == [
        (fault.file.replace(".csv", ".parquet"), fault.row, fault.column, fault.value, fault.code)
        for fault in as_csv
    ]


def test_a_table_in_both_forms_is_a_fault(tmp_path: Path) -> None:
    folder = write_plan(tmp_path / "plan")
    pq.write_table(pa.table({"period": ["2019-07"]}), folder / "history.parquet")
    assert [(fault.file, fault.row, fault.code) for fault in faults_of(folder)] == [
        ("history.parquet", 0, "two-files")
    ]


def test_a_damaged_file_is_a_fault_and_nothing_that_follows_from_it_is_one(tmp_path: Path) -> None:
    folder = write_plan(tmp_path / "plan")
    assert to_parquet(folder, as_text)
    content = (folder / "history.parquet").read_bytes()
    (folder / "history.parquet").write_bytes(content[: len(content) // 2])
    assert [(fault.file, fault.code) for fault in faults_of(folder)] == [("history.parquet", "damaged-file")]


@pytest.mark.parametrize(
    "cells",
    [pa.array([[1.0]] * 3), pa.array([{"a": 1}] * 3), pa.array([b"\xff\xfe\x00"] * 3)],
    ids=["lists", "records", "bytes"],
)
def test_a_column_that_holds_no_plain_cells_is_a_fault(tmp_path: Path, cells: pa.Array) -> None:
    folder = write_plan(tmp_path / "plan")
    (folder / "calendar.csv").unlink(missing_ok=True)
    table = pa.table({"period": ["2019-07", "2019-08", "2019-09"], "working_days": cells})
    pq.write_table(table, folder / "calendar.parquet")
    assert ("calendar.parquet", "working_days", "unreadable-column") in [
        (fault.file, fault.column, fault.code) for fault in faults_of(folder)
    ]


@pytest.mark.parametrize(
    ("cells", "text"),
    [
        (pa.array([7], pa.int8()), "7"),
        (pa.array([7.0]), "7"),
        (pa.array([0.1 + 0.2]), repr(0.1 + 0.2)),
        (pa.array([Decimal("7.50")]), "7.50"),
        (pa.array([b"7"]), "7"),
        (pa.array([" 7 "], pa.large_string()), "7"),
        (pa.array([float("nan")]), "nan"),
        (pa.array([None], pa.null()), ""),
    ],
    ids=str,
)
def test_a_typed_cell_is_read_as_the_text_of_the_csv(tmp_path: Path, cells: pa.Array, text: str) -> None:
    folder = write_plan(tmp_path / "plan")
    columns = {"period": ["x"], "working_days": cells}
    pq.write_table(pa.table(columns), folder / "calendar.parquet")
    (folder / "calendar.csv").unlink(missing_ok=True)
    of_parquet = [(f.row, f.column, f.value, f.code) for f in faults_of(folder)]
    (folder / "calendar.parquet").unlink()
    (folder / "calendar.csv").write_text(f"period,working_days\nx,{text}\n", encoding="utf-8")
    assert of_parquet == [(f.row, f.column, f.value, f.code) for f in faults_of(folder)]


def test_months_may_be_dates_or_times(tmp_path: Path) -> None:
    for form in (date, datetime):
        folder = write_plan(tmp_path / form.__name__)
        months = [form(2019 + (6 + k) // 12, (6 + k) % 12 + 1, 1) for k in range(12)]
        pq.write_table(
            pa.table({"period": pa.array(months), "working_days": [20] * 12}), folder / "calendar.parquet"
        )
        (folder / "calendar.csv").unlink(missing_ok=True)
        calendar = read_plan(folder).calendar
        assert calendar["working_days"].tolist() == [20] * 12


def test_a_file_under_nearly_the_right_name_is_named(tmp_path: Path) -> None:
    folder = write_plan(tmp_path / "plan")
    history = folder / "history.csv"
    history.rename(folder / "histroy.parquet")
    fault = next(fault for fault in faults_of(folder) if fault.code == "misspelled-file")
    assert (fault.file, "history.parquet" in fault.hint) == ("histroy.parquet", True)


def test_the_fingerprint_covers_parquet_tables_under_their_own_names(tmp_path: Path) -> None:
    folder = write_plan(tmp_path / "plan")
    before = read_plan(folder).input_hash
    assert to_parquet(folder, as_text)
    files = {path.name: path.read_bytes() for path in folder.iterdir()}
    assert read_plan(folder).input_hash == input_hash(files, ()) != before
