"""Whatever a command prints or writes says what a chance rests on, wherever it shows one."""

from pathlib import Path

import pandas as pd
import pytest

from service.cli.main import COMMANDS, main
from tests.chances import REPS, short_company, silent_places, speaks_of_a_chance

SCENARIOS = (
    "scenarios:\n  - {name: stated, changes: [{kind: set, path: attainment.growth, value: 0.1}]}\n"
    "grid: {total: ['-5%', '+5%']}\nmonte_carlo: {runs: 3, seed: 1, growth: {sd: 0.05}}\n"
    "acceptance: [company_probability >= 0.99, gini <= 0.9]\n"
)
NO_CHANCES = {
    "init": "a plan that is still empty",
    "serve": "its answers are tried by tests/service/analysts/test_chances.py",
    "backtest": "share of sellers who did reach what they would have been given: a count, no chance",
}


def calls(place: Path) -> dict[str, list[list[str]]]:
    """By command: its arguments, in an order in which they can be called."""
    plan, out = (
        str(place / "plan"),
        {name: str(place / name) for name in ("a", "b", "sweep", "compared", "re")},
    )
    return {
        "check": [[plan]],
        "run": [
            [plan, "--out", out["a"], "--gate", "--backtest", "quarter"],
            [plan, "--out", out["b"], "--set", "attainment.growth=0.1", "--gate"],
        ],
        "explain": [[out["a"], "--node", "r1", "--plan", plan], [out["a"], "--node", "co"]],
        "verify": [[out["a"], "--plan", plan, "--all"]],
        "review": [[plan, "--out", str(place / "review.html")]],
        "limits": [[plan]],
        "fairness": [[plan, "--curve"]],
        "audit": [[plan]],
        "whatif": [
            [plan, "--set", "attainment.growth=0.1"],
            [plan, "--set", "measures.revenue.total=1900000"],
        ],
        "sweep": [[plan, str(place / "sweep.yaml"), "--out", out["sweep"], "--workers", "0"]],
        "compare": [[out["a"], out["b"], "--out", out["compared"]]],
        "replan": [
            [plan, "--actuals", str(place / "actuals.csv"), "--as-of", "2026-03"]
            + ["--published", out["a"], "--out", out["re"]]
        ],
    }


@pytest.mark.parametrize("lang", ["en", "zh"])
@pytest.mark.parametrize("form", [[], ["--json"]], ids=["words", "json"])
def test_every_command_says_what_its_chances_rest_on(
    tmp_path: Path, capfd: pytest.CaptureFixture[str], lang: str, form: list[str]
) -> None:
    short_company(tmp_path / "plan")
    (tmp_path / "sweep.yaml").write_text(SCENARIOS, encoding="utf-8")
    actuals = [f"2026-{m:02d},r{k},p,revenue,9000" for m in range(1, 4) for k in range(REPS)]
    (tmp_path / "actuals.csv").write_text("\n".join(["period,node_id,product_id,measure,amount", *actuals]))
    asked = calls(tmp_path)
    assert {*asked, *NO_CHANCES} == set(COMMANDS)
    shown: set[str] = set()
    silent: list[str] = []
    for command, listed in asked.items():
        for arguments in listed:
            code = main([command, *arguments, *form, "--lang", lang])
            said = capfd.readouterr().out
            assert code in (0, 5), (command, arguments, said)
            name = f"{command}.{'json' if form else 'txt'}"
            silent += silent_places(name, said.encode())
            shown |= {name} if speaks_of_a_chance(said) else set()
    inputs = {"plan", "sweep.yaml", "actuals.csv", "runs"}
    for path in sorted(path for path in tmp_path.rglob("*") if path.is_file()):
        place = path.relative_to(tmp_path)
        if not inputs & set(place.parts):
            silent += silent_places(place.as_posix(), path.read_bytes())
            text = path.read_bytes().decode("utf-8", "ignore")
            shown |= {place.as_posix()} if speaks_of_a_chance(text) else set()
    assert silent == []
    ending = "json" if form else "txt"
    assert {f"{one}.{ending}" for one in ("run", "whatif", "sweep", "compare")} <= shown
    assert {"a/attainment.json", "a/report.html", "sweep/sweep.html", "sweep/runs.csv"} <= shown
    assert {"sweep/draws.csv", "sweep/acceptance.csv", "compared/comparison.html"} <= shown


def test_a_comparison_of_results_that_rest_on_different_things_says_both(
    tmp_path: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    plan = str(short_company(tmp_path / "plan"))
    for name, more in (("a", []), ("b", ["--set", "attainment.growth=0.1"])):
        assert main(["run", plan, "--out", str(tmp_path / name), *more]) == 0
    assert main(["compare", str(tmp_path / "a"), str(tmp_path / "b"), "--out", str(tmp_path / "c")]) == 0
    said = capfd.readouterr().out
    page = (tmp_path / "c" / "comparison.html").read_text(encoding="utf-8")
    for words in (said, page):
        assert "a: Learned from the past: the season" in words
        assert "b: Learned from the past: the season" in words
        assert "Stated in plan.yaml: the company's growth" in words
    assert main(["whatif", plan, "--set", "attainment.growth=0.1"]) == 0
    said = capfd.readouterr().out
    assert "before: Learned" in said
    assert "after: Learned" in said


def test_a_result_that_does_not_say_what_its_chances_rest_on_is_told_so(
    tmp_path: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    plan = str(short_company(tmp_path / "plan"))
    for name in ("a", "b"):
        assert main(["run", plan, "--out", str(tmp_path / name)]) == 0
    for damage in ('"basis": {"growth": 3, "x": 1', '"basis_": {"growth": "assumed"'):
        path = tmp_path / "b" / "attainment.json"
        words = path.read_text(encoding="utf-8")
        path.write_text(words.replace('"basis": {\n        "growth": "assumed"', damage), encoding="utf-8")
        assert path.read_text(encoding="utf-8") != words
        assert main(["compare", str(tmp_path / "a"), str(tmp_path / "b"), "--out", str(tmp_path / "c")]) == 0
        assert "b: What the chances rest on was not written down" in capfd.readouterr().out
        path.write_text(words, encoding="utf-8")


def test_the_words_of_the_test_find_a_chance(tmp_path: Path) -> None:
    table = pd.DataFrame({"run": ["a"], "company_probability": ["0.4"], "chance_basis": [""]})
    assert silent_places("t.csv", table.to_csv(index=False).encode()) != []
    table["chance_basis"] = "growth assumed; season learned; spread assumed"
    assert silent_places("t.csv", table.to_csv(index=False).encode()) == []
    assert silent_places("p.html", b"<p>probability 40%</p>") == ["p.html"]
    assert silent_places("d.json", b'{"m": {"share_at_goal": 0.4}}') == ["d.json/m/share_at_goal"]
    assert silent_places("d.json", b'{"m": {"share_at_goal": 0.4, "basis": {"spread": "assumed"}}}') == []
