"""The what-if: two sides that add up, in words and as JSON, with the exit codes of the command."""

import json
from pathlib import Path
from typing import Any

import pytest

from allocator.errors import InfeasiblePlan
from allocator.plan.faults import FaultCollector
from allocator.plan.plan import Plan
from allocator.plan.reading import read_plan
from scenarios.changes.kinds import read_changes
from scenarios.changes.rules import DropRule
from scenarios.family import PlanFamily
from scenarios.scenario import Chain, Scenario
from scenarios.whatif import what_if, what_if_document
from service.cli.main import main
from solver_models.engines.choice import choose_engine
from tests.plans import write_plan

CHANGES = """
name: push
changes:
  - {kind: scale_total, measure: revenue, factor: 1.05}
  - {kind: scale_total, measure: revenue, node: east, factor: 1.1}
  - {kind: drop_rule, rule_id: r-fair}
  - {kind: hire, node: w24, parent: w2, ramp: 0/0.5}
"""


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return write_plan(tmp_path_factory.mktemp("whatif") / "plan")


def document(
    folder: Path, *arguments: str, capfd: pytest.CaptureFixture[str], code: int = 0
) -> dict[str, Any]:
    assert main(["whatif", str(folder), *arguments, "--json"]) == code
    found: dict[str, Any] = json.loads(capfd.readouterr().out)
    return found


def test_both_sides_are_what_two_runs_would_give(folder: Path, tmp_path: Path, capfd: Any) -> None:
    file = tmp_path / "push.yaml"
    file.write_text(CHANGES, encoding="utf-8")
    found = document(folder, "--change", str(file), capfd=capfd)["measures"]["revenue"]
    nodes = {row["node_id"]: row for row in found["nodes"]}
    assert nodes["acme"]["before"] == 42_000_000
    assert nodes["acme"]["after"] == 44_100_000
    assert nodes["east"]["after"] == pytest.approx(nodes["east"]["before"] * 1.1, abs=500)
    assert nodes["east"]["delta"] + nodes["west"]["delta"] == nodes["acme"]["delta"]
    products = {row["product_id"]: row for row in found["products"]}
    assert products["bikes"]["delta"] + products["accessories"]["delta"] == products["*"]["delta"]
    movers = found["movers"]
    assert [abs(row["delta"]) for row in movers] == sorted(
        (abs(row["delta"]) for row in movers), reverse=True
    )
    assert "w24" in {row["node_id"] for row in movers}
    assert next(row for row in movers if row["node_id"] == "w24")["before"] is None
    total = found["kpis"]["total"]
    assert total["delta"] == total["after"] - total["before"] == 2_100_000
    assert found["kpis"]["churn"]["before"] == 0.0
    assert found["kpis"]["churn"]["after"] > 0


def test_an_override_is_a_change_like_any_other(folder: Path, capfd: Any) -> None:
    found = document(folder, "--set", "measures.revenue.total=43000000", capfd=capfd)
    assert found["log"] == [
        {"change": 1, "path": "measures.revenue.total", "old": "42000000", "new": "43000000"}
    ]
    assert found["measures"]["revenue"]["kpis"]["total"]["after"] == 43_000_000
    assert found["measures"]["new_customers"]["movers"] == []


@pytest.mark.parametrize("lang", ["en", "zh"])
def test_the_words_name_who_moves_and_which_rule_starts_to_bind(folder: Path, capfd: Any, lang: str) -> None:
    arguments = ["--set", "rules.r-capacity.max=4500000", "--lang", lang]
    assert main(["whatif", str(folder), *arguments]) == 0
    words = capfd.readouterr().out
    assert "r-capacity" in words
    assert "张伟" in words
    assert "{" not in words


def test_an_impossible_change_ends_with_the_diagnosis(folder: Path, capfd: Any) -> None:
    found = document(folder, "--set", "rules.r-range.max=11000000", capfd=capfd, code=3)
    assert found["status"] == "infeasible"
    assert found["diagnosis"]["conflict"]


def test_a_plan_that_is_infeasible_can_be_mended(tmp_path: Path) -> None:
    broken = write_plan(tmp_path / "plan")
    rules = (broken / "rules.csv").read_text(encoding="utf-8").replace(",32000000,", ",11000000,")
    (broken / "rules.csv").write_text(rules, encoding="utf-8")
    plan = read_plan(broken)
    chain = (Scenario("free", (DropRule(rule_id="r-range"),)),)
    answer = what_if(plan, chain, PlanFamily(choose_engine("auto"), rounded=True))
    found = what_if_document(answer, "en")
    assert found["before_is_infeasible"]
    assert found["measures"]["revenue"]["kpis"]["total"] == {
        "before": None,
        "after": 42_000_000,
        "delta": None,
    }


def test_every_fault_of_files_and_overrides_is_told_at_once(folder: Path, tmp_path: Path, capfd: Any) -> None:
    file = tmp_path / "bad.yaml"
    file.write_text("changes: [{kind: hires}]\n", encoding="utf-8")
    found = document(folder, "--change", str(file), "--set", "nothing", capfd=capfd, code=2)
    assert [fault["code"] for fault in found["faults"]] == ["unknown-kind", "bad-override"]


@pytest.mark.parametrize(
    "change",
    [
        {"kind": "scale_total", "measure": "revenue", "factor": 1.03},
        {"kind": "relax_rule", "rule_id": "r-growth", "widen": "0.05"},
        {"kind": "set_fairness_band", "measure": "revenue", "max": "0.02"},
        {"kind": "set_fairness_band", "measure": "revenue", "max": "0.15"},
        {"kind": "set_rule", "rule_id": "r-fair", "max": "0.1", "tier": "hard"},
        {"kind": "hire", "node": "w24", "parent": "w2"},
    ],
    ids=lambda change: " ".join(map(str, change.values())),
)
def test_from_the_answer_before_the_answer_after_is_that_of_a_fresh_solve(
    folder: Path, change: dict[str, object]
) -> None:
    plan, faults = read_plan(folder), FaultCollector()
    chain = (Scenario("s", read_changes([change], "s", faults)),)
    faults.raise_if_any()
    warm, fresh = (
        what_if_or_none(plan, chain, PlanFamily(choose_engine("auto"), rounded=True, base=base))
        for base in (plan, None)
    )
    assert warm == fresh


def what_if_or_none(plan: Plan, chain: Chain, family: PlanFamily) -> dict[str, Any] | None:
    """The document of a what-if, its figures without the noise of a solver; None where it is infeasible."""
    try:
        document = what_if_document(what_if(plan, chain, family), "en")
    except InfeasiblePlan:
        return None
    for found in document["measures"].values():
        for kpi in found["kpis"].values():
            for side, value in kpi.items():
                kpi[side] = None if value is None else round(value, 9)
    return document


def test_a_base_without_an_answer_leaves_the_change_to_a_fresh_solve(tmp_path: Path) -> None:
    broken = write_plan(tmp_path / "plan")
    rules = (broken / "rules.csv").read_text(encoding="utf-8").replace(",32000000,", ",11000000,")
    (broken / "rules.csv").write_text(rules, encoding="utf-8")
    plan = read_plan(broken)
    chain = (Scenario("free", (DropRule(rule_id="r-range"),)),)
    answer = what_if(plan, chain, PlanFamily(choose_engine("auto"), rounded=True, base=plan))
    assert answer.before is None
    assert answer.after.measures[0].amounts[0, 0] == 42_000_000
