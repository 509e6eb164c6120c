"""Rounding of a whole grid: layer by layer, sums exact inside each layer."""

from dataclasses import dataclass
from typing import Any

import numpy as np
from scipy.sparse import csr_array

from solver_models.arrays import BoolArray, FloatArray, IntArray
from solver_models.grid import Grid
from solver_models.rounding.flow import round_by_flow
from solver_models.rounding.layers import Layer, item_values, split_layers
from solver_models.rounding.repair import round_with_side_rows
from solver_models.rounding.side_rows import SideRows

KEPT = 1e-9


@dataclass(frozen=True)
class RoundedTargets:
    """Whole units of every node and product.

    Parameters
    ----------
    units
        Shape (n_node, n_product_node), int64.
    report
        layers, largest_move (in units), side_rows, side_rows_repaired, side_rows_short (plain JSON types).
    """

    units: IntArray
    report: dict[str, Any]


def round_targets(grid: Grid, unrounded: FloatArray, side_rows: SideRows) -> RoundedTargets:
    """Round all targets to whole units with exact sums on the org and on the products.

    Inside a layer (nodes joined by edges without over-assignment) every node, node x product and
    the company x line are floor or ceiling of their unrounded value and exact sums of their parts;
    of all such roundings the nearest is taken. Side rows hold after rounding if any rounding keeps them.

    Parameters
    ----------
    unrounded
        Shape (n_cell,): targets of the cells in units.
    side_rows
        Further rows to keep, in units.

    Raises
    ------
    RoundingError
        If the sums are not consistent with the grid.
    """
    by_node = grid.roll_up(unrounded)[:, grid.products.leaf]
    units = np.zeros(by_node.shape, np.int64)
    repaired = short = 0
    layers = split_layers(grid)
    for layer in layers:
        values = item_values(grid, layer, by_node, unrounded)
        rounded = round_by_flow(layer.tree, grid.products, values)
        side = _side_of(grid, layer, side_rows)
        if side is not None and _is_missed(side, rounded).any():
            better = round_with_side_rows(layer.tree, grid.products, values, *side)
            repaired += better is not None
            rounded = rounded if better is None else better
            short += int(_is_missed(side, rounded).sum())
        _enter(layer, layer.tree.roll_up(rounded), units)
    all_products = np.ascontiguousarray(grid.products.roll_up(np.ascontiguousarray(units.T)).T)
    move = np.abs(all_products[:, 0] - by_node.sum(axis=1))
    report = {
        "layers": len(layers),
        "largest_move": float(move.max()),
        "side_rows": len(side_rows),
        "layers_repaired": int(repaired),
        "side_rows_short": short,
    }
    return RoundedTargets(all_products, report)


def _enter(layer: Layer, by_position: IntArray, units: IntArray) -> None:
    """Write the sums of a layer's own nodes into the units; an extra leaf never overwrites its node."""
    own = np.flatnonzero(layer.is_own)[::-1]  # a node stands before its extra leaf, so it is written last
    units[layer.tree_node[own]] = by_position[own]


def _side_of(
    grid: Grid, layer: Layer, side_rows: SideRows
) -> tuple[csr_array, FloatArray, FloatArray] | None:
    """Side rows on nodes of this layer, over its items x products."""
    position = np.full(len(grid.org), -1, np.int64)
    own = np.flatnonzero(layer.is_own)[::-1]
    position[layer.tree_node[own]] = own
    mine = np.flatnonzero(position[side_rows.node] >= 0)
    if not len(mine):
        return None
    at = position[side_rows.node[mine]]
    n_item = layer.tree.leaf_end[at] - layer.tree.leaf_start[at]
    row = np.repeat(np.arange(len(mine)), n_item)
    item = np.concatenate([np.arange(a, b) for a, b in zip(layer.tree.leaf_start[at], layer.tree.leaf_end[at], strict=True)])
    n_product = grid.n_product
    column = (item[:, None] * n_product + np.arange(n_product)).ravel()
    matrix = csr_array(
        (side_rows.weight[mine][row].ravel(), (np.repeat(row, n_product), column)),
        shape=(len(mine), len(layer.item_node) * n_product),
    )
    return matrix, side_rows.lower[mine], side_rows.upper[mine]


def _is_missed(side: tuple[csr_array, FloatArray, FloatArray], rounded: IntArray) -> BoolArray:
    """True for side rows that the rounded items break."""
    matrix, lower, upper = side
    value = matrix @ rounded.ravel().astype(np.float64)
    slack = KEPT * np.maximum(np.abs(value), 1.0)
    missed: BoolArray = (value < lower - slack) | (value > upper + slack)
    return missed
