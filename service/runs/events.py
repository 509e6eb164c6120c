"""The life of a run as server-sent events; nothing of the database is held between two looks."""

import asyncio
import json
import time
from collections.abc import AsyncIterator

from fastapi.concurrency import run_in_threadpool
from fastapi.responses import StreamingResponse

from service.auth.principal import Principal
from service.context import Context
from service.runs import repository, service
from service.runs.access import sees_whole_company
from service.runs.outcome import ENDED as ENDED_STATUS

LOOK_SECONDS = 0.25
BEAT_SECONDS = 15.0
ENDED = "ended"
HEADERS = {"Cache-Control": "no-store", "X-Accel-Buffering": "no"}


async def stream_events(context: Context, principal: Principal, run_id: str, after: int) -> StreamingResponse:
    """Return the events after a number, and those that come, until the run has ended.

    Raises
    ------
    Problem
        `not-found` before anything is sent.
    """

    def find() -> None:
        with context.database.reads() as session:
            service.find_run(session, principal, run_id)

    await run_in_threadpool(find)
    lines = _lines(context, principal, run_id, after)
    return StreamingResponse(lines, media_type="text/event-stream", headers=HEADERS)


async def _lines(context: Context, principal: Principal, run_id: str, after: int) -> AsyncIterator[str]:
    is_whole = sees_whole_company(principal)
    beat = time.monotonic()
    yield "retry: 1000\n\n"
    while True:
        found = await run_in_threadpool(_look, context, run_id, after)
        for number, kind, at, document in found:
            after, beat = number, time.monotonic()
            told = {**document, "at": at} if is_whole else {"at": at, "status": document.get("status", "")}
            yield f"id: {number}\nevent: {kind}\ndata: {json.dumps(told, ensure_ascii=False)}\n\n"
            if kind == ENDED:
                return
        if not found and await run_in_threadpool(_has_ended, context, run_id):
            return
        if time.monotonic() - beat > BEAT_SECONDS:
            beat = time.monotonic()
            yield ": alive\n\n"
        await asyncio.sleep(LOOK_SECONDS)


def _look(context: Context, run_id: str, after: int) -> list[tuple[int, str, str, dict[str, object]]]:
    with context.database.reads() as session:
        return [
            (event.number, event.kind, event.at.isoformat(), json.loads(event.document))
            for event in repository.events_after(session, run_id, after)
        ]


def _has_ended(context: Context, run_id: str) -> bool:
    """Whether nothing more will come: all events were sent to this caller before."""
    with context.database.reads() as session:
        return repository.status_of(session, run_id) in ENDED_STATUS
