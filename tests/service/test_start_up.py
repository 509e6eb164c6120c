"""What a command loads before it is known to be needed."""

import subprocess
import sys

import pytest

HEAVY = (
    "scipy.stats",
    "pulp",
    "openpyxl",
    "xlsxwriter",
    "allocator.diagnosis.diagnose",
    "allocator.backtest.backtest",
)


@pytest.mark.parametrize(
    ("module", "unwanted"),
    [("service.cli.main", (*HEAVY, "pandas", "highspy")), ("service.cli.commands.run", HEAVY)],
)
def test_a_command_loads_no_library_that_it_may_not_need(module: str, unwanted: tuple[str, ...]) -> None:
    asked = f"import sys, {module}; print(*[name for name in {unwanted!r} if name in sys.modules])"
    found = subprocess.run([sys.executable, "-c", asked], capture_output=True, text=True, check=True)
    assert found.stdout.split() == []
