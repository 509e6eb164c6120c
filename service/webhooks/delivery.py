"""Delivering what waits in the outbox: a thread of the serving process; any number of processes may do it."""

import logging
from collections.abc import Sequence
from datetime import timedelta
from threading import Event as Flag
from threading import Thread
from types import TracebackType
from typing import Self

from sqlalchemy.exc import SQLAlchemyError

from service.clock import Clock
from service.context import Context
from service.db.database import Database
from service.webhooks.addresses import RefusedAddress, Resolve, destination, resolved
from service.webhooks.repository import Due, claim_due, fan_out, settle
from service.webhooks.sending import Receipt, Send, envelope, send, signed_headers

LOG = logging.getLogger("service.webhooks")
LEASE = timedelta(seconds=60)
"""Longer than one try may take."""


def deliver_due(
    database: Database,
    clock: Clock,
    allowed_hosts: Sequence[str],
    send_one: Send = send,
    resolve: Resolve = resolved,
) -> int:
    """Fan new events out and try every delivery that is due; return how many tries were made.

    A try that dies before it is noted is made again when its lease is over: every event arrives at
    least once, and its id tells a receiver when it came twice.
    """
    while True:
        with database.writes.begin() as session:
            if not fan_out(session, clock()):
                break
    tries = 0
    while True:
        with database.writes.begin() as session:
            due = claim_due(session, clock(), LEASE)
        if due is None:
            return tries
        receipt = _try(due, clock, allowed_hosts, send_one, resolve)
        with database.writes.begin() as session:
            settle(session, due, receipt, clock())
        tries += 1


def _try(due: Due, clock: Clock, allowed_hosts: Sequence[str], send_one: Send, resolve: Resolve) -> Receipt:
    """Check the address anew: what a name means may have changed since it was registered."""
    try:
        place = destination(due.url, allowed_hosts, resolve)
    except RefusedAddress as refusal:
        return Receipt(None, f"refused: {refusal}")
    body = envelope(due.event)
    return send_one(place, signed_headers(due.secret, due.event.event_id, body, clock()), body)


class Deliverer:
    """Delivers in the background until it is left; a database that is away only delays it."""

    name = "webhooks"

    def __init__(self, context: Context) -> None:
        self._database, self._clock = context.database, context.clock
        self._allowed, self._pause = context.settings.webhook_hosts, context.settings.webhook_seconds
        self._ended = Flag()
        self._thread = Thread(target=self._deliver, name=self.name, daemon=True)

    @property
    def is_alive(self) -> bool:
        """Whether the thread still works."""
        return self._thread.is_alive()

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._ended.set()
        self._thread.join(timeout=LEASE.total_seconds())

    def _deliver(self) -> None:
        while not self._ended.wait(self._pause):
            try:
                deliver_due(self._database, self._clock, self._allowed)
            except SQLAlchemyError:
                LOG.warning("the outbox cannot be read or written now", exc_info=True)
