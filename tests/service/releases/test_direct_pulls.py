"""Over a real connection: a pull known byte for byte is answered as the application answered it."""

import asyncio
import re
import socket
import threading
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field

import pytest
from fastapi import FastAPI
from fastapi.testclient import TestClient

from service.releases.known_pulls import SECONDS, KnownPulls
from service.server import server_of
from tests.service.conftest import Moment
from tests.service.releases.conftest import Desk
from tests.waiting import HANG_SECONDS

HEAD_END = b"\r\n\r\n"
OWN = re.compile(rb"\r\n(date|x-request-id|ratelimit): [^\r]*")


@dataclass
class Wire:
    """A connection; `direct` counts the answers that the application did not give."""

    port: int
    direct: list[bytes]
    _socket: socket.socket = field(init=False)
    _left: bytes = b""

    def __post_init__(self) -> None:
        self.reconnect()

    def reconnect(self) -> None:
        self._socket, self._left = socket.create_connection(("127.0.0.1", self.port), HANG_SECONDS), b""

    def send(self, *pieces: bytes, seconds: float = 0.05) -> None:
        for piece in pieces:
            self._socket.sendall(piece)
            time.sleep(seconds)

    def answer(self) -> tuple[bytes, bytes]:
        """Return head and body of the next answer."""
        while HEAD_END not in self._left:
            self._receive()
        head, _, rest = self._left.partition(HEAD_END)
        found = re.search(rb"content-length: (\d+)", head.lower())
        length = int(found[1]) if found else 0
        self._left = rest
        while len(self._left) < length:
            self._receive()
        body, self._left = self._left[:length], self._left[length:]
        return head, body

    def ask(self, question: bytes) -> tuple[bytes, bytes]:
        self.send(question, seconds=0)
        return self.answer()

    def is_ended(self) -> bool:
        return self._socket.recv(1) == b""

    def close(self) -> None:
        self._socket.close()

    def _receive(self) -> None:
        piece = self._socket.recv(1 << 16)
        assert piece, "the server closed the connection"
        self._left += piece


@pytest.fixture
def wire(app: FastAPI, admin: TestClient, monkeypatch: pytest.MonkeyPatch) -> Iterator[Wire]:
    given: list[bytes] = []
    known: KnownPulls = app.state.known_pulls
    of_memory = known.answer

    def answer(raw: bytes):
        found = of_memory(raw)
        given.extend([raw] if found else [])
        return found

    monkeypatch.setattr(known, "answer", answer)
    listener = socket.create_server(("127.0.0.1", 0))
    server = server_of(app, "127.0.0.1", 0)
    server.config.lifespan = "off"
    thread = threading.Thread(target=lambda: asyncio.run(server.serve([listener])))
    thread.start()
    made = Wire(listener.getsockname()[1], given)
    yield made
    made.close()
    server.should_exit = True
    thread.join(HANG_SECONDS)
    listener.close()


@pytest.fixture
def path(desk: Desk) -> str:
    return f"/v1/releases/{desk.release(desk.run(), products='total')['release_id']}/targets"


@pytest.fixture
def ask(hr: TestClient, path: str) -> Callable[..., bytes]:
    """Return a maker of questions as bytes."""

    def made(*headers: str) -> bytes:
        lines = [f"GET {path} HTTP/1.1", "Host: x", f"Authorization: {hr.headers['authorization']}", *headers]
        return "\r\n".join([*lines, "", ""]).encode()

    return made


def plain(answer: tuple[bytes, bytes]) -> tuple[bytes, bytes]:
    """Return an answer without what every answer has of its own."""
    return b"\r\n".join(sorted(OWN.sub(b"", answer[0]).split(b"\r\n"))), answer[1]


def test_the_same_bytes_get_the_same_answer_without_the_application(
    wire: Wire, ask: Callable[..., bytes], hr: TestClient, path: str
) -> None:
    etag = hr.get(path, headers={"Accept-Encoding": "gzip"}).headers["etag"]
    for headers in (
        (),
        ("Accept-Encoding: gzip",),
        ("Accept-Encoding: gzip", f"If-None-Match: {etag}"),
        ("Connection: keep-alive", "X-Request-Id: mine"),
    ):
        wire.direct.clear()
        first, *others = [wire.ask(ask(*headers)) for _ in range(4)]
        assert [plain(one) for one in others] == [plain(first)] * 3
        assert wire.direct == [ask(*headers)] * 3
        ids = {re.search(rb"x-request-id: (.*)", head)[1] for head, _ in (first, *others)}  # type: ignore[index]
        assert (ids == {b"mine\r"}) if "X-Request-Id: mine" in headers else (len(ids) == 4)
        assert all(b"\r\nratelimit: " in head.lower() for head, _ in (first, *others))
        assert first[0].startswith(
            b"HTTP/1.1 304" if len(headers) == 2 and "If-" in headers[1] else b"HTTP/1.1 200"
        )


def test_direct_answers_are_counted_and_limited_like_all_others(
    wire: Wire, ask: Callable[..., bytes], admin: TestClient, app: FastAPI
) -> None:
    for _ in range(5):
        wire.ask(ask())
    assert len(wire.direct) == 4
    counted = (
        'allocator_requests_total{method="GET",route="/v1/releases/{release_id}/targets",status="200"} 5.0'
    )
    assert counted in admin.get("/metrics").text
    left = int(re.search(rb"r=(\d+)", wire.ask(ask())[0])[1])  # type: ignore[index]
    account = hr_account(admin)
    for _ in range(left):
        app.state.known_pulls.take(account)
    head, body = wire.ask(ask())
    assert head.startswith(b"HTTP/1.1 429")
    assert b"too-many" in body
    assert b"retry-after: " in head


def hr_account(admin: TestClient) -> str:
    return next(str(u["account_id"]) for u in admin.get("/v1/users").json()["items"] if u["name"] == "hr")


def test_a_revoked_key_and_two_seconds_end_what_is_known(
    wire: Wire, ask: Callable[..., bytes], admin: TestClient, moment: Moment
) -> None:
    assert [wire.ask(ask())[0][9:12] for _ in range(2)] == [b"200", b"200"]
    moment.now = moment.now.fromtimestamp(moment.seconds() + SECONDS, moment.now.tzinfo)
    wire.ask(ask())
    assert len(wire.direct) == 1
    wire.ask(ask())
    assert len(wire.direct) == 2
    key = next(k for k in admin.get("/v1/api-keys").json() if k["account_id"] == hr_account(admin))
    assert admin.delete(f"/v1/api-keys/{key['key_id']}").status_code == 204
    assert wire.ask(ask())[0].startswith(b"HTTP/1.1 401")
    assert len(wire.direct) == 2


def test_what_is_not_one_whole_question_goes_the_usual_way(wire: Wire, ask: Callable[..., bytes]) -> None:
    whole = wire.ask(ask())
    wire.ask(ask())
    wire.direct.clear()
    wire.send(ask()[:40], ask()[40:])
    assert plain(wire.answer()) == plain(whole)
    wire.send(ask() + ask() + ask())
    assert [plain(wire.answer()) for _ in range(3)] == [plain(whole)] * 3
    wire.send(ask() + ask()[:30], ask()[30:])
    assert [plain(wire.answer()) for _ in range(2)] == [plain(whole)] * 2
    for _ in range(2):
        wire.send(ask("Content-Length: 3"), b"abc")
        assert plain(wire.answer()) == plain(whole)
    assert wire.direct == []
    assert plain(wire.ask(ask())) == plain(whole)
    assert wire.direct == [ask()]
    for _ in range(2):
        assert wire.ask(ask("Connection: close"))[0].startswith(b"HTTP/1.1 200")
        assert wire.is_ended()
        wire.close()
        wire.reconnect()
    assert wire.direct == [ask()]
    wire.send(b"GET / HTTP/1.1\r\n:\r\n\r\n")
    assert wire.answer()[0].startswith(b"HTTP/1.1 400")


def test_a_receiver_that_does_not_read_is_not_sent_more_and_more(
    wire: Wire, ask: Callable[..., bytes], path: str
) -> None:
    whole = wire.ask(ask())
    wire.ask(ask())
    for _ in range(400):
        wire.send(ask(), seconds=0.002)
    assert [plain(wire.answer()) for _ in range(400)] == [plain(whole)] * 400
    assert 1 <= len(wire.direct) < 400
