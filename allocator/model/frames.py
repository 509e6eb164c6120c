"""The rows of a plan's model, kept for plans whose rules differ in numbers only.

Where the same instances are rows over the same cells, only bounds, scales and the coefficients of the
peer groups can differ. They are filled in; the numbers are to the last bit those that `build_problem` gives.
"""

from collections import OrderedDict
from dataclasses import dataclass, replace
from typing import NamedTuple

import numpy as np
import pandas as pd
from scipy.sparse import csr_array

from allocator.anchors.anchors import Anchors
from allocator.model.instances import spell_lines
from allocator.model.known_rules import KnownRules
from allocator.model.labels import Labels
from allocator.model.lines import Lines, Shape
from allocator.model.presence import absent_reps
from allocator.model.problem import MeasureProblem, amount_scale, problem_in
from allocator.model.room import Room, room_of, weighted_anchors
from allocator.plan.plan import Plan
from solver_models.arrays import BoolArray, FloatArray, IntArray
from solver_models.model import BalanceModel, SoftRows
from solver_models.sparse_rows import compact, with_values

KEPT = 3
RATIOS = ("mix", "fairness")


class FrameKey(NamedTuple):
    """All that the pattern of the rows depends on, where the tables are the same."""

    shape: Shape
    finite: bytes
    on_cell: bytes
    moves: bytes
    stated: bytes
    mixes: bytes
    """The shares of the mix rules: they are coefficients."""


class KnownModel:
    """What is known of the model of one measure in plans that share a `KnownRules`; never a number of a plan.

    The frames of the last few models are kept.
    """

    def __init__(self) -> None:
        self._rules = KnownRules()
        self._frames: OrderedDict[FrameKey, ProblemFrame] = OrderedDict()
        self._absent: BoolArray | None = None

    def problem(self, plan: Plan, labels: Labels, measure: str, anchors: Anchors) -> MeasureProblem:
        """Return what `build_problem` does with what `spell_out` finds."""
        lines = spell_lines(plan, labels, measure, anchors, self._rules)
        if self._absent is None:
            self._absent = absent_reps(plan, labels)
        room = room_of(plan, labels, anchors, lines, self._absent)
        key = _key(lines, room, anchors)
        frame = self._frames.get(key)
        found = None if frame is None else frame.filled(plan, labels, measure, anchors, lines, room)
        if found is not None:
            self._frames.move_to_end(key)
            return found
        problem = problem_in(room, plan, labels, measure, anchors, lines)
        if frame is None and (frame := ProblemFrame.of(problem)) is not None:
            self._frames[key] = frame
            if len(self._frames) > KEPT:
                self._frames.popitem(last=False)
        return problem


def _key(lines: Lines, room: Room, anchors: Anchors) -> FrameKey:
    finite = np.concatenate([np.isfinite(lines.lower), np.isfinite(lines.upper)])
    mix = lines.shape.of_kind("mix")
    shares = np.concatenate([lines.lower[mix], lines.upper[mix]])
    return FrameKey(
        lines.shape,
        np.packbits(finite).tobytes(),
        np.packbits(room.on_cell).tobytes(),
        np.packbits(room.moves).tobytes(),
        anchors.totals.is_stated.tobytes(),
        shares.tobytes(),
    )


def _compact(model: BalanceModel) -> BalanceModel:
    """The model with its rows as `scaled` wants them."""
    return replace(
        model,
        rows=replace(model.rows, matrix=compact(model.rows.matrix)),
        soft=replace(model.soft, matrix=compact(model.soft.matrix)),
    )


@dataclass(frozen=True)
class ProblemFrame:
    """A model and where its numbers come from; arrays over all rows, hard and soft, in ledger order.

    Parameters
    ----------
    problem
        The model that it was first seen in.
    instance
        Instance of each row; -1 for rows that have none.
    from_lower, from_upper
        Rows whose bound is that of the instance.
    node
        Node of each row.
    is_amount
        Rows with the amount of an instance: what they may miss is relative to it.
    lower, upper
        Bounds of the other rows.
    peers
        The coefficients of the peer groups.
    """

    problem: MeasureProblem
    instance: IntArray
    from_lower: BoolArray
    from_upper: BoolArray
    node: IntArray
    is_amount: BoolArray
    is_ratio: BoolArray
    lower: FloatArray
    upper: FloatArray
    peers: "_PeerRows"

    @staticmethod
    def of(problem: MeasureProblem) -> "ProblemFrame | None":
        """Take a model apart; None where a group's coefficient vanishes: it has no place then."""
        model, ledger = _compact(problem.model), problem.ledger
        lower, upper = (_in_order(model, name, len(ledger)) for name in ("lower", "upper"))
        kind, instance = ledger["kind"].to_numpy(object), ledger["instance"].to_numpy(np.int64)
        is_ratio = (kind == RATIOS[0]) | (kind == RATIOS[1])
        is_amount = (instance >= 0) & ~is_ratio
        peers = _PeerRows.of(model, ledger, kind, np.isfinite(lower))
        if not peers.is_whole:
            return None
        return ProblemFrame(
            problem=replace(problem, model=model),
            instance=instance,
            from_lower=is_amount & np.isfinite(lower),
            from_upper=is_amount & np.isfinite(upper),
            node=ledger["node"].to_numpy(np.int64),
            is_amount=is_amount,
            is_ratio=is_ratio,
            lower=lower,
            upper=upper,
            peers=peers,
        )

    def filled(
        self, plan: Plan, labels: Labels, measure: str, anchors: Anchors, lines: Lines, room: Room
    ) -> MeasureProblem | None:
        """Return the model with other numbers; None where a coefficient vanishes."""
        slope = self.peers.slopes(lines)
        if not slope.all():
            return None
        model, cell = self.problem.model, self.problem.cell
        lower, upper = self._bounds(anchors, lines, float(plan.spec.measures[measure].round_to))
        hard, soft = model.rows.source, model.soft.source
        rows_matrix, soft_matrix = self.peers.placed(model, slope)
        anchor, weight = weighted_anchors(anchors, cell)
        node_anchor = labels.grid.roll_up(anchors.anchor)[:, 0]
        return MeasureProblem(
            replace(
                model,
                anchor=anchor,
                weight=weight,
                lower=room.lower[cell],
                upper=room.upper[cell],
                rows=replace(model.rows, matrix=rows_matrix, lower=lower[hard], upper=upper[hard]),
                soft=SoftRows(
                    soft_matrix,
                    lower[soft],
                    upper[soft],
                    model.soft.tier,
                    self._scale(lower, upper, node_anchor)[soft],
                    soft,
                ),
            ),
            cell,
            room.lower,
            np.where(room.moves, room.upper, 0.0),
            lines,
            self.problem.ledger,
            room.bound_by,
        )

    def _bounds(self, anchors: Anchors, lines: Lines, unit: float) -> tuple[FloatArray, FloatArray]:
        """Bounds of all rows: the company's total first, the stated products behind it."""
        lower, upper = self.lower.copy(), self.upper.copy()
        lower[self.from_lower] = lines.lower[self.instance[self.from_lower]]
        upper[self.from_upper] = lines.upper[self.instance[self.from_upper]]
        totals = anchors.totals
        stated = np.flatnonzero(totals.is_stated)
        lower[0] = upper[0] = totals.company * unit
        lower[1 : 1 + len(stated)] = totals.product_lower[stated].astype(np.float64) * unit
        upper[1 : 1 + len(stated)] = totals.product_upper[stated].astype(np.float64) * unit
        return lower, upper

    def _scale(self, lower: FloatArray, upper: FloatArray, node_anchor: FloatArray) -> FloatArray:
        own = node_anchor[self.node]
        ratio = np.where(self.is_ratio & (own > 0), own, 1.0)
        return np.where(self.is_amount, amount_scale(lower, upper, own), ratio)


def _in_order(model: BalanceModel, name: str, n_row: int) -> FloatArray:
    """A column of the hard and the soft rows in ledger order."""
    found = np.zeros(n_row)
    found[model.rows.source] = getattr(model.rows, name)
    found[model.soft.source] = getattr(model.soft, name)
    return found


@dataclass(frozen=True)
class _PeerRows:
    """Rows of peers: target of the node less its part of the group's, which is one free column each.

    Parameters
    ----------
    instance, is_lower, group
        Shape (n_peer_row,): whose row it is, which side, and the free column.
    member, member_group
        One entry per member of a group, in the order in which the group's basis is summed.
    hard, soft
        Positions among the peer rows, and where their coefficients stand in the data of the matrix.
    """

    instance: IntArray
    is_lower: BoolArray
    group: IntArray
    member: IntArray
    member_group: IntArray
    hard: tuple[IntArray, IntArray]
    soft: tuple[IntArray, IntArray]

    @staticmethod
    def of(model: BalanceModel, ledger: pd.DataFrame, kind: np.ndarray, is_lower: BoolArray) -> "_PeerRows":
        """Find the rows of peers in a model; the group's coefficient stands last in each."""
        row = np.flatnonzero(kind == "fairness")
        instance, node = (ledger[name].to_numpy(np.int64)[row] for name in ("instance", "node"))
        hard = _last_of(model.rows.matrix, model.rows.source, row)
        soft = _last_of(model.soft.matrix, model.soft.source, row)
        group = np.zeros(len(row), np.int64)
        for matrix, (which, place) in ((model.rows.matrix, hard), (model.soft.matrix, soft)):
            group[which] = matrix.indices[place] - model.n_cell
        pairs = np.stack([group, node])
        member, first = np.unique(pairs, axis=1, return_index=True)
        return _PeerRows(
            instance, is_lower[row], group, instance[first], member[0].astype(np.int64), hard, soft
        )

    @property
    def is_whole(self) -> bool:
        """True if every row has its coefficient of the group."""
        return bool((self.group >= 0).all())

    def slopes(self, lines: Lines) -> FloatArray:
        """Factor x P_v / P_G of each row."""
        basis = np.bincount(self.member_group, weights=lines.base[self.member])
        factor = np.where(self.is_lower, lines.lower[self.instance], lines.upper[self.instance])
        slope: FloatArray = factor * lines.base[self.instance] / basis[self.group]
        return slope

    def placed(self, model: BalanceModel, slope: FloatArray) -> tuple[csr_array, csr_array]:
        """The matrices with these coefficients; those of the model where nothing differs."""
        hard, soft = (
            _with(matrix, place, -slope[which])
            for matrix, (which, place) in (
                (model.rows.matrix, self.hard),
                (model.soft.matrix, self.soft),
            )
        )
        return hard, soft


def _last_of(matrix: csr_array, source: IntArray, row: IntArray) -> tuple[IntArray, IntArray]:
    """Which of some ledger rows a matrix holds, and where the last coefficient of each stands."""
    which = np.flatnonzero(np.isin(row, source))
    place = matrix.indptr[np.searchsorted(source, row[which]) + 1].astype(np.int64) - 1
    return which, place


def _with(matrix: csr_array, place: IntArray, value: FloatArray) -> csr_array:
    if np.array_equal(matrix.data[place], value):
        return matrix
    data = matrix.data.copy()
    data[place] = value
    return with_values(matrix, data)
