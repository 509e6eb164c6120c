"""One stage of the solve, proved by its prices: signs, tight rows, cells, columns.

Every stage is a convex program over the points that all earlier stages leave. Its prices prove the
final point optimal when the signs are right, every row with a price is tight, every cell with a
gradient sits at its bound (tiers) or where the gradient puts it (balance), and the columns theta
and d carry no gradient of their own. What carries a price stays tight in all later stages; that is
what `Proofs` collects.
"""

from dataclasses import dataclass, replace

import numpy as np

from allocator.verification.company import Company
from allocator.verification.measure_result import MeasureResult, judge_cells, shown
from allocator.verification.price_rows import PriceRows
from allocator.verification.report import Check, judge
from allocator.verification.rule_checks import Amounts, side_words
from allocator.verification.sides import Sides
from allocator.verification.trees import BoolArray, FloatArray

BALANCE_LIMIT = 1e-9
TIER_LIMIT = 1e-7
SIGNIFICANT = 1e-8
SIGNIFICANT_ROW = 1e-10
MET = 1e-8
X_PARTS = ("", "keep", "share", "cap", "goal")


@dataclass(frozen=True)
class Point:
    """The final unrounded point of a measure and what follows from it.

    Parameters
    ----------
    x, anchor, weight, lower, upper
        Shape (n_rep, n_leaf_product); bounds recomputed from the plan.
    is_open
        Cells that may move.
    shortfall
        d_j of every soft side (0 for hard ones), shape (n_side,).
    theta
        Largest relative violation of the tier of every soft side, shape (n_side,).
    outside
        Cells that a frame holds where they are; None where there is no frame.
    """

    x: FloatArray
    anchor: FloatArray
    weight: FloatArray
    lower: FloatArray
    upper: FloatArray
    is_open: BoolArray
    shortfall: FloatArray
    theta: FloatArray
    outside: BoolArray | None = None

    @property
    def size(self) -> FloatArray:
        """Size of each cell that deviations are measured against."""
        return np.maximum(np.abs(self.x), self.weight)


@dataclass(frozen=True)
class Proofs:
    """What earlier stages proved: rows that are tight, d that are 0 (per side), cells that are held."""

    tight: dict[str, BoolArray]
    is_zero: BoolArray
    held: BoolArray

    @staticmethod
    def none(sides: Sides, point: Point) -> "Proofs":
        """Nothing is proved yet."""
        nothing = np.zeros(len(sides), bool)
        parts = ("", "keep", "share", "cap", "goal", "largest")
        return Proofs(dict.fromkeys(parts, nothing), nothing, np.zeros(point.x.shape, bool))

    def is_free(self, sides: Sides, prices: PriceRows) -> BoolArray:
        """Prices that may have any sign: equalities and rows proved tight."""
        side = prices.side
        free = sides.is_equality[side] & (prices.part == "")
        for part, tight in self.tight.items():
            free |= (prices.part == part) & tight[side]
        goal, largest = self.tight["goal"][side], self.tight["largest"][side]
        free |= (prices.part == "keep") & goal & self.is_zero[side]
        return np.asarray(free | ((prices.part == "share") & goal & largest))

    def is_valid(self, sides: Sides, prices: PriceRows, tier: int, theta: FloatArray) -> BoolArray:
        """Prices whose row exists in this stage (tier 0 = balance)."""
        own = sides.tier[prices.side]
        settled = (own > 0) & ((own < tier) | (tier == 0))
        met = theta[prices.side] <= MET
        return np.asarray(
            ((prices.part == "") & (own == 0))
            | ((prices.part == "keep") & settled & (met | self.is_zero[prices.side]))
            | ((prices.part == "share") & settled)
            | ((prices.part == "cap") & settled & self.tight["goal"][prices.side])
            | (np.isin(prices.part, ["goal", "largest"]) & (own == tier) & (tier > 0)),
            bool,
        )


@dataclass(frozen=True)
class Stage:
    """Everything needed to check one stage; `tier` 0 is the balance."""

    company: Company
    result: MeasureResult
    sides: Sides
    amounts: Amounts
    point: Point
    name: str
    tier: int
    prices: PriceRows
    proofs: Proofs

    @property
    def limit(self) -> float:
        """Largest residual that passes."""
        return TIER_LIMIT if self.tier else BALANCE_LIMIT

    @property
    def weighted_price(self) -> FloatArray:
        """|price| times the row's largest coefficient, relative to the largest of a tier's stage."""
        size = np.abs(self.prices.price) * np.where(
            self.prices.part == "largest", 1.0, self.sides.steepness[self.prices.side]
        )
        top = size.max(initial=0.0) if self.tier else 1.0
        return size / top if top > 0 else size

    def gradient(self) -> tuple[FloatArray, FloatArray]:
        """Sum of price times coefficient of each cell, and the sum of the absolute terms."""
        k = self.prices.of_parts(*X_PARTS)
        side, price = self.prices.side[k], self.prices.price[k]
        return self.sides.pull(side, price), self.sides.pull_size(side, price)

    def sums(self, part: str, *, signed: bool) -> FloatArray:
        """Sum scale times price (times the side's sign) of a part, per side."""
        k = self.prices.of_parts(part)
        side = self.prices.side[k]
        value = self.prices.price[k] * self.sides.scale[side] * (self.sides.sign[side] if signed else 1.0)
        return np.bincount(side, weights=value, minlength=len(self.sides)).astype(np.float64)

    def _judge(self, what: str, promise: str, deviation: FloatArray) -> Check:
        prices = self.prices

        def place(k: int) -> str:
            words = side_words(self.company, self.sides, int(prices.side[k]))
            part = f", part {prices.part[k]}" if prices.part[k] else ""
            return f"prices.csv row {prices.file_row[k]} ({words}{part}): price {shown(prices.price, k)}"

        return judge(f"{self.name}.{what}", self.result.measure, promise, deviation, self.limit, place)

    def check_signs(self) -> Check:
        """Lower sides pull up, upper sides push down, unless the row is known to be tight."""
        price = self.prices.price
        wrong = np.where(self.prices.is_floor, price < 0, price > 0)
        free = self.proofs.is_free(self.sides, self.prices)
        valid = self.proofs.is_valid(self.sides, self.prices, self.tier, self.point.theta)
        deviation = np.where(wrong & ~free, self.weighted_price, 0.0)
        deviation = np.where(valid, deviation, np.inf)
        promise = f"{self.name}: every price belongs to a row of this stage and has the sign of its side"
        return self._judge("signs", promise, deviation)

    def check_tight(self) -> Check:
        """Every row with a price is tight."""
        prices, sides, point = self.prices, self.sides, self.point
        side = prices.side
        moved = np.select(
            [prices.part == "share", prices.part == "goal"],
            [sides.scale[side] * point.theta[side], point.shortfall[side]],
            0.0,
        )
        slack = self.amounts.before[side] + sides.sign[side] * moved - sides.bound[side]
        is_largest = prices.part == "largest"
        slack = np.where(is_largest, sides.scale[side] * point.theta[side] - point.shortfall[side], slack)
        size = np.where(is_largest, sides.scale[side], np.maximum(self.amounts.size[side], moved))
        deviation = np.minimum(np.abs(slack) / size, self.weighted_price)
        return self._judge("tight", f"{self.name}: every row with a price is tight", deviation)


def check_tier_stage(stage: Stage) -> tuple[list[Check], Proofs]:
    """Prove one stage of a soft tier and say what stays tight after it."""
    cells, held = _check_tier_cells(stage)
    columns, zero = _check_tier_columns(stage)
    checks = [stage.check_signs(), stage.check_tight(), cells, columns]
    proofs = replace(stage.proofs, is_zero=stage.proofs.is_zero | zero, held=stage.proofs.held | held)
    return checks, replace(proofs, tight=_tightened(stage))


def _check_tier_cells(stage: Stage) -> tuple[Check, BoolArray]:
    """Check that a cell with a gradient sits at the bound the gradient pushes it to."""
    point = stage.point
    gradient, noise = stage.gradient()
    noise = np.maximum(noise, 1e-9 * noise.max(initial=0.0) + np.finfo(float).tiny)
    share = np.where(point.is_open, gradient / noise, 0.0)
    distance = np.where(share > 0, point.upper - point.x, point.x - point.lower) / point.size
    distance = np.maximum(distance, 0.0)
    deviation = np.where(point.is_open & ~stage.proofs.held, np.minimum(np.abs(share), distance), 0.0)
    check = judge_cells(
        f"{stage.name}.cells",
        stage.result,
        f"{stage.name}: every cell with a gradient sits at its bound",
        deviation,
        stage.limit,
        lambda k: (
            f"x {shown(point.x, k)}, gradient {shown(gradient, k)},"
            f" bounds {shown(point.lower, k)} .. {shown(point.upper, k)}"
        ),
    )
    return check, (np.abs(share) > SIGNIFICANT) & (distance <= TIER_LIMIT)


def _check_tier_columns(stage: Stage) -> tuple[Check, BoolArray]:
    """Check that theta and d have no gradient unless they are 0."""
    sides, point = stage.sides, stage.point
    own = sides.tier == stage.tier
    goal, largest = stage.sums("goal", signed=True), stage.sums("largest", signed=False)
    top = max(1.0, float(np.abs(goal).max(initial=0.0)), float(np.abs(largest).max(initial=0.0)))
    is_sum = stage.name.endswith("sum")
    cost = np.where(own, 1.0 if is_sum else 0.0, 0.0)
    reduced = np.where(own, cost - goal + largest, 0.0) / top
    relative = np.where(own, point.shortfall / sides.scale, 0.0)
    fixed = stage.proofs.is_zero
    deviation = np.where(fixed, 0.0, np.maximum(-reduced, np.minimum(reduced, relative)))
    theta = float(point.theta[own].max(initial=0.0))
    theta_reduced = ((0.0 if is_sum else 1.0) - float(largest.sum())) / max(1.0, float(np.abs(largest).sum()))
    theta_gap = max(-theta_reduced, min(theta_reduced, theta))
    earlier = free_columns(stage)
    deviations = np.concatenate([deviation, [theta_gap], earlier])

    def place(k: int) -> str:
        if k < len(sides):
            return f"prices.csv, violation of {side_words(stage.company, sides, k)}"
        whose = "of this tier" if k == len(sides) else "of an earlier tier"
        return f"prices.csv, the largest violation {whose}"

    promise = f"{stage.name}: no violation can be lowered (theta and d have no gradient)"
    check = judge(f"{stage.name}.columns", stage.result.measure, promise, deviations, stage.limit, place)
    return check, own & (reduced > SIGNIFICANT) & (relative <= TIER_LIMIT)


def free_columns(stage: Stage) -> FloatArray:
    """Return the relative gradient of the largest violation of each settled tier that has `share` prices."""
    sides = stage.sides
    share = stage.sums("share", signed=True)
    gaps = []
    for tier in np.unique(sides.tier[share != 0]):
        chosen = (sides.tier == tier) & (share != 0)
        floor = 1.0 if stage.tier else float(sides.scale[chosen].sum())
        gaps.append(abs(float(share[chosen].sum())) / max(float(np.abs(share[chosen]).sum()), floor))
    return np.array(gaps)


def _tightened(stage: Stage) -> dict[str, BoolArray]:
    """Rows with a significant price stay tight."""
    prices, sides = stage.prices, stage.sides
    scaled = np.abs(prices.price) * sides.scale[prices.side]
    is_goal = np.isin(prices.part, ["goal", "largest"])
    top = scaled[is_goal].max(initial=0.0)
    significant = np.where(is_goal, scaled > SIGNIFICANT * top, stage.weighted_price > SIGNIFICANT_ROW)
    tight = {}
    for part, known in stage.proofs.tight.items():
        found = known.copy()
        found[prices.side[significant & (prices.part == part)]] = True
        tight[part] = found
    return tight
