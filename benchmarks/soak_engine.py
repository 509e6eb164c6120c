"""Thousands of random models by the fast engine and by linear programs: the same answer, or it says where.

python -m benchmarks.soak_engine --models 3000 --seed 100000
"""

import argparse
import sys
import time
from collections.abc import Sequence

import numpy as np

from solver_models.engines.choice import choose_engine
from tests.solver_models.agreement import family_model, solve_by

AGREED = 1e-9


def main(arguments: Sequence[str] | None = None) -> int:
    """Compare model by model; exit code 1 if any pair differs."""
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--models", type=int, default=3000)
    parser.add_argument("--seed", type=int, default=100_000)
    parsed = parser.parse_args(arguments)
    fast, slow = choose_engine("fast"), choose_engine("highs")
    impossible = fallen = 0
    worst, wrong = 0.0, []
    start = time.monotonic()
    for seed in range(parsed.seed, parsed.seed + parsed.models):
        family, model = family_model(seed)
        one, other = solve_by(model, fast), solve_by(model, slow)
        if one.x is None or other.x is None or one.solved is None:
            impossible += other.x is None
            if (one.x is None) != (other.x is None):
                wrong.append(f"{seed} ({family}): fast {one.x is not None}, linear {other.x is not None}")
            continue
        fallen += one.solved.fallbacks(fast.name) > 0
        away = float((np.abs(one.x - other.x) / np.maximum(model.weight, np.abs(other.x))).max(initial=0.0))
        worst = max(worst, away)
        if away > AGREED:
            wrong.append(f"{seed} ({family}): {away:.1e} apart")
    print(
        f"{parsed.models} models: {impossible} impossible, {fallen} with a fallback, largest difference "
        f"{worst:.1e}, {len(wrong)} differ, {time.monotonic() - start:.0f} s"
    )
    print("\n".join(wrong))
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main())
