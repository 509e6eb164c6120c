"""Ramp texts, presence by calendar days, tenure."""

from fractions import Fraction

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from allocator.anchors.ramp import open_seats, presence_and_ramp
from allocator.model.labels import label_plan
from allocator.plan.ramp import Ramp, parse_ramp
from tests.allocator.anchors.company import company, make_plan, products, reps


@pytest.mark.parametrize(
    ("text", "ramp"),
    [
        ("", Ramp()),
        ("  ", Ramp()),
        ("0/0.25/0.5", Ramp((0.0, 0.25, 0.5))),
        ("0%/25%/50%", Ramp((0.0, 0.25, 0.5))),
        (" 0 / 25 % / 50% ", Ramp((0.0, 0.25, 0.5))),
        ("0％／50％", Ramp((0.0, 0.5))),
        ("3", Ramp((0.25, 0.5, 0.75))),
        ("2.0", Ramp((1 / 3, 2 / 3))),
        ("0.5", Ramp((0.5,), is_constant=True)),
        ("50%", Ramp((0.5,), is_constant=True)),
        ("1", Ramp((1.0,), is_constant=True)),
        ("0", Ramp((0.0,), is_constant=True)),
    ],
)
def test_every_way_of_writing_a_ramp_is_read(text: str, ramp: Ramp) -> None:
    assert parse_ramp(text) == ramp


@pytest.mark.parametrize(
    "text", ["0/25/50", "fast", "2.5", "-1", "0/-0.5", "120%", "nan", "inf", "0//1", "/", "1_0", "61", "50%%"]
)
def test_what_is_no_ramp_is_refused_in_the_users_words(text: str) -> None:
    with pytest.raises(ValueError, match="is no ramp"):
        parse_ramp(text)


@settings(deadline=None, derandomize=True)
@given(st.integers(2, 60))
def test_a_number_of_months_rises_linearly(months: int) -> None:
    expected = tuple(float(Fraction(month, months + 1)) for month in range(1, months + 1))
    assert parse_ramp(str(months)).share == pytest.approx(expected)


def presence_of(**columns: object) -> np.ndarray:
    plan = make_plan(company(*reps(["r"], **columns)), products("p"))
    return presence_and_ramp(plan, label_plan(plan))[0]


def test_who_is_always_there_counts_in_full() -> None:
    np.testing.assert_array_equal(presence_of(), np.ones(12))
    np.testing.assert_array_equal(presence_of(start="2012-05-20"), np.ones(12))


def test_part_of_a_month_counts_by_calendar_days() -> None:
    share = presence_of(start="2020-02-11", end="2020-06-15")
    np.testing.assert_allclose(share, [0, 19 / 29, 1, 1, 1, 15 / 30, 0, 0, 0, 0, 0, 0])


def test_one_day_of_work_is_one_day() -> None:
    assert presence_of(start="2020-12-31", end="2020-12-31").tolist() == [0.0] * 11 + [pytest.approx(1 / 31)]


def test_who_left_before_the_plan_or_comes_after_it_is_not_there() -> None:
    assert presence_of(end="2019-12-31").sum() == 0.0
    assert presence_of(start="2021-01-01").sum() == 0.0


def test_the_ramp_counts_months_from_the_month_of_the_start() -> None:
    share = presence_of(start="2019-12-15", ramp="0/0.25/0.5")
    np.testing.assert_allclose(share[:4], [0.25, 0.5, 1.0, 1.0])


def test_a_ramp_starts_in_the_month_of_the_start_and_multiplies_the_days() -> None:
    share = presence_of(start="2020-03-16", ramp="0.5/0.75")
    np.testing.assert_allclose(share[:6], [0, 0, 0.5 * 16 / 31, 0.75, 1.0, 1.0])


def test_without_a_start_the_ramp_counts_from_the_plans_first_month() -> None:
    np.testing.assert_allclose(presence_of(ramp="3")[:5], [0.25, 0.5, 0.75, 1.0, 1.0])


def test_one_share_holds_for_the_whole_plan() -> None:
    np.testing.assert_array_equal(presence_of(ramp="0.5"), np.full(12, 0.5))
    np.testing.assert_array_equal(presence_of(ramp="50%", start="2010-01-01"), np.full(12, 0.5))


@pytest.mark.parametrize(
    ("role", "is_open"), [("open", True), ("Vacant", True), ("空缺", True), ("rep", False), ("", False)]
)
def test_open_seats_are_known_by_their_role(role: str, is_open: bool) -> None:
    plan = make_plan(company(*reps(["r"], role=role)), products("p"))
    assert open_seats(plan, label_plan(plan)).tolist() == [is_open]
