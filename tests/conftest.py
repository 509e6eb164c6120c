"""What all tests share."""

import os
from collections.abc import Generator
from pathlib import Path
from typing import TypeVar

import pytest
from hypothesis import settings

# No test is judged by the clock: a busy machine is no fault.
settings.register_profile("without a clock", deadline=None)
settings.load_profile("without a clock")

Report = TypeVar("Report", pytest.TestReport, pytest.CollectReport)
PROJECT = Path(__file__).resolve().parents[1]


def is_ci() -> bool:
    """Whether the run may leave nothing out."""
    return os.environ.get("CI", "").lower() in ("1", "true", "yes")


@pytest.fixture(scope="session")
def shared_dir() -> Path:
    """Return the folder `shared` beside the project: real data and published cases."""
    folder = PROJECT.parent / "shared"
    if not folder.is_dir():
        pytest.skip("the folder ../shared with real data and published cases is not there")
    return folder


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport() -> Generator[None, pytest.TestReport, pytest.TestReport]:
    """Fail a skipped test where nothing may be left out."""
    return _without_skip((yield))


@pytest.hookimpl(wrapper=True)
def pytest_make_collect_report() -> Generator[None, pytest.CollectReport, pytest.CollectReport]:
    """Fail a module that skips itself where nothing may be left out."""
    return _without_skip((yield))


def _without_skip(report: Report) -> Report:
    """Turn a skip into a failure that tells the reason; expected failures stay what they are."""
    if is_ci() and report.skipped and not hasattr(report, "wasxfail"):
        reason = report.longrepr[2] if isinstance(report.longrepr, tuple) else str(report.longrepr)
        report.outcome = "failed"
        report.longrepr = f"{report.nodeid}: nothing may be left out here, but: {reason}"
    return report
