"""prices.csv matched with the sides of rules: which row each multiplier belongs to."""

import re
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from allocator.verification.company import Company
from allocator.verification.measure_result import HEADER, MeasureResult
from allocator.verification.report import Check, list_faults, worded
from allocator.verification.result_tables import floats
from allocator.verification.sides import Sides
from allocator.verification.trees import BoolArray, FloatArray, IntArray, positions

PARTS = ("", "keep", "share", "cap", "goal", "largest")
SIDES = ("lower", "upper", "both")
STAGE = re.compile(r"balance|tier([1-9][0-9]*)\.(largest|sum)")
KEY = ["kind", "rule_id", "node_id", "product_id"]


@dataclass(frozen=True)
class PriceRows:
    """Multipliers of one measure. All arrays have shape (m,).

    Parameters
    ----------
    stage
        Stage of each price.
    side
        Side of the rule it belongs to.
    part
        "" for hard rows, keep, share, cap, goal or largest for soft ones.
    is_floor
        True where the row reads `>=` (a price >= 0), False where it reads `<=`.
    price
        y.
    file_row
        Row of prices.csv.
    """

    stage: NDArray[Any]
    side: IntArray
    part: NDArray[Any]
    is_floor: BoolArray
    price: FloatArray
    file_row: IntArray

    def of_stage(self, stage: str) -> "PriceRows":
        """Return the prices of one stage."""
        k = np.flatnonzero(self.stage == stage)
        return PriceRows(
            self.stage[k],
            self.side[k],
            self.part[k],
            self.is_floor[k],
            self.price[k],
            self.file_row[k],
        )

    def of_parts(self, *parts: str) -> IntArray:
        """Positions of the prices of some parts."""
        return np.flatnonzero(np.isin(self.part, parts))


def match_prices(
    company: Company, result: MeasureResult, sides: Sides, table: pd.DataFrame
) -> tuple[PriceRows, Check]:
    """Find the side of every row of prices.csv."""
    of_measure = (table["measure"] == result.measure).to_numpy(bool)
    rows = table[of_measure].assign(file_row=np.flatnonzero(of_measure) + HEADER)
    price, bad = floats(rows["price"], may_be_empty=False)
    stage_known = rows["stage"].str.fullmatch(STAGE).to_numpy(bool)
    part_known = rows["part"].isin(PARTS).to_numpy(bool)
    side_known = rows["side"].isin(SIDES).to_numpy(bool)
    entry = _entries(company, sides, rows)
    side = _chosen_side(sides, rows, entry)
    double = rows.duplicated([*KEY, "stage", "side", "part"]).to_numpy(bool)
    faults = []
    for wrong, words in (
        (bad, "the price is no number"),
        (~stage_known, "unknown stage"),
        (~part_known, "unknown part"),
        (~side_known, "unknown side"),
        (entry < 0, "no such rule at this node and product"),
        ((entry >= 0) & (side < 0) & side_known & part_known, "the rule has no such side"),
        (double, "the same row twice"),
    ):
        faults += _described(rows, wrong, words)
    good = np.flatnonzero(~bad & stage_known & part_known & side_known & (side >= 0) & ~double)
    part = rows["part"].to_numpy(object)[good]
    chosen = side[good]
    found = PriceRows(
        stage=rows["stage"].to_numpy(object)[good],
        side=chosen,
        part=part,
        is_floor=(sides.is_lower[chosen] != (part == "cap")) | (part == "largest"),
        price=price[good],
        file_row=rows["file_row"].to_numpy(np.int64)[good],
    )
    promise = "every price belongs to a side of a rule, pin or total"
    return found, list_faults("price_rows", result.measure, promise, len(rows), faults)


def _described(rows: pd.DataFrame, wrong: BoolArray, words: str) -> list[str]:
    """Word the rows of prices.csv where something is wrong."""

    def tell(k: int) -> str:
        label = ", ".join(str(rows[column].iat[k]) for column in ("stage", *KEY, "side", "part"))
        return f"prices.csv row {rows['file_row'].iat[k]}: {words} ({label})"

    return worded(positions(wrong), tell)


def _entries(company: Company, sides: Sides, rows: pd.DataFrame) -> IntArray:
    """Entry of each price row, -1 where there is none; pins and totals may leave rule_id empty."""
    rules = sides.rules
    named = pd.DataFrame(
        {
            "kind": rules.table["kind"],
            "rule_id": rules.table["rule_id"].where(rules.table["kind"] != "pin", ""),
            "node_id": np.array(company.org.ids, object)[rules.ints("node")],
            "product_id": np.array(company.products.ids, object)[rules.ints("product")],
        }
    )
    anonymous = rows["kind"].isin(["pin", "total", "product_total", "frame"])
    wanted = rows[KEY].assign(rule_id=rows["rule_id"].where(~anonymous, ""))
    index = pd.MultiIndex.from_frame(named)
    return np.asarray(index.get_indexer(pd.MultiIndex.from_frame(wanted)), np.int64)


def _chosen_side(sides: Sides, rows: pd.DataFrame, entry: IntArray) -> IntArray:
    """Side of each price row, -1 where the rule has none; a cap stands on the other side of its goal.

    `both` is an equality, of which the lower side stands for the two.
    """
    of_side = np.full((2, len(sides.rules) + 1), -1, np.int64)
    of_side[np.where(sides.is_lower, 1, 0), sides.entry] = np.arange(len(sides))
    low, high = of_side[1, entry], of_side[0, entry]
    is_equality = np.zeros(len(sides.rules) + 1, bool)
    is_equality[sides.entry[sides.is_equality]] = True
    says_both = (rows["side"] == "both").to_numpy(bool)
    says_low = (rows["side"] == "lower").to_numpy(bool) != (rows["part"] == "cap").to_numpy(bool)
    return np.where(says_both, np.where(is_equality[entry], low, -1), np.where(says_low, low, high))
