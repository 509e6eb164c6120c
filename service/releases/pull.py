"""ASGI layer for pulls: the same question of the same caller is answered from memory for two seconds.

The first answer comes from the application with all its checks, and says itself that it may be given again.
A revoked key or a new release is seen at once where the write was made in this process, else in `SECONDS`.
"""

from collections import OrderedDict
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from starlette.types import ASGIApp, Receive, Scope, Send

from service.problems.problem import Problem, problem_response
from service.wire.rate_limit import RateLimit

SECONDS = 2.0
MOST_ANSWERS = 256
PREFIX, SUFFIX = "/v1/releases/", "/targets"
STATE = "pull_answer"
ASKED_BY = (b"authorization", b"accept", b"accept-encoding")
Question = tuple[str, bytes, tuple[tuple[bytes, bytes], ...]]


@dataclass(frozen=True)
class PullAnswer:
    """A whole answer, for one caller; put it into the state of a request to have it given again.

    Parameters
    ----------
    headers
        With the ETag, without the length.
    route
        What the answer is counted under.
    """

    account_id: str
    etag: str
    headers: tuple[tuple[bytes, bytes], ...]
    body: bytes
    route: Any


class ServePulls:
    """Answers pulls from memory and forgets everything at each write."""

    def __init__(self, app: ASGIApp, requests: RateLimit, seconds: Callable[[], float]) -> None:
        self._app, self._requests, self._seconds = app, requests, seconds
        self._known: OrderedDict[Question, tuple[float, PullAnswer]] = OrderedDict()
        self._writes = 0

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer from memory, or pass on and remember."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
        elif scope["method"] != "GET":
            try:
                await self._app(scope, receive, send)
            finally:
                self._writes += 1
                self._known.clear()
        elif scope["path"].startswith(PREFIX) and scope["path"].endswith(SUFFIX):
            await self._pull(scope, receive, send)
        else:
            await self._app(scope, receive, send)

    async def _pull(self, scope: Scope, receive: Receive, send: Send) -> None:
        asked = (
            scope["path"],
            scope["query_string"],
            tuple(pair for pair in scope["headers"] if pair[0] in ASKED_BY),
        )
        now = self._seconds()
        until, known = self._known.get(asked, (0.0, None))
        if known is not None and now < until:
            await self._give(known, scope, receive, send)
            return
        writes = self._writes
        await self._app(scope, receive, send)
        answer = scope.get("state", {}).get(STATE)
        # counted from before the checks; a write in the meantime may have made the answer old
        if answer is not None and writes == self._writes:
            self._known[asked] = (now + SECONDS, answer)
            self._known.move_to_end(asked)
            if len(self._known) > MOST_ANSWERS:
                self._known.popitem(last=False)

    async def _give(self, known: PullAnswer, scope: Scope, receive: Receive, send: Send) -> None:
        scope["route"] = known.route
        try:
            self._requests.take(known.account_id)
        except Problem as problem:
            await problem_response(problem, scope)(scope, receive, send)
            return
        seen = next((value for name, value in scope["headers"] if name == b"if-none-match"), b"")
        is_same = is_seen(seen.decode("latin-1"), known.etag)
        body = b"" if is_same else known.body
        headers = list(known.headers)
        if not is_same:
            headers.append((b"content-length", str(len(body)).encode()))
        status = 304 if is_same else 200
        await send({"type": "http.response.start", "status": status, "headers": headers})
        await send({"type": "http.response.body", "body": body})


def is_seen(if_none_match: str, etag: str) -> bool:
    """Whether the caller has this very answer already."""
    return any(one.strip().removeprefix("W/") in (etag, "*") for one in if_none_match.split(","))
