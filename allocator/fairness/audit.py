"""An audit of small plans: the lexicographically fairest targets beside the answer."""

from typing import Any

import numpy as np
from scipy.sparse import csr_array

from allocator.errors import EngineFailure, Fault, InputFaults, RunStopped
from allocator.model.labels import Labels
from allocator.phases import Phases
from allocator.pipeline import Solved, solve_measure
from allocator.plan.plan import Plan
from allocator.texts import worded
from solver_models.arrays import FloatArray, IntArray
from solver_models.engines.base import Engine, EngineError, EngineOptions
from solver_models.failures import EngineStopped
from solver_models.inequality import gini
from solver_models.leximin import Polyhedron, leximin

MOST_REPS = 300
EQUAL = 1e-6


def audit_measure(
    plan: Plan, labels: Labels, measure: str, engine: Engine, options: EngineOptions
) -> dict[str, Any]:
    """Compare the answer with the leximin of target / anchor over the same rules.

    The leximin makes the largest ratio of a rep as small as the rules allow, then the second largest,
    and so on; hard rules and settled soft tiers hold in both.

    Raises
    ------
    InputFaults
        If the plan has more than 300 reps.
    """
    if labels.grid.n_rep > MOST_REPS:
        raise InputFaults([_too_large(labels.grid.n_rep)])
    solved = solve_measure(plan, labels, measure, engine, options, Phases())
    rep, anchor, outcomes = _outcomes(labels, solved)
    model = solved.balanced
    low, high = model.column_bounds()
    space = Polyhedron(model.rows.matrix, model.rows.lower, model.rows.upper, low, high)
    try:
        fairest = leximin(space, outcomes, np.zeros(len(rep)), engine, options)
    except EngineStopped as stopped:
        raise RunStopped(str(stopped)) from stopped
    except EngineError as failure:
        raise EngineFailure(str(failure)) from failure
    ours = outcomes[:, : model.n_cell] @ solved.answer.x
    return {
        "reps": len(rep),
        "programs": fairest.programs,
        "answer": _described(ours),
        "leximin": _described(fairest.outcome),
        "largest_above_leximin": float(np.max(ours) - np.max(fairest.outcome)) if len(rep) else 0.0,
        "moved_to_reach_it": _moved(ours, fairest.outcome, anchor),
        "same": bool(np.abs(ours - fairest.outcome).max(initial=0.0) <= EQUAL),
        "nodes": [
            {"node_id": labels.rep_id[k], "answer": float(one), "leximin": float(other)}
            for k, one, other in zip(rep, ours, fairest.outcome, strict=True)
        ],
    }


def _outcomes(labels: Labels, solved: Solved) -> tuple[IntArray, FloatArray, csr_array]:
    """Reps with an anchor and cells that move, their anchors, and their ratio as rows over the columns."""
    grid, model = labels.grid, solved.balanced
    rep_of = grid.cell_rep[solved.problem.cell]
    anchor = np.bincount(rep_of, weights=model.anchor, minlength=grid.n_rep).astype(np.float64)
    chosen = np.flatnonzero(anchor > 0).astype(np.int64)
    place = np.full(grid.n_rep, -1, np.int64)
    place[chosen] = np.arange(len(chosen))
    column = np.flatnonzero(place[rep_of] >= 0)
    row = place[rep_of[column]]
    matrix = csr_array((1.0 / anchor[rep_of[column]], (row, column)), shape=(len(chosen), model.n_column))
    own: FloatArray = anchor[chosen]
    return chosen, own, matrix


def _described(ratio: FloatArray) -> dict[str, float | None]:
    if not len(ratio):
        return {"min": None, "median": None, "max": None, "gini": None}
    return {
        "min": float(ratio.min()),
        "median": float(np.median(ratio)),
        "max": float(ratio.max()),
        "gini": gini(np.maximum(ratio, 0.0)),
    }


def _moved(ours: FloatArray, fairest: FloatArray, anchor: FloatArray) -> float:
    """Share of all targets that would change hands."""
    total = float(np.abs(ours) @ anchor)
    return float(np.abs(ours - fairest) @ anchor / 2 / total) if total > 0 else 0.0


def _too_large(n_rep: int) -> Fault:
    return Fault(
        "org.csv",
        0,
        "node_id",
        str(n_rep),
        "too-large-for-audit",
        worded("fault.audit.large", most=MOST_REPS, count=n_rep),
        worded("fault.audit.large.hint"),
    )
