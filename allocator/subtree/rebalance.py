"""Allocate below one node again: what stands outside stays, what the node carries stays."""

from dataclasses import dataclass

import numpy as np

from allocator.anchors.build import build_anchors
from allocator.errors import Fault, InputFaults
from allocator.model.instances import spell_out
from allocator.model.labels import Labels, label_plan
from allocator.model.problem import build_problem
from allocator.plan.plan import Plan
from allocator.subtree.solving import Standing, solve_frame
from allocator.texts import worded
from solver_models.arrays import FloatArray, IntArray
from solver_models.engines.base import Engine, EngineOptions


@dataclass(frozen=True)
class SubtreeAllocation:
    """New targets of a whole org that differ from the old ones only below one node.

    Parameters
    ----------
    node
        Position of the node that asked.
    units
        Shape (n_node, n_product_node), int64: targets in multiples of `round_to`.
    unrounded
        Shape (n_cell,): the minimiser inside the subtree, the standing targets outside.
    relaxed_tiers
        Soft tiers that could not be met, with their largest relative violation.
    """

    node: int
    units: IntArray
    unrounded: FloatArray
    relaxed_tiers: tuple[tuple[int, float], ...]


def rebalance_subtree(
    plan: Plan,
    measure: str,
    node_id: str,
    present_units: IntArray,
    engine: Engine,
    options: EngineOptions | None = None,
    unrounded: FloatArray | None = None,
) -> SubtreeAllocation:
    """Balance the cells below `node_id` inside the frame of its present targets.

    The answer minimises the same objective under the same rules as a run of the whole plan, with
    the node's target of every product, and every number outside, held at `present_units`. So
    no total above or beside the node can change.

    Parameters
    ----------
    plan
        With the pins, rules or commitments that were changed below the node.
    present_units
        Shape (n_node, n_product_node): the standing targets in multiples of `round_to`, positions
        as `label_plan(plan)` gives them.
    unrounded
        Shape (n_cell,): the standing numbers before rounding, where they are known. What stands
        outside counts with these then, and no rule below the node has to give way to rounding.

    Raises
    ------
    InputFaults
        If there is no such node or nothing below it to balance, or the numbers do not add up.
    InfeasiblePlan
        If what is asked below the node cannot hold inside its frame; the diagnosis says what the
        frame would have to be.
    RunStopped, EngineFailure
        If the engine did not finish.
    """
    labels = label_plan(plan)
    node = subtree_position(labels, node_id)
    _check_present(labels, present_units)
    unit = float(plan.spec.measures[measure].round_to)
    anchors = build_anchors(plan, labels, measure)
    problem = build_problem(plan, labels, measure, anchors, spell_out(plan, labels, measure, anchors))
    standing = Standing(node, present_units, unrounded, unit)
    found = solve_frame(plan, labels, problem, measure, standing, engine, options or EngineOptions())
    relaxed = tuple((tier.tier, tier.largest) for tier in found.solved.tiers if not tier.largest <= 0)
    return SubtreeAllocation(
        node, standing.units_with(found.rounded.units, labels), standing.cells_with(found, labels), relaxed
    )


def subtree_position(labels: Labels, node_id: str) -> int:
    """Return the position of a node with reps below it, or refuse the name."""
    node = labels.node_code.get(node_id)
    if node is None or labels.grid.org.is_leaf[node]:
        message = worded("fault.subtree.unknown" if node is None else "fault.subtree.rep")
        hint = worded("fault.subtree.hint")
        raise InputFaults([Fault("org.csv", 0, "node_id", node_id, "no-subtree", message, hint)])
    return node


def _check_present(labels: Labels, units: IntArray) -> None:
    """The standing targets must be whole, of the right shape, and add up over the products."""
    expected = (len(labels.node_id), len(labels.product_id))
    if units.shape != expected or units.dtype != np.int64:
        raise ValueError(
            f"the standing targets need shape {expected} and int64, got {units.shape}, {units.dtype}"
        )
    leaves = np.ascontiguousarray(units[:, labels.grid.products.leaf].T)
    if not np.array_equal(labels.grid.products.roll_up(leaves).T, units):
        raise ValueError("the standing targets do not add up over the products")
