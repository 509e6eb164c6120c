"""The thread that claims runs, hands them to workers, keeps their leases and writes down how they end."""

import json
import logging
import os
import shutil
import socket
import time
from collections.abc import Callable
from concurrent.futures import CancelledError, Future
from concurrent.futures.process import BrokenProcessPool
from dataclasses import dataclass
from datetime import timedelta
from threading import Event, Thread
from types import TracebackType
from typing import Self

from pebble import ProcessExpired
from sqlalchemy.exc import SQLAlchemyError

from service.context import Context
from service.db.models import Run
from service.runs import repository
from service.runs.crew import Crew
from service.runs.desk import Desk
from service.runs.job import Job
from service.runs.orders import Order
from service.runs.outcome import Outcome
from service.runs.service import RunOptions

LOG = logging.getLogger("service.runs")
BUSY_SECONDS, IDLE_SECONDS, DATABASE_SECONDS = 0.2, 0.5, 1.0
SOFT_SHARE = 0.8
"""At this share of its limit a run is asked for the best there is."""
START_SECONDS = 120.0
"""A worker that has not taken a run by then is taken for dead."""
GRACE_SECONDS = 5.0
"""So long after its limit a run is killed."""
CLUSTER_GRACE_SECONDS = 60.0
"""So long after its limit nobody listens to a run in a cluster any more."""
RENEWALS = 4
"""A lease is renewed so often in its length."""
CLUSTER_ERRORS = ("KilledWorker", "CancelledError", "CommClosedError")
"""What Dask says when its workers are gone (known by name, so that the library need not be loaded)."""


@dataclass
class _Flight:
    """A run in the hands of a worker."""

    run_id: str
    fence: int
    limit: float
    order: Order
    desk: Desk
    future: Future[Outcome]
    begun: float
    renewed: float
    phase: str = ""
    is_stopping: bool = False
    is_cancelled: bool = False
    is_overdue: bool = False
    is_lost: bool = False


class Dispatcher:
    """Works off what the table of runs holds, beside any number of others on the same database.

    Nothing here is the truth: when this process dies, its leases run out and others take its runs.

    Parameters
    ----------
    crew
        Makes the workers; called at the first run.
    """

    def __init__(self, context: Context, crew: Callable[[], Crew]) -> None:
        self._context, self._make_crew = context, crew
        self._crew: Crew | None = None
        self._flights: list[_Flight] = []
        self._is_astray = False
        self._ending = Event()
        self._name = f"{socket.gethostname()}:{os.getpid()}:{os.urandom(4).hex()}"
        self._desks = context.settings.storage / "desks" / self._name.replace(":", "-")
        self._lease = timedelta(seconds=context.settings.lease_seconds)
        self._thread = Thread(target=self._loop, name="dispatcher", daemon=True)

    name = "dispatcher"

    @property
    def is_alive(self) -> bool:
        """Whether the thread still works."""
        return self._thread.is_alive()

    def __enter__(self) -> Self:
        self.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.stop()

    def start(self) -> None:
        """Begin."""
        self._thread.start()

    def stop(self) -> None:
        """End in peace: what works is ended and put back into the queue."""
        self._ending.set()
        self._context.bell.ring()
        self._thread.join()

    def _loop(self) -> None:
        heard = 0
        while not self._ending.is_set():
            pause = self._guarded(self._turn)
            heard = self._context.bell.wait(heard, pause)
        self._guarded(self._put_back)
        if self._crew is not None:
            self._crew.close()
        shutil.rmtree(self._desks, ignore_errors=True)

    def _guarded(self, act: Callable[[], float]) -> float:
        """Return how long to pause; no failure ends the thread."""
        try:
            return act()
        except SQLAlchemyError:
            LOG.warning("the database does not answer; the dispatcher tries again", exc_info=True)
        except Exception:
            LOG.exception("a turn of the dispatcher failed; it tries again")
        self._is_astray = True
        return DATABASE_SECONDS

    def _turn(self) -> float:
        if self._is_astray:
            self._find_back()
        self._land()
        self._look_after()
        self._take_off()
        return BUSY_SECONDS if self._flights else IDLE_SECONDS

    def _find_back(self) -> None:
        """Give back what a failed turn claimed and handed to nobody, told or not that it was claimed."""
        held = {(one.run_id, one.fence) for one in self._flights}
        now = self._context.clock()
        with self._context.database.writes.begin() as session:
            for run_id, fence in repository.leases_of(session, self._name):
                if (run_id, fence) not in held:
                    repository.give_back(session, run_id, fence, now, counts=False)
        self._is_astray = False
        self._context.bell.ring()

    # runs that ended

    def _land(self) -> None:
        for flight in [one for one in self._flights if one.future.done()]:
            if not flight.is_lost:
                self._write_down(flight)
            self._flights.remove(flight)
            flight.desk.clear()

    def _write_down(self, flight: _Flight) -> None:
        """Write the end of a run, or give it back where its worker died."""
        outcome = _outcome_of(flight)
        now = self._context.clock()
        with self._context.database.writes.begin() as session:
            if outcome is None:
                kept = repository.give_back(session, flight.run_id, flight.fence, now, counts=True)
            else:
                kept = repository.finish(session, flight.run_id, flight.fence, outcome, now)
        if not kept:
            LOG.warning("somebody else holds the run by now", extra={"fields": {"run_id": flight.run_id}})
        elif outcome is not None:
            fields = {"run_id": flight.run_id, "status": outcome.status}
            LOG.info("run ended", extra={"fields": fields})
        self._context.bell.ring()

    # runs that work

    def _look_after(self) -> None:
        flights = [one for one in self._flights if not one.future.done()]
        if not flights:
            return
        with self._context.database.reads() as session:
            wishes = repository.wishes_of(session, [one.run_id for one in flights])
        for flight in flights:
            self._obey(flight, wishes.get(flight.run_id, "cancel"))
            self._renew(flight)

    def _obey(self, flight: _Flight, wish: str) -> None:
        """Stop or cancel; a run that is nobody's any more is cancelled, too."""
        late = time.monotonic() - flight.begun > flight.limit * SOFT_SHARE
        if (wish == "stop" or late) and not flight.is_stopping:
            flight.is_stopping = True
            flight.desk.ask_to_stop()
            self._workers().stop(flight.order)
        if wish == "cancel" and not flight.is_cancelled:
            flight.is_cancelled = True
            self._end(flight)
        elif self._is_untaken(flight):
            LOG.error("no worker takes the run", extra={"fields": {"run_id": flight.run_id}})
            flight.future.cancel()
        elif time.monotonic() - flight.begun > flight.limit + CLUSTER_GRACE_SECONDS:
            # processes are killed by their pool before that; a cluster kills nothing
            flight.is_overdue = True
            self._end(flight)

    def _is_untaken(self, flight: _Flight) -> bool:
        """Whether a process of ours has not even begun; a cluster tells nothing of that."""
        is_late = time.monotonic() - flight.begun > START_SECONDS
        return is_late and not flight.order.sign and not flight.future.running()

    def _end(self, flight: _Flight) -> None:
        self._workers().stop(flight.order)
        flight.future.cancel()

    def _renew(self, flight: _Flight) -> None:
        """Keep the lease, and tell the phase when it is another one."""
        phase = flight.desk.phase() or flight.phase
        due = time.monotonic() - flight.renewed > self._lease.total_seconds() / RENEWALS
        if not due and phase == flight.phase:
            return
        now = self._context.clock()
        with self._context.database.writes.begin() as session:
            wish = repository.renew(session, flight.run_id, flight.fence, now + self._lease, phase)
            if wish is not None and phase != flight.phase:
                repository.add_event(session, flight.run_id, "phase", {"phase": phase}, now)
        flight.renewed, flight.phase = time.monotonic(), phase
        if wish is None:
            flight.is_lost = True
            flight.future.cancel()

    # runs that wait

    def _take_off(self) -> None:
        while not self._ending.is_set() and self._workers_free():
            now = self._context.clock()
            with self._context.database.reads() as session:
                if not repository.is_work_waiting(session, now):
                    return
            self._workers()
            attempts = self._context.settings.run_attempts
            with self._context.database.writes.begin() as session:
                run = repository.claim(session, self._name, now, self._lease, attempts)
            if run is None:
                self._context.bell.ring()
                return
            self._hand_over(run)

    def _workers_free(self) -> bool:
        return self._crew is None or self._crew.free > 0

    def _workers(self) -> Crew:
        if self._crew is None:
            self._crew = self._make_crew()
        return self._crew

    def _hand_over(self, run: Run) -> None:
        """Give a claimed run to a worker; what fails before that gives it back at once."""
        in_cluster = bool(self._context.settings.cluster)
        try:
            order = self._order_of(run)
            desk = Desk(order.desk)
            desk.lay()
            future = self._workers().submit(order, run.time_limit + GRACE_SECONDS)
        except Exception:
            with self._context.database.writes.begin() as session:
                now = self._context.clock()
                repository.give_back(session, run.run_id, run.fence, now, counts=not in_cluster)
            if in_cluster:
                # its scheduler is gone: the next turn looks for it anew
                self._crew = None
            raise
        begun = time.monotonic()
        self._flights.append(
            _Flight(run.run_id, run.fence, run.time_limit, order, desk, future, begun, begun, run.phase)
        )
        future.add_done_callback(lambda _: self._context.bell.ring())

    def _order_of(self, run: Run) -> Order:
        options = RunOptions(**json.loads(run.options))
        job = Job(
            run.run_id, run.chain, options.engine, lang=options.lang, with_workbook=options.with_workbook
        )
        if self._context.settings.cluster:
            return Order(job, run.revision_id, "", "", f"{run.run_id}-{run.fence}", 0)
        folder = self._context.plans.folder(run.revision_id).absolute()
        desk = (self._desks / f"{run.run_id}-{run.fence}").absolute()
        return Order(job, run.revision_id, str(folder), str(desk), "", int(run.memory_limit))

    # the end

    def _put_back(self) -> float:
        self._land()
        now = self._context.clock()
        for flight in self._flights:
            self._end(flight)
            with self._context.database.writes.begin() as session:
                repository.give_back(session, flight.run_id, flight.fence, now, counts=False)
        self._flights.clear()
        return 0.0


def _outcome_of(flight: _Flight) -> Outcome | None:
    """Return what became of a run; None where its worker died and it may be tried again."""
    if flight.is_cancelled:
        return Outcome("cancelled", "cancelled while it worked")
    if flight.is_overdue:
        return Outcome("failed", _too_long(flight))
    try:
        return flight.future.result()
    except TimeoutError:
        return Outcome("failed", _too_long(flight))
    except (BrokenProcessPool, CancelledError, ProcessExpired):
        return None
    except MemoryError:
        limit = flight.order.megabytes
        return Outcome("failed", f"the run needs more than the {limit} megabytes that it may have")
    except Exception as error:
        if type(error).__name__ in CLUSTER_ERRORS:
            return None
        LOG.exception("a run failed", extra={"fields": {"run_id": flight.run_id}})
        return Outcome("failed", f"{type(error).__name__}: {error}")


def _too_long(flight: _Flight) -> str:
    return f"the run took longer than its {flight.limit:g} seconds and was ended"
