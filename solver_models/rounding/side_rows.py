"""Rows that rounding must keep although they belong to neither laminar family."""

from dataclasses import dataclass, replace

import numpy as np
from scipy.sparse import csr_array

from solver_models.arrays import BoolArray, FloatArray, IntArray, ranges
from solver_models.grid import Grid
from solver_models.rounding.layers import Layer

KEPT = 1e-9


@dataclass(frozen=True)
class SideRows:
    """lower <= sum over product leaves p of weight[k, p] * X[node[k], p] <= upper, in units.

    Parameters
    ----------
    node
        Shape (m,): positions in the org.
    weight
        Shape (m, n_product).
    lower, upper
        Shape (m,), may be infinite.
    is_soft
        Shape (m,): kept only after all others are kept as far as they can be; None = no row is soft.
    """

    node: IntArray
    weight: FloatArray
    lower: FloatArray
    upper: FloatArray
    is_soft: BoolArray | None = None

    def __len__(self) -> int:
        return len(self.node)


def no_side_rows(n_product: int) -> SideRows:
    """Return an empty set of side rows."""
    none = np.zeros(0)
    return SideRows(np.zeros(0, np.int64), np.zeros((0, n_product)), none, none)


@dataclass(frozen=True)
class ItemRows:
    """Side rows of one layer: lower <= matrix @ (items x products) <= upper.

    Parameters
    ----------
    matrix
        Shape (m, n_item * n_product).
    lower, upper
        Shape (m,), may be infinite.
    is_soft
        Shape (m,): rows that wait for the others.
    is_firm
        Shape (m,): rows that may not be missed for the sake of others.
    """

    matrix: csr_array
    lower: FloatArray
    upper: FloatArray
    is_soft: BoolArray
    is_firm: BoolArray

    def short_by(self, items: IntArray) -> FloatArray:
        """Return by how much whole items miss each row; 0 where they keep it (to 1e-9). Shape (m,)."""
        return np.abs(self._missing(items))

    def shortfall(self, items: IntArray) -> float:
        """Return the sum of `short_by`; infinite where a firm row is missed."""
        short = self.short_by(items)
        return float("inf") if short[self.is_firm].any() else float(short.sum())

    def missed_side(self, items: IntArray) -> FloatArray:
        """Return 1 where a row's upper side is missed, -1 where its lower side is, else 0. Shape (m,)."""
        return np.sign(self._missing(items))

    def _missing(self, items: IntArray) -> FloatArray:
        """Return the excess over the upper side, or minus what the lower side lacks; 0 where kept."""
        value = self.matrix @ items.ravel().astype(np.float64)
        excess = np.maximum(value - self.upper, 0.0) - np.maximum(self.lower - value, 0.0)
        return np.where(np.abs(excess) > KEPT * np.maximum(np.abs(value), 1.0), excess, 0.0)

    def scaled(self) -> "ItemRows":
        """Return the rows divided by their largest weight, so that 1 is one unit of the heaviest product."""
        largest = np.asarray(abs(self.matrix).max(axis=1).todense(), np.float64).ravel()
        factor = 1.0 / np.where(largest > 0, largest, 1.0)
        matrix = csr_array(self.matrix.multiply(factor[:, None]).tocsr())
        return replace(self, matrix=matrix, lower=self.lower * factor, upper=self.upper * factor)

    def firm_at(self, items: IntArray) -> "ItemRows":
        """Return the rows where none that is not soft may be missed by more than whole items miss it."""
        value = self.matrix @ items.ravel().astype(np.float64)
        lower = np.where(self.is_soft, self.lower, np.minimum(self.lower, value))
        upper = np.where(self.is_soft, self.upper, np.maximum(self.upper, value))
        return replace(self, lower=lower, upper=upper, is_firm=~self.is_soft)

    def touching(self, free: BoolArray) -> "ItemRows":
        """Return the rows with a weight on a free cell; `free` has shape (n_item, n_product)."""
        return self.only(np.flatnonzero(abs(self.matrix) @ free.ravel().astype(np.float64)))

    def only(self, row: IntArray) -> "ItemRows":
        """Return some of the rows."""
        return ItemRows(
            csr_array(self.matrix[row]),
            self.lower[row],
            self.upper[row],
            self.is_soft[row],
            self.is_firm[row],
        )


def side_rows_of_layer(grid: Grid, layer: Layer, side_rows: SideRows) -> tuple[IntArray, ItemRows]:
    """Return which side rows speak of nodes of this layer, and these rows over its items x products."""
    position = np.full(len(grid.org), -1, np.int64)
    position[layer.own_node] = layer.own_position
    which = np.flatnonzero(position[side_rows.node] >= 0).astype(np.int64)
    at = position[side_rows.node[which]]
    first, n_item = layer.tree.leaf_start[at], layer.tree.leaf_end[at] - layer.tree.leaf_start[at]
    n_product = grid.n_product
    column = ranges(first * n_product, n_item * n_product)
    row = np.repeat(np.arange(len(which)), n_item)
    matrix = csr_array(
        (
            side_rows.weight[which][row].ravel(),
            column,
            np.concatenate(([0], np.cumsum(n_item * n_product))),
        ),
        shape=(len(which), len(layer.item_node) * n_product),
    )
    matrix.eliminate_zeros()
    none = np.zeros(len(which), bool)
    is_soft = none if side_rows.is_soft is None else side_rows.is_soft[which]
    return which, ItemRows(matrix, side_rows.lower[which], side_rows.upper[which], is_soft, none)
