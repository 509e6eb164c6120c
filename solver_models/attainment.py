"""Sales as random numbers: chances in closed form for one seller, by simulation for sums of them."""

from dataclasses import dataclass, field
from typing import TypeAlias

import numpy as np
from numpy.typing import NDArray
from scipy.special import ndtr, ndtri

from solver_models.arrays import BoolArray, FloatArray, IntArray
from solver_models.common_luck import LuckStates
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
    """S_i = m_i exp(h_k + l_i (c_k Z + r_k Y_g) + s_i e_i - s_i^2 / 2), state k with probability w_k.

    Z (all), Y_g (group g) and e_i are independent standard normal. The states say how large shared luck
    may be; not to know it makes the tails heavy. m_i is the mean of S_i where what is shared comes out
    in the middle.

    Parameters
    ----------
    expected
        m, shape (n,), >= 0.
    own
        s, shape (n,), > 0: standard deviation of the seller's own luck in log sales.
    load
        l, shape (n,), >= 0: how far shared luck moves a seller.
    group
        g, shape (n,): 0 .. number of groups - 1.
    states
        w, h (`shift`), c (`company`) and r (`region`).
    """

    expected: FloatArray
    own: FloatArray
    load: FloatArray
    group: IntArray
    states: LuckStates

    @property
    def spread(self) -> FloatArray:
        """Standard deviation of log sales, shape (n,)."""
        shift, company, region = self.states.variance
        found: FloatArray = np.sqrt(self.own**2 + self.load**2 * (company + region) + shift)
        return found

    def by_state(self, rows: BoolArray) -> tuple[FloatArray, FloatArray]:
        """Mean and log standard deviation of chosen sellers in every state, shapes (n_chosen, n_state)."""
        states = self.states
        shared = np.outer(self.load[rows] ** 2, states.company**2 + states.region**2)
        mean = self.expected[rows, None] * np.exp(states.shift + shared / 2)
        return mean, np.sqrt(shared + self.own[rows, None] ** 2)


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

    def shared_luck(self, states: LuckStates) -> tuple[SingleArray, FloatArray]:
        """What each group shares on every path in the state drawn for it, and the factor of the state.

        Returns
        -------
        c Z + r Y_g in single precision, shape (n_group, n_path), and exp(h), shape (n_path,).
        """
        generator = np.random.Generator(np.random.PCG64([self.seed, 2]))
        place = (generator.permuted(np.arange(self.paths)) + 0.5) / self.paths
        state = np.minimum(np.searchsorted(np.cumsum(states.weight), place), len(states.weight) - 1)
        shared = self.shared()
        drawn = states.company[state] * shared[0] + states.region[state] * shared[1:]
        return drawn.astype(np.float32), np.exp(states.shift[state])

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
    """P(S_i >= t_i) = sum_k w_k Phi((ln(m_ik / t) - s_ik^2 / 2) / s_ik); 1 for t <= 0, else 0 for m = 0.

    m_ik, s_ik: mean and log standard deviation in state k. Shape (n,).
    """
    possible = (model.expected > 0) & (target > 0)
    mean, spread = model.by_state(possible)
    found = np.where(target <= 0, 1.0, 0.0)
    found[possible] = (
        ndtr((np.log(mean / target[possible, None]) - spread**2 / 2) / spread) @ model.states.weight
    )
    return found


def expected_sales(model: SalesModel) -> FloatArray:
    """E S_i over all states, shape (n,): a little more than m_i, as shared luck is lopsided."""
    mean: FloatArray = model.by_state(np.ones(len(model.expected), bool))[0] @ model.states.weight
    return mean


def expected_up_to(model: SalesModel, target: FloatArray) -> FloatArray:
    """E min(S_i, t_i) = sum_k w_k (m Phi(d - s) + t Phi(-d)), d = (ln(t / m) + s^2 / 2) / s. Shape (n,)."""
    possible = (model.expected > 0) & (target > 0)
    mean, spread = model.by_state(possible)
    asked = target[possible, None]
    d = (np.log(asked / mean) + spread**2 / 2) / spread
    found = np.zeros(len(target))
    found[possible] = (mean * ndtr(d - spread) + asked * ndtr(-d)) @ model.states.weight
    return found


def simulate(model: SalesModel, org: Hierarchy, chosen: IntArray, luck: LuckyDraws) -> Simulated:
    """Draw sales of all sellers (leaves) and add them up at the chosen nodes.

    The luck does not depend on targets or expected sales (common random numbers): two plans, or two
    measures, are compared on the same luck.

    Parameters
    ----------
    chosen
        Positions in `org`.
    """
    region, factor = luck.shared_luck(model.states)
    load, spread = model.load.astype(np.float32)[:, None], model.own.astype(np.float32)[:, None]
    scale = (model.expected * np.exp(-(model.own**2) / 2)).astype(np.float32)[:, None]
    segments = _Segments.of(org, chosen, luck.n)
    sales = np.empty((len(chosen), luck.paths))
    half = luck.paths // 2
    for chunk, (first, end) in enumerate(luck.chunks()):
        own = spread * luck.own(chunk)
        for sign, start in ((1, 0), (-1, half)):
            here = slice(start + first, start + end)
            drawn = region[:, here][model.group]
            drawn *= load
            drawn = np.add(drawn, own, out=drawn) if sign > 0 else np.subtract(drawn, own, out=drawn)
            np.exp(drawn, out=drawn)
            drawn *= scale
            sales[:, here] = segments.sums(drawn) * factor[here]
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
    mean = expected_sales(model)
    beyond = [(mean - expected_up_to(model, quota * knot)) / quota for knot in at]
    value = np.full(len(target), multiple[0])
    for k in range(len(at) - 1):
        slope = (multiple[k + 1] - multiple[k]) / (at[k + 1] - at[k])
        value = value + slope * (beyond[k] - beyond[k + 1])
    return np.where(asked, value, 0.0)
