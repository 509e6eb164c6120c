"""A Dask cluster as a fleet; loaded only where one is asked for, as the library is large."""

from concurrent.futures import Executor
from types import TracebackType
from typing import Any, Self

from distributed import Client, Event, get_client

from scenarios.runs.cluster_memory import KeepMemory
from scenarios.runs.work import Shared


class Cluster:
    """A Dask cluster by the address of its scheduler. A worker that dies is replaced by Dask itself.

    Parameters
    ----------
    address
        `tcp://HOST:PORT` of the scheduler.
    connect_seconds, wait_for
        How long to wait for the scheduler, and then for so many workers.

    Raises
    ------
    OSError
        If no scheduler answers at the address, or too few workers are there.
    """

    parcel = 16
    """Client, scheduler and worker spend more on a task than a small run takes."""

    def __init__(self, address: str, *, connect_seconds: float = 20.0, wait_for: int = 1) -> None:
        self._client = Client(address, timeout=connect_seconds, set_as_default=False)
        self._client.wait_for_workers(wait_for, timeout=connect_seconds)
        self._client.register_plugin(KeepMemory())
        threads = self._client.nthreads()
        self.workers = max(1, sum(threads.values()))
        self._executor: Executor = self._client.get_executor(pure=False)

    @property
    def executor(self) -> Executor:
        """Where to submit."""
        return self._executor

    def share(self, shared: Shared) -> Any:
        """Bring it to every worker once; runs are handed a reference."""
        return self._client.scatter(shared, broadcast=True, hash=False)

    def raise_sign(self, name: str) -> None:
        """Raise a sign that workers look for with `cluster_sign.is_raised`."""
        Event(name, client=self._client).set()

    def lower_sign(self, name: str) -> None:
        """Take a sign down again, so that the scheduler need not keep it."""
        Event(name, client=self._client).clear()

    def hand_out(self, thing: object) -> Any:
        """Leave something in the cluster once; return what to submit in its place."""
        return self._client.scatter(thing, broadcast=True, hash=False)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._executor.shutdown(wait=False)
        self._client.close()


def sign_of_worker(name: str) -> Event:
    """Return a sign as the worker at hand sees it."""
    return Event(name, client=get_client())
