"""What fairness.json and attainment.json have in common: a head, a judgement per measure, what failed."""

from collections.abc import Callable
from typing import Any

from allocator.allocation import Allocation, MeasureAllocation
from allocator.plan.spec import AttainmentLimits, FairnessLimits


def judged_document(
    allocation: Allocation,
    limits: FairnessLimits | AttainmentLimits,
    judge: Callable[[MeasureAllocation], dict[str, Any]],
) -> dict[str, Any]:
    """Return plan, input_hash, seed, limits and one judgement per measure, as plain JSON types.

    Parameters
    ----------
    judge
        Returns the judgement of one measure, with `failures` and `passed`.
    """
    return {
        "plan": allocation.plan.spec.plan,
        "input_hash": allocation.plan.input_hash,
        "seed": limits.seed,
        "limits": limits.model_dump(),
        "measures": {result.measure: judge(result) for result in allocation.measures},
    }
