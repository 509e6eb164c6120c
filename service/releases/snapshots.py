"""Bytes of full pulls in memory: what was released never changes, so they are read once."""

import gzip
import hashlib
from collections import OrderedDict
from dataclasses import dataclass
from threading import Lock

from sqlalchemy.orm import Session

from service.releases import repository, rows_repository
from service.releases.formats import Format, Head, packed, render

MOST_BYTES = 256 * 1024 * 1024


@dataclass(frozen=True)
class Content:
    """Bytes ready to be sent, with the strong ETag of just these bytes."""

    body: bytes
    encoding: str
    etag: str


Key = tuple[str, Format, str, str | None]


class Snapshots:
    """Keeps up to `most_bytes` of them; one reader at a time makes what is not there."""

    def __init__(self, most_bytes: int = MOST_BYTES) -> None:
        self._kept: OrderedDict[Key, Content] = OrderedDict()
        self._bytes, self._most = 0, most_bytes
        self._lock, self._making = Lock(), Lock()

    def content(self, session: Session, head: Head, form: Format, *, gzipped: bool) -> Content:
        """Return a whole release in a format, compressed where the receiver takes it (Parquet is already)."""
        encoding = "gzip" if gzipped and form != "parquet" else "identity"
        key = (head.release_id, form, encoding, head.effective_to)
        found = self._recall(key)
        if found is not None:
            return found
        with self._making:
            found = self._recall(key)
            return found or self._keep(key, _made(session, head, form, encoding))

    def _recall(self, key: Key) -> Content | None:
        with self._lock:
            if key in self._kept:
                self._kept.move_to_end(key)
            return self._kept.get(key)

    def _keep(self, key: Key, content: Content) -> Content:
        with self._lock:
            self._kept[key] = content
            self._bytes += len(content.body)
            while self._bytes > self._most and len(self._kept) > 1:
                _, dropped = self._kept.popitem(last=False)
                self._bytes -= len(dropped.body)
        return content


def _made(session: Session, head: Head, form: Format, encoding: str) -> Content:
    """Take the bytes made at publishing; those of a superseded release say so and are written anew."""
    if head.status == "final":
        kept = repository.snapshot(session, head.release_id, form)
        if kept is None:
            raise LookupError(f"release {head.release_id} has no bytes of format {form}")
        written, body = kept
    else:
        written, body = "identity", render(form, head, rows_repository.all_rows(session, head.release_id))
    if written == "gzip" and encoding == "identity":
        body = gzip.decompress(body)
    if written == "identity" and encoding == "gzip":
        body = packed(body)
    return Content(body, encoding, etag_of(body))


def etag_of(body: bytes) -> str:
    """Return the strong ETag of bytes."""
    return f'"{hashlib.sha256(body).hexdigest()}"'
