"""Months: whole units along time, exact in the year and within one unit at every node."""

from dataclasses import dataclass

import numpy as np

from solver_models.arrays import FloatArray, IntArray
from solver_models.grid import Grid
from solver_models.hierarchy import Hierarchy
from solver_models.monthly.exact_search import search_products
from solver_models.monthly.exchanges import settle_products
from solver_models.monthly.month_table import month_table
from solver_models.monthly.shifts import settle_tree
from solver_models.rounding.layers import held_by_children, split_layers

TIE = 1e-9
TIE_RELATIVE = 1e-15
PLASTIC = 1.32471795724474602596
"""Its powers spread points evenly over the plane (Roberts 2018)."""
PHASES = 1 << 16


def phase_targets(units: IntArray, weight: FloatArray, phase: FloatArray | float = 0.5) -> IntArray:
    """y_t = floor(cum_t + phase) - floor(cum_{t-1} + phase) with cum_t = units * (w_1 + ... + w_t) / sum w.

    The months sum to the units exactly, every run of months from the first on is within one unit of
    its exact share (half a unit in phase 1/2, halves up, also where a half is missed by floating-point
    noise), months without weight get nothing. All-zero weights count as equal ones. Units below
    zero are spread as their mirror image.

    Parameters
    ----------
    units
        Shape (...,), int64.
    weight
        Shape (..., n_month), >= 0, finite; any scale.
    phase
        From 0 to below 1; a number or an array that broadcasts to the shape of `weight`.

    Returns
    -------
    Shape (..., n_month), int64; of the sign of `units`.

    Raises
    ------
    ValueError
        If a weight is negative or not finite.
    """
    return _phased(units, running_shares(weight), phase)


def _phased(units: IntArray, running: FloatArray, phase: FloatArray | float) -> IntArray:
    size = np.abs(units)[..., None]
    cumulative = np.floor(size * running + (phase + TIE + TIE_RELATIVE * size)).astype(np.int64)
    cumulative = np.minimum(cumulative, size)
    cumulative[..., -1:] = size
    return np.asarray(np.diff(cumulative, axis=-1, prepend=0) * np.sign(units)[..., None])


def running_shares(weight: FloatArray) -> FloatArray:
    """Return (w_1 + ... + w_t) / sum w; t / n where a row has no weights. Shape as `weight`."""
    if not (np.isfinite(weight).all() and (weight >= 0).all()):
        raise ValueError("month weights must be finite and not negative")
    # scaled by a power of two (exact) to a largest month near 1, so that no sum can overflow
    _, exponent = np.frexp(weight.max(axis=-1, keepdims=True))
    running = np.cumsum(np.ldexp(weight, -exponent), axis=-1)
    total = running[..., -1:]
    even = np.arange(1, weight.shape[-1] + 1) / weight.shape[-1]
    return np.asarray(np.where(total > 0, running / np.where(total > 0, total, 1.0), even))


def _month_shares(running: FloatArray) -> FloatArray:
    """Return the share of each month, given the running ones."""
    return np.diff(running, axis=-1, prepend=0.0)


@dataclass(frozen=True)
class PhasedTargets:
    """Whole months of every node and product.

    Parameters
    ----------
    months
        Shape (n_node, n_product_node, n_month), int64; every [v, q] sums to its year.
    products_off
        Months of the company's products and lines further than one unit from their unrounded value.
    """

    months: IntArray
    products_off: int


def phase_grid(
    grid: Grid,
    units: IntArray,
    rep_weight: FloatArray,
    product_weight: FloatArray,
    unrounded: FloatArray,
    standing: IntArray | None = None,
) -> PhasedTargets:
    """Spread the targets of every node and product over the months.

    Items of each layer x product leaf (reps; the part of a node that its over-assigned children
    hold) are rounded together (`round_months`). A rep's weights are its cells' own; those of a part
    are the summed monthly amounts of the cells below it. Nodes above the items in their layer,
    product lines and all products are exact sums.

    Parameters
    ----------
    grid
        Org, products, over-assignment.
    units
        Shape (n_node, n_product_node): rounded targets, as `round_targets` returns them.
    rep_weight, product_weight
        Shapes (n_rep, n_month) and (n_product, n_month), >= 0; a cell's weight is their product.
    unrounded
        Shape (n_cell,), on any scale: mixes the cells below an item.
    standing
        Months of an earlier result, shape as the result: kept where the promises allow.
    """
    leaf_units = units[:, grid.products.leaf]
    weight = rep_weight[:, None, :] * product_weight[None, :, :]
    layers = split_layers(grid)
    result = np.zeros((*units.shape, rep_weight.shape[1]), np.int64)
    if len(layers) > 1:
        amount = (unrounded / grid.cell_factor).reshape(grid.n_rep, grid.n_product)
        by_node = grid.org.roll_up(amount[:, :, None] * _month_shares(running_shares(weight)))
        of_part = held_by_children(grid, by_node, over_assigned=True)
        part_units = leaf_units - held_by_children(grid, leaf_units, over_assigned=False)
    products_off = []
    for layer in layers:
        item_units = leaf_units[layer.item_node]
        rep, part = layer.item_is_rep, ~layer.item_is_rep
        item_weight = np.zeros((*item_units.shape, weight.shape[2]))
        item_weight[rep] = weight[grid.org.leaf_start[layer.item_node[rep]]]
        if part.any():
            item_weight[part] = of_part[layer.item_node[part]]
            item_units[part] = part_units[layer.item_node[part]]
        item_standing = None
        if standing is not None:
            held = standing[:, grid.products.leaf]
            item_standing = held[layer.item_node]
            own = held - held_by_children(grid, held, over_assigned=False)
            item_standing[part] = own[layer.item_node[part]]
        phased, off = round_months(layer.tree, grid.products, item_units, item_weight, item_standing)
        products_off.append(off)
        by_product = np.ascontiguousarray(grid.products.roll_up(np.ascontiguousarray(phased.swapaxes(0, 1))))
        result[layer.own_node] = layer.tree.roll_up(by_product.swapaxes(0, 1))[layer.own_position]
    return PhasedTargets(result, products_off[0])


def round_months(
    tree: Hierarchy,
    products: Hierarchy,
    units: IntArray,
    weight: FloatArray,
    standing: IntArray | None = None,
) -> tuple[IntArray, int]:
    """Round the months of all items x products together.

    Unrounded month t = units x w_t / sum w. Years are exact; every month of a cell and of a tree
    node over all products is the floor or ceiling of its unrounded value; every month of a
    product, or product line, over all items is within one unit of its own where a rounding is found
    that keeps it so.

    Running totals are rounded first, each cell in a phase of its own (low-discrepancy points of the
    plane, so that neither the products of an item nor the items of a product round up together); then
    shifts between months settle the tree, exchanges between products the products.

    Parameters
    ----------
    tree
        Its leaves are the items.
    products
        The product tree.
    units
        Shape (n_item, n_product).
    weight
        Shape (n_item, n_product, n_month), >= 0, finite; any scale.
    standing
        Months to begin with where they still fit the cell, shape as `weight`.

    Returns
    -------
    Whole months, shape as `weight`, and how many months of products are further than one unit away.
    """
    row, column = np.arange(units.shape[0])[:, None], np.arange(units.shape[1])[None, :]
    phase = np.floor((0.5 + row / PLASTIC + column / PLASTIC**2) % 1.0 * PHASES) / PHASES
    running = running_shares(weight)
    months = units[:, :, None] * _month_shares(running)
    start = _phased(units, running, phase[:, :, None])
    if standing is not None:
        fits = (standing.sum(axis=2) == units) & (np.abs(standing - months) < 1.0).all(axis=2)
        start = np.where(fits[:, :, None], standing, start)
    table = month_table(tree, products, months, start)
    settle_tree(table)
    settle_products(table)
    search_products(table)
    return table.units, int((table.of_products.beyond(np.arange(len(products))) > 0).sum())
