"""The balance problem of a plan folder under its hard rules, for `benchmarks.task`.

python -m benchmarks.task_of_plan PLAN task.npz
"""

import argparse
import sys
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import numpy as np
from scipy.sparse import csr_array, vstack

from allocator.anchors.build import build_anchors
from allocator.model.instances import spell_out
from allocator.model.labels import label_plan
from allocator.model.problem import MeasureProblem, build_problem
from allocator.plan.reading import read_plan
from benchmarks.task import IntArray, Task, save_task

TIGHTER = 1.04
CEILING = (0.95, 1.25)
SEED = 3


def task_of_plan(folder: Path) -> Task:
    """Return the tight balance problem of the plan's first measure, soft rules left out."""
    plan = read_plan(folder)
    labels = label_plan(plan)
    measure = next(iter(plan.spec.measures))
    anchors = build_anchors(plan, labels, measure)
    instances = spell_out(plan, labels, measure, anchors)
    problem = build_problem(plan, labels, measure, anchors, instances)
    return tightened(task_of_problem(problem), labels.grid.cell_rep[problem.cell])


def task_of_problem(problem: MeasureProblem) -> Task:
    """Return the hard part of a problem, its rows sorted by kind."""
    model = problem.model.scaled()
    names = problem.ledger["kind"].to_numpy(str)[model.rows.source]
    kinds, kind = np.unique(names, return_inverse=True)
    order = np.argsort(kind, kind="stable")
    matrix = csr_array(model.rows.matrix)[order]
    matrix.sort_indices()
    return Task(
        anchor=model.anchor,
        weight=model.weight,
        lower=model.lower,
        upper=model.upper,
        matrix=csr_array(matrix),
        row_lower=model.rows.lower[order],
        row_upper=model.rows.upper[order],
        kind=kind[order].astype(np.int64),
        kinds=tuple(kinds.tolist()),
    )


def tightened(task: Task, rep: IntArray) -> Task:
    """Raise the totals and put a ceiling over every rep who has no pin.

    Parameters
    ----------
    rep
        Shape (n_cell,): rep of each cell.
    """
    random = np.random.Generator(np.random.PCG64(SEED))
    is_pinned = np.zeros(int(rep.max()) + 1, bool)
    if "pin" in task.kinds:
        pins = task.matrix[np.flatnonzero(task.kind == task.kinds.index("pin"))]
        is_pinned[rep[np.unique(pins.indices)]] = True
    anchor = np.bincount(rep, weights=task.anchor)
    ceiling = anchor * random.uniform(*CEILING, len(anchor))
    chosen = np.flatnonzero(~is_pinned & (anchor > 0))
    of_rep = csr_array(
        (np.ones(task.n_cell), (rep, np.arange(task.n_cell))), shape=(len(anchor), task.matrix.shape[1])
    )
    totals = [number for number, name in enumerate(task.kinds) if name in ("total", "product_total")]
    factor = np.where(np.isin(task.kind, totals), TIGHTER, 1.0)
    return replace(
        task,
        matrix=csr_array(vstack([task.matrix, of_rep[chosen]], format="csr")),
        row_lower=np.concatenate([task.row_lower * factor, np.full(len(chosen), -np.inf)]),
        row_upper=np.concatenate([task.row_upper * factor, ceiling[chosen]]),
        kind=np.concatenate([task.kind, np.full(len(chosen), len(task.kinds), np.int64)]),
        kinds=(*task.kinds, "rep_ceiling"),
    )


def main(arguments: Sequence[str] | None = None) -> int:
    """Write the task of a plan."""
    parser = argparse.ArgumentParser(description="the balance problem of a plan as arrays")
    parser.add_argument("plan", type=Path)
    parser.add_argument("task", type=Path)
    parsed = parser.parse_args(arguments)
    save_task(task_of_plan(parsed.plan), parsed.task)
    return 0


if __name__ == "__main__":
    sys.exit(main())
