"""Sales as random numbers: chances in closed form for one seller, by simulation for sums of them."""

from dataclasses import dataclass

import numpy as np
from scipy.special import ndtr, ndtri

from solver_models.arrays import FloatArray, IntArray
from solver_models.hierarchy import Hierarchy

MOST_PATHS, FEWEST_PATHS = 10_000, 1_000
ELEMENTS = 40_000_000
"""Random numbers drawn, about; very large organisations take fewer paths."""
CHUNK = 2_000_000


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


def simulate(model: SalesModel, org: Hierarchy, chosen: IntArray, seed: int) -> Simulated:
    """Draw sales of all sellers (leaves) and add them up at the chosen nodes.

    The draws depend on the seed and the numbers of sellers and groups alone, not on targets or expected
    sales (common random numbers): two plans are compared on the same luck.

    Parameters
    ----------
    chosen
        Positions in `org`.
    """
    n, n_group = len(model.expected), int(model.group.max()) + 1 if len(model.group) else 0
    paths = int(np.clip(ELEMENTS // max(n, 1), FEWEST_PATHS, MOST_PATHS))
    shared = np.random.Generator(np.random.PCG64([seed, 0])).standard_normal((1 + n_group, paths))
    region = np.sqrt(model.common) * shared[0] + np.sqrt(1.0 - model.common) * shared[1:]
    own = np.random.Generator(np.random.PCG64([seed, 1]))
    sales = np.empty((len(chosen), paths))
    step = max(1, CHUNK // max(n, 1))
    first, end = org.leaf_start[chosen], org.leaf_end[chosen]
    for start in range(0, paths, step):
        here = slice(start, min(start + step, paths))
        luck = own.standard_normal((here.stop - here.start, n)).T
        shock = (
            np.sqrt(model.correlation) * region[:, here][model.group] + np.sqrt(1 - model.correlation) * luck
        )
        drawn = model.expected[:, None] * np.exp(
            model.spread[:, None] * shock - model.spread[:, None] ** 2 / 2
        )
        running = np.concatenate([np.zeros((1, drawn.shape[1])), np.cumsum(drawn, axis=0)])
        sales[:, here] = running[end] - running[first]
    return Simulated(sales)


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
