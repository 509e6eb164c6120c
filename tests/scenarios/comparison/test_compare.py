"""The command compare: files, words, exit codes, broken folders."""

import json
import shutil
from pathlib import Path
from typing import Any

import openpyxl
import pandas as pd
import pytest

from service.cli.main import main
from tests.plans import write_plan


@pytest.fixture(scope="module")
def outs(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    root = tmp_path_factory.mktemp("compare")
    plan = write_plan(root / "plan")
    found = {}
    for name, total in (("base", None), ("push", 43_000_000)):
        overrides = [] if total is None else ["--set", f"measures.revenue.total={total}"]
        found[name] = root / name
        assert main(["run", str(plan), "--out", str(found[name]), "--no-workbook", *overrides]) == 0
    return found


def faults_of(arguments: list[str], capfd: pytest.CaptureFixture[str]) -> list[dict[str, Any]]:
    assert main(["compare", *arguments, "--json"]) == 2
    return list(json.loads(capfd.readouterr().out)["faults"])


def test_all_files_say_the_same(outs: dict[str, Path], tmp_path: Path, capfd: Any) -> None:
    capfd.readouterr()
    arguments = [str(outs["base"]), str(outs["push"]), "--published", str(outs["base"]), "--names", "A,B"]
    assert main(["compare", *arguments, "--out", str(tmp_path / "c"), "--json"]) == 0
    document = json.loads(capfd.readouterr().out)
    against = document["measures"]["revenue"]["against"]["B"]
    assert against["delta"] == sum(against["causes"].values()) == 1_000_000
    assert document["measures"]["revenue"]["kpis"]["B"]["total"] == 43_000_000
    assert document["measures"]["revenue"]["churn"]["A"]["moved"] == 0
    assert document["measures"]["revenue"]["churn"]["B"]["moved"] > 0.01
    table = pd.read_csv(tmp_path / "c" / "comparison.csv")
    company = table[(table["node_id"] == "acme") & (table["product_id"] == "*")]
    assert company[company["measure"] == "revenue"]["amount"].sum() == 1_000_000
    book = openpyxl.load_workbook(tmp_path / "c" / "comparison.xlsx")
    rows = list(book["revenue"].iter_rows(values_only=True))
    acme = next(row for row in rows if row[0] == "acme")
    assert acme[1] == "Acme 公司"
    assert acme[3:6] == (42_000_000, 43_000_000, 1_000_000)
    page = (tmp_path / "c" / "comparison.html").read_text(encoding="utf-8")
    assert "43,000,000" in page
    assert "http://" not in page.replace("http://www.w3.org", "")


@pytest.mark.parametrize("lang", ["en", "zh"])
def test_the_same_results_give_the_same_bytes(outs: dict[str, Path], tmp_path: Path, lang: str) -> None:
    folders = [tmp_path / "one", tmp_path / "two"]
    for folder in folders:
        arguments = [str(outs["base"]), str(outs["push"]), "--out", str(folder), "--lang", lang]
        assert main(["compare", *arguments]) == 0
    for file in sorted(folders[0].iterdir()):
        assert file.read_bytes() == (folders[1] / file.name).read_bytes(), file.name


def test_the_base_comes_first_wherever_it_is_named(outs: dict[str, Path], tmp_path: Path, capfd: Any) -> None:
    capfd.readouterr()
    arguments = [str(outs["base"]), str(outs["push"]), "--base", str(outs["push"])]
    assert main(["compare", *arguments, "--out", str(tmp_path / "c"), "--json"]) == 0
    document = json.loads(capfd.readouterr().out)
    assert document["base"] == "push"
    assert document["measures"]["revenue"]["against"]["base"]["delta"] == -1_000_000


def test_all_faults_of_all_folders_are_told_at_once(
    outs: dict[str, Path], tmp_path: Path, capfd: Any
) -> None:
    capfd.readouterr()
    broken = tmp_path / "broken"
    shutil.copytree(outs["push"], broken)
    targets = (broken / "targets.csv").read_text(encoding="utf-8").replace("43000000", "43000001", 1)
    (broken / "targets.csv").write_text(targets, encoding="utf-8")
    faults = faults_of(
        [str(outs["base"]), str(broken), str(tmp_path / "nowhere"), "--out", str(tmp_path / "c")], capfd
    )
    assert {fault["code"] for fault in faults} == {"damaged-result", "no-such-result"}
    assert any(fault["row"] == 2 and fault["column"] == "target" for fault in faults)
    assert not (tmp_path / "c").exists()


def test_steps_that_do_not_add_up_are_a_fault(outs: dict[str, Path], tmp_path: Path, capfd: Any) -> None:
    capfd.readouterr()
    broken = tmp_path / "broken"
    shutil.copytree(outs["push"], broken)
    lines = (broken / "explanation.csv").read_text(encoding="utf-8").splitlines(keepends=True)
    (broken / "explanation.csv").write_text("".join([lines[0], *lines[2:]]), encoding="utf-8")
    faults = faults_of([str(outs["base"]), str(broken), "--out", str(tmp_path / "c")], capfd)
    assert ["add up" in fault["message"] for fault in faults] == [True]


@pytest.mark.parametrize(
    ("key", "value"), [("currency", "CNY"), ("start", "2020-07"), ("months", 6)], ids=str
)
def test_other_terms_are_a_fault(
    outs: dict[str, Path], tmp_path: Path, capfd: Any, key: str, value: object
) -> None:
    capfd.readouterr()
    other = tmp_path / "other"
    shutil.copytree(outs["push"], other)
    document = json.loads((other / "certificate.json").read_text(encoding="utf-8"))
    assert key in document
    (other / "certificate.json").write_text(json.dumps(document | {key: value}), encoding="utf-8")
    faults = faults_of([str(outs["base"]), str(other), "--out", str(tmp_path / "c")], capfd)
    assert [(fault["code"], fault["column"]) for fault in faults] == [("different-terms", key)]


def test_numbers_and_names_must_fit(outs: dict[str, Path], tmp_path: Path, capfd: Any) -> None:
    capfd.readouterr()
    out = ["--out", str(tmp_path / "c")]
    assert faults_of([str(outs["base"]), *out], capfd)[0]["code"] == "wrong-number"
    assert faults_of([str(outs["base"])] * 2 + out, capfd)[0]["code"] == "same-result"
    both = [str(outs["base"]), str(outs["push"]), *out]
    assert {fault["code"] for fault in faults_of([*both, "--names", "A,A"], capfd)} == {"bad-name"}
    assert faults_of([*both, "--names", "A"], capfd)[0]["code"] == "wrong-number"


def test_nothing_but_a_comparison_is_written_over(outs: dict[str, Path], tmp_path: Path, capfd: Any) -> None:
    capfd.readouterr()
    (tmp_path / "mine.txt").write_text("mine", encoding="utf-8")
    faults = faults_of([str(outs["base"]), str(outs["push"]), "--out", str(tmp_path)], capfd)
    assert faults[0]["code"] == "not-a-comparison-folder"
