"""Soft tiers in order: the smallest largest violation, then the smallest sum, both kept exactly.

A settled tier is not kept by a number with a tolerance but by complementary slackness: for any
optimal prices, the optimal points are exactly the feasible points at which every row with a
price and every column with a reduced cost is tight. So later stages work on the exact optimal
face, whatever engine found the prices.
"""

from dataclasses import dataclass, replace

import numpy as np

from solver_models.arrays import FloatArray, IntArray, significant
from solver_models.engines.base import Engine, EngineOptions
from solver_models.engines.exact import ExactEngine
from solver_models.failures import EngineStopped, ModelInfeasible, raise_unless_optimal
from solver_models.kept_prices import carried_over, kept_largest, kept_sum
from solver_models.lumping import lumped
from solver_models.model import BalanceModel, Rows
from solver_models.pricing import canonical, is_small, plain, scaled_program
from solver_models.program import LinearProgram
from solver_models.solution import Solution
from solver_models.sparse_rows import positions_among
from solver_models.tier_face import Face, apply_face
from solver_models.tier_programs import largest_prices, largest_program, sum_program
from solver_models.tier_rows import Sides, all_met, sides_of, without_tier

EXACT = ExactEngine()
SATISFIED, SATISFIED_EXACTLY = 1e-9, 1e-12
DIGITS = 12
"""Of a price that is written: what lies behind them depends on the engine."""
SMALLEST = 1e-9
"""Cells smaller than this beside the largest are scaled as if they were of this size."""


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
        if options.is_stopped or (outcomes and not outcomes[-1].is_settled):
            model = without_tier(model, int(tier))
            outcomes.append(_unsettled(int(tier)))
            continue
        try:
            before = next((one for one in known if one.tier == tier and one.is_settled), None)
            model, outcome = _settle_tier(
                model, int(tier), _Solver(engine, options, focus, model.weight), before
            )
        except EngineStopped:
            model, outcome = without_tier(model, int(tier)), _unsettled(int(tier))
        outcomes.append(outcome)
    return model, tuple(outcomes)


def _unsettled(tier: int) -> TierOutcome:
    """Return the outcome of a tier that ran out of time."""
    return TierOutcome(tier, float("nan"), float("nan"), (), is_settled=False)


@dataclass(frozen=True)
class _Solver:
    """An engine, its limits, and the sources of the rows it looks at (all by default).

    `weight` holds the weights of the cells: programs are solved in columns x / weight, so that an
    engine's tolerance means the same for the smallest cell as for the largest.
    """

    engine: Engine
    options: EngineOptions
    focus: IntArray | None
    weight: FloatArray

    def solve(self, program: LinearProgram) -> Solution:
        """Solve a program over the rows in focus; its prices are proved and the smallest that prove it."""
        small = lumped(program)
        every = np.ones(program.n_column)
        every[: len(self.weight)] = np.maximum(self.weight, SMALLEST * self.weight.max(initial=0.0))
        column = np.bincount(small.column, weights=every).astype(np.float64)
        scaled, norm = scaled_program(small.program, column)
        answer = self._proved(scaled)
        return small.expanded(
            replace(
                answer,
                x=answer.x * column,
                row_price=answer.row_price / norm,
                reduced_cost=answer.reduced_cost / column,
            )
        )

    def _proved(self, program: LinearProgram) -> Solution:
        answer = raise_unless_optimal(self.engine.solve(program, self.options), self.engine.name)
        if answer.solved_by == EXACT.name:
            return answer
        proved = canonical(program, answer)
        if proved is None and is_small(program):
            return raise_unless_optimal(EXACT.solve(program, self.options), EXACT.name)
        return plain(program, answer) if proved is None else proved


def _settle_tier(
    model: BalanceModel, tier: int, solver: _Solver, known: TierOutcome | None
) -> tuple[BalanceModel, TierOutcome]:
    sides = sides_of(model.soft, tier)
    rest = without_tier(model, tier)
    if known is not None and not known.stages:
        return all_met(rest, sides), TierOutcome(tier, 0.0, 0.0, ())
    before = known.stages if known is not None else ()
    part = _Part.of(rest, sides, solver.focus)
    if len(part.sides) == 0:
        return all_met(rest, sides), TierOutcome(tier, 0.0, 0.0, ())
    face = Face.whole(part.model, len(part.sides))
    solution = _smallest_largest(part, face, solver, part.carried(before[:1]))
    largest = solution.objective
    if largest <= (SATISFIED_EXACTLY if solution.solved_by == EXACT.name else SATISFIED):
        return all_met(rest, sides), TierOutcome(tier, 0.0, 0.0, (), solved_by=(solution.solved_by,))
    engines = [solution.solved_by]
    stages = [part.prices(face, solution, tier, "largest")]
    face = face.tightened(part.model, part.sides, solution)
    solution = _smallest_sum(part, face, solver, part.carried(before[1:]))
    total = solution.objective
    engines.append(solution.solved_by)
    stages.append(part.prices(face, solution, tier, "sum"))
    face = face.tightened(part.model, part.sides, solution)
    outcome = TierOutcome(tier, largest, total, tuple(stages), solved_by=tuple(engines))
    return apply_face(rest, part.spread(face), sides), outcome


def _smallest_largest(part: "_Part", face: Face, solver: _Solver, price: FloatArray | None) -> Solution:
    """Minimise theta, unless prices fit; the answer in terms of d and theta, as that of the sum is."""
    k, n = len(part.sides), part.model.n_column
    found = None if price is None else kept_largest(part.model, face, part.sides, price)
    found = found or solver.solve(largest_program(part.model, face, part.sides))
    return replace(
        found,
        x=np.concatenate([found.x[:n], np.full(k, found.x[n]), found.x[n:]]),
        row_price=largest_prices(part.sides, found.row_price),
        reduced_cost=np.concatenate([found.reduced_cost[:n], np.zeros(k), found.reduced_cost[n:]]),
    )


def _smallest_sum(part: "_Part", face: Face, solver: _Solver, price: FloatArray | None) -> Solution:
    """Minimise the sum of d, unless prices fit."""
    kept = None if price is None else kept_sum(part.model, face, part.sides, price)
    return kept or solver.solve(sum_program(part.model, face, part.sides))


@dataclass(frozen=True)
class _Part:
    """The rows and sides of a tier that its programs look at; no other row carries a price.

    Parameters
    ----------
    whole, whole_sides
        The model without the tier, and the tier.
    row, side
        Positions of the rows and sides looked at.
    model, sides
        Those rows over all columns, and those sides.
    """

    whole: BalanceModel
    whole_sides: Sides
    row: IntArray
    side: IntArray
    model: BalanceModel
    sides: Sides

    @staticmethod
    def of(model: BalanceModel, sides: Sides, focus: IntArray | None) -> "_Part":
        """Pick the rows and sides whose source is in focus, all by default."""
        row, side = positions_among(model.rows.source, focus), positions_among(sides.source, focus)
        if focus is None:
            return _Part(model, sides, row, side, model, sides)
        some = replace(model, rows=model.rows.at(row))
        return _Part(model, sides, row, side, some, sides.at(side))

    def spread(self, face: Face) -> Face:
        """Return the face over all rows and sides."""
        return face.spread(self.whole, len(self.whole_sides), self.row, self.side)

    def prices(self, face: Face, solution: Solution, tier: int, name: str) -> StagePrices:
        """Return the prices of a stage, goals per unit of the row (not of the relative violation)."""
        m, k = len(self.model.rows), len(self.sides)
        face = self.spread(face)
        sides = self.whole_sides
        price = significant(solution.row_price, DIGITS)
        return StagePrices(
            tier,
            name,
            replace(self.whole.rows, lower=face.row_lower, upper=face.row_upper),
            _placed(price[:m], self.row, len(self.whole.rows)),
            sides,
            sides.sign * _placed(price[m : m + k], self.side, len(sides)) / sides.scale,
            _placed(price[m + k :], self.side, len(sides)) / sides.scale,
        )

    def carried(self, stage: tuple[StagePrices, ...]) -> FloatArray | None:
        """Prices of a stage of the model before, for the program of the same stage; None if one is lost.

        A goal's price per unit of its row stays; all are measured anew so that the relative ones add up
        to what they did.
        """
        if not stage:
            return None
        old, sides = stage[0], self.whole_sides
        old_largest = old.largest_price * old.sides.scale
        row = carried_over(old.rows.key, old.row_price, self.whole.rows.key)[self.row]
        goal = carried_over(old.sides.key, old.goal_price, sides.key)[self.side]
        largest = carried_over(old.sides.key, old_largest, sides.key)[self.side]
        before = float((old.sides.sign * old.goal_price * old.sides.scale).sum())
        now = float((self.sides.sign * goal * self.sides.scale).sum())
        pairs = ((old.row_price, row), (old.goal_price, goal), (old_largest, largest))
        is_lost = any(np.count_nonzero(one) != np.count_nonzero(other) for one, other in pairs)
        if is_lost or before <= 0 or now <= 0:
            return None
        factor = before / now
        parts = [row * factor, self.sides.sign * goal * self.sides.scale * factor]
        if old.name == "sum":
            parts.append(largest)
        return np.concatenate(parts)


def _placed(values: FloatArray, position: IntArray, n: int) -> FloatArray:
    """Values at their positions among n, 0 elsewhere."""
    every = np.zeros(n)
    every[position] = values
    return every
