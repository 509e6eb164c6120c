"""Releases: immutable, numbered, with their rows, their ready-made bytes and their acknowledgements."""

from datetime import datetime

from sqlalchemy import ForeignKey, Index, Integer, LargeBinary, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from service.db.models.base import Base
from service.db.types import ORG_PATH


class Release(Base):
    """A published run; `version` counts the releases of a plan from 1 without gaps.

    Parameters
    ----------
    control_totals
        JSON: rows, and per measure and currency the sum of the amounts as decimal text.
    sha256
        Over all rows in their order (see `service.releases.target`).
    effective_from
        First day on which its targets hold; until a later release's.
    """

    __tablename__ = "releases"
    __table_args__ = (UniqueConstraint("plan_id", "version"),)
    release_id: Mapped[str] = mapped_column(String(64), primary_key=True)
    plan_id: Mapped[str] = mapped_column(ForeignKey("plans.plan_id"))
    version: Mapped[int] = mapped_column(Integer)
    run_id: Mapped[str] = mapped_column(ForeignKey("runs.run_id"))
    supersedes: Mapped[str | None] = mapped_column(ForeignKey("releases.release_id"))
    note: Mapped[str] = mapped_column(Text)
    rows: Mapped[int] = mapped_column(Integer)
    control_totals: Mapped[str] = mapped_column(Text)
    sha256: Mapped[str] = mapped_column(String(64))
    effective_from: Mapped[str] = mapped_column(String(10))
    published_by: Mapped[str] = mapped_column(String(64))
    published_at: Mapped[datetime] = mapped_column(index=True)


class ReleaseTarget(Base):
    """One released target; `change` against the release before: create, update, keep or remove.

    Rows to remove are tombstones: they stand behind the others and are no targets of the release.
    Until when a row holds follows from the next release and is not kept.
    """

    __tablename__ = "release_targets"
    __table_args__ = (
        Index("ix_release_targets_scope", "release_id", "org_path", "row_number"),
        Index("ix_release_targets_employee", "release_id", "employee_id"),
        UniqueConstraint("release_id", "node_id", "measure", "product_id", "period"),
    )
    release_id: Mapped[str] = mapped_column(ForeignKey("releases.release_id"), primary_key=True)
    row_number: Mapped[int] = mapped_column(Integer, primary_key=True, autoincrement=False)
    change: Mapped[str] = mapped_column(String(10))
    employee_id: Mapped[str] = mapped_column(String(200))
    email: Mapped[str] = mapped_column(String(320))
    node_id: Mapped[str] = mapped_column(String(200))
    org_path: Mapped[str] = mapped_column(ORG_PATH)
    position: Mapped[str] = mapped_column(String(200))
    measure: Mapped[str] = mapped_column(String(100))
    unit: Mapped[str] = mapped_column(String(40))
    currency: Mapped[str] = mapped_column(String(10))
    product_id: Mapped[str] = mapped_column(String(200))
    period: Mapped[str] = mapped_column(String(20))
    period_start: Mapped[str] = mapped_column(String(10))
    period_end: Mapped[str] = mapped_column(String(10))
    amount: Mapped[str] = mapped_column(String(60))
    previous_amount: Mapped[str | None] = mapped_column(String(60))
    change_reason: Mapped[str] = mapped_column(Text)
    effective_from: Mapped[str] = mapped_column(String(10))
    row_hash: Mapped[str] = mapped_column(String(16))


class ReleaseSnapshot(Base):
    """The bytes of a full pull, made when the release was published."""

    __tablename__ = "release_snapshots"
    release_id: Mapped[str] = mapped_column(ForeignKey("releases.release_id"), primary_key=True)
    format: Mapped[str] = mapped_column(String(20), primary_key=True)
    encoding: Mapped[str] = mapped_column(String(20), primary_key=True)
    sha256: Mapped[str] = mapped_column(String(64))
    content: Mapped[bytes] = mapped_column(LargeBinary)


class ReleaseAck(Base):
    """A receiver says which release it took, and the hash it saw."""

    __tablename__ = "release_acks"
    ack_id: Mapped[str] = mapped_column(String(64), primary_key=True)
    release_id: Mapped[str] = mapped_column(ForeignKey("releases.release_id"), index=True)
    account_id: Mapped[str] = mapped_column(String(64))
    sha256: Mapped[str] = mapped_column(String(64))
    rows: Mapped[int] = mapped_column(Integer)
    note: Mapped[str] = mapped_column(Text)
    made_at: Mapped[datetime]
