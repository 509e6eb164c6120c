"""A whole model: the soft tiers in order, then the balance, one unique proved answer."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from time import monotonic

import numpy as np
from scipy.sparse import csr_array

from solver_models.arrays import FloatArray, IntArray
from solver_models.balance.canonical import canonical_balance
from solver_models.balance.elastic import elastic_balance
from solver_models.balance.solve import Start, polish_from, solve_balance
from solver_models.engines.base import BalanceEngine, Engine, EngineError, EngineOptions
from solver_models.exact.balance import exact_balance
from solver_models.failures import EngineStopped, ModelInfeasible
from solver_models.farkas import proves_infeasible
from solver_models.kept_prices import KEPT
from solver_models.model import BalanceAnswer, BalanceModel, SoftRows
from solver_models.solution import Status
from solver_models.sparse_rows import norms
from solver_models.tier_rows import all_kept
from solver_models.tiers import EXACT, TierOutcome, settle_tiers

FAST = "fast"
MOST_WIDENINGS = 12
HARDLY = 0.01
"""Soft rows that give way by less than this may well hold as hard ones."""
CLEAR = 1e-6
REACHED = 1e-9
CERTIFIED_EXACTLY = 1e-7
"""What rounding to double precision may leave of an answer that exact arithmetic has proved."""
SMALL = 2_500
"""Rows x columns of a model that is solved in exact arithmetic at once."""
LARGE = 200_000
"""Rows x columns beyond which exact arithmetic does not end in minutes: the simplex has the last word."""


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
    is_small
        Whether all of it was found in exact arithmetic.
    is_confirmed
        Whether the engine that was asked for found the same (to a billionth) by its own way.
    """

    balanced: BalanceModel
    tiers: tuple[TierOutcome, ...]
    answer: BalanceAnswer
    is_small: bool = False
    is_confirmed: bool = True

    def fallbacks(self, engine: str) -> int:
        """Programs that `engine` left to another one; small models are solved in exact arithmetic by all."""
        if self.is_small:
            return int(not self.is_confirmed)
        stages = sum(name not in (engine, KEPT) for tier in self.tiers for name in tier.solved_by)
        return stages + (self.answer.passes["linear"] if engine == FAST else 0)


def solve_model(model: BalanceModel, engine: Engine, options: EngineOptions) -> SolvedModel:
    """Settle the soft tiers and balance what is left.

    With an engine that finds the balance by itself, soft rows first give way like springs. Where they
    hardly have to, all are tried as hard ones: if they hold together, the answer is there already.
    If not, the tiers are settled over the rows that stand in each other's way; the balance then
    proves that no other row mattered, or names those that do.

    An answer counts only if its soft rows miss what the prices of each tier say, neither more nor less.
    What neither the engine nor its fallback proves is left to exact arithmetic: the answer is proved
    optimal, the model proved impossible, or the time is up.

    Raises
    ------
    ModelInfeasible
        If the hard rows cannot hold together: a weighted sum of them says so.
    EngineStopped
        If the time limit ended the solve.
    EngineError
        If the model is too large for exact arithmetic and nothing else proves an answer.
    """
    if model.is_crossed:
        raise ModelInfeasible("a lower bound lies above its upper bound")
    if is_small(model):
        solved = _tier_by_tier(model, EXACT, options)
        if _is_certified(model, solved):
            confirmed = isinstance(engine, BalanceEngine) or _is_confirmed(model, solved, engine, options)
            return replace(finished(model, solved), is_small=True, is_confirmed=confirmed)
    impossible: ModelInfeasible | None = None
    for attempt in _attempts(model, engine, options):
        try:
            found = attempt()
        except ModelInfeasible as verdict:
            impossible = verdict
            continue
        except EngineError:
            continue
        if found is not None and reaches_its_tiers(model, found):
            return finished(model, found)
    if n_entries(model) > LARGE:
        raise impossible or EngineError(f"{engine.name}: no point could be certified")
    solved = _tier_by_tier(model, EXACT, options)
    if not _is_certified(model, solved):
        raise EngineError("no point could be certified: cells differ by more than arithmetic can tell apart")
    return finished(model, solved)


def _is_certified(model: BalanceModel, solved: SolvedModel) -> bool:
    """True if the numbers as they will be written prove themselves: conditions of the balance, and tiers."""
    residual = max(solved.answer.residual.values())
    return residual <= CERTIFIED_EXACTLY and reaches_its_tiers(model, solved, CERTIFIED_EXACTLY)


def _attempts(
    model: BalanceModel, engine: Engine, options: EngineOptions
) -> Iterator[Callable[[], SolvedModel | None]]:
    """Ways to an answer, the fastest first; raises where the hard rows are proved impossible."""
    if isinstance(engine, BalanceEngine):
        if len(model.soft) and options.time_limit > 0 and not options.is_stopped:
            yield lambda: _by_conflict(model, engine, options)
        else:
            yield lambda: _tier_by_tier(model, engine, options)
        _refuse_impossible(model, engine)
        yield lambda: _tier_by_tier(model, engine, options)
        # prices that only seemed exact can lead to a face without a point: the simplex decides
        yield lambda: _tier_by_tier(model, engine.fallback, options)
    elif engine.name != EXACT.name:
        yield lambda: _tier_by_tier(model, engine, options)


def is_small(model: BalanceModel) -> bool:
    """Whether exact arithmetic is as fast as any engine."""
    return n_entries(model) <= SMALL


def n_entries(model: BalanceModel) -> int:
    """Rows x columns, hard and soft."""
    return (len(model.rows) + len(model.soft)) * model.n_column


def _is_confirmed(model: BalanceModel, solved: SolvedModel, engine: Engine, options: EngineOptions) -> bool:
    """True if an engine's own way ends at the same point, to a billionth."""
    if engine.name == EXACT.name:
        return True
    try:
        own = _tier_by_tier(model, engine, options)
    except (ModelInfeasible, EngineError, EngineStopped):
        return False
    x = solved.answer.x
    return bool(np.all(np.abs(own.answer.x - x) <= REACHED * np.maximum(model.weight, np.abs(x))))


def finished(model: BalanceModel, solved: SolvedModel) -> SolvedModel:
    """Return the answer with its canonical prices, and what the soft rows really miss at it."""
    is_exact = "exact" in solved.answer.passes
    answer = solved.answer if is_exact else canonical_balance(solved.balanced, solved.answer)
    missed = _missed(model, answer)
    tiers = tuple(
        replace(
            outcome,
            largest=float(missed[model.soft.tier == outcome.tier].max(initial=0.0)),
            total=float(missed[model.soft.tier == outcome.tier].sum()),
        )
        if outcome.is_settled and outcome.stages
        else outcome
        for outcome in solved.tiers
    )
    return SolvedModel(solved.balanced, tiers, answer)


def reaches_its_tiers(model: BalanceModel, solved: SolvedModel, within: float = REACHED) -> bool:
    """True if the soft rows miss what the prices of each tier say, in the largest and in sum, to a billionth.

    The prices are a lower bound of what any point misses (weak duality), the point an upper one.
    """
    missed = _missed(model, solved.answer)
    for outcome in solved.tiers:
        of_tier = missed[model.soft.tier == outcome.tier]
        away = (abs(of_tier.max(initial=0.0) - outcome.largest), abs(of_tier.sum() - outcome.total))
        several = max(1.0, len(of_tier) ** 0.5)
        if outcome.is_settled and (
            away[0] > within * max(1.0, outcome.largest) or away[1] > within * max(several, outcome.total)
        ):
            return False
    return True


def _missed(model: BalanceModel, answer: BalanceAnswer) -> FloatArray:
    """Relative violation of each soft row, shape (n_soft,)."""
    soft = model.soft
    activity = soft.matrix @ np.concatenate([answer.x, answer.free[: model.n_free]])
    missed: FloatArray = (
        np.maximum(np.maximum(soft.lower - activity, activity - soft.upper), 0.0) / soft.scale
    )
    return missed


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
    if engine.name == EXACT.name:
        end = monotonic() + options.time_limit
        return SolvedModel(balanced, tiers, exact_balance(balanced, lambda: monotonic() > end))
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
