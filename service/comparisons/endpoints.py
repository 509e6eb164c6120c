"""/v1/comparisons."""

import json
from importlib import import_module
from typing import Annotated, Any

from fastapi import APIRouter, Depends, Path, Query, Request, Response

from allocator.texts import worded
from service.auth.dependencies import allowed
from service.auth.principal import Principal
from service.comparisons import repository
from service.comparisons.schemas import ComparisonCreate, ComparisonPage, ComparisonSummary, ComparisonView
from service.context import ContextDep, ReadSession
from service.db.models import Comparison
from service.problems.problem import FieldError, Problem, language
from service.runs.access import require_whole_company
from service.runs.service import find_run
from service.wire.idempotency import Answer, AttemptDep, answer_once

SERVICE = "service.comparisons.service"
router = APIRouter(prefix="/v1/comparisons", tags=["analysts"])
Id = Annotated[str, Path(max_length=64, pattern=r"^[a-z0-9_]+$")]
Analyst = Annotated[Principal, Depends(allowed("admin", "finance", "analyst"))]
DOCUMENT = "comparison.json"
MEDIA_TYPES = {
    ".csv": "text/csv; charset=utf-8",
    ".html": "text/html; charset=utf-8",
    ".json": "application/json",
    ".xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
}
FILES: dict[int | str, dict[str, Any]] = {
    200: {
        "content": {
            "text/csv": {"schema": {"type": "string"}},
            "text/html": {"schema": {"type": "string"}},
            MEDIA_TYPES[".json"]: {"schema": {"type": "object", "additionalProperties": True}},
            MEDIA_TYPES[".xlsx"]: {"schema": {"type": "string", "format": "binary"}},
        }
    }
}


@router.get("")
def list_comparisons(
    session: ReadSession,
    caller: Analyst,
    plan_id: Annotated[str, Query(max_length=64, pattern=r"^[a-z0-9_]*$")] = "",
    cursor: Annotated[str, Query(max_length=64, pattern=r"^[a-z0-9_]*$")] = "",
    limit: Annotated[int, Query(ge=1, le=500)] = 100,
) -> ComparisonPage:
    """Return comparisons by id."""
    require_whole_company(caller)
    rows = repository.page_of_comparisons(session, plan_id, cursor, limit + 1)
    items = [_summary(row) for row in rows[:limit]]
    return ComparisonPage(items=items, next=items[-1].comparison_id if len(rows) > limit else None)


@router.post("", status_code=201, response_model=ComparisonView)
def create_comparison(
    context: ContextDep, caller: Analyst, attempt: AttemptDep, wanted: ComparisonCreate, request: Request
) -> Response:
    """Compare runs with the first of them: totals, who moved, the causes that add up, rules, key figures."""
    require_whole_company(caller)
    if len(set(wanted.run_ids)) < len(wanted.run_ids):
        raise Problem("invalid", errors=[FieldError("/run_ids", worded("fault.runs.twice"))], count=1)
    published = [wanted.published_run_id] if wanted.published_run_id else []
    with context.database.reads() as session:
        plan_id = find_run(session, caller, wanted.run_ids[0]).plan_id
        sides = service().sides_of(session, caller, [*dict.fromkeys([*wanted.run_ids, *published])])
    lang = language(request.scope)
    files = service().compared(sides, wanted.run_ids[0], wanted.published_run_id, lang)
    now = context.clock()
    with context.database.writes.begin() as session:

        def act() -> Answer:
            made = service().keep_comparison(session, caller, plan_id, wanted.run_ids, files, now)
            body = _view(made, files[DOCUMENT]).model_dump_json().encode()
            return Answer(201, body, f"/v1/comparisons/{made.comparison_id}")

        return answer_once(session, caller, attempt, now, act)


@router.get("/{comparison_id}")
def read_comparison(session: ReadSession, caller: Analyst, comparison_id: Id) -> ComparisonView:
    """Return a comparison with its document."""
    require_whole_company(caller)
    found = service().find_comparison(session, caller, comparison_id)
    return _view(found, service().file_of(session, found, DOCUMENT))


@router.get("/{comparison_id}/files/{name}", response_class=Response, responses=FILES)
def read_comparison_file(
    session: ReadSession,
    caller: Analyst,
    comparison_id: Id,
    name: Annotated[str, Path(max_length=60, pattern=r"^[a-z]+\.(csv|html|json|xlsx)$")],
) -> Response:
    """Return a file of a comparison: comparison.csv, movers.csv, comparison.html, comparison.xlsx."""
    require_whole_company(caller)
    found = service().find_comparison(session, caller, comparison_id)
    content = service().file_of(session, found, name)
    return Response(content, media_type=MEDIA_TYPES[name[name.rindex(".") :]])


def _summary(one: Comparison) -> ComparisonSummary:
    return ComparisonSummary(
        comparison_id=one.comparison_id,
        plan_id=one.plan_id,
        run_ids=json.loads(one.run_ids),
        created_by=one.created_by,
        created_at=one.created_at,
    )


def _view(one: Comparison, document: bytes) -> ComparisonView:
    return ComparisonView(
        **_summary(one).model_dump(), files=sorted(json.loads(one.files)), document=json.loads(document)
    )


def service() -> Any:
    """Load what reads results and compares them at the first request, not when the service starts."""
    return import_module(SERVICE)
