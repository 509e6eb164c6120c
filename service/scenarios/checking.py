"""What can be said of a scenario without a run: faults, contradictions, scores of typed numbers."""

from collections.abc import Sequence
from typing import Any

import numpy as np
import pandas as pd

from allocator.anchors.build import build_anchors
from allocator.anchors.presence_notes import presence_lines, presence_notes
from allocator.diagnosis.conflict import conflict_on_trees
from allocator.errors import Fault, InfeasiblePlan, InputFaults
from allocator.evaluation import Evaluation, evaluate_targets
from allocator.model.instances import spell_out
from allocator.model.labels import Labels
from allocator.model.problem import build_problem
from allocator.plan.faults import FaultCollector, NearMatches
from allocator.plan.plan import Plan
from allocator.texts import worded
from allocator.warnings.registry import plan_warnings
from scenarios.changes.apply import Applied
from scenarios.groundwork import Groundwork
from scenarios.scenario import Chain, apply_chain
from service.plans.schemas import WarningView
from service.runs.warm import Warm
from service.scenarios.schemas import (
    Contradiction,
    IdleCell,
    PlanFault,
    RuleScore,
    Score,
    TotalScore,
    TypedRow,
    Validation,
)
from solver_models.arrays import FloatArray

ROWS = "rows"
"""What faults of typed rows bear as their file; their row is the position from 1."""


def apply_warm(warm: Warm, chain: Chain) -> Applied:
    """Lay a chain over a plan; only a change that scales a number which nothing fixes asks for a solve.

    Raises
    ------
    InputFaults
        With every fault, also where such a number was asked of an impossible plan.
    """
    try:
        return apply_chain(warm.plan, chain, warm.family.reference, warm.family.sheets)
    except InfeasiblePlan as infeasible:
        hint = worded("fault.scenario.plan_impossible.hint")
        raise InputFaults(
            [Fault("changes", 0, "", "", "plan-impossible", str(infeasible), hint)]
        ) from infeasible


def validate(warm: Warm, chain: Chain, lang: str) -> Validation:
    """Read and apply the changes and look for contradictions on the trees; faults in `lang`."""
    try:
        applied = apply_warm(warm, chain)
    except InputFaults as error:
        faults = [PlanFault.model_validate(fault.as_dict(lang)) for fault in error.faults]
        return Validation(valid=False, faults=faults, warnings=[], contradictions=[], log=[], presence=[])
    found = _contradictions(applied.plan, warm.family.ground)
    log = [entry.sentence() for entry in applied.log]
    labels = warm.family.ground.labels(applied.plan)
    presence = presence_lines(presence_notes(applied.plan, labels), lang)
    warnings = [WarningView.model_validate(one.as_dict(lang)) for one in plan_warnings(applied.plan, labels)]
    return Validation(
        valid=not found, faults=[], warnings=warnings, contradictions=found, log=log, presence=presence
    )


def evaluate(plan: Plan, rows: Sequence[TypedRow]) -> list[Score]:
    """Score typed targets, measure by measure.

    Raises
    ------
    InputFaults
        With every row that names no cell, or a cell twice.
    """
    labels = Groundwork().labels(plan)
    cells = _cells_of(plan, labels, rows)
    return [
        _score(measure, evaluate_targets(plan, labels, measure, amounts))
        for measure, amounts in cells.items()
    ]


def _contradictions(plan: Plan, ground: Groundwork) -> list[Contradiction]:
    found = []
    labels = ground.labels(plan)
    for measure in plan.spec.measures:
        anchors = build_anchors(plan, labels, measure, ground.evidence(plan, labels, measure))
        problem = build_problem(plan, labels, measure, anchors, spell_out(plan, labels, measure, anchors))
        conflict = conflict_on_trees(labels, problem)
        if conflict is not None and conflict.at is not None:
            node, product = conflict.at
            found.append(
                Contradiction(
                    measure=measure,
                    node_id=labels.node_id[node],
                    product_id=labels.product_id[product],
                    least=amount_text(conflict.least),
                    most=amount_text(conflict.most),
                    rules=conflict.minimal,
                )
            )
    return found


def _cells_of(plan: Plan, labels: Labels, rows: Sequence[TypedRow]) -> dict[str, FloatArray]:
    faults = FaultCollector()
    reps = {node: at for at, node in enumerate(labels.rep_id)}
    products = {product: at for at, product in enumerate(labels.leaf_product_id)}
    known = {"measure": list(plan.spec.measures), "node_id": list(reps), "product_id": list(products)}
    what = {"measure": "measure", "node_id": "rep", "product_id": "product_without_parts"}
    hints = {
        name: NearMatches(ids, worded("fault.typed.examples", names=", ".join(ids[:5])))
        for name, ids in known.items()
    }
    sets = {name: set(ids) for name, ids in known.items()}
    cells: dict[str, FloatArray] = {}
    seen: set[tuple[str, int]] = set()
    for position, row in enumerate(rows, start=1):
        unknown = [name for name in known if getattr(row, name) not in sets[name]]
        for name in unknown:
            value = getattr(row, name)
            thing = worded(f"fault.thing.{what[name]}")
            message = worded("fault.unknown", what=thing, name=value)
            faults.add(
                ROWS, position, name, value, code="unknown-cell", message=message, hint=hints[name](value)
            )
        if unknown:
            continue
        at = reps[row.node_id] * labels.grid.n_product + products[row.product_id]
        if (row.measure, at) in seen:
            message, hint = worded("fault.typed.twice"), worded("fault.typed.twice.hint")
            faults.add(ROWS, position, "", row.node_id, code="duplicate-cell", message=message, hint=hint)
        seen.add((row.measure, at))
        cells.setdefault(row.measure, np.zeros(labels.grid.n_cell))[at] = float(row.amount)
    faults.raise_if_any()
    return cells


def _score(measure: str, found: Evaluation) -> Score:
    tight = found.rules[found.rules["status"] != "holds"]
    return Score(
        measure=measure,
        allowed=found.is_allowed,
        distance=found.distance,
        totals=[TotalScore.model_validate(_texts(row)) for row in _records(found.totals)],
        rules=[RuleScore.model_validate(_rule(row)) for row in _records(tight)],
        rules_held=len(found.rules) - len(tight),
        idle_cells=[IdleCell.model_validate(_texts(row)) for row in _records(found.idle_cells)],
    )


def _texts(row: dict[str, Any]) -> dict[str, Any]:
    """Return a row with its amounts as decimal text, None where there is no bound."""
    return {key: value if isinstance(value, str) else _amount_or_none(value) for key, value in row.items()}


def _rule(row: dict[str, Any]) -> dict[str, Any]:
    bounds = {key: float(row[key]) if np.isfinite(row[key]) else None for key in ("value", "min", "max")}
    return row | bounds | {"tier": int(row["tier"]), "short_by": amount_text(row["short_by"])}


def amount_text(value: float) -> str:
    """Return an amount as decimal text without an exponent."""
    text = f"{value:.6f}".rstrip("0").rstrip(".")
    return "0" if text in ("-0", "") else text


def _amount_or_none(value: float) -> str | None:
    return amount_text(value) if np.isfinite(value) else None


def _records(table: pd.DataFrame) -> list[dict[str, Any]]:
    return [{str(key): value for key, value in row.items()} for row in table.to_dict("records")]
