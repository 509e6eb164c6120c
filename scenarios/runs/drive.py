"""Driving runs through a fleet: nothing is lost when a worker dies, nothing stops when a run is poisoned."""

from collections import deque
from collections.abc import Callable, Iterable, Sequence
from concurrent.futures import FIRST_COMPLETED, Executor, Future, wait
from dataclasses import dataclass
from typing import Any

from pebble import ProcessExpired

from scenarios.runs.work import run_scenario
from scenarios.scenario import Chain

TRIES = 3
"""A run whose worker dies is tried again, on another one, this often in all."""
IN_FLIGHT = 3
"""Parcels handed out per worker: enough to keep it busy, few enough to keep memory flat."""

KILLED = "KilledWorker"
"""What Dask raises when it has tried often enough (known by name, so that the library need not be loaded)."""

Task = tuple[str, Chain]
Figures = dict[str, Any]
Work = Callable[[Any, Chain], Figures]
Done = Callable[[str, Figures], None]


@dataclass(frozen=True)
class _Waiting:
    """A run that is to be handed out.

    Parameters
    ----------
    attempt
        1 = it was never handed out.
    alone
        It is handed out in a parcel of its own, as it may have spoilt a larger one.
    """

    key: str
    chain: Chain
    attempt: int = 1
    alone: bool = False


def drive(
    tasks: Iterable[Task],
    executor: Executor,
    shared: Any,
    workers: int,
    done: Done,
    work: Work = run_scenario,
    parcel: int = 1,
) -> None:
    """Run every task and report each outcome as it comes.

    Parameters
    ----------
    tasks
        Key and chain of every run.
    shared
        What the fleet's `share` returned.
    done
        Called with key and outcome, once per task, in no certain order.
    work
        What a worker does with `shared` and a chain.
    parcel
        Most runs to hand out at once: for fleets to which the way is long. Runs of a parcel that fails
        are handed out again one by one.
    """
    waiting = deque(_Waiting(key, chain) for key, chain in tasks)
    flying: dict[Future[list[Figures]], list[_Waiting]] = {}
    try:
        while waiting or flying:
            while waiting and len(flying) < IN_FLIGHT * workers:
                runs = _next_parcel(waiting, workers, parcel)
                flying[executor.submit(work_through, work, shared, [run.chain for run in runs])] = runs
            landed, _ = wait(flying, return_when=FIRST_COMPLETED)
            for future in landed:
                _take(future, flying.pop(future), waiting, done)
    except BaseException:
        for future in flying:
            future.cancel()
        raise


def work_through(work: Work, shared: Any, chains: Sequence[Chain]) -> list[Figures]:
    """Do what a worker does with each chain of a parcel."""
    return [work(shared, chain) for chain in chains]


def _next_parcel(waiting: deque[_Waiting], workers: int, most: int) -> list[_Waiting]:
    """Take the next runs off the queue; fewer towards the end, so that all workers end together."""
    size = max(1, min(most, len(waiting) // (IN_FLIGHT * workers)))
    runs = [waiting.popleft()]
    while len(runs) < size and not runs[0].alone and waiting and not waiting[0].alone:
        runs.append(waiting.popleft())
    return runs


def _take(
    future: Future[list[Figures]], runs: Sequence[_Waiting], waiting: deque[_Waiting], done: Done
) -> None:
    """Report what a parcel brought, or queue its runs again."""
    error = future.exception()
    if error is None:
        for run, figures in zip(runs, future.result(), strict=True):
            done(run.key, figures)
    elif len(runs) > 1:
        waiting.extend(_Waiting(run.key, run.chain, run.attempt, alone=True) for run in runs)
    elif isinstance(error, ProcessExpired) and runs[0].attempt < TRIES:
        waiting.append(_Waiting(runs[0].key, runs[0].chain, runs[0].attempt + 1, alone=True))
    else:
        done(runs[0].key, _failed(_reason(error, runs[0].attempt)))


def _reason(error: BaseException, attempt: int) -> str:
    if isinstance(error, TimeoutError):
        return "the run took longer than the time limit and was ended"
    if isinstance(error, ProcessExpired):
        return f"its worker died {attempt} times (exit code {error.exitcode})"
    if isinstance(error, MemoryError):
        return "the run needs more memory than a worker may have"
    if type(error).__name__ == KILLED:
        return "its workers died again and again"
    if not isinstance(error, Exception):
        raise error
    return f"{type(error).__name__}: {error}"


def _failed(reason: str) -> Figures:
    return {"status": "failed", "reason": reason, "measures": {}}
