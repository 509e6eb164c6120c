"""What every rule moved: its amount from the anchors to its bound, or by its price the cells it covers."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np

from allocator.model.labels import Labels
from allocator.model.problem import MeasureProblem
from solver_models.arrays import BoolArray, FloatArray, IntArray
from solver_models.held_rows import HeldRows, held_rows
from solver_models.model import BalanceAnswer, BalanceModel, Rows
from solver_models.sparse_rows import rows_at

STEPS = (
    "published",
    "last_year",
    "trend",
    "potential",
    "commitment",
    "company_growth",
    "own_rules",
    "team_and_region_rules",
    "fairness",
    "pins",
    "shared_load",
    "over_assignment",
    "rounding",
)
BY_DEPTH = -1
NO_INSTANCE = NO_LINE = -1
AT_BOUND, NOISE = 1e-7, 1e-9
MOST_ENTRIES = 4
"""Cells of all rows that are held, per cell of the company."""


@dataclass(frozen=True)
class Move:
    """What the rows of one rule at one depth of the org moved.

    Parameters
    ----------
    step
        Position in `STEPS`; `BY_DEPTH` = own rule for the nodes at or above its depth, rule of the team
        or region for those below.
    rule_id
        Empty for totals and for the limits that no rule set (not below zero, a settled tier).
    depth
        Depth of the nodes that the rule names.
    cell, value
        Shape (k,): cells of the grid that it covers, each once, and by how much it moves them directly, in
        the measure's unit on the street scale of the reps.
    line
        Held rows (`solver_models.held_rows`) that are its own: it moves them by their distance.
    """

    step: int
    rule_id: str
    depth: int
    cell: IntArray
    value: FloatArray
    line: IntArray

    def steps(self, depth: IntArray) -> Iterator[tuple[int, BoolArray]]:
        """Give (step, which of the nodes of these depths book the move under it)."""
        if self.step != BY_DEPTH:
            yield self.step, np.ones(len(depth), bool)
            return
        own: BoolArray = depth <= self.depth
        yield STEPS.index("own_rules"), own
        yield STEPS.index("team_and_region_rules"), ~own


def fixed_totals(problem: MeasureProblem) -> IntArray:
    """Lines of the ledger that hold a total at one number: the company's, a product's, a frame's."""
    rows, kind = problem.model.rows, problem.ledger["kind"].to_numpy(object)
    is_total = np.isin(kind[rows.source], ["total", "product_total", "frame"])
    return np.asarray(rows.source[is_total & (rows.lower == rows.upper)], np.int64)


def held_by(
    labels: Labels, problem: MeasureProblem, balanced: BalanceModel, answer: BalanceAnswer
) -> HeldRows:
    """Find what stays where it is when a rule moves something; fairness is not held: it reaches all peers."""
    grid, scale = labels.grid, problem.model.unit / balanced.unit
    ledger = problem.ledger.iloc[balanced.rows.source]
    node, product = (ledger[name].to_numpy(np.int64) for name in ("node", "product"))
    reps = grid.org.leaf_end[node] - grid.org.leaf_start[node]
    leaves = grid.products.leaf_end[product] - grid.products.leaf_start[product]
    is_fair = np.isin(ledger["kind"].to_numpy(object), ["fairness", "group"])
    return held_rows(
        balanced,
        answer,
        (problem.model.lower * scale, problem.model.upper * scale),
        np.isin(balanced.rows.source, fixed_totals(problem)),
        np.where(is_fair, 0, reps * leaves),
        MOST_ENTRIES * grid.n_cell,
    )


def rule_moves(
    labels: Labels, problem: MeasureProblem, balanced: BalanceModel, answer: BalanceAnswer, held: HeldRows
) -> list[Move]:
    """Return the moves of all rules, pins, ranges of totals and bounds of cells.

    With what the held rows give and take they lead from the anchor to the answer in every cell.

    Parameters
    ----------
    answer
        Its prices name who pushes (`solver_models.sided`).
    """
    rows, n = balanced.rows, balanced.n_cell
    ledger = problem.ledger.iloc[rows.source]
    instance = _with_groups(ledger["instance"].to_numpy(np.int64), ledger["kind"].to_numpy(object), rows, n)
    kind = ledger["kind"].to_numpy(object)
    depth = labels.grid.org.depth[ledger["node"].to_numpy(np.int64)]
    names = np.full(len(rows), "", object)
    known = instance != NO_INSTANCE
    names[known] = problem.instances["rule_id"].to_numpy(object)[instance[known]]
    steps = np.full(len(rows), BY_DEPTH)
    steps[np.isin(kind, ["fairness", "group"])] = STEPS.index("fairness")
    steps[kind == "pin"] = STEPS.index("pins")
    depth = np.where(steps == BY_DEPTH, depth, 0)
    line = np.full(len(rows), NO_LINE)
    line[held.row] = np.arange(len(held.row))
    price = np.where(line == NO_LINE, answer.price, 0.0)
    priced = answer.price != 0
    priced[held.row[: held.n_total]] = False
    moves = []
    for (step, rule_id, node_depth), row in _together(np.flatnonzero(priced), steps, names, depth):
        part = rows_at(rows.matrix, row)
        pull = part.data * np.repeat(price[row], np.diff(part.indptr))
        of_cell = part.indices < n
        cell, which = np.unique(part.indices[of_cell], return_inverse=True)
        moved = held.weight[cell] * np.bincount(which, pull[of_cell], len(cell)) * balanced.unit
        own = line[row]
        moves.append(Move(step, rule_id, node_depth, problem.cell[cell], moved, own[own != NO_LINE]))
    return moves + _bound_moves(labels, problem, balanced, answer, held)


def _together(position: IntArray, *keys: np.ndarray) -> list[tuple[tuple[Any, ...], IntArray]]:
    """Positions of equal keys together, in the order of the keys."""
    found: dict[tuple[Any, ...], list[int]] = {}
    columns = (key[position].tolist() for key in keys)
    for place, key in zip(position.tolist(), zip(*columns, strict=True), strict=True):
        found.setdefault(key, []).append(place)
    return [(key, np.array(found[key], np.int64)) for key in sorted(found)]


def _with_groups(instance: IntArray, kind: np.ndarray, rows: Rows, n_cell: int) -> IntArray:
    """Give the row that defines a peer group's total an instance of the fairness rule it serves."""
    is_group = kind == "group"
    if not is_group.any():
        return instance
    columns = rows.matrix.tocsc()[:, n_cell:].tocoo()
    of_rule = instance[columns.row] != NO_INSTANCE
    served = np.full(columns.shape[1], NO_INSTANCE, np.int64)
    served[columns.col[of_rule]] = instance[columns.row[of_rule]]
    found = instance.copy()
    own = is_group[columns.row]
    found[columns.row[own]] = served[columns.col[own]]
    return found


def _bound_moves(
    labels: Labels, problem: MeasureProblem, balanced: BalanceModel, answer: BalanceAnswer, held: HeldRows
) -> list[Move]:
    """What the cells' own bounds moved: rules and pins on single cells, presence, not below zero."""
    way = answer.x - balanced.anchor
    pull = way - balanced.weight * (balanced.rows.matrix.T @ answer.price)[: balanced.n_cell]
    pull = np.where(np.abs(pull) > NOISE * np.maximum(balanced.weight, answer.x), pull, 0.0)
    away = np.where(held.is_held, way, pull) * balanced.unit
    by = _holder(problem, answer.x * balanced.unit, pull * balanced.unit)
    depth = int(labels.grid.org.depth.max())
    rule_ids = problem.instances["rule_id"].to_numpy(object)
    is_pin = (problem.instances["kind"] == "pin").to_numpy(bool)
    known = by != NO_INSTANCE
    name = np.full(len(by), "", object)
    name[known] = rule_ids[by[known]]
    step = np.full(len(by), BY_DEPTH)
    step[known] = np.where(is_pin[by[known]], STEPS.index("pins"), BY_DEPTH)
    none = np.zeros(0, np.int64)
    moves = [
        Move(at, rule_id, depth, problem.cell[mine], away[mine], none)
        for (at, rule_id), mine in _together(np.flatnonzero(known), step, name)
    ]
    rest = np.flatnonzero(~known & (away != 0))
    return [*moves, Move(STEPS.index("own_rules"), "", depth, problem.cell[rest], away[rest], none)]


def _holder(problem: MeasureProblem, x: FloatArray, held: FloatArray) -> IntArray:
    """Instance whose side of the cell's own bounds holds it, -1 = none; shape (n_model_cell,).

    A cell that a settled tier keeps away from its own bounds is held by nobody in particular.
    """
    bound = np.where(held > 0, problem.model.lower, problem.model.upper)
    by = np.where(held > 0, problem.bound_by[0][problem.cell], problem.bound_by[1][problem.cell])
    near = np.abs(x - bound) <= AT_BOUND * np.maximum(1.0, np.abs(x))
    found: IntArray = np.where(near & (held != 0), by, NO_INSTANCE)
    return found
