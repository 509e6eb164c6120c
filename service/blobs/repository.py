"""SQL of blobs: content under its SHA-256, compressed, never changed."""

import hashlib
from collections.abc import Iterable
from dataclasses import dataclass

import pyarrow as pa
from sqlalchemy import select
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import Session

from service.db.models import Blob

CODEC = "zstd"


@dataclass(frozen=True)
class Packed:
    """Bytes made ready to be kept: compressed and hashed before a transaction waits for it."""

    sha256: str
    size: int
    content: bytes


def pack(content: bytes) -> Packed:
    """Compress and hash bytes."""
    packed: bytes = pa.compress(content, codec=CODEC, asbytes=True)
    return Packed(hashlib.sha256(content).hexdigest(), len(content), packed)


def keep(session: Session, content: bytes | Packed) -> str:
    """Keep bytes and return their SHA-256; what is there already is not written again."""
    ready = content if isinstance(content, Packed) else pack(content)
    dialect = postgresql if session.get_bind().dialect.name == "postgresql" else sqlite
    session.execute(
        dialect.insert(Blob)
        .values(sha256=ready.sha256, size=ready.size, content=ready.content)
        .on_conflict_do_nothing(index_elements=["sha256"])
    )
    return ready.sha256


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
