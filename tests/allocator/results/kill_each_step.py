"""Write over a folder again and again, killed at another step on the file system each time.

Alone in its process, because it forks. Prints how many kills there were and what was wrong after them.
"""

import json
import os
import shutil
import sys
import tempfile
from collections.abc import Callable
from pathlib import Path

from allocator.results import exchange
from allocator.results.csv_text import write_csv
from allocator.results.folder import write_results
from allocator.results.whole_folder import FolderKind, whole_folder, write_mark
from tests.allocator.results.allocations import allocation_of, plan_of

STEPS = frozenset(
    {"open", "os.rename", "os.link", "os.remove", "os.rmdir", "os.mkdir", "os.chmod", "ctypes.call_function"}
)
KILLED = 9
KIND = FolderKind(
    "mark.json", ("a.csv", "b", "old.csv"), "fault.folder.sweep", "code", obsolete=("diagnosis.json",)
)
State = dict[str, bytes]


def small(out: Path, word: str) -> None:
    """Write a folder of a few files."""
    with whole_folder(out, KIND) as fresh:
        (fresh / "a.csv").write_text(word)
        (fresh / "b").mkdir()
        for name in ("x", "y"):
            (fresh / "b" / name).write_text(word * 3)
        if word == "old":
            (fresh / "old.csv").write_text("left out of the new folder")
        write_mark(fresh, KIND, {"word": word})


def result(out: Path, word: str) -> None:
    """Write a result folder."""
    write_results(allocation_of(plan_of(spec={"plan": word})), out, "en", with_workbook=word == "old")


def contents(folder: Path) -> State:
    """The bytes of every file."""
    paths = sorted(folder.rglob("*"))
    return {str(path.relative_to(folder)): path.read_bytes() for path in paths if path.is_file()}


def steps_of(write: Callable[[], None], last: int) -> int:
    """Run in a child that is killed before its step number `last`; return its exit code, or its steps."""
    reading, writing = os.pipe()
    child = os.fork()
    if child == 0:
        count = 0

        def hook(event: str, arguments: tuple[object, ...]) -> None:
            nonlocal count
            if event in STEPS and not (event == "open" and arguments[2] & os.O_ACCMODE == os.O_RDONLY):
                count += 1
                if count == last:
                    os._exit(KILLED)

        sys.addaudithook(hook)
        write()
        os.write(writing, str(count).encode())
        os._exit(0)
    os.close(writing)
    _, status = os.waitpid(child, 0)
    with os.fdopen(reading) as stream:
        told = stream.read()
    code = os.waitstatus_to_exitcode(status)
    assert code in (0, KILLED), code
    return int(told) if code == 0 else -KILLED


def lay_beside(out: Path) -> None:
    """What people have in a result folder."""
    (out / "notes" / "deep").mkdir(parents=True)
    (out / "notes" / "deep" / "meeting.txt").write_text("agreed")
    (out / "mine.csv").write_text("1")


def main(kind: str, has_step: bool, every: int) -> None:
    """Kill at every step (or one of `every`), look, go on."""
    write = {"small": small, "result": result}[kind]
    if not has_step:
        exchange._system_step = lambda: None
    with tempfile.TemporaryDirectory() as place:
        old, new, out = (Path(place) / name for name in ("old", "new", "out"))
        for folder, word in ((old, "old"), (new, "new")):
            write(folder, word)
            lay_beside(folder)
        allowed = [contents(old), contents(new)]
        shutil.copytree(old, out)
        total = steps_of(lambda: write(out, "new"), 0)
        assert contents(out) == allowed[1]
        wrong, kills, seen = [], 0, set()
        for step in [*range(1, total, every), *range(max(1, total - 40), total + 1)]:
            shutil.rmtree(out)
            shutil.copytree(old, out)
            kills += steps_of(lambda: write(out, "new"), step) == -KILLED  # noqa: B023
            if not has_step and not out.exists():
                _begin_and_give_up(out)
            state = contents(out) if out.exists() else {}
            if state not in allowed:
                wrong.append({"step": step, "found": sorted(state)})
            else:
                seen.add(allowed.index(state))
        assert steps_of(lambda: write(out, "new"), 0) > 0
        left = sorted(path.name for path in Path(place).iterdir())
        report = {
            "kills": kills,
            "wrong": wrong,
            "seen": sorted(seen),
            "left": left,
        }
        sys.stdout.write(json.dumps(report))


def _begin_and_give_up(out: Path) -> None:
    """The next command, which finds that it cannot go on."""
    try:
        with whole_folder(out, KIND) as fresh:
            write_csv(fresh / "a.csv", [])
            raise OSError("no space left")
    except OSError:
        return


if __name__ == "__main__":
    main(sys.argv[1], sys.argv[2] == "exchange", int(sys.argv[3]))
