"""Sales as random numbers: chances in closed form for one seller, by simulation for sums of them."""

from dataclasses import dataclass, field
from typing import TypeAlias

import numpy as np
from numpy.typing import NDArray
from scipy.special import ndtr, ndtri

from solver_models.arrays import FloatArray, IntArray
from solver_models.hierarchy import Hierarchy

SingleArray: TypeAlias = NDArray[np.float32]

MOST_PATHS, FEWEST_PATHS = 10_000, 2_000
ELEMENTS = 3_000_000
"""Sales drawn, about; large organisations take fewer paths."""
KEPT = 8_000_000
"""Luck is kept for the next measure up to this many numbers."""
CHUNK = 500_000
LONGEST_SUM = 256
"""Sellers added up in single precision before the sum goes on in double."""


@dataclass(frozen=True)
class SalesModel:
    """S_i = m_i exp(s_i (sqrt(r) Z_g + sqrt(1 - r) e_i) - s_i^2 / 2), so that E S_i = m_i.

    Z_g = sqrt(c) Z + sqrt(1 - c) Y_g; Z (all), Y_g (group g) and e_i are independent standard normal.

    Parameters
    ----------
    expected
        m, shape (n,), >= 0.
    spread
        s, shape (n,), > 0: standard deviation of log sales.
    group
        g, shape (n,): 0 .. number of groups - 1.
    correlation
        r, 0..1: correlation of log sales of two sellers of one group.
    common
        c, 0..1: the part of r that two sellers of different groups have in common.
    """

    expected: FloatArray
    spread: FloatArray
    group: IntArray
    correlation: float
    common: float


@dataclass(frozen=True)
class LuckyDraws:
    """Standard normal luck of sellers and groups over many paths, the same for every model of a company.

    What sellers share is drawn by Latin hypercube: each of the shared factors takes every
    1/n_path-quantile once, so that the mean over the paths moves little. Sellers' own luck comes in
    pairs e, -e. Every path by itself is a plain draw.

    Parameters
    ----------
    n, n_group
        Numbers of sellers and groups.
    seed
        All draws follow from it and the two numbers.
    """

    n: int
    n_group: int
    seed: int
    _kept: dict[int, SingleArray] = field(default_factory=dict, repr=False, compare=False)

    @property
    def paths(self) -> int:
        """Number of paths, even."""
        return 2 * (int(np.clip(ELEMENTS // max(self.n, 1), FEWEST_PATHS, MOST_PATHS)) // 2)

    def shared(self) -> FloatArray:
        """Z of all and Y of every group, shape (1 + n_group, n_path)."""
        generator = np.random.Generator(np.random.PCG64([self.seed, 0]))
        rows = 1 + self.n_group
        strata = generator.permuted(np.tile(np.arange(self.paths, dtype=np.float64), (rows, 1)), axis=1)
        drawn: FloatArray = ndtri((strata + generator.uniform(1e-9, 1.0, strata.shape)) / self.paths)
        return drawn

    def chunks(self) -> list[tuple[int, int]]:
        """Return the half paths of each chunk of own luck: first and end."""
        half = self.paths // 2
        step = max(1, CHUNK // max(self.n, 1) // 2)
        return [(start, min(start + step, half)) for start in range(0, half, step)]

    def own(self, chunk: int) -> SingleArray:
        """Sellers' own luck of a chunk of half paths, shape (n, n_half), single precision."""
        if chunk in self._kept:
            return self._kept[chunk]
        first, end = self.chunks()[chunk]
        generator = np.random.Generator(np.random.SFC64([self.seed, 1, chunk]))
        drawn = generator.standard_normal((self.n, end - first), dtype=np.float32)
        if self.n * self.paths <= KEPT:
            self._kept[chunk] = drawn
        return drawn


@dataclass(frozen=True)
class Simulated:
    """Sums of simulated sales at chosen nodes.

    Parameters
    ----------
    sales
        Shape (n_chosen, n_path).
    """

    sales: FloatArray

    @property
    def paths(self) -> int:
        """Number of paths."""
        return int(self.sales.shape[1])


def chance(model: SalesModel, target: FloatArray) -> FloatArray:
    """P(S_i >= t_i) = Phi((ln(m / t) - s^2 / 2) / s); 1 for t <= 0, else 0 for m = 0. Shape (n,)."""
    possible = (model.expected > 0) & (target > 0)
    ratio = np.where(possible, model.expected / np.where(possible, target, 1.0), 1.0)
    found = ndtr((np.log(ratio) - model.spread**2 / 2) / model.spread)
    return np.where(target <= 0, 1.0, np.where(possible, found, 0.0))


def quantile(model: SalesModel, share: float) -> FloatArray:
    """Sales that S_i stays below with this probability: m exp(s Phi^-1(share) - s^2 / 2). Shape (n,)."""
    point: FloatArray = model.expected * np.exp(model.spread * ndtri(share) - model.spread**2 / 2)
    return point


def expected_up_to(model: SalesModel, target: FloatArray) -> FloatArray:
    """E min(S_i, t_i) = m Phi(d - s) + t Phi(-d), d = (ln(t / m) + s^2 / 2) / s. Shape (n,)."""
    possible = (model.expected > 0) & (target > 0)
    ratio = np.where(possible, target / np.where(possible, model.expected, 1.0), 1.0)
    d = (np.log(ratio) + model.spread**2 / 2) / model.spread
    return np.where(possible, model.expected * ndtr(d - model.spread) + target * ndtr(-d), 0.0)


def simulate(model: SalesModel, org: Hierarchy, chosen: IntArray, luck: LuckyDraws) -> Simulated:
    """Draw sales of all sellers (leaves) and add them up at the chosen nodes.

    The luck does not depend on targets or expected sales (common random numbers): two plans, or two
    measures, are compared on the same luck.

    Parameters
    ----------
    chosen
        Positions in `org`.
    """
    shared = luck.shared()
    region = np.sqrt(model.common) * shared[0] + np.sqrt(1.0 - model.common) * shared[1:]
    region = (np.sqrt(model.correlation) * region).astype(np.float32)
    own_part = np.float32(np.sqrt(1.0 - model.correlation))
    spread = model.spread.astype(np.float32)[:, None]
    scale = (model.expected * np.exp(-(model.spread**2) / 2)).astype(np.float32)[:, None]
    segments = _Segments.of(org, chosen, luck.n)
    sales = np.empty((len(chosen), luck.paths))
    half = luck.paths // 2
    for chunk, (first, end) in enumerate(luck.chunks()):
        own = own_part * luck.own(chunk)
        for sign, start in ((1, 0), (-1, half)):
            drawn = region[:, start + first : start + end][model.group]
            drawn = np.add(drawn, own, out=drawn) if sign > 0 else np.subtract(drawn, own, out=drawn)
            drawn *= spread
            np.exp(drawn, out=drawn)
            drawn *= scale
            sales[:, start + first : start + end] = segments.sums(drawn)
    return Simulated(sales)


@dataclass(frozen=True)
class _Segments:
    """Runs of leaves between the borders of the chosen nodes, and the runs of each node."""

    start: IntArray
    first: IntArray
    end: IntArray

    @staticmethod
    def of(org: Hierarchy, chosen: IntArray, n: int) -> "_Segments":
        first, end = org.leaf_start[chosen], org.leaf_end[chosen]
        cut = np.unique(np.concatenate([first, end, np.arange(0, n, LONGEST_SUM), [n]]))
        return _Segments(cut[:-1], np.searchsorted(cut, first), np.searchsorted(cut, end))

    def sums(self, drawn: SingleArray) -> FloatArray:
        """Sums of the rows below each chosen node, shape (n_chosen, n_column), double precision."""
        part = np.add.reduceat(drawn, self.start, axis=0)
        running = np.zeros((len(part) + 1, drawn.shape[1]))
        np.cumsum(part, axis=0, dtype=np.float64, out=running[1:])
        found: FloatArray = running[self.end] - running[self.first]
        return found


def pair_correlation(score: FloatArray, unit: IntArray) -> tuple[float, int]:
    """Mean product of all pairs within units, and the number of units with a pair.

    Parameters
    ----------
    score
        Standardised residuals, shape (n,).
    unit
        Shape (n,): which scores share a unit (a region in a year).
    """
    count = np.bincount(unit)
    total = np.bincount(unit, weights=score)
    square = np.bincount(unit, weights=score**2)
    pairs = float((count * (count - 1)).sum())
    units = int((count > 1).sum())
    return (float((total**2 - square).sum() / pairs), units) if pairs else (0.0, 0)


def tail_mean(losses: FloatArray, level: float) -> float:
    """CVaR of equally likely losses: their mean over the worst share 1 - level, atoms split.

    = min over eta of eta + sum max(0, loss - eta) / ((1 - level) n) (Rockafellar and Uryasev); the
    minimum is reached at the level-quantile.

    Parameters
    ----------
    level
        0 <= level < 1.
    """
    ordered = np.sort(losses)
    at = min(len(ordered) - 1, max(0, int(np.ceil(level * len(ordered) - 1e-12)) - 1))
    eta = float(ordered[at])
    return eta + float(np.maximum(ordered - eta, 0.0).sum()) / ((1.0 - level) * len(ordered))


def expected_multiple(
    model: SalesModel, target: FloatArray, at: tuple[float, ...], multiple: tuple[float, ...]
) -> FloatArray:
    """E c(S_i / t_i) of a curve c that is straight between its knots and level beyond them; 0 for t <= 0.

    c(a) = c_0 + sum_k b_k ((a - a_k)^+ - (a - a_k+1)^+), b_k = slope of piece k, and
    E (S - t a)^+ = E S - E min(S, t a).

    Parameters
    ----------
    target
        t, shape (n,).
    at, multiple
        Knots a_k ascending and the values c_k there.
    """
    asked = target > 0
    quota = np.where(asked, target, 1.0)
    beyond = [(model.expected - expected_up_to(model, quota * knot)) / quota for knot in at]
    value = np.full(len(target), multiple[0])
    for k in range(len(at) - 1):
        slope = (multiple[k + 1] - multiple[k]) / (at[k + 1] - at[k])
        value = value + slope * (beyond[k] - beyond[k + 1])
    return np.where(asked, value, 0.0)
