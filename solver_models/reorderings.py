"""Reorderings of one column within strata: all of them where they are few, else seeded draws."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from itertools import permutations
from math import factorial, prod

import numpy as np

from solver_models.arrays import FloatArray, IntArray

EXACT_UP_TO = 5040
"""All orders are enumerated up to this many (7 in one stratum)."""
MOST_DRAWS, FEWEST_DRAWS = 9_999, 999
ELEMENTS = 400_000
"""Numbers drawn at most, about, between the fewest and the most draws."""
FIRST_BLOCK = 128
CHUNK = 1_000_000


@dataclass(frozen=True)
class Reorderings:
    """Orders of `values` within strata, drawn as far as a test asks and kept for the next one.

    All tests of a column see the same orders (common random numbers).

    Parameters
    ----------
    values
        Shape (n,).
    stratum
        Shape (n,): values change places only within one.
    seed
        Of the draws.
    """

    values: FloatArray
    stratum: IntArray
    seed: int
    _drawn: list[FloatArray] = field(default_factory=list, repr=False, compare=False)
    _source: list[Iterator[FloatArray]] = field(default_factory=list, repr=False, compare=False)

    @property
    def are_all(self) -> bool:
        """Whether `blocks` are all orders there are."""
        members = strata(self.stratum)
        return all(len(part) <= 8 for part in members) and (
            prod(factorial(len(part)) for part in members) <= EXACT_UP_TO
        )

    def blocks(self) -> Iterator[FloatArray]:
        """Orders as rows, in blocks of bounded size; always the same ones."""
        if not self._source:
            members = strata(self.stratum)
            self._source.append(
                _all_orders(self.values, members)
                if self.are_all
                else _drawn_orders(self.values, members, self.seed)
            )
        at = 0
        while True:
            if at == len(self._drawn):
                block = next(self._source[0], None)
                if block is None:
                    return
                self._drawn.append(block)
            yield self._drawn[at]
            at += 1


def strata(stratum: IntArray) -> list[IntArray]:
    """Positions of the members of each stratum, in order of its number."""
    order = np.argsort(stratum, kind="stable")
    cuts = np.flatnonzero(np.diff(stratum[order])) + 1
    return [part.astype(np.int64) for part in np.split(order, cuts)] if len(order) else []


def rank_scores(values: FloatArray, stratum: IntArray) -> FloatArray:
    """Ranks within each stratum, centred and divided by its size + 1 (ties share a rank). Shape (n,).

    In one stratum the correlation of two such scores is Spearman's.
    """
    n = len(values)
    if not n:
        return np.zeros(0)
    order = np.lexsort((values, stratum))
    sorted_values, sorted_stratum = values[order], stratum[order]
    starts_stratum = np.concatenate([[True], np.diff(sorted_stratum) != 0])
    starts_tie = starts_stratum | np.concatenate([[True], np.diff(sorted_values) != 0])
    tie = np.cumsum(starts_tie) - 1
    first = np.flatnonzero(starts_tie)
    last = np.concatenate([first[1:], [n]]) - 1
    place = np.cumsum(starts_stratum) - 1
    begin = np.flatnonzero(starts_stratum)
    size = np.diff(np.concatenate([begin, [n]]))[place]
    rank = (first + last)[tie] / 2 - begin[place] + 1.0
    scores = np.empty(n)
    scores[order] = (rank - (size + 1) / 2) / (size + 1)
    return scores


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


def _drawn_orders(values: FloatArray, members: list[IntArray], seed: int) -> Iterator[FloatArray]:
    """Seeded random orders within the strata; blocks double, as most tests stop early."""
    generator = np.random.Generator(np.random.PCG64(seed))
    n = max(len(values), 1)
    left = int(np.clip(ELEMENTS // n, FEWEST_DRAWS, MOST_DRAWS))
    rows = FIRST_BLOCK
    while left:
        rows = min(left, rows, max(1, CHUNK // n))
        block = np.empty((rows, len(values)))
        for part in members:
            block[:, part] = generator.permuted(np.tile(values[part], (rows, 1)), axis=1)
        yield block
        left -= rows
        rows *= 2
