"""What a worker does with an order; loads all that a solve needs, so nobody but a worker imports it."""

import resource
from collections.abc import Callable, Mapping
from dataclasses import replace
from pathlib import Path

from allocator.errors import InputFaults
from allocator.plan.plan import Plan
from allocator.plan.reading import read_plan
from scenarios.runs.cluster_sign import is_raised
from service.blobs.repository import Packed, pack
from service.plans.store import read_files
from service.runs.desk import Desk
from service.runs.orders import Order
from service.runs.outcome import Outcome
from service.runs.warm import WarmPlans
from service.runs.work import work
from solver_models.engines.base import EngineError

MEGABYTE = 1024 * 1024
CUT_OFF = ("stopped", "failed")
_WARM = WarmPlans()


def fulfil(order: Order, files: Mapping[str, bytes] | None = None) -> Outcome:
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
    if _address_space() > soft:
        # the limit stops what grows only; memory that was freed before would be used again
        raise MemoryError
    resource.setrlimit(resource.RLIMIT_AS, (soft, hard))


def _address_space() -> int:
    """Bytes that this process has mapped."""
    pages = int(Path("/proc/self/statm").read_text().split()[0])
    return pages * resource.getpagesize()
