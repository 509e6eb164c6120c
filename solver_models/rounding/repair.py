"""Rounding under side rows: the same two families, plus rows that belong to neither."""

from dataclasses import dataclass
from functools import cached_property

import numpy as np

from solver_models.arrays import BoolArray, FloatArray, IntArray
from solver_models.hierarchy import Hierarchy
from solver_models.rounding.exact import solve_exactly
from solver_models.rounding.flow import MOST_PRICE, floor_ceil, round_by_flow
from solver_models.rounding.side_rows import ItemRows

EXACT_CELLS = 500
PRICED_FLOWS = 24
PATIENCE = 8
LOCAL_CELLS = 150
LOCAL_SEARCHES = 4
LAZY_ROUNDS = 4
MOST_LOCAL_ROWS = 20
"""Where more rows than this stay short, no search among neighbours can help."""


@dataclass(frozen=True)
class Table:
    """What is rounded in one layer; see `round_by_flow`."""

    tree: Hierarchy
    products: Hierarchy
    values: FloatArray
    tie_key: IntArray

    @cached_property
    def is_free(self) -> BoolArray:
        """True for cells with a fraction, shape (n_item, n_product)."""
        floor, ceil = floor_ceil(self.values, float(self.values.sum()))
        return np.asarray(floor < ceil)

    def rounded(self, price: FloatArray | None = None) -> IntArray:
        """Return the rounding by flow."""
        return round_by_flow(self.tree, self.products, self.values, self.tie_key, price)


def keep_side_rows(table: Table, side: ItemRows, rounded: IntArray) -> IntArray:
    """Round as `round_by_flow` does, with the least total shortfall of the side rows found.

    Soft rows wait: first the others are kept, then the soft rows without missing more of the others.
    Up to 500 fractions: the nearest of the roundings with the least shortfall, by a MIP. More:
    flows in which the side rows that are missed put a price on their cells, and where rows stay
    short, MIPs over the cells around some of them. Deterministic: limits count steps, not seconds.

    Parameters
    ----------
    table
        What is rounded.
    side
        The side rows of the layer.
    rounded
        Shape (n_item, n_product): the rounding to improve on.

    Returns
    -------
    Shape (n_item, n_product): both families hold, as in `rounded`.
    """
    side = side.scaled()
    others = side.only(np.flatnonzero(~side.is_soft))
    if others.short_by(rounded).any():
        rounded = _fewest_short(table, others, rounded)
    if side.short_by(rounded)[side.is_soft].any():
        rounded = _fewest_short(table, side.firm_at(rounded), rounded)
    return rounded


def _fewest_short(table: Table, side: ItemRows, rounded: IntArray) -> IntArray:
    """Miss as little of the rows as can be found; firm rows stay as they are kept."""
    if table.is_free.sum() <= EXACT_CELLS:
        return _by_lazy_rows(table, side, rounded, table.is_free, len(side.lower))
    return _by_local_search(table, side, _by_prices(table, side, rounded))


def _by_lazy_rows(
    table: Table, side: ItemRows, rounded: IntArray, free: BoolArray, most_rounds: int
) -> IntArray:
    """Solve under the rows that are missed, adding those that a better rounding breaks."""
    side = side.touching(free)
    best, chosen = rounded, np.zeros(len(side.lower), bool)
    short = side.short_by(rounded)
    least = side.shortfall(rounded)
    for _ in range(most_rounds):
        if not ((short > 0) & ~chosen).any():
            break
        chosen |= short > 0
        rows = side.only(np.flatnonzero(chosen))
        answer = solve_exactly(table.tree, table.products, table.values, table.tie_key, rows, free, rounded)
        if answer is None:
            break
        short = side.short_by(answer)
        if side.shortfall(answer) < least:
            best, least = answer, side.shortfall(answer)
    return best


def _by_prices(table: Table, side: ItemRows, rounded: IntArray) -> IntArray:
    """Round again and again while the rows that are missed raise the price of their cells."""
    best, least, waited = rounded, side.shortfall(rounded), 0
    price = np.zeros(len(side.lower))
    units = rounded
    for _ in range(PRICED_FLOWS):
        sign = side.missed_side(units)
        price = np.clip(np.where(sign != 0, 1.5 * price + 0.25 * sign, price), -MOST_PRICE, MOST_PRICE)
        units = table.rounded((side.matrix.T @ price).reshape(table.values.shape))
        short = side.shortfall(units)
        waited = 0 if short < least else waited + 1
        if short < least:
            best, least = units, short
        if least == 0 or waited == PATIENCE:
            break
    return best


def _by_local_search(table: Table, side: ItemRows, rounded: IntArray) -> IntArray:
    """Free the cells around rows that are short, the first rows first, and solve exactly."""
    best, tried = rounded, np.zeros(len(side.lower), bool)
    for _ in range(LOCAL_SEARCHES):
        waiting = np.flatnonzero((side.short_by(best) > 0) & ~tried)
        if not 0 < len(waiting) <= MOST_LOCAL_ROWS:
            break
        row = waiting[0]
        tried[row] = True
        best = _by_lazy_rows(table, side, best, _around(table, side, row), LAZY_ROUNDS)
    return best


def _around(table: Table, side: ItemRows, row: int) -> BoolArray:
    """Free cells of the items nearest to the items of a side row: its own first, then by position."""
    touched = side.matrix[[row]].indices // table.values.shape[1]
    item = np.arange(len(table.values))
    distance = np.maximum(np.maximum(touched.min() - item, item - touched.max()), 0)
    order = np.argsort(distance, kind="stable")
    count = np.cumsum(table.is_free[order].sum(axis=1))
    chosen = np.zeros(len(item), bool)
    chosen[order[count <= LOCAL_CELLS]] = True
    return np.asarray(table.is_free & chosen[:, None])
