"""/v1/runs/{id}/result, /explanation, /fairness, /certificate and /files."""

import json
from typing import Annotated, Any, Literal

import pyarrow as pa
from fastapi import APIRouter, Depends, Path, Query
from fastapi.responses import Response
from sqlalchemy.orm import Session

from service.auth.dependencies import allowed
from service.auth.principal import Principal
from service.context import ContextDep, ReadSession
from service.db.models import Run
from service.problems.problem import Problem
from service.runs import repository, service
from service.runs.access import PLANNERS, require_whole_company, sees_whole_company
from service.runs.explanations import explain
from service.runs.outcome import ENDED
from service.runs.repository import SEES_RUNS
from service.runs.results import csv_bytes, parquet_bytes, records, rows_where, sight_of
from service.runs.schemas import Explanation, ResultPage, ResultRow

router = APIRouter(prefix="/v1/runs", tags=["results"])
Id = Annotated[str, Path(max_length=64, pattern=r"^[a-z0-9_]+$")]
Label = Annotated[str | None, Query(min_length=1, max_length=200, pattern=r"^[^\x00-\x1f\x7f]+$")]
FileName = Annotated[str, Path(max_length=100, pattern=r"^[A-Za-z0-9_-]+\.[a-z]+$")]
Watcher = Annotated[Principal, Depends(allowed(*SEES_RUNS))]
Planner = Annotated[Principal, Depends(allowed(*PLANNERS))]
TARGETS = "targets.csv"
NUMBERS = ("target", "last_year", "growth", "anchor", "ratio", "children_sum")
OPEN = ("status", "plan", "start", "months", "currency", "input_hash", "result_hash", "versions", "engine")
"""What a certificate says that gives away nobody's target."""
TYPES = {
    "csv": "text/csv; charset=utf-8",
    "json": "application/json",
    "html": "text/html; charset=utf-8",
    "parquet": "application/vnd.apache.parquet",
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
}
SAFE = {"X-Content-Type-Options": "nosniff", "Content-Security-Policy": "sandbox"}
OTHER = "application/octet-stream"
BINARY = {"type": "string", "format": "binary"}
ANY_FORM: dict[int | str, dict[str, Any]] = {
    200: {
        "content": {"text/csv": {"schema": {"type": "string"}}, TYPES["parquet"]: {"schema": BINARY}},
        "model": ResultPage,
    }
}
ONE_OBJECT: dict[int | str, dict[str, Any]] = {
    200: {"content": {TYPES["json"]: {"schema": {"type": "object", "additionalProperties": True}}}}
}
FILES: dict[int | str, dict[str, Any]] = {
    200: {
        "content": {
            "text/csv": {"schema": {"type": "string"}},
            "text/html": {"schema": {"type": "string"}},
            TYPES["json"]: {"schema": {"type": "object", "additionalProperties": True}},
            TYPES["parquet"]: {"schema": BINARY},
            TYPES["xlsx"]: {"schema": BINARY},
            OTHER: {"schema": BINARY},
        }
    }
}


@router.get("/{run_id}/result", response_model=ResultPage, responses=ANY_FORM)
def get_result(
    session: ReadSession,
    context: ContextDep,
    watcher: Watcher,
    run_id: Id,
    measure: Label = None,
    level: Label = None,
    node: Label = None,
    product: Label = None,
    form: Annotated[Literal["json", "csv", "parquet"], Query(alias="format")] = "json",
    cursor: Annotated[int, Query(ge=0, le=2**53)] = 0,
    limit: Annotated[int, Query(ge=1, le=500)] = 100,
) -> Response:
    """Return the targets inside the caller's scope, in pages as JSON, all at once as csv or Parquet."""
    run = _with_result(session, watcher, run_id)
    table = context.results.table(session, run, TARGETS)
    sight = sight_of(context.results, session, watcher, run)
    rows = rows_where(table, sight, measure=measure, level=level, node_id=node, product_id=product)
    if form != "json":
        return _whole(table.take(pa.array(rows)), form, run)
    rows = rows[rows >= cursor]
    items = [ResultRow.model_validate(row) for row in records(table, rows[:limit])]
    following = str(int(rows[limit])) if len(rows) > limit else None
    page = ResultPage(items=items, next=following)
    return Response(page.model_dump_json(), media_type="application/json")


@router.get("/{run_id}/explanation")
def get_explanation(
    session: ReadSession,
    context: ContextDep,
    watcher: Watcher,
    run_id: Id,
    node: Annotated[str, Query(min_length=1, max_length=200, pattern=r"^[^\x00-\x1f\x7f]+$")],
    product: Annotated[str, Query(min_length=1, max_length=200, pattern=r"^[^\x00-\x1f\x7f]+$")] = "*",
    measure: Label = None,
) -> Explanation:
    """Return the steps of a node and product that add up to its target, and the rules that moved it."""
    run = _with_result(session, watcher, run_id)
    sight = sight_of(context.results, session, watcher, run)
    if not sight.may_see(node):
        raise Problem("not-found")
    items = explain(context.results, session, run, sight, node, product, measure)
    if not items:
        raise Problem("not-found")
    return Explanation(items=items)


@router.get("/{run_id}/warnings", response_class=Response, responses=ONE_OBJECT)
def get_warnings(session: ReadSession, planner: Planner, run_id: Id) -> Response:
    """Return warnings.json: what is improbable in the plan and its targets."""
    return _file(session, planner, run_id, "warnings.json")


@router.get("/{run_id}/fairness", response_class=Response, responses=ONE_OBJECT)
def get_fairness(session: ReadSession, planner: Planner, run_id: Id) -> Response:
    """Return fairness.json."""
    return _file(session, planner, run_id, "fairness.json")


@router.get("/{run_id}/certificate", response_class=Response, responses=ONE_OBJECT)
def get_certificate(session: ReadSession, watcher: Watcher, run_id: Id) -> Response:
    """Return certificate.json; who sees a part of the company gets what gives away nobody's target."""
    run = _with_result(session, watcher, run_id)
    content = _content(session, run, "certificate.json")
    if not sees_whole_company(watcher):
        document = json.loads(content)
        content = json.dumps({name: document[name] for name in OPEN if name in document}).encode()
    return Response(content, media_type="application/json")


@router.get("/{run_id}/files/{name}", response_class=Response, responses=FILES)
def get_run_file(session: ReadSession, planner: Planner, run_id: Id, name: FileName) -> Response:
    """Return a file that the run left behind, byte for byte; its ETag is its SHA-256."""
    return _file(session, planner, run_id, name)


def _with_result(session: Session, principal: Principal, run_id: str) -> Run:
    run = service.find_run(session, principal, run_id)
    if run.status not in ENDED:
        raise service.not_ended(run)
    return run


def _file(session: Session, principal: Principal, run_id: str, name: str) -> Response:
    require_whole_company(principal)
    run = _with_result(session, principal, run_id)
    content = _content(session, run, name)
    sha256 = repository.artifact_hashes(session, run_id)[name]
    media_type = TYPES.get(name.rpartition(".")[2], OTHER)
    return Response(content, headers={"ETag": f'"{sha256}"', **SAFE}, media_type=media_type)


def _content(session: Session, run: Run, name: str) -> bytes:
    content = repository.artifact(session, run.run_id, name)
    if content is None:
        raise Problem("no-result", state=run.status)
    return content


def _whole(table: pa.Table, form: str, run: Run) -> Response:
    content = csv_bytes(table) if form == "csv" else parquet_bytes(table, NUMBERS)
    headers = {"Content-Disposition": f'attachment; filename="{run.run_id}.{form}"', **SAFE}
    return Response(content, headers=headers, media_type=TYPES[form])
