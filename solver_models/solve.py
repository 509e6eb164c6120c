"""A whole model: the soft tiers in order, then the balance."""

from dataclasses import dataclass

import numpy as np

from solver_models.balance.solve import solve_balance
from solver_models.engines.base import BalanceEngine, Engine, EngineOptions
from solver_models.failures import ModelInfeasible
from solver_models.model import BalanceAnswer, BalanceModel
from solver_models.tiers import TierOutcome, all_kept, settle_tiers


@dataclass(frozen=True)
class SolvedModel:
    """The answer of a model with soft tiers.

    Parameters
    ----------
    balanced
        The model in which only the balance was left to find: the tiers are rows of it.
    tiers
        What each tier reached, in order.
    answer
        The minimiser of `balanced` and its proof.
    """

    balanced: BalanceModel
    tiers: tuple[TierOutcome, ...]
    answer: BalanceAnswer


def solve_model(model: BalanceModel, engine: Engine, options: EngineOptions) -> SolvedModel:
    """Settle the soft tiers and balance what is left.

    With an engine that finds the balance by itself, all soft rows are first tried as hard ones: if
    they hold together, no tier has to give way and the answer is there already.

    Raises
    ------
    ModelInfeasible, EngineStopped, EngineError
        As `settle_tiers` and `solve_balance`.
    """
    if len(model.soft) and isinstance(engine, BalanceEngine):
        kept = all_kept(model)
        try:
            answer = solve_balance(kept, engine, options)
        except ModelInfeasible:
            pass
        else:
            met = tuple(TierOutcome(int(tier), 0.0, 0.0, ()) for tier in np.unique(model.soft.tier))
            return SolvedModel(kept, met, answer)
    balanced, tiers = settle_tiers(model, engine, options)
    return SolvedModel(balanced, tiers, solve_balance(balanced, engine, options))
