"""What every rule moved in every cell: the prices of its rows times the weights of the cells."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np

from allocator.model.labels import Labels
from allocator.model.problem import MeasureProblem
from solver_models.arrays import BoolArray, FloatArray, IntArray
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
NO_INSTANCE = -1
AT_BOUND = 1e-7


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
        Shape (k,): cells of the grid that it moved, each once, and by how much, in the measure's unit on
        the street scale of the reps.
    n_cell
        Cells of the grid.
    """

    step: int
    rule_id: str
    depth: int
    cell: IntArray
    value: FloatArray
    n_cell: int

    @property
    def amount(self) -> FloatArray:
        """What every cell was moved by, shape (n_cell,)."""
        amount = np.zeros(self.n_cell)
        amount[self.cell] = self.value
        return amount

    def steps(self, depth: IntArray) -> Iterator[tuple[int, BoolArray]]:
        """Give (step, which of the nodes of these depths book the move under it)."""
        if self.step != BY_DEPTH:
            yield self.step, np.ones(len(depth), bool)
            return
        own: BoolArray = depth <= self.depth
        yield STEPS.index("own_rules"), own
        yield STEPS.index("team_and_region_rules"), ~own


def rule_moves(
    labels: Labels, problem: MeasureProblem, balanced: BalanceModel, answer: BalanceAnswer
) -> list[Move]:
    """Return the moves of all rules, pins, totals and bounds; they add up to x - anchor in every cell."""
    rows, n = balanced.rows, balanced.n_cell
    ledger = problem.ledger.iloc[rows.source]
    instance = _with_groups(ledger["instance"].to_numpy(np.int64), ledger["kind"].to_numpy(object), rows, n)
    kind = ledger["kind"].to_numpy(object)
    depth = labels.grid.org.depth[ledger["node"].to_numpy(np.int64)]
    names = np.full(len(rows), "", object)
    known = instance != NO_INSTANCE
    names[known] = problem.instances["rule_id"].to_numpy(object)[instance[known]]
    steps = np.full(len(rows), BY_DEPTH)
    steps[np.isin(kind, ["total", "product_total", "frame"])] = STEPS.index("shared_load")
    steps[np.isin(kind, ["fairness", "group"])] = STEPS.index("fairness")
    steps[kind == "pin"] = STEPS.index("pins")
    depth = np.where(steps == BY_DEPTH, depth, 0)
    moves = []
    price, n_cell = answer.price, labels.grid.n_cell
    for (step, rule_id, node_depth), row in _together(np.flatnonzero(price), steps, names, depth):
        part = rows_at(rows.matrix, row)
        pull = part.data * np.repeat(price[row], np.diff(part.indptr))
        of_cell = part.indices < n
        cell, which = np.unique(part.indices[of_cell], return_inverse=True)
        moved = balanced.weight[cell] * np.bincount(which, pull[of_cell], len(cell)) * balanced.unit
        moves.append(Move(step, rule_id, node_depth, problem.cell[cell], moved, n_cell))
    return moves + _bound_moves(labels, problem, balanced, answer)


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
    labels: Labels, problem: MeasureProblem, balanced: BalanceModel, answer: BalanceAnswer
) -> list[Move]:
    """What the cells' own bounds moved: rules and pins on single cells, presence, not below zero."""
    pull = balanced.weight * (balanced.rows.matrix.T @ answer.price)[: balanced.n_cell]
    held = (answer.x - balanced.anchor - pull) * balanced.unit
    by = _holder(problem, answer.x * balanced.unit, held)
    depth = int(labels.grid.org.depth.max())
    rule_ids = problem.instances["rule_id"].to_numpy(object)
    is_pin = (problem.instances["kind"] == "pin").to_numpy(bool)
    known = by != NO_INSTANCE
    name = np.full(len(by), "", object)
    name[known] = rule_ids[by[known]]
    step = np.full(len(by), BY_DEPTH)
    step[known] = np.where(is_pin[by[known]], STEPS.index("pins"), BY_DEPTH)
    n_cell = labels.grid.n_cell
    moves = [
        Move(at, rule_id, depth, problem.cell[mine], held[mine], n_cell)
        for (at, rule_id), mine in _together(np.flatnonzero(known), step, name)
    ]
    rest = np.flatnonzero(~known & (held != 0))
    return [*moves, Move(STEPS.index("own_rules"), "", depth, problem.cell[rest], held[rest], n_cell)]


def _holder(problem: MeasureProblem, x: FloatArray, held: FloatArray) -> IntArray:
    """Instance whose side of the cell's own bounds holds it, -1 = none; shape (n_model_cell,).

    A cell that a settled tier keeps away from its own bounds is held by nobody in particular.
    """
    bound = np.where(held > 0, problem.model.lower, problem.model.upper)
    by = np.where(held > 0, problem.bound_by[0][problem.cell], problem.bound_by[1][problem.cell])
    near = np.abs(x - bound) <= AT_BOUND * np.maximum(1.0, np.abs(x))
    found: IntArray = np.where(near & (held != 0), by, NO_INSTANCE)
    return found
