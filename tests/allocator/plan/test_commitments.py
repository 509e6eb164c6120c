"""Commitments: which are for this plan and which teach a bias."""

from pathlib import Path

import pandas as pd

from allocator.plan.commitments import current_commitments, past_commitments
from allocator.plan.reading import read_plan
from tests.plans import write_plan

TABLE = """\
node_id,product_id,measure,amount,confidence,period,actual
e11,*,revenue,500000,high,,
e12,,revenue,400000,,fy2020,
e13,road,revenue,300000,low,2019-09,
e11,*,revenue,450000,mid,fy2019,480000
e12,,revenue,350000,,FY 2018,0
e21,*,new_customers,12,,,
w11,*,new_customers,10,,2018,11
"""


def test_commitments_without_an_actual_are_those_of_this_plan(tmp_path: Path) -> None:
    plan = read_plan(write_plan(tmp_path, commitments=TABLE))
    found = current_commitments(plan, "revenue")
    assert found.to_dict("list") == {
        "node_id": ["e11", "e12", "e13"],
        "product_id": ["*", "*", "road"],
        "amount": [500000.0, 400000.0, 300000.0],
        "confidence": ["high", "", "low"],
    }
    assert found.index.tolist() == [0, 1, 2]
    assert current_commitments(plan, "new_customers")["node_id"].tolist() == ["e21"]


def test_commitments_with_an_actual_are_past_even_if_nothing_was_reached(tmp_path: Path) -> None:
    plan = read_plan(write_plan(tmp_path, commitments=TABLE))
    found = past_commitments(plan, "revenue")
    assert found.to_dict("list") == {
        "node_id": ["e11", "e12"],
        "product_id": ["*", "*"],
        "period": ["fy2019", "FY 2018"],
        "amount": [450000.0, 350000.0],
        "actual": [480000.0, 0.0],
    }
    assert past_commitments(plan, "new_customers")["actual"].tolist() == [11.0]


def test_every_commitment_is_either_past_or_current(tmp_path: Path) -> None:
    plan = read_plan(write_plan(tmp_path))
    parts = [
        part(plan, name) for name in plan.spec.measures for part in (current_commitments, past_commitments)
    ]
    assert sum(len(part) for part in parts) == len(plan.commitments) > 0


def test_a_plan_without_commitments_has_none_of_either_kind(tmp_path: Path) -> None:
    rules = "rule_id,kind,measure,level,node_id,product_id,min,max,basis,tier,owner\n"
    plan = read_plan(write_plan(tmp_path, commitments=None, rules=rules))
    for found in (current_commitments(plan, "revenue"), past_commitments(plan, "revenue")):
        assert found.empty
        assert pd.api.types.is_float_dtype(found["amount"])
