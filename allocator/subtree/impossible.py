"""What a subtree lacks when its wishes do not fit the frame: the least change of the frame that helps."""

from dataclasses import dataclass
from typing import Any

import numpy as np
from scipy.sparse import csr_array, hstack

from allocator.diagnosis.diagnose import LANGUAGES, amount_text
from allocator.model.labels import Labels
from allocator.subtree.frame import FramedProblem
from allocator.texts import text
from solver_models.arrays import FloatArray, IntArray
from solver_models.engines.base import Engine, EngineOptions
from solver_models.failures import raise_unless_optimal
from solver_models.program import LinearProgram
from solver_models.solution import Status


@dataclass(frozen=True)
class FrameGap:
    """The least change of a node's own targets under which the wishes below it hold.

    Parameters
    ----------
    product
        Rank of each product leaf of the frame.
    present, change
        Shape (n,): targets that stand and their least change, in the measure's unit.
    """

    product: IntArray
    present: FloatArray
    change: FloatArray


def frame_diagnosis(labels: Labels, measure: str, node: int, gap: FrameGap | None) -> dict[str, Any]:
    """Return what the frame would have to be, product by product, as plain JSON types.

    Parameters
    ----------
    gap
        None where no frame would help: the rules below contradict each other by themselves.

    Returns
    -------
    status, measure, node_id, frame ([{product_id, present, needed, gap}]), summary, text ({en, zh}).
    """
    node_id = labels.node_id[node]
    frame: list[dict[str, Any]] = []
    if gap is not None:
        frame = [
            {
                "product_id": labels.leaf_product_id[p],
                "present": float(was),
                "needed": float(was + change),
                "gap": float(change),
            }
            for p, was, change in zip(gap.product, gap.present, gap.change, strict=True)
            if abs(change) > 1e-9 * max(1.0, abs(was))
        ]
    words = {lang: _sentence(measure, node_id, frame, lang) for lang in LANGUAGES}
    return {
        "status": "infeasible",
        "measure": measure,
        "node_id": node_id,
        "frame": frame,
        "summary": words["en"],
        "text": words,
        "conflict": [],
        "repairs": [],
    }


def _sentence(measure: str, node_id: str, frame: list[dict[str, Any]], lang: str) -> str:
    if not frame:
        return text("subtree.contradiction", lang, measure=measure, node=node_id)
    changes = ", ".join(
        text(
            "subtree.more" if row["gap"] > 0 else "subtree.less",
            lang,
            amount=amount_text(abs(row["gap"])),
            product=row["product_id"],
        )
        for row in frame
    )
    return text("subtree.frame_too_tight", lang, measure=measure, node=node_id, changes=changes)


def least_change(framed: FramedProblem, engine: Engine, options: EngineOptions) -> FrameGap | None:
    """Return the frame's least total change that lets the hard rows hold; None if no change does."""
    model = framed.model.scaled()
    of_frame = np.flatnonzero(framed.of_frame)
    k, m = len(of_frame), len(model.rows)
    up = csr_array((np.ones(k), (of_frame, np.arange(k))), shape=(m, k))
    lower, upper = model.column_bounds()
    program = LinearProgram(
        cost=np.concatenate([np.zeros(model.n_column), np.ones(2 * k)]),
        matrix=csr_array(hstack([model.rows.matrix, up, -up], format="csr")),
        row_lower=model.rows.lower,
        row_upper=model.rows.upper,
        lower=np.concatenate([lower, np.zeros(2 * k)]),
        upper=np.concatenate([upper, np.full(2 * k, np.inf)]),
    )
    solution = engine.solve(program, options)
    if solution.status is Status.INFEASIBLE:
        return None
    raise_unless_optimal(solution, engine.name)
    slack = solution.x[model.n_column :]
    change = (slack[k:] - slack[:k]) * model.unit
    return FrameGap(framed.frame_product, model.rows.lower[of_frame] * model.unit, change)
