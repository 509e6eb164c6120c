"""Simulated sums of all sellers' sales, kept so that another expectation costs one product only."""

import numpy as np

from solver_models.arrays import FloatArray
from solver_models.attainment import LuckyDraws, SalesModel


class CompanyDraws:
    """Paths of the sum of all sales, on the luck that `simulate` uses with the same seed.

    S = sum_i m_i exp(-s_i^2 / 2) F_i with F_i = exp(l_i shared + s_i e_i). The luck is drawn once; F is
    made again only for sellers whose spread or load changed.

    Parameters
    ----------
    model
        Its number of sellers, groups and states are fixed from now on.
    """

    def __init__(self, model: SalesModel, seed: int) -> None:
        n = len(model.expected)
        luck = LuckyDraws(n, int(model.group.max()) + 1 if n else 0, seed)
        self.paths = luck.paths
        self._group = model.group
        self._shared, self._state_factor = luck.shared_luck(model.states)
        half = luck.paths // 2
        self._own = np.empty((n, half), dtype=np.float32)
        for chunk, (first, end) in enumerate(luck.chunks()):
            self._own[:, first:end] = luck.own(chunk)
        self._made = np.full((2, n), np.nan)
        self._factor = np.empty((n, luck.paths), dtype=np.float64)

    def company_sales(self, model: SalesModel) -> FloatArray:
        """Return the company's sales on every path, shape (paths,)."""
        wanted = np.stack([model.own, model.load])
        stale = (wanted != self._made).any(axis=0)
        if stale.any():
            own = model.own[stale].astype(np.float32)[:, None] * self._own[stale]
            shared = model.load[stale].astype(np.float32)[:, None] * self._shared[self._group[stale]]
            half = own.shape[1]
            self._factor[stale, :half] = np.exp(shared[:, :half] + own)
            self._factor[stale, half:] = np.exp(shared[:, half:] - own)
            self._made = wanted
        sales: FloatArray = (model.expected * np.exp(-(model.own**2) / 2)) @ self._factor
        return sales * self._state_factor
