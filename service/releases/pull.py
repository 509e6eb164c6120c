"""ASGI layer for pulls: the same question of the same caller is answered from memory for two seconds.

The first answer comes from the application with all its checks, and says itself that it may be given again.
"""

from starlette.types import ASGIApp, Receive, Scope, Send

from service.problems.problem import Problem, problem_response
from service.releases.known_pulls import KnownPulls, PullAnswer, header_of, question_of
from service.wire.direct import RAW

PREFIX, SUFFIX = "/v1/releases/", "/targets"
STATE = "pull_answer"


class ServePulls:
    """Answers pulls from memory and forgets everything at each write."""

    def __init__(self, app: ASGIApp, known: KnownPulls) -> None:
        self._app, self._known = app, known

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer from memory, or pass on and remember."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
        elif scope["method"] != "GET":
            try:
                await self._app(scope, receive, send)
            finally:
                self._known.forget()
        elif scope["path"].startswith(PREFIX) and scope["path"].endswith(SUFFIX):
            await self._pull(scope, receive, send)
        else:
            await self._app(scope, receive, send)

    async def _pull(self, scope: Scope, receive: Receive, send: Send) -> None:
        question = question_of(scope)
        found = self._known.recall(question)
        if found is not None:
            until, answer = found
            self._prepare(scope, answer, until)
            await self._give(answer, scope, receive, send)
            return
        now, writes = self._known.now(), self._known.writes
        await self._app(scope, receive, send)
        answered = scope.get("state", {}).get(STATE)
        # counted from before the checks; a write in the meantime may have made the answer old
        if answered is not None and writes == self._known.writes:
            self._prepare(scope, answered, self._known.keep(question, answered, now))

    def _prepare(self, scope: Scope, answer: PullAnswer, until: float) -> None:
        raw = scope["state"].get(RAW)
        if raw is not None:
            self._known.prepare(raw, scope, answer, until)

    async def _give(self, answer: PullAnswer, scope: Scope, receive: Receive, send: Send) -> None:
        scope["route"] = answer.route
        try:
            scope["state"]["rate_limit"] = self._known.take(answer.account_id)
        except Problem as problem:
            await problem_response(problem, scope)(scope, receive, send)
            return
        status, headers, body = answer.to(header_of(scope, b"if-none-match"))
        await send({"type": "http.response.start", "status": status, "headers": list(headers)})
        await send({"type": "http.response.body", "body": body})
