"""Commitments: what the past teaches about a promise, and how promises reach the cells."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from allocator.anchors.commitments import LARGEST_BIAS, commitment_source, learn_bias
from allocator.model.labels import label_plan
from tests.allocator.anchors.company import company, make_plan, reps

PRODUCTS = [
    {"product_id": "L"},
    {"product_id": "p", "parent_id": "L"},
    {"product_id": "q", "parent_id": "L"},
    {"product_id": "z"},
]


def past(rep: str, period: str, amount: float, actual: float, product: str = "*") -> dict[str, object]:
    return {"node_id": rep, "period": period, "amount": amount, "actual": actual, "product_id": product}


def bias_of(rows: list[dict[str, object]], names: str = "abcd", **columns: object) -> object:
    plan = make_plan(company(*reps(names, **columns)), PRODUCTS, commitments=rows)
    return learn_bias(plan, label_plan(plan), "sales")


def test_bias_is_the_credible_part_of_past_errors() -> None:
    # e: a = (.2, .1), b = (-.1, -.2), c none; within = .01 / 2, spread = 4 * .15^2 = .09,
    # between = (.09 - within) / (4 - 8 / 4), Z = 2 / (2 + within / between).
    rows = [past("a", "y1", 100, 100 * np.exp(0.2)), past("a", "y2", 200, 200 * np.exp(0.1))]
    rows += [past("b", "y1", 100, 100 * np.exp(-0.1)), past("b", "y2", 50, 50 * np.exp(-0.2))]
    bias = bias_of(rows)
    within, between = 0.005, (0.09 - 0.005) / 2
    z = 2 / (2 + within / between)
    np.testing.assert_allclose(bias.log_error, [0.15, -0.15, 0, 0], atol=1e-12)
    np.testing.assert_allclose(bias.credibility, [z, z, 0, 0])
    np.testing.assert_allclose(bias.factor, np.exp([z * 0.15, -z * 0.15, 0, 0]))
    assert bias.within == pytest.approx(np.sqrt(within))


def test_a_rep_without_history_gets_the_peers_bias() -> None:
    rows = [
        past(rep, f"y{year}", 100, 100 * np.exp(e))
        for rep, e in zip("abc", (0.1, 0.12, 0.14), strict=True)
        for year in (1, 2)
    ]
    bias = bias_of(rows)
    assert bias.factor[3] == pytest.approx(np.exp(0.12))
    assert bias.credibility[3] == 0.0


def test_three_colleagues_with_a_past_make_a_group_of_their_own() -> None:
    org = company(
        *reps("abcx", peer_group="senior"), *reps("defy", peer_group="junior"), *reps("g", peer_group="third")
    )
    errors = dict(zip("abcdef", (0.1, 0.12, 0.14, -0.2, -0.22, -0.24), strict=True))
    rows = [past(rep, period, 100, 100 * np.exp(e)) for rep, e in errors.items() for period in ("y1", "y2")]
    plan = make_plan(org, PRODUCTS, commitments=rows)
    labels = label_plan(plan)
    factor = dict(zip(labels.rep_id, learn_bias(plan, labels, "sales").factor, strict=True))
    assert np.log(factor["x"]) == pytest.approx(0.12, abs=1e-9)
    assert np.log(factor["y"]) == pytest.approx(-0.22, abs=1e-9)
    assert np.log(factor["g"]) == pytest.approx(-0.05, abs=1e-9)


def test_one_past_promise_each_teaches_only_the_mean() -> None:
    bias = bias_of([past("a", "y1", 100, 120), past("b", "y1", 100, 100)])
    np.testing.assert_allclose(bias.factor, np.exp(np.log(1.2) / 2))
    assert bias.within == 0.2


def test_products_of_a_period_count_as_one_promise_and_the_total_stands_for_them() -> None:
    parts = [past("a", "y1", 60, 90, "p"), past("a", "y1", 40, 20, "z")]
    whole = [past("a", "y1", 100, 110)]
    assert bias_of(parts).log_error[0] == pytest.approx(np.log(1.1))
    assert bias_of(parts + [past("a", "y1", 100, 150)]).log_error[0] == pytest.approx(np.log(1.5))
    assert bias_of(whole).periods[0] == bias_of(parts).periods[0] == 1


@settings(deadline=None, derandomize=True, max_examples=30)
@given(
    st.lists(
        st.tuples(st.sampled_from("abcd"), st.integers(0, 5), st.integers(1, 100), st.integers(-50, 500)),
        max_size=15,
        unique_by=lambda row: row[:2],
    )
)
def test_no_past_moves_a_promise_by_more_than_its_cap(rows: list[tuple[str, int, int, int]]) -> None:
    bias = bias_of([past(rep, f"y{year}", amount, actual) for rep, year, amount, actual in rows])
    assert np.all(np.abs(np.log(bias.factor)) <= LARGEST_BIAS + 1e-12)
    assert np.all(np.abs(bias.log_error) <= np.log(2) + 1e-12)
    assert np.all(np.isfinite(bias.factor))


def source_of(rows: list[dict[str, object]], share: list[float], there: tuple[float, ...] = (1.0, 1.0)):
    plan = make_plan(company(*reps("ab")), PRODUCTS, commitments=rows)
    labels = label_plan(plan)
    return commitment_source(plan, labels, "sales", np.array(share, float), np.array(there)), labels


def test_a_total_adds_to_the_products_by_history() -> None:
    rows = [{"node_id": "a", "amount": 100.0}, {"node_id": "a", "product_id": "p", "amount": 40.0}]
    source, _ = source_of(rows, [9, 1, 2, 1, 1, 1])
    np.testing.assert_allclose(source.cells.reshape(2, 3), [[40, 20, 40], [np.nan] * 3])


def test_promises_of_managers_and_of_those_who_left_stay_out() -> None:
    rows = [{"node_id": node, "amount": 100.0} for node in ("co", "a", "b")]
    source, labels = source_of(rows, [1] * 6, there=(0.5, 0.0))
    np.testing.assert_allclose(np.nansum(source.cells.reshape(2, 3), axis=1), [100, 0])
    assert source.table(labels)["node_id"].tolist() == ["a"]


def test_confidence_adds_to_the_scatter_of_promises() -> None:
    rows = [
        {"node_id": "a", "amount": 9.0, "confidence": "low"},
        {"node_id": "a", "product_id": "L", "amount": 5.0, "confidence": "high"},
        {"node_id": "b", "amount": 9.0},
    ]
    source, _ = source_of(rows, [1] * 6)
    variance = source.variance.reshape(2, 3) - 0.2**2
    np.testing.assert_allclose(variance, [[0.05**2, 0.05**2, 0.2**2], [0.1**2] * 3])
