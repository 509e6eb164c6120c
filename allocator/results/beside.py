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
def beside(work: Work) -> Iterator[Callable[[str], None]]:
    """Begin `work` in a child process; yield the function that hands it a late word and waits for its end.

    `work` is called with a function that returns that word, and leaves its result in a file. If the
    child fails, the parent does the work again and raises what is wrong. Without a second core, or
    where other threads make forking unsafe, the work is done in this process when it is waited for.
    """
    if not _can_fork():
        yield lambda word: work(lambda: word)
        return
    reading, writing = os.pipe()
    child = os.fork()
    if child == 0:
        gc.disable()  # a search for cycles would copy every page it touches
        os.close(writing)
        _work_and_leave(work, reading)
    os.close(reading)
    waited = False

    def finish(word: str) -> None:
        nonlocal waited
        with suppress(BrokenPipeError):  # the child has failed already; its exit code says so
            os.write(writing, word.encode())
        _, status = os.waitpid(child, 0)
        waited = True
        if os.waitstatus_to_exitcode(status) != 0:
            work(lambda: word)

    try:
        yield finish
    finally:
        os.close(writing)
        if not waited:
            os.kill(child, signal.SIGKILL)
            os.waitpid(child, 0)


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
