"""SQL of experiments, their runs and their acceptances."""

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from service.db.models import Acceptance, Experiment, ExperimentRun, Run
from service.runs.outcome import ENDED


@dataclass(frozen=True)
class Cell:
    """One run of a grid with its outcome; `label` and `kpis` are JSON."""

    position: int
    label: str
    run_id: str
    status: str
    reason: str
    kpis: str


def get_experiment(session: Session, experiment_id: str) -> Experiment | None:
    """Return an experiment."""
    return session.get(Experiment, experiment_id)


def page_of_experiments(
    session: Session, plan_ids: Sequence[str] | None, after: str, limit: int
) -> Sequence[Experiment]:
    """Return up to `limit` experiments after an id, of some plans or of all."""
    rows = select(Experiment).where(Experiment.experiment_id > after)
    if plan_ids is not None:
        rows = rows.where(Experiment.plan_id.in_(plan_ids))
    return session.scalars(rows.order_by(Experiment.experiment_id).limit(limit)).all()


def counts(session: Session, experiment_ids: Sequence[str]) -> dict[str, tuple[int, int]]:
    """Return the number of runs, and of those that have ended, by experiment."""
    rows = session.execute(
        select(
            ExperimentRun.experiment_id,
            func.count(),
            func.count().filter(Run.status.in_(ENDED)),
        )
        .join(Run, Run.run_id == ExperimentRun.run_id)
        .where(ExperimentRun.experiment_id.in_(experiment_ids))
        .group_by(ExperimentRun.experiment_id)
    )
    return {row[0]: (row[1], row[2]) for row in rows}


def cells(session: Session, experiment_id: str, first: int, limit: int) -> list[Cell]:
    """Return up to `limit` runs from a position on."""
    rows = session.execute(
        select(ExperimentRun.position, ExperimentRun.label, Run.run_id, Run.status, Run.reason, Run.kpis)
        .join(Run, Run.run_id == ExperimentRun.run_id)
        .where(ExperimentRun.experiment_id == experiment_id, ExperimentRun.position >= first)
        .order_by(ExperimentRun.position)
        .limit(limit)
    )
    return [Cell(*row) for row in rows]


def acceptances_of(session: Session, experiment_id: str) -> Sequence[Acceptance]:
    """Return the acceptances of an experiment, the newest first."""
    return session.scalars(
        select(Acceptance)
        .where(Acceptance.experiment_id == experiment_id)
        .order_by(Acceptance.acceptance_id.desc())
    ).all()
