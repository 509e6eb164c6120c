"""What-if: one change at a time to a solved plan, solved again.

python -m benchmarks.warm task.npz --engine auto --changes 100
"""

import argparse
import json
import sys
import time
from collections.abc import Callable, Sequence
from dataclasses import asdict, replace
from pathlib import Path

import numpy as np
from scipy.sparse import csr_array, vstack

from benchmarks.peers.own import IS_WARM, model_of_task, named_engine, resolve_model, solve_model, warm_state
from benchmarks.peers.routes import PeerFailure
from benchmarks.record import WarmResult
from benchmarks.task import FloatArray, Task, load_task
from solver_models.model import BalanceAnswer, BalanceModel
from solver_models.warm import WarmState

SEED = 7
FRESH_EVERY = 10
TOTAL_STEP, BOUND_STEP, PIN_STEP, RULE_STEP = 0.005, 0.03, 0.05, 0.01
KINDS = ("total", "bound", "pin", "rule")

Change = Callable[[Task, FloatArray, np.random.Generator], Task]


def changed_total(task: Task, x: FloatArray, random: np.random.Generator) -> Task:
    """Company total up or down by at most half a percent."""
    row = task.kind == task.kinds.index("total")
    factor = np.where(row, 1.0 + random.uniform(-TOTAL_STEP, TOTAL_STEP), 1.0)
    return replace(task, row_lower=task.row_lower * factor, row_upper=task.row_upper * factor)


def changed_bound(task: Task, x: FloatArray, random: np.random.Generator) -> Task:
    """One ceiling of an existing rule up or down by at most 3 %."""
    row = random.choice(
        np.flatnonzero(np.isfinite(task.row_upper) & (task.row_lower < task.row_upper) & (task.row_upper > 0))
    )
    upper = task.row_upper.copy()
    upper[row] = max(upper[row] * (1.0 + random.uniform(-BOUND_STEP, BOUND_STEP)), task.row_lower[row])
    return replace(task, row_upper=upper)


def changed_pin(task: Task, x: FloatArray, random: np.random.Generator) -> Task:
    """One cell fixed within 5 % of its answer."""
    cell = random.choice(np.flatnonzero((task.lower < x) & (x < task.upper)))
    value = np.clip(x[cell] * (1.0 + random.uniform(-PIN_STEP, PIN_STEP)), task.lower[cell], task.upper[cell])
    lower, upper = task.lower.copy(), task.upper.copy()
    lower[cell] = upper[cell] = value
    return replace(task, lower=lower, upper=upper)


def changed_rule(task: Task, x: FloatArray, random: np.random.Generator) -> Task:
    """One more rule: a team may carry at most 99 % of its answer."""
    row = random.choice(np.flatnonzero(task.kind == task.kinds.index("growth")))
    cells = csr_array(task.matrix[[row]])
    ceiling = float((cells[:, : task.n_cell] @ x)[0]) * (1.0 - RULE_STEP)
    return replace(
        task,
        matrix=csr_array(vstack([task.matrix, cells], format="csr")),
        row_lower=np.append(task.row_lower, -np.inf),
        row_upper=np.append(task.row_upper, ceiling),
        kind=np.append(task.kind, task.kind[row]),
    )


CHANGES: tuple[Change, ...] = (changed_total, changed_bound, changed_pin, changed_rule)


def measure_warm(task: Task, engine_name: str, n_change: int, budget: float) -> WarmResult:
    """Solve a task, then change it n_change times (each from the original) and time the re-solves.

    After `budget` seconds it stops with the changes made so far, at least one.
    """
    begin = time.perf_counter()
    engine = named_engine(engine_name)
    model = model_of_task(task)
    state = warm_state(model, engine)
    before = state.solved.answer
    random = np.random.Generator(np.random.PCG64(SEED))
    seconds: dict[str, list[float]] = {kind: [] for kind in KINDS}
    fresh, differences, infeasible = [], [0.0], 0
    for number in range(n_change):
        if number and time.perf_counter() - begin > budget:
            break
        kind = number % len(KINDS)
        changed = CHANGES[kind](task, before.x * model.unit, random)
        start = time.perf_counter()
        answer = _resolved(changed, state, engine_name)
        seconds[KINDS[kind]].append(time.perf_counter() - start)
        infeasible += answer is None
        if answer is not None and number % FRESH_EVERY < len(KINDS) // 2:
            start = time.perf_counter()
            cold = solve_model(model_of_task(changed), engine)
            fresh.append(time.perf_counter() - start)
            differences.append(float(np.max(np.abs(cold.x - answer.x) / model.weight)))
    every = [one for of_kind in seconds.values() for one in of_kind]
    return WarmResult(
        cells=task.n_cell,
        engine=engine.name,
        is_warm=IS_WARM,
        cold_seconds=float(np.median(fresh)),
        median_seconds={
            **{kind: float(np.median(of_kind)) for kind, of_kind in seconds.items() if of_kind},
            "all": float(np.median(every)),
        },
        slowest_seconds=float(np.quantile(every, 0.95)),
        changes=len(every),
        infeasible=infeasible,
        largest_difference=max(differences),
    )


def _resolved(changed: Task, before: WarmState, engine_name: str) -> BalanceAnswer | None:
    """Return the answer of the changed task, None if nothing can meet it."""
    model: BalanceModel = model_of_task(changed)
    try:
        return resolve_model(model, before, named_engine(engine_name))
    except PeerFailure as failure:
        if failure.is_infeasible:
            return None
        raise


def main(arguments: Sequence[str] | None = None) -> int:
    """Print the result as JSON."""
    parser = argparse.ArgumentParser(description="seconds of a re-solve after one change")
    parser.add_argument("task", type=Path)
    parser.add_argument("--engine", default="auto")
    parser.add_argument("--changes", type=int, default=100)
    parser.add_argument("--seconds", type=float, default=120.0, help="when to stop with what there is")
    parsed = parser.parse_args(arguments)
    result = measure_warm(load_task(parsed.task), parsed.engine, parsed.changes, parsed.seconds)
    print(json.dumps(asdict(result)))
    return 0


if __name__ == "__main__":
    sys.exit(main())
