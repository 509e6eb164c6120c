"""SQL of the audit log: each entry carries the hash of the one before."""

import hashlib
import json
from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from service.db.locks import lock_until_commit
from service.db.models import AuditEntry

FIRST_HASH = "0" * 64
ROWS_AT_ONCE = 1000


def record(
    session: Session,
    now: datetime,
    account_id: str,
    action: str,
    subject: str,
    *,
    before: dict[str, Any] | None,
    after: dict[str, Any] | None,
) -> None:
    """Append an entry in the transaction of the write that it describes."""
    lock_until_commit(session, "audit")
    last = session.scalars(select(AuditEntry).order_by(AuditEntry.number.desc()).limit(1)).first()
    entry = AuditEntry(
        number=last.number + 1 if last else 1,
        at=now,
        account_id=account_id,
        action=action,
        subject=subject,
        before=_document(before),
        after=_document(after),
        previous_hash=last.entry_hash if last else FIRST_HASH,
    )
    entry.entry_hash = entry_hash(entry)
    session.add(entry)
    session.flush()


def entry_hash(entry: AuditEntry) -> str:
    """sha256 of the JSON list of all fields, the hash of the entry before among them."""
    fields = [entry.number, entry.at.isoformat(), entry.account_id, entry.action, entry.subject]
    text = json.dumps([*fields, entry.before, entry.after, entry.previous_hash])
    return hashlib.sha256(text.encode()).hexdigest()


def entries_after(session: Session, number: int) -> Sequence[AuditEntry]:
    """Return up to `ROWS_AT_ONCE` entries with a higher number, in their order."""
    return session.scalars(
        select(AuditEntry).where(AuditEntry.number > number).order_by(AuditEntry.number).limit(ROWS_AT_ONCE)
    ).all()


def _document(fields: dict[str, Any] | None) -> str:
    return json.dumps(fields, sort_keys=True, ensure_ascii=False)
