"""SQL of balance requests."""

from collections.abc import Sequence

from sqlalchemy import select
from sqlalchemy.orm import Session

from service.auth.principal import Principal, within_scope
from service.db.locks import lock_until_commit
from service.db.models import BalanceRequest


def find_request(session: Session, principal: Principal, request_id: str) -> BalanceRequest | None:
    """Return a request about a node in scope."""
    return session.scalars(
        select(BalanceRequest).where(
            BalanceRequest.request_id == request_id, within_scope(BalanceRequest.org_path, principal)
        )
    ).first()


def page_of_requests(
    session: Session, principal: Principal, plan_id: str, status: str, after: str, limit: int
) -> Sequence[BalanceRequest]:
    """Return up to `limit` requests in scope after an id; empty plan and status mean all."""
    wanted = [BalanceRequest.request_id > after, within_scope(BalanceRequest.org_path, principal)]
    if plan_id:
        wanted.append(BalanceRequest.plan_id == plan_id)
    if status:
        wanted.append(BalanceRequest.status == status)
    return session.scalars(
        select(BalanceRequest).where(*wanted).order_by(BalanceRequest.request_id).limit(limit)
    ).all()


def rounds_of(session: Session, principal: Principal, thread_id: str) -> Sequence[BalanceRequest]:
    """Return all rounds of a talk, the first one first."""
    return session.scalars(
        select(BalanceRequest)
        .where(BalanceRequest.thread_id == thread_id, within_scope(BalanceRequest.org_path, principal))
        .order_by(BalanceRequest.round)
    ).all()


def newest_run(session: Session, run_id: str) -> str:
    """Return the run that holds everything accepted on top of a run so far: itself where nothing was.

    It asks beyond the caller's scope, for an id only: what others agreed on must not be lost.
    """
    while True:
        following = session.scalars(
            select(BalanceRequest.run_id).where(
                BalanceRequest.settled_on == run_id, BalanceRequest.run_id.is_not(None)
            )
        ).first()
        if following is None:
            return run_id
        run_id = following


def lock_plan(session: Session, plan_id: str) -> None:
    """Let one transaction at a time accept something in a plan."""
    lock_until_commit(session, f"accept {plan_id}")
