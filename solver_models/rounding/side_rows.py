"""Rows that rounding must keep although they belong to neither laminar family."""

from dataclasses import dataclass

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
    """

    node: IntArray
    weight: FloatArray
    lower: FloatArray
    upper: FloatArray

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
    """

    matrix: csr_array
    lower: FloatArray
    upper: FloatArray

    def short_by(self, items: IntArray) -> FloatArray:
        """Return by how much whole items miss each row; 0 where they keep it (to 1e-9). Shape (m,)."""
        return np.abs(self._missing(items))

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
        return ItemRows(matrix, self.lower * factor, self.upper * factor)

    def touching(self, free: BoolArray) -> "ItemRows":
        """Return the rows with a weight on a free cell; `free` has shape (n_item, n_product)."""
        return self.only(np.flatnonzero(abs(self.matrix) @ free.ravel().astype(np.float64)))

    def only(self, row: IntArray) -> "ItemRows":
        """Return some of the rows."""
        return ItemRows(csr_array(self.matrix[row]), self.lower[row], self.upper[row])


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
    return which, ItemRows(matrix, side_rows.lower[which], side_rows.upper[which])
