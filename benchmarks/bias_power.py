"""How often each test for bias rejects, by number of reps: without any bias, and with one of stated size.

    python -m benchmarks.bias_power [--runs 400] [--seed 1]

prints the table of docs/fairness.md. Reps form one peer group; `t` is Student's test of the same slope, or
analysis of variance, on the same numbers. Shares of p <= 0.05 before Holm's correction. Nothing is timed.
"""

import argparse
import sys
from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
from scipy.stats import f_oneway, pearsonr
from scipy.stats import t as student

from solver_models.arrays import FloatArray
from solver_models.permutation import correlation_test, groups_test, slope_test
from solver_models.reorderings import Reorderings, rank_scores

SIZES = (10, 20, 40, 100, 400)
GROUPS = 4
NOISE = 0.05
"""Standard deviation of ratios, or of changes of quota, that the driver does not explain."""
CORRELATION, GROUP_SPREAD, STEEPER = 0.5, 0.6, 0.3
"""The bias: a correlation; group means that scatter by 0.6 of the noise; a slope above less one below."""


@dataclass(frozen=True)
class Trial:
    """p-values of the product's test and of the textbook's."""

    ours: float
    textbook: float


Kind = Callable[[np.random.Generator, int, bool], Trial]


def drivers(rng: np.random.Generator, n: int, is_biased: bool) -> Trial:
    """Size, tenure, last growth, last attainment: a correlation with a driver."""
    x = rng.normal(size=n)
    r = CORRELATION if is_biased else 0.0
    ratio = NOISE * (r * x + np.sqrt(1 - r * r) * rng.normal(size=n))
    stratum = np.zeros(n, np.int64)
    scores = Reorderings(rank_scores(ratio, stratum), stratum, int(rng.integers(2**31)))
    return Trial(p_of(correlation_test(scores, rank_scores(x, stratum))), float(pearsonr(x, ratio)[1]))


def groups(rng: np.random.Generator, n: int, is_biased: bool) -> Trial:
    """Manager, region, role, tenure band: four groups of equal size with different means."""
    member = np.arange(n) % GROUPS
    middle = np.array([-1.0, -1.0, 1.0, 1.0]) * (GROUP_SPREAD if is_biased else 0.0)
    ratio = NOISE * (middle[member] + rng.normal(size=n))
    stratum = np.zeros(n, np.int64)
    scores = Reorderings(rank_scores(ratio, stratum), stratum, int(rng.integers(2**31)))
    textbook = f_oneway(*(ratio[member == k] for k in range(GROUPS)))[1]
    return Trial(p_of(groups_test(scores, member.astype(np.int64))), float(textbook))


def ratchet(rng: np.random.Generator, n: int, is_biased: bool) -> Trial:
    """Changes of quota that follow sales by 0.6 below quota and, with the ratchet, by 0.9 above."""
    distance = rng.normal(0, 0.2, n)
    beat = np.maximum(distance, 0.0)
    change = 0.6 * distance + (STEEPER if is_biased else 0.0) * beat + NOISE * rng.normal(size=n)
    found = slope_test(change, distance, beat, np.zeros(n, np.int64), int(rng.integers(2**31)))
    return Trial(p_of(found), students_p(change, np.column_stack([np.ones(n), distance, beat])))


KINDS: dict[str, Kind] = {
    "size, tenure, last_growth, last_attainment": drivers,
    "manager, region, role, tenure_band": groups,
    "ratchet": ratchet,
}


def p_of(found: object) -> float:
    """p-value of a test; 1 where nothing could be tested."""
    return float(getattr(found, "p_value", 1.0))


def students_p(response: FloatArray, design: FloatArray) -> float:
    """p of the last slope by least squares; 1 where it follows from the others."""
    slope, _, rank, _ = np.linalg.lstsq(design, response, rcond=None)
    if rank < design.shape[1]:
        return 1.0
    left, free = response - design @ slope, len(response) - rank
    error = np.sqrt(left @ left / free * np.linalg.inv(design.T @ design)[-1, -1])
    return float(2 * student.sf(abs(slope[-1] / error), free))


def rates(kind: Kind, n: int, runs: int, seed: int, *, is_biased: bool) -> tuple[float, float]:
    """Shares of p <= 0.05 of our test and of the textbook's."""
    trials = [kind(np.random.default_rng([seed, n, run]), n, is_biased) for run in range(runs)]
    return (
        float(np.mean([one.ours <= 0.05 for one in trials])),
        float(np.mean([one.textbook <= 0.05 for one in trials])),
    )


def main(arguments: Sequence[str] | None = None) -> int:
    """Print the table."""
    parser = argparse.ArgumentParser(description="Print the table of power of docs/fairness.md.")
    parser.add_argument("--runs", type=int, default=400)
    parser.add_argument("--seed", type=int, default=1)
    asked = parser.parse_args(arguments)
    print("| driver | | " + " | ".join(f"{n} reps" for n in SIZES) + " |\n" + "|---" * (len(SIZES) + 2) + "|")
    for name, kind in KINDS.items():
        for words, is_biased in (("no bias", False), ("bias", True)):
            found = [rates(kind, n, asked.runs, asked.seed, is_biased=is_biased) for n in SIZES]
            cells = " | ".join(f"{ours:.1%} (t {textbook:.1%})" for ours, textbook in found)
            print(f"| {name} | {words} | {cells} |", flush=True)
    return 0


if __name__ == "__main__":
    sys.exit(main())
