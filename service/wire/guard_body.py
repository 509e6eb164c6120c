"""ASGI layer before the application: no body too large, of a wrong type, or of doubtful JSON gets in."""

import asyncio
import hashlib
import tempfile
import time
from typing import IO

from starlette.datastructures import Headers
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from service.problems.problem import Problem, problem_response
from service.wire.media_types import JSON, accepted_at, bare
from service.wire.strict_json import UnacceptableJson, read_strict_json

WITH_BODY = ("DELETE", "PATCH", "POST", "PUT")
IN_MEMORY = 1 << 20
"""Bytes of a body that stay in memory; larger ones wait on disk."""
BLOCK = 1 << 16
PATIENCE_SECONDS = 30.0
SLOWEST = 16 * 1024
"""Bytes per second that a body must bring, counted from `PATIENCE_SECONDS` after it began."""


class GuardBody:
    """Read the whole body up to `limit` bytes, check it, and hand it on.

    The body waits in a spooled file, `scope["state"]["body"]`; its SHA-256 is `["body_sha256"]` beside it.
    """

    def __init__(self, app: ASGIApp, limit: int) -> None:
        self._app, self._limit = app, limit

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer a refusal at once: 413 from Content-Length before anything is read."""
        if scope["type"] != "http" or scope["method"] not in WITH_BODY:
            await self._app(scope, receive, send)
            return
        with tempfile.SpooledTemporaryFile(max_size=IN_MEMORY) as body:
            try:
                is_whole = await self._take(scope, receive, body)
            except Problem as problem:
                await problem_response(problem, scope)(scope, receive, send)
                return
            if is_whole:
                await self._app(scope, _replay(body, receive), send)

    async def _take(self, scope: Scope, receive: Receive, body: IO[bytes]) -> bool:
        """Take the body in; False when the caller went away in the middle of it."""
        headers = Headers(scope=scope)
        declared = headers.get("content-length", "0")
        if not declared.isdecimal() or int(declared[:20]) > self._limit:
            raise self._too_large()
        digest = hashlib.sha256()
        size, more = 0, True
        started = time.monotonic()
        while more:
            message = await _in_time(receive, started + PATIENCE_SECONDS + size / SLOWEST)
            if message["type"] == "http.disconnect":
                return False
            chunk = message.get("body", b"")
            size, more = size + len(chunk), message.get("more_body", False)
            if size > self._limit:
                raise self._too_large()
            if size == len(chunk):
                # the first chunk: what will not be read is refused before the rest arrives
                _check_type(scope, headers, has_body=bool(chunk))
            body.write(chunk)
            digest.update(chunk)
        if size and bare(headers.get("content-type", "")) == JSON:
            _check_json(body)
        scope.setdefault("state", {}).update(body=body, body_sha256=digest.digest())
        return True

    def _too_large(self) -> Problem:
        return Problem("body-too-large", limit=self._limit, headers={"Connection": "close"})


async def _in_time(receive: Receive, until: float) -> Message:
    """Return the next piece; whoever sends a byte now and then holds a connection no longer than others."""
    try:
        async with asyncio.timeout(until - time.monotonic()):
            return await receive()
    except TimeoutError as error:
        raise Problem("body-too-slow", headers={"Connection": "close"}) from error


def _check_type(scope: Scope, headers: Headers, *, has_body: bool) -> None:
    accepted = accepted_at(scope["method"], scope["path"])
    media_type = bare(headers.get("content-type", ""))
    if has_body and media_type not in accepted:
        raise Problem("wrong-media-type", sent=repr(media_type), accepted=", ".join(accepted))


def _check_json(body: IO[bytes]) -> None:
    body.seek(0)
    try:
        read_strict_json(body.read())
    except UnacceptableJson as fault:
        raise Problem("bad-json", reason=fault.args[0]) from fault


def _replay(body: IO[bytes], receive: Receive) -> Receive:
    """Give the body once, block by block; after that whatever the connection says."""
    body.seek(0)
    waiting = [body.read(BLOCK)]

    async def replay() -> Message:
        if not waiting:
            return await receive()
        chunk = waiting.pop()
        following = body.read(BLOCK)
        if following:
            waiting.append(following)
        return {"type": "http.request", "body": chunk, "more_body": bool(following)}

    return replay
