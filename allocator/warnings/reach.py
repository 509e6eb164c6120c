"""Which rule reaches which node and product: one entry per pair."""

from dataclasses import dataclass

import numpy as np

from allocator.model.bases import NodesNamed
from allocator.model.labels import Labels
from allocator.plan.plan import Plan
from solver_models.arrays import IntArray


@dataclass(frozen=True)
class Reach:
    """Rules with the nodes they name.

    Parameters
    ----------
    rule
        Position in rules.csv, ascending; `node`, `product` positions of the labels, all of one shape.
    """

    rule: IntArray
    node: IntArray
    product: IntArray


def reach_of(plan: Plan, labels: Labels, measure: str, kinds: tuple[str, ...]) -> Reach:
    """Return the reach of the rules of a measure that are of these kinds."""
    frame = plan.rules
    row = np.flatnonzero(((frame["measure"] == measure) & frame["kind"].isin(kinds)).to_numpy(bool))
    named = NodesNamed(labels)
    levels = frame["level"].to_numpy(object)[row].tolist()
    ids = frame["node_id"].to_numpy(object)[row].tolist()
    nodes = [named.at(level, node_id) for level, node_id in zip(levels, ids, strict=True)]
    count = np.array([len(node) for node in nodes], np.int64)
    product = labels.codes_of_products(frame["product_id"].iloc[row])
    empty = np.zeros(0, np.int64)
    return Reach(
        np.repeat(row, count).astype(np.int64),
        np.concatenate(nodes) if nodes else empty,
        np.repeat(product, count).astype(np.int64) if nodes else empty,
    )
