"""Secrets that machines and browsers send: random, prefixed, kept as SHA-256 only."""

import hashlib
import secrets

KEY_PREFIX = "tak_"
TOKEN_PREFIX = "tat_"


def new_secret(prefix: str) -> str:
    """Return the prefix and 32 random bytes; so much chance needs no slow hash."""
    return prefix + secrets.token_urlsafe(32)


def secret_hash(secret: str) -> str:
    """Return the hexadecimal SHA-256."""
    return hashlib.sha256(secret.encode()).hexdigest()
