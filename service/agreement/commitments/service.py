"""What can be done with commitments; every change leaves a step and an audit entry."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlalchemy.orm import Session

from allocator.errors import Fault, InputFaults
from allocator.plan.plan import Plan
from allocator.texts import worded
from service.agreement.commitments import repository
from service.agreement.commitments.schemas import CommitmentLine, CommitmentsPut
from service.agreement.steps import Place, add_step, count_steps
from service.audit.repository import record
from service.auth.principal import Principal
from service.db.models import Commitment, PlanNode
from service.ids import new_id
from service.plans import repository as plans
from service.problems.problem import Problem
from service.runs.repository import add_outbox_event

COMMIT = "commit"
ALL = "*"


def node_in_scope(session: Session, principal: Principal, revision_id: str, node_id: str) -> PlanNode:
    """Return a node of a revision, or `not-found` for what is foreign and what is not there alike."""
    found = plans.find_node(session, principal, revision_id, node_id)
    if found is None:
        raise Problem("not-found")
    return found


def version_of(session: Session, plan_id: str, node_id: str) -> int:
    """Return how often the node said what it commits to."""
    return count_steps(session, plan_id, node_id, COMMIT)


def check_lines(plan: Plan, lines: Sequence[CommitmentLine]) -> None:
    """Every measure and product is known, and no product stands twice.

    Raises
    ------
    InputFaults
        With all of it, by position in the list.
    """
    faults, seen = [], set()
    products = {ALL, *plan.products["product_id"]}
    for row, line in enumerate(lines):
        key = (line.measure, line.product_id)
        if line.measure not in plan.spec.measures:
            known = ", ".join(plan.spec.measures)
            hint = worded("fault.line.no_measure.hint", names=known)
            faults.append(_fault(row, "measure", line.measure, "no_measure", hint))
        if line.product_id not in products:
            hint = worded("fault.line.no_product.hint")
            faults.append(_fault(row, "product_id", line.product_id, "no_product", hint))
        if key in seen:
            hint = worded("fault.line.twice.hint")
            faults.append(_fault(row, "product_id", line.product_id, "twice", hint))
        seen.add(key)
    if faults:
        raise InputFaults(faults)


def put_commitments(
    session: Session,
    principal: Principal,
    plan_id: str,
    node: PlanNode,
    wanted: CommitmentsPut,
    version: int | None,
    now: datetime,
) -> None:
    """Replace what a node commits to, of the version that the caller has seen (None: of any)."""
    repository.lock_node(session, plan_id, node.node_id)
    if version is not None and version != version_of(session, plan_id, node.node_id):
        raise Problem("stale")
    known = {
        (row.measure, row.product_id): row
        for row in repository.commitments_of_node(session, plan_id, node.node_id)
    }
    before = [_audited(row) for row in known.values()]
    for line in wanted.items:
        row = known.pop((line.measure, line.product_id), None)
        if row is None:
            row = _new(plan_id, node, line, now)
            session.add(row)
        row.org_path = node.org_path
        row.amount, row.confidence, row.comment = line.amount, line.confidence, line.comment
        row.changed_by, row.changed_at = principal.account_id, now
    for row in known.values():
        session.delete(row)
    session.flush()
    after = [_audited(row) for row in repository.commitments_of_node(session, plan_id, node.node_id)]
    place = Place(plan_id, node.node_id, node.org_path)
    change = {"before": before, "after": after}
    add_step(session, principal, place, plan_id, COMMIT, change, wanted.comment, now)
    subject = f"{plan_id} {node.node_id}"[:200]
    lists = {"before": {"items": before}, "after": {"items": after}}
    record(session, now, principal.account_id, "commitments.put", subject, **lists)
    told = {"plan_id": plan_id, "node_id": node.node_id, "org_path": node.org_path}
    add_outbox_event(session, "commitments.changed", plan_id, told, now)


def _new(plan_id: str, node: PlanNode, line: CommitmentLine, now: datetime) -> Commitment:
    return Commitment(
        commitment_id=new_id("com", now),
        plan_id=plan_id,
        node_id=node.node_id,
        org_path=node.org_path,
        measure=line.measure,
        product_id=line.product_id,
    )


def _audited(row: Commitment) -> dict[str, Any]:
    fields = ("measure", "product_id", "amount", "confidence", "comment")
    return {name: getattr(row, name) for name in fields}


def _fault(row: int, column: str, value: str, what: str, hint: str) -> Fault:
    return Fault(
        "items", row, column, value, "bad-commitment", worded(f"fault.line.{what}", name=value), hint
    )
