"""Broken plans: the tiny company with one thing wrong, and exactly the faults it must give."""

from pathlib import Path

import pytest

from allocator.errors import Fault, InputFaults
from allocator.plan.reading import read_plan
from tests.allocator.plan.broken_files import CELLS, FILES
from tests.allocator.plan.broken_rules import RULES
from tests.allocator.plan.broken_settings import SETTINGS
from tests.allocator.plan.broken_tables import FACTS, MONTHS, PINS, TREES
from tests.allocator.plan.edits import HISTORY_END, Case, add, swap, write_edited
from tests.languages import not_in_both
from tests.plans import history_text, plan_texts, write_plan

HISTORY = "".join(
    f"{line}\n" for line in [*history_text().splitlines()[:1], *history_text().splitlines()[-88:]]
)
CASES = (*SETTINGS, *FILES, *CELLS, *TREES, *FACTS, *RULES, *PINS, *MONTHS)


@pytest.mark.parametrize("case", CASES, ids=[case.name for case in CASES])
def test_a_broken_plan_gives_exactly_its_faults(tmp_path: Path, case: Case) -> None:
    folder = write_edited(tmp_path / "plan", case.edits)
    with pytest.raises(InputFaults) as caught:
        read_plan(folder)
    found = tuple((fault.file, fault.row, fault.column, fault.code) for fault in caught.value.faults)
    assert found == case.faults
    assert all(fault.message and fault.hint for fault in caught.value.faults)
    assert not_in_both(caught.value.faults) == []


def test_there_are_many_cases_and_no_two_share_a_name() -> None:
    assert len({case.name for case in CASES}) == len(CASES) >= 150


def test_the_plan_that_is_broken_here_is_sound(tmp_path: Path) -> None:
    assert read_plan(write_plan(tmp_path / "plan")).spec.plan == "fy2020"


def test_all_faults_of_a_plan_are_listed_at_once_in_reading_order(tmp_path: Path) -> None:
    names = [
        "months above 12",
        "date with slashes",
        "duplicate product",
        "history of a manager",
        "unknown confidence",
        "negative potential",
        "unknown kind",
        "pin twice",
        "month of 32 days",
    ]
    cases = [next(case for case in CASES if case.name == name) for name in names]
    edits = {table: edit for case in cases for table, edit in case.edits.items()}
    with pytest.raises(InputFaults) as caught:
        read_plan(write_edited(tmp_path / "plan", edits))
    found = [(fault.file, fault.row, fault.column, fault.code) for fault in caught.value.faults]
    assert found == [place for case in cases for place in case.faults]
    assert ("history.csv", HISTORY_END, "node_id", "not-a-rep") in found


def test_faults_that_only_follow_from_an_unreadable_table_are_not_listed(tmp_path: Path) -> None:
    folder = write_plan(tmp_path / "plan", org="node_id;parent_id;level;name\n")
    with pytest.raises(InputFaults) as caught:
        read_plan(folder)
    assert [fault.code for fault in caught.value.faults] == ["wrong-delimiter"]


@pytest.mark.parametrize(
    ("table", "name", "meant"),
    [
        ("history", "histroy.csv", "history.csv"),
        ("history", "History.csv", "history.csv"),
        ("history", "history.xlsx", "history.csv"),
        ("plan", "plan.yml", "plan.yaml"),
        ("products", "product.csv", "products.csv"),
    ],
)
def test_a_file_under_nearly_the_right_name_is_named(
    tmp_path: Path, table: str, name: str, meant: str
) -> None:
    folder = write_plan(tmp_path / "plan", history=HISTORY)
    (folder / ("plan.yaml" if table == "plan" else f"{table}.csv")).rename(folder / name)
    with pytest.raises(InputFaults) as caught:
        read_plan(folder)
    found = [fault for fault in caught.value.faults if fault.code == "misspelled-file"]
    assert [(fault.file, fault.value) for fault in found] == [(name, name)]
    assert meant in found[0].hint


@pytest.mark.parametrize(
    "name", ["notes.csv", "history_2016.csv", "actuals.csv", "opportunities.csv", "logo.png"]
)
def test_other_files_in_the_folder_are_left_alone(tmp_path: Path, name: str) -> None:
    folder = write_plan(tmp_path / "plan", history=HISTORY)
    (folder / name).write_bytes(b"\xff\x00 anything")
    assert len(read_plan(folder).history) == HISTORY.count("\n") - 1


def test_a_typing_error_is_answered_with_the_name_that_was_meant(tmp_path: Path) -> None:
    edits = {
        "plan": swap("currency:", "curency:"),
        "rules": add("r9,farness,revenue,rpe,,,,0.2,,3,X,"),
        "potential": add("e12 x,road,revenue,1", "e11,Road,revenue,1", "e11,road,revenues,1"),
    }
    with pytest.raises(InputFaults) as caught:
        read_plan(write_edited(tmp_path / "plan", edits))
    hints = {fault.value: fault.hint for fault in caught.value.faults}
    for written, meant in {
        "curency": "`currency`",
        "farness": "`fairness`",
        "rpe": "`rep`",
        "e12 x": "`e12`",
        "Road": "`road`",
        "revenues": "`revenue`",
    }.items():
        assert f"did you mean {meant}" in hints[written]


@pytest.mark.parametrize("table", ["org", "products", "rules", "pins", "commitments"])
def test_a_table_cut_off_anywhere_gives_faults_that_say_what_to_do(tmp_path: Path, table: str) -> None:
    text = plan_texts()[table]
    outcomes = []
    for end in range(0, len(text), 83):
        folder = write_plan(tmp_path / "plan", **{"history": HISTORY, table: text[:end]})
        outcomes.append(_faults_of(folder))
    assert [fault.code for fault in outcomes[0]] == ["empty-file"]
    assert all(fault.message and fault.hint for faults in outcomes for fault in faults)
    assert [fault for faults in outcomes for fault in not_in_both(faults)] == []


def _faults_of(folder: Path) -> tuple[Fault, ...]:
    try:
        read_plan(folder)
    except InputFaults as found:
        return found.faults
    return ()
