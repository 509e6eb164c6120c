"""What goes in and out of plans, revisions, nodes and tables."""

from datetime import datetime
from typing import Annotated, Literal, TypeAlias

from pydantic import Field

from service.accounts.schemas import NUMBER, Name, Schema

PlanId: TypeAlias = Annotated[str, Field(min_length=1, max_length=64, pattern=r"^[a-z0-9_]+$")]
PlanName = Name
Note = Annotated[str, Field(max_length=2000, pattern=r"^[^\x00-\x08\x0b-\x1f\x7f]*$")]
TableName = Literal[
    "org",
    "products",
    "history",
    "commitments",
    "potential",
    "rules",
    "pins",
    "calendar",
    "seasonality",
]
FileName = Literal[
    "plan.yaml",
    "org.csv",
    "products.csv",
    "history.csv",
    "commitments.csv",
    "potential.csv",
    "rules.csv",
    "pins.csv",
    "calendar.csv",
    "seasonality.csv",
]
ColumnName = Annotated[str, Field(min_length=1, max_length=200, pattern=r"^[^\x00-\x1f\x7f]+$")]
CellText = Annotated[str, Field(max_length=32_767, pattern=r"^[^\x00]*$")]
Whole = Annotated[int, Field(ge=-(2**63), le=2**63 - 1), NUMBER]
Number = Annotated[float, Field(ge=-9e18, le=9e18), NUMBER]
RowOfTable = Annotated[
    dict[ColumnName, CellText | Whole | Number | None], Field(min_length=1, max_length=200)
]
MOST_ROWS = 10_000


class PlanCreate(Schema):
    """A plan from the texts of its files."""

    name: PlanName
    note: Note = ""
    files: dict[FileName, str]


class PlanChange(Schema):
    """What can be changed of a plan itself."""

    name: PlanName


class PlanView(Schema):
    """A plan; `revision` and `released` are the numbers of the newest revision and release (0 = none)."""

    plan_id: str
    name: str
    revision: int
    released: int
    created_by: str
    created_at: datetime
    version: int


class PlanPage(Schema):
    """Plans by id; `next` is the cursor of the next page."""

    items: list[PlanView]
    next: str | None


class RevisionView(Schema):
    """One state of a plan; never changed."""

    revision_id: str
    plan_id: str
    number: int
    input_hash: str
    note: str
    created_by: str
    created_at: datetime


class FileView(Schema):
    """One file of a revision."""

    file: str
    sha256: str
    rows: int


class RevisionDetail(RevisionView):
    """A revision with its files; who sees a part of the company only is not told their hashes."""

    files: list[FileView]


class RevisionPage(Schema):
    """Revisions by number; `next` is the cursor of the next page."""

    items: list[RevisionView]
    next: int | None


class WarningView(Schema):
    """What is improbable in a plan: where, what, what it does to the numbers, what to do.

    `accepted` is the reason that plan.yaml gives for it, empty while there is none.
    """

    file: str
    row: int
    column: str
    value: str
    code: str
    message: str
    hint: str
    node_id: str
    effect: str
    accepted: str


class PlanWarnings(Schema):
    """The warnings of a revision in the language asked for; of one code 50 at most, then their number."""

    revision: int
    input_hash: str
    open: int
    accepted: int
    warnings: list[WarningView]


class NodeView(Schema):
    """A node of the sales organisation."""

    node_id: str
    parent_id: str
    org_path: str
    level: str
    name: str
    employee_id: str
    email: str
    position: str
    is_rep: bool


class NodePage(Schema):
    """Nodes by path, parents first; `next` is the cursor of the next page."""

    items: list[NodeView]
    next: str | None


class TableRows(Schema):
    """A table as JSON: column -> text, number or null; answered as texts."""

    rows: list[dict[str, str | int | float | None]]


class TablePatch(Schema):
    """Rows to put in or change, and keys of rows to take out (`delete` wins where both name a row)."""

    upsert: Annotated[list[RowOfTable], Field(max_length=MOST_ROWS)] = []
    delete: Annotated[list[RowOfTable], Field(max_length=MOST_ROWS)] = []
    note: Note = ""
