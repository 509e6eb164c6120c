"""/v1/balance-requests: ask, read, accept, reject, counter, withdraw."""

from importlib import import_module
from typing import Annotated, Literal

from fastapi import APIRouter, Depends, Query, Response
from sqlalchemy.orm import Session

from service.agreement.amounts import cells_of, targets_of
from service.agreement.balance_requests import repository, service
from service.agreement.balance_requests.ground import Ground, chain_step
from service.agreement.balance_requests.schemas import (
    BalanceAsk,
    Counter,
    Decision,
    PinLine,
    Proposal,
    Rejection,
    RequestDetail,
    RequestPage,
    RequestView,
    Side,
)
from service.agreement.balance_requests.sides import side_of
from service.agreement.fields import Cursor, IfMatch, Limit, RecordId
from service.agreement.steps import steps_of
from service.auth.dependencies import allowed
from service.auth.principal import Principal
from service.context import Context, ContextDep, ReadSession, WriteSession
from service.db.models import BalanceRequest, PlanNode, Run
from service.plans import repository as plan_rows
from service.plans import service as plans
from service.problems.problem import Problem
from service.runs.service import find_run
from service.wire.idempotency import Answer, AttemptDep, answer_once, is_answered
from service.wire.versions import etag, seen_version

SOLVING = "service.agreement.balance_requests.solving"
"""Loaded at the first request: what solves need not be there when the service starts."""
router = APIRouter(prefix="/v1", tags=["agreement"])
Asker = Annotated[Principal, Depends(allowed("manager"))]
Reader = Annotated[Principal, Depends(allowed("admin", "finance", "manager", "analyst"))]
Decider = Annotated[Principal, Depends(allowed("admin", "finance", "manager"))]
Status = Literal["", "open", "accepted", "rejected", "countered", "withdrawn"]


@router.post("/balance-requests", status_code=201, response_model=RequestDetail)
def ask_to_balance(context: ContextDep, caller: Asker, attempt: AttemptDep, wanted: BalanceAsk) -> Response:
    """Balance the own subtree inside the frame of a run; solved at once, decided by the level above."""
    now = context.clock()
    request_id = service.new_request_id(now)
    with context.database.reads() as session:
        answered = is_answered(session, caller, attempt)
        if not answered:
            run = _run_of_plan(session, caller, wanted.plan_id, wanted.run_id)
            node = _node(session, caller, run, wanted.node_id)
            proposal = _proposal(
                context, session, caller, run, node, wanted.pins, request_id, caller.scope_path, "below"
            )
    with context.database.writes.begin() as session:

        def act() -> Answer:
            made = service.add_request(session, caller, wanted, node, request_id, proposal, now)
            return _answer(session, caller, made, 201)

        return answer_once(session, caller, attempt, now, act)


@router.get("/balance-requests")
def list_requests(
    session: ReadSession,
    caller: Reader,
    plan_id: Annotated[str, Query(max_length=64, pattern=r"^[a-z0-9_]*$")] = "",
    status: Status = "",
    cursor: Cursor = "",
    limit: Limit = 100,
) -> RequestPage:
    """Return the requests about nodes in scope, page by page."""
    rows = repository.page_of_requests(session, caller, plan_id, status, cursor, limit + 1)
    items = [_view(row) for row in rows[:limit]]
    return RequestPage(items=items, next=items[-1].request_id if len(rows) > limit else None)


@router.get("/balance-requests/{request_id:id}")
def read_request(
    session: ReadSession, caller: Reader, request_id: RecordId, response: Response
) -> RequestDetail:
    """Return a round with its proposal, all rounds and the history of the talk."""
    request = service.find_request(session, caller, request_id)
    response.headers["ETag"] = etag(request.version)
    return _detail(session, caller, request)


@router.post("/balance-requests/{request_id}:accept", response_model=RequestDetail)
def accept_request(
    context: ContextDep,
    caller: Decider,
    attempt: AttemptDep,
    request_id: RecordId,
    decision: Decision,
    if_match: IfMatch = None,
) -> Response:
    """Agree: the targets become a run of kind `balance`, on top of what was agreed on before."""
    now, version = context.clock(), _version(if_match)
    with context.database.reads() as session:
        if not is_answered(session, caller, attempt):
            request, _ = service.find_open(session, caller, request_id, version)
            head = session.get_one(Run, repository.newest_run(session, request.base_run_id))
            outcome, lines = import_module(SOLVING).settle(
                _ground(context, session, head), service.step_of(request)
            )
            if lines != service.proposal_of(request).lines:
                raise Problem("moved-on", run_id=head.run_id)
    with context.database.writes.begin() as session:

        def act() -> Answer:
            repository.lock_plan(session, head.plan_id)
            found, _ = service.find_open(session, caller, request_id, version)
            if repository.newest_run(session, found.base_run_id) != head.run_id:
                raise Problem("stale")
            revision = plan_rows.revision_of_id(session, head.revision_id)
            service.accept(session, caller, found, head, revision, outcome, decision.comment, now)
            return _answer(session, caller, found, 200)

        return answer_once(session, caller, attempt, now, act)


@router.post("/balance-requests/{request_id}:reject", response_model=RequestDetail)
def reject_request(
    session: WriteSession,
    context: ContextDep,
    caller: Decider,
    attempt: AttemptDep,
    request_id: RecordId,
    decision: Rejection,
    if_match: IfMatch = None,
) -> Response:
    """Refuse, with the reason."""
    now, version = context.clock(), _version(if_match)

    def act() -> Answer:
        request, _ = service.find_open(session, caller, request_id, version)
        service.decide(session, caller, request, "rejected", decision.comment, now)
        return _answer(session, caller, request, 200)

    return answer_once(session, caller, attempt, now, act)


@router.post("/balance-requests/{request_id}:counter", status_code=201, response_model=RequestDetail)
def counter_request(
    context: ContextDep,
    caller: Decider,
    attempt: AttemptDep,
    request_id: RecordId,
    wanted: Counter,
    if_match: IfMatch = None,
) -> Response:
    """Answer with other numbers; solved at once, decided by the other side."""
    now, version = context.clock(), _version(if_match)
    next_id = service.new_request_id(now)
    with context.database.reads() as session:
        if not is_answered(session, caller, attempt):
            request, side = service.find_open(session, caller, request_id, version)
            run = session.get_one(Run, request.base_run_id)
            node = _node(session, caller, run, request.node_id)
            asked_from = service.proposal_of(request).asked_from
            proposal = _proposal(context, session, caller, run, node, wanted.pins, next_id, asked_from, side)
    with context.database.writes.begin() as session:

        def act() -> Answer:
            found, _ = service.find_open(session, caller, request_id, version)
            made = service.counter(session, caller, found, wanted, next_id, proposal, now)
            return _answer(session, caller, made, 201)

        return answer_once(session, caller, attempt, now, act)


@router.post("/balance-requests/{request_id}:withdraw", response_model=RequestDetail)
def withdraw_request(
    session: WriteSession,
    context: ContextDep,
    caller: Decider,
    attempt: AttemptDep,
    request_id: RecordId,
    decision: Decision,
    if_match: IfMatch = None,
) -> Response:
    """Take back what one's own side asked for."""
    now, version = context.clock(), _version(if_match)

    def act() -> Answer:
        request = service.find_request(session, caller, request_id)
        proposal = service.proposal_of(request)
        if side_of(caller, proposal.asked_from) != proposal.by:
            raise Problem("not-the-one", who=request.created_by)
        service.require_open(request, version)
        service.decide(session, caller, request, "withdrawn", decision.comment, now)
        return _answer(session, caller, request, 200)

    return answer_once(session, caller, attempt, now, act)


def _run_of_plan(session: Session, caller: Principal, plan_id: str, run_id: str) -> Run:
    plans.find_plan(session, caller, plan_id)
    run = find_run(session, caller, run_id)
    if run.plan_id != plan_id:
        raise Problem("not-found")
    if run.status != "succeeded":
        raise Problem("no-result", run_id=run_id)
    return run


def _node(session: Session, caller: Principal, run: Run, node_id: str) -> PlanNode:
    node = plan_rows.find_node(session, caller, run.revision_id, node_id)
    if node is None:
        raise Problem("not-found")
    return node


def _ground(context: Context, session: Session, run: Run) -> Ground:
    files = plan_rows.files_of(session, run.revision_id)
    return service.ground_of(context.plans.plan(run.revision_id), files, run)


def _proposal(
    context: Context,
    session: Session,
    caller: Principal,
    run: Run,
    node: PlanNode,
    pins: list[PinLine],
    request_id: str,
    asked_from: str,
    by: Side,
) -> Proposal:
    ground = _ground(context, session, run)
    visible = plan_rows.visible_nodes(session, caller, run.revision_id)
    below = [one for one in visible if one.org_path.startswith(node.org_path)]
    service.check_pins(ground.plan, below, node.node_id, pins)
    step = chain_step(request_id, node.node_id, pins, caller.account_id)
    measures = step["frame"]["measures"]
    targets = {measure: targets_of(session, run, measure) for measure in measures}
    cells = {measure: cells_of(session, run, measure) for measure in measures}
    lines, missed = import_module(SOLVING).propose(ground, step, targets, cells)
    return Proposal(asked_from=asked_from, by=by, missed_goals=missed, lines=lines)


def _version(if_match: str | None) -> int | None:
    """If-Match may be left out: a decision is refused anyway where another one was faster."""
    return None if if_match is None else seen_version(if_match)


def _answer(session: Session, caller: Principal, request: BalanceRequest, status: int) -> Answer:
    body = _detail(session, caller, request).model_dump_json().encode()
    return Answer(status, body, f"/v1/balance-requests/{request.request_id}")


def _detail(session: Session, caller: Principal, request: BalanceRequest) -> RequestDetail:
    return RequestDetail(
        **_view(request).model_dump(),
        proposal=service.proposal_of(request),
        rounds=[_view(one) for one in repository.rounds_of(session, caller, request.thread_id)],
        history=steps_of(session, caller, request.thread_id, request.node_id),
    )


def _view(request: BalanceRequest) -> RequestView:
    fields = {name: getattr(request, name) for name in RequestView.model_fields}
    return RequestView.model_validate({**fields, "pins": service.pins_of(request)})
