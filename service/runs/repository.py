"""SQL of runs: claiming, keeping the lease, ending; only the holder of the fence writes."""

import json
from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import ColumnElement, and_, false, func, or_, select, true, update
from sqlalchemy.orm import Session

from service.auth.principal import Principal, within_scope
from service.blobs.repository import content_of, keep
from service.db.models import OutboxEvent, PlanNode, Run, RunArtifact, RunEvent
from service.ids import new_id
from service.runs.outcome import ENDED, Outcome

ATTEMPTS = 3
"""A run whose worker dies is tried again, this often in all."""
SEES_RUNS = ("admin", "finance", "analyst", "manager")
"""Roles that may read runs; managers see the rows of their subtree only."""


def find_run(session: Session, principal: Principal, run_id: str) -> Run | None:
    """Return a run that the caller may know of: one of a plan that has something of the caller's in it."""
    return session.scalars(select(Run).where(Run.run_id == run_id, _visible(principal))).first()


def page_of_runs(
    session: Session,
    principal: Principal,
    before: str,
    limit: int,
    *,
    plan_id: str | None = None,
    scenario_id: str | None = None,
    status: str | None = None,
    created_by: str | None = None,
) -> Sequence[Run]:
    """Return up to `limit` runs, the newest first, older than an id (empty: the newest)."""
    wanted = {"plan_id": plan_id, "scenario_id": scenario_id, "status": status, "created_by": created_by}
    asked = [getattr(Run, name) == value for name, value in wanted.items() if value is not None]
    if before:
        asked.append(Run.run_id < before)
    return session.scalars(
        select(Run).where(_visible(principal), *asked).order_by(Run.run_id.desc()).limit(limit)
    ).all()


def is_work_waiting(session: Session, now: datetime) -> bool:
    """Whether `claim` would find something to do."""
    return session.scalars(select(Run.run_id).where(_free(now)).limit(1)).first() is not None


def status_of(session: Session, run_id: str) -> str:
    """Return the status alone."""
    return session.scalars(select(Run.status).where(Run.run_id == run_id)).one()


def running_or_queued(session: Session, account_id: str) -> int:
    """Return how many runs of an account have not ended."""
    count = session.scalar(select(func.count()).where(Run.created_by == account_id, Run.status.not_in(ENDED)))
    return count or 0


def claim(
    session: Session, owner: str, now: datetime, lease: timedelta, attempts: int = ATTEMPTS
) -> Run | None:
    """Take the oldest run that waits, or whose lease has run out; raises its fence and its attempt.

    A run whose attempts are used up ends as failed instead.
    """
    while True:
        run = session.scalars(
            select(Run)
            .where(_free(now))
            .order_by(Run.created_at, Run.run_id)
            .limit(1)
            .with_for_update(skip_locked=True)
        ).first()
        if run is None:
            return None
        run.fence += 1
        if run.wish == "cancel":
            _end(session, run, Outcome("cancelled", "cancelled before it began"), now)
        elif run.attempt >= attempts:
            _end(session, run, Outcome("failed", f"its worker died {run.attempt} times"), now)
        else:
            run.attempt += 1
            run.status, run.phase = "running", "starting"
            run.lease_owner, run.lease_until = owner, now + lease
            run.started_at = run.started_at or now
            add_event(session, run.run_id, "started", {"attempt": run.attempt}, now)
            session.flush()
            return run
        session.flush()


def renew(session: Session, run_id: str, fence: int, until: datetime, phase: str) -> str | None:
    """Keep the lease and tell the phase; return the wish about the run, None if it is ours no longer."""
    kept = session.execute(
        update(Run)
        .where(Run.run_id == run_id, Run.fence == fence, Run.status == "running")
        .values(lease_until=until, phase=phase)
        .returning(Run.wish)
    ).first()
    return None if kept is None else str(kept[0])


def wishes_of(session: Session, run_ids: Sequence[str]) -> dict[str, str]:
    """Return run -> wish of those that still work."""
    rows = session.execute(
        select(Run.run_id, Run.wish).where(Run.run_id.in_(run_ids), Run.status == "running")
    )
    return dict(list(rows))


def leases_of(session: Session, owner: str) -> list[tuple[str, int]]:
    """Return run and fence of what a dispatcher holds by the table."""
    rows = session.execute(
        select(Run.run_id, Run.fence).where(Run.status == "running", Run.lease_owner == owner)
    )
    return [(run_id, fence) for run_id, fence in rows]


def give_back(session: Session, run_id: str, fence: int, now: datetime, *, counts: bool) -> bool:
    """Put a run back into the queue; False if it is ours no longer.

    Parameters
    ----------
    counts
        Whether the attempt counts (its worker died) or not (the service ends in peace).
    """
    run = _held(session, run_id, fence)
    if run is None:
        return False
    run.status, run.phase, run.lease_owner, run.lease_until = "queued", "", "", None
    run.attempt -= 0 if counts else 1
    add_event(session, run_id, "requeued", {"attempt": run.attempt}, now)
    return True


def wish(session: Session, run: Run, wanted: str, now: datetime) -> None:
    """Ask the holder of a run to stop or cancel it; a run that waits ends at once.

    The run was read under a lock (`lock_run`).
    """
    run.wish = wanted
    add_event(session, run.run_id, wanted, {}, now)
    if run.status == "queued":
        run.fence += 1
        _end(session, run, Outcome("cancelled", "ended before it began"), now)
    session.flush()


def lock_run(session: Session, run_id: str) -> Run:
    """Return a run that nobody else changes until the transaction ends."""
    return session.scalars(
        select(Run).where(Run.run_id == run_id).with_for_update().execution_options(populate_existing=True)
    ).one()


def finish(session: Session, run_id: str, fence: int, outcome: Outcome, now: datetime) -> bool:
    """End a run and keep what it left behind, all in one transaction; False if it is ours no longer."""
    run = _held(session, run_id, fence)
    if run is None:
        return False
    _end(session, run, outcome, now)
    session.flush()
    return True


def add_event(session: Session, run_id: str, kind: str, document: Mapping[str, Any], now: datetime) -> None:
    """Append an event to the life of a run."""
    last = session.scalar(select(func.max(RunEvent.number)).where(RunEvent.run_id == run_id)) or 0
    session.add(RunEvent(run_id=run_id, number=last + 1, at=now, kind=kind, document=json.dumps(document)))
    session.flush()


def events_after(session: Session, run_id: str, number: int) -> Sequence[RunEvent]:
    """Return the events of a run with a higher number."""
    return session.scalars(
        select(RunEvent).where(RunEvent.run_id == run_id, RunEvent.number > number).order_by(RunEvent.number)
    ).all()


def artifact(session: Session, run_id: str, name: str) -> bytes | None:
    """Return a file that a run left behind."""
    sha256 = session.scalar(
        select(RunArtifact.sha256).where(RunArtifact.run_id == run_id, RunArtifact.name == name)
    )
    return None if sha256 is None else content_of(session, sha256)


def artifact_hashes(session: Session, run_id: str) -> dict[str, str]:
    """Return file -> SHA-256 of what a run left behind."""
    rows = session.execute(
        select(RunArtifact.name, RunArtifact.sha256)
        .where(RunArtifact.run_id == run_id)
        .order_by(RunArtifact.name)
    )
    return dict(list(rows))


def add_outbox_event(
    session: Session, kind: str, subject: str, document: Mapping[str, Any], now: datetime
) -> None:
    """Note something for the webhooks, in the transaction in which it happens."""
    session.add(
        OutboxEvent(
            event_id=new_id("evt", now),
            kind=kind,
            subject=subject,
            document=json.dumps(document, ensure_ascii=False),
            at=now,
            fanned_out=False,
        )
    )


def _free(now: datetime) -> ColumnElement[bool]:
    return or_(Run.status == "queued", and_(Run.status == "running", Run.lease_until < now))


def _held(session: Session, run_id: str, fence: int) -> Run | None:
    return session.scalars(
        select(Run).where(Run.run_id == run_id, Run.fence == fence, Run.status == "running").with_for_update()
    ).first()


def _visible(principal: Principal) -> ColumnElement[bool]:
    """Runs of plans whose revision has a node inside the caller's scope."""
    if principal.role not in SEES_RUNS or principal.sees_nothing:
        return false()
    if not principal.scope_path:
        return true()
    return (
        select(PlanNode.node_id)
        .where(PlanNode.revision_id == Run.revision_id, within_scope(PlanNode.org_path, principal))
        .exists()
    )


def _end(session: Session, run: Run, outcome: Outcome, now: datetime) -> None:
    run.status, run.reason, run.phase = outcome.status, outcome.reason, ""
    run.kpis = json.dumps(outcome.kpis or {}, ensure_ascii=False)
    run.result_hash = outcome.result_hash
    run.finished_at, run.lease_until, run.lease_owner = now, None, ""
    for name, content in sorted((outcome.files or {}).items()):
        session.add(RunArtifact(run_id=run.run_id, name=name, sha256=keep(session, content)))
    told = {"run_id": run.run_id, "plan_id": run.plan_id, "status": outcome.status, "reason": outcome.reason}
    add_event(session, run.run_id, "ended", told, now)
    add_outbox_event(session, "run.ended", run.run_id, told, now)
