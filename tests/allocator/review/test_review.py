import json

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from allocator.model.labels import label_plan
from allocator.plan.reading import read_plan
from allocator.review.concentration import concentration
from allocator.review.document import review_json
from allocator.review.lines import review_lines
from allocator.review.review import LINE, PRODUCT, SEGMENT, Review, review_history
from tests.plans import PLAN_YAML, history_text, write_plan

ORDERS_YAML = PLAN_YAML.replace(
    "  new_customers:",
    "  orders:        {kind: activity, unit: count, round_to: 1, total: 900}\n  new_customers:",
)


def reviewed(folder, **tables) -> Review:
    plan = read_plan(write_plan(folder, **tables))
    return review_history(plan, label_plan(plan))


def history_frame() -> pd.DataFrame:
    lines = [line.split(",") for line in history_text().split()]
    frame = pd.DataFrame(lines[1:], columns=lines[0])
    return frame.assign(amount=frame["amount"].astype(float))


def with_years(frame: pd.DataFrame) -> pd.DataFrame:
    """Mark rows with the plan's years: 0 = 2017-07 .. 2018-06, 1 = the year after."""
    return frame.assign(year=(frame["period"] >= "2018-07").astype(int))


def test_every_breakdown_is_the_sum_of_its_own_rows_of_the_history(tmp_path):
    review = reviewed(tmp_path / "plan")
    frame = with_years(history_frame())
    revenue = frame[frame["measure"] == "revenue"]
    measure = review.measures[0]
    assert [year.label for year in measure.years] == ["2017-07..2018-06", "2018-07..2019-06"]
    assert measure.company == pytest.approx(revenue.groupby("year")["amount"].sum().to_numpy())
    regions, teams, reps = measure.breakdowns[:3]
    assert (regions.name, teams.name, reps.name) == ("region", "team", "rep")
    east = revenue[revenue["node_id"].str.startswith("e")].groupby("year")["amount"].sum()
    assert regions.amount[regions.ids.index("east")] == pytest.approx(east.to_numpy())
    e11 = revenue[revenue["node_id"] == "e11"].groupby("year")["amount"].sum().to_numpy()
    at = reps.ids.index("e11")
    assert reps.amount[at] == pytest.approx(e11)
    assert reps.growth(measure.years)[at, 1] == pytest.approx(e11[1] / e11[0] - 1)
    assert np.isnan(reps.growth(measure.years)[at, 0])
    products = {one.kind: one for one in measure.breakdowns if one.kind in (LINE, PRODUCT)}
    helmets = revenue[revenue["product_id"] == "helmets"].groupby("year")["amount"].sum()
    assert products[PRODUCT].amount[products[PRODUCT].ids.index("helmets")] == pytest.approx(
        helmets.to_numpy()
    )
    assert set(products[LINE].ids) == {"bikes", "accessories"}


def test_levels_products_and_segments_each_add_up_to_the_company_and_shares_to_one(tmp_path):
    frame = history_frame().assign(segment=lambda rows: np.where(rows["product_id"] == "road", "", "B2B"))
    for measure in reviewed(tmp_path / "plan", history=frame).measures:
        assert {one.kind for one in measure.breakdowns} == {"level", LINE, PRODUCT, SEGMENT}
        for one in measure.breakdowns:
            assert one.amount.sum(axis=0) == pytest.approx(measure.company)
            assert one.mix(measure.company).sum(axis=0) == pytest.approx(1.0)


def test_the_season_of_a_full_year_averages_one_and_follows_the_months(tmp_path):
    measure = reviewed(tmp_path / "plan").measures[0]
    assert measure.season.mean() == pytest.approx(1.0)
    monthly = history_frame().query("measure == 'revenue'").groupby("period")["amount"].sum().to_numpy()
    years = monthly.reshape(2, 12)
    assert measure.season == pytest.approx((years / years.mean(axis=1, keepdims=True)).mean(axis=0))


def test_a_year_that_is_covered_in_part_has_no_growth_no_season_and_says_so(tmp_path):
    frame = history_frame()
    review = reviewed(tmp_path / "plan", history=frame[frame["period"] >= "2017-10"])
    measure = review.measures[0]
    assert [year.covered for year in measure.years] == [9, 12]
    assert np.isnan(measure.breakdowns[0].growth(measure.years)).all()
    notes = "\n".join(review_json(review, "en")["measures"]["revenue"]["notes"])
    assert "covered for 9 of 12 months" in notes
    assert "2 of 3 years" in notes
    only_last = (
        frame[frame["period"] >= "2018-07"].query("measure == 'revenue'").groupby("period")["amount"].sum()
    )
    assert measure.season == pytest.approx((only_last / only_last.mean()).to_numpy())


def test_months_without_a_row_are_named(tmp_path):
    frame = history_frame()
    yaml = PLAN_YAML + "accepted_warnings: {incomplete-base-year: the point of this test}\n"
    review = reviewed(tmp_path / "plan", plan=yaml, history=frame[frame["period"] != "2018-11"])
    assert "2018-11" in "\n".join(review_lines(review, "en"))
    assert "2018-11" in "\n".join(review_json(review, "zh")["measures"]["revenue"]["notes"])


def test_a_plan_without_history_says_so_and_guesses_nothing(tmp_path):
    yaml = PLAN_YAML.replace("{growth: 0.15}", "800").replace("seasonality: history", "seasonality: even")
    rules = "rule_id,kind,measure,level,node_id,product_id,min,max,basis,tier,owner\n"
    review = reviewed(tmp_path / "plan", plan=yaml, history=None, rules=rules)
    document = review_json(review, "en")["measures"]["revenue"]
    assert document["years"] == []
    assert document["season_index"] == []
    assert document["notes"] == ["There is no history of revenue."]
    assert "There is no history of revenue." in "\n".join(review_lines(review, "en"))


def test_the_average_order_value_is_money_over_orders(tmp_path):
    frame = history_frame()
    orders = frame[frame["measure"] == "revenue"].assign(measure="orders", amount=4.0)
    review = reviewed(tmp_path / "plan", plan=ORDERS_YAML, history=pd.concat([frame, orders]))
    (value,) = review.order_values
    assert (value.measure, value.orders) == ("revenue", "orders")
    revenue = with_years(frame[frame["measure"] == "revenue"]).groupby("year")["amount"]
    assert value.company == pytest.approx((revenue.sum() / (4 * revenue.count())).to_numpy())
    regions = next(one for one in value.breakdowns if one.name == "region")
    west = with_years(frame[(frame["measure"] == "revenue") & frame["node_id"].str.startswith("w")])
    west_value = west.groupby("year")["amount"].mean() / 4
    assert regions.amount[regions.ids.index("west")] == pytest.approx(west_value.to_numpy())
    assert "客单价" in "\n".join(review_lines(review, "zh"))


def test_without_a_measure_of_orders_the_review_says_why_there_is_no_order_value(tmp_path):
    review = reviewed(tmp_path / "plan")
    assert review.order_values == ()
    assert "orders" in review_json(review, "en")["notes"][0]


def test_the_document_is_plain_json_without_numbers_that_are_none(tmp_path):
    document = review_json(reviewed(tmp_path / "plan"), "en")
    again = json.loads(json.dumps(document, allow_nan=False))
    assert again == document


def test_equal_sellers_have_no_concentration_and_one_seller_has_all_of_it():
    equal = concentration(np.full(10, 3.0))
    assert equal is not None
    assert (equal.hhi, equal.gini, equal.top_fifth) == (
        pytest.approx(0.1),
        pytest.approx(0.0),
        pytest.approx(0.2),
    )
    alone = concentration(np.array([0.0, 7.0, -1.0]))
    assert alone is not None
    assert (alone.count, alone.largest, alone.hhi, alone.gini) == (1, 1.0, 1.0, 0.0)
    assert concentration(np.array([0.0, -2.0])) is None


@settings(deadline=None, derandomize=True, max_examples=60)
@given(st.lists(st.floats(0.01, 1e6), min_size=1, max_size=20))
def test_concentration_is_that_of_the_double_sum(amounts):
    x = np.array(amounts)
    found = concentration(x)
    assert found is not None
    assert found.gini == pytest.approx(np.abs(x[:, None] - x).sum() / (2 * len(x) ** 2 * x.mean()), abs=1e-9)
    assert found.hhi == pytest.approx(((x / x.sum()) ** 2).sum())
    assert 1 / len(x) - 1e-12 <= found.hhi <= 1 + 1e-12
