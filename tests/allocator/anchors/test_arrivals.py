"""When a rep came, told by his months with sales, and how it is said."""

import numpy as np
import pytest

from allocator.anchors.arrivals import NEVER, arrivals
from allocator.anchors.presence_notes import presence_clauses, presence_lines, presence_notes
from allocator.model.labels import label_plan
from allocator.plan.plan import Plan
from tests.allocator.anchors.company import company, make_plan, products, reps
from tests.allocator.anchors.test_history import booked, flat


def came_in(*months_of_each: list[int], until: int = 23) -> list[int]:
    """Month from which each counts in a history of the months 0 .. 23."""
    unit = np.repeat(np.arange(len(months_of_each)), [len(months) for months in months_of_each])
    month = np.array([one for months in months_of_each for one in months], np.int64)
    found = arrivals(unit, month, len(months_of_each), 0, np.full(len(months_of_each), until))
    return found.counted_from.tolist()


STEADY = list(range(24))


@pytest.mark.parametrize(
    ("months", "counted_from"),
    [
        (list(range(6, 24)), 6),  # every month since
        ([6, *range(8, 24)], 6),  # one empty month since, six before
        ([6, 7, *range(14, 24)], 0),  # six empty months since, six before: silences are his way
        ([10, 22], 0),  # once a year
        ([11, 14], 0),
        ([2, 5, 8, 11, 14, 17, 20, 23], 0),  # once a quarter
        ([23], 23),  # (1 + 3) / (1 + 3): as the others sell every month, he is new
        ([0], 0),
        ([], NEVER),
    ],
)
def test_the_first_sale_tells_an_arrival_only_of_who_sells_often_and_was_never_silent_as_long(
    months, counted_from
):
    assert came_in(*[STEADY] * 40, months)[-1] == counted_from


def test_among_sellers_who_all_sell_seldom_one_sale_in_the_last_month_is_no_arrival():
    # everyone's share is (2 + 2 + 1) / (13 + 13 + 1) = 5/27; his (1 + 3 * 5/27) / 4 = 0.39
    assert came_in([11, 22], [11, 23], [23]) == [0, 0, 0]


def test_order_and_repetition_of_rows_do_not_matter():
    unit, month = np.array([1, 0, 1, 0]), np.array([9, 4, 9, 3])
    found = arrivals(unit, month, 2, 2, np.array([9, 9]))
    assert found.first_sale.tolist() == [3, 9]
    assert found.last_sale.tolist() == [4, 9]
    assert found.silence.tolist() == [5, 0]
    assert found.before.tolist() == [1, 7]
    # all: 3 months with sales of 8 watched
    assert found.share == pytest.approx([(2 + 9 / 8) / 10, (1 + 9 / 8) / 4])


@pytest.fixture
def plan() -> Plan:
    history = [
        *[row for rep in "abc" for row in flat(rep, 10.0)],
        *booked("seldom", m2018_11=120, m2019_11=120),
        *flat("new", 10.0, first="2019-03", months=10),
        *flat("early", 10.0, first="2018-06", months=19),
        *[row for row in flat("pauses", 10.0, first="2018-04", months=21) if row["period"] % 12 > 2],
    ]
    named = ("seldom", "new", "pauses", "silent")
    org = company(*reps([*"abc", *named]), *reps(["early"], start="2019-01-01"))
    return make_plan(org, products("p"), history)


def test_check_says_of_whom_the_arrival_was_inferred_and_why(plan):
    notes = {one.node_id: one for one in presence_notes(plan, label_plan(plan))}
    assert {name: (one.counted_from, one.reason) for name, one in notes.items()} == {
        "seldom": ("2018-01", "seldom"),
        "new": ("2019-03", "first_sale"),
        "early": ("2018-06", "before_start"),
        "pauses": ("2018-01", "silent"),
    }
    lines = presence_lines(list(notes.values()), "en")
    assert len(lines) == 5
    assert "new (2019-03)" in lines[0]
    assert presence_lines([], "en") == []


@pytest.mark.parametrize("lang", ["en", "zh"])
def test_the_explanation_says_it_at_the_rep_it_is_about(plan, lang):
    labels = label_plan(plan)
    clauses = dict(zip(labels.node_id, presence_clauses(plan, labels, lang), strict=True))
    assert "2019-03" in clauses["new"]
    assert "2018-11" in clauses["seldom"]
    assert [name for name, clause in clauses.items() if not clause] == ["co", "a", "b", "c", "silent"]
