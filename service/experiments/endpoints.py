"""/v1/experiments and their acceptance."""

import json
from importlib import import_module
from typing import Annotated, Any

from fastapi import APIRouter, Depends, Path, Query, Request, Response

from service.auth.dependencies import allowed
from service.auth.principal import Principal
from service.context import ContextDep, ReadSession, WriteSession
from service.db.models import Acceptance, Experiment
from service.experiments import repository
from service.experiments.schemas import (
    AcceptanceCreate,
    AcceptanceView,
    ExperimentCreate,
    ExperimentPage,
    ExperimentRunPage,
    ExperimentRunView,
    ExperimentView,
)
from service.plans.service import find_plan, find_revision
from service.problems.problem import Problem, language
from service.runs.access import require_whole_company
from service.runs.service import RunOptions
from service.scenarios.service import find_scenario, written_chain
from service.wire.idempotency import Answer, AttemptDep, answer_once

SERVICE = "service.experiments.service"
router = APIRouter(prefix="/v1/experiments", tags=["analysts"])
Id = Annotated[str, Path(max_length=64, pattern=r"^[a-z0-9_]+$")]
Analyst = Annotated[Principal, Depends(allowed("admin", "finance", "analyst"))]
Limit = Annotated[int, Query(ge=1, le=500)]


@router.get("")
def list_experiments(
    session: ReadSession,
    caller: Analyst,
    plan_id: Annotated[str, Query(max_length=64, pattern=r"^[a-z0-9_]*$")] = "",
    cursor: Annotated[str, Query(max_length=64, pattern=r"^[a-z0-9_]*$")] = "",
    limit: Limit = 100,
) -> ExperimentPage:
    """Return experiments by id, of one plan or of all."""
    require_whole_company(caller)
    rows = repository.page_of_experiments(session, [plan_id] if plan_id else None, cursor, limit + 1)
    count = repository.counts(session, [row.experiment_id for row in rows])
    items = [_view(row, *count.get(row.experiment_id, (0, 0))) for row in rows[:limit]]
    return ExperimentPage(items=items, next=items[-1].experiment_id if len(rows) > limit else None)


@router.post("", status_code=201, response_model=ExperimentView)
def create_experiment(
    context: ContextDep, caller: Analyst, attempt: AttemptDep, wanted: ExperimentCreate, request: Request
) -> Response:
    """Queue the plan itself, the scenarios, and the grid over each of them."""
    require_whole_company(caller)
    with context.database.reads() as session:
        plan = find_plan(session, caller, wanted.plan_id)
        revision = find_revision(session, plan)
        scenarios = [find_scenario(session, caller, one) for one in dict.fromkeys(wanted.scenario_ids)]
        if any(one.plan_id != plan.plan_id for one in scenarios):
            raise Problem("not-found")
        chains = [json.dumps(written_chain(session, one)) for one in scenarios]
    read = context.plans.plan(revision.revision_id)
    planned = service().spell_out(wanted, chains, read, context.settings.experiment_runs)
    options = RunOptions(lang=language(request.scope))
    now = context.clock()
    with context.database.writes.begin() as session:

        def act() -> Answer:
            made = service().create_experiment(session, caller, wanted, revision, planned, options, now)
            view = _view(made, len(planned), 0)
            return Answer(201, view.model_dump_json().encode(), f"/v1/experiments/{made.experiment_id}")

        return answer_once(session, caller, attempt, now, act)


@router.get("/{experiment_id}")
def read_experiment(session: ReadSession, caller: Analyst, experiment_id: Id) -> ExperimentView:
    """Return an experiment and how far its runs are."""
    require_whole_company(caller)
    found = service().find_experiment(session, caller, experiment_id)
    return _view(found, *repository.counts(session, [experiment_id]).get(experiment_id, (0, 0)))


@router.get("/{experiment_id}/runs")
def list_experiment_runs(
    session: ReadSession,
    caller: Analyst,
    experiment_id: Id,
    request: Request,
    cursor: Annotated[int, Query(ge=0, le=2**31 - 1)] = 0,
    limit: Limit = 100,
) -> ExperimentRunPage:
    """Return the runs with their point of the grid and their key figures, by position."""
    require_whole_company(caller)
    service().find_experiment(session, caller, experiment_id)
    cells = repository.cells(session, experiment_id, cursor, limit + 1)
    items = [
        ExperimentRunView(
            position=cell.position,
            **json.loads(cell.label),
            run_id=cell.run_id,
            status=cell.status,
            reason=cell.reason,
            kpis={measure: dict(values) for measure, values in service().figures(cell).items()},
            chance_basis=service().chance_bases(cell, language(request.scope)),
        )
        for cell in cells[:limit]
    ]
    return ExperimentRunPage(items=items, next=cells[limit].position if len(cells) > limit else None)


@router.post("/{experiment_id}/acceptance", status_code=201, response_model=AcceptanceView)
def accept_experiment(
    session: WriteSession,
    context: ContextDep,
    caller: Analyst,
    attempt: AttemptDep,
    experiment_id: Id,
    wanted: AcceptanceCreate,
    request: Request,
) -> Response:
    """Judge all runs by rules, alone or against a baseline run."""
    require_whole_company(caller)
    experiment = service().find_experiment(session, caller, experiment_id)
    now = context.clock()

    def act() -> Answer:
        made = service().accept(session, caller, experiment, wanted, language(request.scope), now)
        body = _acceptance(made).model_dump_json().encode()
        return Answer(201, body, f"/v1/experiments/{experiment_id}/acceptance")

    return answer_once(session, caller, attempt, now, act)


@router.get("/{experiment_id}/acceptance")
def list_acceptances(session: ReadSession, caller: Analyst, experiment_id: Id) -> list[AcceptanceView]:
    """Return the acceptances of an experiment, the newest first."""
    require_whole_company(caller)
    service().find_experiment(session, caller, experiment_id)
    return [_acceptance(one) for one in repository.acceptances_of(session, experiment_id)]


def _view(experiment: Experiment, runs: int, ended: int) -> ExperimentView:
    return ExperimentView(
        experiment_id=experiment.experiment_id,
        plan_id=experiment.plan_id,
        name=experiment.name,
        runs=runs,
        ended=ended,
        created_by=experiment.created_by,
        created_at=experiment.created_at,
    )


def _acceptance(made: Acceptance) -> AcceptanceView:
    runs = json.loads(made.outcome)
    return AcceptanceView(
        acceptance_id=made.acceptance_id,
        experiment_id=made.experiment_id,
        **json.loads(made.rules),
        accepted=sum(run["accepted"] for run in runs),
        runs=runs,
        created_by=made.created_by,
        created_at=made.created_at,
    )


def service() -> Any:
    """Load what reads grids and judges runs at the first request, not when the service starts."""
    return import_module(SERVICE)
