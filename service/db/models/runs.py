"""Scenarios, runs, what runs leave behind, experiments and comparisons."""

from datetime import datetime

from sqlalchemy import BigInteger, Float, ForeignKey, Index, Integer, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from service.db.models.base import Base


class ScenarioRecord(Base):
    """A name, a parent (None = the plan itself) and a JSON list of changes."""

    __tablename__ = "scenarios"
    __table_args__ = (UniqueConstraint("plan_id", "name"),)
    scenario_id: Mapped[str] = mapped_column(String(64), primary_key=True)
    plan_id: Mapped[str] = mapped_column(ForeignKey("plans.plan_id"))
    name: Mapped[str] = mapped_column(String(200))
    parent_id: Mapped[str | None] = mapped_column(ForeignKey("scenarios.scenario_id"))
    changes: Mapped[str] = mapped_column(Text)
    note: Mapped[str] = mapped_column(Text)
    created_by: Mapped[str] = mapped_column(String(64))
    created_at: Mapped[datetime]
    version: Mapped[int] = mapped_column(Integer)

    __mapper_args__ = {"version_id_col": version}


class Run(Base):
    """One solve, and the truth about it: queue, lease, outcome.

    Parameters
    ----------
    kind
        `allocation`, or `balance` for a manager's request.
    chain
        JSON: the scenario and its parents as they were when the run was asked for, oldest first.
    options
        JSON: engine, time_limit, memory_limit, language, files to write and the like.
    status
        queued, running, succeeded, stopped (best kept), infeasible, at_fault, failed, cancelled.
    fence
        Raised at every claim; a worker may write only while the fence is still its own.
    wish
        `stop` or `cancel` where somebody asked for it, else empty.
    """

    __tablename__ = "runs"
    __table_args__ = (Index("ix_runs_queue", "status", "lease_until", "created_at"),)
    run_id: Mapped[str] = mapped_column(String(64), primary_key=True)
    plan_id: Mapped[str] = mapped_column(ForeignKey("plans.plan_id"), index=True)
    revision_id: Mapped[str] = mapped_column(ForeignKey("plan_revisions.revision_id"))
    scenario_id: Mapped[str | None] = mapped_column(ForeignKey("scenarios.scenario_id"), index=True)
    kind: Mapped[str] = mapped_column(String(20))
    chain: Mapped[str] = mapped_column(Text)
    options: Mapped[str] = mapped_column(Text)
    input_hash: Mapped[str] = mapped_column(String(64), index=True)
    status: Mapped[str] = mapped_column(String(20))
    phase: Mapped[str] = mapped_column(String(60))
    reason: Mapped[str] = mapped_column(Text)
    attempt: Mapped[int] = mapped_column(Integer)
    fence: Mapped[int] = mapped_column(Integer)
    lease_owner: Mapped[str] = mapped_column(String(100))
    lease_until: Mapped[datetime | None]
    wish: Mapped[str] = mapped_column(String(10))
    time_limit: Mapped[float] = mapped_column(Float)
    memory_limit: Mapped[int] = mapped_column(BigInteger)
    retry_of: Mapped[str | None] = mapped_column(ForeignKey("runs.run_id"))
    kpis: Mapped[str] = mapped_column(Text)
    result_hash: Mapped[str] = mapped_column(String(64))
    created_by: Mapped[str] = mapped_column(String(64), index=True)
    created_at: Mapped[datetime]
    started_at: Mapped[datetime | None]
    finished_at: Mapped[datetime | None]


class RunArtifact(Base):
    """One file that a run left behind, such as `targets.parquet` or `certificate.json`."""

    __tablename__ = "run_artifacts"
    run_id: Mapped[str] = mapped_column(ForeignKey("runs.run_id"), primary_key=True)
    name: Mapped[str] = mapped_column(String(100), primary_key=True)
    sha256: Mapped[str] = mapped_column(ForeignKey("blobs.sha256"))


class RunEvent(Base):
    """One step in the life of a run, in order; what /events sends."""

    __tablename__ = "run_events"
    run_id: Mapped[str] = mapped_column(ForeignKey("runs.run_id"), primary_key=True)
    number: Mapped[int] = mapped_column(Integer, primary_key=True, autoincrement=False)
    at: Mapped[datetime]
    kind: Mapped[str] = mapped_column(String(40))
    document: Mapped[str] = mapped_column(Text)


class Experiment(Base):
    """A grid of scenarios and options, each cell a run; `grid` is the JSON that was asked for."""

    __tablename__ = "experiments"
    experiment_id: Mapped[str] = mapped_column(String(64), primary_key=True)
    plan_id: Mapped[str] = mapped_column(ForeignKey("plans.plan_id"), index=True)
    name: Mapped[str] = mapped_column(String(200))
    grid: Mapped[str] = mapped_column(Text)
    created_by: Mapped[str] = mapped_column(String(64))
    created_at: Mapped[datetime]


class ExperimentRun(Base):
    """The run of one cell of a grid; `label` is JSON, axis -> value."""

    __tablename__ = "experiment_runs"
    experiment_id: Mapped[str] = mapped_column(ForeignKey("experiments.experiment_id"), primary_key=True)
    position: Mapped[int] = mapped_column(Integer, primary_key=True, autoincrement=False)
    run_id: Mapped[str] = mapped_column(ForeignKey("runs.run_id"), index=True)
    label: Mapped[str] = mapped_column(Text)


class Acceptance(Base):
    """Rules per key figure against a baseline run of an experiment, and what came of them (both JSON)."""

    __tablename__ = "acceptances"
    acceptance_id: Mapped[str] = mapped_column(String(64), primary_key=True)
    experiment_id: Mapped[str] = mapped_column(ForeignKey("experiments.experiment_id"), index=True)
    rules: Mapped[str] = mapped_column(Text)
    outcome: Mapped[str] = mapped_column(Text)
    created_by: Mapped[str] = mapped_column(String(64))
    created_at: Mapped[datetime]


class Comparison(Base):
    """Two to ten runs side by side; `document` and the page are blobs."""

    __tablename__ = "comparisons"
    comparison_id: Mapped[str] = mapped_column(String(64), primary_key=True)
    plan_id: Mapped[str] = mapped_column(ForeignKey("plans.plan_id"), index=True)
    base_run_id: Mapped[str] = mapped_column(ForeignKey("runs.run_id"))
    run_ids: Mapped[str] = mapped_column(Text)
    files: Mapped[str] = mapped_column(Text)
    created_by: Mapped[str] = mapped_column(String(64))
    created_at: Mapped[datetime]
