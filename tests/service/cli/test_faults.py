"""What a command says when it cannot take what it is given, in the language asked for."""

import json
from pathlib import Path

import pytest

from service.cli.main import main
from tests.languages import is_chinese
from tests.plans import history_text, write_plan

GRID = "grid: {measures.revenue.total: [42000000]}\n"


@pytest.fixture(scope="module")
def plan(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a sound plan."""
    return write_plan(tmp_path_factory.mktemp("sound") / "plan")


@pytest.fixture
def broken(tmp_path: Path) -> Path:
    """Return a plan with a misspelled header and a cell that is no number."""
    first, *rest = history_text().splitlines()
    cells = rest[0].split(",")
    cells[first.split(",").index("amount")] = "1,5 Mio"
    row = ",".join(f'"{cell}"' for cell in cells)
    return write_plan(tmp_path / "plan", history="\n".join([first, row, *rest[1:], ""]))


def test_check_tells_faults_in_chinese(broken: Path, capfd: pytest.CaptureFixture[str]) -> None:
    assert main(["check", str(broken), "--lang", "zh"]) == 2
    first, *lines = capfd.readouterr().out.splitlines()
    assert first == "计划暂不可用：共 1 处错误。未写入任何文件。"
    assert lines == [
        "  history.csv:2 amount: `1,5 Mio` 不是普通数字 -> 请填写普通数字，例如 1234.5；没有数据时请留空"
    ]


def test_check_tells_faults_in_chinese_as_json(broken: Path, capfd: pytest.CaptureFixture[str]) -> None:
    assert main(["check", str(broken), "--lang", "zh", "--json"]) == 2
    (fault,) = json.loads(capfd.readouterr().out)["faults"]
    assert fault == {
        "file": "history.csv",
        "row": 2,
        "column": "amount",
        "value": "1,5 Mio",
        "code": "not-a-number",
        "message": "`1,5 Mio` 不是普通数字",
        "hint": "请填写普通数字，例如 1234.5；没有数据时请留空",
    }


def test_check_tells_faults_in_english_unless_asked(broken: Path, capfd: pytest.CaptureFixture[str]) -> None:
    assert main(["check", str(broken)]) == 2
    assert "`1,5 Mio` is not a plain number -> write a plain decimal" in capfd.readouterr().out


@pytest.mark.parametrize(
    ("arguments", "codes"),
    [
        (["check", "{plan}/nowhere"], ["no-plan"]),
        (["check", "{plan}", "--set", "nonsense"], ["bad-override"]),
        (["init", "{plan}"], ["folder-not-empty"]),
        (["run", "{plan}", "--out", "{plan}"], ["not-a-result-folder"]),
        (["run", "{plan}", "--out", "{tmp}/out", "--engine", "abacus"], ["unknown-engine"]),
        (["run", "{plan}", "--out", "{tmp}/out", "--engine", "pulp:ABACUS"], ["unknown-engine"]),
        (["fairness", "{plan}", "--engine", "abacus"], ["unknown-engine"]),
        (["backtest", "{plan}", "--measure", "nonsense"], ["unknown-measure"]),
        (["review", "{plan}", "--out", "{tmp}/review.txt"], ["bad-out"]),
        (["review", "{plan}", "--out", "{tmp}/nowhere/review.html"], ["bad-out"]),
        (["explain", "{tmp}", "--node", "e11"], ["not-a-result-folder"]),
        (["explain", "{tmp}", "--node", "e11", "--appeal", "-10%"], ["bad-appeal"]),
        (["explain", "{tmp}", "--node", "e11", "--appeal=much", "--plan", "{plan}"], ["bad-appeal"]),
        (["whatif", "{plan}", "--set", "nonsense"], ["bad-override"]),
        (
            ["sweep", "{plan}", "{tmp}/grid.yaml", "--out", "{tmp}/sweep", "--workers", "-1"],
            ["out-of-range"],
        ),
        (
            ["sweep", "{plan}", "{tmp}/grid.yaml", "--out", "{tmp}/sweep", "--cluster", "abacus://here"],
            ["no-cluster"],
        ),
    ],
)
def test_options_that_cannot_be_taken_are_told_in_chinese(
    arguments: list[str], codes: list[str], plan: Path, tmp_path: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "grid.yaml").write_text(GRID, encoding="utf-8")
    filled = [argument.format(plan=plan, tmp=tmp_path) for argument in arguments]
    assert main([*filled, "--lang", "zh", "--json"]) == 2
    faults = json.loads(capfd.readouterr().out)["faults"]
    assert [fault["code"] for fault in faults] == codes
    assert all(is_chinese(fault["message"]) and is_chinese(fault["hint"]) for fault in faults)


def test_settings_of_the_service_are_told_in_chinese(
    monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("ALLOCATOR_WORKERS", "many")
    assert main(["serve", "--lang", "zh", "--json"]) == 2
    (fault,) = json.loads(capfd.readouterr().out)["faults"]
    assert (fault["code"], fault["column"]) == ("bad-setting", "ALLOCATOR_WORKERS")
    assert fault["message"].startswith("该设置无效：")
    assert fault["hint"].startswith("请更正或取消该设置")
