"""GET /healthz, /readyz, /version, /metrics."""

import logging
from importlib.metadata import version
from typing import Any, Literal

from fastapi import APIRouter, Response
from fastapi.responses import JSONResponse
from prometheus_client import CONTENT_TYPE_LATEST, generate_latest
from sqlalchemy import text
from sqlalchemy.exc import SQLAlchemyError

from service.accounts.schemas import Schema
from service.context import ContextDep
from service.db.database import Database
from service.db.migrate import is_migrated

LOG = logging.getLogger("service.health")
router = APIRouter(tags=["health"])
MEASUREMENTS: dict[int | str, dict[str, Any]] = {
    200: {"content": {"text/plain": {"schema": {"type": "string"}}}}
}


class Readiness(Schema):
    """Whether each part is ready."""

    status: Literal["ready", "not ready"]
    checks: dict[str, bool]


NOT_READY: dict[int | str, dict[str, Any]] = {503: {"description": "A part is not ready", "model": Readiness}}


@router.get("/healthz")
def alive() -> dict[str, str]:
    """Say that the process answers; nothing else is asked."""
    return {"status": "alive"}


@router.get("/readyz", response_model=Readiness, responses=NOT_READY)
def ready(context: ContextDep) -> JSONResponse:
    """Ask the database now whether it answers, and whether what works beside it is alive."""
    checks = {**_checks(context.database), **{worker.name: worker.is_alive for worker in context.background}}
    is_ready = all(checks.values())
    return JSONResponse(
        {"status": "ready" if is_ready else "not ready", "checks": checks}, 200 if is_ready else 503
    )


@router.get("/version")
def product_version() -> dict[str, str]:
    """Return the version of the product and of the API."""
    return {"version": version("target-allocator"), "api": "v1"}


@router.get("/metrics", response_class=Response, responses=MEASUREMENTS)
def metrics(context: ContextDep) -> Response:
    """Return the measurements in the text format of Prometheus."""
    return Response(generate_latest(context.registry), media_type=CONTENT_TYPE_LATEST)


def _checks(database: Database) -> dict[str, bool]:
    try:
        with database.engine.connect() as connection:
            connection.execute(text("SELECT 1"))
            return {"database": True, "migrations": is_migrated(connection)}
    except SQLAlchemyError:
        LOG.warning("the database does not answer", exc_info=True)
        return {"database": False, "migrations": False}
