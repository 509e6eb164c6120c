"""Which media types the addresses of the service read, and which one a caller wants back."""

import re
from typing import Literal

from service.problems.problem import Problem

JSON = "application/json"
NDJSON = "application/x-ndjson"
CSV = "text/csv"
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
PARQUET = "application/vnd.apache.parquet"
YAML = "application/yaml"
ZIP = "application/zip"
MULTIPART = "multipart/form-data"

Format = Literal["csv", "xlsx", "json", "parquet"]
MEDIA_TYPES: dict[Format, str] = {"csv": CSV, "xlsx": XLSX, "json": JSON, "parquet": PARQUET}
OF_TABLES = (JSON, CSV, XLSX, PARQUET)
OF_SETTINGS = (YAML, "text/yaml", "text/plain")
OF_IMPORTS = (MULTIPART, CSV, XLSX, ZIP, PARQUET, JSON, NDJSON)
_BODIES = (
    ("PUT", re.compile(r"/v1/plans/[^/]+/tables/plan"), OF_SETTINGS),
    ("PUT", re.compile(r"/v1/plans/[^/]+/tables/[^/]+"), OF_TABLES),
    ("*", re.compile(r"/v1/plans/[^/]+/tables/[^/]+/file"), (MULTIPART,)),
    ("*", re.compile(r"/v1/imports"), OF_IMPORTS),
    ("*", re.compile(r"/v1/imports/files"), (MULTIPART,)),
)
_QUALITY = re.compile(r"\s*q\s*=\s*([01](?:\.[0-9]{0,3})?)\s*")


def accepted_at(method: str, path: str) -> tuple[str, ...]:
    """Return the media types that bodies of this address may have."""
    for own_method, pattern, types in _BODIES:
        if own_method in ("*", method) and pattern.fullmatch(path):
            return types
    return (JSON,)


def bare(content_type: str) -> str:
    """Return a media type without its parameters."""
    return content_type.partition(";")[0].strip().casefold()


def wanted_format(accept: str, chosen: Format | None) -> Format:
    """Return the format that `?format=` names, or the one that Accept likes best; JSON where all are equal.

    Raises
    ------
    Problem
        `not-acceptable` when Accept allows none of ours.
    """
    if chosen is not None:
        return chosen
    ranges = [_range(part) for part in accept.split(",") if part.strip()] or [("*/*", 1.0)]
    ours: tuple[Format, ...] = ("json", "csv", "xlsx", "parquet")
    liked = {one: _liking(MEDIA_TYPES[one], ranges) for one in ours}
    best = max(ours, key=lambda one: liked[one])
    if liked[best] == 0:
        raise Problem("not-acceptable", offered=", ".join(MEDIA_TYPES.values()))
    return best


def _range(part: str) -> tuple[str, float]:
    media_range, *parameters = part.split(";")
    found = [match for one in parameters if (match := _QUALITY.fullmatch(one))]
    return media_range.strip().casefold(), float(found[0][1]) if found else 1.0


def _liking(media_type: str, ranges: list[tuple[str, float]]) -> float:
    """Return the quality of the most specific range that the type falls into."""
    for one in (media_type, f"{media_type.partition('/')[0]}/*", "*/*"):
        found = [quality for media_range, quality in ranges if media_range == one]
        if found:
            return max(found)
    return 0.0
