"""Ids: a word for the kind, then 48 bits of time and 80 random bits, so that they sort by birth."""

import secrets
from datetime import datetime


def new_id(kind: str, now: datetime) -> str:
    """Return an id such as `plan_0199c1d2a3b4...`: 12 hexadecimal digits of milliseconds, 20 random."""
    return f"{kind}_{int(now.timestamp() * 1000):012x}{secrets.token_hex(10)}"
