"""`Prefer: wait=N`: answer when the run has ended, or after N seconds; no transaction is held meanwhile."""

import re
import time
from threading import BoundedSemaphore

from service.context import Context
from service.runs import repository
from service.runs.outcome import ENDED

MOST_SECONDS = 30
LOOK_SECONDS = 0.25
_WAIT = re.compile(r"(?:^|[,;\s])wait\s*=\s*\"?(\d{1,6})\"?(?=$|[,;\s])")
_WAITERS = BoundedSemaphore(16)
"""More would leave no thread for those who do not wait; they are answered at once."""


def seconds_to_wait(prefer: str | None) -> int:
    """Return the seconds of a `Prefer` header, 0 where it asks for nothing that we know."""
    found = _WAIT.search((prefer or "").casefold())
    return min(int(found[1]), MOST_SECONDS) if found else 0


def wait_until_ended(context: Context, run_id: str, seconds: int) -> bool:
    """Whether the run has ended by then."""
    if seconds == 0 or not _WAITERS.acquire(blocking=False):
        return False
    try:
        deadline = time.monotonic() + seconds
        while True:
            heard = context.bell.rung
            with context.database.reads() as session:
                if repository.status_of(session, run_id) in ENDED:
                    return True
            left = deadline - time.monotonic()
            if left <= 0:
                return False
            context.bell.wait(heard, min(left, LOOK_SECONDS))
    finally:
        _WAITERS.release()
