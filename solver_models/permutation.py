"""Permutation tests within strata: exact for tiny samples, seeded draws otherwise; Holm's correction."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from itertools import permutations
from math import factorial, prod

import numpy as np

from solver_models.arrays import FloatArray, IntArray
from solver_models.ranks import mean_ranks

EXACT_UP_TO = 5040
"""All orders are enumerated up to this many (7 in one stratum)."""
MOST_DRAWS, FEWEST_DRAWS = 9_999, 499
ELEMENTS = 400_000
"""Numbers drawn per test, about; large samples take fewer draws."""
CHUNK = 1_000_000
TIE = 1e-12

Statistic = Callable[[FloatArray], FloatArray]


@dataclass(frozen=True)
class PermutationTest:
    """What a permutation test found.

    Parameters
    ----------
    statistic
        The observed value.
    p_value
        Share of orders with a statistic at least as large in absolute value, the observed one included.
    orders
        Number of orders looked at.
    is_exact
        Whether these were all orders there are.
    """

    statistic: float
    p_value: float
    orders: int
    is_exact: bool


def rank_scores(values: FloatArray, stratum: IntArray) -> FloatArray:
    """Ranks within each stratum, centred and divided by its size + 1 (ties share a rank). Shape (n,).

    In one stratum the correlation of two such scores is Spearman's.
    """
    scores = np.zeros(len(values))
    for members in strata(stratum):
        scores[members] = (mean_ranks(values[members]) - (len(members) + 1) / 2) / (len(members) + 1)
    return scores


def strata(stratum: IntArray) -> list[IntArray]:
    """Positions of the members of each stratum, in order of its number."""
    order = np.argsort(stratum, kind="stable")
    cuts = np.flatnonzero(np.diff(stratum[order])) + 1
    return [part.astype(np.int64) for part in np.split(order, cuts)] if len(order) else []


def correlation_test(
    left: FloatArray, right: FloatArray, stratum: IntArray, seed: int
) -> PermutationTest | None:
    """Test the correlation of centred scores by reordering `left` within strata.

    r = sum l_i r_i / sqrt(sum l_i^2 sum r_i^2); two-sided.

    Parameters
    ----------
    left, right
        Shape (n,), of mean 0 in every stratum (see `rank_scores`).

    Returns
    -------
    None where one side is constant in every stratum.
    """
    size = float(np.sqrt((left @ left) * (right @ right)))
    if size <= TIE:
        return None
    return _tested(left, stratum, seed, lambda orders: orders @ right / size)


def groups_test(scores: FloatArray, group: IntArray, stratum: IntArray, seed: int) -> PermutationTest | None:
    """Test whether groups differ: Kruskal and Wallis's H by reordering `scores` within strata.

    H = (n - 1) (sum over groups of (sum of scores)^2 / size) / (sum of squares): with ranks in one stratum
    it is their H with the correction for ties.

    Parameters
    ----------
    scores
        Shape (n,), of mean 0 in every stratum.
    group
        Shape (n,): 0 .. number of groups - 1, each with a member.

    Returns
    -------
    None where all scores are equal, there is one group, or no reordering can change anything.
    """
    n, count = len(scores), np.bincount(group)
    square = float(scores @ scores)
    is_mixed = any(len(np.unique(group[members])) > 1 for members in strata(stratum))
    if len(count) < 2 or square <= TIE or not is_mixed:
        return None
    member = np.zeros((n, len(count)))
    member[np.arange(n), group] = 1.0
    return _tested(
        scores, stratum, seed, lambda orders: (n - 1) * ((orders @ member) ** 2 / count).sum(axis=1) / square
    )


def regression_test(
    response: FloatArray, slope_of: FloatArray, stratum: IntArray, seed: int
) -> PermutationTest | None:
    """Test one linear function of `response` (a regression slope, say) by reordering it within strata.

    Parameters
    ----------
    slope_of
        Shape (n,): the statistic is slope_of @ response.
    """
    if float(np.abs(slope_of).sum()) <= TIE or float(np.ptp(response)) <= TIE:
        return None
    return _tested(response, stratum, seed, lambda orders: orders @ slope_of)


def holm(p_values: Sequence[float]) -> list[float]:
    """Holm's step-down correction: the i-th smallest p times (m - i + 1), never falling, at most 1."""
    corrected = [0.0] * len(p_values)
    running = 0.0
    for rank, at in enumerate(sorted(range(len(p_values)), key=lambda at: p_values[at])):
        running = max(running, min(1.0, (len(p_values) - rank) * p_values[at]))
        corrected[at] = running
    return corrected


def _tested(values: FloatArray, stratum: IntArray, seed: int, statistic: Statistic) -> PermutationTest:
    """Compare the observed statistic with those of the orders."""
    observed = float(statistic(values[None, :])[0])
    least = abs(observed) - TIE * max(1.0, abs(observed))
    members = strata(stratum)
    is_exact = all(len(part) <= 8 for part in members) and (
        prod(factorial(len(part)) for part in members) <= EXACT_UP_TO
    )
    orders, as_large = 0, 0
    for block in _all_orders(values, members) if is_exact else _drawn(values, members, seed):
        orders += len(block)
        as_large += int((np.abs(statistic(block)) >= least).sum())
    extra = 0 if is_exact else 1
    return PermutationTest(observed, (as_large + extra) / (orders + extra), orders, is_exact)


def _all_orders(values: FloatArray, members: list[IntArray]) -> Iterator[FloatArray]:
    """Every order within the strata, as one block of rows."""
    block = values[None, :]
    for part in members:
        orders = np.array(list(permutations(range(len(part)))), np.int64)
        repeated = np.repeat(block, len(orders), axis=0)
        choice = np.tile(orders, (len(block), 1))
        repeated[:, part] = values[part][choice]
        block = repeated
    yield block


def _drawn(values: FloatArray, members: list[IntArray], seed: int) -> Iterator[FloatArray]:
    """Seeded random orders within the strata, in blocks of bounded size."""
    generator = np.random.Generator(np.random.PCG64(seed))
    left = int(np.clip(ELEMENTS // max(len(values), 1), FEWEST_DRAWS, MOST_DRAWS))
    while left:
        rows = min(left, max(1, CHUNK // max(len(values), 1)))
        block = np.empty((rows, len(values)))
        for part in members:
            block[:, part] = generator.permuted(np.tile(values[part], (rows, 1)), axis=1)
        yield block
        left -= rows
