"""The replay: who is judged when, and that nothing of the future is looked at."""

import numpy as np
import pytest

from allocator.anchors.build import build_anchors
from allocator.backtest.backtest import METHOD, backtest
from allocator.backtest.replay import plan_before
from allocator.errors import InputFaults
from allocator.model.labels import label_plan
from allocator.plan.plan import month_number
from tests.allocator.anchors.company import company, make_plan, products, reps
from tests.languages import not_in_both

START = month_number("2020-01")


def sales(rep, amounts, product="p"):
    """History of one rep, one amount per month, ending just before 2020-01."""
    first = START - len(amounts)
    return [
        {
            "period": first + k,
            "node_id": rep,
            "product_id": product,
            "measure": "sales",
            "amount": float(amount),
        }
        for k, amount in enumerate(amounts)
        if amount != 0
    ]


def three_years(seed=1, count=6):
    """History of `count` reps over three years with luck, two products each."""
    draw = np.random.default_rng(seed)
    names = "abcdefgh"[:count]
    rows = []
    for rank, rep in enumerate(names):
        for product in "pq":
            rows += sales(rep, (rank + 1) * 10 * draw.lognormal(0, 0.3, 36), product)
    return company(*reps(names)), products("p", "q"), rows


def test_quarters_with_a_year_behind_them_are_judged_and_each_total_is_met():
    found = backtest(make_plan(*three_years()), "quarter")
    assert len(found.periods) == 8
    assert found.periods[0].label == "2018-01..2018-03"
    for period in found.periods:
        for split in period.splits.values():
            assert split.target.sum() == pytest.approx(split.actual.sum())


def test_years_are_judged_with_one_year_behind_them():
    found = backtest(make_plan(*three_years()), "year")
    assert [period.label for period in found.periods] == ["2018-01..2018-12", "2019-01..2019-12"]
    assert found.periods[0].splits["previous"].target == pytest.approx(
        found.periods[0].splits["same_last_year"].target
    )


def test_naive_rules_split_by_what_their_names_say():
    history = sales("a", [30] * 12 + [60] * 3 + [10, 20, 30]) + sales("b", [10] * 12 + [20] * 3 + [40] * 3)
    found = backtest(make_plan(company(*reps("ab")), products("p"), history), "quarter")
    split = found.periods[-1].splits
    assert split["previous"].target == pytest.approx([180 * 180 / 240, 180 * 60 / 240])
    assert split["trailing_four"].target == pytest.approx([180 * 450 / 600, 180 * 150 / 600])
    assert split["same_last_year"].target == pytest.approx([180 * 90 / 120, 180 * 30 / 120])
    assert split["equal"].target == pytest.approx([90, 90])
    assert split["equal"].actual == pytest.approx([60, 120])


def test_changing_the_future_changes_no_target():
    org, product_rows, history = three_years()
    cut = month_number("2018-10")
    altered = [row | {"amount": row["amount"] * (1 + row["period"] % 5)} if row["period"] >= cut else row
               for row in history]  # fmt: skip
    honest = backtest(make_plan(org, product_rows, history), "quarter")
    other = backtest(make_plan(org, product_rows, altered), "quarter")
    assert honest.periods[3].label == "2018-10..2018-12"
    for position in range(4):
        one, two = honest.periods[position].splits[METHOD], other.periods[position].splits[METHOD]
        assert one.target / one.target.sum() == pytest.approx(two.target / two.target.sum(), rel=1e-12)
    last = [run.periods[-1].splits[METHOD].target for run in (honest, other)]
    assert last[0] / last[0].sum() != pytest.approx(last[1] / last[1].sum(), rel=1e-3)


def test_the_method_is_the_baseline_that_a_real_run_at_that_time_would_have_had():
    org, product_rows, history = three_years()
    found = backtest(make_plan(org, product_rows, history), "quarter").periods[-1].splits[METHOD]
    then = make_plan(
        org,
        product_rows,
        [row for row in history if row["period"] < month_number("2019-10")],
        start="2019-10",
        months=3,
        baseline="auto",
        total=10**6,
    )
    labels = label_plan(then)
    anchor = build_anchors(then, labels, "sales").anchor.reshape(labels.grid.n_rep, -1).sum(axis=1)
    assert found.target / found.target.sum() == pytest.approx(anchor / anchor.sum(), rel=1e-9)


def test_a_seller_counts_from_a_year_after_his_first_sale_until_he_leaves():
    org, product_rows, history = three_years(count=4)
    late = [row for row in history if row["node_id"] != "d" or row["period"] >= month_number("2018-06")]
    late = [row for row in late if row["node_id"] != "c" or row["period"] < month_number("2019-07")]
    people = [row | ({"end": "2019-06-30"} if row["node_id"] == "c" else {}) for row in org]
    found = backtest(make_plan(people, product_rows, late), "quarter")
    counted = {period.label[:7]: "".join(period.rep_id) for period in found.periods}
    assert counted["2018-04"] == "abc"
    assert counted["2019-01"] == "abc"
    assert counted["2019-04"] == "abcd"
    assert counted["2019-07"] == "abd"


def test_a_history_of_less_than_a_year_is_judged_after_one_complete_quarter():
    history = sales("a", [9] * 8) + sales("b", [3] * 8)
    found = backtest(make_plan(company(*reps("ab")), products("p"), history), "quarter")
    assert [period.label for period in found.periods] == ["2019-10..2019-12"]
    assert found.periods[0].splits["same_last_year"] is None
    assert found.as_dict()["overall"]["naive"]["same_last_year"] is None
    assert found.as_dict()["overall"]["method"]["wape"] == pytest.approx(0, abs=1e-9)


@pytest.mark.parametrize(("history", "kind"), [([], "quarter"), (sales("a", [9] * 5), "quarter"),
                                               (sales("a", [9] * 20), "year")])  # fmt: skip
def test_too_little_history_is_said(history, kind):
    plan = make_plan(company(*reps("ab")), products("p"), history)
    with pytest.raises(InputFaults) as error:
        backtest(plan, kind)
    assert error.value.faults[0].code == "too-little-history"
    assert not_in_both(error.value.faults) == []


def test_an_unknown_measure_is_named_with_the_known_ones():
    with pytest.raises(InputFaults, match="sales") as error:
        backtest(make_plan(*three_years(count=2)), "quarter", "visits")
    assert not_in_both(error.value.faults) == []


def test_only_promises_known_at_the_time_are_kept():
    rows = [
        {"node_id": "a", "amount": 10.0, "actual": 9.0, "period": "2019-03"},
        {"node_id": "a", "amount": 11.0, "actual": 8.0, "period": "2019-04"},
        {"node_id": "a", "amount": 12.0, "actual": 8.0, "period": "2019-05"},
        {"node_id": "a", "amount": 13.0, "actual": 8.0, "period": "2019-06"},
        {"node_id": "b", "amount": 14.0, "actual": 8.0, "period": "2019-04"},
        {"node_id": "a", "amount": 15.0, "actual": 8.0, "period": "2019-07"},
        {"node_id": "a", "amount": 16.0, "actual": 8.0, "period": "fy2018"},
        {"node_id": "a", "amount": 17.0},
    ]
    org, product_rows, history = three_years(count=2)
    plan = make_plan(org, product_rows, history, commitments=rows)
    kept = plan_before(plan, "sales", month_number("2019-04"), 3, 1000.0).commitments
    assert kept["amount"].tolist() == [10.0, 36.0]
    assert kept["actual"].tolist()[0] == 9.0
    assert np.isnan(kept["actual"].tolist()[1])
    found = backtest(plan, "quarter")
    assert found.as_dict()["overall"]["method"]["n"] == 16
