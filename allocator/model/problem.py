"""The balance model of one measure with the ledger that says what each of its rows means."""

from dataclasses import dataclass, replace

import numpy as np
import pandas as pd
from scipy.sparse import csr_array

from allocator.anchors.anchors import Anchors
from allocator.model.labels import Labels
from allocator.model.presence import absent_reps
from allocator.plan.plan import Plan
from solver_models.arrays import BoolArray, FloatArray, IntArray
from solver_models.grid import Grid
from solver_models.model import BalanceModel, Rows, SoftRows
from solver_models.terms.kinds import (
    add_amounts,
    add_fairness,
    add_mix,
    add_product_totals,
    add_total,
    add_weighted,
)
from solver_models.terms.rows import RowBlock, RowCollector

ZERO_ANCHOR_WEIGHT = 0.01


@dataclass(frozen=True)
class MeasureProblem:
    """The model of one measure over the cells that may move, and the way back to labels.

    Parameters
    ----------
    model
        In the measure's unit (not yet scaled).
    cell
        Position in the grid of each model cell.
    lower, upper
        Shape (n_cell of the grid): bounds of every cell, in the measure's unit.
    instances
        Rules and pins by node (see `instances.spell_out`).
    ledger
        Meaning of the `source` of a row: kind, instance (-1 for totals), node, product.
    bound_by
        Shape (2, n_cell of the grid): instance whose lower / upper side is the cell's bound, -1 = none.
    """

    model: BalanceModel
    cell: IntArray
    lower: FloatArray
    upper: FloatArray
    instances: pd.DataFrame
    ledger: pd.DataFrame
    bound_by: IntArray


def build_problem(
    plan: Plan, labels: Labels, measure: str, anchors: Anchors, instances: pd.DataFrame
) -> MeasureProblem:
    """Assemble totals, rules, pins and bounds of a measure."""
    lower, upper, bound_by, on_cell = _cell_bounds(plan, labels, instances)
    at_work = ~np.repeat(absent_reps(plan, labels), labels.grid.n_product)
    moves = _moving_cells(labels, anchors, instances, at_work)
    rows, ledger = _rows(plan, labels, measure, anchors, instances[~on_cell])
    cell = np.flatnonzero(moves).astype(np.int64)
    anchor = anchors.anchor[cell]
    mean = float(anchors.anchor[anchors.anchor > 0].mean()) if (anchors.anchor > 0).any() else 1.0
    weight = np.where(anchor > 0, anchor, ZERO_ANCHOR_WEIGHT * mean)
    model = _model_of(rows, labels.grid.n_cell, cell, anchor, weight)
    model = replace(model, lower=lower[cell], upper=upper[cell])
    return MeasureProblem(model, cell, lower, np.where(moves, upper, 0.0), instances, ledger, bound_by)


def _cell_bounds(
    plan: Plan, labels: Labels, instances: pd.DataFrame
) -> tuple[FloatArray, FloatArray, IntArray, pd.Series]:
    """Bounds of the cells themselves: presence, hard amount rules and pins that name one cell."""
    grid = labels.grid
    lower, upper = np.zeros(grid.n_cell), np.full(grid.n_cell, np.inf)
    bound_by = np.full((2, grid.n_cell), -1, np.int64)
    upper[np.repeat(absent_reps(plan, labels), labels.grid.n_product)] = 0.0
    is_amount = instances["is_whole"] | (instances["kind"].isin(["growth", "commitment"]))
    is_leaf_rep = grid.org.is_leaf[instances["node"].to_numpy(np.int64)]
    is_leaf_product = grid.products.is_leaf[instances["product"].to_numpy(np.int64)]
    on_cell = is_amount & (instances["tier"] == 0) & is_leaf_rep & is_leaf_product
    chosen = instances[on_cell]
    cell = cell_position(grid, chosen["node"].to_numpy(np.int64), chosen["product"].to_numpy(np.int64))
    position = chosen.index.to_numpy(np.int64)
    low, high = _floats(chosen, "lower"), _floats(chosen, "upper")
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


def _moving_cells(labels: Labels, anchors: Anchors, instances: pd.DataFrame, can: BoolArray) -> BoolArray:
    """Cells with an anchor, and cells that a minimum needs because it covers none with an anchor."""
    grid = labels.grid
    moves = (anchors.anchor > 0) & can
    asks = instances[
        ((instances["lower"] > 0) & instances["kind"].isin(["range", "growth", "commitment", "pin", "link"]))
        | ((instances["kind"] == "mix") & (instances["lower"] > 0))
    ]
    if asks.empty:
        return moves
    node, product = asks["node"].to_numpy(np.int64), asks["product"].to_numpy(np.int64)
    has_anchor = grid.roll_up_plain(moves.astype(np.float64)) > 0
    empty = ~has_anchor[node, product] & ((asks["kind"] != "mix").to_numpy() | has_anchor[node, 0])
    _, cell, _ = grid.rows(node[empty], product[empty])
    opened = np.zeros(grid.n_cell, bool)
    opened[cell] = True
    return moves | (opened & can)


def _rows(
    plan: Plan, labels: Labels, measure: str, anchors: Anchors, instances: pd.DataFrame
) -> tuple[RowCollector, pd.DataFrame]:
    """Add the rows kind by kind; row i of the model is line i of the ledger."""
    book = _Book(RowCollector(labels.grid), [])
    unit = float(plan.spec.measures[measure].round_to)
    node_anchor = labels.grid.roll_up(anchors.anchor)[:, 0]
    _add_totals(book, anchors, unit)
    split = _one_sided_where_soft(instances, node_anchor)
    for kind in ("range", "growth", "capacity", "commitment", "pin"):
        _add_amount_rows(book, kind, split[(split["kind"] == kind) & (split["basis"] != "effort")])
    weighted = split[(split["basis"] == "effort") & (split["kind"] == "capacity") | (split["kind"] == "link")]
    _add_weighted_rows(book, plan, labels, weighted)
    _add_mix_rows(book, split[split["kind"] == "mix"], node_anchor)
    for _, rule in split[split["kind"] == "fairness"].groupby("rule", sort=True):
        _add_fairness_rows(book, rule, node_anchor)
    return book.rows, pd.concat(book.pages, ignore_index=True)


@dataclass
class _Book:
    """Rows and, page by page in the same order, what they mean."""

    rows: RowCollector
    pages: list[pd.DataFrame]

    def enter(self, kind: str, instance: IntArray, node: IntArray, product: IntArray) -> None:
        """Add ledger lines for the rows that are added next."""
        self.pages.append(
            pd.DataFrame({"kind": [kind] * len(node), "instance": instance, "node": node, "product": product})
        )

    def enter_instances(self, kind: str, table: pd.DataFrame) -> None:
        """Add ledger lines for rule instances."""
        self.enter(kind, _ints(table, "instance"), _ints(table, "node"), _ints(table, "product"))


def _ints(table: pd.DataFrame, column: str) -> IntArray:
    return table[column].to_numpy(np.int64)


def _floats(table: pd.DataFrame, column: str) -> FloatArray:
    return table[column].to_numpy(np.float64)


def _add_totals(book: _Book, anchors: Anchors, unit: float) -> None:
    zero = np.zeros(1, np.int64)
    book.enter("total", -np.ones(1, np.int64), zero, zero)
    add_total(book.rows, anchors.totals.company * unit)
    stated = np.flatnonzero(anchors.totals.is_stated).astype(np.int64)
    nowhere = np.zeros(len(stated), np.int64)
    book.enter("product_total", nowhere - 1, nowhere, stated)
    low = anchors.totals.product_lower[stated].astype(np.float64) * unit
    high = anchors.totals.product_upper[stated].astype(np.float64) * unit
    add_product_totals(book.rows, stated, low, high)


def _one_sided_where_soft(instances: pd.DataFrame, node_anchor: FloatArray) -> pd.DataFrame:
    """Split soft rules with two sides into two goals and give each its scale."""
    table = instances.assign(instance=instances.index.to_numpy(np.int64))
    two = (table["tier"] > 0) & np.isfinite(table["lower"]) & np.isfinite(table["upper"])
    floors = table[two].assign(upper=np.inf)
    ceilings = table[two].assign(lower=-np.inf)
    table = pd.concat([table[~two], floors, ceilings], ignore_index=True)
    bound = np.where(np.isfinite(table["lower"]), table["lower"], table["upper"]).astype(np.float64)
    own = node_anchor[_ints(table, "node")]
    scale = np.where(np.abs(bound) > 0, np.abs(bound), np.where(own > 0, own, 1.0))
    scaled: pd.DataFrame = table.assign(scale=np.where(np.isfinite(scale), scale, 1.0))
    return scaled


def _add_amount_rows(book: _Book, kind: str, table: pd.DataFrame) -> None:
    book.enter_instances(kind, table)
    add_amounts(
        book.rows,
        kind,
        _ints(table, "node"),
        _ints(table, "product"),
        _floats(table, "lower"),
        _floats(table, "upper"),
        _ints(table, "tier"),
        _floats(table, "scale"),
    )


def product_weight(plan: Plan, labels: Labels, column: str) -> FloatArray:
    """A numeric column of products.csv over the product leaves, 0 where not given. Shape (n_product,)."""
    row = labels.product_row[labels.grid.products.leaf]
    weight: FloatArray = np.nan_to_num(plan.products[column].to_numpy(np.float64)[row])
    return weight


def _add_weighted_rows(book: _Book, plan: Plan, labels: Labels, table: pd.DataFrame) -> None:
    for kind, column in sorted(set(zip(table["kind"].astype(str), table["basis"].astype(str), strict=True))):
        group = table[(table["kind"] == kind) & (table["basis"] == column)]
        weight = product_weight(plan, labels, column)
        book.enter_instances(kind, group)
        add_weighted(
            book.rows,
            kind,
            _ints(group, "node"),
            _ints(group, "product"),
            np.broadcast_to(weight, (len(group), len(weight))),
            _floats(group, "lower"),
            _floats(group, "upper"),
            _ints(group, "tier"),
            _floats(group, "scale"),
        )


def _sides(table: pd.DataFrame) -> tuple[pd.DataFrame, BoolArray, FloatArray]:
    """One entry per finite side: the entries, which are floors, and the side's number."""
    low, high = table[np.isfinite(table["lower"])], table[np.isfinite(table["upper"])]
    both = pd.concat([low, high], ignore_index=True)
    is_lower = np.arange(len(both)) < len(low)
    return both, is_lower, np.where(is_lower, both["lower"], both["upper"]).astype(np.float64)


def _anchor_scale(table: pd.DataFrame, node_anchor: FloatArray) -> FloatArray:
    own = node_anchor[_ints(table, "node")]
    return np.where(own > 0, own, 1.0)


def _add_mix_rows(book: _Book, table: pd.DataFrame, node_anchor: FloatArray) -> None:
    sides, is_lower, share = _sides(table)
    book.enter_instances("mix", sides)
    scale = _anchor_scale(sides, node_anchor)
    node, product, tier = _ints(sides, "node"), _ints(sides, "product"), _ints(sides, "tier")
    add_mix(book.rows, node, product, share, is_lower, tier, scale)


def _add_fairness_rows(book: _Book, table: pd.DataFrame, node_anchor: FloatArray) -> None:
    """Both sides of every peer of one rule; groups of one node compare with nobody and stay out."""
    both, is_lower, factor = _sides(table)
    members = both.groupby("group")["node"].transform("nunique") if len(both) else pd.Series(dtype=float)
    chosen = (members > 1).to_numpy() if len(both) else np.zeros(0, bool)
    sides, is_lower, factor = both[chosen], is_lower[chosen], factor[chosen]
    if sides.empty:
        return
    group = np.unique(_ints(sides, "group"), return_inverse=True)[1].astype(np.int64)
    nobody = np.full(group.max() + 1, -1, np.int64)
    book.enter("group", nobody, np.zeros(len(nobody), np.int64), np.zeros(len(nobody), np.int64))
    book.enter_instances("fairness", sides)
    add_fairness(
        book.rows,
        _ints(sides, "node"),
        _ints(sides, "product"),
        _floats(sides, "base"),
        group,
        factor,
        is_lower,
        _ints(sides, "tier"),
        _anchor_scale(sides, node_anchor),
    )


def _model_of(
    collected: RowCollector, n_cell: int, cell: IntArray, anchor: FloatArray, weight: FloatArray
) -> BalanceModel:
    """Keep the columns of the moving cells and of the groups; split hard from soft."""
    rows: RowBlock = collected.joined()
    column = np.concatenate([cell, n_cell + np.arange(collected.n_group)])
    matrix = csr_array(rows.matrix.tocsc()[:, column].tocsr())
    hard, soft = np.flatnonzero(rows.tier == 0), np.flatnonzero(rows.tier > 0)
    source = np.arange(len(rows), dtype=np.int64)
    return BalanceModel(
        anchor=anchor,
        weight=weight,
        lower=np.zeros(len(cell)),
        upper=np.full(len(cell), np.inf),
        n_free=collected.n_group,
        rows=Rows(
            csr_array(matrix[hard]),
            rows.lower[hard],
            rows.upper[hard],
            source[hard],
            np.zeros(len(hard), np.int64),
        ),
        soft=SoftRows(
            csr_array(matrix[soft]),
            rows.lower[soft],
            rows.upper[soft],
            rows.tier[soft],
            rows.scale[soft],
            source[soft],
        ),
    )
