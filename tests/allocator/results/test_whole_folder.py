import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from allocator.errors import InputFaults
from allocator.results import exchange
from allocator.results.whole_folder import (
    FolderKind,
    changed_files,
    check_target,
    whole_folder,
    write_mark,
)
from tests.languages import not_in_both

KIND = FolderKind("mark.json", ("a.csv", "book.xlsx", "curves"), "fault.folder.sweep", "not-a-sweep-folder")
PROJECT = Path(__file__).parents[3]


@pytest.fixture(params=["exchange", "two renames"])
def way(request, monkeypatch):
    if request.param == "two renames":
        monkeypatch.setattr(exchange, "_system_step", lambda: None)
    return request.param


def write(out: Path, word: str = "first", *, force: bool = False) -> None:
    with whole_folder(out, KIND, force=force) as fresh:
        (fresh / "a.csv").write_text(word)
        (fresh / "curves").mkdir()
        (fresh / "curves" / "one.svg").write_text(word)
        write_mark(fresh, KIND, {"word": word})


def contents(folder: Path) -> dict[str, str]:
    paths = sorted(folder.rglob("*"))
    return {str(path.relative_to(folder)): path.read_text() for path in paths if path.is_file()}


@pytest.mark.parametrize("way", ["exchange", "two renames"])
@pytest.mark.parametrize(("kind", "every"), [("small", 1), ("result", 12)])
def test_a_writer_killed_at_any_step_leaves_the_old_folder_or_the_new_one(way, kind, every):
    command = [sys.executable, "-m", "tests.allocator.results.kill_each_step", kind, way, str(every)]
    done = subprocess.run(command, cwd=PROJECT, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    report = json.loads(done.stdout)
    assert report["wrong"] == []
    assert report["kills"] >= 25
    assert report["seen"] == [0, 1]
    assert report["left"] == ["new", "old", "out"]


def test_a_failure_while_swapping_puts_the_earlier_folder_back(way, tmp_path, monkeypatch):
    out = tmp_path / "out"
    write(out)
    before = contents(tmp_path)
    rename, calls = Path.rename, []

    def fails_once(self: Path, target: Path) -> Path:
        calls.append(target)
        if len(calls) == 2:
            raise OSError("busy")
        return rename(self, target)

    monkeypatch.setattr(Path, "rename", fails_once)
    if way == "exchange":
        write(out, "second")
        assert (out / "a.csv").read_text() == "second"
        assert calls == []
        return
    with pytest.raises(OSError, match="busy"):
        write(out, "second")
    assert contents(tmp_path) == before


def test_the_system_exchanges_names_where_it_is_linux():
    assert (exchange._system_step() is not None) == (sys.platform == "linux")


def test_what_people_laid_beside_moves_along_as_the_same_files(way, tmp_path):
    out = tmp_path / "out"
    write(out)
    (out / "notes").mkdir()
    (out / "notes" / "talk.txt").write_text("agreed")
    (out / "link").symlink_to("notes/talk.txt")
    same = (out / "notes" / "talk.txt").stat().st_ino
    write(out, "second")
    assert (out / "notes" / "talk.txt").stat().st_ino == same
    assert (out / "link").readlink() == Path("notes/talk.txt")
    assert (out / "a.csv").read_text() == "second"
    assert [path.name for path in tmp_path.iterdir()] == ["out"]


def test_without_second_names_people_s_files_are_copied(tmp_path, monkeypatch):
    out = tmp_path / "out"
    write(out)
    (out / "talk.txt").write_text("agreed")

    def fails(*args: object, **options: object) -> None:
        raise PermissionError("no second names here")

    monkeypatch.setattr(os, "link", fails)
    write(out, "second")
    assert (out / "talk.txt").read_text() == "agreed"


@pytest.mark.parametrize("name", ["a.csv", "curves/one.svg", "book.xlsx", "curves/mine.svg"])
def test_what_was_changed_or_laid_in_the_way_is_not_written_over_unless_forced(name, tmp_path):
    out = tmp_path / "out"
    write(out)
    assert changed_files(out, KIND) == []
    (out / name).write_text("mine")
    before = contents(out)
    for attempt in (lambda: check_target(out, KIND), lambda: write(out, "second")):
        with pytest.raises(InputFaults) as caught:
            attempt()
        assert [(fault.file, fault.code) for fault in caught.value.faults] == [
            (str(out / name), "changed-since-written")
        ]
        assert "--force" in caught.value.faults[0].sentence("en")
        assert "--force" in caught.value.faults[0].sentence("zh")
        assert not_in_both(caught.value.faults) == []
        assert contents(out) == before
    write(out, "second", force=True)
    assert (out / "a.csv").read_text() == "second"
    assert not (out / "book.xlsx").exists()


def test_what_people_change_while_the_work_goes_on_is_kept_too(tmp_path):
    out = tmp_path / "out"
    write(out)

    def work() -> None:
        with whole_folder(out, KIND) as fresh:
            (fresh / "a.csv").write_text("second")
            write_mark(fresh, KIND, {})
            (out / "a.csv").write_text("typed meanwhile")

    with pytest.raises(InputFaults):
        work()
    assert (out / "a.csv").read_text() == "typed meanwhile"
    assert [path.name for path in tmp_path.iterdir()] == ["out"]


@pytest.mark.parametrize("mark", ["", "[1]", '{"files": 3}', "{"])
def test_a_damaged_mark_vouches_for_nothing(mark, tmp_path):
    out = tmp_path / "out"
    write(out)
    (out / "mark.json").write_text(mark)
    assert changed_files(out, KIND) == ["a.csv", "curves/one.svg"]


def test_the_folder_of_a_writer_that_lives_is_left_alone(tmp_path):
    out = tmp_path / "o[u]t"
    with whole_folder(out, KIND) as fresh:
        (fresh / "a.csv").write_text("slow")
        write(out, "quick")
        assert (fresh / "a.csv").read_text() == "slow"
        write_mark(fresh, KIND, {})
    assert (out / "a.csv").read_text() == "slow"
    assert [path.name for path in tmp_path.iterdir()] == ["o[u]t"]


def test_folders_of_people_with_names_like_ours_are_left_alone(tmp_path):
    out = tmp_path / "out"
    for name in (".out.backup", ".out.writing.old", "out.writing"):
        (tmp_path / name).mkdir()
        (tmp_path / name / "precious").write_text("mine")
    write(out)
    write(out)
    assert len(list(tmp_path.glob("*/precious"))) == 3
