"""Who is at work in the months of the plan."""

import numpy as np

from allocator.model.labels import Labels
from allocator.plan.plan import NO_DATE, Plan, first_day, last_day
from solver_models.arrays import BoolArray


def absent_reps(plan: Plan, labels: Labels) -> BoolArray:
    """True for leaves whose days at work miss the plan's months, shape (n_rep,)."""
    row = labels.node_row[labels.grid.org.leaf]
    start = plan.org["start"].to_numpy(np.int64)[row]
    end = plan.org["end"].to_numpy(np.int64)[row]
    months = plan.month_numbers
    too_late = (start != NO_DATE) & (start > last_day(months[-1]))
    absent: BoolArray = too_late | ((end != NO_DATE) & (end < first_day(months[0])))
    return absent
