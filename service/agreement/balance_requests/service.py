"""What can be done with balance requests; each is a step in the talk and an audit entry."""

import json
from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlalchemy.orm import Session

from allocator.errors import Fault, InputFaults
from allocator.plan.plan import Plan
from allocator.texts import worded
from service.agreement.balance_requests import repository
from service.agreement.balance_requests.ground import Ground, chain_step
from service.agreement.balance_requests.schemas import BalanceAsk, Counter, PinLine, Proposal, Side
from service.agreement.balance_requests.sides import require_other_side
from service.agreement.steps import Place, add_step
from service.audit.repository import record
from service.auth.principal import Principal
from service.db.models import BalanceRequest, PlanNode, PlanRevision, Run
from service.ids import new_id
from service.problems.problem import Problem
from service.runs.outcome import Outcome
from service.runs.repository import add_outbox_event, finish
from service.runs.service import RunOptions, ask_for_run

OPEN = "open"


def find_request(session: Session, principal: Principal, request_id: str) -> BalanceRequest:
    """Return a request, or `not-found` for what is foreign and what is not there alike."""
    found = repository.find_request(session, principal, request_id)
    if found is None:
        raise Problem("not-found")
    return found


def find_open(
    session: Session, principal: Principal, request_id: str, version: int | None
) -> tuple[BalanceRequest, Side]:
    """Return an open request that the caller may decide on, and his side.

    Raises
    ------
    Problem
        `not-found`, `not-the-one`, `stale` where another version was seen, `not-now` where it is decided.
    """
    found = find_request(session, principal, request_id)
    proposal = proposal_of(found)
    side = require_other_side(principal, proposal.asked_from, proposal.by)
    require_open(found, version)
    return found, side


def require_open(request: BalanceRequest, version: int | None) -> None:
    """Refuse a decision on what was decided already, or on a version that was not seen."""
    if version is not None and version != request.version:
        raise Problem("stale")
    if request.status != OPEN:
        raise Problem("not-now", present=request.status, wanted=OPEN)


def proposal_of(request: BalanceRequest) -> Proposal:
    """Return what was found for a request."""
    return Proposal.model_validate_json(request.proposal)


def pins_of(request: BalanceRequest) -> list[PinLine]:
    """Return the pins of a request."""
    return [PinLine.model_validate(pin) for pin in json.loads(request.pins)]


def step_of(request: BalanceRequest) -> dict[str, Any]:
    """Return the link that the request adds to a run's chain."""
    return chain_step(request.request_id, request.node_id, pins_of(request), request.created_by)


def check_pins(plan: Plan, below: Sequence[PlanNode], node_id: str, pins: Sequence[PinLine]) -> None:
    """Every pin names a measure, a product and a node below the one that is balanced, each place once.

    Raises
    ------
    InputFaults
        With all of it, by position in the list.
    """
    faults, seen = [], set()
    nodes = {node.node_id for node in below} - {node_id}
    products = {"*", *plan.products["product_id"]}
    for row, pin in enumerate(pins):
        place = (pin.measure, pin.node_id, pin.product_id)
        if pin.node_id not in nodes:
            hint = worded("fault.line.no_node_below.hint", node=node_id)
            faults.append(_fault(row, "node_id", pin.node_id, "no_node_below", hint))
        if pin.measure not in plan.spec.measures:
            known = ", ".join(plan.spec.measures)
            hint = worded("fault.line.no_measure.hint", names=known)
            faults.append(_fault(row, "measure", pin.measure, "no_measure", hint))
        if pin.product_id not in products:
            hint = worded("fault.line.no_product.hint")
            faults.append(_fault(row, "product_id", pin.product_id, "no_product", hint))
        if place in seen:
            hint = worded("fault.line.pinned_twice.hint")
            faults.append(_fault(row, "node_id", pin.node_id, "pinned_twice", hint))
        seen.add(place)
    if faults:
        raise InputFaults(faults)


def ground_of(plan: Plan, files: dict[str, bytes], run: Run) -> Ground:
    """Return the ground that a run gives."""
    options = json.loads(run.options)
    return Ground(plan, files, json.loads(run.chain), options["engine"], options["lang"])


def add_request(
    session: Session,
    principal: Principal,
    wanted: BalanceAsk,
    node: PlanNode,
    request_id: str,
    proposal: Proposal,
    now: datetime,
) -> BalanceRequest:
    """Keep the first round of a talk."""
    made = BalanceRequest(
        request_id=request_id,
        thread_id=request_id,
        round=1,
        plan_id=wanted.plan_id,
        base_run_id=wanted.run_id,
        node_id=node.node_id,
        org_path=node.org_path,
        **_said(principal, wanted.pins, wanted.comment, proposal, now),
    )
    session.add(made)
    session.flush()
    _tell(session, principal, made, "ask", wanted.comment, None, now)
    return made


def counter(
    session: Session,
    principal: Principal,
    answered: BalanceRequest,
    wanted: Counter,
    request_id: str,
    proposal: Proposal,
    now: datetime,
) -> BalanceRequest:
    """Answer a round with the next one."""
    decide(session, principal, answered, "countered", wanted.comment, now)
    made = BalanceRequest(
        request_id=request_id,
        thread_id=answered.thread_id,
        round=answered.round + 1,
        plan_id=answered.plan_id,
        base_run_id=answered.base_run_id,
        node_id=answered.node_id,
        org_path=answered.org_path,
        **_said(principal, wanted.pins, wanted.comment, proposal, now),
    )
    session.add(made)
    session.flush()
    _tell(session, principal, made, "ask", wanted.comment, None, now)
    return made


def decide(
    session: Session, principal: Principal, request: BalanceRequest, status: str, comment: str, now: datetime
) -> None:
    """End a round; of two who do so at once one gets `stale`."""
    before = {"status": request.status}
    request.status, request.decision_comment = status, comment
    request.decided_by, request.decided_at = principal.account_id, now
    session.flush()
    _tell(session, principal, request, status, comment, before, now)


def accept(
    session: Session,
    principal: Principal,
    request: BalanceRequest,
    settled_on: Run,
    revision: PlanRevision,
    outcome: Outcome,
    comment: str,
    now: datetime,
) -> Run:
    """Keep the accepted targets as a run that has ended well, on top of `settled_on`.

    The caller has locked the plan and seen that nothing newer stands on that run.
    """
    options = RunOptions(**json.loads(settled_on.options))
    chain = [*json.loads(settled_on.chain), step_of(request)]
    run = ask_for_run(
        session, principal, revision, chain, settled_on.scenario_id, options, now, kind="balance"
    )
    run.status, run.attempt, run.fence, run.started_at = "running", 1, 1, now
    session.flush()
    finish(session, run.run_id, run.fence, outcome, now)
    request.run_id, request.settled_on = run.run_id, settled_on.run_id
    decide(session, principal, request, "accepted", comment, now)
    return run


def _said(
    principal: Principal, pins: Sequence[PinLine], comment: str, proposal: Proposal, now: datetime
) -> dict[str, Any]:
    return {
        "pins": json.dumps([pin.model_dump() for pin in pins], ensure_ascii=False),
        "comment": comment,
        "status": OPEN,
        "proposal": proposal.model_dump_json(),
        "run_id": None,
        "settled_on": None,
        "created_by": principal.account_id,
        "created_at": now,
        "decided_by": None,
        "decided_at": None,
        "decision_comment": "",
    }


def _tell(
    session: Session,
    principal: Principal,
    request: BalanceRequest,
    action: str,
    comment: str,
    before: dict[str, Any] | None,
    now: datetime,
) -> None:
    place = Place(request.plan_id, request.node_id, request.org_path)
    after = {"status": request.status, "round": request.round, "run_id": request.run_id}
    document = {"request_id": request.request_id, "pins": json.loads(request.pins), **after}
    add_step(session, principal, place, request.thread_id, action, document, comment, now)
    subject = request.request_id
    action = f"balance.{action}"
    record(session, now, principal.account_id, action, subject, before=before, after=document)
    told = {"plan_id": request.plan_id, "node_id": request.node_id, "org_path": request.org_path, **after}
    add_outbox_event(session, action, subject, told, now)


def new_request_id(now: datetime) -> str:
    """Return the id of a request; the proposal bears it in its chain."""
    return new_id("bal", now)


def _fault(row: int, column: str, value: str, what: str, hint: str) -> Fault:
    return Fault("pins", row, column, value, "bad-pin", worded(f"fault.line.{what}", name=value), hint)
