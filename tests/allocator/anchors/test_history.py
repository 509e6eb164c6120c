"""What a rep is expected to sell by his own past, or by his peers' where he has none."""

import datetime as dt

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from allocator.anchors.history import HistoryLevel, history_level, without_negatives
from allocator.anchors.observed import observe
from allocator.anchors.ramp import presence_and_ramp
from allocator.model.labels import label_plan
from tests.allocator.anchors.company import SEASON, company, make_plan, monthly, products, reps


def level_of(plan) -> tuple[HistoryLevel, dict[str, list[float]]]:
    """The history as a source, and its level by rep."""
    labels = label_plan(plan)
    found = history_level(plan, labels, observe(plan, labels, "sales"), presence_and_ramp(plan, labels))
    table = found.level.reshape(labels.grid.n_rep, labels.grid.n_product)
    return found, dict(zip(labels.rep_id, table.tolist(), strict=True))


def flat(rep, amount, first="2018-01", months=24, product="p"):
    """The same amount in each of a run of months."""
    start = 12 * int(first[:4]) + int(first[5:]) - 1
    return [
        {"period": start + k, "node_id": rep, "product_id": product, "measure": "sales", "amount": amount}
        for k in range(months)
    ]


def test_who_sold_the_same_every_year_is_expected_to_sell_it_again():
    sold = {"a": 100.0, "b": 250.0, "c": 40.0}
    history = [row for rep, amount in sold.items() for row in monthly(rep, "p", amount, years=3)]
    found, level = level_of(make_plan(company(*reps(sold)), products("p"), history))
    assert level == {rep: pytest.approx([amount]) for rep, amount in sold.items()}
    assert found.noise == pytest.approx(0, abs=1e-7)
    assert found.is_own.all()


def test_growth_that_all_have_in_common_does_not_move_the_split():
    sold = {"a": 100.0, "b": 250.0, "c": 40.0}
    history = [row for rep, amount in sold.items() for row in monthly(rep, "p", amount, growth=0.3)]
    _, level = level_of(make_plan(company(*reps(sold)), products("p"), history))
    assert level == {rep: pytest.approx([amount]) for rep, amount in sold.items()}


def test_who_grew_faster_than_the_others_year_after_year_gets_a_larger_share_than_his_mean():
    sold = {"a": 100.0, "b": 100.0, "c": 100.0, "d": 100.0, "e": 100.0}
    growth = {"a": 0.4, "b": 0.1, "c": 0.1, "d": 0.1, "e": -0.2}
    history = [row for rep in sold for row in monthly(rep, "p", sold[rep], growth=growth[rep], years=3)]
    _, level = level_of(make_plan(company(*reps(sold)), products("p"), history))
    assert level["a"][0] > level["b"][0] > level["e"][0]
    assert level["b"] == level["c"] == level["d"]
    # the trend goes on from last year: above his own last year relative to those who grew like all
    assert level["a"][0] / level["b"][0] > 1


def test_the_level_is_the_mix_that_each_rep_sold():
    history = [*monthly("a", "p", 60.0), *monthly("a", "q", 40.0), *monthly("b", "q", 50.0)]
    _, level = level_of(make_plan(company(*reps("ab")), products("p", "q"), history))
    assert level["a"] == pytest.approx([60, 40])
    assert level["b"] == pytest.approx([0, 50])


def test_returns_above_sales_make_a_cell_zero_and_keep_the_total_of_the_rep():
    history = [*monthly("a", "p", 120.0), *monthly("a", "q", -20.0), *monthly("b", "p", 80.0)]
    found, level = level_of(make_plan(company(*reps("ab")), products("p", "q"), history))
    assert level["a"] == pytest.approx([100, 0])
    assert found.last_year[:2] == pytest.approx([120, -20])


def test_a_rep_whose_sales_were_less_than_his_returns_is_taken_as_one_without_a_history():
    history = [
        *monthly("a", "p", 20.0),
        *monthly("a", "q", -50.0),
        *[row for rep in "bcd" for row in monthly(rep, "p", 100.0)],
    ]
    found, level = level_of(make_plan(company(*reps("abcd")), products("p", "q"), history))
    assert found.is_own.tolist() == [False, True, True, True]
    assert level["a"] == pytest.approx([100, 0])
    assert found.last_year[:2] == pytest.approx([20, -50])


@settings(deadline=None, derandomize=True)
@given(st.lists(st.lists(st.floats(-100, 100), min_size=3, max_size=3), min_size=1, max_size=6))
def test_negatives_go_and_every_positive_total_stays(rows):
    cells = np.array(rows)
    kept = without_negatives(cells)
    assert (kept >= 0).all()
    assert kept.sum(axis=1) == pytest.approx(np.maximum(cells.sum(axis=1), 0), abs=1e-9)
    assert (kept[cells <= 0] == 0).all()


def test_a_new_rep_gets_the_median_of_his_peers_in_their_mix_times_his_ramp():
    sold = {"a": 100.0, "b": 120.0, "c": 400.0}
    history = [
        *[row for rep, amount in sold.items() for row in monthly(rep, "p", 0.75 * amount)],
        *[row for rep, amount in sold.items() for row in monthly(rep, "q", 0.25 * amount)],
    ]
    new = reps(["n"], start="2020-01-01", ramp="0/0.25/0.5")
    found, level = level_of(make_plan(company(*reps(sold), *new), products("p", "q"), history))
    lost = (SEASON[0] + 0.75 * SEASON[1] + 0.5 * SEASON[2]) / SEASON.sum()
    assert found.share_of_plan == pytest.approx([1, 1, 1, 1 - lost])
    assert level["n"] == pytest.approx([0.75 * 120 * (1 - lost), 0.25 * 120 * (1 - lost)])


def test_peers_share_the_same_group_text_and_level():
    sold = {"a": 10.0, "b": 12.0, "c": 14.0, "d": 100.0, "e": 120.0, "f": 140.0}
    groups = dict.fromkeys("abcm", "junior") | dict.fromkeys("defn", "senior")
    nodes = [reps([rep], peer_group=group)[0] for rep, group in groups.items()]
    history = [row for rep, amount in sold.items() for row in monthly(rep, "p", amount)]
    _, level = level_of(make_plan(company(*nodes), products("p"), history))
    assert level["m"] == pytest.approx([12])
    assert level["n"] == pytest.approx([120])


def test_peers_of_the_same_team_go_before_those_of_the_company_if_there_are_three():
    near = {"a": 10.0, "b": 12.0, "c": 14.0}
    far = {"d": 100.0, "e": 110.0, "f": 120.0, "g": 130.0}
    nodes = [
        {"node_id": "east", "parent_id": "co", "level": "team"},
        {"node_id": "west", "parent_id": "co", "level": "team"},
        *reps([*near, "n"], parent="east"),
        *reps(["d", "e", "o"], parent="west"),
        *reps(["f", "g"]),
    ]
    history = [row for rep, amount in {**near, **far}.items() for row in monthly(rep, "p", amount)]
    _, level = level_of(make_plan(company(*nodes), products("p"), history))
    assert level["n"] == pytest.approx([12])
    assert level["o"] == pytest.approx([100])  # two near him are too few: the median of all seven


def test_an_open_seat_with_a_history_keeps_the_territory():
    sold = {"a": 100.0, "b": 100.0, "c": 100.0, "v": 300.0}
    history = [row for rep, amount in sold.items() for row in monthly(rep, "p", amount)]
    nodes = [*reps("abc"), *reps("v", role="vacant", ramp="0.5")]
    _, level = level_of(make_plan(company(*nodes), products("p"), history))
    assert level["v"] == pytest.approx([150])


def test_an_open_seat_is_not_judged_by_the_months_it_stood_empty():
    history = [
        *[row for rep in "abc" for row in flat(rep, 10.0)],
        *flat("v", 30.0, months=18),  # empty since July 2019
    ]
    _, level = level_of(make_plan(company(*reps("abc"), *reps("v", role="open")), products("p"), history))
    assert level["v"] == pytest.approx([360])


def test_an_open_seat_without_a_history_gets_the_peers_median():
    history = [row for rep in "abc" for row in flat(rep, 10.0)]
    _, level = level_of(make_plan(company(*reps("abc"), *reps("v", role="空缺")), products("p"), history))
    assert level["v"] == pytest.approx([120])


def test_open_seats_teach_nobody():
    history = [*flat("a", 10.0), *flat("v", 90.0), *flat("w", 90.0)]
    nodes = [*reps("an"), *reps("vw", role="open")]
    _, level = level_of(make_plan(company(*nodes), products("p"), history))
    assert level["n"] == pytest.approx([120])


def test_who_left_before_the_plan_gets_nothing_and_who_leaves_inside_it_his_part():
    history = [row for rep in "abc" for row in flat(rep, 10.0)]
    nodes = [*reps("a", end="2019-12-31"), *reps("b", end="2020-06-30"), *reps("c")]
    found, level = level_of(make_plan(company(*nodes), products("p"), history))
    assert level["a"] == [0]
    assert level["b"] == pytest.approx([60])
    assert level["c"] == pytest.approx([120])
    assert found.last_year == pytest.approx([120, 120, 120])


def test_a_start_inside_the_past_window_is_scaled_to_a_full_year():
    history = [
        *[row for rep in "abcd" for row in flat(rep, 10.0)],
        *flat("n", 10.0, first="2019-07", months=6),
    ]
    nodes = [*reps("abcd"), *reps("n", start="2019-07-01")]
    _, level = level_of(make_plan(company(*nodes), products("p"), history))
    assert level["n"] == pytest.approx([120])


def test_a_short_history_lies_between_its_own_pace_and_that_of_the_peers():
    pace = dict(zip("abcde", (6.0, 8.0, 10.0, 12.0, 14.0), strict=True))
    history = [row for rep, amount in pace.items() for row in flat(rep, amount)]
    levels = []
    for months in (1, 3, 6, 11):
        first = f"2019-{13 - months:02d}"
        nodes = [*reps("abcde"), *reps("n", start=f"{first}-01")]
        plan = make_plan(company(*nodes), products("p"), [*history, *flat("n", 30.0, first, months)])
        levels.append(level_of(plan)[1]["n"][0])
    assert levels == sorted(levels)
    assert 120 < levels[0] < levels[-1] < 360


def test_past_months_of_the_ramp_do_not_count_against_a_new_rep():
    ramped = [*flat("n", 0.0, "2019-07", 1), *flat("n", 2.5, "2019-08", 1), *flat("n", 10.0, "2019-09", 4)]
    history = [*[row for rep in "abcd" for row in flat(rep, 10.0)], *ramped]
    nodes = [*reps("abcd"), *reps("n", start="2019-07-01", ramp="0/0.25")]
    found, level = level_of(make_plan(company(*nodes), products("p"), history))
    assert level["n"] == pytest.approx([120])
    assert found.share_of_plan == pytest.approx([1] * 5)


def test_sales_before_the_start_belong_to_the_territory():
    history = [row for rep in "abc" for row in flat(rep, 10.0)]
    nodes = [*reps("ab"), *reps("c", start="2019-10-01")]
    _, level = level_of(make_plan(company(*nodes), products("p"), history))
    assert level["c"] == pytest.approx([120])


def test_the_share_of_the_plan_weighs_months_by_the_season():
    history = [row for rep in "abc" for row in monthly(rep, "p", 100.0)]
    nodes = [*reps("ab"), *reps("c", end="2020-03-31")]
    found, level = level_of(make_plan(company(*nodes), products("p"), history))
    share = SEASON[:3].sum() / SEASON.sum()
    assert found.share_of_plan == pytest.approx([1, 1, share])
    assert level["c"] == pytest.approx([100 * share])


def test_without_any_history_nothing_is_expected_and_presence_is_by_months():
    nodes = [*reps("a"), *reps("b", end="2020-03-31")]
    found, level = level_of(make_plan(company(*nodes), products("p"), []))
    assert level == {"a": [0], "b": [0]}
    assert not found.is_own.any()
    assert found.share_of_plan == pytest.approx([1, 3 / 12])


def test_a_product_that_is_no_longer_sold_is_not_expected():
    history = [*[row for rep in "ab" for row in flat(rep, 10.0)], *flat("a", 10.0, months=12, product="q")]
    _, level = level_of(make_plan(company(*reps("ab")), products("p", "q"), history))
    assert level["a"][1] == 0
    assert level["a"][0] == level["b"][0]


def test_a_product_that_came_in_the_middle_of_the_year_is_scaled_up_towards_a_full_one():
    history = [
        *[row for rep in "ab" for row in flat(rep, 10.0)],
        *[row for rep in "ab" for row in flat(rep, 5.0, "2019-07", 6, "q")],
    ]
    _, level = level_of(make_plan(company(*reps("ab")), products("p", "q"), history))
    # last year alone says 30 / 120, the months since its first sale 60 / 120
    assert 0.35 < level["a"][1] / level["a"][0] <= 0.5
    assert level["a"] == level["b"]


def test_months_that_are_not_on_file_yet_do_not_count_as_months_without_sales():
    history = [
        row
        for rep, amount in {"a": 10.0, "b": 20.0, "c": 30.0}.items()
        for row in flat(rep, amount, months=21)
    ]
    _, level = level_of(make_plan(company(*reps("abc")), products("p"), history))
    assert level["b"][0] / level["a"][0] == pytest.approx(2)
    assert level["c"][0] / level["a"][0] == pytest.approx(3)


def test_a_plan_of_a_quarter_sees_the_quarter_just_before_it():
    pace = {"a": 10.0, "b": 10.0, "c": 10.0, "d": 10.0}
    history = [
        row
        for rep, amount in pace.items()
        for row in [
            *flat(rep, amount, months=21),
            *flat(rep, amount * (3 if rep == "a" else 1), "2019-10", 3),
        ]
    ]
    _, level = level_of(make_plan(company(*reps(pace)), products("p"), history, months=3))
    assert level["a"][0] > 1.3 * level["b"][0]
    assert level["b"] == level["c"] == level["d"]


# --- invariants ---------------------------------------------------------------------------------

AMOUNTS = st.lists(st.floats(-50, 500), min_size=24, max_size=24)


@settings(deadline=None, derandomize=True, max_examples=10)
@given(st.lists(AMOUNTS, min_size=4, max_size=4), st.sampled_from([1, 3, 12]))
def test_levels_scale_with_the_history_and_not_with_the_order_of_its_rows(paces, months):
    def history(scale):
        return [
            {
                "period": 2018 * 12 + k,
                "node_id": rep,
                "product_id": product,
                "measure": "sales",
                "amount": scale * amount,
            }
            for rep, (product, pace) in zip("abcd", zip("pqpq", paces, strict=True), strict=True)
            for k, amount in enumerate(pace)
        ]

    nodes = [*reps("abc"), *reps("d", start="2019-03-10"), *reps("n", ramp="3", start="2020-01-15")]

    def level(rows):
        return level_of(make_plan(company(*nodes), products("p", "q"), rows, months=months))[0]

    plain = level(history(1.0))
    assert (plain.level >= 0).all()
    assert np.isfinite(plain.level).all()
    assert np.isfinite(plain.noise).all()
    # a power of two scales floating-point numbers exactly
    assert np.array_equal(level(history(2.0**10)).level, plain.level * 2.0**10)
    turned = level(history(1.0)[::-1])
    assert np.array_equal(turned.level, plain.level)
    assert np.array_equal(turned.noise, plain.noise)


@settings(deadline=None, derandomize=True, max_examples=15)
@given(st.lists(st.floats(1, 500), min_size=5, max_size=5), st.integers(1, 3), st.sampled_from([1, 3, 12]))
def test_a_split_that_never_changed_is_kept_whatever_the_season_and_growth_of_the_company(
    sold, years, months
):
    history = [
        row for rep, one in zip("abcde", sold, strict=True) for row in monthly(rep, "p", one, 0.2, years)
    ]
    found, level = level_of(make_plan(company(*reps("abcde")), products("p"), history, months=months))
    split = np.array([level[rep][0] for rep in "abcde"])
    assert split / split.sum() == pytest.approx(np.array(sold) / sum(sold))


DATES = st.none() | st.dates(dt.date(2016, 6, 1), dt.date(2021, 6, 1))


@st.composite
def odd_plans(draw):
    """Reps who come and go at any time, with sales in any months, for a plan of any length."""
    nodes, history = [], []
    for rep in "abcd"[: draw(st.integers(1, 4))]:
        first, last = draw(DATES), draw(DATES)
        if first and last and last < first:
            first, last = last, first
        dates = {name: str(day) for name, day in (("start", first), ("end", last)) if day}
        text = draw(st.sampled_from(["", "3", "0/0.5", "0.5", "0"]))
        role = draw(st.sampled_from(["", "open"]))
        nodes += reps(rep, ramp=text, role=role, peer_group=draw(st.sampled_from(["", "x"])), **dates)
        months = draw(st.lists(st.integers(1, 48), unique=True, max_size=20))
        history += [
            {
                "period": 2020 * 12 - back,
                "node_id": rep,
                "product_id": product,
                "measure": "sales",
                "amount": amount,
            }
            for back in months
            for product in draw(st.sampled_from(["p", "q", "pq"]))
            for amount in [draw(st.floats(-1e6, 1e6))]
        ]
    return make_plan(company(*nodes), products("p", "q"), history, months=draw(st.integers(1, 12)))


@pytest.mark.parametrize("amount", [5e-324, 1e-310, -1e-310, 1e-101])
def test_amounts_too_small_to_divide_by_are_nothing(amount):
    history = [
        {"period": 2020 * 12 - back, "node_id": rep, "product_id": "p", "measure": "sales", "amount": amount}
        for back in (1, 2, 14)
        for rep in "ab"
    ]
    found, _ = level_of(make_plan(company(*reps("a"), *reps("b")), products("p", "q"), history, months=1))
    assert (found.level == 0).all()


@pytest.mark.parametrize(("amount", "expected"), [(1e-6, 0.0), (1.0, 12.0)])
def test_a_level_below_the_last_digit_of_the_company_is_nothing(amount, expected):
    history = [
        {"period": 2020 * 12 - back, "node_id": rep, "product_id": "p", "measure": "sales", "amount": sold}
        for back in range(1, 13)
        for rep, sold in (("a", 1e12), ("b", amount))
    ]
    _, level = level_of(make_plan(company(*reps("a"), *reps("b")), products("p"), history, months=12))
    assert sum(level["b"]) == pytest.approx(expected, rel=1e-9, abs=0)


@settings(deadline=None, derandomize=True, max_examples=60)
@given(odd_plans())
def test_whatever_the_dates_and_gaps_a_level_is_a_number_and_who_is_not_there_gets_none(plan):
    found, level = level_of(plan)
    assert np.isfinite(found.level).all()
    assert (found.level >= 0).all()
    assert np.isfinite(found.noise).all()
    assert (found.noise >= 0).all()
    assert ((found.share_of_plan >= 0) & (found.share_of_plan <= 1 + 1e-12)).all()
    for share, cells in zip(found.share_of_plan, level.values(), strict=True):
        assert share > 0 or sum(cells) == 0
    if found.is_own.any():
        assert all(
            sum(cells) > 0 for share, cells in zip(found.share_of_plan, level.values(), strict=True) if share
        )


def booked(rep, **by_month):
    """A history of the named months, such as m2018_11=120."""
    return [
        {"period": 12 * int(m[1:5]) + int(m[6:]) - 1, "node_id": rep, "product_id": "p", "measure": "sales"}
        | {"amount": amount}
        for m, amount in by_month.items()
    ]


@pytest.mark.parametrize(
    "sales",
    [
        {"m2018_11": 120, "m2019_11": 120},
        {"m2018_12": 120, "m2019_02": 120},
        {f"m{year}_{month}": 24 for year in (2018, 2019) for month in ("08", "09", "10", "11", "12")},
    ],
    ids=["each November", "once a year", "in season"],
)
def test_who_sells_once_a_year_or_in_season_is_no_newcomer(sales):
    # two years of 120 each under a steady company: the level is 120; from the first sale on it would be up
    # to (120 + 60) / (1 + 0.5 * 2 / 12) = 166
    others = [row for rep in "abc" for row in flat(rep, 10.0)]
    _, level = level_of(make_plan(company(*reps("abcd")), products("p"), [*others, *booked("d", **sales)]))
    assert level["d"] == pytest.approx([120], rel=0.02)
    assert level["a"] == pytest.approx([120], rel=0.02)


def test_who_sells_every_month_since_his_first_sale_came_with_it():
    others = [row for rep in "abc" for row in flat(rep, 10.0)]
    late = flat("d", 10.0, first="2019-03", months=10)
    found, level = level_of(make_plan(company(*reps("abcd")), products("p"), [*others, *late]))
    assert level["d"] == pytest.approx([120])
    assert found.is_own[3]


def test_a_product_that_sells_at_christmas_is_not_new_at_its_first_christmas():
    steady = [row for rep in "abc" for row in flat(rep, 10.0)]
    gifts = [row | {"product_id": "q"} for rep in "abc" for row in booked(rep, m2018_12=30.0, m2019_12=30.0)]
    _, level = level_of(make_plan(company(*reps("abc")), products("p", "q"), [*steady, *gifts]))
    assert level["a"] == pytest.approx([120, 30])
