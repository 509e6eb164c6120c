"""What can be done with plans; a revision is added, none is ever changed."""

from collections.abc import Mapping
from datetime import datetime

from sqlalchemy.orm import Session

from allocator.plan.plan import Plan
from service.audit.repository import record
from service.auth.principal import Principal
from service.blobs.repository import keep
from service.db.models import PlanRecord, PlanRevision, RevisionFile
from service.ids import new_id
from service.plans import repository
from service.plans.org_paths import nodes_of
from service.problems.problem import Problem


def create_plan(
    session: Session,
    principal: Principal,
    name: str,
    files: Mapping[str, bytes],
    plan: Plan,
    note: str,
    now: datetime,
) -> PlanRecord:
    """Make a plan whose first revision holds these files.

    Parameters
    ----------
    plan
        What `read_files(files)` returned: nothing that was not checked gets in.

    Raises
    ------
    Problem
        `conflict` when the name is taken.
    """
    repository.lock_plan_name(session, name)
    if repository.plan_named(session, name):
        raise Problem("conflict", name=name)
    made = PlanRecord(
        plan_id=new_id("plan", now),
        name=name,
        revision=1,
        released=0,
        created_by=principal.account_id,
        created_at=now,
    )
    session.add(made)
    session.flush()
    _add_revision(session, principal, made, files, plan, note, now)
    return made


def revise_plan(
    session: Session,
    principal: Principal,
    record_of_plan: PlanRecord,
    files: Mapping[str, bytes],
    plan: Plan,
    note: str,
    now: datetime,
) -> PlanRevision:
    """Add the next revision with all its files; the caller has checked the version it goes on from.

    Raises
    ------
    sqlalchemy.orm.exc.StaleDataError
        If somebody else revised the plan meanwhile (answered with 412).
    """
    record_of_plan.revision += 1
    session.flush()
    return _add_revision(session, principal, record_of_plan, files, plan, note, now)


def find_plan(session: Session, principal: Principal, plan_id: str) -> PlanRecord:
    """Return a plan, or `not-found` for what is foreign and what is not there alike."""
    found = repository.find_plan(session, principal, plan_id)
    if found is None:
        raise Problem("not-found")
    return found


def find_revision(session: Session, plan: PlanRecord, number: int | None = None) -> PlanRevision:
    """Return a revision by its number, the newest without one; `not-found` where there is none."""
    found = repository.find_revision(session, plan.plan_id, plan.revision if number is None else number)
    if found is None:
        raise Problem("not-found")
    return found


def _add_revision(
    session: Session,
    principal: Principal,
    of_plan: PlanRecord,
    files: Mapping[str, bytes],
    plan: Plan,
    note: str,
    now: datetime,
) -> PlanRevision:
    revision = PlanRevision(
        revision_id=new_id("rev", now),
        plan_id=of_plan.plan_id,
        number=of_plan.revision,
        input_hash=plan.input_hash,
        note=note,
        created_by=principal.account_id,
        created_at=now,
    )
    session.add(revision)
    session.flush()
    before = repository.find_revision(session, of_plan.plan_id, of_plan.revision - 1)
    old = repository.hashes_of_files(session, before.revision_id) if before else {}
    new = {file: keep(session, content) for file, content in files.items()}
    session.add_all(
        RevisionFile(revision_id=revision.revision_id, file=file, sha256=new[file], rows=_rows(plan, file))
        for file in sorted(files)
    )
    session.add_all(nodes_of(plan, revision.revision_id))
    session.flush()
    record(
        session,
        now,
        principal.account_id,
        "plan.revise" if old else "plan.create",
        of_plan.plan_id,
        before={"revision": of_plan.revision - 1, "files": old} if old else None,
        after={"revision": of_plan.revision, "files": new, "note": note},
    )
    return revision


def _rows(plan: Plan, file: str) -> int:
    frame = getattr(plan, file.removesuffix(".csv"), None) if file.endswith(".csv") else None
    return 0 if frame is None else len(frame)
