"""GET /v1/audit as NDJSON."""

import json
from collections.abc import Iterator
from typing import Annotated, Any

from fastapi import APIRouter, Query
from fastapi.responses import StreamingResponse

from service.audit.repository import entries_after
from service.auth.dependencies import Admin
from service.context import Context, ContextDep
from service.db.models import AuditEntry

router = APIRouter(prefix="/v1", tags=["audit"])
LINES: dict[int | str, dict[str, Any]] = {
    200: {"content": {"application/x-ndjson": {"schema": {"type": "string"}}}}
}


@router.get("/audit", response_class=StreamingResponse, responses=LINES)
def read_audit(
    context: ContextDep, _admin: Admin, after: Annotated[int, Query(ge=0, le=2**63 - 1)] = 0
) -> StreamingResponse:
    """Return every entry after a number, one JSON object per line; `entry_hash` proves the order."""
    return StreamingResponse(_lines(context, after), media_type="application/x-ndjson")


def _lines(context: Context, number: int) -> Iterator[str]:
    """Read piece by piece, each in a transaction of its own: a slow reader holds nothing up."""
    while True:
        with context.database.reads() as session:
            entries = entries_after(session, number)
        if not entries:
            return
        for entry in entries:
            yield json.dumps(_line(entry), ensure_ascii=False) + "\n"
        number = entries[-1].number


def _line(entry: AuditEntry) -> dict[str, Any]:
    return {
        "number": entry.number,
        "at": entry.at.isoformat(),
        "account_id": entry.account_id,
        "action": entry.action,
        "subject": entry.subject,
        "before": json.loads(entry.before),
        "after": json.loads(entry.after),
        "previous_hash": entry.previous_hash,
        "entry_hash": entry.entry_hash,
    }
