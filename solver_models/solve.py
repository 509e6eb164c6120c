"""A whole model: the soft tiers in order, then the balance."""

from collections.abc import Callable
from dataclasses import dataclass, replace

import numpy as np
from scipy.sparse import csr_array

from solver_models.arrays import FloatArray, IntArray
from solver_models.balance.elastic import elastic_balance
from solver_models.balance.solve import Start, polish_from, solve_balance
from solver_models.engines.base import BalanceEngine, Engine, EngineOptions
from solver_models.failures import ModelInfeasible
from solver_models.farkas import proves_infeasible
from solver_models.kept_prices import KEPT
from solver_models.model import BalanceAnswer, BalanceModel, SoftRows
from solver_models.solution import Status
from solver_models.sparse_rows import norms
from solver_models.tier_rows import all_kept
from solver_models.tiers import TierOutcome, settle_tiers

FAST = "fast"
MOST_WIDENINGS = 12
HARDLY = 0.01
"""Soft rows that give way by less than this may well hold as hard ones."""
CLEAR = 1e-6
REACHED = 1e-7


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

    def fallbacks(self, engine: str) -> int:
        """Programs that `engine` left to another one."""
        stages = sum(name not in (engine, KEPT) for tier in self.tiers for name in tier.solved_by)
        return stages + (self.answer.passes["linear"] if engine == FAST else 0)


def solve_model(model: BalanceModel, engine: Engine, options: EngineOptions) -> SolvedModel:
    """Settle the soft tiers and balance what is left.

    With an engine that finds the balance by itself, soft rows first give way like springs. Where they
    hardly have to, all are tried as hard ones: if they hold together, the answer is there already.
    If not, the tiers are settled over the rows that stand in each other's way; the balance then
    proves that no other row mattered, or names those that do.

    Raises
    ------
    ModelInfeasible, EngineStopped, EngineError
        As `settle_tiers` and `solve_balance`.
    """
    if len(model.soft) == 0 or not isinstance(engine, BalanceEngine):
        return _tier_by_tier(model, engine, options)
    has_time = options.time_limit > 0 and not options.is_stopped
    solved = _by_conflict(model, engine, options) if has_time else None
    if solved is not None and reaches_its_tiers(model, solved):
        return solved
    if solved is None:
        _refuse_impossible(model, engine)
    try:
        solved = _tier_by_tier(model, engine, options)
    except ModelInfeasible:
        # prices that only seemed exact can lead to a face without a point: the simplex decides
        return _tier_by_tier(model, engine.fallback, options)
    return solved if reaches_its_tiers(model, solved) else _tier_by_tier(model, engine.fallback, options)


def reaches_its_tiers(model: BalanceModel, solved: SolvedModel) -> bool:
    """True if the answer misses the soft rows by no more than each tier says, in the largest and in sum."""
    soft = model.soft
    point = np.concatenate([solved.answer.x, solved.answer.free[: model.n_free]])
    activity = soft.matrix @ point
    missed = np.maximum(np.maximum(soft.lower - activity, activity - soft.upper), 0.0) / soft.scale
    for outcome in solved.tiers:
        of_tier = missed[soft.tier == outcome.tier]
        if outcome.is_settled and (
            of_tier.max(initial=0.0) > outcome.largest + REACHED
            or of_tier.sum() > outcome.total + REACHED * max(1.0, len(of_tier) ** 0.5)
        ):
            return False
    return True


def _refuse_impossible(model: BalanceModel, engine: BalanceEngine) -> None:
    """Raise if a ray proves that the hard rows cannot hold together, whatever the tiers wish."""
    hard = without_wishes(model)
    point = None if hard.is_crossed else engine.balance_point(hard)
    if point is None or (point.status is Status.INFEASIBLE and proves_infeasible(hard, point.row_price)):
        raise ModelInfeasible("a weighted sum of the hard rows asks for more than the cells can give")


def without_wishes(model: BalanceModel) -> BalanceModel:
    """Return the model with its hard rows only."""
    none, no_code = np.zeros(0), np.zeros(0, np.int64)
    soft = SoftRows(csr_array((0, model.n_column)), none, none, no_code, none, no_code)
    return replace(model, soft=soft)


def _tier_by_tier(model: BalanceModel, engine: Engine, options: EngineOptions) -> SolvedModel:
    """Settle each tier over all rows, then balance."""
    balanced, tiers = settle_tiers(model, engine, options)
    return SolvedModel(balanced, tiers, solve_balance(balanced, engine, options.to_the_end))


def _by_conflict(model: BalanceModel, engine: BalanceEngine, options: EngineOptions) -> SolvedModel | None:
    """Try all soft rows as hard ones, then the tiers over the rows in conflict; None without a proof."""
    kept = all_kept(model)
    if kept.is_crossed:
        return None
    elastic = elastic_balance(kept, np.arange(len(kept.rows)) >= len(model.rows), engine)
    if elastic is None:
        return None
    if elastic.violation <= HARDLY:
        answer = polish_from(kept, Start(elastic.price, elastic.free))
        if answer is not None:
            met = tuple(TierOutcome(int(tier), 0.0, 0.0, ()) for tier in np.unique(model.soft.tier))
            return SolvedModel(kept, met, answer)
    return solve_over(model, elastic.sources, engine, options)


def solve_over(
    model: BalanceModel,
    focus: IntArray,
    engine: BalanceEngine,
    options: EngineOptions,
    start_of: Callable[[BalanceModel], Start] | None = None,
) -> SolvedModel | None:
    """Settle the tiers over the rows of some sources, and more as the balance asks for them.

    On the face that the tiers leave, all other rows give way like springs: those that have to were wrongly
    left out. Where the springs do not settle, a ray of the engine tells them. None without a proof; whether
    the answer `reaches_its_tiers` is for the caller to check.

    Parameters
    ----------
    start_of
        Where to begin the first balance; nothing binding by default.
    """
    known: tuple[TierOutcome, ...] = ()
    is_first = True
    for _ in range(MOST_WIDENINGS):
        try:
            balanced, tiers = settle_tiers(model, engine, options, focus, known)
        except ModelInfeasible:
            return None
        if is_first:
            answer = polish_from(balanced, None if start_of is None else start_of(balanced))
            if answer is not None:
                return SolvedModel(balanced, tiers, answer)
            is_first = False
        elastic = elastic_balance(balanced, ~np.isin(balanced.rows.source, focus), None)
        if elastic is None or elastic.violation <= HARDLY:
            start = None if elastic is None else Start(elastic.price, elastic.free)
            answer = polish_from(balanced, start)
            if answer is not None:
                return SolvedModel(balanced, tiers, answer)
        wider = focus if elastic is None else np.union1d(focus, elastic.sources)
        if len(wider) == len(focus):
            point = engine.balance_point(balanced)
            if point.status is not Status.INFEASIBLE:
                return _balanced(balanced, tiers, engine, options)
            wider = np.union1d(focus, _rows_of_ray(balanced, point.row_price))
        if len(wider) == len(focus):
            return None
        first = _first_tier(model, np.setdiff1d(wider, focus))
        known = tuple(outcome for outcome in tiers if outcome.tier < first)
        focus = wider
    return None


def _first_tier(model: BalanceModel, sources: IntArray) -> int:
    """The first tier whose programs hold a row of these sources (0: all do)."""
    place = np.flatnonzero(np.isin(model.soft.source, sources))
    is_hard = len(np.unique(model.soft.source[place])) < len(sources)
    return 0 if is_hard else int(model.soft.tier[place].min())


def _balanced(
    model: BalanceModel, tiers: tuple[TierOutcome, ...], engine: Engine, options: EngineOptions
) -> SolvedModel | None:
    """The balance on the face that the tiers left; None if a face over too few rows has no point."""
    try:
        return SolvedModel(model, tiers, solve_balance(model, engine, options.to_the_end))
    except ModelInfeasible:
        return None


def _rows_of_ray(model: BalanceModel, ray: FloatArray) -> IntArray:
    """Sources of the rows that a ray puts clear weight on."""
    weight = np.abs(ray) * norms(model.rows.matrix)
    return np.unique(model.rows.source[weight > CLEAR * weight.max(initial=0.0)])
