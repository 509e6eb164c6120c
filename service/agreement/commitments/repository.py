"""SQL of commitments; where a node stands is asked of the newest revision of its plan."""

from collections.abc import Sequence

from sqlalchemy import select
from sqlalchemy.orm import Session

from service.auth.principal import Principal, within_scope
from service.db.locks import lock_until_commit
from service.db.models import Commitment, PlanNode
from service.wire.cursors import digest_of

Placed = tuple[Commitment, str]
"""A commitment and the path of its node."""


def lock_node(session: Session, plan_id: str, node_id: str) -> None:
    """Let one transaction at a time change what a node commits to."""
    lock_until_commit(session, f"commitments {plan_id} {node_id}")


def page_of_commitments(
    session: Session, principal: Principal, plan_id: str, revision_id: str, after: str, limit: int
) -> Sequence[Placed]:
    """Return up to `limit` commitments in scope after an id."""
    rows = session.execute(
        select(Commitment, PlanNode.org_path)
        .join(PlanNode, PlanNode.node_id == Commitment.node_id)
        .where(
            PlanNode.revision_id == revision_id,
            Commitment.plan_id == plan_id,
            Commitment.commitment_id > after,
            within_scope(PlanNode.org_path, principal),
        )
        .order_by(Commitment.commitment_id)
        .limit(limit)
    ).all()
    return [(row[0], row[1]) for row in rows]


def digest_in_scope(session: Session, principal: Principal, plan_id: str, revision_id: str) -> str:
    """Return a digest that changes with every commitment in scope, and with the revision."""
    rows = session.execute(
        select(Commitment.commitment_id, Commitment.version)
        .join(PlanNode, PlanNode.node_id == Commitment.node_id)
        .where(
            PlanNode.revision_id == revision_id,
            Commitment.plan_id == plan_id,
            within_scope(PlanNode.org_path, principal),
        )
        .order_by(Commitment.commitment_id)
    )
    return digest_of(revision_id, [tuple(row) for row in rows])


def commitments_of_node(session: Session, plan_id: str, node_id: str) -> Sequence[Commitment]:
    """Return what a node commits to; the caller has found the node in his scope."""
    return session.scalars(
        select(Commitment)
        .where(Commitment.plan_id == plan_id, Commitment.node_id == node_id)
        .order_by(Commitment.measure, Commitment.product_id)
    ).all()


def commitments_in_scope(
    session: Session, principal: Principal, plan_id: str, revision_id: str, measure: str
) -> Sequence[Commitment]:
    """Return all commitments of one measure in scope."""
    return session.scalars(
        select(Commitment)
        .join(PlanNode, PlanNode.node_id == Commitment.node_id)
        .where(
            PlanNode.revision_id == revision_id,
            Commitment.plan_id == plan_id,
            Commitment.measure == measure,
            within_scope(PlanNode.org_path, principal),
        )
        .order_by(Commitment.commitment_id)
    ).all()


def all_commitments(
    session: Session, principal: Principal, plan_id: str, revision_id: str
) -> Sequence[Commitment]:
    """Return all commitments in scope, by path, measure and product."""
    return session.scalars(
        select(Commitment)
        .join(PlanNode, PlanNode.node_id == Commitment.node_id)
        .where(
            PlanNode.revision_id == revision_id,
            Commitment.plan_id == plan_id,
            within_scope(PlanNode.org_path, principal),
        )
        .order_by(PlanNode.org_path, Commitment.measure, Commitment.product_id)
    ).all()
