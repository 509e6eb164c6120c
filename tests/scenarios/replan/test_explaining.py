"""`explain` on a re-plan starts from what was published; last year is last year; the workbook is there."""

import json
from pathlib import Path
from typing import Any

import openpyxl
import pandas as pd
import pytest

from allocator.verification import verify_results
from service.cli.main import main
from tests.scenarios.replan.test_stability import FLOOR, SOLD
from tests.scenarios.replan.tiny import Company, again, publish


@pytest.fixture(scope="module")
def replanned(tmp_path_factory: pytest.TempPathFactory) -> tuple[Company, Path]:
    root = tmp_path_factory.mktemp("explaining")
    company = publish(root, [FLOOR.format(tier="hard")])
    moves = root / "moves.csv"
    moves.write_text("from,to,product_id,effective,share\nr1,r3,a,2020-05,0.5\n")
    again(company, root / "r", SOLD, "--moves", str(moves), "--keep-gap", "0")
    return company, root / "r"


def explain(out: Path, capfd: Any, *more: str) -> Any:
    capfd.readouterr()
    assert main(["explain", str(out), "--json", *more]) == 0
    return json.loads(capfd.readouterr().out)["numbers"][0]


def test_steps_start_from_the_published_rest_and_add_up(replanned: tuple[Company, Path], capfd: Any) -> None:
    found = explain(replanned[1], capfd, "--node", "r1")
    # published 3 x 80; half of the 60 of product a in May and June goes to r3
    assert [(step["step"], step["amount"]) for step in found["steps"][:2]] == [
        ("published", "240"),
        ("moves", "-60"),
    ]
    assert sum(int(step["amount"]) for step in found["steps"]) == int(found["target"])
    assert not {"last_year", "trend", "potential"} & {step["step"] for step in found["steps"]}
    year = found["year"]
    assert (year["published"], year["actual_to_date"], year["as_of"]) == ("480", "375", "2020-03")
    assert int(year["target"]) == 375 + int(found["target"])


def test_last_year_is_the_same_months_of_last_year(replanned: tuple[Company, Path], capfd: Any) -> None:
    found = explain(replanned[1], capfd, "--node", "r1")
    assert float(found["last_year"]) == 3 * 80
    assert float(found["growth"]) == pytest.approx(int(found["target"]) / 240 - 1)
    targets = pd.read_csv(replanned[1] / "remaining" / "targets.csv").set_index(["node_id", "product_id"])
    assert targets["last_year"]["co", "*"] == 600
    # the months that are over are history by now
    history = pd.read_csv(replanned[1] / "plan" / "history.csv").set_index(
        ["period", "node_id", "product_id"]
    )
    assert history["amount"]["2020-02", "r1", "a"] == 95


@pytest.mark.parametrize("lang", ["en", "zh"])
def test_the_words_say_the_year_and_the_questions_are_answered_by_the_plan_of_the_year(
    replanned: tuple[Company, Path], capfd: Any, lang: str
) -> None:
    company, out = replanned
    capfd.readouterr()
    assert main(["explain", str(out), "--node", "r1", "--plan", str(company[0]), "--lang", lang]) == 0
    said = capfd.readouterr().out
    assert {"en": "375 sold to 2020-03", "zh": "截至 2020-03 实际 375"}[lang] in said
    assert "r-floor@r2" in said


def test_the_workbook_is_written_and_verified(replanned: tuple[Company, Path]) -> None:
    out = replanned[1]
    book = openpyxl.load_workbook(out / "remaining" / "matrix.xlsx", read_only=True)
    assert book.sheetnames
    assert verify_results(out / "remaining", out / "plan").passed
    assert main(["verify", str(out)]) == 0
