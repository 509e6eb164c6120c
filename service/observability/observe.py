"""Outermost ASGI layer: request id, one log line and one measurement per request, and the last catch."""

import logging
import time

from starlette.datastructures import Headers, MutableHeaders
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from service.observability.request_log import REQUEST_ID, RequestLog, request_id_of
from service.problems.problem import Problem, problem_response

LOG = logging.getLogger("service.requests")


class ObserveRequests:
    """Nothing that goes wrong inside leaves without a problem, a log line and a count."""

    def __init__(self, app: ASGIApp, log: RequestLog) -> None:
        self._app, self._log = app, log

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass the request on and watch the answer."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        request_id = request_id_of(Headers(scope=scope).get(REQUEST_ID, ""))
        scope.setdefault("state", {})["request_id"] = request_id
        started, status = time.perf_counter(), 0

        async def watch(message: Message) -> None:
            nonlocal status
            if message["type"] == "http.response.start":
                status = message["status"]
                headers = MutableHeaders(scope=message)
                headers[REQUEST_ID] = request_id
                if "rate_limit" in scope["state"]:
                    headers["RateLimit"] = scope["state"]["rate_limit"]
            await send(message)

        try:
            await self._app(scope, receive, watch)
        except Exception:
            LOG.exception("request failed", extra={"fields": {"request_id": request_id}})
            if status:
                raise
            await problem_response(Problem("failed"), scope)(scope, receive, watch)
        finally:
            seconds = time.perf_counter() - started
            self._log.write(scope["method"], scope["path"], scope.get("route"), status, request_id, seconds)
