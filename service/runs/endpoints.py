"""/v1/runs: asking for runs, looking at them, stopping them."""

from collections.abc import Callable
from datetime import datetime
from typing import Annotated, Any

from fastapi import APIRouter, Body, Depends, Header, Path, Query, Request, Response
from fastapi.responses import StreamingResponse
from sqlalchemy.orm import Session

from service.auth.dependencies import allowed
from service.auth.principal import Principal
from service.context import Context, ContextDep, ReadSession
from service.db.models import PlanRecord, Run
from service.plans.service import find_revision
from service.runs import repository, service
from service.runs.access import PLANNERS
from service.runs.events import stream_events
from service.runs.outcome import ENDED
from service.runs.repository import SEES_RUNS
from service.runs.schemas import RunCreate, RunPage, RunView, Status
from service.runs.service import POLL_SECONDS, RunOptions
from service.runs.views import run_view
from service.runs.waiting import seconds_to_wait, wait_until_ended
from service.scenarios.service import find_plan_of_scenarios, find_scenario, written_chain
from service.wire.idempotency import Answer, Attempt, AttemptDep, answer_once

router = APIRouter(prefix="/v1", tags=["runs"])
Id = Annotated[str, Path(max_length=64, pattern=r"^[a-z0-9_]+$")]
IdFilter = Annotated[str | None, Query(max_length=64, pattern=r"^[a-z0-9_]+$")]
Planner = Annotated[Principal, Depends(allowed(*PLANNERS))]
Watcher = Annotated[Principal, Depends(allowed(*SEES_RUNS))]
Prefer = Annotated[str | None, Header(max_length=200)]
DEFAULT = RunCreate()
ACCEPTED: dict[int | str, dict[str, Any]] = {
    202: {"description": "It waits or works; see Location", "model": RunView}
}
EVENT: dict[str, Any] = {
    "type": "object",
    "description": "One event of the stream",
    "properties": {name: {"type": "string"} for name in ("id", "event", "data")},
}
STREAM: dict[int | str, dict[str, Any]] = {200: {"content": {"text/event-stream": {"schema": EVENT}}}}


@router.post("/plans/{plan_id}/runs", status_code=201, response_model=RunView, responses=ACCEPTED)
def run_plan(
    context: ContextDep,
    planner: Planner,
    attempt: AttemptDep,
    plan_id: Id,
    wanted: Annotated[RunCreate, Body()] = DEFAULT,
    prefer: Prefer = None,
) -> Response:
    """Ask for a run of the plan itself; 201 when it ended within `Prefer: wait=N`, else 202."""

    def ask(session: Session, now: datetime) -> Run:
        plan = find_plan_of_scenarios(session, planner, plan_id)
        return _ask(context, session, planner, plan, [], None, wanted, now)

    return _asked(context, planner, attempt, ask, prefer)


@router.post("/scenarios/{scenario_id}/runs", status_code=201, response_model=RunView, responses=ACCEPTED)
def run_scenario(
    context: ContextDep,
    planner: Planner,
    attempt: AttemptDep,
    scenario_id: Id,
    wanted: Annotated[RunCreate, Body()] = DEFAULT,
    prefer: Prefer = None,
) -> Response:
    """Ask for a run of a scenario as it stands now, with its parents; answers as for a plan."""

    def ask(session: Session, now: datetime) -> Run:
        scenario = find_scenario(session, planner, scenario_id)
        plan = find_plan_of_scenarios(session, planner, scenario.plan_id)
        chain = written_chain(session, scenario)
        return _ask(context, session, planner, plan, chain, scenario_id, wanted, now)

    return _asked(context, planner, attempt, ask, prefer)


@router.get("/runs")
def list_runs(
    session: ReadSession,
    watcher: Watcher,
    plan: IdFilter = None,
    scenario: IdFilter = None,
    status: Status | None = None,
    mine: bool = False,
    cursor: Annotated[str, Query(max_length=64, pattern=r"^[a-z0-9_]*$")] = "",
    limit: Annotated[int, Query(ge=1, le=500)] = 100,
) -> RunPage:
    """Return the runs that the caller may know of, the newest first."""
    by = watcher.account_id if mine else None
    rows = repository.page_of_runs(
        session,
        watcher,
        cursor,
        limit + 1,
        plan_id=plan,
        scenario_id=scenario,
        status=status,
        created_by=by,
    )
    items = [run_view(session, watcher, row) for row in rows[:limit]]
    return RunPage(items=items, next=items[-1].run_id if len(rows) > limit else None)


@router.get("/runs/{run_id:id}")
def get_run(session: ReadSession, watcher: Watcher, run_id: Id, response: Response) -> RunView:
    """Return a run; Retry-After says when to ask again while it waits or works."""
    run = service.find_run(session, watcher, run_id)
    if run.status not in ENDED:
        response.headers["Retry-After"] = str(POLL_SECONDS)
    return run_view(session, watcher, run)


@router.get("/runs/{run_id}/events", response_class=StreamingResponse, responses=STREAM)
async def follow_run(
    request: Request,
    context: ContextDep,
    watcher: Watcher,
    run_id: Id,
    last_event_id: Annotated[str | None, Header(max_length=20, pattern=r"^\d{1,18}$")] = None,
) -> StreamingResponse:
    """Send the events of a run as they come (server-sent events), from the one after Last-Event-ID on."""
    return await stream_events(context, watcher, run_id, int(last_event_id or 0))


@router.post("/runs/{run_id}:stop")
def stop_run(context: ContextDep, planner: Planner, run_id: Id) -> RunView:
    """Ask for the best there is: soft tiers not settled yet are left out, hard rules hold all the same."""
    return _wish(context, planner, run_id, "stop")


@router.post("/runs/{run_id}:cancel")
def cancel_run(context: ContextDep, planner: Planner, run_id: Id) -> RunView:
    """End a run without a result; its worker is killed."""
    return _wish(context, planner, run_id, "cancel")


@router.post("/runs/{run_id}:retry", status_code=201, response_model=RunView, responses=ACCEPTED)
def retry_run(
    context: ContextDep, planner: Planner, attempt: AttemptDep, run_id: Id, prefer: Prefer = None
) -> Response:
    """Ask for the same once more, as a run of its own."""
    most = context.settings.runs_per_account
    return _asked(
        context,
        planner,
        attempt,
        lambda session, now: service.retry(session, planner, run_id, most, now),
        prefer,
    )


def _ask(
    context: Context,
    session: Session,
    planner: Principal,
    plan: PlanRecord,
    chain: list[dict[str, Any]],
    scenario_id: str | None,
    wanted: RunCreate,
    now: datetime,
) -> Run:
    settings = context.settings
    service.require_room(session, planner, settings.runs_per_account)
    return service.ask_for_run(
        session,
        planner,
        find_revision(session, plan, wanted.revision),
        chain,
        scenario_id,
        RunOptions(wanted.engine, wanted.lang, wanted.with_workbook),
        now,
        time_limit=min(wanted.time_limit or settings.run_seconds, float(settings.run_seconds)),
        memory_limit=min(wanted.memory_limit or settings.run_megabytes, settings.run_megabytes),
    )


Ask = Callable[[Session, datetime], Run]


def _asked(
    context: Context,
    planner: Principal,
    attempt: Attempt,
    ask: Ask,
    prefer: str | None,
) -> Response:
    """Ask once, wake the dispatcher, and wait as long as the caller likes."""
    now = context.clock()
    with context.database.writes.begin() as session:

        def act() -> Answer:
            run = ask(session, now)
            view = run_view(session, planner, run)
            return Answer(202, view.model_dump_json().encode(), f"/v1/runs/{run.run_id}")

        answer = answer_once(session, planner, attempt, now, act)
    context.bell.ring()
    answer.headers["Retry-After"] = str(POLL_SECONDS)
    seconds = seconds_to_wait(prefer)
    run_id = answer.headers["Location"].rpartition("/")[2]
    if seconds:
        answer.headers["Preference-Applied"] = f"wait={seconds}"
    if wait_until_ended(context, run_id, seconds):
        return _ended(context, planner, run_id, answer)
    return answer


def _ended(context: Context, planner: Principal, run_id: str, accepted: Response) -> Response:
    with context.database.reads() as session:
        view = run_view(session, planner, service.find_run(session, planner, run_id))
    kept = {"location", "idempotent-replayed", "preference-applied"}
    headers = {name: value for name, value in accepted.headers.items() if name in kept}
    return Response(view.model_dump_json(), 201, headers, media_type="application/json")


def _wish(context: Context, planner: Principal, run_id: str, wanted: str) -> RunView:
    with context.database.writes.begin() as session:
        run = service.wish(session, planner, run_id, wanted, context.clock())
        view = run_view(session, planner, run)
    context.bell.ring()
    return view
