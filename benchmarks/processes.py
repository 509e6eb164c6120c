"""Run a command in a process of its own and say what it took.

On Linux a new process starts with the peak memory of the one that started it, so the process
that measures must stay small: plans are written and results drawn in processes of their own.
"""

import os
import signal
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

PROJECT = Path(__file__).resolve().parents[1]
BYTES_PER_MAXRSS = 1 if sys.platform == "darwin" else 1024
ERROR_LINES = 20


@dataclass(frozen=True)
class Ended:
    """How a process ended.

    Parameters
    ----------
    exit_code
        None if it was stopped at the limit.
    seconds, cpu_seconds
        Wall time; user and system time with that of its children.
    megabytes
        Peak resident memory of the process or, if larger, of its largest child.
    output, errors
        What it printed; the last lines of what it complained about.
    """

    exit_code: int | None
    seconds: float
    cpu_seconds: float
    megabytes: float
    output: str
    errors: str


def run_measured(command: Sequence[str], limit: float, temporary: Path | None = None) -> Ended:
    """Run a command from the project's root; end it and its children after `limit` seconds.

    Parameters
    ----------
    temporary
        Where it keeps temporary files, so that those of a process that is stopped go away with the folder.
    """
    place = {} if temporary is None else dict.fromkeys(("TMPDIR", "TEMP", "TMP"), str(temporary))
    with tempfile.TemporaryFile() as output, tempfile.TemporaryFile() as errors:
        start = time.perf_counter()
        child = subprocess.Popen(
            command,
            stdout=output,
            stderr=errors,
            cwd=PROJECT,
            env={**os.environ, **place},
            start_new_session=True,
        )
        is_late = threading.Event()

        def end() -> None:
            is_late.set()
            with suppress(ProcessLookupError):  # it ended in this very moment
                os.killpg(child.pid, signal.SIGKILL)

        timer = threading.Timer(limit, end)
        timer.start()
        try:
            _, status, used = os.wait4(child.pid, 0)
        except BaseException:
            os.killpg(child.pid, signal.SIGKILL)
            raise
        finally:
            timer.cancel()
        seconds = time.perf_counter() - start
        child.returncode = os.waitstatus_to_exitcode(status)
        output.seek(0)
        errors.seek(0)
        return Ended(
            None if is_late.is_set() and child.returncode < 0 else child.returncode,
            seconds,
            used.ru_utime + used.ru_stime,
            used.ru_maxrss * BYTES_PER_MAXRSS / 1e6,
            output.read().decode(),
            "\n".join(errors.read().decode().splitlines()[-ERROR_LINES:]),
        )


def run_module(module: str, *arguments: str | Path) -> Ended:
    """Run a module of this project that must succeed.

    Raises
    ------
    RuntimeError
        If it does not.
    """
    ended = run_measured([sys.executable, "-m", module, *map(str, arguments)], float(threading.TIMEOUT_MAX))
    if ended.exit_code != 0:
        raise RuntimeError(f"{module} ended with {ended.exit_code}:\n{ended.errors}")
    return ended
