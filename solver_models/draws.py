"""Simulated sums of all sellers' sales, kept so that another expectation costs one product only."""

import numpy as np

from solver_models.arrays import FloatArray
from solver_models.attainment import CHUNK, FEWEST_PATHS, MOST_PATHS, SalesModel

ELEMENTS = 5_000_000
"""Random numbers kept, about."""


class CompanyDraws:
    """Paths of the sum of all sales, drawn as `simulate` draws them (as many paths: the same sums).

    S = sum_i m_i F_i with F_i = exp(s_i shock_i - s_i^2 / 2). The shocks are drawn once; F is made again
    only for sellers whose spread changed.

    Parameters
    ----------
    model
        Its numbers of sellers, groups, correlation and `common` are fixed from now on.
    """

    def __init__(self, model: SalesModel, seed: int) -> None:
        n = len(model.expected)
        n_group = int(model.group.max()) + 1 if n else 0
        self.paths = int(np.clip(ELEMENTS // max(n, 1), FEWEST_PATHS, MOST_PATHS))
        shared = np.random.Generator(np.random.PCG64([seed, 0])).standard_normal((1 + n_group, self.paths))
        region = np.sqrt(model.common) * shared[0] + np.sqrt(1.0 - model.common) * shared[1:]
        own = np.random.Generator(np.random.PCG64([seed, 1]))
        self._shock = np.empty((n, self.paths))
        step = max(1, CHUNK // max(n, 1))
        for start in range(0, self.paths, step):
            here = slice(start, min(start + step, self.paths))
            luck = own.standard_normal((here.stop - here.start, n)).T
            self._shock[:, here] = (
                np.sqrt(model.correlation) * region[:, here][model.group]
                + np.sqrt(1 - model.correlation) * luck
            )
        self._spread = np.full(n, np.nan)
        self._factor = np.empty_like(self._shock)
        self._fixed = (n, model.group.copy(), model.correlation, model.common)

    def fits(self, model: SalesModel) -> bool:
        """Tell whether the shocks serve for this model too."""
        n, group, correlation, common = self._fixed
        return (
            len(model.expected) == n
            and model.correlation == correlation
            and model.common == common
            and bool(np.array_equal(model.group, group))
        )

    def company_sales(self, model: SalesModel) -> FloatArray:
        """Return the company's sales on every path, shape (paths,)."""
        stale = model.spread != self._spread
        if stale.any():
            spread = model.spread[stale][:, None]
            self._factor[stale] = np.exp(spread * self._shock[stale] - spread**2 / 2)
            self._spread = model.spread.copy()
        sales: FloatArray = model.expected @ self._factor
        return sales
