"""Anchors as a whole: totals met, proportions kept, order and scale without influence, every special case."""

from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from allocator.anchors.anchors import Anchors
from allocator.anchors.build import build_anchors
from allocator.errors import InputFaults
from allocator.model.labels import Labels, label_plan
from allocator.plan.plan import Plan
from allocator.plan.reading import read_plan
from tests.allocator.anchors.company import anchors_of, by_rep, company, make_plan, monthly, products, reps
from tests.languages import not_in_both
from tests.plans import write_plan

LINES = [
    {"product_id": "L"},
    {"product_id": "p", "parent_id": "L"},
    {"product_id": "q", "parent_id": "L"},
    {"product_id": "z"},
    {"product_id": "new"},
]
SIZES = {
    ("a", "p"): 50.0,
    ("a", "q"): 30.0,
    ("a", "z"): 20.0,
    ("b", "p"): 10.0,
    ("b", "z"): 90.0,
    ("c", "q"): 60.0,
}
HISTORY = [row for (rep, product), size in SIZES.items() for row in monthly(rep, product, size)]


def by_product(labels: Labels, anchors: Anchors) -> dict[str, float]:
    return dict(zip(labels.product_id, labels.grid.roll_up(anchors.anchor)[0].tolist(), strict=True))


def test_without_product_totals_every_cell_grows_alike() -> None:
    labels, anchors = anchors_of(make_plan(company(*reps("abc")), LINES, HISTORY, total=520))
    np.testing.assert_allclose(anchors.last_year.sum(), 260.0)
    np.testing.assert_allclose(anchors.history, anchors.last_year, rtol=1e-12)
    np.testing.assert_allclose(anchors.anchor, 2 * anchors.last_year, rtol=1e-12)


def test_product_totals_lines_and_ranges_are_met_and_the_rest_is_in_proportion() -> None:
    totals = {"L": 300, "q": {"max": 90}}
    labels, anchors = anchors_of(
        make_plan(company(*reps("abc")), LINES, HISTORY, total=500, product_totals={"sales": totals})
    )
    found = by_product(labels, anchors)
    assert found["*"] == pytest.approx(500, rel=1e-12)
    assert found["L"] == pytest.approx(300, rel=1e-12)
    assert found["q"] == pytest.approx(90, rel=1e-12)
    assert found["z"] == pytest.approx(200, rel=1e-12)
    cells = anchors.anchor.reshape(3, -1)
    history = anchors.history.reshape(3, -1)
    for product in range(history.shape[1]):
        sold = history[:, product] > 0
        ratio = cells[sold, product] / history[sold, product]
        np.testing.assert_allclose(ratio, ratio[0] if len(ratio) else 1.0)


def test_over_assignment_makes_the_reps_street_larger_than_the_company() -> None:
    plan = make_plan(company(*reps("abc")), LINES, HISTORY, total=520, over_assignment={"rep": 0.25})
    labels, anchors = anchors_of(plan)
    assert anchors.anchor.sum() == pytest.approx(520 * 1.25, rel=1e-12)
    assert by_product(labels, anchors)["*"] == pytest.approx(520, rel=1e-12)


@pytest.mark.parametrize(
    ("said", "amount"), [(40, 40.0), ({"min": 40}, 40.0), ({"min": 40, "max": 60}, 40.0)]
)
def test_a_new_product_with_a_total_is_spread_by_each_reps_share_of_the_whole(
    said: Any, amount: float
) -> None:
    plan = make_plan(
        company(*reps("abc")), LINES, HISTORY, total=560, product_totals={"sales": {"new": said}}
    )
    labels, anchors = anchors_of(plan)
    new = anchors.anchor.reshape(3, -1)[:, labels.leaf_product_id.index("new")]
    assert new.sum() >= amount - 1e-9
    np.testing.assert_allclose(new / new.sum(), np.array([100, 100, 60]) / 260)


def test_a_new_product_without_a_total_stays_at_zero() -> None:
    labels, anchors = anchors_of(make_plan(company(*reps("abc")), LINES, HISTORY, total=560))
    assert by_product(labels, anchors)["new"] == 0.0


def test_products_without_history_open_where_the_others_may_not_carry_the_total() -> None:
    totals = {"L": 100, "z": {"max": 50}}
    labels, anchors = anchors_of(
        make_plan(company(*reps("abc")), LINES, HISTORY, total=200, product_totals={"sales": totals})
    )
    found = by_product(labels, anchors)
    assert (found["L"], found["z"], found["new"]) == pytest.approx((100, 50, 50))


def test_a_line_without_history_splits_its_total_equally_over_its_products() -> None:
    lines = [
        *LINES,
        {"product_id": "M"},
        {"product_id": "m1", "parent_id": "M"},
        {"product_id": "m2", "parent_id": "M"},
    ]
    labels, anchors = anchors_of(
        make_plan(company(*reps("abc")), lines, HISTORY, total=360, product_totals={"sales": {"M": 100}})
    )
    found = by_product(labels, anchors)
    assert (found["m1"], found["m2"]) == pytest.approx((50, 50))


def test_without_any_history_the_potential_stands_in_and_peers_fill_the_gaps() -> None:
    potential = [
        {"node_id": "a", "amount": 30.0},
        {"node_id": "b", "amount": 10.0},
        {"node_id": "c", "amount": 20.0},
    ]
    plan = make_plan(company(*reps("abcd")), products("p"), potential=potential, total=800)
    labels, anchors = anchors_of(plan)
    assert by_rep(labels, anchors.anchor) == pytest.approx({"a": 300, "b": 100, "c": 200, "d": 200})


@pytest.mark.parametrize(("cap", "found"), [(1.0, (600, 200)), (0.5, (500, 300)), (0.0, (400, 400))])
def test_without_history_and_potential_commitments_decide_as_far_as_the_cap_allows(
    cap: float, found: tuple[float, float]
) -> None:
    promises = [{"node_id": "a", "amount": 600.0}, {"node_id": "b", "amount": 200.0}]
    plan = make_plan(
        company(*reps("ab")),
        products("p", "q"),
        commitments=promises,
        total=800,
        commitment_cap=cap,
        baseline={"history": 0.8, "commitment": 0.2},
    )
    labels, anchors = anchors_of(plan)
    assert by_rep(labels, anchors.anchor) == pytest.approx(dict(zip("ab", found, strict=True)))


def test_with_nothing_at_all_everybody_gets_the_same_by_presence() -> None:
    org = company(*reps("ab"), *reps("c", start="2020-07-01"), *reps("d", end="2019-06-30"))
    labels, anchors = anchors_of(make_plan(org, products("p", "q"), total=1000))
    assert by_rep(labels, anchors.anchor) == pytest.approx({"a": 400, "b": 400, "c": 200, "d": 0})


def test_who_left_before_the_plan_gets_nothing_from_any_source() -> None:
    org = company(*reps("ab"), *reps("c", end="2019-12-31"))
    promises = [{"node_id": rep, "amount": 100.0} for rep in "abc"]
    plan = make_plan(
        org, LINES, HISTORY, promises, promises, baseline={"history": 1, "potential": 1, "commitment": 1}
    )
    labels, anchors = anchors_of(plan)
    assert by_rep(labels, anchors.anchor)["c"] == 0.0
    assert by_rep(labels, anchors.last_year)["c"] == pytest.approx(60)


def test_totals_that_nobody_is_there_to_carry_are_a_fault() -> None:
    org = company(*reps("ab", end="2019-06-30"))
    with pytest.raises(InputFaults, match="carried") as caught:
        anchors_of(make_plan(org, products("p"), total=1000))
    assert not_in_both(caught.value.faults) == []


def test_a_total_of_zero_gives_anchors_of_zero() -> None:
    promises = [{"node_id": "a", "amount": 100.0}]
    plan = make_plan(company(*reps("abc")), LINES, HISTORY, promises, total=0, baseline="auto")
    _, anchors = anchors_of(plan)
    np.testing.assert_array_equal(anchors.anchor, 0.0)
    assert np.isfinite(anchors.baseline).all()


def test_negative_history_never_makes_a_negative_anchor_and_last_year_stays_as_it_is() -> None:
    history = [*HISTORY, *monthly("b", "q", -30.0), *monthly("d", "p", -5.0)]
    labels, anchors = anchors_of(make_plan(company(*reps("abcd")), LINES, history, total=255))
    assert (anchors.anchor >= 0).all()
    assert anchors.last_year.min() == pytest.approx(-30.0)
    history_of = by_rep(labels, anchors.history)
    assert history_of["b"] == pytest.approx(70.0)
    assert history_of["d"] == pytest.approx(70.0)  # no history of his own: the median of 100, 70 and 60


def test_the_bias_table_names_who_promised_for_this_plan() -> None:
    commitments = [
        {"node_id": "a", "amount": 100.0},
        {"node_id": "b", "amount": 90.0, "period": "2019", "actual": 99.0},
    ]
    _, anchors = anchors_of(make_plan(company(*reps("abc")), LINES, HISTORY, commitments))
    assert anchors.bias.columns.tolist() == ["node_id", "periods", "log_error", "credibility", "factor"]
    assert anchors.bias["node_id"].tolist() == ["a"]
    assert anchors.bias["factor"].tolist() == pytest.approx([1.1])


@pytest.fixture(scope="module")
def tiny(tmp_path_factory: pytest.TempPathFactory) -> Plan:
    return read_plan(write_plan(tmp_path_factory.mktemp("tiny") / "plan"))


@pytest.mark.parametrize("baseline", ["auto", "given"])
@pytest.mark.parametrize("measure", ["revenue", "new_customers"])
def test_the_anchors_of_a_read_plan_meet_its_totals(tiny: Plan, measure: str, baseline: str) -> None:
    plan = (
        replace(tiny, spec=tiny.spec.model_copy(update={"baseline": "auto"})) if baseline == "auto" else tiny
    )
    labels = label_plan(plan)
    anchors = build_anchors(plan, labels, measure)
    unit = float(plan.spec.measures[measure].round_to)
    top = labels.grid.roll_up(anchors.anchor)[0]
    assert top[0] == pytest.approx(anchors.totals.company * unit, rel=1e-12)
    assert np.all(top >= anchors.totals.product_lower * unit * (1 - 1e-12))
    assert np.all(top <= anchors.totals.product_upper * unit * (1 + 1e-12))
    np.testing.assert_allclose(anchors.weight.sum(axis=0), 1.0)
    sources = np.nan_to_num(np.stack([anchors.history, anchors.potential, anchors.commitment]))
    np.testing.assert_allclose((anchors.weight * sources).sum(axis=0), anchors.baseline)
    assert all(np.isfinite(part).all() for part in (anchors.history, anchors.baseline, anchors.anchor))


@settings(deadline=None, derandomize=True, max_examples=10)
@given(seed=st.integers(0, 2**32 - 1))
def test_the_order_of_rows_cannot_reach_the_anchors(tiny: Plan, seed: int) -> None:
    rng = np.random.default_rng(seed)

    def shuffled(table: pd.DataFrame) -> pd.DataFrame:
        return table.iloc[rng.permutation(len(table))].reset_index(drop=True)

    tables = {
        name: shuffled(getattr(tiny, name))
        for name in ("org", "products", "history", "commitments", "potential")
    }
    _assert_same(_revenue(replace(tiny, **tables)), _revenue(tiny))


@settings(deadline=None, derandomize=True, max_examples=15)
@given(factor=st.integers(1, 400), baseline=st.sampled_from(["auto", None]))
def test_all_amounts_times_c_give_anchors_times_c(tiny: Plan, factor: int, baseline: str | None) -> None:
    plan = replace(tiny, spec=tiny.spec.model_copy(update={"baseline": baseline})) if baseline else tiny
    scaled = replace(
        plan,
        history=plan.history.assign(amount=plan.history["amount"] * factor),
        potential=plan.potential.assign(amount=plan.potential["amount"] * factor),
        commitments=plan.commitments.assign(
            amount=plan.commitments["amount"] * factor, actual=plan.commitments["actual"] * factor
        ),
        spec=_scaled_spec(plan, factor),
    )
    np.testing.assert_allclose(_revenue(scaled).anchor, _revenue(plan).anchor * factor, rtol=1e-9)


def _scaled_spec(plan: Plan, factor: int) -> Any:
    revenue = plan.spec.measures["revenue"]
    bigger = revenue.model_copy(update={"total": revenue.total * factor})
    totals = {
        name: said.model_copy(update={"min": said.min * factor, "max": said.max * factor})
        for name, said in plan.spec.product_totals["revenue"].items()
    }
    return plan.spec.model_copy(
        update={"measures": {**plan.spec.measures, "revenue": bigger}, "product_totals": {"revenue": totals}}
    )


def _revenue(plan: Plan) -> Anchors:
    return build_anchors(plan, label_plan(plan), "revenue")


def _assert_same(left: Anchors, right: Anchors) -> None:
    for name in ("last_year", "history", "potential", "commitment", "weight", "baseline", "anchor"):
        np.testing.assert_array_equal(getattr(left, name), getattr(right, name), err_msg=name)
    pd.testing.assert_frame_equal(left.bias, right.bias)


def test_a_quarter_can_be_planned_from_real_sales(shared_dir: Path) -> None:
    sales = pd.read_csv(shared_dir / "data" / "adventureworks" / "sales_monthly.csv", dtype={"rep_id": str})
    month = sales["month"].str.slice(0, 4).astype(int) * 12 + sales["month"].str.slice(5, 7).astype(int) - 1
    start = 2020 * 12
    past = sales[month < start].assign(period=month[month < start])
    table = past.groupby(["period", "rep_id", "category"], as_index=False)["revenue"].sum()
    table = table.rename(columns={"rep_id": "node_id", "category": "product_id", "revenue": "amount"})
    org = company(*reps(sorted(past["rep_id"].unique())))
    plan = make_plan(
        org,
        products(*sorted(table["product_id"].unique())),
        table.assign(measure="sales").to_dict("records"),
        total=9_000_000,
        round_to=1000,
        months=3,
    )
    labels, anchors = anchors_of(plan)
    actual = sales[(month >= start) & (month < start + 3)].groupby("rep_id")["revenue"].sum()
    anchor = pd.Series(by_rep(labels, anchors.anchor))
    known = actual.index.intersection(anchor.index)
    foretold = anchor[known] * actual[known].sum() / anchor[known].sum()
    error = float((foretold - actual[known]).abs().sum() / actual[known].sum())
    equal = float((actual[known].mean() - actual[known]).abs().sum() / actual[known].sum())
    assert error < 0.5 * equal
