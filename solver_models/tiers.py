"""Soft tiers in order: the smallest largest violation, then the smallest sum, both kept exactly.

A settled tier is not kept by a number with a tolerance but by complementary slackness: for any
optimal prices, the optimal points are exactly the feasible points at which every row with a
price and every column with a reduced cost is tight. So later stages work on the exact optimal
face, whatever engine found the prices.
"""

from dataclasses import dataclass, replace

import numpy as np
from scipy.sparse import csr_array, hstack, vstack

from solver_models.arrays import BoolArray, FloatArray, IntArray
from solver_models.engines.base import Engine, EngineOptions
from solver_models.failures import EngineStopped, ModelInfeasible, raise_unless_optimal
from solver_models.kept_prices import SIGNIFICANT, SIGNIFICANT_CELL, kept_prices, without_noise
from solver_models.lumping import lumped
from solver_models.model import BalanceModel, Rows
from solver_models.program import LinearProgram
from solver_models.solution import Solution
from solver_models.tier_rows import (
    Sides,
    append,
    share_rows,
    side_rows,
    sides_of,
    widen,
    without,
)

SATISFIED = 1e-9


@dataclass(frozen=True)
class StagePrices:
    """Prices of one stage of a tier, in the measure-free scaled form of the model.

    Parameters
    ----------
    row_price
        Prices of the model's rows as they stood in this stage, shape (len(rows),).
    rows
        Those rows (for their source, part and bounds).
    goal_price, largest_price
        Shape (n_side,): prices of the goal rows (relative to sign) and of the `largest` rows.
    sides
        The sides of the tier.
    """

    tier: int
    name: str
    rows: Rows
    row_price: FloatArray
    sides: Sides
    goal_price: FloatArray
    largest_price: FloatArray


@dataclass(frozen=True)
class TierOutcome:
    """What a tier reached: relative violations, the stages' prices, and which engine solved each program."""

    tier: int
    largest: float
    total: float
    stages: tuple[StagePrices, ...]
    is_settled: bool = True
    solved_by: tuple[str, ...] = ()


def settle_tiers(
    model: BalanceModel,
    engine: Engine,
    options: EngineOptions,
    focus: IntArray | None = None,
    known: tuple[TierOutcome, ...] = (),
) -> tuple[BalanceModel, tuple[TierOutcome, ...]]:
    """Settle all soft tiers and return the model in which only the balance is left to find.

    With a `focus` the programs hold only the rows of these sources. Their prices are right for all
    rows as well if the returned model has a point: that point meets every row and is tight
    wherever a price says so. If it has none, the focus was too narrow.

    A tier that the time limit cuts off, and all after it, are left out of the returned model;
    their outcomes say so (`is_settled` false).

    With `known` outcomes of a model nearby, a tier keeps its old prices where they fit the new
    coefficients, and is met where it was met before; as with a focus, they are right if the returned
    model has a point.

    Raises
    ------
    ModelInfeasible, EngineError
        If the hard rows cannot hold together, or an engine ended in a way that proves nothing.
    """
    if model.is_crossed:
        raise ModelInfeasible("a lower bound lies above its upper bound")
    outcomes: list[TierOutcome] = []
    for tier in np.unique(model.soft.tier).tolist():
        if outcomes and not outcomes[-1].is_settled:
            model = replace(model, soft=without(model.soft, int(tier)))
            outcomes.append(_unsettled(int(tier)))
            continue
        try:
            before = next((one for one in known if one.tier == tier and one.is_settled), None)
            model, outcome = _settle_tier(model, int(tier), _Solver(engine, options, focus), before)
        except EngineStopped:
            model, outcome = replace(model, soft=without(model.soft, int(tier))), _unsettled(int(tier))
        outcomes.append(outcome)
    return model, tuple(outcomes)


def all_kept(model: BalanceModel) -> BalanceModel:
    """Return the model with every soft side as a hard row."""
    for tier in np.unique(model.soft.tier).tolist():
        sides = sides_of(model.soft, int(tier))
        rows = append(model.rows, side_rows(sides, np.arange(len(sides)), keep=True))
        model = replace(model, rows=rows, soft=without(model.soft, int(tier)))
    return model


def _unsettled(tier: int) -> TierOutcome:
    """Return the outcome of a tier that ran out of time."""
    return TierOutcome(tier, float("nan"), float("nan"), (), is_settled=False)


@dataclass(frozen=True)
class _Solver:
    """An engine, its limits, and the sources of the rows it looks at (all by default)."""

    engine: Engine
    options: EngineOptions
    focus: IntArray | None

    def solve(self, program: LinearProgram, source: IntArray, price: FloatArray | None = None) -> Solution:
        """Solve the rows in focus; the prices of the others are zero. Prices that fit need no search."""
        kept = None if price is None else kept_prices(program, price)
        if kept is not None:
            return kept
        if self.focus is None:
            return without_noise(program, self._answer(program))
        row = np.flatnonzero(np.isin(source, self.focus))
        small = lumped(program, row)
        answer = without_noise(small.program, self._answer(small.program))
        return small.expanded(program, answer)

    def _answer(self, program: LinearProgram) -> Solution:
        return raise_unless_optimal(self.engine.solve(program, self.options), self.engine.name)


def _settle_tier(
    model: BalanceModel, tier: int, solver: _Solver, known: TierOutcome | None
) -> tuple[BalanceModel, TierOutcome]:
    sides = sides_of(model.soft, tier)
    rest = replace(model, soft=without(model.soft, tier))
    if known is not None and not known.stages:
        return _all_met(rest, sides), TierOutcome(tier, 0.0, 0.0, ())
    before = known.stages if known is not None else ()
    face = _Face.whole(rest, len(sides))
    solution = _smallest_largest(rest, face, sides, solver, _carried(before[:1], rest, sides))
    largest = solution.objective
    if largest <= SATISFIED:
        return _all_met(rest, sides), TierOutcome(tier, 0.0, 0.0, (), solved_by=(solution.solved_by,))
    engines = [solution.solved_by]
    stages = [_prices(rest, face, sides, solution, tier, "largest")]
    face = face.tightened(rest, sides, solution)
    source = np.concatenate([rest.rows.source, sides.source, sides.source])
    solution = solver.solve(_sum_program(rest, face, sides), source, _carried(before[1:], rest, sides))
    total = solution.objective
    engines.append(solution.solved_by)
    stages.append(_prices(rest, face, sides, solution, tier, "sum"))
    face = face.tightened(rest, sides, solution)
    outcome = TierOutcome(tier, largest, total, tuple(stages), solved_by=tuple(engines))
    return _apply_face(rest, face, sides), outcome


def _all_met(model: BalanceModel, sides: Sides) -> BalanceModel:
    return replace(model, rows=append(model.rows, side_rows(sides, np.arange(len(sides)), keep=True)))


def _carried(stage: tuple[StagePrices, ...], model: BalanceModel, sides: Sides) -> FloatArray | None:
    """Prices of a stage of the model before, for the program of the same stage; None if rows differ.

    A goal's price per unit of its row stays; all are measured anew so that the relative ones add up
    to what they did.
    """
    if not stage:
        return None
    old = stage[0]
    if not np.array_equal(old.rows.source, model.rows.source) or not np.array_equal(
        old.sides.source, sides.source
    ):
        return None
    goal = sides.sign * old.goal_price
    before, now = float((goal * old.sides.scale).sum()), float((goal * sides.scale).sum())
    if before <= 0 or now <= 0:
        return None
    factor = before / now
    parts = [old.row_price * factor, goal * sides.scale * factor]
    if old.name == "sum":
        parts.append(old.largest_price * old.sides.scale)
    return np.concatenate(parts)


@dataclass(frozen=True)
class _Face:
    """The optimal face so far: row and cell bounds, and what is tight among the soft sides."""

    row_lower: FloatArray
    row_upper: FloatArray
    lower: FloatArray
    upper: FloatArray
    goal_tight: BoolArray
    largest_tight: BoolArray
    d_zero: BoolArray

    @staticmethod
    def whole(model: BalanceModel, n_side: int) -> "_Face":
        none = np.zeros(n_side, bool)
        return _Face(
            model.rows.lower, model.rows.upper, model.lower, model.upper, none, none.copy(), none.copy()
        )

    def tightened(self, model: BalanceModel, sides: Sides, solution: Solution) -> "_Face":
        """Make tight what carries a price in `solution`; prices within the noise of the engine count as 0."""
        m, k, n = len(model.rows), len(sides), model.n_cell
        price, reduced = solution.row_price, solution.reduced_cost
        top = max(np.abs(price[m:]).max(initial=0.0), 1e-300)
        priced = np.flatnonzero(price[:m])
        rows = csr_array(model.rows.matrix[priced])
        weighted = np.zeros(m)
        weighted[priced] = np.abs(price[priced]) * np.sqrt(
            np.asarray(rows.multiply(rows).sum(axis=1)).ravel()
        )
        tight = weighted > SIGNIFICANT * max(weighted.max(initial=0.0), top * SIGNIFICANT)
        row_lower, row_upper = self.row_lower.copy(), self.row_upper.copy()
        at_lower = tight & (price[:m] > 0) & np.isfinite(row_lower)
        at_upper = tight & (price[:m] < 0) & np.isfinite(row_upper)
        row_upper[at_lower] = row_lower[at_lower]
        row_lower[at_upper] = row_upper[at_upper]
        asked = np.flatnonzero(price[m : m + k])
        noise = (
            abs(rows).T @ np.abs(price[priced])
            + abs(widen(csr_array(sides.row[asked]), model.n_column)).T
            @ (np.abs(price[m + asked]) / sides.scale[asked])
        )[:n]
        significant = np.abs(reduced[:n]) > np.maximum(
            SIGNIFICANT_CELL * noise, SIGNIFICANT * noise.max(initial=0.0)
        )
        lower, upper = self.lower.copy(), self.upper.copy()
        fix_low, fix_up = (
            significant & (reduced[:n] > 0),
            significant & (reduced[:n] < 0) & np.isfinite(upper),
        )
        upper[fix_low] = lower[fix_low]
        lower[fix_up] = upper[fix_up]
        return _Face(
            row_lower,
            row_upper,
            lower,
            upper,
            self.goal_tight | (price[m : m + k] > SIGNIFICANT_CELL * top),
            self.largest_tight | (price[m + k :] > SIGNIFICANT_CELL * top),
            self.d_zero | (reduced[model.n_column : model.n_column + k] > SIGNIFICANT_CELL * top),
        )


def _smallest_largest(
    model: BalanceModel, face: _Face, sides: Sides, solver: _Solver, price: FloatArray | None
) -> Solution:
    """Minimise theta over X / scale + theta >= bound / scale; the answer in terms of d and theta.

    With d = theta everywhere the columns d are not needed: the price of a side is that of its
    goal and of its row theta - d >= 0 alike.
    """
    k, n = len(sides), model.n_column
    goal = _relative(sides, n)
    matrix = vstack(
        [
            hstack([widen(model.rows.matrix, n), csr_array((len(model.rows), 1))]),
            hstack([goal, csr_array(np.ones((k, 1)))]),
        ],
        format="csr",
    )
    free = np.full(model.n_free, np.inf)
    cost = np.zeros(n + 1)
    cost[n] = 1.0
    program = LinearProgram(
        cost=cost,
        matrix=csr_array(matrix),
        row_lower=np.concatenate([face.row_lower, sides.sign * sides.bound / sides.scale]),
        row_upper=np.concatenate([face.row_upper, np.full(k, np.inf)]),
        lower=np.concatenate([face.lower, -free, [0.0]]),
        upper=np.concatenate([face.upper, free, [np.inf]]),
    )
    found = solver.solve(program, np.concatenate([model.rows.source, sides.source]), price)
    of_side = found.row_price[len(model.rows) :]
    theta = np.full(k, found.x[n])
    return replace(
        found,
        x=np.concatenate([found.x[:n], theta, found.x[n:]]),
        row_price=np.concatenate([found.row_price, of_side]),
        reduced_cost=np.concatenate([found.reduced_cost[:n], np.zeros(k), found.reduced_cost[n:]]),
    )


def _relative(sides: Sides, n_column: int) -> csr_array:
    """Rows of the sides, signed and per scale."""
    goal = csr_array(sides.row.multiply((sides.sign / sides.scale)[:, None]))
    return csr_array((goal.data, goal.indices, goal.indptr), shape=(len(sides), n_column))


def _sum_program(model: BalanceModel, face: _Face, sides: Sides) -> LinearProgram:
    """Least sum of d / scale over columns (cells, free, d / scale, theta).

    Rows: the model's, goals / scale, theta - d >= 0.
    """
    k, n = len(sides), model.n_column
    identity = csr_array((np.ones(k), (np.arange(k), np.arange(k))), shape=(k, k))
    goal = _relative(sides, n)
    ones = csr_array(np.ones((k, 1)))
    matrix = vstack(
        [
            hstack([widen(model.rows.matrix, n), csr_array((len(model.rows), k + 1))]),
            hstack([goal, identity, csr_array((k, 1))]),
            hstack([csr_array((k, n)), -identity, ones]),
        ],
        format="csr",
    )
    free = np.full(model.n_free, np.inf)
    goal_bound = sides.sign * sides.bound / sides.scale
    cost = np.zeros(n + k + 1)
    cost[n : n + k] = 1.0
    return LinearProgram(
        cost=cost,
        matrix=csr_array(matrix),
        row_lower=np.concatenate([face.row_lower, goal_bound, np.zeros(k)]),
        row_upper=np.concatenate(
            [
                face.row_upper,
                np.where(face.goal_tight, goal_bound, np.inf),
                np.where(face.largest_tight, 0.0, np.inf),
            ]
        ),
        lower=np.concatenate([face.lower, -free, np.zeros(k + 1)]),
        upper=np.concatenate([face.upper, free, np.where(face.d_zero, 0.0, np.inf), [np.inf]]),
    )


def _apply_face(model: BalanceModel, face: _Face, sides: Sides) -> BalanceModel:
    """Return the model on the optimal face, the d eliminated, theta one more free column."""
    keep = np.flatnonzero(face.d_zero)
    give = np.flatnonzero(~face.d_zero)
    n = model.n_column
    rows = replace(model.rows, lower=face.row_lower, upper=face.row_upper)
    kept = side_rows(sides, keep, keep=True)
    is_exact = face.goal_tight[keep]
    kept = replace(
        kept,
        lower=np.where(is_exact, sides.bound[keep], kept.lower),
        upper=np.where(is_exact, sides.bound[keep], kept.upper),
    )
    rows = append(rows, kept)
    if len(give):
        is_tied = face.goal_tight[give] & face.largest_tight[give]
        rows = append(rows, share_rows(sides, give, is_tied, n))
        rows = append(rows, side_rows(sides, give[face.goal_tight[give] & ~is_tied], keep=False))
    return replace(
        model, lower=face.lower, upper=face.upper, n_free=model.n_free + (1 if len(give) else 0), rows=rows
    )


def _prices(
    model: BalanceModel, face: _Face, sides: Sides, solution: Solution, tier: int, name: str
) -> StagePrices:
    """Return the prices of a stage, goals per unit of the row (not of the relative violation)."""
    m, k = len(model.rows), len(sides)
    return StagePrices(
        tier,
        name,
        replace(model.rows, lower=face.row_lower, upper=face.row_upper),
        solution.row_price[:m],
        sides,
        sides.sign * solution.row_price[m : m + k] / sides.scale,
        solution.row_price[m + k :] / sides.scale,
    )
