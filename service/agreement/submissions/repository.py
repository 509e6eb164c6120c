"""SQL of submissions; where a node stands is asked of the newest revision of its plan."""

from collections.abc import Sequence

from sqlalchemy import Select, select
from sqlalchemy.orm import Session

from service.auth.principal import Principal, within_scope
from service.db.locks import lock_until_commit
from service.db.models import PlanNode, PlanRecord, PlanRevision, Submission

Placed = tuple[Submission, PlanNode]
"""A submission and its node."""


def lock_plan(session: Session, plan_id: str) -> None:
    """Let one transaction at a time ask for submissions of a plan."""
    lock_until_commit(session, f"submissions {plan_id}")


def submissions_in_scope(session: Session, principal: Principal, plan_id: str) -> Sequence[Placed]:
    """Return all submissions in scope, parents first."""
    rows = session.execute(
        _placed(principal).where(Submission.plan_id == plan_id).order_by(PlanNode.org_path)
    ).all()
    return [(row[0], row[1]) for row in rows]


def page_of_submissions(
    session: Session, principal: Principal, plan_id: str, status: str, after: str, limit: int
) -> Sequence[Placed]:
    """Return up to `limit` submissions in scope after a path; an empty status means all."""
    wanted = _placed(principal).where(Submission.plan_id == plan_id, PlanNode.org_path > after)
    if status:
        wanted = wanted.where(Submission.status == status)
    rows = session.execute(wanted.order_by(PlanNode.org_path).limit(limit)).all()
    return [(row[0], row[1]) for row in rows]


def find_submission(session: Session, principal: Principal, submission_id: str) -> Placed | None:
    """Return a submission of a node in scope."""
    row = session.execute(_placed(principal).where(Submission.submission_id == submission_id)).first()
    return None if row is None else (row[0], row[1])


def children_of(session: Session, principal: Principal, plan_id: str, node: PlanNode) -> Sequence[Placed]:
    """Return the submissions of the children of a node in scope."""
    rows = session.execute(
        _placed(principal)
        .where(Submission.plan_id == plan_id, PlanNode.parent_id == node.node_id)
        .order_by(PlanNode.org_path)
    ).all()
    return [(row[0], row[1]) for row in rows]


def _placed(principal: Principal) -> Select[Submission, PlanNode]:
    return (
        select(Submission, PlanNode)
        .join(PlanRecord, PlanRecord.plan_id == Submission.plan_id)
        .join(
            PlanRevision,
            (PlanRevision.plan_id == PlanRecord.plan_id) & (PlanRevision.number == PlanRecord.revision),
        )
        .join(
            PlanNode,
            (PlanNode.revision_id == PlanRevision.revision_id) & (PlanNode.node_id == Submission.node_id),
        )
        .where(within_scope(PlanNode.org_path, principal))
    )
