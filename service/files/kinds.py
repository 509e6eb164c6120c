"""Which kind of file an upload is: by its media type or name, and it must begin like one."""

from pathlib import PurePath
from typing import IO, Literal

from service.problems.problem import Problem
from service.wire.media_types import CSV, JSON, NDJSON, PARQUET, XLSX, ZIP
from service.wire.upload import Upload

Kind = Literal["csv", "xlsx", "zip", "parquet", "json", "ndjson"]
_OF_TYPE: dict[str, Kind] = {
    CSV: "csv",
    XLSX: "xlsx",
    ZIP: "zip",
    PARQUET: "parquet",
    JSON: "json",
    NDJSON: "ndjson",
}
_OF_ENDING: dict[str, Kind] = {
    ".csv": "csv",
    ".xlsx": "xlsx",
    ".zip": "zip",
    ".parquet": "parquet",
    ".json": "json",
    ".ndjson": "ndjson",
    ".jsonl": "ndjson",
}
_VAGUE = (
    "",
    "application/octet-stream",
    "application/vnd.ms-excel",
    "application/x-zip-compressed",
    "text/plain",
)
"""What browsers say of files that they do not know."""
_STARTS: dict[Kind, tuple[bytes, ...]] = {
    "xlsx": (b"PK\x03\x04",),
    "zip": (b"PK\x03\x04", b"PK\x05\x06"),
    "parquet": (b"PAR1",),
}
_NOT_TEXT = (
    b"PK\x03\x04",
    b"PK\x05\x06",
    b"PAR1",
    b"\xd0\xcf\x11\xe0",
    b"%PDF",
    b"\x1f\x8b",
    b"\x28\xb5\x2f\xfd",
)


def kind_of(upload: Upload, *allowed: Kind) -> Kind:
    """Return the kind of a file.

    Raises
    ------
    Problem
        `wrong-media-type` for kinds that are not read here, `unreadable-file` where type, name and
        content contradict each other.
    """
    by_type = _OF_TYPE.get(upload.media_type)
    by_name = _OF_ENDING.get(PurePath(upload.name).suffix.casefold())
    kind = by_type or (by_name if upload.media_type in _VAGUE else None)
    if kind is None or kind not in allowed:
        sent = repr(upload.media_type + (f" ({upload.name[:100]})" if upload.name else ""))
        accepted = ", ".join(media_type for media_type, one in _OF_TYPE.items() if one in allowed)
        raise Problem("wrong-media-type", sent=sent, accepted=accepted)
    if (upload.name and by_name != kind) or not _begins_like(kind, upload.content):
        raise Problem("unreadable-file", format=kind)
    return kind


def _begins_like(kind: Kind, content: IO[bytes]) -> bool:
    content.seek(0)
    start = content.read(8)
    content.seek(0)
    return start.startswith(_STARTS[kind]) if kind in _STARTS else not start.startswith(_NOT_TEXT)
