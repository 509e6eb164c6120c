"""Random plans from folder to verified result: every promise, recomputed by the second program."""

from pathlib import Path

import numpy as np
import pytest

from allocator.allocation import Allocation
from allocator.errors import InfeasiblePlan, InputFaults
from allocator.pipeline import allocate
from allocator.plan.reading import read_plan
from allocator.results.folder import write_results
from allocator.verification import verify_results
from solver_models.engines.choice import choose_engine
from tests.random_plans import write_random_plan


def allocated_or_none(folder: Path, engine: str) -> Allocation | None:
    """Allocate; None if the plan is refused or impossible, with the reasons it has to give."""
    reasons: object
    try:
        return allocate(read_plan(folder), choose_engine(engine))
    except InputFaults as refused:
        reasons = refused.faults
    except InfeasiblePlan as impossible:
        reasons = impossible.diagnosis["conflict"] and impossible.diagnosis["short_by"] > 0
    assert reasons
    return None


@pytest.mark.parametrize("first", range(0, 60, 10))
def test_random_plans_are_allocated_and_verified_or_diagnosed(tmp_path: Path, first: int) -> None:
    verified = 0
    for seed in range(first, first + 10):
        folder = write_random_plan(tmp_path / f"plan-{seed}", seed)
        allocation = allocated_or_none(folder, "fast")
        if allocation is None:
            continue
        write_results(allocation, tmp_path / f"out-{seed}", "en", with_workbook=False)
        report = verify_results(tmp_path / f"out-{seed}", folder)
        assert report.passed, (seed, [check.message for check in report.checks if not check.passed])
        verified += 1
    assert verified >= 5


@pytest.mark.parametrize("first", range(60, 160, 25))
def test_random_plans_get_the_same_targets_fast_and_by_linear_programs(tmp_path: Path, first: int) -> None:
    compared = fallen = 0
    for seed in range(first, first + 25):
        folder = write_random_plan(tmp_path / f"plan-{seed}", seed)
        fast, slow = (allocated_or_none(folder, engine) for engine in ("fast", "highs"))
        assert (fast is None) == (slow is None), seed
        if fast is None or slow is None:
            continue
        for one, other in zip(fast.measures, slow.measures, strict=True):
            size = np.maximum(np.abs(other.unrounded), other.anchors.anchor.mean())
            assert (np.abs(one.unrounded - other.unrounded) <= 1e-9 * size).all(), (seed, one.measure)
            np.testing.assert_array_equal(one.target_units, other.target_units)
            fallen += one.evidence["passes"]["fallbacks"] > 0
            compared += 1
    assert compared >= 15
    assert fallen <= 2, "fallbacks of the fast engine on ordinary plans"
