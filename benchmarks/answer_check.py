"""How far an answer is from the optimum, judged from the task alone and beside a reference.

python -m benchmarks.answer_check task.npz reference.npy answer.npy ...
"""

import argparse
import json
import sys
from collections.abc import Sequence
from dataclasses import asdict
from pathlib import Path

import numpy as np
from scipy.optimize import lsq_linear

from benchmarks.record import AnswerCheck
from benchmarks.task import FloatArray, Task, load_task


def check_answer(task: Task, x: FloatArray, reference: FloatArray) -> AnswerCheck:
    """Compare an answer with the reference and with the rows.

    Free columns are not part of an answer: they are set to what the rows that define them say.
    """
    off = np.abs(x - reference) / task.weight
    best = task.objective(reference)
    return AnswerCheck(
        rms=float(np.sqrt(np.average(off**2, weights=task.weight))),
        largest=float(off.max()),
        gap=(task.objective(x) - best) / best if best > 0 else task.objective(x),
        violation=_violation(task, x),
    )


def _violation(task: Task, x: FloatArray) -> float:
    cells = task.matrix[:, : task.n_cell]
    activity = cells @ x + task.matrix[:, task.n_cell :] @ _free_columns(task, cells @ x)
    sides = [np.where(np.isfinite(side), np.abs(side), 0.0) for side in (task.row_lower, task.row_upper)]
    size = np.maximum.reduce([abs(cells) @ task.anchor, *sides, np.full(len(activity), 1e-12)])
    rows = np.maximum(task.row_lower - activity, activity - task.row_upper) / size
    bounds = np.maximum(task.lower - x, x - task.upper) / task.weight
    return float(max(rows.max(initial=0.0), bounds.max(initial=0.0), 0.0))


def _free_columns(task: Task, of_cells: FloatArray) -> FloatArray:
    """Return the free columns that the equality rows holding them define."""
    if not task.n_free:
        return np.zeros(0)
    free = task.matrix[:, task.n_cell :]
    defining = np.flatnonzero((task.row_lower == task.row_upper) & (np.diff(free.tocsr().indptr) > 0))
    solution = lsq_linear(free[defining].toarray(), task.row_lower[defining] - of_cells[defining])
    found: FloatArray = solution.x
    return found


def main(arguments: Sequence[str] | None = None) -> int:
    """Print the checks of the answers as a JSON list."""
    parser = argparse.ArgumentParser(description="distance of an answer from a reference")
    parser.add_argument("task", type=Path)
    parser.add_argument("reference", type=Path)
    parser.add_argument("answers", type=Path, nargs="+")
    parsed = parser.parse_args(arguments)
    task, reference = load_task(parsed.task), np.load(parsed.reference)
    checks = [asdict(check_answer(task, np.load(answer), reference)) for answer in parsed.answers]
    print(json.dumps(checks))
    return 0


if __name__ == "__main__":
    sys.exit(main())
