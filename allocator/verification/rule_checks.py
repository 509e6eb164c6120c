"""Whether hard rules hold before and after rounding."""

from dataclasses import dataclass

import numpy as np

from allocator.verification.columns import EXACT
from allocator.verification.company import Company
from allocator.verification.measure_result import MeasureResult
from allocator.verification.report import Check, judge
from allocator.verification.sides import Sides
from allocator.verification.sums import NEAR_ONE
from allocator.verification.trees import BoolArray, FloatArray, IntArray


@dataclass(frozen=True)
class Amounts:
    """Rows of all sides before and after rounding, and their sizes."""

    before: FloatArray
    after: FloatArray
    size: FloatArray
    missed_before: FloatArray
    missed_after: FloatArray


def row_amounts(company: Company, result: MeasureResult, sides: Sides) -> Amounts:
    """Evaluate every side at the unrounded numbers and at the targets."""
    unrounded = company.node_sums(result.unrounded)
    before, after = sides.row(unrounded), sides.row(result.targets)
    size = np.maximum(np.abs(sides.bound), sides.size(company.node_sums(result.cell_anchor)))
    size = np.maximum(np.maximum(size, sides.size(unrounded)), np.finfo(float).tiny)
    return Amounts(
        before,
        after,
        size,
        np.maximum(sides.sign * (sides.bound - before), 0.0),
        np.maximum(sides.sign * (sides.bound - after), 0.0),
    )


def side_words(company: Company, sides: Sides, k: int) -> str:
    """Name a side: rule, node, product, bound."""
    row = sides.rules.table.iloc[int(sides.entry[k])]
    name = f"{row['kind']} {row['rule_id']}".strip()
    node, product = company.org.ids[row["node"]], company.products.ids[row["product"]]
    return f"{name} at ({node}, {product}), {'lower' if sides.is_lower[k] else 'upper'} side"


def check_hard_rules(
    company: Company, result: MeasureResult, sides: Sides, amounts: Amounts, room: FloatArray
) -> list[Check]:
    """Check hard rules before rounding (to 1e-9) and after (amounts exactly, ratios within the rounding).

    Parameters
    ----------
    room
        Shape (n_node,): roundings that the unrounded sums carry (see `Frame`).
    """
    hard = sides.tier == 0
    amount_rows = (
        hard & ~sides.is_mix & ~sides.is_fair & ~np.asarray(sides.rules.is_kind("link")[sides.entry], bool)
    )
    # a number that a person fixed holds exactly, wherever it stands
    is_pin = np.asarray(sides.rules.is_kind("pin")[sides.entry], bool)
    beside = amount_rows & is_side_row(company, sides) & ~is_pin
    exact = amount_rows & ~beside
    whole = sides.rules.table["whole"].to_numpy(bool)[sides.entry]
    is_amount = np.asarray(sides.rules.is_amount[sides.entry], bool)
    in_units = np.rint(amounts.missed_after / result.unit)
    relative = amounts.missed_after / amounts.size
    after = np.where(whole, in_units, np.where(is_amount, 0.0, np.where(relative > EXACT, relative, 0.0)))
    hollow = np.where(is_amount & ~whole, amounts.missed_after / result.unit, 0.0)
    ratio = hard & ~amount_rows
    # what is noise needs no room; a row whose weights are all 0 has none
    missed = np.where(relative > EXACT, amounts.missed_after, 0.0)
    rounded_by = missed / np.maximum(sides.rounding_room * result.unit, EXACT * amounts.size)
    carried = np.where(sides.is_fair, room.max(), room[sides.node]) * sides.rounding_room * result.unit

    judge_some = _SideJudge(company, result, sides)
    return [
        judge_some(
            "rules_unrounded",
            "hard rules, pins and totals hold for the unrounded numbers",
            EXACT,
            np.flatnonzero(hard),
            np.maximum(amounts.missed_before - carried, 0.0) / amounts.size,
            amounts.before,
        ),
        judge_some(
            "rules_rounded",
            "hard amounts and pins hold exactly after rounding",
            0.0,
            np.flatnonzero(exact),
            after,
            amounts.after,
        ),
        judge_some(
            "hollow_rules",
            "growth and commitment intervals without a whole unit give way by less than one unit",
            NEAR_ONE,
            np.flatnonzero(exact),
            hollow,
            amounts.after,
        ),
        judge_some(
            "side_rows_rounded",
            "effort capacities and lines below the company give way by less than the rounding, if at all",
            NEAR_ONE,
            np.flatnonzero(beside),
            rounded_by,
            amounts.after,
        ),
        judge_some(
            "ratios_rounded",
            "hard mix, fairness and link rules give way by less than the rounding itself",
            NEAR_ONE,
            np.flatnonzero(ratio),
            rounded_by,
            amounts.after,
        ),
    ]


def is_side_row(company: Company, sides: Sides) -> BoolArray:
    """Tell the rows that are no sum of one of the two families: effort, and lines below the company."""
    effort = (sides.rules.table["basis"] == "effort").to_numpy(bool)[sides.entry]
    is_line = ~company.products.is_leaf[sides.product] & (sides.product > 0)
    return np.asarray(effort | (is_line & (sides.node > 0)), bool)


@dataclass(frozen=True)
class _SideJudge:
    """Judges deviations of some sides."""

    company: Company
    result: MeasureResult
    sides: Sides

    def __call__(
        self,
        check: str,
        promise: str,
        limit: float,
        chosen: IntArray,
        deviation: FloatArray,
        amount: FloatArray,
    ) -> Check:
        def place(k: int) -> str:
            side = int(chosen[k])
            words = side_words(self.company, self.sides, side)
            return f"{words}: row {amount[side]:.12g}, bound {self.sides.bound[side]:.12g}"

        return judge(check, self.result.measure, promise, deviation[chosen], limit, place)
