"""Answers to pulls that were given just now, by question and by the very bytes that asked."""

from collections import OrderedDict
from collections.abc import Callable
from dataclasses import dataclass
from http import HTTPStatus
from time import perf_counter
from typing import Any, TypeVar

from starlette.types import Scope

from service.observability.request_log import REQUEST_ID, RequestLog, request_id_of
from service.problems.problem import Problem
from service.wire.direct import DirectAnswer
from service.wire.rate_limit import RateLimit

SECONDS = 2.0
MOST = 256
ASKED_BY = (b"authorization", b"accept", b"accept-encoding")
NOT_BY_BYTES = (b"content-length", b"transfer-encoding", b"expect", b"upgrade")
"""With one of these more may follow the head of a request than its end."""
Question = tuple[str, bytes, tuple[tuple[bytes, bytes], ...]]
K = TypeVar("K")
V = TypeVar("V")
Raw = tuple[tuple[bytes, bytes], ...]


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
    headers: Raw
    body: bytes
    route: Any

    def to(self, if_none_match: bytes) -> tuple[int, Raw, bytes]:
        """Return status, headers and body for who says what it has already."""
        if is_seen(if_none_match.decode("latin-1"), self.etag):
            return 304, self.headers, b""
        return 200, (*self.headers, (b"content-length", str(len(self.body)).encode())), self.body


@dataclass(frozen=True)
class _Prepared:
    """An answer as it goes over the wire, but for what every answer has of its own."""

    until: float
    account_id: str
    path: str
    route: Any
    status: int
    given_id: str
    status_line: bytes
    headers: bytes
    body: bytes


class KnownPulls:
    """Remembers answers for `SECONDS` from before their checks, and forgets them all at each write.

    A revoked key or a new release is seen at once where the write was made in this process, else in
    `SECONDS`.
    """

    def __init__(self, requests: RateLimit, seconds: Callable[[], float], log: RequestLog) -> None:
        self._requests, self._seconds, self._log = requests, seconds, log
        self._known: OrderedDict[Question, tuple[float, PullAnswer]] = OrderedDict()
        self._prepared: OrderedDict[bytes, _Prepared] = OrderedDict()
        self.writes = 0

    def now(self) -> float:
        """Return the seconds that count here."""
        return self._seconds()

    def take(self, account_id: str) -> str:
        """Count a request of an account; return what is left (see `RateLimit.take`)."""
        return self._requests.take(account_id)

    def forget(self) -> None:
        """Something was written: every answer may be another one now."""
        self.writes += 1
        self._known.clear()
        self._prepared.clear()

    def recall(self, question: Question) -> tuple[float, PullAnswer] | None:
        """Return until when an answer holds, and the answer, if one does now."""
        found = self._known.get(question)
        return found if found is not None and self._seconds() < found[0] else None

    def keep(self, question: Question, answer: PullAnswer, asked_at: float) -> float:
        """Remember an answer and return until when."""
        until = asked_at + SECONDS
        _put(self._known, question, (until, answer))
        return until

    def prepare(self, raw: bytes, scope: Scope, answer: PullAnswer, until: float) -> None:
        """Have an answer ready for who asks with the same bytes."""
        headers = scope["headers"]
        if any(name in NOT_BY_BYTES or (name == b"connection" and _ends(value)) for name, value in headers):
            return
        status, ours, body = answer.to(header_of(scope, b"if-none-match"))
        written = b"".join(b"%b: %b\r\n" % pair for pair in ours)
        prepared = _Prepared(
            until,
            answer.account_id,
            scope["path"],
            answer.route,
            status,
            header_of(scope, REQUEST_ID.lower().encode()).decode("latin-1"),
            f"HTTP/1.1 {status} {HTTPStatus(status).phrase}\r\n".encode(),
            written,
            body,
        )
        _put(self._prepared, raw, prepared)

    def answer(self, raw: bytes) -> DirectAnswer | None:
        """Answer at once where the very same bytes were answered just now."""
        known = self._prepared.get(raw)
        if known is None or self._seconds() >= known.until:
            return None
        started = perf_counter()
        try:
            left = self._requests.take(known.account_id)
        except Problem:
            # the application refuses it in its own words
            return None
        request_id = request_id_of(known.given_id)
        headers = b"%bx-request-id: %b\r\nratelimit: %b\r\n" % (
            known.headers,
            request_id.encode(),
            left.encode(),
        )
        answered = DirectAnswer(known.status_line, headers, known.body)
        seconds = perf_counter() - started
        self._log.write("GET", known.path, known.route, known.status, request_id, seconds)
        return answered


def question_of(scope: Scope) -> Question:
    """Return what of a request decides its answer."""
    asked = tuple(pair for pair in scope["headers"] if pair[0] in ASKED_BY)
    return scope["path"], scope["query_string"], asked


def header_of(scope: Scope, name: bytes) -> bytes:
    """Return a header of a request, empty where it has none."""
    return next((value for key, value in scope["headers"] if key == name), b"")


def is_seen(if_none_match: str, etag: str) -> bool:
    """Whether the caller has this very answer already."""
    return any(one.strip().removeprefix("W/") in (etag, "*") for one in if_none_match.split(","))


def _ends(connection: bytes) -> bool:
    return connection.strip().lower() != b"keep-alive"


def _put(kept: OrderedDict[K, V], key: K, value: V) -> None:
    kept[key] = value
    kept.move_to_end(key)
    if len(kept) > MOST:
        kept.popitem(last=False)
