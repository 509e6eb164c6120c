"""Months of whole items x products while they are rounded: bounds, units, and their sums on both trees."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from solver_models.arrays import FloatArray, IntArray
from solver_models.hierarchy import Hierarchy
from solver_models.rounding.flow import floor_ceil

FRACTION = 1 << 16
"""Fractions of a unit are compared in steps of 1/65536, so that no float noise decides."""


@dataclass(frozen=True)
class Sums:
    """Months of the nodes of one tree: whole units between whole bounds.

    Parameters
    ----------
    units
        Shape (n, n_month); changes as months are shifted.
    low, high
        Floor and ceiling of the unrounded months, shape (n, n_month).
    fraction
        Unrounded month above `low` in 1/65536, shape (n, n_month).
    """

    units: IntArray
    low: IntArray
    high: IntArray
    fraction: IntArray

    def outside(self, nodes: IntArray) -> IntArray:
        """Return the nodes among `nodes` that have a month outside its bounds."""
        units = self.units[nodes]
        return nodes[((units > self.high[nodes]) | (units < self.low[nodes])).any(axis=1)]

    def excess(self, nodes: IntArray) -> IntArray:
        """Return months above (+) or below (-) their bounds, in units. Shape (len(nodes), n_month)."""
        units = self.units[nodes]
        return np.asarray(np.maximum(units - self.high[nodes], 0) - np.maximum(self.low[nodes] - units, 0))

    def beyond(self, nodes: IntArray) -> IntArray:
        """Return by how many units months are further than one unit away. Shape (len(nodes), n_month).

        A month that was whole before rounding is outside its bounds, but not beyond, one unit away.
        """
        is_whole = self.low[nodes] == self.high[nodes]
        return np.asarray(np.maximum(np.abs(self.excess(nodes)) - is_whole, 0))

    def distance(self, nodes: IntArray) -> IntArray:
        """Return units minus unrounded month, in 1/65536. Shape (len(nodes), n_month)."""
        return (self.units[nodes] - self.low[nodes]) * FRACTION - self.fraction[nodes]


@dataclass(frozen=True)
class MonthTable:
    """Cells (item x product, item-major) by month, with their sums.

    Parameters
    ----------
    tree
        Its leaves are the items.
    products
        The product tree; its leaves are the products of the cells.
    low
        Floor of each cell's unrounded month, shape (n_cell, n_month).
    step
        Units above `low`; 0 or 1 once the cells are in order. Shape (n_cell, n_month).
    span
        1 where floor and ceiling differ, else 0. Shape (n_cell, n_month).
    fraction
        Unrounded month above `low` in 1/65536, shape (n_cell, n_month).
    of_tree
        Sums over all products at every node of `tree`.
    of_products
        Sums over all items at every node of `products`.
    """

    tree: Hierarchy
    products: Hierarchy
    low: IntArray
    step: NDArray[np.int8]
    span: NDArray[np.int8]
    fraction: NDArray[np.int32]
    of_tree: Sums
    of_products: Sums

    @property
    def n_product(self) -> int:
        """Number of product leaves."""
        return len(self.products.leaf)

    @property
    def units(self) -> IntArray:
        """Whole months, shape (n_item, n_product, n_month)."""
        return np.asarray(self.low + self.step).reshape(len(self.tree.leaf), self.n_product, -1)

    def shift(self, cell: IntArray, source: IntArray, sink: IntArray) -> None:
        """Move one unit of each cell from month `source` to month `sink`. Shapes (k,); no cell twice."""
        self.step[cell, source] -= 1
        self.step[cell, sink] += 1
        for tree, sums, leaf in (
            (self.tree, self.of_tree, cell // self.n_product),
            (self.products, self.of_products, cell % self.n_product),
        ):
            node = tree.leaf[leaf].astype(np.int64)
            moved_from, moved_to = source, sink
            while len(node):
                np.subtract.at(sums.units, (node, moved_from), 1)
                np.add.at(sums.units, (node, moved_to), 1)
                below = node > 0
                node = tree.parent[node[below]].astype(np.int64)
                moved_from, moved_to = moved_from[below], moved_to[below]

    def put(self, cell: IntArray, step: IntArray) -> None:
        """Set the months of some cells, shape (k, n_month); every cell keeps its year."""
        change = step - self.step[cell]
        self.step[cell] = step
        for tree, sums, leaf in (
            (self.tree, self.of_tree, cell // self.n_product),
            (self.products, self.of_products, cell % self.n_product),
        ):
            of_leaf = np.zeros((len(tree.leaf), change.shape[1]), np.int64)
            np.add.at(of_leaf, leaf, change)
            sums.units[:] += tree.roll_up(of_leaf)


def month_table(tree: Hierarchy, products: Hierarchy, months: FloatArray, units: IntArray) -> MonthTable:
    """Set up the table.

    Parameters
    ----------
    months
        Unrounded months, shape (n_item, n_product, n_month).
    units
        Whole months to begin with, shape as `months`; each cell sums to its year.
    """
    total = float(np.abs(months).sum())
    n_month = months.shape[2]
    low, high = floor_ceil(months, total)
    return MonthTable(
        tree=tree,
        products=products,
        low=low.reshape(-1, n_month),
        step=(units - low).astype(np.int8).reshape(-1, n_month),
        span=(high - low).astype(np.int8).reshape(-1, n_month),
        fraction=_fraction(months, low).astype(np.int32).reshape(-1, n_month),
        of_tree=_sums(tree, months.sum(axis=1), units.sum(axis=1), total),
        of_products=_sums(products, months.sum(axis=0), units.sum(axis=0), total),
    )


def _sums(tree: Hierarchy, months: FloatArray, units: IntArray, total: float) -> Sums:
    unrounded = tree.roll_up(months)
    low, high = floor_ceil(unrounded, total)
    return Sums(tree.roll_up(units), low, high, _fraction(unrounded, low))


def _fraction(months: FloatArray, low: IntArray) -> IntArray:
    return np.rint(np.clip(months - low, 0.0, 1.0) * FRACTION).astype(np.int64)
