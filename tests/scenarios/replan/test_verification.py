"""`verify` proves a re-plan from its files and finds whatever was changed in them."""

import json
import shutil
from pathlib import Path

import pandas as pd
import pytest

from scenarios.replan.verification import verify_replan
from service.cli.main import main
from tests.scenarios.replan.tiny import CELLS, Company, again, even, publish

RULES = (
    "r-mix,mix,sales,,co,b,0.3,,share,hard,Product",
    "r-fair,fairness,sales,rep,,,,0.04,anchor,hard,HR",
    "r-growth,growth,sales,rep,,,-0.5,0.5,last_year,2,Sales",
    "r-cap,capacity,sales,,r1,,,600,amount,hard,HR",
)


@pytest.fixture(scope="module")
def replanned(tmp_path_factory: pytest.TempPathFactory) -> tuple[Company, Path]:
    root = tmp_path_factory.mktemp("verification")
    company = publish(root, RULES)
    again(company, root / "r", even({cell: 20.0 + 9 * k for k, cell in enumerate(CELLS)}))
    return company, root / "r"


def test_a_re_plan_is_proved_with_and_without_the_plan_of_the_year(replanned: tuple[Company, Path]) -> None:
    company, out = replanned
    assert main(["verify", str(out)]) == 0
    assert main(["verify", str(out), "--plan", str(company[0])]) == 0


def test_another_plan_is_not_the_one_of_the_re_plan(replanned: tuple[Company, Path], tmp_path: Path) -> None:
    other = shutil.copytree(replanned[0][0], tmp_path / "plan")
    (other / "rules.csv").write_text((other / "rules.csv").read_text().replace("0.3,", "0.2,"))
    report = verify_replan(replanned[1], other)
    assert [check.check for check in report.failures] == ["replan_plan"]


DAMAGE = {
    "replan_years": ("replan.csv", "delta", 1),
    "replan_months": ("replan_monthly.csv", "target", 1),
    "replan_rule_values": ("replan_rules.csv", "value", 0.1),
    "replan_short_by": ("replan_rules.csv", "short_by", 7),
}


@pytest.mark.parametrize("check", DAMAGE)
def test_a_changed_number_is_found(replanned: tuple[Company, Path], tmp_path: Path, check: str) -> None:
    file, column, by = DAMAGE[check]
    out = shutil.copytree(replanned[1], tmp_path / "r")
    table = pd.read_csv(out / file)
    table[column] = table[column] + by
    table.to_csv(out / file, index=False)
    assert check in {failure.check for failure in verify_replan(out).failures}


def test_what_rules_count_must_be_what_was_sold(replanned: tuple[Company, Path], tmp_path: Path) -> None:
    out = shutil.copytree(replanned[1], tmp_path / "r")
    table = pd.read_csv(out / "plan" / "carried.csv")
    table.assign(done=table["done"] + 5).to_csv(out / "plan" / "carried.csv", index=False)
    assert {"replan_carried", "input_hash"} <= {failure.check for failure in verify_replan(out).failures}


def test_actuals_and_document_are_compared_with_the_tables(
    replanned: tuple[Company, Path], tmp_path: Path
) -> None:
    out = shutil.copytree(replanned[1], tmp_path / "r")
    document = json.loads((out / "replan.json").read_text())
    document["measures"]["sales"]["forgiven"] += 1
    (out / "replan.json").write_text(json.dumps(document))
    assert [failure.check for failure in verify_replan(out).failures] == ["replan_document"]


@pytest.mark.parametrize(
    "file", ["replan.csv", "replan_rules.csv", "plan/plan.yaml", "remaining/targets.csv"]
)
def test_a_file_that_is_gone_or_empty_fails_and_never_raises(
    replanned: tuple[Company, Path], tmp_path: Path, file: str
) -> None:
    out = shutil.copytree(replanned[1], tmp_path / "r")
    (out / file).write_text("")
    assert not verify_replan(out).passed
    (out / file).unlink()
    assert not verify_replan(out).passed


def test_months_that_are_not_those_of_the_proved_result_are_found(
    replanned: tuple[Company, Path], tmp_path: Path
) -> None:
    out = shutil.copytree(replanned[1], tmp_path / "r")
    table = pd.read_csv(out / "replan_monthly.csv")
    rest = table.index[
        (table["node_id"] == "r1") & (table["product_id"] == "a") & (table["kind"] == "target")
    ]
    table.loc[rest[0], "target"] += 1
    table.loc[rest[1], "target"] -= 1
    table.to_csv(out / "replan_monthly.csv", index=False)
    assert [check.check for check in verify_replan(out).failures] == ["replan_remaining"]
