"""What mix and fairness rules count besides the targets of the plan: carried.csv."""

from typing import NamedTuple

import numpy as np

from allocator.model.labels import Labels
from allocator.plan.plan import Plan
from solver_models.arrays import FloatArray, IntArray


class Carried(NamedTuple):
    """carried.csv of one rule: its nodes in ascending order, what is done there, bases (NaN = not given).

    A rule that has rows applies to the nodes of these rows.
    """

    node: IntArray
    done: FloatArray
    done_whole: FloatArray
    base: FloatArray

    def at(self, node: IntArray) -> tuple[FloatArray, FloatArray, FloatArray]:
        """What is done, done of all products, and the base, of each node; 0, 0, NaN where no row is."""
        place = np.searchsorted(self.node, node)
        known = place < len(self.node)
        known[known] = self.node[place[known]] == node[known]
        found = [np.zeros(len(node)), np.zeros(len(node)), np.full(len(node), np.nan)]
        for column, values in zip(found, self[1:], strict=True):
            column[known] = values[place[known]]
        return found[0], found[1], found[2]


NOTHING_CARRIED = Carried(np.zeros(0, np.int64), np.zeros(0), np.zeros(0), np.zeros(0))


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
