"""Cursors that carry what their pages are of, so that no two pages speak of different things.

Where what a list stands on is kept, the cursor names it (a release, a revision) and the pages go on with
it. Where it is not kept, the cursor holds a digest of it, and a page after a change is refused with 410.
"""

import hashlib
import json
from urllib.parse import urlencode

from starlette.requests import Request

from service.problems.problem import Problem

DIGITS = 12
DIGEST = rf"[0-9a-f]{{{DIGITS}}}"


def digest_of(*parts: object) -> str:
    """Return twelve hexadecimal digits that change when a part does."""
    return hashlib.sha256(json.dumps(parts).encode()).hexdigest()[:DIGITS]


def onward(standing: str, key: object) -> str:
    """Return the cursor of the page after the row with this key."""
    return f"{standing}.{key}"


def key_of(cursor: str, standing: str, request: Request) -> str:
    """Return the key after which a page goes on, empty for the first one.

    Raises
    ------
    Problem
        `list-changed` if the list stands on something else than when its first page was given.
    """
    begun, _, key = cursor.partition(".")
    if cursor and begun != standing:
        kept = [(name, value) for name, value in request.query_params.multi_items() if name != "cursor"]
        address = request.url.path + (f"?{urlencode(kept)}" if kept else "")
        raise Problem("list-changed", headers={"Link": f'<{address}>; rel="first"'}, address=address)
    return key
