"""What goes in and out of balance requests."""

from datetime import datetime
from typing import Annotated, Literal

from pydantic import Field

from service.accounts.schemas import Schema
from service.agreement.fields import Amount, Comment, Id, Measure, NodeId, ProductId, SaidComment
from service.agreement.schemas import StepView

Status = Literal["open", "accepted", "rejected", "countered", "withdrawn"]
Side = Literal["below", "above"]
"""Who spoke: the manager who asks for his subtree, or the level above him."""


class PinLine(Schema):
    """A number that a manager wants fixed below his node."""

    measure: Measure
    node_id: NodeId
    product_id: ProductId = "*"
    amount: Amount
    reason: Annotated[str, Field(min_length=1, max_length=500, pattern=r"^[^\x00-\x1f\x7f]+$")]


Pins = Annotated[list[PinLine], Field(min_length=1, max_length=200)]


class BalanceAsk(Schema):
    """Balance the subtree of a node again inside what a run gave it."""

    plan_id: Id
    run_id: Id
    node_id: NodeId
    pins: Pins
    comment: Comment = ""


class Counter(Schema):
    """Other numbers instead: the next round."""

    pins: Pins
    comment: Comment = ""


class Decision(Schema):
    """A word that goes with a decision."""

    comment: Comment = ""


class Rejection(Schema):
    """Why not."""

    comment: SaidComment


class ProposedLine(Schema):
    """A target below the node before and after, as decimal text."""

    measure: str
    node_id: str
    product_id: str
    before: str
    after: str


class Proposal(Schema):
    """What was found inside the frame: every node's whole number, and every number that changes."""

    asked_from: str
    by: Side
    missed_goals: list[str]
    lines: list[ProposedLine]


class RequestView(Schema):
    """One round of a request."""

    request_id: str
    thread_id: str
    round: int
    plan_id: str
    base_run_id: str
    node_id: str
    org_path: str
    pins: list[PinLine]
    comment: str
    status: Status
    run_id: str | None
    created_by: str
    created_at: datetime
    decided_by: str | None
    decided_at: datetime | None
    decision_comment: str
    version: int


class RequestPage(Schema):
    """Requests by their ids; `next` is the cursor of the next page."""

    items: list[RequestView]
    next: str | None


class RequestDetail(RequestView):
    """One round with its proposal, all rounds of the talk and its history."""

    proposal: Proposal
    rounds: list[RequestView]
    history: list[StepView]
