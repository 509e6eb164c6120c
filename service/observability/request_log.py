"""One log line and one measurement for each request, whoever answered it."""

import logging
import os
import re
from typing import Any

from prometheus_client import CollectorRegistry, Counter, Histogram

from service.wire.methods import METHODS

LOG = logging.getLogger("service.requests")
REQUEST_ID = "X-Request-Id"
OTHER = "other"
"""What a method that nobody knows is counted under: callers may make up as many as they like."""
_GIVEN_ID = re.compile(r"[A-Za-z0-9._-]{1,100}")


def request_id_of(given: str) -> str:
    """Return the id that the caller gave, where it is one, else a new one."""
    return given if _GIVEN_ID.fullmatch(given) else os.urandom(16).hex()


class RequestLog:
    """Counts and times requests by route; the parts of the measurements are looked up once."""

    def __init__(self, registry: CollectorRegistry) -> None:
        self._requests = Counter(
            "allocator_requests", "Requests answered", ["method", "route", "status"], registry=registry
        )
        self._seconds = Histogram(
            "allocator_request_seconds", "Seconds per request", ["route"], registry=registry
        )
        self._parts: dict[tuple[str, str, int], tuple[Counter, Histogram]] = {}

    def write(self, method: str, path: str, route: Any, status: int, request_id: str, seconds: float) -> None:
        """Note a request that was answered; what was not found has no route of its own."""
        name = getattr(route, "path", "") if status not in (404, 405) else ""
        counter, histogram = self._parts_of(method, name, status)
        counter.inc()
        histogram.observe(seconds)
        fields = {
            "request_id": request_id,
            "method": method,
            "path": path,
            "status": status,
            "ms": round(seconds * 1000, 3),
        }
        LOG.info("request", extra={"fields": fields})

    def _parts_of(self, method: str, route: str, status: int) -> tuple[Counter, Histogram]:
        key = (method if method in METHODS else OTHER, route, status)
        found = self._parts.get(key)
        if found is None:
            found = self._requests.labels(*key[:2], str(status)), self._seconds.labels(route)
            self._parts[key] = found
        return found
