"""SQL of imports."""

from collections.abc import Sequence

from sqlalchemy import ColumnElement, select, true
from sqlalchemy.orm import Session

from service.auth.principal import Principal
from service.db.locks import lock_until_commit
from service.db.models import ImportJob


def find_import(session: Session, principal: Principal, import_id: str) -> ImportJob | None:
    """Return an import that the caller may see."""
    return session.scalars(
        select(ImportJob).where(ImportJob.import_id == import_id, _visible(principal))
    ).first()


def page_of_imports(
    session: Session, principal: Principal, plan_id: str | None, after: str, limit: int
) -> Sequence[ImportJob]:
    """Return up to `limit` imports after an id."""
    of_plan = true() if plan_id is None else ImportJob.plan_id == plan_id
    return session.scalars(
        select(ImportJob)
        .where(ImportJob.import_id > after, of_plan, _visible(principal))
        .order_by(ImportJob.import_id)
        .limit(limit)
    ).all()


def lock_import(session: Session, import_id: str) -> None:
    """Let one transaction at a time commit this import."""
    lock_until_commit(session, f"import {import_id}")


def add(session: Session, job: ImportJob) -> None:
    """Add an import."""
    session.add(job)
    session.flush()


def _visible(principal: Principal) -> ColumnElement[bool]:
    """Who sees the whole company sees all imports, others their own: an import is of a whole plan."""
    return ImportJob.created_by == principal.account_id if principal.scope_path else true()
