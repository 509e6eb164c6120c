"""The pages on comparing and re-planning name the columns, causes and options that there are."""

from pathlib import Path

import pytest

from allocator.explanation.waterfall import STEPS
from scenarios.comparison.board import GONE, NEW, UNCHANGED
from scenarios.comparison.folder import FOLDER
from scenarios.comparison.tidy import COMPARISON
from scenarios.replan.inputs import ACTUALS
from scenarios.replan.moves import MOVES
from scenarios.replan.year_rules import COLUMNS
from service.cli.main import main

DOCS = Path(__file__).resolve().parents[2] / "docs"
COMPARING = (DOCS / "comparison.md").read_text(encoding="utf-8")
REPLANNING = (DOCS / "replan.md").read_text(encoding="utf-8")


def test_the_page_names_every_column_file_and_cause() -> None:
    assert ", ".join(COMPARISON) in COMPARING
    assert [name for name in (*FOLDER.written, FOLDER.mark) if f"| {name} |" not in COMPARING] == []
    assert [cause for cause in (*STEPS, NEW, GONE, UNCHANGED) if f"`{cause}`" not in COMPARING] == []


def test_the_page_names_every_column_of_the_tables_of_a_replan() -> None:
    rows = {line.split(" | ")[0].strip("| "): line for line in REPLANNING.splitlines()}
    assert [name for name in ACTUALS if name not in rows["actuals.csv"]] == []
    assert [name for name in MOVES if name not in rows["moves.csv"]] == []
    assert ", ".join(COLUMNS) in REPLANNING


@pytest.mark.parametrize(("command", "page"), [("compare", COMPARING), ("replan", REPLANNING)])
def test_every_option_that_a_page_shows_is_there(
    command: str, page: str, capfd: pytest.CaptureFixture[str]
) -> None:
    shown = next(line for line in page.splitlines() if line.startswith(f"allocator {command} "))
    with pytest.raises(SystemExit) as ended:
        main([command, "--help"])
    assert ended.value.code == 0
    said = capfd.readouterr().out
    options = [word.strip("[]") for word in shown.split() if word.strip("[]").startswith("--")]
    assert options
    assert [option for option in options if option not in said] == []
