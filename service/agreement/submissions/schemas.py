"""What goes in and out of submissions."""

from datetime import UTC, datetime
from typing import Annotated, Literal

from pydantic import AwareDatetime, Field

from service.accounts.schemas import Schema
from service.agreement.fields import Comment, NodeId, SaidComment
from service.agreement.schemas import StepView

# a day more on both sides than the pattern lets pass, wherever in the world it is written
EARLIEST, LATEST = datetime(1999, 12, 31, tzinfo=UTC), datetime(2200, 1, 2, tzinfo=UTC)
Status = Literal["open", "submitted", "approved", "rejected"]


class SubmissionsAsk(Schema):
    """Ask every node above the reps for its plan."""

    due_at: Annotated[
        AwareDatetime, Field(ge=EARLIEST, lt=LATEST, json_schema_extra={"pattern": "^2[01][0-9]{2}-"})
    ]


class Asked(Schema):
    """What the asking did."""

    plan_id: str
    due_at: datetime
    created: int
    moved: int


class Submit(Schema):
    """Hand in; `without` names children that are not approved and are left out knowingly."""

    comment: Comment = ""
    without: Annotated[list[NodeId], Field(max_length=500)] = []


class Word(Schema):
    """A word that goes with a step."""

    comment: Comment = ""


class Rejection(Schema):
    """Why not."""

    comment: SaidComment


class SubmissionView(Schema):
    """What a node owes its parent; overdue when the due date is past and it is neither in nor approved."""

    submission_id: str
    plan_id: str
    node_id: str
    name: str
    org_path: str
    status: Status
    due_at: datetime | None
    is_overdue: bool
    round: int
    comment: str
    changed_by: str
    changed_at: datetime
    version: int


class SubmissionPage(Schema):
    """Submissions in the order of their paths; `next` is the cursor of the next page."""

    items: list[SubmissionView]
    next: str | None


class SubmissionDetail(SubmissionView):
    """A submission with its history."""

    history: list[StepView]


class ProgressLine(Schema):
    """How far the subtree of a node is, itself included; shares are between 0 and 1."""

    node_id: str
    name: str
    org_path: str
    owed: int
    submitted: int
    approved: int
    overdue: int
    submitted_share: float
    approved_share: float


class Progress(Schema):
    """Subtrees in the order of their paths, and the first 500 overdue nodes by due date.

    `submitted` counts what is in or approved already.
    """

    plan_id: str
    at: datetime
    items: list[ProgressLine]
    overdue: list[SubmissionView]
    next: str | None
