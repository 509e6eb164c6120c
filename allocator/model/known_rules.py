"""Where rules apply, remembered from plan to plan: most scenarios change numbers, not who is meant."""

from collections import OrderedDict
from collections.abc import Callable, Hashable
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
import pandas as pd

from allocator.anchors.anchors import Anchors
from allocator.model.bases import BASES, MOVING_BASES, nodes_at_work, nodes_named, peer_groups
from allocator.model.labels import Labels
from allocator.model.lines import Shape
from allocator.plan.plan import Plan
from solver_models.arrays import BoolArray, FloatArray, IntArray

MOST = 1000
"""Rules that are remembered; a plan with more of them spells the others out each time."""
SHAPES = 3


class ReachKey(NamedTuple):
    """What decides where a rule applies."""

    kind: str
    basis: str
    level: str
    node_id: str
    product_id: str


@dataclass(frozen=True, eq=False)
class Reach:
    """Nodes and products that a rule applies to, and the numbers of their peer groups (-1 = none).

    Known by identity: the same reach is the same object.
    """

    node: IntArray
    product: IntArray
    group: IntArray


@dataclass(frozen=True)
class _Known:
    """All nodes that a rule names, which of them it applies to, and what it referred to when last asked."""

    named: Reach
    applies: BoolArray
    reach: Reach
    base: FloatArray
    source: pd.DataFrame | None


class KnownRules:
    """What is known of the rules of one measure in plans with the same org, products, history and potential.

    The months of the plan and the over-assignment must be the same, too. Nothing here changes an answer:
    what depends on anchors, commitments or other rules is worked out anew each time.
    """

    def __init__(self) -> None:
        self._known: dict[ReachKey, _Known] = {}
        self._shapes: OrderedDict[Hashable, Shape] = OrderedDict()
        self._at_work: BoolArray | None = None
        self._pins: tuple[pd.DataFrame, tuple[Reach, FloatArray, tuple[str, ...]]] | None = None

    def reach(
        self, plan: Plan, labels: Labels, measure: str, anchors: Anchors, key: ReachKey
    ) -> tuple[Reach, FloatArray]:
        """Return where a rule applies and what it refers to there."""
        known = self._known.get(key)
        source = plan.commitments if key.kind == "commitment" else None
        is_fixed = (key.kind, key.basis) not in MOVING_BASES
        if known is not None and is_fixed and known.source is source:
            return known.reach, known.base
        named = _named(plan, labels, key) if known is None else known.named
        base = BASES[key.kind](plan, labels, measure, anchors, named.node, named.product, key.basis)
        if self._at_work is None:
            self._at_work = nodes_at_work(plan, labels)
        applies = np.isfinite(base) & (base > 0) & self._at_work[named.node]
        if known is not None and np.array_equal(applies, known.applies):
            reach = known.reach
        else:
            reach = Reach(named.node[applies], named.product[applies], named.group[applies])
        if known is not None or len(self._known) < MOST:
            self._known[key] = _Known(named, applies, reach, base[applies], source)
        return reach, base[applies]

    def shape(self, key: Hashable, make: Callable[[], Shape]) -> Shape:
        """Return the shape of a list of instances; the last few are kept."""
        if key in self._shapes:
            self._shapes.move_to_end(key)
            return self._shapes[key]
        self._shapes[key] = shape = make()
        if len(self._shapes) > SHAPES:
            self._shapes.popitem(last=False)
        return shape

    def pins(self, plan: Plan, labels: Labels, measure: str) -> tuple[Reach, FloatArray, tuple[str, ...]]:
        """Return nodes and products, amounts and owners of the pins, sorted by node and product."""
        if self._pins is None or self._pins[0] is not plan.pins:
            self._pins = plan.pins, _pins_of(plan, labels, measure)
        return self._pins[1]


def _named(plan: Plan, labels: Labels, key: ReachKey) -> Reach:
    node = nodes_named(labels, key.level, key.node_id)
    product = np.full(len(node), labels.product_code[key.product_id], np.int64)
    group = peer_groups(plan, labels, node) if key.kind == "fairness" else np.full(len(node), -1, np.int64)
    return Reach(node, product, group)


def _pins_of(plan: Plan, labels: Labels, measure: str) -> tuple[Reach, FloatArray, tuple[str, ...]]:
    pins = plan.pins[plan.pins["measure"] == measure]
    node, product = labels.codes_of_nodes(pins["node_id"]), labels.codes_of_products(pins["product_id"])
    order = np.lexsort((product, node))
    reach = Reach(node[order], product[order], np.full(len(pins), -1, np.int64))
    owner = tuple(pins["owner"].to_numpy(object)[order].tolist())
    return reach, pins["amount"].to_numpy(np.float64)[order], owner
