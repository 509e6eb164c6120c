"""What goes in and out of releases."""

from datetime import date, datetime
from typing import Annotated, Literal

from pydantic import AfterValidator, Field

from allocator.texts import text
from allocator.wording import Wording
from service.accounts.schemas import NUMBER, Schema

Id = Annotated[str, Field(max_length=64, pattern=r"^[a-z0-9_]+$")]
Name = Annotated[str, Field(min_length=1, max_length=200, pattern=r"^[^\x00-\x1f\x7f]+$")]
Words = Annotated[str, Field(max_length=2000, pattern=r"^[^\x00-\x08\x0b-\x1f\x7f]*$")]
Reason = Annotated[str, Field(min_length=1, max_length=2000, pattern=r"^[^\x00-\x08\x0b-\x1f\x7f]+$")]
Sha256 = Annotated[str, Field(pattern=r"^[0-9a-f]{64}$")]
Products = Literal["all", "total"]
Status = Literal["final", "superseded"]
Change = Literal["create", "update", "remove"]


def _real_day(written: str) -> str:
    try:
        date.fromisoformat(written)
    except ValueError as error:
        raise ValueError(Wording(str(error), text("fault.release.no_such_day", "zh"))) from error
    return written


Day = Annotated[
    str,
    Field(pattern=r"^[0-9]{4}-[0-9]{2}-[0-9]{2}$", json_schema_extra={"format": "date"}),
    AfterValidator(_real_day),
]


class ReasonRule(Schema):
    """Why rows changed: those that fit all that is given; the first rule that fits a row speaks for it.

    `node_id` means the node and everything below it.
    """

    reason: Reason
    node_id: Name | None = None
    measure: Name | None = None
    product_id: Name | None = None
    period: Name | None = None


class ReleaseCreate(Schema):
    """What is published: the targets of a run, from when they hold, and why rows changed."""

    run_id: Id
    effective_from: Day
    note: Words = ""
    reasons: Annotated[list[ReasonRule], Field(max_length=10_000)] = []
    products: Products = "all"


class ControlTotal(Schema):
    """The sum of the column `amount` over the rows of a measure and currency."""

    measure: str
    currency: str
    rows: int
    amount: str


class ReleaseView(Schema):
    """The head of a release; callers who see a part of the company get no totals of the whole."""

    release_id: str
    plan_id: str
    version: int
    status: Status
    run_id: str
    supersedes: str | None
    note: str
    sha256: str
    rows: int | None
    control_totals: list[ControlTotal] | None
    effective_from: str
    effective_to: str | None
    published_by: str
    published_at: datetime


class ReleasePage(Schema):
    """Releases in the order of their ids; `next` is the cursor of the next page."""

    items: list[ReleaseView]
    next: str | None


class TargetRow(Schema):
    """One released target; amounts are decimal text."""

    release_id: str
    version: int
    status: Status
    employee_id: str
    email: str
    node_id: str
    org_path: str
    position: str
    measure: str
    unit: str
    currency: str
    product_id: str
    period: str
    period_start: str
    period_end: str
    amount: str
    previous_amount: str | None
    change_reason: str
    effective_from: str
    effective_to: str | None
    row_hash: str


class TargetPage(Schema):
    """Targets of one release; `next` is the cursor of the next page, null in a full pull."""

    release_id: str
    version: int
    status: Status
    sha256: str
    items: list[TargetRow]
    next: str | None


class OwnTargets(Schema):
    """The caller's own targets in the newest release of each plan."""

    items: list[TargetRow]
    next: str | None


class ChangedRow(Schema):
    """A target that differs between two releases; of a removed one `amount` is null."""

    change: Change
    employee_id: str
    email: str
    node_id: str
    org_path: str
    position: str
    measure: str
    unit: str
    currency: str
    product_id: str
    period: str
    period_start: str
    period_end: str
    amount: str | None
    previous_amount: str | None
    change_reason: str
    effective_from: str
    row_hash: str


class ChangePage(Schema):
    """What became different from `since_release` to `release_id`, which stays the same through all pages."""

    since_release: str
    release_id: str
    version: int
    sha256: str
    items: list[ChangedRow]
    next: str | None


class AckCreate(Schema):
    """A receiver has taken a release; `sha256` is the one that it saw."""

    sha256: Sha256
    rows: Annotated[int, Field(ge=0, le=2**31 - 1), NUMBER]
    note: Words = ""


class AckView(Schema):
    """An acknowledgement."""

    ack_id: str
    release_id: str
    account_id: str
    sha256: str
    rows: int
    note: str
    made_at: datetime


class AckPage(Schema):
    """Acknowledgements in their order."""

    items: list[AckView]
    next: str | None
