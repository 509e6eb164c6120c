"""ASGI layer before the application: no body too large, of a wrong type, or of doubtful JSON gets in."""

from starlette.datastructures import Headers
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from service.problems.problem import Problem, problem_response
from service.wire.strict_json import UnacceptableJson, read_strict_json

JSON = "application/json"
WITH_BODY = ("DELETE", "PATCH", "POST", "PUT")


class GuardBody:
    """Read the whole body up to `limit` bytes, check it, and hand it on."""

    def __init__(self, app: ASGIApp, limit: int) -> None:
        self._app, self._limit = app, limit

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer a refusal at once: 413 from Content-Length before anything is read."""
        if scope["type"] != "http" or scope["method"] not in WITH_BODY:
            await self._app(scope, receive, send)
            return
        try:
            body = await self._body(Headers(scope=scope), receive)
        except Problem as problem:
            await problem_response(problem, scope)(scope, receive, send)
            return
        if body is not None:
            await self._app(scope, _replay(body, receive), send)

    async def _body(self, headers: Headers, receive: Receive) -> bytes | None:
        """Return the body; None when the caller went away in the middle of it."""
        declared = headers.get("content-length", "0")
        if not declared.isdecimal() or int(declared[:20]) > self._limit:
            raise self._too_large()
        chunks: list[bytes] = []
        size, more = 0, True
        while more:
            message = await receive()
            if message["type"] == "http.disconnect":
                return None
            chunks.append(message.get("body", b""))
            size, more = size + len(chunks[-1]), message.get("more_body", False)
            if size > self._limit:
                raise self._too_large()
        body = b"".join(chunks)
        if body:
            _check(body, headers.get("content-type", ""))
        return body

    def _too_large(self) -> Problem:
        return Problem("body-too-large", limit=self._limit, headers={"Connection": "close"})


def _check(body: bytes, content_type: str) -> None:
    media_type = content_type.partition(";")[0].strip().casefold()
    if media_type != JSON:
        raise Problem("wrong-media-type", sent=repr(media_type), accepted=JSON)
    try:
        read_strict_json(body)
    except UnacceptableJson as fault:
        raise Problem("bad-json", reason=str(fault)) from fault


def _replay(body: bytes, receive: Receive) -> Receive:
    """Give the body once; after that whatever the connection says."""
    waiting: list[Message] = [{"type": "http.request", "body": body, "more_body": False}]

    async def replay() -> Message:
        return waiting.pop() if waiting else await receive()

    return replay
