"""The history of the talk about a node; a step is added, none is ever changed."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from service.agreement.schemas import StepView
from service.auth.principal import Principal, within_scope
from service.db.locks import lock_until_commit
from service.db.models import AgreementStep
from service.ids import new_id


@dataclass(frozen=True)
class Place:
    """The node that is talked about."""

    plan_id: str
    node_id: str
    org_path: str


def add_step(
    session: Session,
    principal: Principal,
    place: Place,
    subject_id: str,
    action: str,
    document: Mapping[str, Any],
    comment: str,
    now: datetime,
) -> None:
    """Append a step in the transaction of what it tells of."""
    lock_until_commit(session, f"steps {subject_id} {place.node_id}")
    last = session.scalar(
        select(func.max(AgreementStep.number)).where(
            AgreementStep.subject_id == subject_id, AgreementStep.node_id == place.node_id
        )
    )
    session.add(
        AgreementStep(
            step_id=new_id("step", now),
            plan_id=place.plan_id,
            node_id=place.node_id,
            org_path=place.org_path,
            subject_id=subject_id,
            number=(last or 0) + 1,
            action=action,
            document=json.dumps(document, sort_keys=True, ensure_ascii=False),
            comment=comment,
            made_by=principal.account_id,
            made_at=now,
        )
    )
    session.flush()


def steps_of(session: Session, principal: Principal, subject_id: str, node_id: str) -> list[StepView]:
    """Return what happened to a subject at a node, oldest first, as far as the caller may see it."""
    rows: Sequence[AgreementStep] = session.scalars(
        select(AgreementStep)
        .where(
            AgreementStep.subject_id == subject_id,
            AgreementStep.node_id == node_id,
            within_scope(AgreementStep.org_path, principal),
        )
        .order_by(AgreementStep.number)
    ).all()
    return [
        StepView(
            action=row.action,
            made_by=row.made_by,
            made_at=row.made_at,
            comment=row.comment,
            document=json.loads(row.document),
        )
        for row in rows
    ]


def count_steps(session: Session, subject_id: str, node_id: str, action: str) -> int:
    """Return how often something was done to a subject at a node: its version."""
    count = session.scalar(
        select(func.count()).where(
            AgreementStep.subject_id == subject_id,
            AgreementStep.node_id == node_id,
            AgreementStep.action == action,
        )
    )
    return count or 0


def nodes_with(session: Session, subject_id: str, action: str) -> set[str]:
    """Return the nodes at which something was done to a subject."""
    return set(
        session.scalars(
            select(AgreementStep.node_id)
            .where(AgreementStep.subject_id == subject_id, AgreementStep.action == action)
            .distinct()
        )
    )
