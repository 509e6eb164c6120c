"""Where rules apply, remembered from plan to plan: most scenarios change numbers, not who is meant."""

from collections import OrderedDict, defaultdict
from collections.abc import Callable, Hashable
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
import pandas as pd

from allocator.anchors.anchors import Anchors
from allocator.model.bases import BASES, MOVING_BASES, NodesNamed, nodes_at_work, peer_groups
from allocator.model.labels import Labels
from allocator.model.lines import Shape
from allocator.plan.plan import Plan
from solver_models.arrays import BoolArray, FloatArray, IntArray

KEPT = 3


class ReachKey(NamedTuple):
    """What decides where the rules of one kind and basis apply; the texts hold one entry per rule."""

    kind: str
    basis: str
    level: tuple[str, ...]
    node_id: tuple[str, ...]
    product_id: tuple[str, ...]


@dataclass(frozen=True, eq=False)
class Reach:
    """Nodes and products that rules apply to, and the numbers of their peer groups (-1 = none).

    Known by identity: the same reach is the same object. `rule` counts the rules of the key from 0.
    """

    rule: IntArray
    node: IntArray
    product: IntArray
    group: IntArray

    def at(self, which: BoolArray) -> "Reach":
        """Return a part of it."""
        return Reach(self.rule[which], self.node[which], self.product[which], self.group[which])


@dataclass(frozen=True)
class _Known:
    """All nodes that rules name, to which of them they apply, and what they referred to when last asked."""

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
        # by kind and basis: those of the last few plans
        self._known: dict[tuple[str, str], OrderedDict[ReachKey, _Known]] = defaultdict(OrderedDict)
        self._shapes: OrderedDict[Hashable, tuple[Shape, IntArray]] = OrderedDict()
        self._at_work: BoolArray | None = None
        self._pins: tuple[pd.DataFrame, tuple[Reach, FloatArray, tuple[str, ...]]] | None = None

    def reach(
        self, plan: Plan, labels: Labels, measure: str, anchors: Anchors, key: ReachKey
    ) -> tuple[Reach, FloatArray]:
        """Return where the rules of one kind and basis apply and what they refer to there."""
        kept = self._known[key.kind, key.basis]
        known = kept.get(key)
        source = plan.commitments if key.kind == "commitment" else None
        is_fixed = (key.kind, key.basis) not in MOVING_BASES
        if known is not None and is_fixed and known.source is source:
            kept.move_to_end(key)
            return known.reach, known.base
        named = named_reach(plan, labels, key) if known is None else known.named
        base = BASES[key.kind](plan, labels, measure, anchors, named.node, named.product, key.basis)
        if self._at_work is None:
            self._at_work = nodes_at_work(plan, labels)
        applies = np.isfinite(base) & (base > 0) & self._at_work[named.node]
        if known is not None and np.array_equal(applies, known.applies):
            reach = known.reach
        else:
            reach = named.at(applies)
        kept[key] = _Known(named, applies, reach, base[applies], source)
        kept.move_to_end(key)
        if len(kept) > KEPT:
            kept.popitem(last=False)
        return reach, base[applies]

    def shape(self, key: Hashable, make: Callable[[], tuple[Shape, IntArray]]) -> tuple[Shape, IntArray]:
        """Return the shape of a list of instances and their order; the last few are kept."""
        if key in self._shapes:
            self._shapes.move_to_end(key)
            return self._shapes[key]
        self._shapes[key] = found = make()
        if len(self._shapes) > KEPT:
            self._shapes.popitem(last=False)
        return found

    def pins(self, plan: Plan, labels: Labels, measure: str) -> tuple[Reach, FloatArray, tuple[str, ...]]:
        """Return nodes and products, amounts and owners of the pins, sorted by node and product."""
        if self._pins is None or self._pins[0] is not plan.pins:
            self._pins = plan.pins, _pins_of(plan, labels, measure)
        return self._pins[1]


def named_reach(plan: Plan, labels: Labels, key: ReachKey) -> Reach:
    """Return all nodes that rules of one kind and basis name, rule by rule."""
    named = NodesNamed(labels)
    nodes = [named.at(level, node_id) for level, node_id in zip(key.level, key.node_id, strict=True)]
    count = [len(one) for one in nodes]
    node = np.concatenate(nodes)
    product = np.array([labels.product_code[name] for name in key.product_id], np.int64)
    group = peer_groups(plan, labels, node) if key.kind == "fairness" else np.full(len(node), -1, np.int64)
    return Reach(np.repeat(np.arange(len(count)), count), node, np.repeat(product, count), group)


def _pins_of(plan: Plan, labels: Labels, measure: str) -> tuple[Reach, FloatArray, tuple[str, ...]]:
    pins = plan.pins[plan.pins["measure"] == measure]
    node, product = labels.codes_of_nodes(pins["node_id"]), labels.codes_of_products(pins["product_id"])
    order = np.lexsort((product, node))
    pin = np.arange(len(pins), dtype=np.int64)
    reach = Reach(pin, node[order], product[order], np.full(len(pins), -1, np.int64))
    owner = tuple(pins["owner"].to_numpy(object)[order].tolist())
    return reach, pins["amount"].to_numpy(np.float64)[order], owner
