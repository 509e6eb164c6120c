"""Allocate below one node again: what stands outside stays, what the node carries stays."""

from dataclasses import dataclass

import numpy as np

from allocator.anchors.build import build_anchors
from allocator.errors import EngineFailure, Fault, InfeasiblePlan, InputFaults, RunStopped
from allocator.model.instances import spell_out
from allocator.model.labels import Labels, label_plan
from allocator.model.problem import build_problem
from allocator.plan.plan import Plan
from allocator.subtree.frame import FramedProblem, frame_problem
from allocator.subtree.impossible import frame_diagnosis, least_change
from solver_models.arrays import FloatArray, IntArray
from solver_models.engines.base import Engine, EngineError, EngineOptions
from solver_models.failures import EngineStopped, ModelInfeasible
from solver_models.rounding.rounding import round_targets
from solver_models.rounding.side_rows import no_side_rows
from solver_models.solve import solve_model

NOISE = 1e-9
"""A frame missed by less than this share is met."""


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
    node = _position(labels, node_id)
    _check_present(labels, present_units)
    unit = float(plan.spec.measures[measure].round_to)
    anchors = build_anchors(plan, labels, measure)
    problem = build_problem(plan, labels, measure, anchors, spell_out(plan, labels, measure, anchors))
    present = present_units.astype(np.float64) * unit
    framed = frame_problem(labels, problem, node, present, unit)
    cells, relaxed = _within_rounding(labels, measure, node, framed, unit, engine, options or EngineOptions())
    below = present_units[node, labels.grid.products.leaf]
    rounded = round_targets(
        framed.grid, _meeting(framed, cells / unit, below), no_side_rows(framed.grid.n_product)
    )
    if not np.array_equal(rounded.units[0], present_units[node]):
        raise EngineFailure(f"{measure}: no rounding of the targets below {node_id} keeps its own targets")
    units = present_units.copy()
    units[node : int(labels.grid.org.subtree_end[node])] = rounded.units
    unrounded = present[labels.grid.org.leaf][:, labels.grid.products.leaf].ravel()
    unrounded[framed.first_cell : framed.first_cell + len(cells)] = cells
    return SubtreeAllocation(node, units, unrounded, relaxed)


def _within_rounding(
    labels: Labels,
    measure: str,
    node: int,
    framed: FramedProblem,
    unit: float,
    engine: Engine,
    options: EngineOptions,
) -> tuple[FloatArray, tuple[tuple[int, float], ...]]:
    """Balance inside the frame; with over-assignment the frame itself was rounded, by less than a unit."""
    try:
        return _balance(framed, engine, options)
    except ModelInfeasible as infeasible:
        gap = least_change(framed, engine, options)
        if gap is None or np.abs(gap.change).max(initial=0.0) >= unit:
            raise InfeasiblePlan(frame_diagnosis(labels, measure, node, gap)) from infeasible
        return _balance(framed.with_frame(gap.present + gap.change), engine, options)


def _meeting(framed: FramedProblem, cells: FloatArray, target: IntArray) -> FloatArray:
    """Scale each product's cells so that the node's targets are whole; by less than a unit in all."""
    table = cells.reshape(framed.grid.n_rep, framed.grid.n_product)
    carried = framed.grid.roll_up(cells)[0, framed.grid.products.leaf]
    factor = np.where(carried > 0, target / np.where(carried > 0, carried, 1.0), 1.0)
    met: FloatArray = (table * np.where(np.abs(factor - 1.0) > NOISE, factor, 1.0)).ravel()
    return met


def _balance(
    framed: FramedProblem, engine: Engine, options: EngineOptions
) -> tuple[FloatArray, tuple[tuple[int, float], ...]]:
    """Solve the framed model; all cells of the subtree, in the measure's unit."""
    try:
        solved = solve_model(framed.model.scaled(), engine, options)
    except EngineStopped as stopped:
        raise RunStopped(str(stopped)) from stopped
    except EngineError as failure:
        raise EngineFailure(str(failure)) from failure
    cells = np.zeros(framed.grid.n_cell)
    cells[framed.cell - framed.first_cell] = solved.answer.x * solved.balanced.unit
    return cells, tuple((tier.tier, tier.largest) for tier in solved.tiers if not tier.largest <= 0)


def _position(labels: Labels, node_id: str) -> int:
    node = labels.node_code.get(node_id)
    if node is None or labels.grid.org.is_leaf[node]:
        message = "there is no such node" if node is None else "the node is a rep: nothing stands below it"
        raise InputFaults(
            [Fault("org.csv", 0, "node_id", node_id, "no-subtree", message, "name a node with reps below it")]
        )
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
