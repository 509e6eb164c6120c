"""Putting one folder in the place of another, in one step where the system can."""

import ctypes
import os
import shutil
from functools import cache
from pathlib import Path
from typing import Any

AT_FDCWD = -100
RENAME_EXCHANGE = 2
BEFORE = ".before"
"""Ending of the name that the old folder bears while two steps are made of it."""


def exchange(fresh: Path, out: Path) -> None:
    """`out` becomes what `fresh` is; what `out` was before lies at `fresh` then, or is gone.

    Where the system exchanges names, nobody ever sees `out` absent. Elsewhere it is absent between two
    renames; `put_back` mends what a process leaves that is killed just there.

    Raises
    ------
    OSError
        If it cannot be done; `out` is then what it was.
    """
    if not out.exists():
        fresh.rename(out)
    elif not _exchanged(fresh, out):
        before = fresh.with_name(fresh.name + BEFORE)
        out.rename(before)
        try:
            fresh.rename(out)
        except BaseException:
            before.rename(out)
            raise
        shutil.rmtree(before, ignore_errors=True)


def put_back(fresh: Path, out: Path) -> None:
    """Give `out` its folder back if a process was killed between the two renames of `exchange`."""
    before = fresh.with_name(fresh.name + BEFORE)
    if before.exists() and not out.exists():
        before.rename(out)
    shutil.rmtree(before, ignore_errors=True)


def _exchanged(fresh: Path, out: Path) -> bool:
    """Exchange two names as one step of the file system; False where there is no such step."""
    step = _system_step()
    if step is None:
        return False
    return bool(step(AT_FDCWD, os.fsencode(fresh), AT_FDCWD, os.fsencode(out), RENAME_EXCHANGE) == 0)


@cache
def _system_step() -> Any:
    """`renameat2` of Linux, None elsewhere."""
    step = getattr(ctypes.CDLL(None), "renameat2", None) if os.name == "posix" else None
    if step is not None:
        step.argtypes = [ctypes.c_int, ctypes.c_char_p, ctypes.c_int, ctypes.c_char_p, ctypes.c_uint]
    return step
