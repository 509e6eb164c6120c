"""The audit: the leximin of plans whose fairest answer is known."""

import json

import pytest

from allocator.fairness.audit import audit_measure
from allocator.model.labels import label_plan
from allocator.plan.reading import read_plan
from service.cli.main import main
from solver_models.engines.base import EngineOptions
from solver_models.engines.choice import choose_engine
from tests.allocator.fairness.test_fairness import SIZES, company, size_bias

HIGHS = choose_engine("highs")


def audited(path):
    plan = read_plan(path, [])
    return audit_measure(plan, label_plan(plan), "revenue", HIGHS, EngineOptions())


def test_without_rules_the_answer_is_the_leximin(tmp_path):
    audit = audited(company(tmp_path / "p"))
    assert audit["same"]
    assert audit["moved_to_reach_it"] == pytest.approx(0, abs=1e-6)


def test_caps_on_some_leave_the_rest_equal_in_both(tmp_path):
    # caps alone: the balance and the leximin both spread the rest evenly (water-filling)
    audit = audited(company(tmp_path / "p", rules=size_bias()))
    assert audit["same"]


def test_a_team_that_must_carry_more_shares_it_evenly(tmp_path):
    rules = "floor,growth,revenue,,m0,,0.5,,last_year,hard,CFO\n"
    audit = audited(company(tmp_path / "p", rules=rules))
    # whatever the floor takes is shared evenly inside the team and outside: two levels of ratio
    assert len({round(one["leximin"], 5) for one in audit["nodes"]}) == 2
    assert audit["leximin"]["max"] <= audit["answer"]["max"] + 1e-9


def test_the_command_compares_and_refuses_large_plans(tmp_path, capfd, monkeypatch):
    path = company(tmp_path / "p", rules=size_bias())
    assert main(["audit", str(path), "--json"]) == 0
    assert json.loads(capfd.readouterr().out)["measures"]["revenue"]["reps"] == len(SIZES)
    assert main(["audit", str(path)]) == 0
    capfd.readouterr()
    monkeypatch.setattr("allocator.fairness.audit.MOST_REPS", 5)
    assert main(["audit", str(path)]) == 2
    assert "audit" in capfd.readouterr().out
