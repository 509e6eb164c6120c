"""The waterfall of every number: steps that add up to the target exactly."""

from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np

from allocator.anchors.anchors import Anchors
from allocator.explanation.moves import STEPS, Move, rule_moves
from allocator.model.labels import Labels
from allocator.model.problem import MeasureProblem
from solver_models.arrays import FloatArray, IntArray
from solver_models.grid import Grid
from solver_models.hierarchy import Hierarchy
from solver_models.model import BalanceAnswer, BalanceModel

__all__ = ["STEPS", "StepAmounts", "Waterfall", "build_waterfall", "step_amounts"]

NOBODY = -1
NOTICED = 1e-9


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


@dataclass(frozen=True)
class StepAmounts:
    """Steps before rounding, in the measure's unit.

    Parameters
    ----------
    amount
        Shape (n_step, n_node, n_product_node); the last step (rounding) is 0. The sum over the steps
        is the unrounded target.
    strongest, rule_ids
        As in `Waterfall`.
    """

    amount: FloatArray
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
    """Split every target into whole-unit steps that add up to it.

    Steps are rounded cumulatively: each is less than one unit from its amount, and what is left
    between the last of them and the target is the step `rounding`.

    Parameters
    ----------
    target_units
        Shape (n_node, n_product_node).
    unit
        round_to.
    """
    steps = step_amounts(labels, anchors, problem, balanced, answer)
    running = np.cumsum(steps.amount[:-1], axis=0) / unit
    whole = np.rint(np.round(running, 6)).astype(np.int64)
    units = np.diff(np.concatenate([whole, target_units[None]]), axis=0, prepend=0)
    return Waterfall(units, steps.strongest, steps.rule_ids)


def step_amounts(
    labels: Labels, anchors: Anchors, problem: MeasureProblem, balanced: BalanceModel, answer: BalanceAnswer
) -> StepAmounts:
    """Split every unrounded target into its steps.

    On the company's scale (street factors taken out) a target is
    last year + trend + w_k (potential - level) + w_c (commitment - level) + scaling to the totals
    + sum over rows of w_l y_i A_il (+ the pull of the cell's own bounds); where the anchors are targets in
    force, these stand in the place of all up to the scaling (`published`). And what the levels above
    assign on top of it is the step `over_assignment`. The price of a rule on a node, times the
    weight of the cells below it, is its step; the prices of the company and product totals spread
    what rules take from or add to others (`shared_load`).
    """
    grid = labels.grid
    plain = grid.roll_up_plain
    amounts = np.zeros((len(STEPS), len(grid.org), len(grid.products)))
    level = anchors.history / grid.cell_factor if anchors.is_published else anchors.history
    potential, commitment = (
        _pull(anchors.weight[1], anchors.potential, level),
        _pull(anchors.weight[2], anchors.commitment, level),
    )
    if anchors.is_published:
        amounts[STEPS.index("published")] = plain(level)
    else:
        amounts[STEPS.index("last_year")] = plain(anchors.last_year)
        amounts[STEPS.index("trend")] = plain(level - anchors.last_year)
    amounts[STEPS.index("potential")] = plain(potential)
    amounts[STEPS.index("commitment")] = plain(commitment)
    scaled = anchors.anchor / grid.cell_factor - level - potential - commitment
    amounts[STEPS.index("company_growth")] = plain(scaled)
    moves = rule_moves(labels, problem, balanced, answer)
    strongest, rule_ids = _add_moves(labels, moves, amounts)
    on_company_scale = amounts.sum(axis=0)
    amounts[STEPS.index("over_assignment")] = (grid.street_factor[:, None] - 1.0) * on_company_scale
    return StepAmounts(amounts, strongest, rule_ids)


def _pull(weight: FloatArray, source: FloatArray, level: FloatArray) -> FloatArray:
    """weight * (source - level) where there is a source."""
    return np.where(np.isnan(source), 0.0, weight * (np.nan_to_num(source) - level))


def _add_moves(
    labels: Labels, moves: Iterable[Move], amounts: FloatArray
) -> tuple[IntArray, tuple[str, ...]]:
    """Add every move to its step and note, step by step and node by node, the rule that moved most."""
    grid = labels.grid
    n_place = amounts[0].size
    amounts = amounts.reshape(len(amounts), n_place)
    best, strongest = np.zeros(amounts.shape), np.full(amounts.shape, NOBODY, np.int64)
    rule_ids: list[str] = []
    places = _Places.of(grid)
    for rule_id, own in _by_rule(moves):
        number = NOBODY
        if rule_id:
            number = len(rule_ids)
            rule_ids.append(rule_id)
        for step, (place, moved) in _by_step(grid, places, own).items():
            amounts[step, place] += moved
            size = np.abs(moved)
            stronger = (size > np.maximum(best[step, place], NOTICED)) & (number != NOBODY)
            best[step, place[stronger]] = size[stronger]
            strongest[step, place[stronger]] = number
    return strongest.reshape(-1, len(grid.org), len(grid.products)), tuple(rule_ids)


@dataclass(frozen=True)
class _Places:
    """Where a cell counts: the nodes above each rep, the products above each leaf, -1 behind the last.

    Parameters
    ----------
    nodes
        Shape (n_rep, depth of the org), the rep itself included.
    products
        Shape (n_product, depth of the products).
    n_product_node
        A place is node * n_product_node + product.
    """

    nodes: IntArray
    products: IntArray
    n_product_node: int

    @staticmethod
    def of(grid: Grid) -> "_Places":
        """Follow the parents of both trees."""
        return _Places(_upwards(grid.org), _upwards(grid.products), len(grid.products))

    def of_cells(self, cell: IntArray) -> tuple[IntArray, IntArray]:
        """Places of some cells, and which of the cells each belongs to."""
        rep, product = np.divmod(cell, len(self.products))
        node, line = self.nodes[rep][:, :, None], self.products[product][:, None, :]
        place = np.where((node >= 0) & (line >= 0), node * self.n_product_node + line, -1)
        place = place.reshape(len(cell), self.nodes.shape[1] * self.products.shape[1])
        which = np.broadcast_to(np.arange(len(cell))[:, None], place.shape)
        return place[place >= 0], which[place >= 0]


def _upwards(tree: Hierarchy) -> IntArray:
    """Return each leaf and all above it, shape (n_leaf, depth), -1 behind the root."""
    levels = [tree.leaf.astype(np.int64)]
    while (levels[-1] > 0).any():
        levels.append(np.where(levels[-1] >= 0, tree.parent[levels[-1]], -1).astype(np.int64))
    return np.stack(levels, axis=1)


def _by_step(grid: Grid, places: _Places, moves: list[Move]) -> dict[int, tuple[IntArray, FloatArray]]:
    """Sum the moves of one rule by step and place."""
    found: dict[int, list[tuple[IntArray, FloatArray]]] = {}
    for move in moves:
        place, which = places.of_cells(move.cell)
        amount = (move.value / grid.cell_factor[move.cell])[which]
        depth = grid.org.depth[place // places.n_product_node]
        for step, here in move.steps(depth):
            found.setdefault(step, []).append((place[here], amount[here]))
    summed = {}
    for step, parts in found.items():
        place, which = np.unique(np.concatenate([one for one, _ in parts]), return_inverse=True)
        amount = np.concatenate([one for _, one in parts])
        summed[step] = place, np.bincount(which, amount, len(place)).astype(np.float64)
    return summed


def _by_rule(moves: Iterable[Move]) -> list[tuple[str, list[Move]]]:
    """Moves of one rule together, rules in the order of their ids."""
    found: dict[str, list[Move]] = {}
    for move in moves:
        found.setdefault(move.rule_id, []).append(move)
    return sorted(found.items())
