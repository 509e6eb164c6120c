"""/v1/imports: a file is checked first, and changes a plan only when it is committed."""

import json
from typing import Annotated

from fastapi import APIRouter, Header, Path, Query, Request, Response

from service.accounts.schemas import Name
from service.context import ContextDep, ReadSession
from service.db.models import ImportJob
from service.imports import repository, service
from service.imports.schemas import FaultView, ImportDetail, ImportPage, ImportView
from service.plans.endpoints import Limit, Planner, plan_view
from service.plans.schemas import Note, PlanId, PlanView, TableName, WarningView
from service.plans.table_endpoints import ROWS
from service.problems.problem import language
from service.wire.idempotency import Answer, AttemptDep, answer_once
from service.wire.media_types import JSON, MULTIPART, OF_IMPORTS
from service.wire.upload import FORM, UploadDep, body_of
from service.wire.versions import seen_version

router = APIRouter(prefix="/v1/imports", tags=["imports"])
Id = Annotated[str, Path(max_length=64, pattern=r"^[a-z0-9_]+$")]


WORKED_OUT = ("files", "fault_count", "presence")
RAW = [one for one in OF_IMPORTS if one not in (JSON, MULTIPART)]


@router.post(
    "/files",
    name="check_file",
    status_code=201,
    response_model=ImportView,
    openapi_extra=body_of(MULTIPART, FORM),
)
@router.post("", status_code=201, response_model=ImportView, openapi_extra=body_of(JSON, ROWS, RAW))
def check_rows(
    context: ContextDep,
    planner: Planner,
    attempt: AttemptDep,
    upload: UploadDep,
    request: Request,
    plan_id: Annotated[PlanId | None, Query()] = None,
    name: Annotated[Name | None, Query()] = None,
    table: Annotated[TableName | None, Query()] = None,
    note: Annotated[Note, Query()] = "",
) -> Response:
    """Check a file or rows as part of a plan (`plan_id`), or as a new one (`name`); no plan is changed."""
    wish = service.Wish(plan_id, name or "", table, note)
    checked = service.check_upload(context.database, planner, wish, upload)
    lang = language(request.scope)
    now = context.clock()
    with context.database.writes.begin() as session:

        def act() -> Answer:
            job = service.keep_import(session, planner, wish, checked, now)
            return Answer(201, _view(job, lang).model_dump_json().encode(), f"/v1/imports/{job.import_id}")

        return answer_once(session, planner, attempt, now, act)


@router.get("")
def list_imports(
    session: ReadSession,
    planner: Planner,
    request: Request,
    plan_id: Annotated[PlanId | None, Query()] = None,
    cursor: Annotated[str, Query(max_length=64, pattern=r"^[a-z0-9_]*$")] = "",
    limit: Limit = 100,
) -> ImportPage:
    """Return imports by id, perhaps those of one plan."""
    rows = repository.page_of_imports(session, planner, plan_id, cursor, limit + 1)
    items = [_view(row, language(request.scope)) for row in rows[:limit]]
    return ImportPage(items=items, next=items[-1].import_id if len(rows) > limit else None)


@router.get("/{import_id:id}")
def read_import(
    session: ReadSession,
    planner: Planner,
    import_id: Id,
    request: Request,
    cursor: Annotated[int, Query(ge=0, le=2**31 - 1)] = 0,
    limit: Limit = 100,
) -> ImportDetail:
    """Return an import with a page of its faults."""
    job = service.find_import(session, planner, import_id)
    lang = language(request.scope)
    faults = service.faults_of(job, lang)
    page = [FaultView.model_validate(fault) for fault in faults[cursor : cursor + limit]]
    following = cursor + limit if len(faults) > cursor + limit else None
    warnings = [WarningView.model_validate(one) for one in service.warnings_of(job, lang)]
    return ImportDetail(**_view(job, lang).model_dump(), faults=page, warnings=warnings, next=following)


@router.post("/{import_id}:commit", response_model=PlanView)
def commit_import(
    context: ContextDep,
    planner: Planner,
    attempt: AttemptDep,
    import_id: Id,
    if_match: Annotated[str | None, Header()] = None,
) -> Response:
    """Make the revision that was checked; If-Match names the plan's version (a new plan has none yet)."""
    with context.database.reads() as session:
        is_new = service.find_import(session, planner, import_id).base_revision == 0
    version = None if is_new else seen_version(if_match)
    proposal = service.prepared(context.database, planner, import_id)
    now = context.clock()
    with context.database.writes.begin() as session:

        def act() -> Answer:
            plan = service.commit_import(session, planner, import_id, proposal, version, now)
            return Answer(200, plan_view(plan).model_dump_json().encode(), f"/v1/plans/{plan.plan_id}")

        return answer_once(session, planner, attempt, now, act)


def _view(job: ImportJob, lang: str) -> ImportView:
    own = {name: getattr(job, name) for name in ImportView.model_fields if name not in WORKED_OUT}
    return ImportView(
        **own,
        files=sorted(json.loads(job.files)),
        fault_count=len(json.loads(job.faults)),
        presence=service.presence_of(job, lang),
    )
