"""CPU seconds that a what-if run of a plan takes in a worker that knows the plan, with all its files.

python -m benchmarks.run_cost PLAN --runs 10
"""

import argparse
import json
import os
import statistics
import sys
import time
from collections.abc import Sequence
from pathlib import Path

from allocator.plan.reading import read_plan
from service.runs.crew import ONE_THREAD
from service.runs.job import Job
from service.runs.orders import Order
from service.runs.worker import fulfil


def main(arguments: Sequence[str] | None = None) -> int:
    """Work off the plan itself, then changed totals; say what each run cost."""
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("plan", type=Path)
    parser.add_argument("--runs", type=int, default=10)
    parsed = parser.parse_args(arguments)
    if any(os.environ.get(name) != "1" for name in ONE_THREAD):
        # numeric libraries read these when they are loaded
        os.execve(sys.executable, [sys.executable, "-m", "benchmarks.run_cost", *sys.argv[1:]], _single())
    measure = next(iter(read_plan(parsed.plan).spec.measures))
    cold = _seconds(parsed.plan, [])
    first = _seconds(parsed.plan, _chain(measure, 0))
    warm = [_seconds(parsed.plan, _chain(measure, number)) for number in range(1, parsed.runs + 1)]
    usual = statistics.median(warm)
    print(f"plan itself {cold:.2f} s, first what-if {first:.2f} s, what-if {usual:.2f} s of CPU")
    return 0


def _single() -> dict[str, str]:
    return {**os.environ, **dict.fromkeys(ONE_THREAD, "1")}


def _chain(measure: str, number: int) -> list[dict[str, object]]:
    change = {"kind": "scale_total", "measure": measure, "factor": f"{1 + number / 10_000:.4f}"}
    return [{"name": "what-if", "changes": [change]}]


def _seconds(plan: Path, chain: list[dict[str, object]]) -> float:
    order = Order(Job("cost", json.dumps(chain)), str(plan), str(plan), "", "", 0)
    start = time.process_time()
    outcome = fulfil(order)
    if outcome.status != "succeeded":
        raise RuntimeError(f"the run ended as {outcome.status}: {outcome.reason}")
    return time.process_time() - start


if __name__ == "__main__":
    sys.exit(main())
