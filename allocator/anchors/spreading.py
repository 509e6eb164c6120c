"""Amounts given for nodes and products, brought down to the cells below them."""

import numpy as np

from allocator.model.labels import Labels
from solver_models.arrays import BoolArray, FloatArray, IntArray


def spread_rows(
    labels: Labels,
    node: IntArray,
    product: IntArray,
    amount: FloatArray,
    share: FloatArray,
    fallback: FloatArray,
) -> FloatArray:
    """Spread each row over the cells below it in proportion to `share`; rows for less are taken first.

    A row covers the cells below its node and product. Deeper nodes are served first, and for one
    node deeper products; what a row still has to give, after the amounts of cells already served,
    is spread over its other cells (nothing if they hold more than the row). Where `share` is 0 in
    all of these, `fallback` decides, and where that is 0 too they get equal parts.

    Parameters
    ----------
    node, product, amount
        Positions and amounts >= 0 of the rows, shape (n_row,); no two rows name the same pair.
    share, fallback
        Shape (n_cell,), >= 0.

    Returns
    -------
    Shape (n_cell,), NaN where no row reaches.
    """
    grid = labels.grid
    cells = np.full(grid.n_cell, np.nan)
    node_depth, product_depth = grid.org.depth[node], grid.products.depth[product]
    for depth, detail in sorted(
        set(zip(node_depth.tolist(), product_depth.tolist(), strict=True)), reverse=True
    ):
        rows = np.flatnonzero((node_depth == depth) & (product_depth == detail))
        indptr, cell, _ = grid.rows(node[rows], product[rows])
        row_of = np.repeat(np.arange(len(rows)), np.diff(indptr))
        served = np.isfinite(cells[cell])
        given = _by_row(row_of, np.where(served, cells[cell], 0.0), len(rows))
        rest = np.maximum(amount[rows] - given, 0.0)
        weight = _weights(row_of, len(rows), ~served, (share[cell], fallback[cell], np.ones(len(cell))))
        cells[cell[~served]] = (weight * rest[row_of])[~served]
    return cells


def _weights(row_of: IntArray, n_row: int, is_open: BoolArray, choices: tuple[FloatArray, ...]) -> FloatArray:
    """Parts of each row's open cells that sum to 1, by the first choice with a positive cell in the row."""
    weight = np.zeros(len(row_of))
    settled = np.zeros(n_row, dtype=bool)
    for choice in choices:
        usable = np.where(is_open, choice, 0.0)
        total = _by_row(row_of, usable, n_row)
        now = ~settled & (total > 0)
        part = usable / np.where(total > 0, total, 1.0)[row_of]
        weight = np.where(now[row_of], part, weight)
        settled |= now
    return weight


def _by_row(row_of: IntArray, values: FloatArray, n_row: int) -> FloatArray:
    """Sum values per row, shape (n_row,)."""
    return np.bincount(row_of, weights=values, minlength=n_row).astype(np.float64)
