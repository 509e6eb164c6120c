"""A command loads the libraries it needs and no others: start-up is part of every run."""

import json
import subprocess
import sys
from pathlib import Path

import pytest

PROJECT = Path(__file__).resolve().parents[3]
DEMO = PROJECT / "examples" / "demo" / "plan"
SELDOM = (
    "scipy.stats",
    "pulp",
    "openpyxl",
    "allocator.backtest.backtest",
    "allocator.diagnosis.diagnose",
)
PROBE = """
import json, sys
from service.cli.main import main
try:
    main(sys.argv[1:])
except SystemExit:
    pass
sys.stderr.write("\\n" + json.dumps(sorted(sys.modules)))
"""


def modules_after(*arguments: str) -> set[str]:
    """Return the modules that a process of its own holds after a command."""
    ended = subprocess.run(
        [sys.executable, "-c", PROBE, *arguments], cwd=PROJECT, capture_output=True, text=True, check=True
    )
    return set(json.loads(ended.stderr.splitlines()[-1]))


@pytest.mark.parametrize("command", ["--help", "run", "check", "verify", "explain"])
def test_help_and_usage_load_no_library_that_few_runs_need(command: str) -> None:
    loaded = modules_after(*(["--help"] if command == "--help" else [command, "--help"]))
    assert "service.cli.main" in loaded
    assert [name for name in SELDOM if name in loaded] == []


def test_a_run_without_backtest_or_conflict_loads_no_library_that_few_runs_need(tmp_path: Path) -> None:
    loaded = modules_after("run", str(DEMO), "--out", str(tmp_path / "out"), "--no-workbook")
    assert (tmp_path / "out" / "cells.csv").exists()
    assert "ortools.graph.python.min_cost_flow" in loaded
    assert [name for name in SELDOM if name in loaded] == []


def test_a_service_loads_what_solves_and_what_writes_workbooks_only_when_it_is_asked_for() -> None:
    loaded = modules_after("serve", "--help")
    assert "service.app" in loaded
    assert [
        name for name in (*SELDOM, "scipy", "xlsxwriter", "httpx", "scenarios.family") if name in loaded
    ] == []
