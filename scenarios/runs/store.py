"""Outcomes on disk: one file per run, named by the hash of its inputs, whole or not there at all."""

import fcntl
import hashlib
import json
import os
from collections.abc import Iterator
from pathlib import Path
from types import TracebackType
from typing import Any, Self

from allocator.errors import Fault, InputFaults
from allocator.texts import worded
from scenarios.runs.work import FORMAT, Shared
from scenarios.scenario import Chain, chain_hash

RUNS = "runs"


class OutcomeStore:
    """Outcomes of a sweep in a folder; safe against a kill at any moment.

    One process at a time: the folder stays locked until `close` (or the end of the process).

    Raises
    ------
    InputFaults
        If another sweep is writing into the folder.
    """

    def __init__(self, folder: Path) -> None:
        self._folder = folder / RUNS
        self._folder.mkdir(parents=True, exist_ok=True)
        self._lock = os.open(self._folder, os.O_RDONLY)
        try:
            fcntl.flock(self._lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            os.close(self._lock)
            message, hint = worded("fault.folder.in_use"), worded("fault.folder.in_use.hint")
            raise InputFaults([Fault(str(folder), 0, "", "", "folder-in-use", message, hint)]) from None
        for left_over in self._folder.glob(".*.part"):
            left_over.unlink()

    def close(self) -> None:
        """Let others write."""
        os.close(self._lock)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def get(self, key: str) -> dict[str, Any] | None:
        """Return a stored outcome; a file that is no outcome of this key counts as absent."""
        path = self._path(key)
        if not path.is_file():
            return None
        try:
            stored = json.loads(path.read_text(encoding="utf-8"))
        except json.JSONDecodeError:
            return None
        return stored["outcome"] if isinstance(stored, dict) and stored.get("key") == key else None

    def put(self, key: str, outcome: dict[str, Any]) -> None:
        """Store an outcome: written beside, flushed, then moved into place."""
        path = self._path(key)
        fresh = path.with_name(f".{path.name}.part")
        words = json.dumps({"key": key, "outcome": outcome}, ensure_ascii=False, allow_nan=False)
        with fresh.open("w", encoding="utf-8") as stream:
            stream.write(words + "\n")
            stream.flush()
            os.fsync(stream.fileno())
        fresh.replace(path)

    def keys(self) -> Iterator[str]:
        """Yield the keys of what is stored."""
        return (path.stem for path in sorted(self._folder.glob("*.json")))

    def _path(self, key: str) -> Path:
        return self._folder / f"{key}.json"


def run_key(shared: Shared, chain: Chain, baseline: Chain) -> str:
    """sha256 of all that an outcome depends on: the plan's inputs, the changes, the baseline, the options."""
    parts = (
        str(FORMAT),
        chain_hash(shared.plan, chain),
        chain_hash(shared.plan, baseline),
        shared.engine,
        "rounded" if shared.rounded else "exact",
    )
    return hashlib.sha256("\0".join(parts).encode()).hexdigest()


def limit_key(shared: Shared, chain: Chain, question: str) -> str:
    """sha256 of all that limits depend on: the plan's inputs, the changes, what is asked, the engine."""
    parts = ("limits", str(FORMAT), chain_hash(shared.plan, chain), question, shared.engine)
    return hashlib.sha256("\0".join(parts).encode()).hexdigest()
