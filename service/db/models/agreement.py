"""Top-down meets bottom-up: commitments, balance requests, submissions."""

from datetime import datetime

from sqlalchemy import ForeignKey, Index, Integer, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from service.db.models.base import Base
from service.db.types import ORG_PATH


class Commitment(Base):
    """What a node commits to for one product (`*` = all) and measure; `amount` is decimal text."""

    __tablename__ = "commitments"
    __table_args__ = (
        UniqueConstraint("plan_id", "node_id", "measure", "product_id"),
        Index("ix_commitments_scope", "plan_id", "org_path"),
    )
    commitment_id: Mapped[str] = mapped_column(String(64), primary_key=True)
    plan_id: Mapped[str] = mapped_column(ForeignKey("plans.plan_id"))
    node_id: Mapped[str] = mapped_column(String(200))
    org_path: Mapped[str] = mapped_column(ORG_PATH)
    measure: Mapped[str] = mapped_column(String(100))
    product_id: Mapped[str] = mapped_column(String(200))
    amount: Mapped[str] = mapped_column(String(60))
    confidence: Mapped[str] = mapped_column(String(10))
    comment: Mapped[str] = mapped_column(Text)
    changed_by: Mapped[str] = mapped_column(String(64))
    changed_at: Mapped[datetime]
    version: Mapped[int] = mapped_column(Integer)

    __mapper_args__ = {"version_id_col": version}


class BalanceRequest(Base):
    """A manager's wish to balance his subtree inside the frame of a run; one row per round.

    Parameters
    ----------
    thread_id
        The request of round 1; all rounds of one talk share it.
    pins
        JSON list of {measure, node_id, product_id, amount, reason}.
    status
        open, accepted, rejected, countered (a later round follows), withdrawn.
    proposal
        JSON: the targets below the node before and after, or why they cannot be.
    run_id
        The run that holds the accepted targets.
    settled_on
        The run on top of which it was accepted: the base run, or what was accepted on it meanwhile.
    """

    __tablename__ = "balance_requests"
    __table_args__ = (
        UniqueConstraint("thread_id", "round"),
        Index("ix_requests_scope", "plan_id", "org_path"),
    )
    request_id: Mapped[str] = mapped_column(String(64), primary_key=True)
    thread_id: Mapped[str] = mapped_column(String(64))
    round: Mapped[int] = mapped_column(Integer)
    plan_id: Mapped[str] = mapped_column(ForeignKey("plans.plan_id"))
    base_run_id: Mapped[str] = mapped_column(ForeignKey("runs.run_id"))
    node_id: Mapped[str] = mapped_column(String(200))
    org_path: Mapped[str] = mapped_column(ORG_PATH)
    pins: Mapped[str] = mapped_column(Text)
    comment: Mapped[str] = mapped_column(Text)
    status: Mapped[str] = mapped_column(String(20))
    proposal: Mapped[str] = mapped_column(Text)
    run_id: Mapped[str | None] = mapped_column(ForeignKey("runs.run_id"))
    settled_on: Mapped[str | None] = mapped_column(ForeignKey("runs.run_id"), unique=True)
    created_by: Mapped[str] = mapped_column(String(64))
    created_at: Mapped[datetime]
    decided_by: Mapped[str | None] = mapped_column(String(64))
    decided_at: Mapped[datetime | None]
    decision_comment: Mapped[str] = mapped_column(Text)
    version: Mapped[int] = mapped_column(Integer)

    __mapper_args__ = {"version_id_col": version}


class Submission(Base):
    """What a node owes its parent in a plan: open, submitted, approved or rejected."""

    __tablename__ = "submissions"
    __table_args__ = (
        UniqueConstraint("plan_id", "node_id"),
        Index("ix_submissions_scope", "plan_id", "org_path"),
    )
    submission_id: Mapped[str] = mapped_column(String(64), primary_key=True)
    plan_id: Mapped[str] = mapped_column(ForeignKey("plans.plan_id"))
    node_id: Mapped[str] = mapped_column(String(200))
    org_path: Mapped[str] = mapped_column(ORG_PATH)
    status: Mapped[str] = mapped_column(String(20))
    due_at: Mapped[datetime | None]
    round: Mapped[int] = mapped_column(Integer)
    comment: Mapped[str] = mapped_column(Text)
    changed_by: Mapped[str] = mapped_column(String(64))
    changed_at: Mapped[datetime]
    version: Mapped[int] = mapped_column(Integer)

    __mapper_args__ = {"version_id_col": version}


class AgreementStep(Base):
    """One step of the talk about a node, never changed: the history of all of the above.

    `number` counts the steps of a subject at a node from 1.
    """

    __tablename__ = "agreement_steps"
    __table_args__ = (
        UniqueConstraint("subject_id", "node_id", "number"),
        Index("ix_steps_scope", "plan_id", "org_path"),
    )
    step_id: Mapped[str] = mapped_column(String(64), primary_key=True)
    plan_id: Mapped[str] = mapped_column(ForeignKey("plans.plan_id"))
    node_id: Mapped[str] = mapped_column(String(200))
    org_path: Mapped[str] = mapped_column(ORG_PATH)
    subject_id: Mapped[str] = mapped_column(String(64))
    number: Mapped[int] = mapped_column(Integer)
    action: Mapped[str] = mapped_column(String(40))
    document: Mapped[str] = mapped_column(Text)
    comment: Mapped[str] = mapped_column(Text)
    made_by: Mapped[str] = mapped_column(String(64))
    made_at: Mapped[datetime]
