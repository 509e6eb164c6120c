"""What can be done with submissions: up the tree, each step by the one whose it is."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlalchemy.orm import Session

from service.agreement.steps import Place, add_step
from service.agreement.submissions import repository
from service.agreement.submissions.repository import Placed
from service.audit.repository import record
from service.auth.principal import Principal
from service.db.models import PlanNode, Submission
from service.ids import new_id
from service.plans import repository as plan_rows
from service.problems.problem import Problem
from service.runs.repository import add_outbox_event

FINANCE = ("admin", "finance")
HANDED_IN = ("submitted", "approved")
FROM: dict[str, tuple[str, ...]] = {
    "submit": ("open", "rejected"),
    "approve": ("submitted",),
    "reject": ("submitted",),
    "recall": ("submitted",),
}
"""States in which a step can be made."""
TO = {"submit": "submitted", "approve": "approved", "reject": "rejected", "recall": "open"}


def ask_for_submissions(
    session: Session, principal: Principal, plan_id: str, revision_id: str, due_at: datetime, now: datetime
) -> tuple[int, int]:
    """Make a submission of every node above the reps; where there is one not approved, its date moves.

    Returns
    -------
    How many were made, and how many dates moved.
    """
    repository.lock_plan(session, plan_id)
    known = {row.node_id: row for row, _ in repository.submissions_in_scope(session, principal, plan_id)}
    moved = [row for row in known.values() if row.status != "approved" and row.due_at != due_at]
    for row in moved:
        row.due_at = due_at
    nodes = plan_rows.visible_nodes(session, principal, revision_id)
    made = [
        _new(principal, plan_id, node, due_at, now)
        for node in nodes
        if not node.is_rep and node.node_id not in known
    ]
    session.add_all(made)
    session.flush()
    after = {"due_at": due_at.isoformat(), "created": len(made), "moved": len(moved)}
    record(session, now, principal.account_id, "submissions.ask", plan_id, before=None, after=after)
    add_outbox_event(session, "submissions.asked", plan_id, {"plan_id": plan_id, **after}, now)
    return len(made), len(moved)


def find_submission(session: Session, principal: Principal, submission_id: str) -> Placed:
    """Return a submission, or `not-found` for what is foreign and what is not there alike."""
    found = repository.find_submission(session, principal, submission_id)
    if found is None:
        raise Problem("not-found")
    return found


def take_step(
    session: Session,
    principal: Principal,
    submission_id: str,
    action: str,
    comment: str,
    version: int | None,
    now: datetime,
    without: Sequence[str] = (),
) -> Placed:
    """Submit, approve, reject or recall.

    Raises
    ------
    Problem
        `not-the-one`, `stale`, `not-now`, `children-first`.
    """
    row, node = find_submission(session, principal, submission_id)
    if action in ("submit", "recall"):
        _require_own(principal, node)
    else:
        _require_above(principal, node)
    if version is not None and version != row.version:
        raise Problem("stale")
    if row.status not in FROM[action]:
        raise Problem("not-now", present=row.status, wanted=", ".join(FROM[action]))
    if action == "submit":
        _require_children(session, principal, row, node, without)
    before = {"status": row.status, "round": row.round}
    row.round += 1 if action == "submit" else 0
    row.status, row.comment, row.org_path = TO[action], comment, node.org_path
    row.changed_by, row.changed_at = principal.account_id, now
    session.flush()
    after: dict[str, Any] = {"status": row.status, "round": row.round}
    if without:
        after["without"] = sorted(without)
    place = Place(row.plan_id, row.node_id, node.org_path)
    add_step(session, principal, place, submission_id, action, after, comment, now)
    name = f"submission.{action}"
    record(session, now, principal.account_id, name, submission_id, before=before, after=after)
    told = {"plan_id": row.plan_id, "node_id": row.node_id, "org_path": node.org_path, **after}
    add_outbox_event(session, name, submission_id, told, now)
    return row, node


def is_overdue(row: Submission, now: datetime) -> bool:
    """Whether the due date is past and nothing is in."""
    return row.due_at is not None and row.due_at < now and row.status not in HANDED_IN


def _require_own(principal: Principal, node: PlanNode) -> None:
    """The manager of the node itself; for the company finance may speak, too."""
    if principal.role == "manager" and principal.scope_path == node.org_path:
        return
    if principal.role in FINANCE and not node.parent_id:
        return
    raise Problem("not-the-one", who={"en": f"the manager of {node.node_id}", "zh": f"{node.node_id} 的经理"})


def _require_above(principal: Principal, node: PlanNode) -> None:
    """The manager of the parent; for the company and what is right below it finance, too."""
    above = node.org_path[: node.org_path.rstrip("/").rfind("/") + 1]
    if principal.role == "manager" and node.parent_id and principal.scope_path == above:
        return
    if principal.role in FINANCE and above.count("/") <= len("//"):
        return
    name = node.parent_id
    who = (
        {"en": f"the manager of {name}", "zh": f"{name} 的经理"} if name else {"en": "finance", "zh": "财务"}
    )
    raise Problem("not-the-one", who=who)


def _require_children(
    session: Session, principal: Principal, row: Submission, node: PlanNode, without: Sequence[str]
) -> None:
    """Children are approved, or left out by name."""
    children = repository.children_of(session, principal, row.plan_id, node)
    missing = [child.node_id for child, _ in children if child.status != "approved"]
    unnamed = [name for name in missing if name not in set(without)]
    if unnamed:
        raise Problem("children-first", nodes=", ".join(unnamed))


def _new(principal: Principal, plan_id: str, node: PlanNode, due_at: datetime, now: datetime) -> Submission:
    return Submission(
        submission_id=new_id("sub", now),
        plan_id=plan_id,
        node_id=node.node_id,
        org_path=node.org_path,
        status="open",
        due_at=due_at,
        round=0,
        comment="",
        changed_by=principal.account_id,
        changed_at=now,
    )
