"""Locks that end with the transaction."""

import hashlib

from sqlalchemy import func, select
from sqlalchemy.orm import Session


def lock_until_commit(session: Session, name: str) -> None:
    """Let one transaction at a time pass here; on SQLite a writing session is alone already."""
    if session.get_bind().dialect.name == "postgresql":
        number = int.from_bytes(hashlib.sha256(name.encode()).digest()[:8], signed=True)
        session.execute(select(func.pg_advisory_xact_lock(number)))
