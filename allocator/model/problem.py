"""The balance model of one measure with the ledger that says what each of its rows means."""

from dataclasses import dataclass, field, fields, replace
from functools import cached_property

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from scipy.sparse import csr_array

from allocator.anchors.anchors import Anchors
from allocator.model.bases import product_weight
from allocator.model.labels import Labels
from allocator.model.lines import Lines, is_any, lines_of, text_column
from allocator.model.presence import absent_reps
from allocator.model.room import Room, room_of, weighted_anchors
from allocator.plan.plan import Plan
from solver_models.arrays import BoolArray, FloatArray, IntArray
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

TOTAL_ROW = 0
"""Line of the ledger that is the company's total."""


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
    lines
        Rules and pins by node as plain columns.
    ledger
        Meaning of the `source` of a row: kind, instance (-1 for totals), node, product.
    bound_by
        Shape (2, n_cell of the grid): instance whose lower / upper side is the cell's bound, -1 = none.
    """

    model: BalanceModel
    cell: IntArray
    lower: FloatArray
    upper: FloatArray
    lines: Lines
    ledger: pd.DataFrame
    bound_by: IntArray

    @cached_property
    def instances(self) -> pd.DataFrame:
        """Rules and pins by node (see `instances.spell_out`)."""
        return self.lines.table()


def build_problem(
    plan: Plan, labels: Labels, measure: str, anchors: Anchors, instances: pd.DataFrame
) -> MeasureProblem:
    """Assemble totals, rules, pins and bounds of a measure."""
    lines = lines_of(instances)
    absent = absent_reps(plan, labels)
    room = room_of(plan, labels, anchors, lines, absent)
    return problem_in(room, plan, labels, measure, anchors, lines)


def problem_in(
    room: Room, plan: Plan, labels: Labels, measure: str, anchors: Anchors, lines: Lines
) -> MeasureProblem:
    """Assemble the rows over the cells that may move."""
    rows, ledger = _rows(plan, labels, measure, anchors, _rows_among(lines, room))
    cell = np.flatnonzero(room.moves).astype(np.int64)
    anchor, weight = weighted_anchors(anchors, cell)
    model = _model_of(rows, labels.grid.n_cell, cell, anchor, weight)
    model = replace(model, lower=room.lower[cell], upper=room.upper[cell])
    return MeasureProblem(
        model, cell, room.lower, np.where(room.moves, room.upper, 0.0), lines, ledger, room.bound_by
    )


@dataclass(frozen=True)
class _Lines:
    """The instances that become rows, as plain columns; `scale` is what a soft row is measured by."""

    instance: IntArray
    rule: IntArray
    kind: NDArray[np.object_]
    basis: NDArray[np.object_]
    node: IntArray
    product: IntArray
    base: FloatArray
    lower: FloatArray
    upper: FloatArray
    tier: IntArray
    group: IntArray
    done: FloatArray
    done_whole: FloatArray
    scale: FloatArray

    def __len__(self) -> int:
        return len(self.node)

    def at(self, which: BoolArray | IntArray) -> "_Lines":
        """Return some of the lines: those of a mask, or at positions."""
        return _Lines(*(getattr(self, field.name)[which] for field in fields(self)))

    def of_kind(self, *kinds: str) -> BoolArray:
        """True for lines of these kinds."""
        return is_any(self.kind, kinds)


def _rows_among(lines: Lines, room: Room) -> _Lines:
    """The instances that become rows."""
    shape = lines.shape
    every = _Lines(
        instance=np.arange(len(lines), dtype=np.int64),
        rule=shape.rule,
        kind=shape.kind,
        basis=shape.basis,
        node=shape.node,
        product=shape.product,
        base=lines.base,
        lower=lines.lower,
        upper=lines.upper,
        tier=shape.tier,
        group=shape.group,
        done=lines.done,
        done_whole=lines.done_whole,
        scale=np.ones(len(lines)),
    )
    return every.at(~room.on_cell)


def _rows(
    plan: Plan, labels: Labels, measure: str, anchors: Anchors, lines: _Lines
) -> tuple[RowCollector, pd.DataFrame]:
    """Add the rows kind by kind; row i of the model is line i of the ledger."""
    book = _Book(RowCollector(labels.grid))
    unit = float(plan.spec.measures[measure].round_to)
    node_anchor = labels.grid.roll_up(anchors.anchor)[:, 0]
    _add_totals(book, anchors, unit)
    split = _one_sided_where_soft(lines, node_anchor)
    is_effort = split.basis == "effort"
    for kind in ("range", "growth", "capacity", "commitment", "pin"):
        _add_amount_rows(book, kind, split.at(split.of_kind(kind) & ~is_effort))
    _add_weighted_rows(
        book, plan, labels, split.at(is_effort & split.of_kind("capacity") | split.of_kind("link"))
    )
    _add_mix_rows(book, split.at(split.of_kind("mix")), node_anchor)
    fairness = split.at(split.of_kind("fairness"))
    for rule in np.unique(fairness.rule):
        _add_fairness_rows(book, fairness.at(fairness.rule == rule), node_anchor)
    return book.rows, book.ledger()


@dataclass
class _Book:
    """Rows and, page by page in the same order, what they mean."""

    rows: RowCollector
    pages: list[tuple[str, IntArray, IntArray, IntArray]] = field(default_factory=list)

    def enter(self, kind: str, instance: IntArray, node: IntArray, product: IntArray) -> None:
        """Add ledger lines for the rows that are added next."""
        self.pages.append((kind, instance, node, product))

    def enter_lines(self, kind: str, lines: _Lines) -> None:
        """Add ledger lines for rule instances."""
        self.enter(kind, lines.instance, lines.node, lines.product)

    def ledger(self) -> pd.DataFrame:
        """Return all pages as one table."""
        kinds = np.array([kind for kind, *_ in self.pages], dtype=object)
        columns = {
            name: np.concatenate([page[k] for page in self.pages])
            for k, name in enumerate(("instance", "node", "product"), start=1)
        }
        kind = text_column(np.repeat(kinds, [len(page[1]) for page in self.pages]))
        return pd.DataFrame({"kind": kind, **columns})


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


def _one_sided_where_soft(lines: _Lines, node_anchor: FloatArray) -> _Lines:
    """Split soft rules with two sides into two goals and give each its scale."""
    two = (lines.tier > 0) & np.isfinite(lines.lower) & np.isfinite(lines.upper)
    order = np.concatenate([np.flatnonzero(~two), np.flatnonzero(two), np.flatnonzero(two)])
    split, n_one, n_two = lines.at(order), int((~two).sum()), int(two.sum())
    lower, upper = split.lower.copy(), split.upper.copy()
    upper[n_one : n_one + n_two] = np.inf
    lower[n_one + n_two :] = -np.inf
    scale = amount_scale(lower, upper, node_anchor[split.node])
    return replace(split, lower=lower, upper=upper, scale=scale)


def amount_scale(lower: FloatArray, upper: FloatArray, own: FloatArray) -> FloatArray:
    """What a miss of one side counts as 100 %: the bound, else the node's anchor."""
    bound = np.abs(np.where(np.isfinite(lower), lower, upper))
    scale = np.where(bound > 0, bound, np.where(own > 0, own, 1.0))
    return np.where(np.isfinite(scale), scale, 1.0)


def _add_amount_rows(book: _Book, kind: str, lines: _Lines) -> None:
    book.enter_lines(kind, lines)
    add_amounts(book.rows, kind, lines.node, lines.product, lines.lower, lines.upper, lines.tier, lines.scale)


def _add_weighted_rows(book: _Book, plan: Plan, labels: Labels, lines: _Lines) -> None:
    for kind, column in sorted(set(zip(lines.kind.tolist(), lines.basis.tolist(), strict=True))):
        chosen = lines.at((lines.kind == kind) & (lines.basis == column))
        weight = product_weight(plan, labels, column)
        book.enter_lines(kind, chosen)
        add_weighted(
            book.rows,
            kind,
            chosen.node,
            chosen.product,
            np.broadcast_to(weight, (len(chosen), len(weight))),
            chosen.lower,
            chosen.upper,
            chosen.tier,
            chosen.scale,
        )


def _sides(lines: _Lines) -> tuple[_Lines, BoolArray, FloatArray]:
    """One entry per finite side: the entries, which are floors, and the side's number."""
    low, high = np.flatnonzero(np.isfinite(lines.lower)), np.flatnonzero(np.isfinite(lines.upper))
    both = lines.at(np.concatenate([low, high]))
    is_lower = np.arange(len(both)) < len(low)
    return both, is_lower, np.where(is_lower, both.lower, both.upper)


def _anchor_scale(lines: _Lines, node_anchor: FloatArray) -> FloatArray:
    own = node_anchor[lines.node]
    return np.where(own > 0, own, 1.0)


def _add_mix_rows(book: _Book, lines: _Lines, node_anchor: FloatArray) -> None:
    sides, is_lower, share = _sides(lines)
    book.enter_lines("mix", sides)
    scale = _anchor_scale(sides, node_anchor)
    bound = share * sides.done_whole - sides.done
    add_mix(book.rows, sides.node, sides.product, share, is_lower, sides.tier, scale, bound)


def _add_fairness_rows(book: _Book, lines: _Lines, node_anchor: FloatArray) -> None:
    """Both sides of every peer of one rule; groups of one node compare with nobody and stay out."""
    both, is_lower, factor = _sides(lines)
    if not len(both):
        return
    members = np.unique(np.stack([both.group, both.node]), axis=1)[0]
    chosen = np.bincount(members, minlength=int(members.max()) + 1)[both.group] > 1
    sides, is_lower, factor = both.at(chosen), is_lower[chosen], factor[chosen]
    if not len(sides):
        return
    group = np.unique(sides.group, return_inverse=True)[1].astype(np.int64)
    nobody = np.full(group.max() + 1, -1, np.int64)
    book.enter("group", nobody, np.zeros(len(nobody), np.int64), np.zeros(len(nobody), np.int64))
    book.enter_lines("fairness", sides)
    add_fairness(
        book.rows,
        sides.node,
        sides.product,
        sides.base,
        group,
        factor,
        is_lower,
        sides.tier,
        _anchor_scale(sides, node_anchor),
        sides.done,
    )


def _model_of(
    collected: RowCollector, n_cell: int, cell: IntArray, anchor: FloatArray, weight: FloatArray
) -> BalanceModel:
    """Keep the columns of the moving cells and of the groups; split hard from soft."""
    rows: RowBlock = collected.joined()
    column = np.concatenate([cell, n_cell + np.arange(collected.n_group)])
    matrix = rows.matrix
    if len(cell) < n_cell:
        matrix = csr_array(matrix.tocsc()[:, column].tocsr())
    else:
        matrix.sort_indices()
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
