"""A tiny task of a real plan, with a pinned cell."""

from dataclasses import replace
from pathlib import Path

import numpy as np

from benchmarks.plans import write_benchmark_plan
from benchmarks.task import Task
from benchmarks.task_of_plan import task_of_plan


def tiny_task(folder: Path) -> Task:
    """Return the task of a plan of 60 reps and 4 products; its first cell is held at its anchor."""
    task = task_of_plan(write_benchmark_plan(folder, 60, 4, 1))
    lower, upper = task.lower.copy(), task.upper.copy()
    lower[0] = upper[0] = task.anchor[0]
    return replace(task, lower=lower, upper=upper)


def impossible(task: Task) -> Task:
    """Return the task with a ceiling of 0 for everybody, which the total contradicts."""
    return replace(task, lower=np.zeros(task.n_cell), upper=np.zeros(task.n_cell))
