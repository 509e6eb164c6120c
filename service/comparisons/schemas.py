"""What goes in and out of comparisons."""

from datetime import datetime
from typing import Annotated, Any

from pydantic import Field

from service.accounts.schemas import Schema
from service.experiments.schemas import Identifier


class ComparisonCreate(Schema):
    """Two to ten runs of one plan; the first is the base."""

    run_ids: Annotated[list[Identifier], Field(min_length=2, max_length=10)]
    published_run_id: Identifier | None = None


class ComparisonView(Schema):
    """A comparison; `files` are to be had under /files/{name}."""

    comparison_id: str
    plan_id: str
    run_ids: list[str]
    files: list[str]
    created_by: str
    created_at: datetime
    document: dict[str, Any]


class ComparisonSummary(Schema):
    """A comparison without its content."""

    comparison_id: str
    plan_id: str
    run_ids: list[str]
    created_by: str
    created_at: datetime


class ComparisonPage(Schema):
    """Comparisons by id; `next` is the cursor of the next page."""

    items: list[ComparisonSummary]
    next: str | None
