"""Folders that a command writes: they appear whole, and nothing that people changed is written over."""

import fcntl
import glob
import hashlib
import json
import os
import shutil
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, nullcontext, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from allocator.errors import Fault, InputFaults
from allocator.results.exchange import BEFORE, exchange, put_back
from allocator.results.json_text import json_text
from allocator.texts import worded

WRITING = ".writing"
"""Ending of a folder that is being written beside the one whose place it will take."""


@dataclass(frozen=True)
class FolderKind:
    """What a command writes into its folder.

    Parameters
    ----------
    mark
        The JSON document that tells such a folder; its `files` hold the sha256 of every other file.
    written
        Names of the files and folders that a command of this kind writes, the mark apart.
    fault
        Key of the text that says that something else lies in the place.
    code
        Code of that fault.
    other_marks
        What else tells a folder of this kind, such as the runs of a sweep that was begun.
    obsolete
        What does not move along into a new folder, although it is not among `written`.
    """

    mark: str
    written: tuple[str, ...]
    fault: str
    code: str
    other_marks: tuple[str, ...] = ()
    obsolete: tuple[str, ...] = ()


def check_target(out: Path, kind: FolderKind, *, force: bool = False) -> None:
    """Refuse a place that holds something else than a folder of this kind, or what people changed in one.

    Parameters
    ----------
    force
        Let what people changed be written over.

    Raises
    ------
    InputFaults
        With every file that would be lost.
    """
    if not out.exists():
        return
    marks = (kind.mark, *kind.other_marks)
    if not out.is_dir() or (any(out.iterdir()) and not any((out / mark).exists() for mark in marks)):
        message, hint = worded(kind.fault), worded("fault.folder.hint")
        raise InputFaults([Fault(str(out), 0, "", "", kind.code, message, hint)])
    changed = [] if force else changed_files(out, kind)
    if changed:
        message, hint = worded("fault.folder.changed"), worded("fault.folder.changed.hint")
        raise InputFaults(
            [Fault(str(out / name), 0, "", "", "changed-since-written", message, hint) for name in changed]
        )


def changed_files(out: Path, kind: FolderKind) -> list[str]:
    """Return what stands under the names of written files and has another hash than the mark says."""
    recorded = read_mark(out / kind.mark).get("files")
    known = recorded if isinstance(recorded, dict) else {}
    found = file_hashes(out, kind.written)
    return [name for name, digest in found.items() if known.get(name) != digest]


@contextmanager
def whole_folder(out: Path, kind: FolderKind, *, force: bool = False) -> Iterator[Path]:
    """Yield a new folder beside `out` that takes its place when the block ends without an error.

    At any moment `out` is either what it was or whole and new; what people laid beside the files of an
    earlier folder moves along. The block ends with `write_mark`.
    """
    check_target(out, kind, force=force)
    out = out.resolve()
    out.parent.mkdir(parents=True, exist_ok=True)
    _clear(out)
    fresh = Path(tempfile.mkdtemp(prefix=f".{out.name}.", suffix=WRITING, dir=out.parent))
    try:
        with _held(fresh):
            yield fresh
            # what people changed while the work went on is theirs too
            check_target(out, kind, force=force)
            _carry(out, fresh, {kind.mark, *kind.written, *kind.obsolete})
            fresh.chmod(0o755)
            exchange(fresh, out)
    finally:
        shutil.rmtree(fresh, ignore_errors=True)


def write_mark(folder: Path, kind: FolderKind, document: dict[str, Any]) -> dict[str, Any]:
    """Write the mark, last of all, with the hashes of all other files; return what it says."""
    document = {**document, "files": file_hashes(folder, kind.written)}
    (folder / kind.mark).write_text(json_text(document) + "\n", encoding="utf-8", newline="\n")
    return document


def file_hashes(folder: Path, names: Sequence[str]) -> dict[str, str]:
    """sha256 of the files of these names, and of all files below the folders of these names, by path."""
    found = {}
    for name in sorted(names):
        place = folder / name
        for path in sorted(place.rglob("*")) if place.is_dir() else [place]:
            if path.is_file():
                with path.open("rb") as stream:
                    digest = hashlib.file_digest(stream, "sha256").hexdigest()
                found[path.relative_to(folder).as_posix()] = digest
    return found


def read_mark(path: Path) -> dict[str, Any]:
    """Return a JSON document; what is not there or cannot be read says nothing."""
    try:
        document = json.loads(path.read_text("utf-8"))
    except (OSError, ValueError):
        return {}
    return document if isinstance(document, dict) else {}


def _carry(out: Path, fresh: Path, left_out: set[str]) -> None:
    """Give the new folder what people laid beside the old one's files: the same files, not copies."""
    for entry in sorted(out.iterdir()) if out.exists() else []:
        if entry.name in left_out:
            continue
        if entry.is_dir() and not entry.is_symlink():
            shutil.copytree(entry, fresh / entry.name, symlinks=True, copy_function=_link)
        else:
            _link(str(entry), str(fresh / entry.name))


def _link(source: str, target: str) -> None:
    try:
        os.link(source, target, follow_symlinks=False)
    except OSError:  # a file system without second names
        shutil.copy2(source, target, follow_symlinks=False)


def _clear(out: Path) -> None:
    """Mend and clear what killed processes left; what a living one writes is held by it."""
    begun = f".{glob.escape(out.name)}.*{WRITING}"
    found = {path.with_name(path.name.removesuffix(BEFORE)) for path in out.parent.glob(begun + BEFORE)}
    for left in sorted(found.union(out.parent.glob(begun))):
        # another process may clear it at the same time
        with suppress(FileNotFoundError, BlockingIOError), _held(left) if left.exists() else nullcontext():
            put_back(left, out)
            shutil.rmtree(left, ignore_errors=True)


@contextmanager
def _held(folder: Path) -> Iterator[None]:
    """Hold a folder until the end of the block, or of the process; BlockingIOError where another holds it."""
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        yield
    finally:
        os.close(descriptor)
