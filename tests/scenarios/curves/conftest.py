"""A sweep over a small plan with what is found between and beyond the points of its grid."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from allocator.plan.plan import Plan
from allocator.plan.reading import read_plan
from scenarios.curves.findings import Findings, find_out
from scenarios.files.sweep_file import SweepFile, read_sweep
from scenarios.runs.fleets import InProcess
from scenarios.runs.sweep import SweepSession
from tests.plans import write_plan

SWEEP = """
name: test
scenarios:
  - {name: push, changes: [{kind: set_capacity, measure: revenue, node: w1, amount: 12500000}]}
grid: {total: {measure: revenue, values: "-20%..+20% step 20%"}}
"""


@pytest.fixture(scope="package")
def plan_folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return write_plan(tmp_path_factory.mktemp("curves") / "plan")


@pytest.fixture(scope="package")
def plan(plan_folder: Path) -> Plan:
    return read_plan(plan_folder)


@pytest.fixture(scope="package")
def sweep_path(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("sweep") / "sweep.yaml"
    path.write_text(SWEEP, encoding="utf-8")
    return path


@pytest.fixture(scope="package")
def sweep(sweep_path: Path) -> SweepFile:
    return read_sweep(sweep_path)


@pytest.fixture(scope="package")
def session(plan: Plan, sweep: SweepFile, tmp_path_factory: pytest.TempPathFactory) -> Iterator[SweepSession]:
    with InProcess() as fleet, SweepSession(plan, sweep, tmp_path_factory.mktemp("out"), fleet) as session:
        yield session


@pytest.fixture(scope="package")
def findings(session: SweepSession) -> Findings:
    return find_out(session, session.outcomes())
