"""Plans, their revisions with tables and nodes, and imports; content is kept once, by its hash."""

from datetime import datetime

from sqlalchemy import BigInteger, ForeignKey, Integer, LargeBinary, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from service.db.models.base import Base
from service.db.types import ORG_PATH


class Blob(Base):
    """Bytes under their SHA-256; never changed."""

    __tablename__ = "blobs"
    sha256: Mapped[str] = mapped_column(String(64), primary_key=True)
    size: Mapped[int] = mapped_column(BigInteger)
    content: Mapped[bytes] = mapped_column(LargeBinary)


class PlanRecord(Base):
    """A plan; `revision` and `released` are the numbers of its newest revision and release (0 = none).

    `version` counts every change; If-Match names it, at publishing too.
    """

    __tablename__ = "plans"
    plan_id: Mapped[str] = mapped_column(String(64), primary_key=True)
    name: Mapped[str] = mapped_column(String(200), unique=True)
    revision: Mapped[int] = mapped_column(Integer)
    released: Mapped[int] = mapped_column(Integer)
    created_by: Mapped[str] = mapped_column(String(64))
    created_at: Mapped[datetime]
    version: Mapped[int] = mapped_column(Integer)

    __mapper_args__ = {"version_id_col": version}


class PlanRevision(Base):
    """One state of a plan's files; never changed. `input_hash` is that of the plan folder."""

    __tablename__ = "plan_revisions"
    __table_args__ = (UniqueConstraint("plan_id", "number"),)
    revision_id: Mapped[str] = mapped_column(String(64), primary_key=True)
    plan_id: Mapped[str] = mapped_column(ForeignKey("plans.plan_id"))
    number: Mapped[int] = mapped_column(Integer)
    input_hash: Mapped[str] = mapped_column(String(64))
    note: Mapped[str] = mapped_column(Text)
    created_by: Mapped[str] = mapped_column(String(64))
    created_at: Mapped[datetime]


class RevisionFile(Base):
    """One file of a revision: `plan.yaml` or `<table>.csv`."""

    __tablename__ = "revision_files"
    revision_id: Mapped[str] = mapped_column(ForeignKey("plan_revisions.revision_id"), primary_key=True)
    file: Mapped[str] = mapped_column(String(60), primary_key=True)
    sha256: Mapped[str] = mapped_column(ForeignKey("blobs.sha256"))
    rows: Mapped[int] = mapped_column(Integer)


class PlanNode(Base):
    """A node of a revision; scopes are compared with its path, `/company/region/team/rep/`."""

    __tablename__ = "plan_nodes"
    revision_id: Mapped[str] = mapped_column(ForeignKey("plan_revisions.revision_id"), primary_key=True)
    node_id: Mapped[str] = mapped_column(String(200), primary_key=True)
    parent_id: Mapped[str] = mapped_column(String(200))
    org_path: Mapped[str] = mapped_column(ORG_PATH, index=True)
    level: Mapped[str] = mapped_column(String(200))
    name: Mapped[str] = mapped_column(Text)
    employee_id: Mapped[str] = mapped_column(String(200))
    email: Mapped[str] = mapped_column(String(320))
    position: Mapped[str] = mapped_column(String(200))
    is_rep: Mapped[bool]


class ImportJob(Base):
    """A file sent in, checked as part of the plan that it would make, and perhaps committed.

    `status` is `valid`, `faulty` or `committed`; `faults` a JSON list; `files` a JSON object file -> sha256
    of the plan that a commit makes; `presence` a JSON list of what was inferred about when its reps came, in
    both languages; `warnings` one of what is improbable. Without a plan a commit makes a new one of the name
    `plan_name`.
    """

    __tablename__ = "imports"
    import_id: Mapped[str] = mapped_column(String(64), primary_key=True)
    plan_id: Mapped[str | None] = mapped_column(ForeignKey("plans.plan_id"), index=True)
    plan_name: Mapped[str] = mapped_column(String(200))
    note: Mapped[str] = mapped_column(Text)
    base_revision: Mapped[int] = mapped_column(Integer)
    status: Mapped[str] = mapped_column(String(20))
    files: Mapped[str] = mapped_column(Text)
    faults: Mapped[str] = mapped_column(Text)
    presence: Mapped[str] = mapped_column(Text)
    warnings: Mapped[str] = mapped_column(Text)
    committed_revision: Mapped[int | None] = mapped_column(Integer)
    created_by: Mapped[str] = mapped_column(String(64))
    created_at: Mapped[datetime]
    version: Mapped[int] = mapped_column(Integer)

    __mapper_args__ = {"version_id_col": version}
