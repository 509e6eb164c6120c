"""The raw history of the same months of earlier years."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from allocator.anchors.history import history_windows
from allocator.model.labels import label_plan
from tests.allocator.anchors.company import company, make_plan, products, reps


def row(period, amount, node="a", product="p", **more):
    return {
        "period": period,
        "node_id": node,
        "product_id": product,
        "measure": "sales",
        "amount": amount,
    } | more


def windows(history, **spec):
    """Windows of reps a, b and products p, q; the plan starts in January 2020."""
    plan = make_plan(company(*reps("ab")), products("p", "q"), history, **spec)
    return history_windows(plan, label_plan(plan), "sales")


def test_up_to_three_years_are_found_the_latest_first():
    found = windows([row(f"{year}-01", year) for year in (2015, 2016, 2017, 2018, 2019)])
    assert found.tolist() == [[2019, 0, 0, 0], [2018, 0, 0, 0], [2017, 0, 0, 0]]


def test_a_year_that_the_history_reaches_only_in_part_is_no_window():
    found = windows([row("2018-02", 5), row("2019-03", 7)])
    assert found.tolist() == [[7, 0, 0, 0]]


def test_without_history_there_is_one_empty_window():
    assert windows([]).tolist() == [[0, 0, 0, 0]]


def test_the_history_of_another_measure_is_not_looked_at():
    assert windows([row("2019-01", 5), row("2018-01", 5, measure="visits")]).tolist() == [[5, 0, 0, 0]]


def test_a_short_plan_looks_at_its_own_months_of_earlier_years():
    history = [row(f"{year}-{month:02d}", month) for year in (2017, 2018, 2019) for month in range(1, 13)]
    found = windows(history, start="2020-04", months=3)
    assert found[:, 0].tolist() == [15, 15, 15]
    assert windows(history, start="2019-11", months=3)[:, 0].tolist() == [24, 24]


def test_a_plan_across_the_new_year_finds_its_months():
    history = [row("2018-11", 1), row("2018-12", 2), row("2019-01", 4), row("2019-02", 8)]
    assert windows(history, start="2019-11", months=3)[0, 0] == 7


def test_segments_of_a_cell_are_added_up_and_returns_stay_negative():
    history = [
        row("2019-05", 10, segment="old"),
        row("2019-05", 5, segment="new"),
        row("2019-06", -40, node="b", product="q"),
    ]
    assert windows(history).tolist() == [[15, 0, 0, -40]]


@settings(deadline=None, derandomize=True, max_examples=30)
@given(
    st.lists(
        st.tuples(st.integers(2016, 2019), st.integers(1, 12), st.sampled_from("ab"), st.sampled_from("pq"))
    ),
    st.integers(1, 12),
    st.integers(1, 12),
)
def test_windows_equal_a_plain_sum_over_rows(places, start_month, months):
    start = 2020 * 12 + start_month - 1
    history = [
        row(f"{year}-{month:02d}", 1.5 + 3 * k, node, product, segment=str(k))
        for k, (year, month, node, product) in enumerate(places)
        if year * 12 + month - 1 < start
    ]
    found = windows(history, start=f"2020-{start_month:02d}", months=months)
    number = [12 * int(one["period"][:4]) + int(one["period"][5:]) - 1 for one in history]
    expected = []
    for back in (1, 2, 3):
        first = start - 12 * back
        if back > 1 and not any(month <= first for month in number):
            break
        sums = dict.fromkeys(("ap", "aq", "bp", "bq"), 0.0)
        for month, one in zip(number, history, strict=True):
            if first <= month < first + months:
                sums[one["node_id"] + one["product_id"]] += one["amount"]
        expected.append(list(sums.values()))
    assert found == pytest.approx(np.array(expected))
