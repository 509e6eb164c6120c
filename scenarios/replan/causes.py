"""Why the remaining target of a node is another one than was published: the cause that moved it most."""

from collections.abc import Mapping

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from allocator.allocation import MeasureAllocation
from allocator.explanation.waterfall import STEPS, Waterfall
from allocator.model.labels import Labels
from scenarios.replan.remaining_rules import STABILITY
from solver_models.arrays import FloatArray, IntArray

MOVES, PRODUCTIVITY, TOTAL, ROUNDING = "moves", "productivity", "total", "rounding"
"""Causes that are no rule; any other is the id of a rule of the remaining plan, `pin`, or empty."""
NOTICED = 1e-6


def causes_of(
    labels: Labels, result: MeasureAllocation, change: IntArray, given: Mapping[str, FloatArray]
) -> NDArray[np.object_]:
    """Name the cause of every change: of all that moved the number the way it went, what moved it most.

    A rule moves the nodes that it covers, and through the totals all others the other way: where that is
    most of the change, the rule is named that pushes most on the other side.

    Parameters
    ----------
    change
        Shape (n_node, n_product_node), in units: remaining target now - as published.
    given
        `moves` and `productivity`: how much of it came before the allocation, in units, same shape.

    Returns
    -------
    Shape (n_node, n_product_node): one of the causes above, a rule, or empty where nothing changed or
    where no rule did it.
    """
    waterfall, direction = result.waterfall, np.sign(change)
    names = [*waterfall.rule_ids, *given, TOTAL, ROUNDING, ""]
    nobody = len(names) - 1
    best, found = np.zeros(change.shape), np.full(change.shape, nobody, np.int64)

    def consider(amount: FloatArray, code: IntArray | int) -> None:
        stronger = (amount * direction > best + NOTICED) & (np.asarray(code) != nobody)
        best[stronger] = (amount * direction)[stronger]
        found[stronger] = np.broadcast_to(code, change.shape)[stronger]

    for name, amount in given.items():
        consider(amount, names.index(name))
    consider(_step(waterfall, "company_growth"), names.index(TOTAL))
    for step, units in enumerate(waterfall.units):
        rule = waterfall.strongest[step]
        consider(units.astype(np.float64), np.where(rule >= 0, rule, nobody))
    consider(_step(waterfall, "shared_load"), _pushing(labels, waterfall, direction, nobody))
    is_rounding = (found == nobody) & (_step(waterfall, "rounding") * direction > 0)
    found[is_rounding] = names.index(ROUNDING)
    return _of_wishes(labels, result.rules, np.array(names, object), found)


def _step(waterfall: Waterfall, step: str) -> FloatArray:
    return np.asarray(waterfall.units[STEPS.index(step)], np.float64)


def _pushing(labels: Labels, waterfall: Waterfall, direction: IntArray, nobody: int) -> IntArray:
    """For every product the rule that moves the reps most against the direction of a change."""
    leaf, n_product = labels.grid.org.leaf, direction.shape[1]
    rule, amount = waterfall.strongest[:, leaf], waterfall.units[:, leaf].astype(np.float64)
    product = np.broadcast_to(np.arange(n_product), rule.shape)
    pushes = np.zeros((len(waterfall.rule_ids) + 1, n_product))
    np.add.at(pushes, (rule[rule >= 0], product[rule >= 0]), amount[rule >= 0])
    up = np.where(pushes.max(axis=0) > 0, pushes.argmax(axis=0), nobody)
    down = np.where(pushes.min(axis=0) < 0, pushes.argmin(axis=0), nobody)
    return np.where(direction > 0, down, up)


def _of_wishes(
    labels: Labels, rules: pd.DataFrame, names: NDArray[np.object_], found: IntArray
) -> NDArray[np.object_]:
    """Give the names; where the band of stability stopped a soft rule, that rule pushed, not the band."""
    said = names[found]
    is_band = np.array([name.startswith(f"{STABILITY}:") for name in names])
    relaxed = rules[(rules["status"] == "relaxed") & ~rules["rule_id"].str.startswith(f"{STABILITY}:")]
    end, node = labels.grid.org.subtree_end, relaxed["node"].to_numpy(np.int64)
    missing, wish = relaxed["short_by"].to_numpy(np.float64), relaxed["rule_id"].to_numpy(object)
    for v, q in np.argwhere(is_band[found]).tolist():
        related = ((node <= v) & (v < end[node])) | ((v <= node) & (node < end[v]))
        if related.any():
            said[v, q] = wish[np.where(related, missing, -1.0).argmax()]
    return said
