"""Three hundred nasty plans: exact arithmetic has the last word on verdicts, tiers and targets."""

from collections import Counter
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from allocator.plan.reading import read_plan
from tests.nasty_campaign import against_exact, answer_of, differences, try_seed
from tests.nasty_plans import nasty_plan, smallest_plan

PLANS, BATCH = 300, 20


def kinds_of_failures(seed: int) -> tuple[str, set[str]]:
    """Every fifth plan by the linear programs, too; every 25th in files that are verified."""
    trial = try_seed(seed, ("fast", "highs") if seed % 5 == 0 else ("fast",), with_files=seed % 25 == 0)
    return trial.verdict.partition(":")[0], {failure.kind for failure in trial.failures}


@pytest.mark.parametrize("first", range(0, PLANS, BATCH))
def test_nasty_plans_have_the_answer_of_exact_arithmetic(first: int) -> None:
    outcomes = {seed: kinds_of_failures(seed) for seed in range(first, first + BATCH)}
    assert {seed: kinds for seed, (_, kinds) in outcomes.items() if kinds} == {}
    verdicts = Counter(verdict for verdict, _ in outcomes.values())
    assert verdicts["feasible"] >= BATCH / 2
    assert verdicts["refused"] <= BATCH / 4


def test_the_campaign_notices_what_it_looks_for() -> None:
    """One cell, one unit, one month, one tier or the verdict altered: each is a failure of its own kind."""
    alone = (seed for seed in range(PLANS) if len(nasty_plan(seed).settings["measures"]) == 1)
    plan = nasty_plan(next(seed for seed in alone if try_seed(seed, ("fast",)).misses_a_tier)).read()
    right = answer_of(plan, "fast")
    assert right.allocation is not None
    result = right.allocation.measures[0]

    def kinds(**altered: object) -> set[str]:
        other = replace(result, **altered)  # type: ignore[arg-type]
        assert right.allocation is not None
        wrong = replace(right, allocation=replace(right.allocation, measures=(other,)))
        between = {kind for kind, _ in differences(result, other)}
        return between | {failure.kind for failure in against_exact(plan, (wrong,))}

    moved = result.unrounded.copy()
    moved[np.argmax(moved)] *= 1 + 3e-9
    assert kinds(unrounded=moved) == {"engines: targets differ", "exact: targets differ"}
    assert kinds(target_units=result.target_units + 1) == {"engines: target_units differ"}
    assert kinds(month_units=result.month_units + 1) == {"engines: month_units differ"}
    tiers = [
        {**tier, "largest_violation": tier["largest_violation"] + 3e-9} for tier in result.evidence["tiers"]
    ]
    assert kinds(evidence={**result.evidence, "tiers": tiers}) == {
        "engines: tiers differ",
        "exact: tiers differ",
    }
    assert kinds() == set()
    impossible = replace(right, allocation=None, impossible="m")
    assert {one.kind for one in against_exact(plan, (impossible,))} == {"exact: verdicts differ"}


def test_a_plan_in_memory_is_the_plan_in_its_folder(tmp_path: Path) -> None:
    nasty = nasty_plan(3)
    assert nasty.read().input_hash == read_plan(nasty.write(tmp_path / "plan")).input_hash
    assert nasty_plan(3).files() == nasty.files()


def test_rows_without_a_part_in_a_failure_are_left_out() -> None:
    nasty = next(plan for plan in map(nasty_plan, range(50)) if len(plan.tables["rules"]) > 3)
    guilty = nasty.tables["rules"][2]
    found = smallest_plan(nasty, lambda plan: guilty in plan.tables["rules"])
    assert found.tables["rules"] == [guilty]
    assert found.tables["pins"] == []
