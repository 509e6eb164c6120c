"""The outcome of a run, frozen: arrays by position with the labels beside them."""

from dataclasses import dataclass
from typing import Any

import pandas as pd

from allocator.anchors.anchors import Anchors
from allocator.explanation.waterfall import Waterfall
from allocator.model.labels import Labels
from allocator.plan.plan import Plan
from solver_models.arrays import FloatArray, IntArray


@dataclass(frozen=True)
class MeasureAllocation:
    """Targets of one measure.

    Parameters
    ----------
    measure
        Id of the measure.
    anchors
        Anchors and their sources.
    lower, upper
        Shape (n_cell,): bounds of the cell itself, in the measure's unit; `upper` may be inf.
    unrounded
        Shape (n_cell,): the minimiser, in the measure's unit.
    target_units
        Shape (n_node, n_product_node), int64: rounded targets in multiples of `round_to`.
    month_units
        Shape (n_node, n_product_node, n_month), int64: sums to `target_units`.
    rules
        The rows of rules.csv for this measure.
    prices
        The rows of prices.csv for this measure.
    waterfall
        The steps of every target.
    evidence
        residuals, tiers, rounding checks and passes, as plain JSON types.
    """

    measure: str
    anchors: Anchors
    lower: FloatArray
    upper: FloatArray
    unrounded: FloatArray
    target_units: IntArray
    month_units: IntArray
    rules: pd.DataFrame
    prices: pd.DataFrame
    waterfall: Waterfall
    evidence: dict[str, Any]


@dataclass(frozen=True)
class Allocation:
    """The outcome of a run over all measures of a plan."""

    plan: Plan
    labels: Labels
    measures: tuple[MeasureAllocation, ...]
    engine: str
    seconds: dict[str, float]

    @property
    def status(self) -> str:
        """`optimal`, or `stopped` if a time limit left soft tiers out (hard rules hold all the same)."""
        unsettled = any(result.evidence["unsettled_tiers"] for result in self.measures)
        return "stopped" if unsettled else "optimal"
