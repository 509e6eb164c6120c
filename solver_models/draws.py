"""Simulated sums of all sellers' sales, kept so that another expectation costs one product only."""

import numpy as np

from solver_models.arrays import FloatArray
from solver_models.attainment import LuckyDraws, SalesModel


class CompanyDraws:
    """Paths of the sum of all sales, on the luck that `simulate` uses with the same seed.

    S = sum_i m_i exp(-s_i^2 / 2) F_i with F_i = exp(s_i shock_i). The shocks are put together once; F is
    made again only for sellers whose spread changed.

    Parameters
    ----------
    model
        Its numbers of sellers, groups, correlation and `common` are fixed from now on.
    """

    def __init__(self, model: SalesModel, seed: int) -> None:
        n = len(model.expected)
        luck = LuckyDraws(n, int(model.group.max()) + 1 if n else 0, seed)
        self.paths = luck.paths
        shared = luck.shared()
        region = np.sqrt(model.common) * shared[0] + np.sqrt(1.0 - model.common) * shared[1:]
        region = (np.sqrt(model.correlation) * region).astype(np.float32)
        own_part, half = np.float32(np.sqrt(1.0 - model.correlation)), luck.paths // 2
        self._shock = np.empty((n, luck.paths), dtype=np.float32)
        for chunk, (first, end) in enumerate(luck.chunks()):
            own = own_part * luck.own(chunk)
            for sign, start in ((1, 0), (-1, half)):
                here = slice(start + first, start + end)
                self._shock[:, here] = region[:, here][model.group] + sign * own
        self._spread = np.full(n, np.nan)
        self._factor = np.empty(self._shock.shape, dtype=np.float64)

    def company_sales(self, model: SalesModel) -> FloatArray:
        """Return the company's sales on every path, shape (paths,)."""
        stale = model.spread != self._spread
        if stale.any():
            spread = model.spread[stale].astype(np.float32)[:, None]
            self._factor[stale] = np.exp(spread * self._shock[stale])
            self._spread = model.spread.copy()
        sales: FloatArray = (model.expected * np.exp(-(model.spread**2) / 2)) @ self._factor
        return sales
