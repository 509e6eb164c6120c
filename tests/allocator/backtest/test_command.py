"""`allocator backtest` as a person and as a program meet it."""

import json
from pathlib import Path

import pytest

from service.cli.main import main

DEMO = Path(__file__).resolve().parents[3] / "examples" / "demo" / "plan"


def test_the_json_has_the_promised_shape(capfd: pytest.CaptureFixture[str]) -> None:
    assert main(["backtest", str(DEMO), "--period", "quarter", "--json"]) == 0
    document = json.loads(capfd.readouterr().out)
    assert set(document["overall"]["naive"]) == {"previous", "trailing_four", "same_last_year", "equal"}
    for scores in (document["overall"], *document["periods"]):
        assert {"wape", "gini", "share_at_goal"} <= set(scores["method"])
    assert sum(period["n"] for period in document["periods"]) == document["overall"]["method"]["n"]


@pytest.mark.parametrize("lang", ["en", "zh"])
def test_the_text_has_a_line_for_every_rule_and_period(capfd: pytest.CaptureFixture[str], lang: str) -> None:
    assert main(["backtest", str(DEMO), "--period", "year", "--lang", lang]) == 0
    lines = capfd.readouterr().out.splitlines()
    assert len([line for line in lines if ".." in line and "n=" in line]) >= 1
    assert len(lines) >= 10


def test_an_unknown_measure_is_an_input_fault(capfd: pytest.CaptureFixture[str]) -> None:
    assert main(["backtest", str(DEMO), "--measure", "nonsense", "--json"]) == 2
    assert json.loads(capfd.readouterr().out)["faults"][0]["code"] == "unknown-measure"
