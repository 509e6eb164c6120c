"""What commitments, balance requests and submissions answer alike."""

from datetime import datetime
from typing import Any

from service.accounts.schemas import Schema


class StepView(Schema):
    """One step of a talk."""

    action: str
    made_by: str
    made_at: datetime
    comment: str
    document: dict[str, Any]


class Person(Schema):
    """Who stands for a node in a talk."""

    node_id: str
    name: str
