"""Months: whole units along time by cumulative rounding, exact at every node."""

import numpy as np

from solver_models.arrays import FloatArray, IntArray
from solver_models.grid import Grid
from solver_models.rounding.layers import Layer, split_layers

TIE = 1e-9


def phase_targets(units: IntArray, weight: FloatArray) -> IntArray:
    """y_t = round(cum_t) - round(cum_{t-1}) with cum_t = units * (w_1 + ... + w_t) / sum w.

    The months sum to the units exactly, every run of months is within one unit of its exact
    share, months without weight get nothing. Halves round up. All-zero weights count as equal.

    Parameters
    ----------
    units
        Shape (...,), int64, >= 0.
    weight
        Shape (..., n_month), >= 0.

    Returns
    -------
    Shape (..., n_month), int64.
    """
    running = np.cumsum(weight, axis=-1)
    total = running[..., -1:]
    even = np.arange(1, weight.shape[-1] + 1) / weight.shape[-1]
    with np.errstate(invalid="ignore", divide="ignore"):
        share = np.where(total > 0, running / np.where(total > 0, total, 1.0), even)
    cumulative = np.floor(units[..., None] * share + 0.5 + TIE).astype(np.int64)
    cumulative = np.minimum(cumulative, units[..., None])
    cumulative[..., -1] = units
    return np.diff(cumulative, axis=-1, prepend=0)


def phase_grid(
    grid: Grid, units: IntArray, rep_weight: FloatArray, product_weight: FloatArray, unrounded: FloatArray
) -> IntArray:
    """Spread the targets of every node and product over the months.

    Items of each layer (reps; nodes whose children are over-assigned) are phased by cumulative
    rounding, with the summed monthly amounts of the cells below them as weights; nodes above
    them in the layer are exact sums.

    Parameters
    ----------
    units
        Shape (n_node, n_product_node).
    rep_weight, product_weight
        Shapes (n_rep, n_month) and (n_product, n_month); a cell's weight is their product.
    unrounded
        Shape (n_cell,): mixes the cells below an item.

    Returns
    -------
    Shape (n_node, n_product_node, n_month), int64; every [v, q] sums to units[v, q].
    """
    n_month = rep_weight.shape[1]
    by_leaf = np.zeros((len(grid.org), grid.n_product, n_month), np.int64)
    layers = split_layers(grid)
    amounts = _monthly_amounts(grid, rep_weight, product_weight, unrounded)
    by_node = grid.org.roll_up(amounts) if len(layers) > 1 else None
    of_leaf = units[:, grid.products.leaf]
    for layer in layers:
        weight = _item_weight(grid, layer, amounts, by_node, rep_weight, product_weight)
        phased = phase_targets(_item_units(grid, layer, of_leaf), weight)
        own = np.flatnonzero(layer.is_own)[::-1]
        by_leaf[layer.tree_node[own]] = layer.tree.roll_up(phased)[own]
    result = np.zeros((len(grid.org), len(grid.products), n_month), np.int64)
    result[:, grid.products.leaf] = by_leaf
    for nodes in reversed(grid.products.by_depth[1:]):
        for q in nodes:
            result[:, grid.products.parent[q]] += result[:, q]
    return result


def _monthly_amounts(
    grid: Grid, rep_weight: FloatArray, product_weight: FloatArray, unrounded: FloatArray
) -> FloatArray:
    """Unrounded amount of each cell by month, on the company's scale. Shape (n_rep, n_product, n_month)."""
    weight = rep_weight[:, None, :] * product_weight[None, :, :]
    total = weight.sum(axis=2, keepdims=True)
    n_month = rep_weight.shape[1]
    share = np.where(total > 0, weight / np.where(total > 0, total, 1.0), 1.0 / n_month)
    scaled = (unrounded / grid.cell_factor).reshape(grid.n_rep, grid.n_product)
    return scaled[:, :, None] * share


def _item_weight(
    grid: Grid,
    layer: Layer,
    amounts: FloatArray,
    by_node: FloatArray | None,
    rep_weight: FloatArray,
    product_weight: FloatArray,
) -> FloatArray:
    """Month weights of the items: a rep's own, or the amounts of the over-assigned children."""
    rep = layer.item_is_rep
    weight = np.zeros((len(layer.item_node), grid.n_product, rep_weight.shape[1]))
    rank = grid.org.leaf_start[layer.item_node[rep]]
    weight[rep] = rep_weight[rank][:, None, :] * product_weight[None, :, :]
    if by_node is not None and not rep.all():
        over = np.flatnonzero(grid.over_assignment[1:] > 0) + 1
        held = np.zeros_like(by_node)
        np.add.at(held, grid.org.parent[over], by_node[over])
        weight[~rep] = held[layer.item_node[~rep]]
    return weight


def _item_units(grid: Grid, layer: Layer, of_leaf: IntArray) -> IntArray:
    """Whole units of each item: its node's, less what plain children hold."""
    units = of_leaf[layer.item_node].copy()
    plain = np.flatnonzero(grid.over_assignment[1:] == 0) + 1
    held = np.zeros_like(of_leaf)
    np.add.at(held, grid.org.parent[plain], of_leaf[plain])
    part = ~layer.item_is_rep
    units[part] -= held[layer.item_node[part]]
    return units
