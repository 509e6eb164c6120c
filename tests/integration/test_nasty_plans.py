"""Three hundred nasty plans: exact arithmetic has the last word on verdicts, tiers and targets."""

from collections import Counter
from pathlib import Path

import pytest

from allocator.plan.reading import read_plan
from tests.nasty_campaign import try_seed
from tests.nasty_plans import nasty_plan, smallest_plan

PLANS, BATCH = 300, 20


@pytest.mark.parametrize("first", range(0, PLANS, BATCH))
def test_nasty_plans_have_the_answer_of_exact_arithmetic(first: int) -> None:
    verdicts: Counter[str] = Counter()
    for seed in range(first, first + BATCH):
        trial = try_seed(seed, ("fast", "highs") if seed % 5 == 0 else ("fast",), with_files=seed % 25 == 0)
        assert trial.failures == (), seed
        verdicts[trial.verdict.partition(":")[0]] += 1
    assert verdicts["feasible"] >= BATCH / 2
    assert verdicts["refused"] <= BATCH / 4


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
