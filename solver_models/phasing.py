"""Months: whole units along time by cumulative rounding, exact at every node."""

import numpy as np

from solver_models.arrays import FloatArray, IntArray
from solver_models.grid import Grid
from solver_models.rounding.layers import Layer, held_by_children, split_layers

TIE = 1e-9
TIE_RELATIVE = 1e-15
BLOCK = 4_000_000
"""Most numbers (nodes x products x months) that one step holds besides the result."""


def phase_targets(units: IntArray, weight: FloatArray) -> IntArray:
    """y_t = round(cum_t) - round(cum_{t-1}) with cum_t = units * (w_1 + ... + w_t) / sum w.

    The months sum to the units exactly, every run of months from the first on is within half a
    unit of its exact share, months without weight get nothing. Halves round up, also where a
    half is missed by floating-point noise. All-zero weights count as equal ones. Units below
    zero are spread as their mirror image.

    Parameters
    ----------
    units
        Shape (...,), int64.
    weight
        Shape (..., n_month), >= 0, finite; any scale.

    Returns
    -------
    Shape (..., n_month), int64; of the sign of `units`.

    Raises
    ------
    ValueError
        If a weight is negative or not finite.
    """
    if not (np.isfinite(weight).all() and (weight >= 0).all()):
        raise ValueError("month weights must be finite and not negative")
    size = np.abs(units)[..., None]
    # scaled by a power of two (exact) to a largest month near 1, so that no sum can overflow
    _, exponent = np.frexp(weight.max(axis=-1, keepdims=True))
    running = np.cumsum(np.ldexp(weight, -exponent), axis=-1)
    total = running[..., -1:]
    even = np.arange(1, weight.shape[-1] + 1) / weight.shape[-1]
    share = np.where(total > 0, running / np.where(total > 0, total, 1.0), even)
    cumulative = np.floor(size * share + (0.5 + TIE + TIE_RELATIVE * size)).astype(np.int64)
    cumulative = np.minimum(cumulative, size)
    cumulative[..., -1:] = size
    return np.asarray(np.diff(cumulative, axis=-1, prepend=0) * np.sign(units)[..., None])


def phase_grid(
    grid: Grid, units: IntArray, rep_weight: FloatArray, product_weight: FloatArray, unrounded: FloatArray
) -> IntArray:
    """Spread the targets of every node and product over the months.

    Items of each layer x product leaf (reps; the part of a node that its over-assigned children
    hold) are phased by cumulative rounding. A rep's weights are its cells' own; those of a part
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

    Returns
    -------
    Shape (n_node, n_product_node, n_month), int64; every [v, q] sums to units[v, q].
    """
    n_node, n_month = len(grid.org), rep_weight.shape[1]
    result = np.zeros((n_node, len(grid.products), n_month), np.int64)
    layers = split_layers(grid)
    amount = (unrounded / grid.cell_factor).reshape(grid.n_rep, grid.n_product)
    step = max(1, BLOCK // (n_node * n_month))
    for first in range(0, grid.n_product, step):
        some = slice(first, first + step)
        weight = rep_weight[:, None, :] * product_weight[None, some, :]
        leaf = grid.products.leaf[some]
        result[:, leaf] = _phase_products(grid, layers, units[:, leaf], weight, amount[:, some])
    for nodes in reversed(grid.products.by_depth[1:]):
        for q in nodes:
            result[:, grid.products.parent[q]] += result[:, q]
    return result


def _phase_products(
    grid: Grid, layers: tuple[Layer, ...], units: IntArray, weight: FloatArray, amount: FloatArray
) -> IntArray:
    """Phase some product leaves at every node.

    Parameters
    ----------
    units
        Shape (n_node, n_some).
    weight
        Shape (n_rep, n_some, n_month).
    amount
        Shape (n_rep, n_some): cells on the company's scale.

    Returns
    -------
    Shape (n_node, n_some, n_month).
    """
    result = np.zeros((*units.shape, weight.shape[2]), np.int64)
    of_part = part_units = None
    if len(layers) > 1:
        by_node = grid.org.roll_up(_monthly_amounts(weight, amount))
        of_part = held_by_children(grid, by_node, over_assigned=True)
        part_units = units - held_by_children(grid, units, over_assigned=False)
    for layer in layers:
        item_units = units[layer.item_node]
        item_weight = np.zeros((*item_units.shape, weight.shape[2]))
        rep, part = layer.item_is_rep, ~layer.item_is_rep
        item_weight[rep] = weight[grid.org.leaf_start[layer.item_node[rep]]]
        if of_part is not None and part_units is not None:
            item_weight[part] = of_part[layer.item_node[part]]
            item_units[part] = part_units[layer.item_node[part]]
        phased = phase_targets(item_units, item_weight)
        result[layer.own_node] = layer.tree.roll_up(phased)[layer.own_position]
    return result


def _monthly_amounts(weight: FloatArray, amount: FloatArray) -> FloatArray:
    """Unrounded amount of each cell by month; even where it has no weights. Shape as `weight`."""
    total = weight.sum(axis=2, keepdims=True)
    share = np.where(total > 0, weight / np.where(total > 0, total, 1.0), 1.0 / weight.shape[2])
    return np.asarray(amount[:, :, None] * share)
