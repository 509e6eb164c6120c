"""What every rule moved in every cell: the prices of its rows times the weights of the cells."""

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from allocator.model.labels import Labels
from allocator.model.problem import MeasureProblem
from solver_models.arrays import BoolArray, FloatArray, IntArray
from solver_models.model import BalanceAnswer, BalanceModel, Rows

STEPS = (
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
    amount
        Shape (n_cell,), in the measure's unit on the street scale of the reps.
    """

    step: int
    rule_id: str
    depth: int
    amount: FloatArray

    def steps(self, depth: IntArray) -> Iterator[tuple[int, BoolArray]]:
        """Give (step, nodes that book the move under it)."""
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
    priced = answer.price != 0
    keys = zip(steps[priced].tolist(), names[priced].tolist(), depth[priced].tolist(), strict=True)
    moves = []
    for step, rule_id, node_depth in sorted(set(keys)):
        chosen = priced & (steps == step) & (names == rule_id) & (depth == node_depth)
        pull = (rows.matrix.T @ np.where(chosen, answer.price, 0.0))[:n]
        moved = _spread(labels, problem, balanced.weight * pull * balanced.unit)
        moves.append(Move(step, rule_id, node_depth, moved))
    return moves + _bound_moves(labels, problem, balanced, answer)


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
    moves = []
    for at, rule_id in sorted(set(zip(step[known].tolist(), name[known].tolist(), strict=True))):
        mine = known & (step == at) & (name == rule_id)
        moves.append(Move(at, rule_id, depth, _spread(labels, problem, np.where(mine, held, 0.0))))
    rest = _spread(labels, problem, np.where(known, 0.0, held))
    return [*moves, Move(STEPS.index("own_rules"), "", depth, rest)]


def _holder(problem: MeasureProblem, x: FloatArray, held: FloatArray) -> IntArray:
    """Instance whose side of the cell's own bounds holds it, -1 = none; shape (n_model_cell,).

    A cell that a settled tier keeps away from its own bounds is held by nobody in particular.
    """
    bound = np.where(held > 0, problem.model.lower, problem.model.upper)
    by = np.where(held > 0, problem.bound_by[0][problem.cell], problem.bound_by[1][problem.cell])
    near = np.abs(x - bound) <= AT_BOUND * np.maximum(1.0, np.abs(x))
    found: IntArray = np.where(near & (held != 0), by, NO_INSTANCE)
    return found


def _spread(labels: Labels, problem: MeasureProblem, values: FloatArray) -> FloatArray:
    """Put values of the moving cells into the grid; the others have no anchor and do not move."""
    full = np.zeros(labels.grid.n_cell)
    full[problem.cell] = values
    return full
