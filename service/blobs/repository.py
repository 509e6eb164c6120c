"""SQL of blobs: content under its SHA-256, compressed, never changed."""

import hashlib
from collections.abc import Iterable

import pyarrow as pa
from sqlalchemy import select
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import Session

from service.db.models import Blob

CODEC = "zstd"


def keep(session: Session, content: bytes) -> str:
    """Keep bytes and return their SHA-256; what is there already is not written again."""
    sha256 = hashlib.sha256(content).hexdigest()
    packed = pa.compress(content, codec=CODEC, asbytes=True)
    dialect = postgresql if session.get_bind().dialect.name == "postgresql" else sqlite
    session.execute(
        dialect.insert(Blob)
        .values(sha256=sha256, size=len(content), content=packed)
        .on_conflict_do_nothing(index_elements=["sha256"])
    )
    return sha256


def content_of(session: Session, sha256: str) -> bytes:
    """Return the bytes under a hash.

    Raises
    ------
    LookupError
        If nothing is kept under it.
    """
    found = contents_of(session, [sha256])
    if sha256 not in found:
        raise LookupError(f"no content under {sha256}")
    return found[sha256]


def contents_of(session: Session, hashes: Iterable[str]) -> dict[str, bytes]:
    """Return what is kept, by hash."""
    rows = session.execute(select(Blob.sha256, Blob.size, Blob.content).where(Blob.sha256.in_(set(hashes))))
    return {sha256: _unpacked(packed, size) for sha256, size, packed in rows}


def _unpacked(packed: bytes, size: int) -> bytes:
    unpacked: bytes = pa.decompress(packed, decompressed_size=size, codec=CODEC, asbytes=True)
    return unpacked
