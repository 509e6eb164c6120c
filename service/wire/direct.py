"""HTTP/1.1 as uvicorn speaks it, but a question known byte for byte is answered without the application."""

from collections.abc import Callable
from typing import NamedTuple

import h11
from uvicorn.protocols.http.h11_impl import H11Protocol

RAW = "raw_question"
"""Where the state of a request has its bytes, if they came in one piece and nothing else with them."""
LONGEST = 4096
ONE_PIECE = 1 << 18
"""Up to so many bytes a copy costs less than waking the receiver twice."""
HEAD_END = b"\r\n\r\n"
NOTHING_LEFT = (b"", False)


class DirectAnswer(NamedTuple):
    """Status line, the headers that are ours (each with its line end), and the body."""

    status: bytes
    headers: bytes
    body: bytes


def direct_protocol(answer: Callable[[bytes], DirectAnswer | None]) -> type[H11Protocol]:
    """Return a protocol that asks `answer` first; whoever says None leaves the question to the application.

    Only between two requests, and only while the receiver takes what it is sent: everything else goes the
    usual way, with its queue, its back pressure and its refusals.
    """

    class DirectProtocol(H11Protocol):
        def data_received(self, data: bytes) -> None:
            if not _is_question(data) or not self._is_between():
                super().data_received(data)
                return
            found = answer(data)
            if found is None:
                super().data_received(data)
                if self.cycle is not None:
                    # its task has not begun: what is written here is there when it does
                    self.cycle.scope.setdefault("state", {})[RAW] = data
                return
            self._write(found)
            self.on_response_complete()

        def _write(self, found: DirectAnswer) -> None:
            given = b"".join([b"%b: %b\r\n" % pair for pair in self.server_state.default_headers])
            head = b"".join((found.status, given, found.headers, b"\r\n"))
            if len(found.body) <= ONE_PIECE:
                self.transport.write(head + found.body)
            else:
                self.transport.write(head)
                self.transport.write(found.body)

        def _is_between(self) -> bool:
            states = self.conn.states
            return (
                states[h11.CLIENT] is h11.IDLE
                and states[h11.SERVER] is h11.IDLE
                and self.conn.trailing_data == NOTHING_LEFT
                and not self.flow.write_paused
                and not self.transport.is_closing()
            )

    return DirectProtocol


def _is_question(data: bytes) -> bool:
    """Whether these bytes are one whole GET."""
    return (
        data.startswith(b"GET ") and len(data) <= LONGEST and data.find(HEAD_END) == len(data) - len(HEAD_END)
    )
