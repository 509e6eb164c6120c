"""Random impossible plans: printed repairs are possible when they are set, and conflicts are minimal."""

from itertools import combinations
from pathlib import Path

import numpy as np
import pytest
import yaml

from allocator.anchors.build import build_anchors
from allocator.diagnosis.conflict import only_rules
from allocator.diagnosis.diagnose import diagnose, diagnosis_text
from allocator.diagnosis.row_names import name_rows
from allocator.errors import InputFaults
from allocator.model.instances import spell_out
from allocator.model.labels import Labels, label_plan
from allocator.model.problem import MeasureProblem, build_problem
from allocator.plan.plan import Plan
from allocator.plan.reading import read_plan
from solver_models.engines.base import EngineOptions
from solver_models.engines.highs import HighsEngine
from solver_models.infeasibility import can_hold, feasibility_program
from solver_models.solve import solve_model, without_wishes
from tests.random_plans import write_random_plan

SEEDS = range(0, 400, 5)
HARD_SHARE, SQUEEZED = 0.8, 0.4
FEWEST_IMPOSSIBLE = 40
"""Of the 80 plans; without impossible ones the test below would say nothing."""


def write_squeezed_plan(folder: Path, seed: int) -> tuple[Path, list[str]]:
    """Write a random plan with most rules hard, some ceilings far too low, now and then another total."""
    write_random_plan(folder, seed)
    rng = np.random.default_rng(seed + 10**6)
    head, *lines = (folder / "rules.csv").read_text("utf-8").splitlines()
    kind, most, tier = (head.split(",").index(name) for name in ("kind", "max", "tier"))
    rows = [line.split(",") for line in lines]
    for row in rows:
        row[tier] = "hard" if rng.random() < HARD_SHARE else row[tier]
        if rng.random() < SQUEEZED and row[most] and row[kind] in ("capacity", "range"):
            row[most] = str(round(float(row[most]) * float(rng.choice([0.0, 0.1, 0.3])), 2))
    (folder / "rules.csv").write_text("\n".join([head, *(",".join(row) for row in rows)]) + "\n", "utf-8")
    measure = yaml.safe_load((folder / "plan.yaml").read_text("utf-8"))["measures"]["m"]
    total, unit = float(measure["total"]), float(measure["round_to"])
    factor = float(rng.choice([1, 1, 1, 0.3, 2, 1000]))
    return folder, [f"measures.m.total={round(total * factor / unit) * unit:.2f}"]


def problem_of(plan: Plan) -> tuple[Labels, MeasureProblem]:
    labels = label_plan(plan)
    anchors = build_anchors(plan, labels, "m")
    return labels, build_problem(plan, labels, "m", anchors, spell_out(plan, labels, "m", anchors))


def is_possible(problem: MeasureProblem) -> bool:
    return can_hold(feasibility_program(without_wishes(problem.model).scaled()))


def ends_proved(problem: MeasureProblem) -> bool:
    """Whether the simplex ends with a certified answer to the hard rules, as a run with it does."""
    model = without_wishes(problem.model).scaled()
    answer = solve_model(model, HighsEngine(), EngineOptions()).answer
    return max(answer.residual.values()) <= 1e-9


def impossible_plan(folder: Path, seed: int) -> tuple[Plan, Labels, MeasureProblem, list[str]] | None:
    """Return a squeezed plan and the total it is read with; None where it is refused or possible."""
    folder, total = write_squeezed_plan(folder, seed)
    try:
        plan = read_plan(folder, total)
        labels, problem = problem_of(plan)
    except InputFaults:
        return None
    return None if is_possible(problem) else (plan, labels, problem, total)


def test_enough_of_the_random_plans_are_impossible(tmp_path):
    found = [impossible_plan(tmp_path / str(seed), seed) for seed in SEEDS]
    assert sum(one is not None for one in found) >= FEWEST_IMPOSSIBLE


@pytest.mark.parametrize("seed", SEEDS)
def test_what_a_diagnosis_says_of_a_random_plan_is_so(tmp_path, seed):
    folder = tmp_path / "plan"
    made = impossible_plan(folder, seed)
    if made is None:
        return
    plan, labels, problem, total = made
    found = diagnose(plan, labels, "m", problem)
    assert all(diagnosis_text(found, lang) for lang in ("en", "zh"))
    names = name_rows(labels, problem)
    program = feasibility_program(without_wishes(problem.model).scaled())
    minimal = found["minimal_conflict"]
    assert minimal
    assert not can_hold(only_rules(program, names, set(minimal)))
    for rest in combinations(minimal, len(minimal) - 1):
        assert can_hold(only_rules(program, names, set(rest))), f"{rest} alone cannot hold either"
    for repair in found["repairs"]:
        changes = {change["path"]: change["new"] for change in repair["changes"]}
        kept = [text for text in total if text.partition("=")[0] not in changes]
        changed = read_plan(folder, [*kept, *(f"{path}={new}" for path, new in changes.items())])
        mended = problem_of(changed)[1]
        assert is_possible(mended), repair["text"]["en"]
        assert ends_proved(mended), repair["text"]["en"]
        assert repair["amount"] > 0 or all(path.endswith(".tier") for path in changes), repair["text"]["en"]
