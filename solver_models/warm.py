"""What-if at once: a changed model solved from the answer of the one before.

    state = solve_warm(model, engine, options)
    again = resolve(changed, state, engine, options)      # again.solved.answer, and the next state

Changed bounds, totals, pins, anchors and weights keep the pattern of the rows; new or dropped
rows cost a new pattern but keep the prices of those that stay. The answer is the same as a
fresh solve's, proved by the same conditions; where the old prices lead nowhere, a fresh solve follows.
"""

from dataclasses import dataclass

import numpy as np

from solver_models.arrays import IntArray
from solver_models.balance.solve import Start, form_of, polish_from
from solver_models.balance.system import NormalForm
from solver_models.engines.base import BalanceEngine, Engine, EngineOptions
from solver_models.failures import ModelInfeasible
from solver_models.kept_prices import carried_over
from solver_models.model import BalanceModel
from solver_models.solve import SolvedModel, finished, is_small, reaches_its_tiers, solve_model, solve_over
from solver_models.tier_rows import all_kept
from solver_models.tiers import TierOutcome, settle_tiers


@dataclass(frozen=True)
class WarmState:
    """An answer and what the next solve can begin with.

    Parameters
    ----------
    solved
        The answer.
    form
        Normal form of the model that was balanced.
    focus
        Sources of the rows that matter to the tiers that had to give way; None if all were met.
    """

    solved: SolvedModel
    form: NormalForm
    focus: IntArray | None


def solve_warm(model: BalanceModel, engine: Engine, options: EngineOptions) -> WarmState:
    """Solve a model and keep what a re-solve can use.

    Raises
    ------
    ModelInfeasible, EngineStopped, EngineError
        As `solve_model`.
    """
    return _state(solve_model(model, engine, options), None)


def resolve(model: BalanceModel, before: WarmState, engine: Engine, options: EngineOptions) -> WarmState:
    """Solve a changed model from the answer of the one before.

    Parameters
    ----------
    model
        Scaled by any unit; rows are recognised by `source` and `part`.

    Raises
    ------
    ModelInfeasible, EngineStopped, EngineError
        As `solve_model`.
    """
    return _state(solve_from(model, before, engine, options), before)


def solve_from(model: BalanceModel, before: WarmState, engine: Engine, options: EngineOptions) -> SolvedModel:
    """Solve as `resolve` does, where nothing will be solved from this answer in turn."""
    if is_small(model):
        return solve_model(model, engine, options)
    solved = _from_before(model, before, engine, options)
    if solved is None or not reaches_its_tiers(model, solved):
        return solve_model(model, engine, options)
    return finished(model, solved)


def _from_before(
    model: BalanceModel, before: WarmState, engine: Engine, options: EngineOptions
) -> SolvedModel | None:
    """The tiers as they were met before, then the polish from the old prices; None if that leads nowhere.

    Where tiers had to give way their prices are kept if they can be; if no point fits them, they
    are found anew, beginning with the rows that mattered before.
    """
    if before.focus is None:
        tiers = tuple(TierOutcome(int(tier), 0.0, 0.0, ()) for tier in np.unique(model.soft.tier))
        return _polished(all_kept(model), tiers, before)
    try:
        balanced, tiers = settle_tiers(model, engine, options, before.focus, before.solved.tiers)
    except ModelInfeasible:
        return None
    solved = _polished(balanced, tiers, before)
    if solved is not None and reaches_its_tiers(model, solved):
        return solved
    if not isinstance(engine, BalanceEngine):
        return None
    return solve_over(model, before.focus, engine, options, lambda balanced: _start(balanced, before))


def _polished(
    balanced: BalanceModel, tiers: tuple[TierOutcome, ...], before: WarmState
) -> SolvedModel | None:
    answer = polish_from(balanced, _start(balanced, before))
    return None if answer is None else SolvedModel(balanced, tiers, answer)


def _start(model: BalanceModel, before: WarmState) -> Start:
    """The old prices on the rows of the new model."""
    old, answer = before.solved.balanced, before.solved.answer
    free = answer.free if len(answer.free) == model.n_free else np.zeros(model.n_free)
    return Start(carried_over(old.rows.key, answer.price, model.rows.key), free, before.form)


def _state(solved: SolvedModel, before: WarmState | None) -> WarmState:
    """Keep the form for the next solve, and the rows in focus where a tier had to give way."""
    known = None if before is None else Start(np.zeros(0), np.zeros(0), before.form)
    gives = any(tier.stages for tier in solved.tiers)
    focus = None
    if gives:
        priced = [solved.balanced.rows.source[solved.answer.price != 0]]
        for tier in solved.tiers:
            for stage in tier.stages:
                priced.append(stage.rows.source[stage.row_price != 0])
                priced.append(stage.sides.source[(stage.goal_price != 0) | (stage.largest_price != 0)])
        focus = np.unique(np.concatenate(priced))
    return WarmState(solved, form_of(solved.balanced, known), focus)
