"""The balance model of one measure: cells that may move, rows, bounds, anchors; scaled to numbers near 1."""

from dataclasses import dataclass, replace

import numpy as np
from scipy.sparse import csr_array

from solver_models.arrays import FloatArray, IntArray
from solver_models.sparse_rows import compact, rows_at

N_PART = 3
"""Rows that one source can become: itself, its share, its cap."""


@dataclass(frozen=True)
class Rows:
    """lower <= matrix @ z <= upper over the columns z = (cells, free columns).

    Parameters
    ----------
    matrix
        Shape (m, n_column).
    lower, upper
        Shape (m,).
    source
        Shape (m,): number of the caller's row; rows derived from one soft row share it.
    part
        Shape (m,): 0 = the row itself, 1 = `share`, 2 = `cap` (see `tiers`).
    """

    matrix: csr_array
    lower: FloatArray
    upper: FloatArray
    source: IntArray
    part: IntArray

    def __len__(self) -> int:
        return len(self.lower)

    def at(self, which: IntArray) -> "Rows":
        """Return some of the rows."""
        return Rows(
            rows_at(self.matrix, which),
            self.lower[which],
            self.upper[which],
            self.source[which],
            self.part[which],
        )

    @property
    def key(self) -> IntArray:
        """What a row is known by when the model changes, shape (m,): its source and part."""
        return self.source * N_PART + self.part


@dataclass(frozen=True)
class SoftRows:
    """Rows that may be missed, tier by tier; each violation is relative to `scale`."""

    matrix: csr_array
    lower: FloatArray
    upper: FloatArray
    tier: IntArray
    scale: FloatArray
    source: IntArray

    def __len__(self) -> int:
        return len(self.lower)


@dataclass(frozen=True)
class BalanceModel:
    """min sum (x - anchor)^2 / (2 weight) subject to rows, soft tiers and bounds.

    Columns are the cells first, then free columns without cost (group totals, largest
    violations of settled tiers).

    Parameters
    ----------
    anchor, weight, lower, upper
        Shape (n_cell,); weight > 0, 0 <= lower <= upper.
    n_free
        Number of free columns after the cells.
    rows
        Hard rows.
    soft
        Soft rows that are not settled yet.
    unit
        What 1.0 stands for in the measure's unit (`scaled` / `in_measure` go back and forth).
    """

    anchor: FloatArray
    weight: FloatArray
    lower: FloatArray
    upper: FloatArray
    n_free: int
    rows: Rows
    soft: SoftRows
    unit: float = 1.0

    @property
    def n_cell(self) -> int:
        """Number of cells that may move."""
        return len(self.anchor)

    @property
    def n_column(self) -> int:
        """Cells and free columns."""
        return self.n_cell + self.n_free

    def scaled(self) -> "BalanceModel":
        """Divide all amounts by the mean weight, so that cells and prices are numbers near 1."""
        unit = float(self.weight.mean()) if self.n_cell else 1.0
        return replace(
            self,
            anchor=self.anchor / unit,
            weight=self.weight / unit,
            lower=self.lower / unit,
            upper=self.upper / unit,
            rows=replace(
                self.rows,
                matrix=compact(self.rows.matrix),
                lower=self.rows.lower / unit,
                upper=self.rows.upper / unit,
            ),
            soft=replace(
                self.soft,
                matrix=compact(self.soft.matrix),
                lower=self.soft.lower / unit,
                upper=self.soft.upper / unit,
                scale=self.soft.scale / unit,
            ),
            unit=self.unit * unit,
        )

    @property
    def is_crossed(self) -> bool:
        """True if a lower bound of a row or cell lies above its upper bound: nothing can be feasible."""
        cells, rows = self.lower > self.upper, self.rows.lower > self.rows.upper
        return bool(cells.any() or rows.any())

    def column_bounds(self) -> tuple[FloatArray, FloatArray]:
        """Bounds of all columns; free columns are unbounded."""
        free = np.full(self.n_free, np.inf)
        return np.concatenate([self.lower, -free]), np.concatenate([self.upper, free])


@dataclass(frozen=True)
class BalanceAnswer:
    """The minimiser and what proves it.

    Parameters
    ----------
    x
        Shape (n_cell,).
    free
        Shape (n_free,).
    price
        Shape (n_row,): multiplier of each row; >= 0 at the lower, <= 0 at the upper bound.
    residual
        Largest relative errors: `rows`, `sign`, `stationarity`, `free`.
    passes
        How the answer was found: `linear` (LP passes), `polish`, `newton` (factorisations).
    """

    x: FloatArray
    free: FloatArray
    price: FloatArray
    residual: dict[str, float]
    passes: dict[str, int]
