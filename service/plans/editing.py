"""Changes of plans through the service: checked outside any transaction, then kept if nobody was quicker."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy.orm import Session

from allocator.plan.faults import FaultCollector
from allocator.plan.sheet import Sheet
from allocator.plan.source import PLAN_FILE, Source, source_of_files
from allocator.plan.tables import TABLES, Table
from service.audit.repository import record
from service.auth.principal import Principal, is_within_scope
from service.db.database import Database
from service.db.models import PlanRecord, PlanRevision
from service.plans import repository
from service.plans.org_paths import nodes_of
from service.plans.proposal import Proposal, proposal_of_files, proposal_of_source
from service.plans.service import create_plan, find_plan, find_revision, revise_plan
from service.problems.problem import Problem
from service.runs.repository import add_outbox_event

TABLE_OF = {table.name: table for table in TABLES}


@dataclass(frozen=True)
class Seen:
    """The plan as it was when a change began."""

    plan: PlanRecord
    files: Mapping[str, bytes]


def add_plan(
    session: Session, principal: Principal, name: str, proposal: Proposal, note: str, now: datetime
) -> PlanRecord:
    """Make a plan of checked files and tell who listens.

    Raises
    ------
    Problem
        `beyond-scope` when it has nodes outside the caller's part of the company.
    """
    if not all(is_within_scope(node.org_path, principal) for node in nodes_of(proposal.plan, "")):
        raise Problem("beyond-scope")
    made = create_plan(session, principal, name, proposal.files, proposal.plan, note, now)
    add_outbox_event(session, "plan.created", made.plan_id, {"plan_id": made.plan_id, "revision": 1}, now)
    return made


def look(database: Database, principal: Principal, plan_id: str, version: int | None) -> Seen:
    """Return the plan whose change begins, with the files of its newest revision.

    Raises
    ------
    Problem
        `stale` when the caller has seen another version, `beyond-scope` when the plan is more than he sees.
    """
    with database.reads() as session:
        plan = find_plan(session, principal, plan_id)
        if version is not None and plan.version != version:
            raise Problem("stale")
        revision = find_revision(session, plan)
        if repository.reaches_beyond(session, principal, revision.revision_id):
            raise Problem("beyond-scope")
        return Seen(plan, repository.files_of(session, revision.revision_id))


def revise(
    session: Session, principal: Principal, seen: PlanRecord, proposal: Proposal, note: str, now: datetime
) -> tuple[PlanRecord, PlanRevision]:
    """Keep checked files as the next revision of the plan that was seen, and tell who listens."""
    if not all(is_within_scope(node.org_path, principal) for node in nodes_of(proposal.plan, "")):
        raise Problem("beyond-scope")
    plan = find_plan(session, principal, seen.plan_id)
    if plan.version != seen.version:
        raise Problem("stale")
    revision = revise_plan(session, principal, plan, proposal.files, proposal.plan, note, now)
    told = {"plan_id": plan.plan_id, "revision": revision.number}
    add_outbox_event(session, "plan.revised", plan.plan_id, told, now)
    return plan, revision


def change_files(
    database: Database,
    principal: Principal,
    plan_id: str,
    version: int | None,
    note: str,
    now: datetime,
    change: Callable[[Mapping[str, bytes]], Proposal],
) -> PlanRecord:
    """Make the revision that `change` makes of the files of the newest one."""
    seen = look(database, principal, plan_id, version)
    proposal = change(seen.files)
    with database.writes.begin() as session:
        return revise(session, principal, seen.plan, proposal, note, now)[0]


def with_settings(files: Mapping[str, bytes], text: bytes) -> Proposal:
    """Return the plan with another plan.yaml."""
    return proposal_of_files({**files, PLAN_FILE: text})


def with_sheet(
    files: Mapping[str, bytes], sheet: Sheet, faults: FaultCollector, raw: bytes | None = None
) -> Proposal:
    """Return the plan with another table; `raw` is kept byte for byte where it is given."""
    others = {file: content for file, content in files.items() if file != sheet.table.file}
    # the table that is replaced is missing here, which is no fault
    source = source_of_files(others, FaultCollector())
    kept = others if raw is None else {**others, sheet.table.file: raw}
    return proposal_of_source(
        Source(source.file, source.tree, {**source.sheets, sheet.table.name: sheet}, kept), faults
    )


def table_of(name: str) -> Table:
    """Return a table of the contract."""
    return TABLE_OF[name]


def rename_plan(
    session: Session, principal: Principal, plan_id: str, name: str, version: int | None, now: datetime
) -> PlanRecord:
    """Give the version that was seen another name.

    Raises
    ------
    Problem
        `conflict` when the name is taken, `stale`, `beyond-scope`.
    """
    repository.lock_plan_name(session, name)
    plan = find_plan(session, principal, plan_id)
    if version is not None and plan.version != version:
        raise Problem("stale")
    if repository.reaches_beyond(session, principal, find_revision(session, plan).revision_id):
        raise Problem("beyond-scope")
    known = repository.plan_named(session, name)
    if known is not None and known.plan_id != plan_id:
        raise Problem("conflict", name=name)
    before, plan.name = plan.name, name
    session.flush()
    record(
        session,
        now,
        principal.account_id,
        "plan.rename",
        plan_id,
        before={"name": before},
        after={"name": name},
    )
    told = {"plan_id": plan_id, "name": name}
    add_outbox_event(session, "plan.renamed", plan_id, told, now)
    return plan
