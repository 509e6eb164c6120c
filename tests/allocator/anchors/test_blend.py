"""Weights of the sources and the cap on a rep's influence on his own anchor."""

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from allocator.anchors.blend import Sources, given_weights, precision_weights
from allocator.plan.plan import Plan
from allocator.plan.spec import BlendWeights
from tests.allocator.anchors.company import anchors_of, company, make_plan, monthly, reps

NAN = np.nan


def test_given_weights_are_shared_by_the_sources_that_are_there() -> None:
    sources = Sources(np.ones(4), np.array([1, 1, NAN, NAN]), np.array([1, NAN, 1, NAN]))
    weights = given_weights(sources, BlendWeights(history=0.6, potential=0.2, commitment=0.2))
    np.testing.assert_allclose(weights, [[0.6, 0.75, 0.75, 1], [0.2, 0.25, 0, 0], [0.2, 0, 0.25, 0]])


def test_weights_need_not_sum_to_one_and_history_stands_in_where_none_is_left() -> None:
    sources = Sources(np.ones(2), np.array([1, NAN]), np.array([NAN, NAN]))
    weights = given_weights(sources, BlendWeights(potential=3.0))
    np.testing.assert_allclose(weights, [[0, 1], [1, 0], [0, 0]])


def test_auto_weighs_by_precision_and_gives_a_commitment_at_most_one_half() -> None:
    history = np.array([100.0, 100, 100, 100])
    potential = 100 * np.exp(np.array([0.4, -0.4, 0.4, -0.4]))
    commitment = np.array([100.0, NAN, 100, 100])
    variance = np.array([0.04, NAN, 0.0001, 0.16])
    weights = precision_weights(
        Sources(history, potential, commitment), np.array([0.2, 0.4, 0.2, 0.01]), np.ones(4, bool), variance
    )
    pi = np.array([1 / 0.04, 1 / 0.16, 1 / 0.04])
    np.testing.assert_allclose(weights[:, 0], pi / pi.sum())
    np.testing.assert_allclose(weights[:, 1], [0.5, 0.5, 0.0])
    np.testing.assert_allclose(weights[:, 2], [0.5 * 0.8, 0.5 * 0.2, 0.5])
    assert weights[0, 3] == pytest.approx(400 / (400 + 1 / 0.16 + 1 / 0.16))


PRODUCTS = [
    {"product_id": "L"},
    {"product_id": "p", "parent_id": "L"},
    {"product_id": "q", "parent_id": "L"},
    {"product_id": "z"},
    {"product_id": "new"},
]
PAST = [("a", 1.3), ("b", 0.8), ("c", 1.0)]


def negotiating_plan(
    promises: dict[str, float], cap: float, weights: object, totals: object, over: float
) -> Plan:
    """Four reps whose promises are corrected up and down; one has a promise for single products."""
    history = [
        row
        for rep, size in (("a", 300.0), ("b", 200.0), ("c", 120.0), ("d", 80.0))
        for product, part in (("p", 0.5), ("q", 0.3), ("z", 0.2))
        for row in monthly(rep, product, size * part, growth=0.1)
    ]
    past = [
        {"node_id": rep, "period": f"y{year}", "amount": 100.0, "actual": 100.0 * ratio * (1 + 0.02 * year)}
        for rep, ratio in PAST
        for year in (1, 2, 3)
    ]
    current = [{"node_id": rep, "amount": amount} for rep, amount in promises.items()]
    current += [
        {"node_id": "b", "product_id": "z", "amount": 25.0},
        {"node_id": "a", "product_id": "new", "amount": 5.0},
    ]
    potential = [{"node_id": rep, "amount": 50.0} for rep in "abc"]
    return make_plan(
        company(*reps("abcd")),
        PRODUCTS,
        history,
        past + current,
        potential,
        total=9000,
        round_to="0.1",
        baseline=weights,
        commitment_cap=cap,
        product_totals={"sales": totals},
        over_assignment={"rep": over},
    )


def own_derivative(promises: dict[str, float], rep: str, **settings_: object) -> float:
    """Derivative of a rep's anchor by his own commitment for all products, by central differences."""
    step = promises[rep] * 1e-5
    moved = []
    for sign in (1, -1):
        plan = negotiating_plan({**promises, rep: promises[rep] + sign * step}, **settings_)
        labels, anchors = anchors_of(plan)
        rank = labels.rep_id.index(rep)
        moved.append(anchors.anchor.reshape(4, -1)[rank].sum())
    return float(moved[0] - moved[1]) / (2 * step)


PLAIN: dict[str, object] = {"cap": 0.5, "weights": {"history": 1, "commitment": 4}, "totals": {}, "over": 0.0}


def test_the_cap_binds_where_a_commitment_would_weigh_more() -> None:
    promises = {"a": 3000.0, "b": 2500.0, "c": 1500.0, "d": 1000.0}
    for rep in promises:
        slope = own_derivative(promises, rep, **PLAIN)
        assert 0.2 < slope <= 0.5 + 1e-7
        assert own_derivative(promises, rep, **{**PLAIN, "cap": 1.0}) > slope + 0.02


def test_where_the_cap_binds_an_anchor_is_a_top_down_part_and_the_capped_promise() -> None:
    promises = {"a": 4000.0, "b": 2500.0, "c": 1500.0, "d": 1000.0}
    labels, anchors = anchors_of(negotiating_plan(promises, **PLAIN))
    growth = np.zeros(labels.grid.n_cell)
    np.divide(anchors.anchor, anchors.baseline, out=growth, where=anchors.baseline > 0)
    carried = np.nan_to_num(anchors.weight[2] * anchors.commitment * growth).reshape(4, -1).sum(axis=1)
    assert carried[2:] == pytest.approx([0.5 * promises["c"], 0.5 * promises["d"]])
    assert anchors.weight.sum(axis=0) == pytest.approx(np.ones(labels.grid.n_cell))
    assert anchors.weights["commitment"] == pytest.approx(0.8)


@settings(deadline=None, derandomize=True, max_examples=16)
@given(
    amounts=st.lists(st.floats(50, 12000), min_size=4, max_size=4),
    rep=st.sampled_from("abcd"),
    cap=st.sampled_from([0.0, 0.1, 0.3, 0.5, 1.0]),
    weights=st.sampled_from(
        [
            "auto",
            {"history": 1, "commitment": 9},
            {"commitment": 1},
            {"history": 0.6, "potential": 0.2, "commitment": 0.2},
        ]
    ),
    totals=st.sampled_from(
        [
            {},
            {"L": 5000},
            {"p": {"min": 3000, "max": 4000}, "z": {"max": 1500}},
            {"new": 400},
            {"L": {"max": 6000}, "new": {"min": 100}},
        ]
    ),
    over=st.sampled_from([0.0, 0.1]),
)
def test_no_rep_moves_his_own_anchor_by_more_than_the_cap(
    amounts: list[float], rep: str, cap: float, weights: object, totals: object, over: float
) -> None:
    promises = dict(zip("abcd", amounts, strict=True))
    slope = own_derivative(promises, rep, cap=cap, weights=weights, totals=totals, over=over)
    assert slope <= cap + 1e-6


def test_without_a_cap_to_bind_the_given_weights_are_the_final_ones() -> None:
    settings_ = {**PLAIN, "weights": {"history": 0.8, "commitment": 0.2}}
    plan = negotiating_plan(dict.fromkeys("abcd", 2000.0), **settings_)
    _, anchors = anchors_of(plan)
    np.testing.assert_allclose(anchors.weight[2], np.where(np.isfinite(anchors.commitment), 0.2, 0.0))
    spec = plan.spec.model_copy(update={"commitment_cap": 0.05})
    _, capped = anchors_of(replace(plan, spec=spec))
    promised = np.isfinite(capped.commitment) & (capped.commitment > 0)
    assert np.all(capped.weight[2][promised] < 0.2)


@settings(deadline=None, derandomize=True, max_examples=12)
@given(
    amounts=st.lists(st.floats(20, 2000), min_size=4, max_size=4),
    cap=st.sampled_from([0.1, 0.5, 1.0]),
    weights=st.sampled_from(["auto", {"history": 0.5, "commitment": 0.5}]),
    with_potential=st.booleans(),
)
def test_without_any_history_the_cap_holds_as_well(
    amounts: list[float], cap: float, weights: object, with_potential: bool
) -> None:
    potential = [{"node_id": "b", "amount": 30.0}, {"node_id": "c", "amount": 10.0}] if with_potential else []

    def anchor(first: float) -> float:
        promises = [
            {"node_id": rep, "amount": amount}
            for rep, amount in zip("abcd", [first, *amounts[1:]], strict=True)
        ]
        plan = make_plan(
            company(*reps("abcd")),
            PRODUCTS,
            commitments=promises,
            potential=potential,
            baseline=weights,
            commitment_cap=cap,
        )
        return float(anchors_of(plan)[1].anchor.reshape(4, -1)[0].sum())

    step = amounts[0] * 1e-5
    slope = (anchor(amounts[0] + step) - anchor(amounts[0] - step)) / (2 * step)
    assert -1e-6 <= slope <= cap + 1e-6
