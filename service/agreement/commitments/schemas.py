"""What goes in and out of commitments."""

from datetime import datetime
from typing import Annotated, Literal

from pydantic import Field

from service.accounts.schemas import Schema
from service.agreement.fields import Amount, Comment, Measure, ProductId
from service.agreement.schemas import Person, StepView

Confidence = Literal["low", "mid", "high"]


class CommitmentLine(Schema):
    """What a node commits to for a measure and a product; `*` is all products."""

    measure: Measure
    product_id: ProductId = "*"
    amount: Amount
    confidence: Confidence = "mid"
    comment: Comment = ""


class CommitmentsPut(Schema):
    """Everything that a node commits to; what is not in the list any more is taken back."""

    items: Annotated[list[CommitmentLine], Field(max_length=500)]
    comment: Comment = ""


class CommitmentView(Schema):
    """One commitment of one node."""

    commitment_id: str
    node_id: str
    org_path: str
    measure: str
    product_id: str
    amount: str
    confidence: Confidence
    comment: str
    changed_by: str
    changed_at: datetime


class CommitmentPage(Schema):
    """Commitments by their ids; `next` is the cursor of the next page."""

    items: list[CommitmentView]
    next: str | None


class NodeCommitments(Schema):
    """All commitments of one node; `version` is in the ETag, `history` holds every earlier state."""

    plan_id: str
    node_id: str
    name: str
    org_path: str
    version: int
    items: list[CommitmentView]
    history: list[StepView]


class GapLine(Schema):
    """One node: what is committed against its number from above, as decimal text.

    `committed` is what the node says itself, else what those below it say together; None where nobody
    said anything. `silent_reps` counts the reps below who did not. `talk` names the pair who must agree.
    """

    node_id: str
    name: str
    org_path: str
    level: str
    target: str
    own: str | None
    rolled_up: str | None
    committed: str | None
    gap: str | None
    silent_reps: int
    talk: list[Person]


class GapPage(Schema):
    """Nodes in the order of their paths; `next` is the cursor of the next page."""

    plan_id: str
    run_id: str
    measure: str
    unit: str
    items: list[GapLine]
    next: str | None


class Taken(Schema):
    """The revision that holds what was collected."""

    plan_id: str
    revision_id: str
    revision: int
    nodes: int
    rows: int
