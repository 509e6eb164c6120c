"""Checks of rules do their work once, not once per rule."""

from contextlib import suppress
from pathlib import Path

import pytest

from allocator.errors import InputFaults
from allocator.plan.checks import rules
from allocator.plan.draft import Draft
from allocator.plan.reading import read_plan
from solver_models.arrays import BoolArray
from tests.plans import write_plan


def test_commitments_are_gathered_once_however_many_rules_ask(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    lines = [f"c{k},commitment,revenue,,east,,0.1,9,ratio,3,CFO," for k in range(20)]
    header = "rule_id,kind,measure,level,node_id,product_id,min,max,basis,tier,owner,note\n"
    asked, gather = [], rules._committed

    def counted(draft: Draft, measure: str, product: int) -> BoolArray:
        asked.append((measure, product))
        return gather(draft, measure, product)

    monkeypatch.setattr(rules, "_committed", counted)
    folder = write_plan(tmp_path / "plan", rules=header + "\n".join(lines) + "\n")
    with suppress(InputFaults):  # whether east has committed does not matter here
        read_plan(folder)
    assert asked == [("revenue", -1)]
