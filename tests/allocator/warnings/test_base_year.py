"""What a missing month is: no sales of anybody, and too improbable to be a quiet one."""

import numpy as np
import pytest

from allocator.plan.base_year import WINDOW, expected_months, missing_months

START = 2020 * 12


def sold(*rows: str) -> np.ndarray:
    """Build marks of the last 36 months from texts of the last months, `x` = sales."""
    return np.array([list(row.rjust(WINDOW, ".")) for row in rows]) == "x"


@pytest.mark.parametrize(
    ("rows", "missing"),
    [
        (["x" * 36], []),
        (["x" * 12], []),
        # one rep who sold in 11 of 11 months sells nothing in one with 0.25 / 11 = 2.3 % < 3 %
        (["xxxxxxx.xxxx"], [7]),
        # the months before the plan are not booked yet
        (["x" * 24 + "xxxxxxxxxx.."], [10, 11]),
        # the history begins in the middle of the year
        (["......xxxxxx"], [0, 1, 2, 3, 4, 5]),
        # sales are booked at the end of each quarter, in June and December, or once a year
        (["..x..x..x..x" * 2], []),
        (["..x..x..x..x" * 2 + "..x..x.....x"], [8]),
        ([".....x.....x"], []),
        (["...........x"], []),
        # of a seller with sales in 3 of 11 months a quiet month tells nothing ...
        (["x..x.......x"], []),
        # ... of eight sellers in half of the months each it does: 0.45^8 = 0.2 %
        ([("x.x.x." if k % 2 else ".x.x.x") + "." + ("x.x.x" if k % 2 else ".x.x.") for k in range(8)], [6]),
        # nothing at all in the base year
        (["x" * 12 + "." * 12], list(range(12))),
        (["." * 36], []),
    ],
)
def test_a_month_is_missing_where_nobody_sold_and_somebody_should_have(
    rows: list[str], missing: list[int]
) -> None:
    assert missing_months(sold(*rows), START, 12) == [START - 12 + k for k in missing]


def test_a_plan_of_three_months_looks_at_the_same_three_months_a_year_before() -> None:
    assert missing_months(sold("xx.xxxxxxxxx"), START, 3) == [START - 10]
    assert missing_months(sold("xxx.xxxxxxxx"), START, 3) == []


def test_the_step_of_bookings_is_a_divisor_of_the_year() -> None:
    assert np.flatnonzero(expected_months(sold("..x....x....")))[:2].tolist() == [0, 1]
    assert np.diff(np.flatnonzero(expected_months(sold("x...x.......")))).tolist() == [4] * 8
