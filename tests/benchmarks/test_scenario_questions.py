"""The questions of the scenario benchmark fit the plan that `make bench-scenarios` writes for it."""

from pathlib import Path

import pytest

from allocator.plan.reading import read_plan
from benchmarks.plans import write_benchmark_plan
from benchmarks.scenarios import KINDS, chain_of
from scenarios.scenario import apply_chain


@pytest.mark.parametrize("kind", KINDS)
def test_every_kind_of_question_can_be_asked_of_the_benchmark_plan(kind: str, tmp_path: Path) -> None:
    plan = read_plan(write_benchmark_plan(tmp_path / "plan", 40, 10, seed=1))
    applied = apply_chain(plan, chain_of(kind, 1, 4))
    assert len(applied.log) >= 1
    assert applied.plan.input_hash != plan.input_hash
