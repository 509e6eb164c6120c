"""/v1/plans/{plan_id}/tables: read, replaced and patched, each change a new revision."""

from collections.abc import Callable, Mapping
from typing import Annotated, Any

import numpy as np
from fastapi import APIRouter, Depends, Header, Query, Response
from sqlalchemy.orm import Session

from allocator.plan.csv_source import read_csv_sheet
from allocator.plan.faults import FaultCollector
from allocator.plan.sheet import Sheet, empty_sheet
from allocator.plan.source import PLAN_FILE
from allocator.plan.tables import Table
from service.auth.dependencies import allowed
from service.auth.principal import Principal
from service.blobs.repository import content_of
from service.context import ContextDep, ReadSession
from service.db.models import PlanRecord, PlanRevision
from service.plans import editing, repository, table_files
from service.plans.endpoints import Id, Planner, RevisionQuery, plan_view
from service.plans.patching import patched
from service.plans.proposal import Proposal
from service.plans.schemas import PlanView, TableName, TablePatch, TableRows
from service.plans.service import find_plan, find_revision
from service.plans.table_reading import encoding_of
from service.plans.uploaded_table import sheet_of_upload
from service.wire.media_types import (
    JSON,
    MEDIA_TYPES,
    MULTIPART,
    OF_SETTINGS,
    OF_TABLES,
    YAML,
    Format,
    wanted_format,
)
from service.wire.upload import BINARY, FORM, UploadDep, body_of
from service.wire.versions import etag, seen_version

router = APIRouter(prefix="/v1/plans/{plan_id}/tables", tags=["plans"])
Reader = Annotated[Principal, Depends(allowed("admin", "finance", "analyst", "manager", "rep"))]
SettingsReader = Annotated[Principal, Depends(allowed("admin", "finance", "analyst"))]
NoteQuery = Annotated[str, Query(max_length=2000, pattern=r"^[^\x00-\x08\x0b-\x1f\x7f]*$")]
IfMatch = Annotated[str | None, Header()]
WRITERS: dict[Format, Callable[[Sheet], bytes]] = {
    "csv": table_files.csv_file,
    "json": table_files.json_rows,
    "parquet": table_files.parquet_file,
    "xlsx": table_files.xlsx_file,
}
_ANSWER: dict[str, Any] = {
    "content": {one: {"schema": {"type": "string", "format": "binary"}} for one in OF_TABLES if one != JSON},
    "model": TableRows,
}

_ROW = {"type": "object", "additionalProperties": {"type": ["string", "number", "null"]}}
_LIST = {"type": "array", "items": _ROW}
ROWS: dict[str, Any] = {
    "title": "RowsBody",
    "type": "object",
    "required": ["rows"],
    "properties": {"rows": _LIST},
    "additionalProperties": False,
}
"""What the document says of rows in a body; the bare list is read, too."""


@router.get(
    "/plan", response_class=Response, responses={200: {"content": {YAML: {"schema": {"type": "object"}}}}}
)
def read_settings(
    session: ReadSession, reader: SettingsReader, plan_id: Id, revision: RevisionQuery = None
) -> Response:
    """Return plan.yaml as it was written."""
    plan = find_plan(session, reader, plan_id)
    found = find_revision(session, plan, revision)
    sha256 = repository.hashes_of_files(session, found.revision_id)[PLAN_FILE]
    return Response(content_of(session, sha256), media_type=YAML, headers=_headers(plan, found))


@router.put("/plan", openapi_extra=body_of(YAML, BINARY, OF_SETTINGS[1:]))
def replace_settings(
    context: ContextDep,
    planner: Planner,
    plan_id: Id,
    upload: UploadDep,
    response: Response,
    note: NoteQuery = "",
    if_match: IfMatch = None,
) -> PlanView:
    """Replace plan.yaml; the whole plan is checked."""
    text = upload.content.read()
    return _changed(
        context, planner, plan_id, if_match, note, response, lambda files: editing.with_settings(files, text)
    )


@router.get("/{table:table}", response_model=None, responses={200: _ANSWER})
def read_table(
    session: ReadSession,
    reader: Reader,
    plan_id: Id,
    table: TableName,
    revision: RevisionQuery = None,
    format: Annotated[Format | None, Query()] = None,  # noqa: A002
    accept: Annotated[str, Header(max_length=1000, include_in_schema=False)] = "",
) -> Response:
    """Return the rows that the caller may see; what a spreadsheet would run as a formula is made harmless."""
    chosen = wanted_format(accept, format)
    plan = find_plan(session, reader, plan_id)
    found = find_revision(session, plan, revision)
    sheet = _visible_rows(session, reader, found, editing.table_of(table))
    headers = {
        "Content-Disposition": f'attachment; filename="{table}.{chosen}"',
        "Vary": "Accept",
        **_headers(plan, found),
    }
    return Response(WRITERS[chosen](sheet), media_type=MEDIA_TYPES[chosen], headers=headers)


@router.put("/{table:table}/file", name="replace_table_by_file", openapi_extra=body_of(MULTIPART, FORM))
@router.put("/{table:table}", openapi_extra=body_of(JSON, ROWS, OF_TABLES[1:]))
def replace_table(
    context: ContextDep,
    planner: Planner,
    plan_id: Id,
    table: TableName,
    upload: UploadDep,
    response: Response,
    note: NoteQuery = "",
    if_match: IfMatch = None,
) -> PlanView:
    """Replace a table; the whole plan is checked."""

    def change(files: Mapping[str, bytes]) -> Proposal:
        faults = FaultCollector()
        sheet, raw = sheet_of_upload(upload, editing.table_of(table), encoding_of(files), faults)
        return editing.with_sheet(files, sheet, faults, raw)

    return _changed(context, planner, plan_id, if_match, note, response, change)


@router.patch("/{table:table}")
def patch_table(
    context: ContextDep,
    planner: Planner,
    plan_id: Id,
    table: TableName,
    patch: TablePatch,
    response: Response,
    if_match: IfMatch = None,
) -> PlanView:
    """Put in, change and take out rows by the key of the table; the whole plan is checked."""

    def change(files: Mapping[str, bytes]) -> Proposal:
        sheet = patched(_stored_sheet(files, editing.table_of(table)), patch.upsert, patch.delete)
        return editing.with_sheet(files, sheet, FaultCollector())

    return _changed(context, planner, plan_id, if_match, patch.note, response, change)


def _changed(
    context: ContextDep,
    planner: Principal,
    plan_id: str,
    if_match: str | None,
    note: str,
    response: Response,
    change: Callable[[Mapping[str, bytes]], Proposal],
) -> PlanView:
    version = seen_version(if_match)
    plan = editing.change_files(context.database, planner, plan_id, version, note, context.clock(), change)
    response.headers["ETag"] = etag(plan.version)
    return plan_view(plan)


def _headers(plan: PlanRecord, revision: PlanRevision) -> dict[str, str]:
    """The ETag of the plan goes with its newest revision only."""
    newest = {"ETag": etag(plan.version)} if revision.number == plan.revision else {}
    return {"X-Plan-Revision": str(revision.number), **newest}


def _visible_rows(session: Session, reader: Principal, revision: PlanRevision, table: Table) -> Sheet:
    """Return the rows of nodes inside the caller's scope; tables without nodes are everybody's."""
    hashes = repository.hashes_of_files(session, revision.revision_id)
    wanted = {file: content_of(session, hashes[file]) for file in (PLAN_FILE, table.file) if file in hashes}
    sheet = _stored_sheet(wanted, table)
    if "node_id" not in table.column_names or not repository.reaches_beyond(
        session, reader, revision.revision_id
    ):
        return sheet
    visible = repository.visible_node_ids(session, reader, revision.revision_id)
    nodes = sheet.columns["node_id"]
    is_visible = np.array([node in visible for node in nodes.values.tolist()], dtype=bool)
    return table_files.rows_where(sheet, is_visible[nodes.code])


def _stored_sheet(files: Mapping[str, bytes], table: Table) -> Sheet:
    """Return a table of a plan that was checked; empty where the plan has none."""
    if table.file not in files:
        return empty_sheet(table, table.file, is_present=False)
    return read_csv_sheet(files[table.file], table, encoding_of(files), FaultCollector())
