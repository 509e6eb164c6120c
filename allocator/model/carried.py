"""What mix and fairness rules count besides the targets of the plan: carried.csv."""

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np

from allocator.model.known_rules import Reach
from allocator.model.labels import Labels
from allocator.plan.plan import Plan
from solver_models.arrays import BoolArray, FloatArray, IntArray


class Carried(NamedTuple):
    """carried.csv of one rule: its nodes in ascending order, what is done there, bases (NaN = not given).

    A rule that has rows applies to the nodes of these rows.
    """

    node: IntArray
    done: FloatArray
    done_whole: FloatArray
    base: FloatArray


def carried_at(
    carried: Sequence[Carried], reach: Reach
) -> tuple[FloatArray, FloatArray, FloatArray, BoolArray]:
    """What is done, done of all products, the base, and whether there is a row, at every node of rules.

    Parameters
    ----------
    carried
        By rule of the reach.
    """
    n = len(reach.node)
    found = (np.zeros(n), np.zeros(n), np.full(n, np.nan))
    has_row = np.zeros(n, bool)
    start = np.searchsorted(reach.rule, np.arange(len(carried) + 1))
    for own, first, last in zip(carried, start[:-1], start[1:], strict=True):
        node = reach.node[first:last]
        place = np.minimum(np.searchsorted(own.node, node), len(own.node) - 1)
        known = own.node[place] == node
        has_row[first:last] = known
        for column, values in zip(found, own[1:], strict=True):
            column[first:last][known] = values[place[known]]
    return (*found, has_row)


def carried_of(plan: Plan, labels: Labels) -> dict[str, Carried]:
    """Return carried.csv by rule."""
    found = {}
    for rule_id, rows in plan.carried.groupby("rule_id", sort=True):
        node = labels.codes_of_nodes(rows["node_id"])
        order = np.argsort(node)
        done, whole = (
            np.nan_to_num(rows[name].to_numpy(np.float64))[order] for name in ("done", "done_whole")
        )
        base = rows["base"].to_numpy(np.float64)[order]
        found[str(rule_id)] = Carried(node[order], done, whole, base)
    return found
