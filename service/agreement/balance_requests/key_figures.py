"""An allocation as the solution that key figures are worked out from."""

import numpy as np

from allocator.allocation import Allocation, MeasureAllocation
from allocator.model.outcomes import judged_of
from scenarios.solving import MeasureSolution, Solution


def solution_of(allocation: Allocation, base: Allocation) -> Solution:
    """Return the solution; the price of the company's total is that of `base`, since a frame holds it."""
    pairs = zip(allocation.measures, base.measures, strict=True)
    measures = tuple(_measure(allocation, one, whole) for one, whole in pairs)
    return Solution(allocation.plan, allocation.labels, measures, is_rounded=True)


def _measure(allocation: Allocation, one: MeasureAllocation, base: MeasureAllocation) -> MeasureSolution:
    unit = float(allocation.plan.spec.measures[one.measure].round_to)
    prices = base.prices
    of_total = (prices["stage"] == "balance") & (prices["kind"] == "total")
    targets = one.target_units.astype(np.float64) * unit
    return MeasureSolution(
        measure=one.measure,
        anchors=one.anchors,
        cells=one.unrounded,
        amounts=targets,
        judged=judged_of(one.rules, targets),
        total_price=float(prices.loc[of_total, "price"].sum()),
        violations={
            tier["tier"]: tier["largest_violation"]
            for tier in one.evidence["tiers"]
            if tier["largest_violation"] > 0
        },
    )
