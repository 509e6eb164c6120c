"""The SMART check: which target fails which letter."""

from typing import Any

import numpy as np

from allocator.allocation import Allocation, MeasureAllocation
from allocator.anchors.observed import same_month_windows
from allocator.anchors.ramp import open_seats, rep_dates
from allocator.model.presence import absent_reps
from allocator.plan.plan import NO_DATE, last_day
from allocator.texts import text
from solver_models.arrays import BoolArray, FloatArray

LETTERS = ("S", "M", "A", "R", "T")
WHOLE = 1e-9


def smart_check(
    allocation: Allocation,
    result: MeasureAllocation,
    target: FloatArray,
    probability: FloatArray,
    expected: FloatArray,
    lang: str,
) -> dict[str, Any]:
    """Check the total target of every node.

    S specific: a named person or unit owns it (no open seat). M measurable: an amount above 0 in a stated
    unit. A achievable: probability, capacity and history do not speak against it. R relevant: sales,
    potential or a commitment stand behind it. T time-bound: its owner is there until the plan ends.

    Parameters
    ----------
    target, probability, expected
        Shape (n_node,); probability NaN where it is not known.
    """
    labels, measure = allocation.labels, result.measure
    reasons = _reasons(allocation, result, target, probability, expected)
    failed = dict.fromkeys(LETTERS, 0)
    rows: list[dict[str, Any]] = []
    bad = np.flatnonzero(np.any([mask for _, _, mask in reasons], axis=0))
    for v in bad:
        hit = [(letter, why) for letter, why, mask in reasons if mask[v]]
        letters = [letter for letter in LETTERS if letter in {one for one, _ in hit}]
        for letter in letters:
            failed[letter] += 1
        rows.append(
            {
                "node_id": labels.node_id[v],
                "level": labels.level[v],
                "fails": letters,
                "reasons": [why for _, why in hit],
                "sentence": "; ".join(text(f"smart.{why}", lang) for _, why in hit),
            }
        )
    spec = allocation.plan.spec
    return {
        "measure": measure,
        "unit": spec.measures[measure].unit,
        "kind": spec.measures[measure].kind,
        "period": {"start": spec.start, "months": spec.months},
        "checked": len(labels.node_id),
        "failed": failed,
        "targets": rows,
    }


def _reasons(
    allocation: Allocation,
    result: MeasureAllocation,
    target: FloatArray,
    probability: FloatArray,
    expected: FloatArray,
) -> list[tuple[str, str, BoolArray]]:
    """Letter, reason and the nodes it holds for."""
    plan, labels = allocation.plan, allocation.labels
    limits = plan.spec.attainment
    org = labels.grid.org
    best = labels.grid.org.roll_up(
        same_month_windows(result.anchors.observed)
        .reshape(-1, labels.grid.n_rep, labels.grid.n_product)
        .sum(axis=2)
        .T
    ).max(axis=1)
    ends = rep_dates(plan, labels, "end")
    leaves = (ends != NO_DATE) & (ends < last_day(plan.month_numbers[-1])) & ~absent_reps(plan, labels)
    asked = target > 0
    at_work = org.roll_up((~absent_reps(plan, labels)).astype(np.int64)) > 0
    return [
        ("S", "open_seat", _at_leaves(org.leaf, open_seats(plan, labels), len(target)) & asked),
        ("M", "nothing_asked", ~asked & at_work),
        ("A", "unlikely", asked & (np.nan_to_num(probability, nan=1.0) < limits.low)),
        ("A", "above_capacity", asked & (target > _capacity(result, len(target)) * (1 + WHOLE))),
        ("A", "above_history", asked & (best > 0) & (target > limits.best_year * best)),
        ("R", "no_basis", asked & (expected <= 0)),
        ("T", "leaves_early", _at_leaves(org.leaf, leaves, len(target)) & asked),
    ]


def _capacity(result: MeasureAllocation, n_node: int) -> FloatArray:
    """Least capacity over all products (hard or soft) of every node; inf where there is none."""
    rules = result.rules
    chosen = rules[(rules["kind"] == "capacity") & (rules["basis"] == "amount") & (rules["product"] == 0)]
    most = np.full(n_node, np.inf)
    np.minimum.at(most, chosen["node"].to_numpy(np.int64), chosen["max"].to_numpy(np.float64))
    return most


def _at_leaves(leaf: np.ndarray, holds: BoolArray, n_node: int) -> BoolArray:
    mask = np.zeros(n_node, bool)
    mask[leaf] = holds
    return mask
