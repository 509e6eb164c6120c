"""What goes out of imports."""

from datetime import datetime
from typing import Literal

from service.accounts.schemas import Schema
from service.plans.schemas import WarningView

Status = Literal["valid", "faulty", "committed"]


class FaultView(Schema):
    """One thing wrong: where it is (row 0 = the whole file), what it is, what to do."""

    file: str
    row: int
    column: str
    value: str
    code: str
    message: str
    hint: str


class ImportView(Schema):
    """A file that was checked; `files` are those of the plan that a commit makes.

    `presence` says what was inferred about when reps came, where org.csv does not say it.
    """

    import_id: str
    plan_id: str | None
    plan_name: str
    note: str
    base_revision: int
    status: Status
    files: list[str]
    fault_count: int
    presence: list[str]
    committed_revision: int | None
    created_by: str
    created_at: datetime
    version: int


class ImportDetail(ImportView):
    """An import with a page of its faults in file order; `next` is the cursor of the next page.

    `warnings` says what is improbable in the plan that a commit makes.
    """

    faults: list[FaultView]
    warnings: list[WarningView]
    next: int | None


class ImportPage(Schema):
    """Imports by id; `next` is the cursor of the next page."""

    items: list[ImportView]
    next: str | None
