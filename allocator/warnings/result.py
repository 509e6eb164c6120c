"""What only the targets show: rules that decide everything, chances below the limits."""

from collections.abc import Iterator, Mapping
from typing import Any

import pandas as pd

from allocator.allocation import Allocation
from allocator.plan.warning import PlanWarning, warning

FEWEST_NODES = 5
EVERYWHERE = 0.95
"""A rule decides everything if it binds, or gives way, at this share of five nodes or more."""


def rules_leave_room(allocation: Allocation) -> Iterator[PlanWarning]:
    """Warn of rules that bind or give way at nearly every node to which they apply."""
    row_of = {str(name): row for row, name in enumerate(allocation.plan.rules["rule_id"])}
    for result in allocation.measures:
        rules: pd.DataFrame = result.rules[(result.rules["kind"] != "pin").to_numpy(bool)]
        tight = (rules["status"] != "slack").groupby(rules["rule_id"], sort=False)
        shares = tight.agg(["size", "sum"])
        for name, (count, bound) in zip(shares.index, shares.to_numpy(), strict=True):
            if count >= FEWEST_NODES and bound >= EVERYWHERE * count and str(name) in row_of:
                yield warning(
                    "rule-binds-everywhere",
                    allocation.plan.places.of("rules", row_of[str(name)]),
                    "rule_id",
                    name,
                    rule=name,
                    measure=result.measure,
                    bound=int(bound),
                    count=int(count),
                )


def chance_within_limits(allocation: Allocation, attainment: Mapping[str, Any]) -> Iterator[PlanWarning]:
    """Warn where the company's chance, or the expected share of reps at goal, is below its limit."""
    limits = allocation.plan.spec.attainment
    least = limits.low if limits.company_min is None else limits.company_min
    for measure, judged in attainment.get("measures", {}).items():
        path = ("measures", measure, "total")
        place = allocation.plan.places.setting(path)
        values = {
            "company": (judged["company"]["probability"], least),
            "share": (judged["share_at_goal"]["expected"], limits.at_goal_min),
        }
        for kind, (value, limit) in values.items():
            if value is not None and value < limit:
                yield warning(
                    "chance-below-limits",
                    place,
                    ".".join(path),
                    f"{value:.4f}",
                    kind=kind,
                    measure=measure,
                    value=f"{value:.0%}",
                    limit=f"{limit:.0%}",
                )
