import os
import subprocess
import sys
from pathlib import Path

import pytest

from allocator.results.beside import beside
from tests.waiting import HANG_SECONDS

PROJECT = Path(__file__).resolve().parents[3]
PROBE = """
import os, sys
from pathlib import Path
from allocator.results.beside import beside
folder, behaviour = Path(sys.argv[1]), sys.argv[2]
parent = os.getpid()

def work(late_word):
    if behaviour == "child fails" and os.getpid() != parent:
        raise RuntimeError("only the child fails")
    if behaviour == "both fail":
        raise ValueError("the work is impossible")
    (folder / "done").write_text(f"{late_word()} {'parent' if os.getpid() == parent else 'child'}")

with beside(work) as helper:
    if behaviour == "parent fails":
        raise KeyError("the parent gave up")
    helper.tell("word")
    helper.wait()
"""


def probe(tmp_path: Path, behaviour: str) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-c", PROBE, str(tmp_path), behaviour]
    return subprocess.run(
        command, cwd=PROJECT, capture_output=True, text=True, timeout=HANG_SECONDS, check=False
    )


def can_fork() -> bool:
    return sys.platform == "linux" and len(os.sched_getaffinity(0)) > 1


def test_the_work_is_done_and_gets_its_late_word(tmp_path: Path) -> None:
    assert probe(tmp_path, "well").returncode == 0
    who = "child" if can_fork() else "parent"
    assert (tmp_path / "done").read_text() == f"word {who}"


def test_what_fails_in_the_child_is_done_again_by_the_parent(tmp_path: Path) -> None:
    assert probe(tmp_path, "child fails").returncode == 0
    assert (tmp_path / "done").read_text() == "word parent"


def test_work_that_is_impossible_is_told_by_the_parent(tmp_path: Path) -> None:
    ended = probe(tmp_path, "both fail")
    assert ended.returncode == 1
    assert "the work is impossible" in ended.stderr


def test_a_parent_that_gives_up_leaves_no_child_behind(tmp_path: Path) -> None:
    ended = probe(tmp_path, "parent fails")
    assert "the parent gave up" in ended.stderr
    assert not (tmp_path / "done").exists()


def test_with_other_threads_the_work_is_done_in_turn(monkeypatch: pytest.MonkeyPatch) -> None:
    done: list[tuple[str, int]] = []
    monkeypatch.setattr("allocator.results.beside.threading.active_count", lambda: 2)
    with beside(lambda late_word: done.append((late_word(), os.getpid()))) as helper:
        assert done == []
        helper.tell("word")
        helper.wait()
    assert done == [("word", os.getpid())]
