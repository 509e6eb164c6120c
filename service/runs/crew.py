"""Who works runs off: processes of this machine, one numeric thread each, started when there is work."""

import os
from collections import deque
from concurrent.futures import Future
from concurrent.futures.process import BrokenProcessPool
from dataclasses import dataclass, field
from multiprocessing import get_context
from typing import Protocol

from pebble import ProcessPool

from service.runs.orders import Order, begin_worker, work_off
from service.runs.outcome import Outcome
from service.runs.warm import KEPT

ONE_THREAD = ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS")


class Crew(Protocol):
    """Takes orders; a cancelled order is ended, not only forgotten."""

    @property
    def free(self) -> int:
        """How many orders can be taken now."""
        ...

    def submit(self, order: Order, limit: float) -> Future[Outcome]:
        """Hand an order to a worker, which is killed after `limit` seconds."""
        ...

    def stop(self, order: Order) -> None:
        """Ask for the best there is."""
        ...

    def close(self) -> None:
        """End all workers at once."""
        ...


@dataclass
class _Slot:
    """One worker process; it is started again by the next order when it died."""

    pool: ProcessPool | None = None
    order: Future[Outcome] | None = None
    revisions: deque[str] = field(default_factory=lambda: deque(maxlen=KEPT))

    @property
    def is_free(self) -> bool:
        return self.order is None or self.order.done()

    def submit(self, order: Order, limit: float) -> Future[Outcome]:
        if order.revision_id in self.revisions:
            self.revisions.remove(order.revision_id)
        self.revisions.append(order.revision_id)
        if self.order is not None and self.order.cancelled():
            # its worker is being killed; the next one has a pipe of its own
            self.close()
        try:
            self.order = self._running().schedule(work_off, (order,), timeout=limit)
        except (BrokenProcessPool, RuntimeError):
            # its idle worker was killed from outside: the pool is of no more use
            self.close()
            self.order = self._running().schedule(work_off, (order,), timeout=limit)
        return self.order

    def close(self) -> None:
        if self.pool is not None:
            self.pool.stop()
            self.pool.join()
            self.pool = None

    def _running(self) -> ProcessPool:
        if self.pool is None:
            self.pool = ProcessPool(
                max_workers=1,
                initializer=begin_worker,
                initargs=(os.getpid(),),
                context=get_context("spawn"),
            )
        return self.pool


class ProcessCrew:
    """Worker processes, each in a pool of its own, so that a killed one touches no other.

    A plan goes to a worker that knows it already, if one is free.
    """

    def __init__(self, workers: int) -> None:
        for name in ONE_THREAD:
            os.environ.setdefault(name, "1")
        self._slots = [_Slot() for _ in range(workers)]

    @property
    def free(self) -> int:
        """How many orders can be taken now."""
        return sum(slot.is_free for slot in self._slots)

    def submit(self, order: Order, limit: float) -> Future[Outcome]:
        """Hand an order to the best free worker."""
        free = [slot for slot in self._slots if slot.is_free]
        warm = [slot for slot in free if order.revision_id in slot.revisions]
        started = [slot for slot in free if slot.pool is not None]
        return (warm or started or free)[0].submit(order, limit)

    def stop(self, order: Order) -> None:
        """Nothing more than the note on the desk."""

    def close(self) -> None:
        """End all workers at once."""
        for slot in self._slots:
            slot.close()
