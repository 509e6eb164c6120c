"""Rows of rules over single cells."""

from dataclasses import dataclass
from functools import cached_property

import numpy as np

from allocator.verification.company import Company
from allocator.verification.sides import Sides
from allocator.verification.trees import BoolArray, FloatArray, IntArray


@dataclass(frozen=True)
class Entries:
    """Rows over cells by their coefficients, in the order of the rows.

    Parameters
    ----------
    n_row, n_cell
        Rows and cells in all.
    row, cell, value
        Shape (n_entry,).
    """

    n_row: int
    n_cell: int
    row: IntArray
    cell: IntArray
    value: FloatArray

    @cached_property
    def _of_row(self) -> IntArray:
        return np.searchsorted(self.row, np.arange(self.n_row + 1))

    @cached_property
    def _by_cell(self) -> tuple[IntArray, IntArray]:
        order = np.argsort(self.cell, kind="stable")
        return order, np.searchsorted(self.cell[order], np.arange(self.n_cell + 1))

    def of_rows(self, which: IntArray) -> tuple[IntArray, IntArray, FloatArray]:
        """Return (number among `which`, cell, coefficient) of some rows."""
        entry, number = _runs(self._of_row[which], self._of_row[which + 1])
        return number, self.cell[entry], self.value[entry]

    def times(self, cells: IntArray, value: FloatArray) -> FloatArray:
        """Return the rows' values where some cells have these. Shape (n_row,)."""
        order, start = self._by_cell
        entry, number = _runs(start[cells], start[cells + 1])
        entry = order[entry]
        weights = self.value[entry] * value[number]
        return np.bincount(self.row[entry], weights, self.n_row).astype(np.float64)

    def inner(self, weight: FloatArray) -> FloatArray:
        """Return A diag(weight) A'. Shape (n_row, n_row)."""
        found = np.zeros((self.n_row, self.n_row))
        for k in range(self.n_row):
            own = slice(self._of_row[k], self._of_row[k + 1])
            found[k] = self.times(self.cell[own], self.value[own] * weight[self.cell[own]])
        return found


def _runs(start: IntArray, end: IntArray) -> tuple[IntArray, IntArray]:
    """Positions start[k] .. end[k] - 1 one after the other, and the k of each."""
    count = end - start
    number = np.repeat(np.arange(len(count)), count)
    within = np.arange(int(count.sum())) - np.repeat(np.cumsum(count) - count, count)
    return start[number] + within, number


def row_entries(company: Company, sides: Sides, which: IntArray, moves: BoolArray) -> Entries:
    """Coefficients of rows (not of fairness) over the cells that move."""
    n_leaf = len(company.products.leaves)
    first, end = company.org.first_leaf, company.org.end_leaf
    low, high = company.products.first_leaf, company.products.end_leaf
    of_rep = company.factor[company.org.leaves]
    weights = sides.leaf_weights
    parts = []
    for k in which.tolist():
        node, product = int(sides.node[k]), int(sides.product[k])
        reps = np.arange(first[node], end[node])
        own = np.zeros(n_leaf)
        own[low[product] : high[product]] = 1.0
        value = weights.get(k, own) - (sides.factor[k] if sides.is_mix[k] else 0.0)
        leaves = np.flatnonzero(value)
        cell = (reps[:, None] * n_leaf + leaves).ravel()
        parts.append((cell, np.outer(company.factor[node] / of_rep[reps], value[leaves]).ravel()))
    row = np.repeat(np.arange(len(which)), [len(cell) for cell, _ in parts])
    cell = np.concatenate([np.zeros(0, np.int64), *(cell for cell, _ in parts)])
    value = np.concatenate([np.zeros(0), *(value for _, value in parts)])
    there = (value != 0) & moves.ravel()[cell]
    return Entries(len(which), moves.size, row[there], cell[there], value[there])
