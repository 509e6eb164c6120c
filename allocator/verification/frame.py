"""A subtree that was balanced again inside a frame: what stands around it, and what it was solved against."""

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import pandas as pd

from allocator.verification.company import Company
from allocator.verification.measure_result import MeasureResult, judge_nodes, shown
from allocator.verification.report import Check, list_faults
from allocator.verification.result_tables import as_mapping
from allocator.verification.rule_nodes import RuleNodes
from allocator.verification.sides import Sides, all_sides
from allocator.verification.stages import Point
from allocator.verification.trees import BoolArray, FloatArray, IntArray

FRAME = "frame"


@dataclass(frozen=True)
class Frame:
    """The frame of one measure.

    Parameters
    ----------
    node
        Position of the node that was balanced below.
    end
        End of its subtree.
    products
        Leaf products of which its targets were held.
    room
        Shape (n_node,): frames at or below each node; each moved the unrounded sums there by less than a
        unit per product, since it held the rounded targets.
    """

    node: int
    end: int
    products: IntArray
    room: FloatArray

    def outside(self, company: Company) -> BoolArray:
        """Cells that the frame holds, shape (n_rep, n_leaf_product)."""
        below = (company.org.leaves > self.node) & (company.org.leaves < self.end)
        return np.repeat(~below[:, None], len(company.products.leaves), axis=1)

    def below(self, company: Company) -> BoolArray:
        """Nodes whose numbers were balanced again, shape (n_node,)."""
        place = np.arange(len(company.org))
        return (place > self.node) & (place < self.end)


def framed_parts(certificate: Mapping[str, Any]) -> tuple[tuple[str, str], ...]:
    """Measure and node of every frame that a certificate tells of."""
    measures = as_mapping(certificate.get("measures"))
    framed = [(name, as_mapping(of_measure)) for name, of_measure in measures.items()]
    return tuple(
        (str(name), str(as_mapping(of_measure[FRAME]).get("node_id")))
        for name, of_measure in framed
        if FRAME in of_measure
    )


def read_frame(
    company: Company,
    result: MeasureResult,
    certificate: Mapping[str, Any],
) -> tuple[Frame | None, list[Check]]:
    """Return the frame that the certificate tells of, and whether all that it holds stands as it stood."""
    of_measure = as_mapping(as_mapping(certificate.get("measures")).get(result.measure))
    if FRAME not in of_measure:
        return None, []
    written = as_mapping(of_measure[FRAME])
    promise = "all targets outside the frame and the node's own are those that stood before"
    names = [str(name) for name in (*_listed(written, "earlier"), written.get("node_id"))]
    leaves = [company.products.position.get(str(name), -1) for name in _listed(written, "products")]
    faults = [
        f"certificate.json: frame names no node {name}" for name in names if name not in company.org.position
    ]
    if any(q < 0 or not company.products.is_leaf[q] for q in leaves):
        faults.append("certificate.json: frame names a product that is none or a line")
    if faults:
        return None, [list_faults("frame", result.measure, promise, len(names), faults)]
    org = company.org
    nodes = [org.position[name] for name in names]
    faults = [f"the frame at {org.ids[v]} contains nothing" for v in nodes if org.is_leaf[v]]
    room = np.zeros(len(org))
    for node in sorted(set(nodes)):
        while node >= 0:
            room[node] += 1.0
            node = int(org.parent[node])
    node = nodes[-1]
    end = node + 1
    while end < len(org) and _is_below(company, end, node):
        end += 1
    found = _standing_hash(result, node, end)
    if found != written.get("standing_hash"):
        faults += [f"they give {found}, certified is {written.get('standing_hash')}"]
    frame = Frame(node, end, np.array(leaves, np.int64), room)
    return frame, [list_faults("frame", result.measure, promise, result.units.size, faults)]


def stands_as_before(
    company: Company, result: MeasureResult, frame: Frame, standing: Mapping[str, MeasureResult] | str
) -> Check:
    """Targets of the node and of all outside, and the cells outside, are those of the result before.

    Parameters
    ----------
    standing
        The result before, by measure, or why there is none: without it nothing outside is proved.
    """
    promise = "what the frame holds is what the result before has"
    if isinstance(standing, str) or result.measure not in standing:
        because = standing if isinstance(standing, str) else "the result before has no such measure"
        return list_faults("frame_before", result.measure, promise, 0, [because])
    before = standing[result.measure]
    moved = np.abs(result.units - before.units).astype(np.float64)
    moved[frame.node + 1 : frame.end] = 0.0
    cells = np.abs(result.unrounded - before.unrounded) / result.unit * frame.outside(company)
    reps = company.org.leaves
    moved[reps, 0] = np.maximum(moved[reps, 0], cells.max(axis=1, initial=0.0))
    return judge_nodes(
        "frame_before",
        result,
        promise,
        moved,
        0.0,
        lambda k: f"target {shown(result.targets, k)}, before it was {shown(before.targets, k)}",
    )


def steps_as_before(
    company: Company, result: MeasureResult, frame: Frame, units: IntArray, before: IntArray | None
) -> Check:
    """The node and all outside are explained as the result before explains them.

    Parameters
    ----------
    units, before
        Shape (n_step, n_node, n_product): steps now and then, None where they cannot be read.
    """
    promise = "the steps of all outside the frame are those of the result before"
    if before is None:
        return list_faults("frame_steps", result.measure, promise, 0, ["its explanation cannot be read"])
    moved = np.where(frame.below(company)[:, None], 0, np.abs(units - before).max(axis=0))
    return judge_nodes("frame_steps", result, promise, moved * 1.0, 0.0, lambda k: "other steps than before")


def framed_sides(
    company: Company, result: MeasureResult, rules: RuleNodes, is_open: BoolArray, frame: Frame
) -> Sides:
    """Return the sides of the framed problem: the node's targets as they were met, and the rules below it.

    Rules of the node and of the nodes above it are constant in the frame, peers apart; soft rules count
    where they speak of cells below the node.
    """
    page = _frame_page(company, result, frame)
    table = pd.concat([rules.table, page[list(rules.table.columns)]], ignore_index=True)
    sides = all_sides(company, RuleNodes(table), result.cell_anchor)
    # a cell that a pin holds at 0 is still a cell of its rules
    is_cell = is_open | ((result.cell_anchor > 0) & ~company.is_absent[:, None])
    moving = company.node_sums((is_cell & ~frame.outside(company)).astype(np.float64))
    touches = sides.size(moving) > 0
    own = moving[sides.node, sides.product] > 0
    touches = np.where(sides.is_fair & (sides.tier > 0), own, touches)
    is_above = (sides.node <= frame.node) & (moving[sides.node, 0] > 0)
    is_frame = np.asarray(table["kind"] == FRAME, bool)[sides.entry]
    kept = np.flatnonzero((touches & ~(is_above & ~sides.is_fair)) | is_frame)
    return replace(
        sides,
        entry=sides.entry[kept],
        is_lower=sides.is_lower[kept],
        bound=sides.bound[kept],
        factor=sides.factor[kept],
        scale=sides.scale[kept],
    )


def framed_point(company: Company, point: Point, frame: Frame) -> Point:
    """Hold every cell outside the frame where it is."""
    outside = frame.outside(company)
    return replace(
        point,
        lower=np.where(outside, point.x, point.lower),
        upper=np.where(outside, point.x, point.upper),
        outside=outside,
    )


def _frame_page(company: Company, result: MeasureResult, frame: Frame) -> pd.DataFrame:
    """The rows X[node, p] = what the unrounded numbers below the node come to."""
    met = company.node_sums(result.unrounded)[frame.node, frame.products]
    return pd.DataFrame(
        {
            "rule_id": "",
            "kind": FRAME,
            "basis": "amount",
            "owner": "",
            "node": frame.node,
            "product": frame.products,
            "min": met,
            "max": met,
            "base": 1.0,
            "lower": met,
            "upper": met,
            "whole": False,
            "tier": 0,
            "group": -1,
            "on_cell": False,
            "done": 0.0,
            "done_whole": 0.0,
        }
    )


def _standing_hash(result: MeasureResult, node: int, end: int) -> str:
    digest = hashlib.sha256()
    for v, name in enumerate(result.names.nodes):
        if v <= node or v >= end:
            for product, amount in zip(result.names.products, result.units[v].tolist(), strict=True):
                digest.update(f"{name}\0{product}\0{amount}\n".encode())
    return digest.hexdigest()


def _is_below(company: Company, node: int, top: int) -> bool:
    while node > top:
        node = int(company.org.parent[node])
    return node == top


def _listed(written: Mapping[str, Any], key: str) -> list[Any]:
    found = written.get(key)
    return found if isinstance(found, list) else []
