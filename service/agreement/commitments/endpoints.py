"""/v1/plans/{id}/commitments, /gap and :take-commitments."""

from datetime import datetime
from typing import Annotated

from fastapi import APIRouter, Depends, Query, Request, Response
from sqlalchemy.orm import Session

from allocator.results.columns_of_text import decimals
from service.agreement.amounts import targets_of, whole_amounts
from service.agreement.commitments import repository, service
from service.agreement.commitments.gap import gap_line, own_totals, roll_up
from service.agreement.commitments.schemas import (
    CommitmentPage,
    CommitmentsPut,
    CommitmentView,
    GapPage,
    NodeCommitments,
    Taken,
)
from service.agreement.commitments.taking import FILE, rewritten
from service.agreement.fields import ID, LINE, IfMatch, Limit, NodeInPath, PinnedCursor, PlanId
from service.agreement.steps import nodes_with, steps_of
from service.auth.dependencies import allowed
from service.auth.principal import Principal
from service.context import ContextDep, ReadSession
from service.db.models import Commitment, PlanNode
from service.plans import repository as plan_rows
from service.plans import service as plans
from service.plans.store import read_files
from service.problems.problem import Problem
from service.runs.repository import add_outbox_event
from service.runs.service import find_run
from service.wire.cursors import digest_of, key_of, onward
from service.wire.idempotency import Answer, AttemptDep, answer_once
from service.wire.versions import etag, seen_version

router = APIRouter(prefix="/v1", tags=["agreement"])
Reader = Annotated[Principal, Depends(allowed("admin", "finance", "manager", "rep", "analyst"))]
Committer = Annotated[Principal, Depends(allowed("admin", "finance", "manager", "rep"))]
Planner = Annotated[Principal, Depends(allowed("admin", "finance"))]
Comparer = Annotated[Principal, Depends(allowed("admin", "finance", "manager", "analyst"))]


@router.get("/plans/{plan_id}/commitments")
def list_commitments(
    request: Request,
    session: ReadSession,
    caller: Reader,
    plan_id: PlanId,
    cursor: PinnedCursor = "",
    limit: Limit = 100,
) -> CommitmentPage:
    """Return the commitments in scope; one that changes between two pages ends them with 410."""
    revision = plans.find_revision(session, plans.find_plan(session, caller, plan_id))
    standing = repository.digest_in_scope(session, caller, plan_id, revision.revision_id)
    after = key_of(cursor, standing, request)
    rows = repository.page_of_commitments(session, caller, plan_id, revision.revision_id, after, limit + 1)
    items = [_view(row, path) for row, path in rows[:limit]]
    following = onward(standing, items[-1].commitment_id) if len(rows) > limit else None
    return CommitmentPage(items=items, next=following)


@router.get("/plans/{plan_id}/commitments/{node_id}")
def read_commitments(
    session: ReadSession, caller: Reader, plan_id: PlanId, node_id: NodeInPath, response: Response
) -> NodeCommitments:
    """Return what one node commits to, with its history and its ETag."""
    revision = plans.find_revision(session, plans.find_plan(session, caller, plan_id))
    node = service.node_in_scope(session, caller, revision.revision_id, node_id)
    return _node_view(session, caller, plan_id, node, response)


@router.put("/plans/{plan_id}/commitments/{node_id}")
def put_commitments(
    context: ContextDep,
    caller: Committer,
    plan_id: PlanId,
    node_id: NodeInPath,
    wanted: CommitmentsPut,
    response: Response,
    if_match: IfMatch = None,
) -> NodeCommitments:
    """Replace what a node commits to: a rep for himself, a manager for his subtree."""
    version = seen_version(if_match)
    with context.database.reads() as session:
        revision = plans.find_revision(session, plans.find_plan(session, caller, plan_id))
        node = service.node_in_scope(session, caller, revision.revision_id, node_id)
    service.check_lines(context.plans.plan(revision.revision_id), wanted.items)
    with context.database.writes.begin() as session:
        service.put_commitments(session, caller, plan_id, node, wanted, version, context.clock())
        return _node_view(session, caller, plan_id, node, response)


@router.get("/plans/{plan_id}/gap")
def read_gap(
    request: Request,
    context: ContextDep,
    session: ReadSession,
    caller: Comparer,
    plan_id: PlanId,
    run_id: Annotated[str, Query(min_length=1, max_length=64, pattern=ID)],
    measure: Annotated[str, Query(min_length=1, max_length=100, pattern=LINE)],
    cursor: PinnedCursor = "",
    limit: Limit = 100,
) -> GapPage:
    """Return committed against the run's number for every node in scope, parents first.

    The sums of all pages are of one moment: a commitment that changes between two pages ends them with 410.
    """
    plans.find_plan(session, caller, plan_id)
    run = find_run(session, caller, run_id)
    plan = context.plans.plan(run.revision_id)
    if run.plan_id != plan_id or measure not in plan.spec.measures:
        raise Problem("not-found")
    nodes = plan_rows.visible_nodes(session, caller, run.revision_id)
    rows = repository.commitments_in_scope(session, caller, plan_id, run.revision_id, measure)
    said = roll_up(nodes, own_totals(plan, rows))
    targets = whole_amounts(targets_of(session, run, measure))
    names = dict(zip(plan.org["node_id"], plan.org["name"], strict=True))
    spec = plan.spec.measures[measure]
    standing = digest_of([(row.commitment_id, row.version) for row in rows])
    after = key_of(cursor, standing, request)
    shown = [node for node in nodes if node.org_path > after and node.node_id in targets]
    items = [
        gap_line(node, said[node.node_id], targets[node.node_id], names, decimals(spec.round_to))
        for node in shown[:limit]
    ]
    following = onward(standing, items[-1].org_path) if len(shown) > limit else None
    return GapPage(
        plan_id=plan_id, run_id=run_id, measure=measure, unit=spec.unit, items=items, next=following
    )


@router.post("/plans/{plan_id}:take-commitments", status_code=201, response_model=Taken)
def take_commitments(context: ContextDep, caller: Planner, attempt: AttemptDep, plan_id: PlanId) -> Response:
    """Make a revision whose commitments.csv holds what was collected; past rows stay."""
    now = context.clock()
    with context.database.writes.begin() as session:

        def act() -> Answer:
            taken = _take(session, caller, plan_id, now)
            return Answer(201, taken.model_dump_json().encode(), f"/v1/plans/{plan_id}")

        return answer_once(session, caller, attempt, now, act)


def _take(session: Session, caller: Principal, plan_id: str, now: datetime) -> Taken:
    plan = plans.find_plan(session, caller, plan_id)
    base = plans.find_revision(session, plan)
    files = plan_rows.files_of(session, base.revision_id)
    collected = repository.all_commitments(session, caller, plan_id, base.revision_id)
    mine = {node.node_id for node in plan_rows.visible_nodes(session, caller, base.revision_id)}
    spoke = nodes_with(session, plan_id, service.COMMIT) & mine
    files[FILE] = rewritten(files, collected, spoke)
    note = f"commitments of {len(spoke)} nodes"
    made = plans.revise_plan(session, caller, plan, files, read_files(files), note, now)
    told = {"plan_id": plan_id, "revision": made.number, "nodes": len(spoke)}
    add_outbox_event(session, "commitments.taken", plan_id, told, now)
    return Taken(
        plan_id=plan_id,
        revision_id=made.revision_id,
        revision=made.number,
        nodes=len(spoke),
        rows=len(collected),
    )


def _node_view(
    session: Session, caller: Principal, plan_id: str, node: PlanNode, response: Response
) -> NodeCommitments:
    version = service.version_of(session, plan_id, node.node_id)
    response.headers["ETag"] = etag(version)
    rows = repository.commitments_of_node(session, plan_id, node.node_id)
    return NodeCommitments(
        plan_id=plan_id,
        node_id=node.node_id,
        name=node.name,
        org_path=node.org_path,
        version=version,
        items=[_view(row, node.org_path) for row in rows],
        history=steps_of(session, caller, plan_id, node.node_id),
    )


def _view(row: Commitment, org_path: str) -> CommitmentView:
    fields = {name: getattr(row, name) for name in CommitmentView.model_fields}
    return CommitmentView.model_validate({**fields, "org_path": org_path})
