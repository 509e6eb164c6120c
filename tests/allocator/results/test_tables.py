from decimal import Decimal

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from allocator.allocation import Allocation, MeasureAllocation
from allocator.results.columns_of_text import decimals
from allocator.results.sentences import rule_sentences
from allocator.results.tables import (
    amounts,
    cells_table,
    children_units,
    monthly_table,
    rules_table,
    targets_table,
)
from tests.allocator.results.allocations import allocation_of, plan_of

OVER = {"over_assignment": {"rep": 0.03, "region": 0.05}}
NODES = ["root", "east", "e1", "e11", "e12", "e2", "e21", "west", "w1", "w11", "w12"]
PRODUCTS = ["*", "hard", "pads", "soft", "apps", "cloud"]
UNIT = {"revenue": Decimal(1000), "profit": Decimal("0.01")}


@pytest.fixture(scope="module")
def allocation() -> Allocation:
    return allocation_of(plan_of(spec=OVER))


def by_key(table: pd.DataFrame, *keys: str) -> dict[tuple[str, ...], dict[str, object]]:
    return {tuple(row[key] for key in keys): row for row in table.to_dict("records")}


def children_of(node: str, plan_rows: pd.DataFrame) -> list[str]:
    return plan_rows.loc[plan_rows["parent_id"] == node, "node_id"].tolist()


@settings(deadline=None, derandomize=True)
@given(
    units=st.lists(st.integers(-(10**12), 10**12), max_size=6),
    round_to=st.sampled_from(["1", "1000", "1E+3", "0.01", "0.05", "2.50", "0.125", "12.5", "1.0", "1E-4"]),
)
def test_amounts_are_the_exact_decimal_of_units_times_round_to(units, round_to):
    step = Decimal(round_to)
    found = amounts(np.array(units, np.int64), step)
    assert [Decimal(str(value)) for value in found] == [unit * step for unit in units]
    assert found.dtype == (np.int64 if step == int(step) else object)
    if step != int(step):
        assert all(len(value.split(".")[1]) == decimals(step) for value in found)


def test_the_columns_are_those_of_the_contract(allocation):
    result = allocation.measures[0]
    assert ",".join(cells_table(allocation, result)) == (
        "measure,node_id,product_id,baseline,anchor,lower,upper,unrounded,target"
    )
    assert ",".join(targets_table(allocation, result)) == (
        "measure,node_id,level,product_id,target,last_year,growth,anchor,ratio,children_sum"
    )
    assert ",".join(monthly_table(allocation, result)) == "measure,node_id,product_id,period,target"
    texts = rule_sentences(allocation, result, "en")
    assert ",".join(rules_table(allocation, result, texts)) == (
        "rule_id,node_id,product_id,value,min,max,status,price,text,measure,kind,basis,tier,owner,short_by"
    )


def test_rows_stand_in_pre_order_with_siblings_by_id_and_all_products_first(allocation):
    table = targets_table(allocation, allocation.measures[0])
    assert table["node_id"].tolist() == np.repeat(NODES, len(PRODUCTS)).tolist()
    assert table["product_id"].tolist() == PRODUCTS * len(NODES)
    cells = cells_table(allocation, allocation.measures[0])
    assert cells["node_id"].tolist() == np.repeat(["e11", "e12", "e21", "w11", "w12"], 3).tolist()
    assert cells["product_id"].tolist() == ["pads", "apps", "cloud"] * 5
    months = monthly_table(allocation, allocation.measures[0])
    assert months["period"].tolist()[:13] == [
        *(f"2019-{month:02d}" for month in range(7, 13)),
        *(f"2020-{month:02d}" for month in range(1, 7)),
        "2019-07",
    ]
    assert len(months) == 12 * len(table)


@pytest.mark.parametrize("number", [0, 1])
def test_months_sum_to_every_row_of_the_targets(allocation, number):
    result = allocation.measures[number]
    months = monthly_table(allocation, result)
    summed: dict[tuple[str, str], Decimal] = {}
    for row in months.to_dict("records"):
        key = (row["node_id"], row["product_id"])
        summed[key] = summed.get(key, Decimal(0)) + Decimal(str(row["target"]))
    for key, row in by_key(targets_table(allocation, result), "node_id", "product_id").items():
        assert Decimal(str(row["target"])) == summed[key]


@pytest.mark.parametrize("number", [0, 1])
def test_cells_and_the_targets_of_reps_are_the_same_numbers(allocation, number):
    result = allocation.measures[number]
    targets = by_key(targets_table(allocation, result), "node_id", "product_id")
    for key, cell in by_key(cells_table(allocation, result), "node_id", "product_id").items():
        row = targets[key]
        assert row["target"] == cell["target"]
        assert row["anchor"] == pytest.approx(cell["anchor"], rel=1e-12)
        assert float(cell["target"]) == pytest.approx(cell["unrounded"], abs=float(UNIT[result.measure]))


@pytest.mark.parametrize("number", [0, 1])
def test_children_sums_anchors_and_history_are_added_up_node_by_node(allocation, number):
    """Against the definitions of the contract, worked out by recursion over the org."""
    result = allocation.measures[number]
    org = allocation.plan.org
    rows = by_key(targets_table(allocation, result), "node_id", "product_id")
    over = {**dict.fromkeys(NODES, 0.0), "east": 0.05, "west": 0.05} | dict.fromkeys(
        ["e11", "e12", "e21", "w11", "w12"], 0.03
    )
    for (node, product), row in rows.items():
        children = [rows[child, product] for child in children_of(node, org)]
        if not children:
            assert pd.isna(row["children_sum"])
            continue
        assert Decimal(str(row["children_sum"])) == sum(Decimal(str(child["target"])) for child in children)
        assert row["last_year"] == pytest.approx(sum(child["last_year"] for child in children), rel=1e-12)
        drawn_back = sum(child["anchor"] / (1 + over[child["node_id"]]) for child in children)
        assert row["anchor"] == pytest.approx(drawn_back, rel=1e-12)


def test_growth_and_ratio_are_empty_where_they_are_not_defined():
    allocation = allocation_of(plan_of())
    result = allocation.measures[0]
    result.anchors.last_year[:3] = (0.0, -5.0, 8000.0)
    result.anchors.anchor[:3] = (0.0, 14_000.0, 8_500.0)
    rows = by_key(targets_table(allocation, result), "node_id", "product_id")
    none, negative, usual = (rows["e11", product] for product in ("pads", "apps", "cloud"))
    assert np.isnan(none["growth"])
    assert np.isnan(negative["growth"])
    assert usual["growth"] == pytest.approx(17_000 / 8_000 - 1)
    assert np.isnan(none["ratio"])
    assert (negative["ratio"], usual["ratio"]) == (12_000 / 14_000, 2.0)


def test_an_open_upper_bound_is_empty(allocation):
    table = cells_table(allocation, allocation.measures[0])
    assert table["upper"].isna().tolist() == [False, *[True] * 14]


def test_children_units_are_exact_integers(allocation):
    for result in allocation.measures:
        units = children_units(allocation, result)
        assert units.dtype == np.int64
        org = allocation.labels.grid.org
        for v in range(len(org)):
            np.testing.assert_array_equal(units[v], result.target_units[org.parent == v].sum(axis=0))


def test_rules_keep_their_own_terms_and_say_hard_or_their_tier(allocation):
    result = allocation.measures[0]
    table = rules_table(allocation, result, rule_sentences(allocation, result, "en"))
    rows = by_key(table, "rule_id")
    assert [row["tier"] for row in rows.values()] == ["hard", "hard", "1", "2", "hard"]
    assert np.isnan(rows["r-mix",]["max"])
    assert np.isnan(rows["r-fair",]["min"])
    assert rows["r-growth",]["value"] == 0.25
    assert rows["r-mix",]["short_by"] == 1234.5
    assert rows["pin",]["kind"] == "pin"
    assert set(table["measure"]) == {"revenue"}


def test_sentences_say_what_is_asked_what_came_out_and_who_owns_it(allocation):
    english = rule_sentences(allocation, allocation.measures[0], "en")
    assert (
        english[1]
        == "West, all products: growth over history 25.0% (allowed -50.0% to 25.0%) - binding; owner CFO"
    )
    assert english[2].endswith("(at least 90.0%) - relaxed; owner =PM; misses its bound by 1,234")
    chinese = rule_sentences(allocation, allocation.measures[0], "zh")
    assert chinese[1] == "West，全部产品：较历史增长 25.0%，允许 -50.0% 至 25.0%——起作用；负责人 CFO"


def test_the_tables_do_not_change_what_they_are_given():
    allocation = allocation_of(plan_of(spec=OVER))
    before = [frozen(result) for result in allocation.measures]
    for result in allocation.measures:
        cells_table(allocation, result)
        targets_table(allocation, result)
        monthly_table(allocation, result)
        rules_table(allocation, result, rule_sentences(allocation, result, "zh"))
    assert [frozen(result) for result in allocation.measures] == before


def frozen(result: MeasureAllocation) -> tuple[object, ...]:
    arrays = (result.lower, result.upper, result.unrounded, result.target_units, result.month_units)
    return (*(array.tobytes() for array in arrays), result.rules.to_csv(), result.prices.to_csv())
