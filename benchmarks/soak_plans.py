"""Random nasty plans by every engine and by exact arithmetic: the same answer, or it says where.

python -m benchmarks.soak_plans --plans 2000 --seed 0 --engines fast,highs --processes 2
"""

import argparse
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
    is_exact: bool
    misses_a_tier: bool


def main(arguments: Sequence[str] | None = None) -> int:
    """Try seed by seed; exit code 1 if any plan failed."""
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--plans", type=int, default=2000)
    parser.add_argument("--seed", type=int, default=0, help="the first seed")
    parser.add_argument(
        "--engines", default="fast,highs", help="fast, highs, pulp:NAME, whatif: each against the first"
    )
    parser.add_argument("--processes", type=int, default=2)
    parser.add_argument("--files", type=int, default=0, help="every so many plans also in files, verified")
    parsed = parser.parse_args(arguments)
    trial = partial(_try, engines=tuple(parsed.engines.split(",")), files=parsed.files)
    start = time.monotonic()
    seeds = range(parsed.seed, parsed.seed + parsed.plans)
    if parsed.processes == 1:
        counts = [_told(count) for count in map(trial, seeds)]
    else:
        with ProcessPoolExecutor(parsed.processes) as pool:
            counts = [_told(count) for count in pool.map(trial, seeds, chunksize=BATCH)]
    _summary(counts, parsed.engines, time.monotonic() - start)
    return 1 if any(count.failures for count in counts) else 0


def _told(count: Count) -> Count:
    """Print what is wrong with a plan as soon as it is known."""
    for failure in count.failures:
        print(f"{count.seed}: {failure.kind}: {failure.text}", flush=True)
    return count


def _summary(counts: Sequence[Count], engines: str, seconds: float) -> None:
    verdicts = Counter(count.verdict.partition(":")[0] for count in counts)
    failed = [count for count in counts if count.failures]
    kinds = Counter(kind for count in failed for kind in {failure.kind for failure in count.failures})
    print(
        f"{len(counts)} plans from seed {counts[0].seed} by {engines}: {dict(verdicts)}; "
        f"{sum(count.misses_a_tier for count in counts)} miss a soft tier, "
        f"{sum(count.is_exact for count in counts)} solved exactly, too; "
        f"{len(failed)} failed; {sum(count.seconds for count in counts):.0f} s CPU, {seconds:.0f} s"
    )
    for kind, n in kinds.most_common():
        seeds = [count.seed for count in failed if any(one.kind == kind for one in count.failures)]
        print(f"  {n:5d}  {kind}: seeds {' '.join(map(str, seeds[:SHOWN]))}")


def _try(seed: int, engines: Sequence[str], files: int) -> Count:
    start = time.process_time()
    trial = try_seed(seed, engines, with_files=files > 0 and seed % files == 0)
    seconds = time.process_time() - start
    return Count(seed, trial.verdict, trial.failures, seconds, trial.is_exact, trial.misses_a_tier)


if __name__ == "__main__":
    sys.exit(main())
