"""Rounding of a whole grid: layer by layer, sums exact inside each layer."""

from dataclasses import dataclass
from typing import Any

import numpy as np

from solver_models.arrays import BoolArray, FloatArray, IntArray
from solver_models.grid import Grid
from solver_models.rounding.layers import item_values, split_layers
from solver_models.rounding.repair import Table, keep_side_rows
from solver_models.rounding.side_rows import SideRows, side_rows_of_layer
from solver_models.rounding.units import MOST_UNITS

NEGATIVE = -1e-6


@dataclass(frozen=True)
class RoundedTargets:
    """Whole units of every node and product.

    Parameters
    ----------
    units
        Shape (n_node, n_product_node), int64.
    short_by
        Shape (m,): by how much each side row misses its bound, in its own terms; 0 = kept.
    report
        As plain JSON types: layers; largest_move = largest distance from the unrounded value
        over nodes and nodes x product leaves, in units; not_nearest = cells that lie on the far
        side of their unrounded value; side_rows; side_rows_moved = side rows that the nearest
        rounding missed; side_rows_short = those that no rounding was found to keep.
    """

    units: IntArray
    short_by: FloatArray
    report: dict[str, Any]


def round_targets(
    grid: Grid, unrounded: FloatArray, side_rows: SideRows, *, tie_break: IntArray | None = None
) -> RoundedTargets:
    """Round all targets to whole units with exact sums on the org and on the products.

    Inside a layer (nodes joined by edges without over-assignment) every node, node x product leaf
    and the company x line are floor or ceiling of their unrounded value and exact sums of their
    parts; of all such roundings the nearest is taken. The children of over-assigned levels sum
    to floor or ceiling of (1 + h) X_v, and so does each layer at every node above it. Side rows
    hold after rounding if a rounding is found that keeps them.

    Parameters
    ----------
    grid
        Org, products, over-assignment.
    unrounded
        Shape (n_cell,): targets of the cells in units, >= 0, street scale of the reps.
    side_rows
        Further rows to keep, in units.
    tie_break
        Shape (n_cell,), int64, all different: decides between equally near roundings of reps.
        By default the positions in the grid decide.

    Raises
    ------
    ValueError
        If `unrounded` has the wrong shape, is negative, not finite or more than 2^50 units in all.
    RoundingError
        If the flow solver fails.
    """
    cells = _checked(grid, unrounded)
    by_node = grid.roll_up(cells)[:, grid.products.leaf]
    key = _tie_keys(grid, tie_break)
    units = np.zeros(by_node.shape, np.int64)
    layers = split_layers(grid)
    short_by = np.zeros(len(side_rows))
    moved = 0
    for layer in layers:
        table = Table(layer.tree, grid.products, item_values(grid, layer, by_node), key[layer.item_node])
        rounded = table.rounded()
        which, side = side_rows_of_layer(grid, layer, side_rows)
        missed = int((side.short_by(rounded) > 0).sum())
        if missed:
            rounded = keep_side_rows(table, side, rounded)
        moved += missed
        short_by[which] = side.short_by(rounded)
        units[layer.own_node] = layer.tree.roll_up(rounded)[layer.own_position]
    report = {
        "layers": len(layers),
        "largest_move": _largest_move(units, by_node),
        "not_nearest": int((np.abs(units[grid.org.leaf].ravel() - cells) > 0.5 + 1e-6).sum()),
        "side_rows": len(side_rows),
        "side_rows_moved": moved,
        "side_rows_short": int((short_by > 0).sum()),
    }
    return RoundedTargets(_with_lines(grid, units), short_by, report)


def _checked(grid: Grid, unrounded: FloatArray) -> FloatArray:
    """Return the cells with noise below zero removed."""
    if unrounded.shape != (grid.n_cell,):
        raise ValueError(f"expected {grid.n_cell} cells, got shape {unrounded.shape}")
    is_bad: BoolArray = ~np.isfinite(unrounded) | (unrounded < NEGATIVE)
    if is_bad.any():
        cell = int(np.flatnonzero(is_bad)[0])
        raise ValueError(
            f"{int(is_bad.sum())} cells are negative or not finite, cell {cell} is {unrounded[cell]}"
        )
    if unrounded.sum() > MOST_UNITS:
        raise ValueError(f"the cells sum to {unrounded.sum():.3g} units; a coarser unit is needed")
    return np.maximum(unrounded, 0.0)


def _tie_keys(grid: Grid, tie_break: IntArray | None) -> IntArray:
    """One integer per org node x product leaf; those of the reps may be given."""
    position = np.arange(len(grid.org) * grid.n_product, dtype=np.int64)
    key = position.reshape(len(grid.org), grid.n_product)
    if tie_break is not None:
        key[grid.org.leaf] = tie_break.reshape(grid.n_rep, grid.n_product)
    return key


def _largest_move(units: IntArray, by_node: FloatArray) -> float:
    """Largest |units - unrounded| over nodes and nodes x product leaves."""
    move = units - by_node
    return float(max(np.abs(move).max(), np.abs(move.sum(axis=1)).max()))


def _with_lines(grid: Grid, units: IntArray) -> IntArray:
    """Add product lines and all products: exact sums of the leaves. Shape (n_node, n_product_node)."""
    return np.ascontiguousarray(grid.products.roll_up(np.ascontiguousarray(units.T)).T)
