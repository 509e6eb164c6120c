"""A plan read from a folder or from a workbook, in any order of rows and any encoding, is the same plan."""

import hashlib
from dataclasses import fields
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from allocator.errors import InputFaults
from allocator.plan.plan import NO_DATE, Plan, first_day, month_number
from allocator.plan.reading import read_plan
from allocator.plan.tables import TABLES
from tests.languages import not_in_both
from tests.plans import ORG, PLAN_YAML, plan_texts, write_plan, write_workbook


@pytest.fixture(scope="module")
def company(tmp_path_factory: pytest.TempPathFactory) -> Plan:
    return read_plan(write_plan(tmp_path_factory.mktemp("company")))


def assert_same_plan(one: Plan, other: Plan, *, in_any_order: bool = False) -> None:
    """Compare everything but the hash, which depends on the bytes."""
    assert one.spec == other.spec
    for table in TABLES:
        frames = [getattr(plan, table.name) for plan in (one, other)]
        if in_any_order:
            frames = [frame.sort_values(list(frame.columns), ignore_index=True) for frame in frames]
        pd.testing.assert_frame_equal(*frames)


def test_every_table_has_the_columns_and_types_of_the_contract(company: Plan) -> None:
    kinds = {
        "id": "str",
        "text": "str",
        "choice": "str",
        "amount": "float64",
        "month": "int64",
        "date": "int64",
    }
    for table in TABLES:
        frame = getattr(company, table.name)
        assert list(frame.columns) == list(table.column_names)
        assert [str(kind) for kind in frame.dtypes] == [kinds[column.type] for column in table.columns]
        assert frame.index.equals(pd.RangeIndex(len(frame)))
    assert {field.name for field in fields(Plan)} >= {table.name for table in TABLES}


def test_values_are_as_written(company: Plan) -> None:
    org = company.org.set_index("node_id").to_dict("index")
    assert org["w13"]["name"] == "Fox, Carl"
    assert org["e11"]["name"] == "张伟"
    assert org["e11"]["employee_id"] == "1001"
    assert org["acme"]["start"] == NO_DATE
    assert org["e23"]["start"] == first_day(month_number("2019-06"))
    assert company.history["period"].min() == month_number("2017-07")
    assert company.seasonality.empty
    assert np.isnan(company.rules.set_index("rule_id")["min"].to_dict()["r-capacity"])


def test_all_products_have_one_spelling(company: Plan) -> None:
    assert set(company.potential["product_id"]) == set(company.commitments["product_id"]) == {"*"}
    assert company.rules.set_index("rule_id")["product_id"].to_dict()["r-range"] == "*"


def test_a_workbook_with_typed_cells_is_the_same_plan_as_the_folder(company: Plan, tmp_path: Path) -> None:
    assert_same_plan(company, read_plan(write_workbook(tmp_path / "plan.xlsx")))


def test_the_order_of_rows_and_columns_changes_nothing_but_the_order(company: Plan, tmp_path: Path) -> None:
    write_plan(tmp_path)
    for table in TABLES:
        path = tmp_path / table.file
        if path.exists():
            frame = pd.read_csv(path, dtype=str, keep_default_na=False)
            frame = frame.sample(frac=1, random_state=1)[frame.columns[::-1]]
            frame.to_csv(path, index=False)
    assert_same_plan(company, read_plan(tmp_path), in_any_order=True)


@pytest.mark.parametrize("encoding", ["utf-8-sig", "utf-16", "gbk"])
def test_the_encoding_of_the_tables_changes_nothing(company: Plan, tmp_path: Path, encoding: str) -> None:
    declared = f"{PLAN_YAML}encoding: gbk\n" if encoding == "gbk" else PLAN_YAML
    write_plan(tmp_path, plan=declared)
    for table in TABLES:
        path = tmp_path / table.file
        if path.exists():
            path.write_bytes(path.read_text(encoding="utf-8").encode(encoding))
    found = read_plan(tmp_path)
    assert found.org["name"].tolist() == company.org["name"].tolist()
    pd.testing.assert_frame_equal(found.history, company.history)


def test_windows_line_ends_and_blank_lines_change_nothing(company: Plan, tmp_path: Path) -> None:
    texts = {name: text.replace("\n", "\r\n") + "\r\n\r\n" for name, text in plan_texts().items()}
    write_plan(tmp_path, **texts)
    assert_same_plan(company, read_plan(tmp_path))


def test_optional_tables_may_be_absent_or_empty_but_for_the_header(tmp_path: Path) -> None:
    least = dict.fromkeys(("history", "commitments", "potential", "rules", "pins", "calendar"))
    text = PLAN_YAML.replace("{growth: 0.15}", "1000")
    absent = read_plan(write_plan(tmp_path / "absent", plan=text, **least))
    optional = [table for table in TABLES if table.name in (*least, "seasonality")]
    headers = {table.name: ",".join(table.column_names) + "\n" for table in optional}
    assert_same_plan(absent, read_plan(write_plan(tmp_path / "empty", plan=text, **headers)))
    for table in optional:
        assert list(getattr(absent, table.name).columns) == list(table.column_names)
        assert getattr(absent, table.name).empty


def test_a_seasonality_table_that_is_asked_for_needs_its_rows(tmp_path: Path) -> None:
    text = PLAN_YAML.replace("seasonality: history", "seasonality: table")
    with pytest.raises(InputFaults) as caught:
        read_plan(write_plan(tmp_path, plan=text, seasonality="period,weight\n"))
    assert [(fault.file, fault.code) for fault in caught.value.faults] == [
        ("seasonality.csv", "missing-month")
    ]


def test_an_empty_name_becomes_the_id(tmp_path: Path) -> None:
    plan = read_plan(write_plan(tmp_path, org=ORG.replace("Team W1", "")))
    assert plan.org.set_index("node_id").loc["w1", "name"] == "w1"


def test_the_input_hash_follows_the_contract(tmp_path: Path) -> None:
    write_plan(tmp_path)
    (tmp_path / "notes.csv").write_text("not a table of the contract", encoding="utf-8")
    overrides = ("currency=EUR", "name=今年")
    digest = hashlib.sha256()
    for name in sorted(path.name for path in tmp_path.iterdir() if path.name != "notes.csv"):
        content = (tmp_path / name).read_bytes()
        digest.update(name.encode() + b"\0" + str(len(content)).encode() + b"\0" + content)
    for text in overrides:
        digest.update(text.encode() + b"\0")
    assert read_plan(tmp_path, overrides).input_hash == digest.hexdigest()


def test_the_hash_of_a_workbook_does_not_depend_on_its_name(tmp_path: Path) -> None:
    text = PLAN_YAML.replace("{growth: 0.15}", "1000")
    path = write_workbook(tmp_path / "one.xlsx", plan=text, history=None, rules=None)
    raw = path.read_bytes()
    (tmp_path / "two.xlsx").write_bytes(raw)
    expected = hashlib.sha256(b"plan.xlsx\0" + str(len(raw)).encode() + b"\0" + raw).hexdigest()
    assert read_plan(path).input_hash == read_plan(tmp_path / "two.xlsx").input_hash == expected


@pytest.mark.parametrize("name", ["nowhere", "notes.txt"])
def test_what_is_no_plan_is_told_and_nothing_is_written(tmp_path: Path, name: str) -> None:
    (tmp_path / "notes.txt").write_text("x", encoding="utf-8")
    with pytest.raises(InputFaults) as caught:
        read_plan(tmp_path / name)
    assert [fault.code for fault in caught.value.faults] == ["no-plan"]
    assert not_in_both(caught.value.faults) == []
    assert [path.name for path in tmp_path.iterdir()] == ["notes.txt"]


def test_reading_writes_nothing_into_the_folder(tmp_path: Path) -> None:
    write_plan(tmp_path)
    before = {path.name: path.read_bytes() for path in tmp_path.iterdir()}
    read_plan(tmp_path)
    assert {path.name: path.read_bytes() for path in tmp_path.iterdir()} == before
