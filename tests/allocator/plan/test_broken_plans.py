"""Broken plans: the tiny company with one thing wrong, and exactly the faults it must give."""

from pathlib import Path

import pytest

from allocator.errors import InputFaults
from allocator.plan.reading import read_plan
from tests.allocator.plan.broken_files import CELLS, FILES
from tests.allocator.plan.broken_rules import RULES
from tests.allocator.plan.broken_settings import SETTINGS
from tests.allocator.plan.broken_tables import FACTS, MONTHS, PINS, TREES
from tests.allocator.plan.edits import HISTORY_END, Case, write_edited
from tests.plans import write_plan

CASES = (*SETTINGS, *FILES, *CELLS, *TREES, *FACTS, *RULES, *PINS, *MONTHS)


@pytest.mark.parametrize("case", CASES, ids=[case.name for case in CASES])
def test_a_broken_plan_gives_exactly_its_faults(tmp_path: Path, case: Case) -> None:
    folder = write_edited(tmp_path / "plan", case.edits)
    with pytest.raises(InputFaults) as caught:
        read_plan(folder)
    found = tuple((fault.file, fault.row, fault.column, fault.code) for fault in caught.value.faults)
    assert found == case.faults
    assert all(fault.message and fault.hint for fault in caught.value.faults)


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
