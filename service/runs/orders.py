"""What is handed to a worker process, and what the worker does with it."""

import os
import resource
import threading
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from pathlib import Path

from allocator.errors import InputFaults
from allocator.plan.plan import Plan
from allocator.plan.reading import read_plan
from scenarios.runs.cluster_sign import is_raised
from service.blobs.repository import Packed, pack
from service.plans.store import read_files
from service.runs.desk import Desk
from service.runs.outcome import Outcome
from service.runs.warm import WarmPlans
from service.runs.work import Job, work
from solver_models.engines.base import EngineError

MEGABYTE = 1024 * 1024
PARENT_SECONDS = 0.5
CUT_OFF = ("stopped", "failed")
_WARM = WarmPlans()


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
    """Work a run off; its files are packed here, so that no transaction waits for it.

    Raises
    ------
    MemoryError
        If it needs more than it may have.
    """
    _limit_memory(order.megabytes)
    desk = Desk(order.desk)
    try:
        desk.tell("read")
        warm = _WARM.get(order.revision_id, order.job, lambda: _plan_of(order, files))
        with warm.lock:
            outcome = work(order.job, warm.plan, desk.tell, warm.family, _stop_of(order, desk))
    except MemoryError:
        _WARM.forget()
        raise
    except (EngineError, InputFaults) as refusal:
        outcome = Outcome("failed", str(refusal))
    if outcome.status in CUT_OFF:
        _WARM.forget()
    packed: dict[str, bytes | Packed] = {
        name: content if isinstance(content, Packed) else pack(content)
        for name, content in (outcome.files or {}).items()
    }
    return replace(outcome, files=packed)


def begin_worker(parent: int) -> None:
    """Set a worker process up: it ends with the service that started it, whatever ends that."""
    threading.Thread(target=_end_with, args=(parent,), daemon=True).start()


def _end_with(parent: int) -> None:
    while os.getppid() == parent:
        time.sleep(PARENT_SECONDS)
    os._exit(1)


def _plan_of(order: Order, files: Mapping[str, bytes] | None) -> Plan:
    return read_files(files) if files is not None else read_plan(Path(order.folder))


def _stop_of(order: Order, desk: Desk) -> Callable[[], bool]:
    if order.sign:
        return lambda: is_raised(order.sign)
    return desk.is_stop_asked


def _limit_memory(megabytes: int) -> None:
    if megabytes == 0:
        return
    _, hard = resource.getrlimit(resource.RLIMIT_AS)
    size = megabytes * MEGABYTE
    soft = size if hard == resource.RLIM_INFINITY else min(size, hard)
    resource.setrlimit(resource.RLIMIT_AS, (soft, hard))
