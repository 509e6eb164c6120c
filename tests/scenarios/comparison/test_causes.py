"""Causes add up to the delta exactly: by step, by change, with cells of one side only."""

from decimal import Decimal
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from allocator.errors import InfeasiblePlan
from allocator.pipeline import allocate
from allocator.plan.reading import read_plan
from allocator.results.folder import write_results
from scenarios.comparison.board import MeasureSide, causes_by_change, causes_by_step, common_unit, lay_out
from scenarios.comparison.comparison import compare_folders
from scenarios.comparison.tidy import churn, comparison_table
from solver_models.engines.choice import choose_engine
from tests.random_plans import write_random_plan

PARTS = ("first", "second", "rounding")


@st.composite
def sides(draw: st.DrawFn) -> MeasureSide:
    nodes = draw(st.lists(st.sampled_from("abcdef"), min_size=1, unique=True))
    cells = pd.DataFrame({"node_id": nodes, "product_id": "*", "level": "rep", "is_rep": True})
    cells = cells.assign(last_year=1.0, anchor=1.0)
    amount = st.integers(-(10**9), 10**9)
    part = st.lists(amount, min_size=len(nodes), max_size=len(nodes))
    parts = np.array(draw(st.tuples(part, part, part)), np.int64)
    unit = Decimal(draw(st.sampled_from(["0.01", "0.05", "1", "1000"])))
    return MeasureSide(cells, parts.sum(axis=0), parts, unit)


def amount_of(side: MeasureSide, node: str) -> Decimal:
    at = np.flatnonzero(side.cells["node_id"] == node)
    return sum((int(side.units[k]) * side.round_to for k in at), Decimal(0))


@given(st.lists(sides(), min_size=2, max_size=5))
def test_steps_add_up_to_the_delta_in_any_mixture_of_units_and_cells(given_sides: list[MeasureSide]) -> None:
    board = lay_out("m", given_sides, PARTS)
    for k in range(1, len(given_sides)):
        causes = causes_by_step(board, 0, k)
        assert (causes.amount.sum(axis=0) == causes.delta).all()
        for v, node in enumerate(board.cells["node_id"]):
            delta = amount_of(given_sides[k], node) - amount_of(given_sides[0], node)
            assert int(causes.delta[v]) * board.round_to == delta


@given(st.lists(sides(), min_size=2, max_size=5))
def test_changes_telescope_to_the_delta(given_sides: list[MeasureSide]) -> None:
    board = lay_out("m", given_sides, PARTS)
    causes = causes_by_change(board, [f"change {k}" for k in range(1, len(given_sides))])
    assert (causes.amount.sum(axis=0) == board.units[-1] - board.units[0]).all()


@given(sides(), sides())
def test_swapping_base_and_other_turns_every_sign(one: MeasureSide, other: MeasureSide) -> None:
    board = lay_out("m", [one, other], PARTS)
    there, back = causes_by_step(board, 0, 1), causes_by_step(board, 1, 0)
    assert (there.delta == -back.delta).all()
    assert (there.amount[:-2] == -back.amount[:-2]).all()
    assert (there.amount[-2] == -back.amount[-1]).all()


@given(sides(), sides())
def test_no_cell_is_lost_and_new_and_gone_are_told_apart(one: MeasureSide, other: MeasureSide) -> None:
    board = lay_out("m", [one, other], PARTS)
    table = comparison_table(board, 0, 1, causes_by_step(board, 0, 1), "other")
    mine, its = set(one.cells["node_id"]), set(other.cells["node_id"])
    assert set(table["node_id"]) == mine | its
    assert set(table.loc[table["base"].isna(), "node_id"]) == its - mine
    assert set(table.loc[table["other"].isna(), "node_id"]) == mine - its
    assert set(table.loc[table["cause"] == "new", "node_id"]) <= its - mine
    assert set(table.loc[table["cause"] == "gone", "node_id"]) <= mine - its


@given(sides())
def test_a_result_against_itself_is_unchanged_and_has_no_churn(one: MeasureSide) -> None:
    board = lay_out("m", [one, one], PARTS)
    table = comparison_table(board, 0, 1, causes_by_step(board, 0, 1), "itself")
    assert set(table["cause"]) == {"unchanged"}
    assert churn(board, 0, 1)["reps_changed"] == 0.0


def test_the_common_unit_divides_all_units_and_is_the_largest_that_does() -> None:
    assert common_unit([Decimal("1000"), Decimal("1500")]) == 500
    assert common_unit([Decimal("0.05"), Decimal("0.02")]) == Decimal("0.01")
    assert common_unit([Decimal("1E+3")]) == 1000


@pytest.mark.parametrize("seed", [1, 4, 7, 12])
def test_causes_of_two_runs_of_a_random_plan_sum_to_the_targets_in_the_files(
    seed: int, tmp_path: Path
) -> None:
    folder = write_random_plan(tmp_path / "plan", seed)
    engine = choose_engine("auto")
    outs = []
    for name, overrides in (("base", []), ("other", ["seasonality=even", "baseline.history=1"])):
        try:
            allocation = allocate(read_plan(folder, overrides), engine)
        except InfeasiblePlan:
            pytest.skip("this plan has no targets")
        outs.append(tmp_path / name)
        write_results(allocation, outs[-1], "en", with_workbook=False)
    table = compare_folders(outs).table
    amounts = {column: table[column].map(lambda x: Decimal(str(x))) for column in ("amount", "delta")}
    table = table.assign(**amounts)
    by_cell = table.groupby(["node_id", "product_id"])
    assert (by_cell["amount"].sum() == by_cell["delta"].first()).all()
    key = ["node_id", "product_id"]
    old, new = (pd.read_csv(out / "targets.csv", dtype=str).set_index(key)["target"] for out in outs)
    delta = by_cell["delta"].first()
    assert len(delta) == len(old)
    assert all(delta[cell] == Decimal(new[cell]) - Decimal(old[cell]) for cell in delta.index)
