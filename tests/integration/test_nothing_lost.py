"""Whatever a command ends in, the last good result and what people changed in it are still there."""

import json
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import openpyxl
import pandas as pd
import pytest

from tests.plans import write_plan

Run = Callable[..., tuple[int, str]]
COMMANDS = ("run", "compare", "sweep", "replan")
EDITED = {"run": "matrix.xlsx", "compare": "comparison.xlsx", "sweep": "runs.csv", "replan": "replan.csv"}
SOLVERS = {
    "run": "service.cli.commands.run.allocate",
    "compare": "service.cli.commands.compare.compare_folders",
    "sweep": "service.cli.commands.sweep.SweepSession",
    "replan": "service.cli.commands.replan.write_replan",
}


@pytest.fixture
def plan(tmp_path: Path) -> Path:
    write_plan(tmp_path / "plan")
    return tmp_path / "plan"


def contents(folder: Path) -> dict[str, bytes]:
    paths = sorted(folder.rglob("*"))
    return {str(path.relative_to(folder)): path.read_bytes() for path in paths if path.is_file()}


def impossible(plan: Path, target: Path) -> Path:
    """A plan that cannot hold."""
    write_plan(target)
    with (target / "rules.csv").open("a", encoding="utf-8") as stream:
        stream.write("tiny,capacity,revenue,rep,,,,2500000,amount,hard,Li Lei,\n")
    return target


def arguments_of(command: str, plan: Path, place: Path, allocator: Run) -> list[object]:
    """What a command needs; what it reads is made."""
    if command == "run":
        return ["run", plan]
    published = place / "published"
    if not published.exists():
        assert allocator("run", plan, "--out", published, "--no-workbook")[0] == 0
    if command == "compare":
        shutil.copytree(published, place / "other", dirs_exist_ok=True)
        return ["compare", published, place / "other"]
    if command == "sweep":
        sweep = place / "sweep.yaml"
        sweep.write_text('grid: {total: {measure: revenue, values: "-1%..+1% step 1%"}}\n')
        return ["sweep", plan, sweep, "--workers", 0, "--breakpoint-runs", 0]
    months = pd.read_csv(published / "targets_monthly.csv")
    table = months.merge(pd.read_csv(published / "cells.csv")[["measure", "node_id", "product_id"]])
    table = table[table["period"] <= "2019-09"].rename(columns={"target": "amount"})
    table[["period", "node_id", "product_id", "measure", "amount"]].to_csv(place / "actuals.csv", index=False)
    return [
        "replan",
        plan,
        "--actuals",
        place / "actuals.csv",
        "--as-of",
        "2019-09",
        "--published",
        published,
    ]


def change(path: Path) -> None:
    """What a person does to a file in a spreadsheet program."""
    if path.suffix == ".xlsx":
        book = openpyxl.load_workbook(path)
        book.worksheets[0]["B2"] = "agreed with Li Lei on Monday"
        book.save(path)
    else:
        path.write_text(path.read_text(encoding="utf-8") + "\n", encoding="utf-8")


@pytest.mark.parametrize("lang", ["en", "zh"])
def test_an_impossible_run_keeps_the_last_targets_and_says_whose_they_are(
    allocator: Run, plan: Path, tmp_path: Path, lang: str
) -> None:
    out, other = tmp_path / "out", impossible(plan, tmp_path / "impossible")
    assert allocator("run", plan, "--out", out)[0] == 0
    before = contents(out)
    certificate = json.loads(before["certificate.json"])
    code, words = allocator("run", other, "--out", out, "--lang", lang)
    assert code == 3
    after = contents(out)
    diagnosis = json.loads(after.pop("diagnosis.json"))
    assert after == before
    assert diagnosis["standing"]["input_hash"] == certificate["input_hash"] != diagnosis["input_hash"]
    assert diagnosis["standing"]["result_hash"] == certificate["result_hash"]
    assert diagnosis["standing"]["text"][lang] in words
    assert json.loads(allocator("run", other, "--out", out, "--json")[1])["diagnosis"] == diagnosis
    _reads_say_whose_they_are(allocator, plan, other, out, lang)
    assert allocator("run", plan, "--out", out)[0] == 0
    assert sorted(contents(out)) == sorted(before)
    assert "diagnosis.json" not in allocator("verify", out)[1]


def _reads_say_whose_they_are(allocator: Run, plan: Path, other: Path, out: Path, lang: str) -> None:
    """verify, explain, compare and replan do not take the old targets for those of the impossible plan."""
    old, new = (json.loads((out / name).read_text("utf-8"))["input_hash"][:12] for name in MARKS)
    other_out = out.parent / "good"
    assert allocator("run", plan, "--out", other_out)[0] == 0
    compared = ["compare", other_out, out, "--out", out.parent / "c"]
    words = {
        "verify": allocator("verify", out, "--lang", lang)[1],
        "verify with the old plan": allocator("verify", out, "--plan", plan, "--lang", lang)[1],
        "explain": allocator("explain", out, "--node", "west", "--lang", lang)[1],
        "compare": allocator(*compared, "--lang", lang)[1],
        "page": (out.parent / "c" / "comparison.html").read_text("utf-8"),
        "json": allocator("verify", out, "--json", "--lang", lang)[1],
    }
    for name, said in words.items():
        assert old in said, name
        assert new in said, name
    assert allocator("verify", out, "--plan", plan)[0] == 0
    assert allocator("verify", out, "--plan", other)[0] == 1
    assert allocator("explain", out, "--node", "west", "--plan", other)[0] == 2


MARKS = ("certificate.json", "diagnosis.json")


def test_an_impossible_plan_alone_leaves_no_word_of_other_targets(
    allocator: Run, plan: Path, tmp_path: Path
) -> None:
    other = impossible(plan, tmp_path / "impossible")
    assert allocator("run", other, "--out", tmp_path / "out")[0] == 3
    diagnosis = json.loads((tmp_path / "out" / "diagnosis.json").read_text("utf-8"))
    assert diagnosis["standing"] is None
    assert allocator("verify", tmp_path / "out")[0] == 1


@pytest.mark.parametrize("command", COMMANDS)
def test_what_was_edited_by_hand_is_refused_before_anything_is_solved(
    command: str, allocator: Run, plan: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    out = tmp_path / "out"
    words = arguments_of(command, plan, tmp_path, allocator)
    assert allocator(*words, "--out", out)[0] == 0
    (out / "letter.txt").write_text("dear", encoding="utf-8")
    change(out / EDITED[command])
    before = contents(out)

    def solves(*args: object, **options: object) -> Any:
        raise AssertionError("it was solved")

    with monkeypatch.context() as patched:
        patched.setattr(SOLVERS[command], solves)
        code, said = allocator(*words, "--out", out, "--json")
    assert code == 2, said
    faults = json.loads(said)["faults"]
    assert [(fault["file"], fault["code"]) for fault in faults] == [
        (str(out / EDITED[command]), "changed-since-written")
    ]
    assert contents(out) == before
    code, said = allocator(*words, "--out", out, "--force", "--json")
    assert code == 0, said
    after = contents(out)
    assert after[EDITED[command]] != before[EDITED[command]]
    assert after["letter.txt"] == b"dear"
    assert allocator(*words, "--out", out)[0] == 0


@pytest.mark.parametrize("command", COMMANDS)
def test_a_command_that_fails_while_it_writes_leaves_its_folder_as_it_was(
    command: str, allocator: Run, plan: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    out = tmp_path / "out"
    words = arguments_of(command, plan, tmp_path, allocator)
    assert allocator(*words, "--out", out)[0] == 0
    before = contents(out)

    def full(*args: object, **options: object) -> Any:
        raise OSError("no space left on device")

    last = {
        "run": "allocator.results.folder.certificate",
        "compare": "scenarios.comparison.folder.write_mark",
        "sweep": "scenarios.curves.folder.write_mark",
        "replan": "scenarios.replan.folder.write_mark",
    }
    with monkeypatch.context() as patched:
        patched.setattr(last[command], full)
        assert allocator(*words, "--out", out)[0] == 1
    assert contents(out) == before
    assert [path.name for path in tmp_path.iterdir() if path.name.startswith(".")] == []
    if command == "replan":
        assert allocator("verify", out, "--plan", plan)[0] == 0
