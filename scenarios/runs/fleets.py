"""Where runs go: in this process, to worker processes, to a Dask cluster; all of them executors."""

import os
import resource
from collections.abc import Callable, Mapping
from concurrent.futures import Executor, Future
from multiprocessing import get_context
from types import TracebackType
from typing import Any, ParamSpec, Protocol, Self, TypeVar

from pebble import ProcessPool

from scenarios.runs.work import Shared, start_worker

Given = ParamSpec("Given")
Answer = TypeVar("Answer")
MEGABYTE = 1024 * 1024
ONE_THREAD = ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS")
FEWEST_MEGABYTES = 256


class Fleet(Protocol):
    """An executor with a way to share one big thing with all its workers.

    Parameters
    ----------
    parcel
        Most runs to hand out at once.
    """

    workers: int
    parcel: int

    @property
    def executor(self) -> Executor:
        """Where to submit."""
        ...

    def share(self, shared: Shared) -> Any:
        """Bring what all runs have in common to the workers; return what to submit in its place."""
        ...

    def __enter__(self) -> Self: ...

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None: ...


class _Inline(Executor):
    """Runs what is submitted at once, in this very thread."""

    def submit(
        self, fn: Callable[Given, Answer], /, *args: Given.args, **kwargs: Given.kwargs
    ) -> Future[Answer]:
        future: Future[Answer] = Future()
        future.set_running_or_notify_cancel()
        try:
            future.set_result(fn(*args, **kwargs))
        except Exception as error:
            future.set_exception(error)
        return future


class InProcess:
    """No workers: one run after another, here. No limits, and nothing can be stopped from outside."""

    workers = 1
    parcel = 1

    def __init__(self) -> None:
        self._executor = _Inline()

    @property
    def executor(self) -> Executor:
        """Where to submit."""
        return self._executor

    def share(self, shared: Shared) -> Shared:
        """Everything is here already."""
        return shared

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        return None


class _Processes(Executor):
    """Pebble's pool as an executor: a time limit per run that ends the worker, cancel that ends it too."""

    def __init__(self, pool: ProcessPool, time_limit: float | None) -> None:
        self._pool, self._time_limit = pool, time_limit

    def submit(
        self, fn: Callable[Given, Answer], /, *args: Given.args, **kwargs: Given.kwargs
    ) -> Future[Answer]:
        return self._pool.schedule(fn, args, kwargs, timeout=self._time_limit)

    def shutdown(self, wait: bool = True, *, cancel_futures: bool = False) -> None:
        if cancel_futures:
            self._pool.stop()
        else:
            self._pool.close()
        if wait:
            self._pool.join()


class Processes:
    """Worker processes of this machine, each with one thread.

    Parameters
    ----------
    workers
        Number of processes.
    time_limit
        Seconds for one run; a run that takes longer ends with its process, and a new one takes its place.
    memory_limit
        Megabytes of address space of each worker (`RLIMIT_AS`).
    """

    parcel = 1
    """The limits are those of one run, and the way to a worker is short."""

    def __init__(
        self, workers: int | None = None, time_limit: float | None = None, memory_limit: int | None = None
    ) -> None:
        self.workers = workers or len(os.sched_getaffinity(0))
        self._time_limit, self._memory_limit = time_limit, memory_limit
        self._executor: _Processes | None = None
        self._before: Mapping[str, str | None] = {}

    @property
    def executor(self) -> Executor:
        """Where to submit; the workers start with `share`."""
        if self._executor is None:
            raise RuntimeError("share comes before the first submit: it starts the workers")
        return self._executor

    def share(self, shared: Shared) -> None:
        """Start the workers with what all runs have in common."""
        self._before = {name: os.environ.get(name) for name in ONE_THREAD}
        os.environ.update(dict.fromkeys(ONE_THREAD, "1"))
        pool = ProcessPool(
            max_workers=self.workers,
            initializer=_start,
            initargs=(shared, self._memory_limit),
            context=get_context("spawn"),
        )
        self._executor = _Processes(pool, self._time_limit)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._executor is not None:
            self._executor.shutdown(cancel_futures=kind is not None)
        for name, value in self._before.items():
            if value is None:
                os.environ.pop(name, None)
            else:
                os.environ[name] = value


def _start(shared: Shared, memory_limit: int | None) -> None:
    """Set a worker process up."""
    if memory_limit is not None:
        size = memory_limit * MEGABYTE
        resource.setrlimit(resource.RLIMIT_AS, (size, size))
    start_worker(shared)
