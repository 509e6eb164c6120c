"""Causes by change telescope exactly, over real runs, with a rep who appears on the way."""

from pathlib import Path

import pandas as pd

from allocator.pipeline import allocate
from allocator.plan.reading import read_plan
from scenarios.changes.apply import apply_changes
from scenarios.changes.kinds import DropRule, Hire, ScaleTotal
from scenarios.comparison.attribution import solve_and_attribute
from solver_models.engines.choice import choose_engine
from tests.plans import write_plan

ENGINE = choose_engine("highs")


def test_the_changes_of_a_scenario_add_up_to_what_the_two_runs_differ_by(tmp_path: Path) -> None:
    plan = read_plan(write_plan(tmp_path / "plan"))
    changes = (
        ScaleTotal(measure="revenue", factor=1.05),
        DropRule(rule_id="r-fair"),
        Hire(node="w24", parent="w2"),
    )
    table = solve_and_attribute(plan, changes, ENGINE, "en", "push")
    last = allocate(apply_changes(plan, changes).plan, ENGINE)
    by_cell = table.groupby(["measure", "node_id", "product_id"])
    assert (by_cell["amount"].sum() == by_cell["delta"].first()).all()
    assert len(by_cell) == sum(one.target_units.size for one in last.measures)
    company = table[(table["node_id"] == "acme") & (table["product_id"] == "*")]
    revenue = company[company["measure"] == "revenue"]
    assert revenue[["cause", "amount"]].to_numpy().tolist() == [[changes[0].sentence("en"), 2_100_000]]
    hired = table[(table["node_id"] == "w24") & (table["measure"] == "revenue")]
    assert hired["base"].isna().all()
    moved: pd.Series = hired.loc[hired["amount"] != 0, "cause"]
    assert set(moved) == {changes[2].sentence("en")}
