"""Which rules of the year come first in the months that remain, and where stability stands among them."""

from dataclasses import dataclass
from typing import Literal

import numpy as np
import pandas as pd

from allocator.model.labels import Labels
from allocator.model.lines import lines_of
from allocator.model.outcomes import TIGHT, row_amounts
from allocator.plan.plan import Plan
from solver_models.arrays import BoolArray, FloatArray, IntArray

RATIOS = ("mix", "fairness")
ROUNDING = 2.0
"""So many units shares and ratios of published targets may be off by because targets are rounded."""
StabilityTier = int | Literal["auto", "first", "last"]
"""The tier of the plan before which stability stands; `auto`: see `order_of`."""


@dataclass(frozen=True)
class Order:
    """The tiers of the months that remain. Arrays have one entry per rule and node of the year.

    Parameters
    ----------
    tier
        0 = hard.
    stability
        Tier of the stability of the targets; 0 = no rule that takes part comes after it, so that there is
        nothing to hold the targets against.
    takes_part
        False for soft rules that stand aside.
    is_late
        True for soft rules that stand aside or come after stability.
    """

    tier: IntArray
    stability: int
    takes_part: BoolArray
    is_late: BoolArray

    @property
    def before_stability(self) -> "Order":
        """The same without what comes after stability."""
        return Order(self.tier, 0, ~self.is_late, self.is_late)


def order_of(
    instances: pd.DataFrame,
    kept: BoolArray,
    place: StabilityTier,
    *,
    is_forgiven: bool,
    all_give_way: bool,
) -> Order:
    """Put rules and stability in their order.

    First come hard mix and fairness rules: where what is over makes them impossible they are met as
    nearly as can be. The plan's own soft tiers follow in their order, stability before the tier that `place`
    names. With `auto`, what is forgiven changes nobody: soft rules stand aside, the targets in force are
    the only goal, and hard rules alone can move them. Where a gap is made up, soft rules that the published
    year kept come before stability, those that it missed after it.

    Parameters
    ----------
    instances
        Rules of the year by node (see `instances.spell_out`).
    kept
        Whether the published year keeps each of them.
    is_forgiven
        No part of the gap is made up.
    all_give_way
        Hard rules of amounts, too, are met as nearly as can be; pins and totals stay.
    """
    own = instances["tier"].to_numpy(np.int64)
    soft = own > 0
    if place == "auto":
        is_late = soft & (np.full(len(own), is_forgiven) | ~kept)
    elif place in ("first", "last"):
        is_late = soft & (place == "first")
    else:
        is_late = soft & (own >= place)
    stands_aside = place == "auto" and is_forgiven
    early, late = np.unique(own[soft & ~is_late]), np.unique(own[is_late])
    tier = np.where(is_late, np.searchsorted(late, own) + 3 + len(early), np.searchsorted(early, own) + 2)
    gives_way = instances["kind"].isin(RATIOS) | (all_give_way & (instances["kind"] != "pin"))
    tier = np.where(soft, tier, np.where(gives_way.to_numpy(bool), 1, 0))
    stability = 0 if stands_aside or not len(late) else len(early) + 2
    return Order(tier.astype(np.int64), stability, ~(is_late & stands_aside), is_late)


def kept_as_published(
    plan: Plan, labels: Labels, instances: pd.DataFrame, published: FloatArray, unit: float
) -> BoolArray:
    """Tell which rules the published year keeps; shares, ratios and weighted sums but for the rounding.

    A mix or fairness rule is kept if it is at all of its nodes.

    Parameters
    ----------
    published
        Shape (n_node, n_product_node), in the measure's unit.
    """
    lines = lines_of(instances)
    amount, low, high = row_amounts(plan, labels, lines, published)
    of_one_unit = np.abs(row_amounts(plan, labels, lines, np.full(published.shape, unit))[0])
    is_ratio = instances["kind"].isin(RATIOS).to_numpy(bool)
    is_weighted = ((instances["kind"] == "link") | (instances["basis"] == "effort")).to_numpy(bool)
    room = np.maximum(unit / 1000, TIGHT * np.abs(amount))
    room = np.select([is_ratio, is_weighted], [ROUNDING * unit, np.maximum(room, of_one_unit)], room)
    missed = np.maximum(low - amount, amount - high) > room
    together = pd.Series(missed).groupby(instances["rule_id"].to_numpy(object)).transform("any")
    return ~np.where(is_ratio, together.to_numpy(bool), missed)
