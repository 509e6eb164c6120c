"""Random nasty plans by every engine and by exact arithmetic: the same answer, or it says where.

python -m benchmarks.soak_plans --plans 2000 --seed 0 --engines fast,highs --processes 2
"""

import argparse
import os
import sys
import time
from collections import Counter
from collections.abc import Sequence
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass
from functools import partial

from tests.nasty_campaign import Failure, try_seed

SHOWN = 12
BATCH = 20


@dataclass(frozen=True)
class Count:
    """What became of a seed."""

    seed: int
    verdict: str
    failures: tuple[Failure, ...]
    seconds: float


def main(arguments: Sequence[str] | None = None) -> int:
    """Try seed by seed; exit code 1 if any plan failed."""
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--plans", type=int, default=2000)
    parser.add_argument("--seed", type=int, default=0, help="the first seed")
    parser.add_argument("--engines", default="fast,highs", help="the first is compared with each other one")
    parser.add_argument("--processes", type=int, default=2)
    parser.add_argument("--files", type=int, default=0, help="every so many plans also in files, verified")
    parsed = parser.parse_args(arguments)
    trial = partial(_try, engines=tuple(parsed.engines.split(",")), files=parsed.files)
    start = time.monotonic()
    verdicts: Counter[str] = Counter()
    failed: list[Count] = []
    cpu = 0.0
    os.environ["OPENBLAS_NUM_THREADS"] = "1"
    with ProcessPoolExecutor(parsed.processes) as pool:
        for count in pool.map(trial, range(parsed.seed, parsed.seed + parsed.plans), chunksize=BATCH):
            verdicts[count.verdict.partition(":")[0]] += 1
            cpu += count.seconds
            if count.failures:
                failed.append(count)
                for failure in count.failures:
                    print(f"{count.seed}: {failure.kind}: {failure.text}", flush=True)
    kinds = Counter(kind for count in failed for kind in {failure.kind for failure in count.failures})
    print(
        f"{parsed.plans} plans from seed {parsed.seed} by {parsed.engines}: {dict(verdicts)}; "
        f"{len(failed)} failed; {cpu:.0f} s CPU, {time.monotonic() - start:.0f} s"
    )
    for kind, n in kinds.most_common():
        seeds = [count.seed for count in failed if any(one.kind == kind for one in count.failures)]
        print(f"  {n:5d}  {kind}: seeds {' '.join(map(str, seeds[:SHOWN]))}")
    return 1 if failed else 0


def _try(seed: int, engines: Sequence[str], files: int) -> Count:
    start = time.process_time()
    trial = try_seed(seed, engines, with_files=files > 0 and seed % files == 0)
    return Count(seed, trial.verdict, trial.failures, time.process_time() - start)


if __name__ == "__main__":
    sys.exit(main())
