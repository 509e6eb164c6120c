"""SQL of plans, revisions, files and nodes."""

from collections.abc import Mapping, Sequence

from sqlalchemy import ColumnElement, not_, select, true
from sqlalchemy.orm import Session

from service.auth.principal import Principal, within_scope
from service.blobs.repository import contents_of
from service.db.locks import lock_until_commit
from service.db.models import PlanNode, PlanRecord, PlanRevision, RevisionFile


def lock_plan_name(session: Session, name: str) -> None:
    """Let one transaction at a time take this name."""
    lock_until_commit(session, f"plan {name}")


def plan_named(session: Session, name: str) -> PlanRecord | None:
    """Return the plan of a name."""
    return session.scalars(select(PlanRecord).where(PlanRecord.name == name)).first()


def find_plan(session: Session, principal: Principal, plan_id: str) -> PlanRecord | None:
    """Return a plan that has something of the caller's in it."""
    return session.scalars(
        select(PlanRecord).where(PlanRecord.plan_id == plan_id, _touches(principal))
    ).first()


def page_of_plans(session: Session, principal: Principal, after: str, limit: int) -> Sequence[PlanRecord]:
    """Return up to `limit` plans after an id."""
    return session.scalars(
        select(PlanRecord)
        .where(PlanRecord.plan_id > after, _touches(principal))
        .order_by(PlanRecord.plan_id)
        .limit(limit)
    ).all()


def find_revision(session: Session, plan_id: str, number: int) -> PlanRevision | None:
    """Return a revision by its number."""
    return session.scalars(
        select(PlanRevision).where(PlanRevision.plan_id == plan_id, PlanRevision.number == number)
    ).first()


def revision_of_id(session: Session, revision_id: str) -> PlanRevision:
    """Return a revision that is known to be there, by its id."""
    return session.get_one(PlanRevision, revision_id)


def page_of_revisions(session: Session, plan_id: str, after: int, limit: int) -> Sequence[PlanRevision]:
    """Return up to `limit` revisions after a number."""
    return session.scalars(
        select(PlanRevision)
        .where(PlanRevision.plan_id == plan_id, PlanRevision.number > after)
        .order_by(PlanRevision.number)
        .limit(limit)
    ).all()


def hashes_of_files(session: Session, revision_id: str) -> dict[str, str]:
    """Return file -> SHA-256 of a revision."""
    rows = session.execute(
        select(RevisionFile.file, RevisionFile.sha256)
        .where(RevisionFile.revision_id == revision_id)
        .order_by(RevisionFile.file)
    )
    return dict(list(rows))


def files_of(session: Session, revision_id: str) -> dict[str, bytes]:
    """Return file -> content of a revision."""
    hashes = hashes_of_files(session, revision_id)
    contents = contents_of(session, hashes.values())
    return {file: contents[sha256] for file, sha256 in hashes.items()}


def rows_of_files(session: Session, revision_id: str) -> Mapping[str, int]:
    """Return file -> number of rows of a revision."""
    rows = session.execute(
        select(RevisionFile.file, RevisionFile.rows).where(RevisionFile.revision_id == revision_id)
    )
    return dict(list(rows))


def visible_nodes(session: Session, principal: Principal, revision_id: str) -> Sequence[PlanNode]:
    """Return the nodes inside the caller's scope, parents first."""
    return session.scalars(
        select(PlanNode)
        .where(PlanNode.revision_id == revision_id, within_scope(PlanNode.org_path, principal))
        .order_by(PlanNode.org_path)
    ).all()


def find_node(session: Session, principal: Principal, revision_id: str, node_id: str) -> PlanNode | None:
    """Return a node inside the caller's scope."""
    return session.scalars(
        select(PlanNode).where(
            PlanNode.revision_id == revision_id,
            PlanNode.node_id == node_id,
            within_scope(PlanNode.org_path, principal),
        )
    ).first()


def page_of_nodes(
    session: Session, principal: Principal, revision_id: str, after: str, limit: int
) -> Sequence[PlanNode]:
    """Return up to `limit` nodes inside the caller's scope after the node of an id, by path."""
    seen = (
        select(PlanNode.org_path)
        .where(PlanNode.revision_id == revision_id, PlanNode.node_id == after)
        .scalar_subquery()
    )
    return session.scalars(
        select(PlanNode)
        .where(
            PlanNode.revision_id == revision_id,
            within_scope(PlanNode.org_path, principal),
            PlanNode.org_path > seen if after else true(),
        )
        .order_by(PlanNode.org_path)
        .limit(limit)
    ).all()


def visible_node_ids(session: Session, principal: Principal, revision_id: str) -> set[str]:
    """Return the ids of the nodes inside the caller's scope."""
    return set(
        session.scalars(
            select(PlanNode.node_id).where(
                PlanNode.revision_id == revision_id, within_scope(PlanNode.org_path, principal)
            )
        )
    )


def reaches_beyond(session: Session, principal: Principal, revision_id: str) -> bool:
    """Whether a revision has nodes outside the caller's scope."""
    outside = select(PlanNode.node_id).where(
        PlanNode.revision_id == revision_id, not_(within_scope(PlanNode.org_path, principal))
    )
    return session.scalars(outside.limit(1)).first() is not None


def _touches(principal: Principal) -> ColumnElement[bool]:
    """Plans whose newest revision has a node inside the scope."""
    return (
        select(PlanNode.node_id)
        .join(PlanRevision, PlanRevision.revision_id == PlanNode.revision_id)
        .where(
            PlanRevision.plan_id == PlanRecord.plan_id,
            PlanRevision.number == PlanRecord.revision,
            within_scope(PlanNode.org_path, principal),
        )
        .exists()
    )
