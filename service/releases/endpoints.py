"""Publishing, lists and heads of releases, and acknowledgements."""

import json
from typing import Annotated

from fastapi import APIRouter, Depends, Header, Path, Query, Request, Response

from allocator.errors import InputFaults
from allocator.texts import worded
from service.audit.repository import record
from service.auth.dependencies import Caller, allowed
from service.auth.principal import Principal
from service.context import ContextDep, ReadSession
from service.db.models import ReleaseAck
from service.ids import new_id
from service.plans.service import find_plan
from service.problems.problem import Problem
from service.releases import repository
from service.releases.desk import DeskDep
from service.releases.publishing import Draft, prepare, publish
from service.releases.schemas import (
    AckCreate,
    AckPage,
    AckView,
    Day,
    ReleaseCreate,
    ReleasePage,
    ReleaseView,
)
from service.runs.repository import add_outbox_event
from service.wire.cursors import DIGEST, key_of, onward
from service.wire.idempotency import Answer, AttemptDep, answer_once
from service.wire.versions import seen_version

router = APIRouter(prefix="/v1", tags=["releases"])
ID = r"^[a-z0-9_]+$"
Id = Annotated[str, Path(max_length=64, pattern=ID)]
Cursor = Annotated[str, Query(max_length=64, pattern=r"^[a-z0-9_]*$")]
PinnedCursor = Annotated[str, Query(max_length=80, pattern=rf"^({DIGEST}\.[a-z0-9_]{{1,64}})?$")]
Limit = Annotated[int, Query(ge=1, le=500)]
Publisher = Annotated[Principal, Depends(allowed("admin", "finance"))]
Receiver = Annotated[Principal, Depends(allowed("admin", "hr"))]
AckReader = Annotated[Principal, Depends(allowed("admin", "finance", "hr"))]


@router.post("/plans/{plan_id}/releases", status_code=201, response_model=ReleaseView)
def publish_release(
    context: ContextDep,
    desk: DeskDep,
    publisher: Publisher,
    attempt: AttemptDep,
    plan_id: Id,
    wanted: ReleaseCreate,
    if_match: Annotated[str | None, Header()] = None,
) -> Response:
    """Publish the targets of a run as the next release of the plan whose version If-Match names."""
    version = seen_version(if_match)
    now = context.clock()
    # what a repeated request would be refused for does not matter: its first answer is given again
    draft: Draft | Problem | InputFaults
    try:
        draft = prepare(context.database, desk.plans, publisher, plan_id, version, wanted, now)
    except (Problem, InputFaults) as refusal:
        draft = refusal
    with context.database.writes.begin() as session:

        def act() -> Answer:
            if not isinstance(draft, Draft):
                raise draft
            publish(session, publisher, draft, now)
            found = repository.find_release(session, publisher, draft.release.release_id)
            assert found is not None
            made = _view(found, publisher)
            return Answer(201, made.model_dump_json().encode(), f"/v1/releases/{made.release_id}")

        return answer_once(session, publisher, attempt, now, act)


@router.get("/plans/{plan_id}/releases")
def list_releases_of_plan(
    request: Request,
    session: ReadSession,
    caller: Caller,
    plan_id: Id,
    cursor: PinnedCursor = "",
    limit: Limit = 100,
) -> ReleasePage:
    """Return the releases of a plan; a release published between two pages ends them with 410."""
    find_plan(session, caller, plan_id)
    return _page(request, session, caller, plan_id, None, cursor, limit)


@router.get("/releases")
def list_releases(
    request: Request,
    session: ReadSession,
    caller: Caller,
    plan: Annotated[str | None, Query(max_length=64, pattern=ID)] = None,
    as_of: Annotated[Day | None, Query()] = None,
    cursor: PinnedCursor = "",
    limit: Limit = 100,
) -> ReleasePage:
    """Return releases; with `as_of` only those whose targets hold on that day.

    A release published between two pages ends them with 410.
    """
    return _page(request, session, caller, plan, as_of, cursor, limit)


@router.get("/releases/{release_id}")
def read_release(session: ReadSession, caller: Caller, release_id: Id) -> ReleaseView:
    """Return the head of a release with its control totals."""
    return _view(release_or_404(session, caller, release_id), caller)


@router.post("/releases/{release_id}/acks", status_code=201, response_model=AckView)
def acknowledge_release(
    context: ContextDep, receiver: Receiver, attempt: AttemptDep, release_id: Id, wanted: AckCreate
) -> Response:
    """Say that a release has been taken over; hash and number of rows must be those of the release."""
    now = context.clock()
    with context.database.writes.begin() as session:

        def act() -> Answer:
            release, _ = release_or_404(session, receiver, release_id)
            if not repository.sees_whole(receiver):
                raise Problem("forbidden", role=receiver.role, roles=worded("fault.roles.acknowledge"))
            if (wanted.sha256, wanted.rows) != (release.sha256, release.rows):
                raise Problem("not-this-release", sha256=release.sha256, rows=release.rows)
            ack = ReleaseAck(
                ack_id=new_id("ack", now),
                release_id=release_id,
                account_id=receiver.account_id,
                sha256=wanted.sha256,
                rows=wanted.rows,
                note=wanted.note,
                made_at=now,
            )
            repository.add(session, ack)
            told = {"release_id": release_id, "ack_id": ack.ack_id, "sha256": ack.sha256, "rows": ack.rows}
            by = receiver.account_id
            record(session, now, by, "release.acknowledge", release_id, before=None, after=told)
            add_outbox_event(session, "release.acknowledged", release_id, told, now)
            where = f"/v1/releases/{release_id}/acks"
            return Answer(201, _ack_view(ack).model_dump_json().encode(), where)

        return answer_once(session, receiver, attempt, now, act)


@router.get("/releases/{release_id}/acks")
def list_acks(
    session: ReadSession, reader: AckReader, release_id: Id, cursor: Cursor = "", limit: Limit = 100
) -> AckPage:
    """Return who has taken a release over."""
    release_or_404(session, reader, release_id)
    rows = repository.page_of_acks(session, release_id, cursor, limit + 1)
    items = [_ack_view(row) for row in rows[:limit]]
    return AckPage(items=items, next=items[-1].ack_id if len(rows) > limit else None)


def release_or_404(session: ReadSession, caller: Principal, release_id: str) -> repository.Found:
    """Return a release, or `not-found` for what is foreign and what is not there alike."""
    found = repository.find_release(session, caller, release_id)
    if found is None:
        raise Problem("not-found")
    return found


def _page(
    request: Request,
    session: ReadSession,
    caller: Principal,
    plan_id: str | None,
    as_of: str | None,
    cursor: str,
    limit: int,
) -> ReleasePage:
    newest = repository.digest_of_newest(session, plan_id)
    after = key_of(cursor, newest, request)
    rows = repository.page_of_releases(session, caller, plan_id, as_of, after, limit + 1)
    items = [_view(row, caller) for row in rows[:limit]]
    return ReleasePage(items=items, next=onward(newest, items[-1].release_id) if len(rows) > limit else None)


def _view(found: repository.Found, caller: Principal) -> ReleaseView:
    release, next_from = found
    whole = repository.sees_whole(caller)
    derived = {
        "status": "final" if next_from is None else "superseded",
        "effective_to": repository.day_before(next_from),
        "rows": release.rows if whole else None,
        "control_totals": json.loads(release.control_totals) if whole else None,
    }
    stored = {name: getattr(release, name) for name in ReleaseView.model_fields if name not in derived}
    return ReleaseView.model_validate({**stored, **derived})


def _ack_view(ack: ReleaseAck) -> AckView:
    return AckView.model_validate({name: getattr(ack, name) for name in AckView.model_fields})
