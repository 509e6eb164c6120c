"""A run that ended at fault leaves its faults behind in the language that was asked for."""

import json
from pathlib import Path

import pytest

from allocator.plan.reading import read_plan
from service.runs.job import Job
from service.runs.work import work
from tests.languages import is_chinese
from tests.plans import write_plan


@pytest.mark.parametrize("lang", ["en", "zh"])
def test_the_faults_of_a_run_are_told_in_the_language_of_its_job(tmp_path: Path, lang: str) -> None:
    chain = [{"name": "s", "changes": [{"kind": "leave", "node": "nobody"}, {"kind": "drop_rule"}]}]
    broken = [{"name": "s", "changes": [{"kind": "leave", "node": "nobody"}]}]
    plan = read_plan(write_plan(tmp_path / "plan"))
    for one in (chain, broken):
        outcome = work(Job("r", json.dumps(one), lang=lang), plan)
        assert outcome.status == "at_fault"
        found = json.loads(bytes((outcome.files or {})["faults.json"]))
        assert found
        assert {is_chinese(fault[name]) for fault in found for name in ("message", "hint")} == {lang == "zh"}
