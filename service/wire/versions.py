"""ETag and If-Match: nobody overwrites what they have not seen."""

import re

from service.problems.problem import Problem

_ETAG = re.compile(r'"(\d{1,18})"')


def etag(version: int) -> str:
    """Return the strong ETag of a version."""
    return f'"{version}"'


def seen_version(if_match: str | None) -> int | None:
    """Return the version named by If-Match, None for `*`.

    Raises
    ------
    Problem
        `condition-missing` (428) without the header, `stale` (412) when it can be no ETag of ours.
    """
    if if_match is None:
        raise Problem("condition-missing")
    if if_match.strip() == "*":
        return None
    found = _ETAG.fullmatch(if_match.strip())
    if found is None:
        raise Problem("stale")
    return int(found[1])
