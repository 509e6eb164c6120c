"""The waterfall of every number: steps that add up to the target exactly."""

from dataclasses import dataclass

import numpy as np

from allocator.anchors.anchors import Anchors
from allocator.model.labels import Labels
from allocator.model.problem import MeasureProblem
from solver_models.arrays import FloatArray, IntArray
from solver_models.model import BalanceAnswer, BalanceModel

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
NOBODY = -1


@dataclass(frozen=True)
class Waterfall:
    """Steps of every node and product, in whole units.

    Parameters
    ----------
    units
        Shape (n_step, n_node, n_product_node), int64: sums over the steps to the target.
    strongest
        Shape as `units`: position in `rule_ids` of the rule that moved the step most, -1 = none.
    rule_ids
        Rules (and `pin`) with a price.
    """

    units: IntArray
    strongest: IntArray
    rule_ids: tuple[str, ...]


def build_waterfall(
    labels: Labels,
    anchors: Anchors,
    problem: MeasureProblem,
    balanced: BalanceModel,
    answer: BalanceAnswer,
    target_units: IntArray,
    unit: float,
) -> Waterfall:
    """Split every target into its steps.

    On the company's scale (street factors taken out) a target is
    last year + trend + w_k (potential - level) + w_c (commitment - level) + scaling to the totals
    + sum over rows of w_l y_i A_il (+ the pull of the cell's own bounds) + over-assignment + rounding.
    The price of a rule on a node, times the weight of the cells below it, is its step; the prices
    of the company and product totals spread what rules take from or add to others (`shared_load`).
    Steps are rounded cumulatively, so they are whole units and add up.

    Parameters
    ----------
    target_units
        Shape (n_node, n_product_node).
    unit
        round_to.
    """
    grid = labels.grid
    plain = grid.roll_up_plain
    amounts = np.zeros((len(STEPS), len(grid.org), len(grid.products)))
    strongest = np.full(amounts.shape, NOBODY, np.int64)
    level = anchors.history
    amounts[0] = plain(anchors.last_year)
    amounts[1] = plain(level - anchors.last_year)
    amounts[2] = plain(_pull(anchors.weight[1], anchors.potential, level))
    amounts[3] = plain(_pull(anchors.weight[2], anchors.commitment, level))
    amounts[4] = plain(anchors.anchor / grid.cell_factor - level) - amounts[2] - amounts[3]
    rule_ids = _add_rule_steps(labels, problem, balanced, answer, amounts, strongest)
    on_company_scale = amounts.sum(axis=0)
    amounts[10] = (grid.street_factor[:, None] - 1.0) * on_company_scale
    running = np.cumsum(amounts[:11], axis=0) / unit
    whole = np.rint(np.round(running, 6)).astype(np.int64)
    units = np.diff(np.concatenate([whole, target_units[None]]), axis=0, prepend=0)
    return Waterfall(units, strongest, rule_ids)


def _pull(weight: FloatArray, source: FloatArray, level: FloatArray) -> FloatArray:
    """weight * (source - level) where there is a source."""
    return np.where(np.isnan(source), 0.0, weight * (np.nan_to_num(source) - level))


def _add_rule_steps(
    labels: Labels,
    problem: MeasureProblem,
    balanced: BalanceModel,
    answer: BalanceAnswer,
    amounts: FloatArray,
    strongest: IntArray,
) -> tuple[str, ...]:
    """Add the steps of all rows with a price, rule by rule, and note the strongest rule of each step."""
    grid, depth = labels.grid, labels.grid.org.depth
    best = np.zeros(amounts.shape)
    rule_ids: list[str] = []
    for step, rule_id, node_depth, moved in rule_moves(labels, problem, balanced, answer):
        by_node = grid.roll_up_plain(moved / grid.cell_factor)
        if step >= 0:
            steps = np.full(len(depth), step)
        else:
            steps = np.where(depth <= node_depth, STEPS.index("own_rules"), STEPS.index("team_and_region_rules"))
        number = NOBODY
        if rule_id:
            if rule_id not in rule_ids:
                rule_ids.append(rule_id)
            number = rule_ids.index(rule_id)
        for at in np.unique(steps):
            rows = steps == at
            amounts[at, rows] += by_node[rows]
            stronger = np.abs(by_node[rows]) > np.maximum(best[at, rows], 1e-9)
            best[at, rows] = np.where(stronger, np.abs(by_node[rows]), best[at, rows])
            strongest[at, rows] = np.where(stronger, number, strongest[at, rows])
    return tuple(rule_ids)


def rule_moves(
    labels: Labels, problem: MeasureProblem, balanced: BalanceModel, answer: BalanceAnswer
) -> list[tuple[int, str, int, FloatArray]]:
    """What each rule moved in each cell, in the measure's unit (street scale).

    Returns
    -------
    (step or -1 for "by the node's depth", rule id, depth of its nodes, amounts of shape (n_cell,)).
    Their sum over all entries is x - anchor.
    """
    rows, n = balanced.rows, balanced.n_cell
    ledger = problem.ledger.iloc[rows.source]
    instance = ledger["instance"].to_numpy(np.int64)
    kind = ledger["kind"].to_numpy(object)
    depth = labels.grid.org.depth
    row_depth = depth[ledger["node"].to_numpy(np.int64)]
    names = np.full(len(rows), "", object)
    known = instance >= 0
    names[known] = problem.instances["rule_id"].to_numpy(object)[instance[known]]
    steps = np.full(len(rows), -1)
    steps[np.isin(kind, ["total", "product_total"])] = STEPS.index("shared_load")
    steps[np.isin(kind, ["fairness", "group"])] = STEPS.index("fairness")
    steps[kind == "pin"] = STEPS.index("pins")
    moves = []
    priced = answer.price != 0
    keys = sorted({(int(s), str(r), int(d)) for s, r, d in zip(steps[priced], names[priced], row_depth[priced], strict=True)})
    for step, rule_id, node_depth in keys:
        chosen = priced & (steps == step) & (names == rule_id) & (row_depth == node_depth)
        pull = (rows.matrix.T @ np.where(chosen, answer.price, 0.0))[:n]
        moves.append((step, rule_id, node_depth, _spread(labels, problem, balanced.weight * pull * balanced.unit)))
    return moves + _bound_moves(labels, problem, balanced, answer)


def _bound_moves(
    labels: Labels, problem: MeasureProblem, balanced: BalanceModel, answer: BalanceAnswer
) -> list[tuple[int, str, int, FloatArray]]:
    """What the cells' own bounds moved: rules and pins on single cells, presence, not below zero."""
    pull = balanced.weight * (balanced.rows.matrix.T @ answer.price)[: balanced.n_cell]
    held = (answer.x - balanced.anchor - pull) * balanced.unit
    instances = problem.instances
    low, high = problem.bound_by[0][problem.cell], problem.bound_by[1][problem.cell]
    by = np.where(held > 0, low, high)
    cell_depth = int(labels.grid.org.depth.max())
    moves = []
    for instance_rule, step in _holders(instances, by):
        mine = (by >= 0) & np.isin(by, np.flatnonzero((instances["rule_id"] == instance_rule).to_numpy()))
        moves.append((step, instance_rule, cell_depth, _spread(labels, problem, np.where(mine, held, 0.0))))
    rest = np.where(by < 0, held, 0.0)
    full = _spread(labels, problem, rest)
    return [*moves, (STEPS.index("own_rules"), "", cell_depth, full)]


def _holders(instances: object, by: IntArray) -> list[tuple[str, int]]:
    """Rules that hold cells at a bound, with their step (-1 = by depth)."""
    table = instances
    used = np.unique(by[by >= 0])
    rule_ids = table["rule_id"].to_numpy(object)[used]  # type: ignore[index]
    kinds = table["kind"].to_numpy(object)[used]  # type: ignore[index]
    found = {str(r): (STEPS.index("pins") if k == "pin" else -1) for r, k in zip(rule_ids, kinds, strict=True)}
    return sorted(found.items())


def _spread(labels: Labels, problem: MeasureProblem, values: FloatArray) -> FloatArray:
    """Put values of the moving cells into the grid; cells that may not move lose their anchor elsewhere."""
    full = np.zeros(labels.grid.n_cell)
    full[problem.cell] = values
    return full
