"""A load generator: keep-alive connections on one event loop, each asking again as soon as it is answered."""

import asyncio
import time
from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

BUFFER = 1 << 20
HEAD_END = b"\r\n\r\n"
LENGTH = b"content-length:"


@dataclass(frozen=True)
class Load:
    """What came back.

    Parameters
    ----------
    statuses
        Status -> answers.
    p50, p99, slowest
        Milliseconds from a question to the last byte of its answer.
    """

    requests: int
    seconds: float
    statuses: dict[int, int]
    megabytes: float
    p50: float
    p99: float
    slowest: float

    @property
    def rate(self) -> float:
        """Answers per second."""
        return self.requests / self.seconds


class _Connection(asyncio.BufferedProtocol):
    """Counts bytes only; nothing of a body is copied or kept."""

    def __init__(self, ask: Callable[[], bytes], until: float, done: asyncio.Future[None]) -> None:
        self._ask, self._until, self._done = ask, until, done
        self._buffer = bytearray(BUFFER)
        self._left, self._asked = 0, 0.0
        self.milliseconds: list[float] = []
        self.statuses: dict[int, int] = {}
        self.size = 0

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        assert isinstance(transport, asyncio.Transport)
        self._transport = transport
        self._next()

    def get_buffer(self, sizehint: int) -> bytearray:
        return self._buffer

    def buffer_updated(self, nbytes: int) -> None:
        self.size += nbytes
        if self._left == 0:
            self._left = self._begun(nbytes)
        self._left -= nbytes
        if self._left == 0:
            self.milliseconds.append((time.perf_counter() - self._asked) * 1000)
            self._next()

    def connection_lost(self, exc: Exception | None) -> None:
        if not self._done.done():
            self._done.set_exception(exc or ConnectionError("the server closed the connection"))

    def _next(self) -> None:
        self._asked = time.perf_counter()
        if self._asked >= self._until:
            self._done.set_result(None)
            self._transport.close()
            return
        self._transport.write(self._ask())

    def _begun(self, nbytes: int) -> int:
        """Return how many bytes the whole answer has, of which the first are here."""
        end = self._buffer.find(HEAD_END, 0, nbytes)
        if end < 0:
            raise ValueError("a head of an answer came in two parts")
        head = bytes(self._buffer[:end]).lower()
        status = int(head[9:12])
        self.statuses[status] = self.statuses.get(status, 0) + 1
        start = head.find(LENGTH)
        body = int(head[start + len(LENGTH) :].split(b"\r\n", 1)[0]) if start >= 0 else 0
        return end + len(HEAD_END) + body


def question(path: str, headers: dict[str, str]) -> bytes:
    """Return a GET as it goes over the wire."""
    lines = [
        f"GET {path} HTTP/1.1",
        "Host: localhost",
        *(f"{name}: {value}" for name, value in headers.items()),
    ]
    return ("\r\n".join(lines) + "\r\n\r\n").encode()


def load(port: int, ask: Callable[[], bytes], seconds: float, connections: int = 8) -> Load:
    """Ask for so many seconds over so many connections.

    Raises
    ------
    ConnectionError
        If the server ends a connection.
    """
    return asyncio.run(_load(port, ask, seconds, connections))


async def _load(port: int, ask: Callable[[], bytes], seconds: float, connections: int) -> Load:
    loop = asyncio.get_running_loop()
    started = time.perf_counter()
    made = []
    ends = []
    for _ in range(connections):
        done: asyncio.Future[None] = loop.create_future()
        connection = _Connection(ask, started + seconds, done)
        await loop.create_connection(lambda one=connection: one, "127.0.0.1", port)  # type: ignore[misc]
        made.append(connection)
        ends.append(done)
    await asyncio.gather(*ends)
    taken = time.perf_counter() - started
    times = np.array([value for one in made for value in one.milliseconds])
    statuses: dict[int, int] = {}
    for one in made:
        for status, count in one.statuses.items():
            statuses[status] = statuses.get(status, 0) + count
    p50, p99 = np.percentile(times, [50, 99])
    size = sum(one.size for one in made) / 1e6
    return Load(len(times), taken, statuses, size, float(p50), float(p99), float(times.max()))
