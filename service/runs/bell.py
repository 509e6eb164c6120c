"""A bell between requests and the dispatcher of one process; what it says stands in the database, too."""

from threading import Condition


class Bell:
    """Wakes who waits; nothing depends on its being heard, since whoever waits looks again by himself."""

    def __init__(self) -> None:
        self._condition = Condition()
        self._rung = 0

    @property
    def rung(self) -> int:
        """How often it rang."""
        return self._rung

    def ring(self) -> None:
        """Wake all who wait."""
        with self._condition:
            self._rung += 1
            self._condition.notify_all()

    def wait(self, heard: int, seconds: float) -> int:
        """Wait until it rings once more than `heard` times, or so many seconds; return how often it rang."""
        with self._condition:
            self._condition.wait_for(lambda: self._rung > heard, seconds)
            return self._rung
