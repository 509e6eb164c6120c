"""The pages about scenarios: every kind and key figure is named, and their examples can be run."""

import re
from pathlib import Path

import pytest

from allocator.plan.reading import read_plan
from scenarios.changes.apply import apply_changes
from scenarios.changes.kinds import KINDS
from scenarios.files.scenario_file import read_scenario
from scenarios.files.sweep_file import read_sweep
from scenarios.kpis import KPIS
from scenarios.runs.plan_of_runs import spell_out_runs
from scenarios.runs.sweep import check_changes
from scenarios.runs.work import Shared
from tests.plans import write_plan

PAGE = (Path(__file__).resolve().parents[2] / "docs" / "scenarios.md").read_text(encoding="utf-8")
EXAMPLES = re.findall(r"^```yaml\n(.*?)^```", PAGE, flags=re.MULTILINE | re.DOTALL)


@pytest.mark.parametrize("kind", KINDS)
def test_every_kind_of_change_and_its_fields_are_named(kind: str) -> None:
    rows = [
        row for row in re.findall(r"^\| (.*)$", PAGE, flags=re.MULTILINE) if re.search(rf"\b{kind}\b", row)
    ]
    assert rows
    words = set(re.findall(r"\w+", " ".join(rows)))
    if kind != "set_rule":
        assert set(KINDS[kind].model_fields) - {"kind", "reason", "owner"} <= words | {"auto", "pattern"}


def test_every_key_figure_is_named() -> None:
    short = {"stretch_p10": "_p10", "stretch_median": "_median", "stretch_p90": "_p90", "stretch_max": "_max"}
    assert [kpi for kpi in KPIS if f"`{short.get(kpi, kpi)}`" not in PAGE] == []


def test_the_scenario_of_the_page_fits_the_company_of_the_tests(tmp_path: Path) -> None:
    (tmp_path / "growth.yaml").write_text("changes: []\n", encoding="utf-8")
    path = tmp_path / "push.yaml"
    path.write_text(EXAMPLES[0], encoding="utf-8")
    chain = read_scenario(path)
    plan = read_plan(write_plan(tmp_path / "plan"))
    applied = apply_changes(plan, chain[-1].changes, lambda measure, node, product: 1_000_000.0)
    assert {entry.position for entry in applied.log} == {1, 2, 3, 4}


def test_the_sweep_of_the_page_fits_the_company_of_the_tests(tmp_path: Path) -> None:
    path = tmp_path / "sweep.yaml"
    path.write_text(EXAMPLES[1], encoding="utf-8")
    sweep = read_sweep(path)
    plan = read_plan(write_plan(tmp_path / "plan"))
    runs = spell_out_runs(sweep, plan, lambda: 0.02)
    assert len(runs) == sweep.run_count == 1 + 2 + 2 * (6 * 3 * 3 * 2 + 200)
    check_changes(Shared(plan, None, "auto", rounded=False, time_limit=60.0), sweep, runs[:200])
