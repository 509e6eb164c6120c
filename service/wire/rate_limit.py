"""Token buckets per caller, in the memory of one process."""

from collections import OrderedDict
from collections.abc import Callable
from math import ceil
from threading import Lock

from service.problems.problem import Problem

MOST_CALLERS = 100_000


class RateLimit:
    """Each caller may do `per_minute` things at once and as many again each minute."""

    def __init__(self, per_minute: int, seconds: Callable[[], float]) -> None:
        self._size, self._seconds = float(per_minute), seconds
        self._buckets: OrderedDict[str, tuple[float, float]] = OrderedDict()
        self._lock = Lock()

    def take(self, caller: str) -> str:
        """Take one token and return what is left, as the header RateLimit has it.

        Raises
        ------
        Problem
            `too-many` with Retry-After when the bucket is empty.
        """
        with self._lock:
            now = self._seconds()
            left, since = self._buckets.pop(caller, (self._size, now))
            left = min(self._size, left + (now - since) * self._size / 60)
            self._buckets[caller] = (left - 1 if left >= 1 else left, now)
            if len(self._buckets) > MOST_CALLERS:
                self._buckets.popitem(last=False)
        if left < 1:
            wait = max(1, ceil((1 - left) * 60 / self._size))
            headers = {"Retry-After": str(wait), "RateLimit": f'"caller";r=0;t={wait}'}
            raise Problem("too-many", seconds=wait, headers=headers)
        return f'"caller";r={int(left - 1)};t={ceil((self._size - left + 1) * 60 / self._size)}'
