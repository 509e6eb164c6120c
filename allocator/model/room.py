"""What the cells are left by their own bounds, and which of them may move."""

from dataclasses import dataclass

import numpy as np

from allocator.anchors.anchors import Anchors
from allocator.model.bases import product_weight
from allocator.model.labels import Labels
from allocator.model.lines import Lines
from allocator.plan.plan import Plan
from solver_models.arrays import BoolArray, FloatArray, IntArray
from solver_models.grid import Grid

ZERO_ANCHOR_WEIGHT = 0.01
ASKING_KINDS = ("range", "growth", "commitment", "pin", "link", "mix")
"""Kinds whose minimum can ask for amounts where nobody has an anchor."""


@dataclass(frozen=True)
class Room:
    """What the cells are left by their own bounds; arrays over all cells of the grid.

    Parameters
    ----------
    lower, upper, bound_by
        As in `MeasureProblem`, without regard to `moves`.
    on_cell
        Shape (n_instance,): true for instances that are bounds of a cell, not rows.
    moves
        True for cells of the model.
    """

    lower: FloatArray
    upper: FloatArray
    bound_by: IntArray
    on_cell: BoolArray
    moves: BoolArray


def room_of(plan: Plan, labels: Labels, anchors: Anchors, lines: Lines, absent: BoolArray) -> Room:
    """Find the bounds of the cells, and the cells that may move."""
    is_absent = np.repeat(absent, labels.grid.n_product)
    lower, upper, bound_by, on_cell = _cell_bounds(labels, lines, is_absent)
    moves = _moving_cells(labels, anchors, lines, ~is_absent, held_at_zero(plan, labels, lines))
    return Room(lower, upper, bound_by, on_cell, moves)


def weighted_anchors(anchors: Anchors, cell: IntArray) -> tuple[FloatArray, FloatArray]:
    """Anchors and weights of the cells that may move."""
    anchor = anchors.anchor[cell]
    mean = float(anchors.anchor[anchors.anchor > 0].mean()) if (anchors.anchor > 0).any() else 1.0
    return anchor, np.where(anchor > 0, anchor, ZERO_ANCHOR_WEIGHT * mean)


def _cell_bounds(
    labels: Labels, lines: Lines, is_absent: BoolArray
) -> tuple[FloatArray, FloatArray, IntArray, BoolArray]:
    """Bounds of the cells themselves: presence, hard amount rules and pins that name one cell."""
    grid, shape = labels.grid, lines.shape
    lower, upper = np.zeros(grid.n_cell), np.full(grid.n_cell, np.inf)
    bound_by = np.full((2, grid.n_cell), -1, np.int64)
    upper[is_absent] = 0.0
    is_amount = lines.is_whole | shape.of_kind("growth", "commitment")
    is_cell = grid.org.is_leaf[shape.node] & grid.products.is_leaf[shape.product]
    on_cell = is_amount & is_cell & (shape.tier == 0)
    position = np.flatnonzero(on_cell).astype(np.int64)
    cell = cell_position(grid, shape.node[on_cell], shape.product[on_cell])
    low, high = lines.lower[on_cell], lines.upper[on_cell]
    # the last write wins, so write the tightest last
    up = np.argsort(low, kind="stable")
    up = up[low[up] > 0]
    lower[cell[up]], bound_by[0, cell[up]] = low[up], position[up]
    down = np.argsort(-high, kind="stable")
    down = down[high[down] < upper[cell[down]]]
    upper[cell[down]], bound_by[1, cell[down]] = high[down], position[down]
    return lower, upper, bound_by, on_cell


def cell_position(grid: Grid, node: IntArray, product: IntArray) -> IntArray:
    """Cell of a leaf node and a leaf product."""
    return grid.org.leaf_start[node] * grid.n_product + grid.products.leaf_start[product]


def held_at_zero(plan: Plan, labels: Labels, lines: Lines) -> BoolArray:
    """True for cells below a hard ceiling of 0, whether of an amount, a share, effort or a link.

    A weighted sum that may not be above 0 holds the products with a positive weight, if none is negative.

    Returns
    -------
    Shape (n_cell,).
    """
    org, products, shape = labels.grid.org, labels.grid.products, lines.shape
    is_ceiling = (lines.upper <= 0) & (shape.tier == 0)
    held = np.zeros((len(org), len(products)), bool)
    is_weighted = shape.is_effort | shape.of_kind("link")
    held[shape.node[is_ceiling & ~is_weighted], shape.product[is_ceiling & ~is_weighted]] = True
    weighted = np.flatnonzero(is_ceiling & is_weighted)
    rank = np.arange(len(products.leaf))
    for column in np.unique(shape.basis[weighted]):
        line = weighted[shape.basis[weighted] == column]
        product = shape.product[line]
        covered = (rank >= products.leaf_start[product][:, None]) & (
            rank < products.leaf_end[product][:, None]
        )
        weight = covered * product_weight(plan, labels, column)
        at, leaf = np.nonzero((weight > 0) & (weight >= 0).all(axis=1, keepdims=True))
        held[shape.node[line[at]], products.leaf[leaf]] = True
    for nodes in org.by_depth[1:]:
        held[nodes] |= held[org.parent[nodes]]
    for lines_below in products.by_depth[1:]:
        held[:, lines_below] |= held[:, products.parent[lines_below]]
    return np.asarray(held[org.leaf][:, products.leaf].ravel())


def _moving_cells(
    labels: Labels, anchors: Anchors, lines: Lines, at_work: BoolArray, held: BoolArray
) -> BoolArray:
    """Cells with an anchor, and cells that a minimum needs: none of its cells that may be above 0 has one.

    Cells that are held at 0 stay in the model, so that a minimum that needs them meets the ceiling.
    """
    grid, shape = labels.grid, lines.shape
    moves = (anchors.anchor > 0) & at_work
    asks = (lines.lower > 0) & shape.of_kind(*ASKING_KINDS)
    if not asks.any():
        return moves
    node, product = shape.node[asks], shape.product[asks]
    is_mix = shape.of_kind("mix")[asks]
    has_anchor = grid.roll_up_plain((moves & ~held).astype(np.float64)) > 0
    empty = ~has_anchor[node, product] & (~is_mix | has_anchor[node, 0])
    if not empty.any():
        return moves
    _, cell, _ = grid.rows(node[empty], product[empty])
    opened = np.zeros(grid.n_cell, bool)
    opened[cell] = True
    return moves | (opened & at_work)
