"""A whole allocation in which one subtree was balanced again inside its frame, with proof and explanation."""

import hashlib
from collections.abc import Collection
from dataclasses import replace
from typing import Any

import numpy as np

from allocator.allocation import Allocation, MeasureAllocation
from allocator.anchors.build import build_anchors
from allocator.explanation.waterfall import NOBODY, Waterfall, build_waterfall
from allocator.model.instances import spell_out
from allocator.model.labels import Labels
from allocator.model.outcomes import instance_prices, judge_rules
from allocator.model.prices import price_table
from allocator.model.problem import build_problem
from allocator.phases import Phases
from allocator.phasing import month_weights
from allocator.pipeline import evidence_of
from allocator.plan.plan import Plan
from allocator.subtree.rebalance import subtree_position
from allocator.subtree.solving import FrameAnswer, Standing, solve_frame
from solver_models.arrays import IntArray
from solver_models.engines.base import Engine, EngineOptions
from solver_models.phasing import phase_grid
from solver_models.sided import sided_answer


def reallocate_subtree(
    base: Allocation,
    plan: Plan,
    node_id: str,
    measures: Collection[str],
    engine: Engine,
    options: EngineOptions | None = None,
) -> Allocation:
    """Balance below a node again and return the whole allocation; no number outside changes.

    Targets and waterfalls of the node itself and of everything outside its subtree are those
    of `base`; months of the node and above follow the seasons of who now carries what, and elsewhere
    stay but for the units that must be shifted with them (docs/months.md). Prices are those
    of the rules inside the frame, given the frame.

    Parameters
    ----------
    base
        The allocation that stands.
    plan
        Its plan with the pins that were set below the node; the org and the products are the same.
    measures
        Those to balance again; the others are as they were.

    Raises
    ------
    InputFaults, InfeasiblePlan, RunStopped, EngineFailure
        As `rebalance_subtree` does.
    """
    labels, phases = base.labels, Phases()
    node = subtree_position(labels, node_id)
    options = options or EngineOptions()
    results = []
    for standing in base.measures:
        if standing.measure in measures:
            with phases.phase("rebalance"):
                results.append(_reallocated(plan, labels, standing, node, engine, options))
        else:
            results.append(standing)
    return Allocation(plan, labels, tuple(results), engine.name, phases.seconds)


def standing_hash(labels: Labels, node: int, units: IntArray) -> str:
    """Hash of all targets that a frame holds: those of the node and of all outside, line by line.

    Each line is node id, NUL, product id, NUL, whole units, newline, in the order of targets.csv.
    """
    digest = hashlib.sha256()
    end = int(labels.grid.org.subtree_end[node])
    for v, name in enumerate(labels.node_id):
        if v <= node or v >= end:
            for product, amount in zip(labels.product_id, units[v].tolist(), strict=True):
                digest.update(f"{name}\0{product}\0{amount}\n".encode())
    return digest.hexdigest()


def _reallocated(
    plan: Plan,
    labels: Labels,
    standing: MeasureAllocation,
    node: int,
    engine: Engine,
    options: EngineOptions,
) -> MeasureAllocation:
    measure, grid = standing.measure, labels.grid
    unit = float(plan.spec.measures[measure].round_to)
    anchors = build_anchors(plan, labels, measure)
    problem = build_problem(plan, labels, measure, anchors, spell_out(plan, labels, measure, anchors))
    around = Standing(node, standing.target_units, standing.unrounded, unit)
    found = solve_frame(plan, labels, problem, measure, around, engine, options)
    units, cells = around.units_with(found.rounded.units, labels), around.cells_with(found, labels)
    inside, solved = found.framed.problem, found.solved
    weights = month_weights(plan, labels, measure)
    phased = phase_grid(grid, units, weights.rep, weights.product, cells, standing.month_units)
    pushing = sided_answer(inside.model, solved.balanced, solved.answer, solved.tiers)
    prices = instance_prices(inside, solved.balanced, pushing)
    noise = np.maximum(unit, grid.roll_up(anchors.anchor)[:, 0])
    own = build_waterfall(labels, anchors, inside, solved.balanced, pushing, units, unit)
    return MeasureAllocation(
        measure=measure,
        anchors=anchors,
        lower=problem.lower,
        upper=problem.upper,
        unrounded=cells,
        target_units=units,
        month_units=phased.months,
        rules=judge_rules(
            plan,
            labels,
            problem,
            grid.roll_up(cells),
            units.astype(np.float64) * unit,
            prices,
            noise,
        ).table(),
        prices=price_table(
            labels,
            measure,
            inside,
            solved.balanced.rows,
            solved.answer,
            solved.tiers,
            solved.balanced.unit,
        ),
        waterfall=_beside(standing.waterfall, own, labels, node),
        evidence={
            "round_to": standing.evidence["round_to"],
            **evidence_of(
                solved.balanced,
                solved.answer,
                solved.tiers,
                {**found.rounded.report, "product_months_off": phased.products_off},
                solved.fallbacks(engine.name),
            ),
            "frame": _frame_document(labels, standing, found, node),
        },
    )


def _frame_document(
    labels: Labels, standing: MeasureAllocation, found: FrameAnswer, node: int
) -> dict[str, Any]:
    """What certificate.json says of the frame: whose it is, what it holds, and the frames before it."""
    before = standing.evidence.get("frame")
    names = [] if before is None else [*before["earlier"], before["node_id"]]
    end = int(labels.grid.org.subtree_end[node])
    # what was framed at or below the node is solved again with all the rest of the subtree
    earlier = [name for name in names if not node <= labels.node_code[name] < end]
    return {
        "node_id": labels.node_id[node],
        "earlier": earlier,
        "products": [labels.leaf_product_id[p] for p in found.framed.frame_product],
        "standing_hash": standing_hash(labels, node, standing.target_units),
    }


def _beside(standing: Waterfall, own: Waterfall, labels: Labels, node: int) -> Waterfall:
    """Take the steps below the node from the new waterfall, all others from the standing one."""
    names = tuple(dict.fromkeys((*standing.rule_ids, *own.rule_ids)))
    position = {name: k for k, name in enumerate(names)}
    code = np.array([position[name] for name in own.rule_ids], dtype=np.int64)
    below = slice(node + 1, int(labels.grid.org.subtree_end[node]))
    units, strongest = standing.units.copy(), standing.strongest.copy()
    units[:, below] = own.units[:, below]
    chosen = own.strongest[:, below]
    strongest[:, below] = (
        np.where(chosen == NOBODY, NOBODY, code[np.maximum(chosen, 0)]) if len(code) else NOBODY
    )
    return replace(standing, units=units, strongest=strongest, rule_ids=names)
