"""The waterfall of every number: steps that add up to the target exactly."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from allocator.anchors.anchors import Anchors
from allocator.explanation.effects import Effect, rule_effects
from allocator.explanation.moves import STEPS, held_by, rule_moves
from allocator.model.labels import Labels
from allocator.model.problem import MeasureProblem
from solver_models.arrays import FloatArray, IntArray
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
    + what the rules move; where the anchors are targets in force, these stand in the place of all up to
    the scaling (`published`). And what the levels above assign on top of it is the step `over_assignment`.
    What a rule moves (`solver_models.held_rows`) is its step wherever it covers a cell; what others give
    or take for it is the step `shared_load`. So no rule moves a total that is fixed.

    Parameters
    ----------
    answer
        Its prices name who pushes (`solver_models.sided`).
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
    held = held_by(labels, problem, balanced, answer)
    moves = rule_moves(labels, problem, balanced, answer, held)
    way = np.zeros(grid.n_cell)
    way[problem.cell] = (answer.x - balanced.anchor) * balanced.unit
    effects = rule_effects(labels, problem, balanced, held, moves)
    strongest, rule_ids = _add_effects(labels, effects, plain(way / grid.cell_factor), amounts)
    on_company_scale = amounts.sum(axis=0)
    amounts[STEPS.index("over_assignment")] = (grid.street_factor[:, None] - 1.0) * on_company_scale
    return StepAmounts(amounts, strongest, rule_ids)


def _pull(weight: FloatArray, source: FloatArray, level: FloatArray) -> FloatArray:
    """weight * (source - level) where there is a source."""
    return np.where(np.isnan(source), 0.0, weight * (np.nan_to_num(source) - level))


def _add_effects(
    labels: Labels, effects: Iterable[Effect], way: FloatArray, amounts: FloatArray
) -> tuple[IntArray, tuple[str, ...]]:
    """Add every effect to its step, the rest of the way from the anchors to `shared_load`.

    Also note, step by step and node by node, the rule that moved most.

    Parameters
    ----------
    way
        Shape (n_node, n_product_node): answer - anchor on the company's scale.
    """
    grid = labels.grid
    amounts = amounts.reshape(len(amounts), way.size)
    shared = amounts[STEPS.index("shared_load")]
    shared += way.ravel()
    best, strongest = np.zeros(amounts.shape), np.full(amounts.shape, NOBODY, np.int64)
    rule_ids: list[str] = []
    depth, n_product_node = grid.org.depth, len(grid.products)
    for rule_id, own in _by_rule(effects):
        number = NOBODY
        if rule_id:
            number = len(rule_ids)
            rule_ids.append(rule_id)
        moved: dict[int, list[tuple[IntArray, FloatArray]]] = {}
        for effect in own:
            shared[effect.place] -= effect.amount
            for step, here in effect.move.steps(depth[effect.place // n_product_node]):
                moved.setdefault(step, []).append((effect.place[here], effect.amount[here]))
        for step, (place, amount) in _summed(moved).items():
            amounts[step, place] += amount
            size = np.abs(amount)
            stronger = (size > np.maximum(best[step, place], NOTICED)) & (number != NOBODY)
            best[step, place[stronger]] = size[stronger]
            strongest[step, place[stronger]] = number
    return strongest.reshape(-1, *way.shape), tuple(rule_ids)


def _summed(
    moved: Mapping[int, Sequence[tuple[IntArray, FloatArray]]],
) -> dict[int, tuple[IntArray, FloatArray]]:
    """Add up by place what was moved under each step."""
    summed = {}
    for step, parts in moved.items():
        place, line = np.unique(np.concatenate([one for one, _ in parts]), return_inverse=True)
        amount = np.bincount(line, np.concatenate([one for _, one in parts]), len(place))
        summed[step] = place, amount.astype(np.float64)
    return summed


def _by_rule(effects: Iterable[Effect]) -> list[tuple[str, list[Effect]]]:
    """Effects of one rule together, rules in the order of their ids."""
    found: dict[str, list[Effect]] = {}
    for effect in effects:
        found.setdefault(effect.move.rule_id, []).append(effect)
    return sorted(found.items())
