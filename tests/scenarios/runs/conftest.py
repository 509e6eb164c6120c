"""A small plan and a sweep over it, and what it comes to without any workers."""

from pathlib import Path

import pytest

from allocator.plan.plan import Plan
from allocator.plan.reading import read_plan
from scenarios.files.sweep_file import SweepFile, read_sweep
from scenarios.runs.fleets import InProcess
from scenarios.runs.outcome import Outcome
from scenarios.runs.sweep import run_sweep
from tests.plans import write_plan

SWEEP = """
name: test
scenarios:
  - {name: push, changes: [{kind: scale_total, measure: revenue, node: east, factor: 1.02}]}
  - {name: impossible, changes: [{kind: set_rule, rule_id: r-range, max: 11000000}]}
grid:
  total: {measure: revenue, values: [-2%, 2%]}
monte_carlo: {runs: 1, seed: 5, growth: {sd: 0.03}, commitments: {sd: 0.1}, attrition: {rate: 0.2}}
acceptance: ["gini <= baseline + 0.05 for revenue"]
"""


@pytest.fixture(scope="session")
def plan_folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return write_plan(tmp_path_factory.mktemp("runs") / "plan")


@pytest.fixture(scope="session")
def plan(plan_folder: Path) -> Plan:
    return read_plan(plan_folder)


@pytest.fixture(scope="session")
def sweep_path(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("sweep") / "sweep.yaml"
    path.write_text(SWEEP, encoding="utf-8")
    return path


@pytest.fixture(scope="session")
def sweep(sweep_path: Path) -> SweepFile:
    return read_sweep(sweep_path)


@pytest.fixture(scope="session")
def expected(plan: Plan, sweep: SweepFile, tmp_path_factory: pytest.TempPathFactory) -> tuple[Outcome, ...]:
    """Return the outcomes of the sweep in this process."""
    with InProcess() as fleet:
        return run_sweep(plan, sweep, tmp_path_factory.mktemp("expected"), fleet)
