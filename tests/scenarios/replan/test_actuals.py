"""Actuals are what the file says: rows that are too late count nowhere, and no row is not a row of 0."""

import json
from pathlib import Path
from typing import Any

import pytest

from service.cli.main import main
from tests.scenarios.replan.tiny import CELLS, Company, publish, years

SOLD = [
    f"2020-{month:02d},{rep},{product},sales,{30 + k}"
    for month in (1, 2, 3)
    for k, (rep, product) in enumerate(CELLS)
]


@pytest.fixture(scope="module")
def company(tmp_path_factory: pytest.TempPathFactory) -> Company:
    return publish(tmp_path_factory.mktemp("actuals"))


def run(company: Company, root: Path, rows: list[str], capfd: Any, *more: str, code: int = 0) -> Any:
    file = root / "actuals.csv"
    file.write_text("\n".join(["period,node_id,product_id,measure,amount", *rows, ""]))
    capfd.readouterr()
    arguments = ["replan", str(company[0]), "--actuals", str(file), "--as-of", "2020-03"]
    arguments += ["--published", str(company[1]), "--out", str(root / "r"), "--json", *more]
    assert main(arguments) == code
    return json.loads(capfd.readouterr().out)


def test_rows_after_the_month_are_left_out_and_counted(company: Company, tmp_path: Path, capfd: Any) -> None:
    late = ["2020-04,r1,a,sales,500", "2020-06-17,r9,z,sales,many", "2021-02,r2,b,sales,7"]
    found = run(company, tmp_path, SOLD + late, capfd)
    assert found["actuals_left_out"] == 3
    assert found["measures"]["sales"]["actual_to_date"] == 3 * (30 + 31 + 32 + 33 + 34 + 35)
    assert years(tmp_path / "r", "actual_to_date")["r1", "a"] == 90
    words = (tmp_path / "r" / "replan.html").read_text(encoding="utf-8")
    assert "3 rows of actuals are after 2020-03 and were left out." in words
    (tmp_path / "all").mkdir()
    assert run(company, tmp_path / "all", SOLD, capfd)["actuals_left_out"] == 0


def test_a_seat_without_any_row_is_asked_about(company: Company, tmp_path: Path, capfd: Any) -> None:
    without = [row for row in SOLD if ",r2," not in row]
    (fault,) = run(company, tmp_path, without, capfd, code=2)["faults"]
    assert (fault["code"], fault["value"]) == ("seat-without-actuals", "r2")
    assert "--missing-actuals zero" in fault["hint"]
    assert "2020-03,r2,a,sales,0" in fault["hint"]
    assert not (tmp_path / "r").exists()
    # the row that the hint proposes, and the option, both mean that nothing was sold
    answered = run(company, tmp_path, [*without, "2020-03,r2,a,sales,0"], capfd)
    assert answered["without_actuals"] == {}
    taken = run(company, tmp_path, without, capfd, "--missing-actuals", "zero")
    assert taken["without_actuals"] == {"sales": ["r2"]}
    assert taken["measures"] == answered["measures"]
    assert "no row of actuals" in (tmp_path / "r" / "replan.html").read_text(encoding="utf-8")


def test_a_seat_without_targets_to_date_is_not_asked_about(tmp_path: Path, capfd: Any) -> None:
    company = publish(tmp_path / "c", ["r-none,capacity,sales,,r3,,,0,amount,hard,HR"])
    found = run(company, tmp_path, [row for row in SOLD if ",r3," not in row], capfd)
    assert found["without_actuals"] == {}
