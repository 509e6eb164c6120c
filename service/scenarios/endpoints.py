"""/v1/plans/{id}/scenarios and /v1/scenarios."""

import json
from importlib import import_module
from typing import Annotated

from fastapi import APIRouter, Depends, Header, Path, Query, Request, Response

from scenarios.scenario import Chain
from service.auth.dependencies import allowed
from service.auth.principal import Principal
from service.context import Context, ContextDep, ReadSession, WriteSession
from service.db.models import ScenarioRecord
from service.plans.service import find_revision
from service.problems.problem import language
from service.runs.access import PLANNERS
from service.runs.job import Job, read_chain
from service.runs.warm import Warm
from service.scenarios import repository, service
from service.scenarios.schemas import (
    Pins,
    PinsView,
    PinView,
    ScenarioChange,
    ScenarioClone,
    ScenarioCreate,
    ScenarioPage,
    ScenarioView,
    Scores,
    Typed,
    Validation,
)
from service.wire.idempotency import Answer, AttemptDep, answer_once
from service.wire.versions import etag, seen_version

router = APIRouter(prefix="/v1", tags=["scenarios"])
Id = Annotated[str, Path(max_length=64, pattern=r"^[a-z0-9_]+$")]
Planner = Annotated[Principal, Depends(allowed(*PLANNERS))]
IfMatch = Annotated[str | None, Header(max_length=200)]
LANGUAGES = ("en", "zh")
CHECKING = "service.scenarios.checking"
"""Loaded at the first check: a service that is not asked for one stays small."""


@router.get("/plans/{plan_id}/scenarios")
def list_scenarios(
    session: ReadSession,
    planner: Planner,
    plan_id: Id,
    cursor: Annotated[str, Query(max_length=64, pattern=r"^[a-z0-9_]*$")] = "",
    limit: Annotated[int, Query(ge=1, le=500)] = 100,
) -> ScenarioPage:
    """Return the scenarios of a plan, by id."""
    service.find_plan_of_scenarios(session, planner, plan_id)
    rows = repository.page_of_scenarios(session, plan_id, cursor, limit + 1)
    items = [scenario_view(row) for row in rows[:limit]]
    return ScenarioPage(items=items, next=items[-1].scenario_id if len(rows) > limit else None)


@router.post("/plans/{plan_id}/scenarios", status_code=201, response_model=ScenarioView)
def create_scenario(
    session: WriteSession,
    context: ContextDep,
    planner: Planner,
    attempt: AttemptDep,
    plan_id: Id,
    wanted: ScenarioCreate,
) -> Response:
    """Make a scenario; every fault of its changes is told at once."""
    now = context.clock()

    def act() -> Answer:
        return _created(service.create_scenario(session, planner, plan_id, wanted, now))

    return answer_once(session, planner, attempt, now, act)


@router.get("/scenarios/{scenario_id:id}")
def get_scenario(session: ReadSession, planner: Planner, scenario_id: Id, response: Response) -> ScenarioView:
    """Return a scenario with its ETag."""
    scenario = service.find_scenario(session, planner, scenario_id)
    response.headers["ETag"] = etag(scenario.version)
    return scenario_view(scenario)


@router.patch("/scenarios/{scenario_id:id}")
def change_scenario(
    session: WriteSession,
    context: ContextDep,
    planner: Planner,
    scenario_id: Id,
    change: ScenarioChange,
    response: Response,
    if_match: IfMatch = None,
) -> ScenarioView:
    """Edit the version that If-Match names."""
    version = seen_version(if_match)
    scenario = service.change_scenario(session, planner, scenario_id, change, version, context.clock())
    response.headers["ETag"] = etag(scenario.version)
    return scenario_view(scenario)


@router.delete("/scenarios/{scenario_id:id}", status_code=204)
def delete_scenario(
    session: WriteSession, context: ContextDep, planner: Planner, scenario_id: Id, if_match: IfMatch = None
) -> None:
    """Delete a scenario on which no other builds; its runs stay."""
    service.delete_scenario(session, planner, scenario_id, seen_version(if_match), context.clock())


@router.post("/scenarios/{scenario_id}:clone", status_code=201, response_model=ScenarioView)
def clone_scenario(
    session: WriteSession,
    context: ContextDep,
    planner: Planner,
    attempt: AttemptDep,
    scenario_id: Id,
    wanted: ScenarioClone,
) -> Response:
    """Make a scenario with the same parent and changes under another name."""
    now = context.clock()

    def act() -> Answer:
        return _created(service.clone_scenario(session, planner, scenario_id, wanted, now))

    return answer_once(session, planner, attempt, now, act)


@router.post("/scenarios/{scenario_id}:validate")
def validate_scenario(context: ContextDep, planner: Planner, scenario_id: Id, request: Request) -> Validation:
    """Lay the changes over the newest revision and say what is wrong; nothing is run."""
    warm, chain = _warm(context, planner, scenario_id)
    with warm.lock:
        found: Validation = import_module(CHECKING).validate(warm, chain, language(request.scope))
    return found


@router.post("/scenarios/{scenario_id}:evaluate")
def evaluate_scenario(context: ContextDep, planner: Planner, scenario_id: Id, typed: Typed) -> Scores:
    """Score targets that a person typed against the totals and rules of the scenario; nothing is run."""
    warm, chain = _warm(context, planner, scenario_id)
    checking = import_module(CHECKING)
    with warm.lock:
        plan = checking.apply_warm(warm, chain).plan
    return Scores(items=checking.evaluate(plan, typed.rows))


@router.get("/scenarios/{scenario_id}/pins")
def get_pins(session: ReadSession, planner: Planner, scenario_id: Id, response: Response) -> PinsView:
    """Return the pins that the scenario sets itself, with its ETag."""
    scenario = service.find_scenario(session, planner, scenario_id)
    response.headers["ETag"] = etag(scenario.version)
    return _pins_view(scenario)


@router.put("/scenarios/{scenario_id}/pins")
def set_pins(
    session: WriteSession,
    context: ContextDep,
    planner: Planner,
    scenario_id: Id,
    pins: Pins,
    response: Response,
    if_match: IfMatch = None,
) -> PinsView:
    """Put these pins in the place of those there are, in the version that If-Match names."""
    version = seen_version(if_match)
    scenario = service.set_pins(session, planner, scenario_id, pins.items, version, context.clock())
    response.headers["ETag"] = etag(scenario.version)
    return _pins_view(scenario)


def scenario_view(scenario: ScenarioRecord) -> ScenarioView:
    """Return a scenario as others see it."""
    changes = service.changes_of(scenario)
    plain = ("scenario_id", "plan_id", "name", "parent_id", "note", "created_by", "created_at", "version")
    return ScenarioView(
        **{name: getattr(scenario, name) for name in plain},
        changes=json.loads(scenario.changes),
        sentences={lang: [change.sentence(lang) for change in changes] for lang in LANGUAGES},
    )


def _created(scenario: ScenarioRecord) -> Answer:
    view = scenario_view(scenario)
    return Answer(201, view.model_dump_json().encode(), f"/v1/scenarios/{view.scenario_id}")


def _pins_view(scenario: ScenarioRecord) -> PinsView:
    return PinsView(
        items=[
            PinView.model_validate(
                {name: value for name, value in pin.model_dump(mode="json").items() if name != "kind"}
            )
            for pin in service.pins_of(scenario)
        ]
    )


def _warm(context: Context, planner: Principal, scenario_id: str) -> tuple[Warm, Chain]:
    """Return the newest revision, warm, and the chain of a scenario; no transaction is held after that."""
    with context.database.reads() as session:
        scenario = service.find_scenario(session, planner, scenario_id)
        plan = service.find_plan_of_scenarios(session, planner, scenario.plan_id)
        revision_id = find_revision(session, plan).revision_id
        chain = read_chain(json.dumps(service.written_chain(session, scenario)))
    limit = float(context.settings.run_seconds)
    warm = context.warm.get(
        revision_id, Job("", "[]", time_limit=limit), lambda: context.plans.plan(revision_id)
    )
    return warm, chain
