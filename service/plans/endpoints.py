"""/v1/plans with revisions and nodes."""

from importlib import import_module
from typing import Annotated

from fastapi import APIRouter, Depends, Header, Path, Query, Request, Response

from service.auth.dependencies import Caller, allowed
from service.auth.principal import Principal
from service.context import ContextDep, ReadSession, WriteSession
from service.db.models import PlanNode, PlanRecord, PlanRevision
from service.plans import editing, repository
from service.plans.proposal import proposal_of_files
from service.plans.schemas import (
    FileView,
    NodePage,
    NodeView,
    PlanChange,
    PlanCreate,
    PlanPage,
    PlanView,
    PlanWarnings,
    RevisionDetail,
    RevisionPage,
    RevisionView,
)
from service.plans.service import find_plan, find_revision
from service.problems.problem import Problem, language
from service.wire.cursors import onward
from service.wire.idempotency import Answer, AttemptDep, answer_once
from service.wire.versions import etag, seen_version

router = APIRouter(prefix="/v1/plans", tags=["plans"])
Id = Annotated[str, Path(max_length=64, pattern=r"^[a-z0-9_]+$")]
Limit = Annotated[int, Query(ge=1, le=500)]
Number = Annotated[int, Path(ge=1, le=2**31 - 1)]
RevisionQuery = Annotated[int | None, Query(ge=1, le=2**31 - 1)]
NodeCursor = Annotated[str, Query(max_length=211, pattern=r"^([0-9]{1,10}\.[^\x00-\x1f\x7f]+)?$")]
WARNINGS = "allocator.warnings.registry"
Planner = Annotated[Principal, Depends(allowed("admin", "finance"))]
"""Who may change plans."""


@router.get("")
def list_plans(
    session: ReadSession,
    caller: Caller,
    cursor: Annotated[str, Query(max_length=64, pattern=r"^[a-z0-9_]*$")] = "",
    limit: Limit = 100,
) -> PlanPage:
    """Return the plans that have something of the caller's in them, by id."""
    rows = repository.page_of_plans(session, caller, cursor, limit + 1)
    items = [plan_view(row) for row in rows[:limit]]
    return PlanPage(items=items, next=items[-1].plan_id if len(rows) > limit else None)


@router.post("", status_code=201, response_model=PlanView)
def make_plan(context: ContextDep, planner: Planner, attempt: AttemptDep, wanted: PlanCreate) -> Response:
    """Make a plan from the texts of its files; every fault is listed."""
    proposal = proposal_of_files({file: text.encode() for file, text in wanted.files.items()})
    now = context.clock()
    with context.database.writes.begin() as session:

        def act() -> Answer:
            made = editing.add_plan(session, planner, wanted.name, proposal, wanted.note, now)
            return Answer(201, plan_view(made).model_dump_json().encode(), f"/v1/plans/{made.plan_id}")

        return answer_once(session, planner, attempt, now, act)


@router.get("/{plan_id:id}")
def read_plan(session: ReadSession, caller: Caller, plan_id: Id, response: Response) -> PlanView:
    """Return a plan with its ETag."""
    plan = find_plan(session, caller, plan_id)
    response.headers["ETag"] = etag(plan.version)
    return plan_view(plan)


@router.patch("/{plan_id:id}")
def change_plan(
    session: WriteSession,
    context: ContextDep,
    planner: Planner,
    plan_id: Id,
    change: PlanChange,
    response: Response,
    if_match: Annotated[str | None, Header()] = None,
) -> PlanView:
    """Give the version that If-Match names another name."""
    version = seen_version(if_match)
    plan = editing.rename_plan(session, planner, plan_id, change.name, version, context.clock())
    response.headers["ETag"] = etag(plan.version)
    return plan_view(plan)


@router.get("/{plan_id}/revisions")
def list_revisions(
    session: ReadSession,
    caller: Caller,
    plan_id: Id,
    cursor: Annotated[int, Query(ge=0, le=2**31 - 1)] = 0,
    limit: Limit = 100,
) -> RevisionPage:
    """Return the revisions of a plan, oldest first."""
    plan = find_plan(session, caller, plan_id)
    rows = repository.page_of_revisions(session, plan.plan_id, cursor, limit + 1)
    items = [_revision_view(row) for row in rows[:limit]]
    return RevisionPage(items=items, next=items[-1].number if len(rows) > limit else None)


@router.get("/{plan_id}/revisions/{number}")
def read_revision(session: ReadSession, caller: Caller, plan_id: Id, number: Number) -> RevisionDetail:
    """Return a revision with its files."""
    revision = find_revision(session, find_plan(session, caller, plan_id), number)
    hashes = repository.hashes_of_files(session, revision.revision_id)
    rows = repository.rows_of_files(session, revision.revision_id)
    is_part = repository.reaches_beyond(session, caller, revision.revision_id)
    files = [] if is_part else [FileView(file=f, sha256=hashes[f], rows=rows[f]) for f in hashes]
    return RevisionDetail(**_revision_view(revision).model_dump(), files=files)


@router.get("/{plan_id}/warnings")
def list_warnings(
    session: ReadSession,
    context: ContextDep,
    planner: Planner,
    plan_id: Id,
    request: Request,
    revision: RevisionQuery = None,
) -> PlanWarnings:
    """Return what is improbable in a revision, accepted warnings included; speaks of the whole company."""
    found = find_revision(session, find_plan(session, planner, plan_id), revision)
    if repository.reaches_beyond(session, planner, found.revision_id):
        raise Problem("not-found")
    plan = context.plans.plan(found.revision_id)
    # what looks for warnings is loaded when somebody asks for them, not when the service starts
    registry = import_module(WARNINGS)
    document = registry.warnings_document(plan, registry.plan_warnings(plan), language(request.scope))
    shown = {name: document[name] for name in PlanWarnings.model_fields if name != "revision"}
    return PlanWarnings.model_validate({**shown, "revision": found.number})


@router.get("/{plan_id}/nodes")
def list_nodes(
    session: ReadSession,
    caller: Caller,
    plan_id: Id,
    revision: RevisionQuery = None,
    cursor: NodeCursor = "",
    limit: Limit = 100,
) -> NodePage:
    """Return the nodes inside the caller's scope, parents first; all pages are of one revision."""
    number, _, after = cursor.partition(".")
    if number and revision not in (None, int(number)):
        raise Problem("not-found")
    found = find_revision(session, find_plan(session, caller, plan_id), int(number) if number else revision)
    rows = repository.page_of_nodes(session, caller, found.revision_id, after, limit + 1)
    items = [_node_view(row) for row in rows[:limit]]
    return NodePage(
        items=items, next=onward(str(found.number), items[-1].node_id) if len(rows) > limit else None
    )


def plan_view(plan: PlanRecord) -> PlanView:
    """Return a plan as others see it."""
    return PlanView.model_validate({name: getattr(plan, name) for name in PlanView.model_fields})


def _revision_view(revision: PlanRevision) -> RevisionView:
    return RevisionView.model_validate({name: getattr(revision, name) for name in RevisionView.model_fields})


def _node_view(node: PlanNode) -> NodeView:
    return NodeView.model_validate({name: getattr(node, name) for name in NodeView.model_fields})
