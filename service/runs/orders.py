"""What is handed to a worker process; light, since the service itself never solves."""

import os
import signal
import threading
import time
from collections.abc import Mapping
from dataclasses import dataclass
from importlib import import_module

from service.runs.job import Job
from service.runs.outcome import Outcome

PARENT_SECONDS = 0.5
WORKER = "service.runs.worker"
"""Loaded in worker processes only."""


@dataclass(frozen=True)
class Order:
    """One attempt of a run.

    Parameters
    ----------
    folder
        Plan folder of the revision; empty where the worker is on another machine and is given its files.
    desk
        Where notes are left; empty = nowhere.
    sign
        Name of a sign in a cluster that says stop; empty = none.
    megabytes
        Address space that the worker may take for it; 0 = its machine has limits of its own.
    """

    job: Job
    revision_id: str
    folder: str
    desk: str
    sign: str
    megabytes: int


def work_off(order: Order, files: Mapping[str, bytes] | None = None) -> Outcome:
    """Work a run off.

    Raises
    ------
    MemoryError
        If it needs more than it may have.
    """
    outcome: Outcome = import_module(WORKER).fulfil(order, files)
    return outcome


def begin_worker(parent: int) -> None:
    """Set a worker process up: it ends with the service that started it, whatever ends that."""
    # a solve in a library does not come back to Python to be told that it shall end
    signal.signal(signal.SIGTERM, signal.SIG_DFL)
    import_module(WORKER)
    threading.Thread(target=_end_with, args=(parent,), daemon=True).start()


def _end_with(parent: int) -> None:
    while os.getppid() == parent:
        time.sleep(PARENT_SECONDS)
    os._exit(1)
