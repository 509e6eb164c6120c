"""What each month of the plan weighs for each rep and product."""

from dataclasses import replace

import numpy as np
import pytest

from allocator.model.labels import label_plan
from allocator.phasing import month_weights, working_days
from tests.allocator.anchors.company import SEASON, company, frame, make_plan, monthly, products, reps

JANUARY = 2020 * 12
PRODUCT_TREE = [
    {"product_id": "bikes"},
    {"product_id": "road", "parent_id": "bikes"},
    {"product_id": "city", "parent_id": "bikes"},
    {"product_id": "helmets"},
]


def plan_of(history=(), product_rows=None, nodes=None, calendar=None, table=None, **spec):
    spec = {"seasonality": "table", **spec} if table is not None else spec
    plan = make_plan(company(*(nodes or reps("ab"))), product_rows or products("p"), history, **spec)
    days = [{"period": month, "working_days": one} for month, one in (calendar or {}).items()]
    rows = [{"product_id": "", "measure": "", **row} for row in table or ()]
    return replace(plan, calendar=frame("calendar", days), seasonality=frame("seasonality", rows))


def weights(plan):
    labels = label_plan(plan)
    found = month_weights(plan, labels, "sales")
    return dict(zip(labels.leaf_product_id, found.product, strict=True)), found.rep


def even_calendar(years=(2017, 2018, 2019, 2020)):
    """Twenty working days in every month, so that a season is all there is."""
    return {12 * year + month: 20 for year in years for month in range(12)}


def test_working_days_are_those_of_the_calendar_and_else_mondays_to_fridays():
    plan = plan_of(calendar={"2020-01": 17})
    assert working_days(plan, np.arange(JANUARY, JANUARY + 3)).tolist() == [17, 20, 22]


def test_no_working_days_is_not_the_same_as_none_given():
    assert working_days(plan_of(calendar={"2020-02": 0}), np.array([JANUARY + 1])).tolist() == [0]


def test_the_season_of_the_history_is_found_and_brought_to_the_months_of_the_plan():
    history = [row for rep in "ab" for row in monthly(rep, "p", 100.0, growth=0.2)]
    found, rep = weights(plan_of(history, calendar=even_calendar()))
    assert found["p"] / found["p"].sum() == pytest.approx(SEASON / SEASON.sum())
    assert (rep == 1).all()
    later, _ = weights(plan_of(history[:-2], calendar=even_calendar(), start="2020-04", months=3))
    assert later["p"] / later["p"].sum() == pytest.approx(SEASON[3:6] / SEASON[3:6].sum())


def test_a_month_with_more_working_days_than_usual_gets_more():
    history = [row for rep in "ab" for row in monthly(rep, "p", 100.0)]
    calendar = even_calendar() | {JANUARY: 30}
    found, _ = weights(plan_of(history, calendar=calendar))
    plain, _ = weights(plan_of(history, calendar=even_calendar()))
    assert found["p"][0] == pytest.approx(1.5 * plain["p"][0])
    assert found["p"][1:] == pytest.approx(plain["p"][1:])


def test_with_less_than_a_year_on_file_only_working_days_count():
    history = monthly("a", "p", 100.0)[-11:]
    found, _ = weights(plan_of(history, calendar=even_calendar()))
    assert found["p"] == pytest.approx(20)


def test_months_that_are_not_booked_yet_are_not_a_season():
    history = [row for rep in "ab" for row in monthly(rep, "p", 100.0, years=3)]
    booked = [row for row in history if row["period"] < 2019 * 12 + 10]
    found, _ = weights(plan_of(booked, calendar=even_calendar()))
    assert found["p"] / found["p"].sum() == pytest.approx(SEASON / SEASON.sum())


def test_the_history_of_another_measure_is_not_a_season():
    history = [{**row, "measure": "visits"} for row in monthly("a", "p", 100.0)]
    found, _ = weights(plan_of(history, calendar=even_calendar()))
    assert found["p"] == pytest.approx(20)


def test_even_months_know_neither_season_nor_working_days_but_who_is_there():
    history = [row for rep in "ab" for row in monthly(rep, "p", 100.0)]
    nodes = [*reps("a"), *reps("b", start="2020-03-01", ramp="0.5/1")]
    found, rep = weights(plan_of(history, nodes=nodes, calendar={"2020-01": 5}, seasonality="even"))
    assert (found["p"] == 1).all()
    assert rep.tolist() == [[1] * 12, [0, 0, 0.5, *[1] * 9]]


def test_the_row_that_says_most_about_a_product_wins():
    def season(weight, product="", measure=""):
        return [
            {"period": JANUARY + k, "weight": one, "product_id": product, "measure": measure}
            for k, one in enumerate(weight)
        ]

    plan = plan_of(
        product_rows=PRODUCT_TREE,
        calendar=even_calendar(),
        months=3,
        table=[
            *season([1, 1, 1]),
            *season([2, 2, 2], measure="sales"),
            *season([9, 9, 9], measure="visits"),
            *season([3, 3, 3], product="bikes"),
            *season([4, 4], product="city"),
            *season([5], product="city", measure="sales"),
        ],
    )
    found, _ = weights(plan)
    assert found["helmets"] / 20 == pytest.approx([2, 2, 2])
    assert found["road"] / 20 == pytest.approx([3, 3, 3])
    assert found["city"] / 20 == pytest.approx([5, 4, 3])


def test_a_month_that_the_table_leaves_out_counts_like_the_mean_of_the_others():
    rows = [{"period": JANUARY, "weight": 1}, {"period": JANUARY + 2, "weight": 3}]
    plan = plan_of(calendar=even_calendar(), months=3, table=rows)
    found, _ = weights(plan)
    assert found["p"] / 20 == pytest.approx([1, 2, 3])


def test_a_table_without_rows_for_the_plan_says_nothing():
    plan = plan_of(calendar=even_calendar(), months=3, table=[{"period": JANUARY - 12, "weight": 7}])
    found, _ = weights(plan)
    assert found["p"] / 20 == pytest.approx(1)
