"""The command from end to end: files in, files out, exit codes, the same bytes again."""

import csv
import json
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pandas as pd
import pytest

from tests.plans import write_plan

Run = Callable[..., tuple[int, str]]
DEMO = Path(__file__).parents[2] / "examples" / "demo" / "plan"


@pytest.fixture
def plan(tmp_path: Path) -> Path:
    """A small valid plan with a rule of every kind."""
    folder = tmp_path / "plan"
    write_plan(folder)
    return folder


def contents(folder: Path, pattern: str = "*.csv") -> dict[str, bytes]:
    """The bytes of a result folder by file name."""
    return {path.name: path.read_bytes() for path in sorted(folder.glob(pattern))}


def shuffled(plan: Path, target: Path) -> Path:
    """Copy a plan with the data rows of every table reversed."""
    shutil.copytree(plan, target)
    for path in target.glob("*.csv"):
        with path.open(encoding="utf-8", newline="") as stream:
            header, *rows = list(csv.reader(stream))
        with path.open("w", encoding="utf-8", newline="") as stream:
            csv.writer(stream, lineterminator="\n").writerows([header, *reversed(rows)])
    return target


def test_a_run_is_verified_by_the_second_program(allocator: Run, plan: Path, tmp_path: Path) -> None:
    code, text = allocator("run", plan, "--out", tmp_path / "out")
    assert code == 0, text
    assert allocator("verify", tmp_path / "out", "--plan", plan)[0] == 0
    assert allocator("verify", tmp_path / "out")[0] == 0


@pytest.mark.parametrize("lang", ["en", "zh"])
def test_the_demo_company_runs_and_is_verified(allocator: Run, tmp_path: Path, lang: str) -> None:
    code, text = allocator("run", DEMO, "--out", tmp_path / "out", "--lang", lang)
    assert code == 0, text
    code, text = allocator("verify", tmp_path / "out", "--plan", DEMO, "--lang", lang)
    assert code == 0, text


def test_the_same_input_gives_the_same_bytes(allocator: Run, plan: Path, tmp_path: Path) -> None:
    for name in ("one", "two"):
        assert allocator("run", plan, "--out", tmp_path / name)[0] == 0
    assert contents(tmp_path / "one") == contents(tmp_path / "two")
    assert contents(tmp_path / "one", "*.xlsx") == contents(tmp_path / "two", "*.xlsx")


def test_the_order_of_the_input_rows_does_not_reach_the_tables(
    allocator: Run, plan: Path, tmp_path: Path
) -> None:
    other = shuffled(plan, tmp_path / "shuffled")
    assert allocator("run", plan, "--out", tmp_path / "one")[0] == 0
    assert allocator("run", other, "--out", tmp_path / "two")[0] == 0
    assert contents(tmp_path / "one") == contents(tmp_path / "two")


@pytest.mark.parametrize("engine", ["fast", "pulp:CBC", "pulp:HiGHS"])
@pytest.mark.parametrize("which", ["small", "demo"])
def test_every_engine_gives_the_same_targets(
    allocator: Run, plan: Path, tmp_path: Path, engine: str, which: str
) -> None:
    source = plan if which == "small" else DEMO
    for name in ("highs", engine):
        assert allocator("run", source, "--out", tmp_path / name, "--engine", name, "--no-workbook")[0] == 0
    ours, other = tmp_path / "highs", tmp_path / engine
    for table in ("targets_monthly.csv",):
        assert (ours / table).read_bytes() == (other / table).read_bytes()
    cells = [pd.read_csv(folder / "cells.csv") for folder in (ours, other)]
    assert (cells[0]["target"] == cells[1]["target"]).all()
    size = cells[0]["unrounded"].abs().clip(lower=1)
    assert ((cells[0]["unrounded"] - cells[1]["unrounded"]).abs() <= 1e-9 * size).all()


def test_json_is_all_there_is_on_stdout(allocator: Run, plan: Path, tmp_path: Path) -> None:
    for engine in ("highs", "pulp:HiGHS"):
        code, text = allocator("run", plan, "--out", tmp_path / "out", "--json", "--engine", engine)
        document: dict[str, Any] = json.loads(text)
        assert (code, document["status"]) == (0, "optimal")
    assert json.loads(allocator("check", plan, "--json")[1])["status"] == "ok"
    assert json.loads(allocator("verify", tmp_path / "out", "--plan", plan, "--json")[1])


def test_a_fault_leaves_the_result_of_an_earlier_run_alone(
    allocator: Run, plan: Path, tmp_path: Path
) -> None:
    out = tmp_path / "out"
    assert allocator("run", plan, "--out", out)[0] == 0
    before = contents(out, "*")
    with (plan / "rules.csv").open("a", encoding="utf-8") as stream:
        stream.write("bad,nonsense,revenue,rep,,,1,,,hard,me,\n")
    code, text = allocator("run", plan, "--out", out, "--json")
    assert code == 2
    assert json.loads(text)["faults"]
    assert contents(out, "*") == before
    assert [path.name for path in tmp_path.iterdir() if path.name.startswith(".")] == []


def test_an_impossible_plan_writes_a_diagnosis_and_no_targets(
    allocator: Run, plan: Path, tmp_path: Path
) -> None:
    with (plan / "rules.csv").open("a", encoding="utf-8") as stream:
        stream.write("tiny,capacity,revenue,rep,,,,2500000,amount,hard,Li Lei,\n")
    code, text = allocator("run", plan, "--out", tmp_path / "out")
    assert code == 3, text
    assert [path.name for path in (tmp_path / "out").iterdir()] == ["diagnosis.json"]
    diagnosis = json.loads((tmp_path / "out" / "diagnosis.json").read_text(encoding="utf-8"))
    assert "tiny" in {member["rule_id"] for member in diagnosis["conflict"]}
    assert diagnosis["short_by"] > 0
    assert len(diagnosis["repairs"]) >= 2
    for repair in diagnosis["repairs"]:
        changes = [f"--set={change['path']}={change['new']}" for change in repair["changes"]]
        code, text = allocator("run", plan, "--out", tmp_path / "repaired", *changes)
        assert code == 0, (repair, text)


def test_without_time_the_best_result_is_kept_and_marked(allocator: Run, plan: Path, tmp_path: Path) -> None:
    code, text = allocator("run", plan, "--out", tmp_path / "out", "--time-limit", "0")
    assert code == 4, text
    certificate = json.loads((tmp_path / "out" / "certificate.json").read_text(encoding="utf-8"))
    assert certificate["status"] == "stopped"


def test_foreign_files_are_never_overwritten(allocator: Run, plan: Path, tmp_path: Path) -> None:
    precious = tmp_path / "precious"
    precious.mkdir()
    (precious / "novel.txt").write_text("chapter one", encoding="utf-8")
    assert allocator("run", plan, "--out", precious)[0] == 2
    assert (precious / "novel.txt").read_text(encoding="utf-8") == "chapter one"


def test_an_unknown_engine_is_the_users_fault(allocator: Run, plan: Path, tmp_path: Path) -> None:
    assert allocator("run", plan, "--out", tmp_path / "out", "--engine", "magic")[0] == 2


def test_changes_on_the_command_line_are_recorded_and_verified(
    allocator: Run, plan: Path, tmp_path: Path
) -> None:
    code, text = allocator("run", plan, "--out", tmp_path / "out", "--set", "seasonality=even")
    assert code == 0, text
    certificate = json.loads((tmp_path / "out" / "certificate.json").read_text(encoding="utf-8"))
    assert certificate["overrides"] == ["seasonality=even"]
    assert allocator("verify", tmp_path / "out", "--plan", plan)[0] == 0
