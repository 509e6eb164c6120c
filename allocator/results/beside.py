"""Work on the second core while the rest goes on: in a forked child where that is safe, else in turn."""

import gc
import os
import signal
import sys
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress

Work = Callable[[Callable[[], str]], None]


@contextmanager
def beside(work: Work) -> Iterator["Helper"]:
    """Begin `work` in a child process; yield who is told a late word, then waited for.

    `work` is called with a function that returns that word, and leaves its result in a file. If the
    child fails, the parent does the work again and raises what is wrong. Without a second core, or
    where other threads make forking unsafe, the work is done in this process when it is waited for.
    """
    helper = _ChildProcess(work) if _can_fork() else Helper(work)
    try:
        yield helper
    finally:
        helper.leave()


class Helper:
    """Does the work in this process, when it is waited for."""

    def __init__(self, work: Work) -> None:
        self._work = work
        self._word = ""

    def tell(self, word: str) -> None:
        """Hand over the late word, once, as soon as it is known."""
        self._word = word

    def wait(self) -> None:
        """Return when the work is done; the word has been told before."""
        self._work(lambda: self._word)

    def leave(self) -> None:
        """Give up what has not been waited for."""


class _ChildProcess(Helper):
    """Does the work in a forked child, from now on."""

    def __init__(self, work: Work) -> None:
        super().__init__(work)
        reading, self._writing = os.pipe()
        self._runs = True
        self._child = os.fork()
        if self._child == 0:
            gc.disable()  # a search for cycles would copy every page it touches
            os.close(self._writing)
            _work_and_leave(work, reading)
        os.close(reading)

    def tell(self, word: str) -> None:
        super().tell(word)
        with suppress(BrokenPipeError):  # the child has failed already; its exit code says so
            os.write(self._writing, word.encode())

    def wait(self) -> None:
        _, status = os.waitpid(self._child, 0)
        self._runs = False
        if os.waitstatus_to_exitcode(status) != 0:
            super().wait()

    def leave(self) -> None:
        os.close(self._writing)
        if self._runs:
            os.kill(self._child, signal.SIGKILL)
            os.waitpid(self._child, 0)


def _can_fork() -> bool:
    has_second_core = sys.platform == "linux" and len(os.sched_getaffinity(0)) > 1
    return has_second_core and threading.active_count() == 1


def _work_and_leave(work: Work, reading: int) -> None:
    """Do the work in the child and end it; the exit code tells the parent of a failure."""
    words: list[str] = []

    def late_word() -> str:
        if not words:
            words.append(os.read(reading, 65_536).decode())
        return words[0]

    code = 1
    try:
        work(late_word)
        code = 0
    finally:
        os._exit(code)
