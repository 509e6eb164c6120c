"""What few years tell about luck that many sellers share: posteriors on a grid of its size."""

from dataclasses import dataclass

import numpy as np

from solver_models.arrays import FloatArray

SIZES = np.array([0.01, 0.02, 0.035, 0.055, 0.08, 0.12, 0.18, 0.27, 0.4])
"""Standard deviations of shared luck (log) that are weighed; their logarithms lie about evenly."""
NEGLIGIBLE = 1e-3


@dataclass(frozen=True)
class LuckStates:
    """How large shared luck may be, with the weight of each possibility.

    Parameters
    ----------
    weight
        Shape (n_state,), sums to 1.
    shift
        Shape (n_state,): where the log of what all share lies; weighted mean 0.
    company, region
        Shape (n_state,): standard deviation of what all share, and of what a group shares beyond it.
    """

    weight: FloatArray
    shift: FloatArray
    company: FloatArray
    region: FloatArray

    @property
    def variance(self) -> tuple[float, float, float]:
        """Mean variances of shift, company and region."""
        squares = (self.shift**2, self.company**2, self.region**2)
        found = [float(self.weight @ one) for one in squares]
        return found[0], found[1], found[2]


def sizes_prior(scale: float) -> FloatArray:
    """Half-Cauchy law of the size of shared luck, as weights of SIZES: half of it below `scale`."""
    weight = SIZES / (1.0 + (SIZES / scale) ** 2)
    found: FloatArray = weight / weight.sum()
    return found


def next_year(
    level: FloatArray, noise: float, drift: float, prior: FloatArray
) -> tuple[FloatArray, FloatArray, FloatArray]:
    """Foretell next year's level from the levels of the years before, for each size of the luck in them.

    y_t = a + g t + e_t with a flat a, g ~ N(0, drift^2), e_t ~ N(0, size^2 + noise): one lucky year
    raises y_t, not the years after it, so that the mean turns back from luck as far as the size says. The
    weight of a size is its prior times the likelihood of the years. Half of `noise` is left out of the doubt
    about a + g: the spread of the sellers' own forecasts holds it already.

    Parameters
    ----------
    level
        Shape (n_year,), logs, the latest year first; at least one.
    noise
        Variance of a year's level that the sellers' and groups' own luck leaves behind.
    drift
        Standard deviation of the long-run growth.
    prior
        Weights of SIZES before the years are seen.

    Returns
    -------
    Weight, mean of next year's level less the latest one, standard deviation of what all will share,
    each of the shape of SIZES.
    """
    n = len(level)
    time = -np.arange(n, dtype=np.float64)
    mean, spread, log_weight = np.empty(len(SIZES)), np.empty(len(SIZES)), np.log(prior)
    for k, size in enumerate(SIZES):
        own = size**2 + noise
        covariance = own * np.eye(n) + drift**2 * np.outer(time, time)
        inverse = np.linalg.inv(covariance)
        precision = float(inverse.sum())
        a = float(inverse.sum(axis=0) @ level) / precision
        left = level - a
        ahead = drift**2 * time  # covariance of g, one year ahead, with the levels seen
        gain = inverse @ ahead
        mean[k] = a + float(gain @ left) - level[0]
        bias = 1.0 - float(gain.sum())
        known = drift**2 - float(ahead @ gain) + bias**2 / precision
        spread[k] = np.sqrt(size**2 + max(0.0, known - noise / 2))
        log_weight[k] += -0.5 * float(
            np.linalg.slogdet(covariance)[1] + np.log(precision) + left @ inverse @ left
        )
    weight = np.exp(log_weight - log_weight.max())
    return weight / weight.sum(), mean, spread


def group_luck(deviation: FloatArray, noise: FloatArray, scale: float) -> FloatArray:
    """Weigh SIZES by deviations ~ N(0, size^2 + noise) of groups; the prior where there are none."""
    variance = SIZES[:, None] ** 2 + noise[None, :]
    log_weight = np.log(sizes_prior(scale)) - 0.5 * (np.log(variance) + deviation**2 / variance).sum(axis=1)
    weight = np.exp(log_weight - log_weight.max())
    found: FloatArray = weight / weight.sum()
    return found


def luck_states(
    company: tuple[FloatArray, FloatArray, FloatArray], region: FloatArray, shrunk: float
) -> LuckStates:
    """Pair what may hold for the company with what may hold for its groups; leave out what hardly can.

    Parameters
    ----------
    company
        From `next_year`.
    region
        Weights of SIZES, from `group_luck`.
    shrunk
        Factor on the sizes of the groups.
    """
    weight = np.outer(company[0], region).ravel()
    kept = weight > NEGLIGIBLE * weight.max()
    weight = weight[kept] / weight[kept].sum()
    mean = np.repeat(company[1], len(region))[kept]
    return LuckStates(
        weight,
        mean - float(weight @ mean),
        np.repeat(company[2], len(region))[kept],
        np.tile(SIZES * shrunk, len(company[0]))[kept],
    )
