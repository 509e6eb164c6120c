"""The balance problem of a plan folder under its hard rules, for `benchmarks.task`.

    python -m benchmarks.task_of_plan PLAN task.npz
"""

import argparse
import sys
from collections.abc import Sequence
from pathlib import Path

import numpy as np
from scipy.sparse import csr_array

from allocator.anchors.build import build_anchors
from allocator.model.instances import spell_out
from allocator.model.labels import label_plan
from allocator.model.problem import MeasureProblem, build_problem
from allocator.plan.reading import read_plan
from benchmarks.task import Task, save_task


def task_of_plan(folder: Path) -> Task:
    """Return the balance problem of the plan's first measure, soft rules left out."""
    plan = read_plan(folder)
    labels = label_plan(plan)
    measure = next(iter(plan.spec.measures))
    anchors = build_anchors(plan, labels, measure)
    instances = spell_out(plan, labels, measure, anchors)
    return task_of_problem(build_problem(plan, labels, measure, anchors, instances))


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
