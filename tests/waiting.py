"""Waiting for events: the only place where tests look at the clock, and only to end what hangs."""

from collections.abc import Callable, Iterator
from time import monotonic, sleep

HANG_SECONDS = 600.0
"""Whoever waits so long has hung, however busy the machine is; no test is judged by it."""


def turns(event: str, pause: float = 0.02) -> Iterator[int]:
    """Count the looks at something until the caller has seen it; say what was waited for if it hangs."""
    end, turn = monotonic() + HANG_SECONDS, 0
    while monotonic() < end:
        yield turn
        turn += 1
        sleep(pause)
    raise AssertionError(f"hung: after {HANG_SECONDS:.0f} s there is still waited until {event}")


def until(condition: Callable[[], bool], event: str) -> None:
    """Wait until something is so."""
    for _ in turns(event):
        if condition():
            return
