"""Driving runs through a fleet: nothing is lost when a worker dies, nothing stops when a run is poisoned."""

from collections import deque
from collections.abc import Callable, Iterable
from concurrent.futures import FIRST_COMPLETED, Executor, Future, wait
from typing import Any

from pebble import ProcessExpired

from scenarios.runs.work import run_scenario
from scenarios.scenario import Chain

TRIES = 3
"""A run whose worker dies is tried again, on another one, this often in all."""
IN_FLIGHT = 3
"""Runs handed out per worker: enough to keep it busy, few enough to keep memory flat."""

KILLED = "KilledWorker"
"""What Dask raises when it has tried often enough (known by name, so that the library need not be loaded)."""

Task = tuple[str, Chain]
Work = Callable[[Any, Chain], dict[str, Any]]
Done = Callable[[str, dict[str, Any]], None]


def drive(
    tasks: Iterable[Task],
    executor: Executor,
    shared: Any,
    workers: int,
    done: Done,
    work: Work = run_scenario,
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
    """
    waiting = deque((key, chain, 1) for key, chain in tasks)
    flying: dict[Future[dict[str, Any]], tuple[str, Chain, int]] = {}
    try:
        while waiting or flying:
            while waiting and len(flying) < IN_FLIGHT * workers:
                task = waiting.popleft()
                flying[executor.submit(work, shared, task[1])] = task
            landed, _ = wait(flying, return_when=FIRST_COMPLETED)
            for future in landed:
                key, chain, attempt = flying.pop(future)
                outcome = _outcome(future, attempt)
                if outcome is None:
                    waiting.append((key, chain, attempt + 1))
                else:
                    done(key, outcome)
    except BaseException:
        for future in flying:
            future.cancel()
        raise


def _outcome(future: Future[dict[str, Any]], attempt: int) -> dict[str, Any] | None:
    """Return what became of a run; None where its worker died and it may be tried again."""
    try:
        return future.result()
    except TimeoutError:
        return _failed("the run took longer than the time limit and was ended")
    except ProcessExpired as death:
        if attempt < TRIES:
            return None
        return _failed(f"its worker died {attempt} times (exit code {death.exitcode})")
    except MemoryError:
        return _failed("the run needs more memory than a worker may have")
    except Exception as error:
        if type(error).__name__ == KILLED:
            return _failed("its workers died again and again")
        return _failed(f"{type(error).__name__}: {error}")


def _failed(reason: str) -> dict[str, Any]:
    return {"status": "failed", "reason": reason, "measures": {}}
