"""A move takes a share of the seat's book as it stands at the month, whatever the order of the rows."""

from itertools import permutations
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from allocator.model.labels import Labels, label_plan
from allocator.plan.faults import FaultCollector
from allocator.plan.plan import Plan
from allocator.plan.reading import read_plan
from scenarios.replan.moves import read_moves, remaining_cells
from solver_models.arrays import IntArray
from tests.scenarios.replan.tiny import REPS, write_plan

HEADER = "from,to,product_id,effective,share"
MONTHLY = {"r1": (100, 40), "r2": (60, 20), "r3": (30, 10)}
"""What is published for every month of the half-year, products a and b."""


@pytest.fixture(scope="module")
def company(tmp_path_factory: pytest.TempPathFactory) -> tuple[Plan, Labels]:
    plan = read_plan(write_plan(tmp_path_factory.mktemp("moves")))
    return plan, label_plan(plan)


def published(labels: Labels) -> IntArray:
    cells = np.array([MONTHLY[rep] for rep in REPS], float)
    every = labels.grid.roll_up(cells.ravel())
    return np.repeat(np.rint(every).astype(np.int64)[:, :, None], 6, axis=2)


def books(company: tuple[Plan, Labels], path: Path, rows: list[str], done: int = 3) -> dict[str, list[int]]:
    """The book of every rep for the months after `done`: products a and b."""
    plan, labels = company
    path.write_text("\n".join([HEADER, *rows, ""]))
    faults = FaultCollector()
    moves = read_moves(path, plan, labels, faults)
    faults.raise_if_any()
    rest = remaining_cells(labels, published(labels), done, moves, plan.start_month)
    return dict(zip(REPS, rest.tolist(), strict=True))


def test_two_moves_of_one_month_take_their_shares_of_the_same_book(
    company: tuple[Plan, Labels], tmp_path: Path
) -> None:
    # three months of 100 and 40: 60 % and 40 % of 300 and 120; nothing is left
    rows = ["r1,r2,*,2020-04,0.6", "r1,r3,*,2020-04,0.4"]
    expected = {"r1": [0, 0], "r2": [180 + 180, 60 + 72], "r3": [90 + 120, 30 + 48]}
    for order in permutations(rows):
        assert books(company, tmp_path / "moves.csv", list(order)) == expected


def test_a_chain_in_one_month_passes_on_what_each_had_before_it(
    company: tuple[Plan, Labels], tmp_path: Path
) -> None:
    rows = ["r1,r2,a,2020-05,1", "r2,r3,a,2020-05,1", "r3,r1,a,2020-05,0.5"]
    # May and June: r1 gets half of 2 x 30, r2 all of 2 x 100, r3 keeps 30 of 60 and gets 120
    expected = {"r1": [100 + 30, 120], "r2": [60 + 200, 60], "r3": [30 + 30 + 120, 30]}
    for order in permutations(rows):
        assert books(company, tmp_path / "moves.csv", list(order)) == expected


def test_a_later_move_takes_its_share_of_what_is_there_then(
    company: tuple[Plan, Labels], tmp_path: Path
) -> None:
    # April: r2 gives half of r1's 100 to himself; May: r1 gives half of the 50 that are left, r2 all he has
    rows = ["r1,r2,a,2020-04,0.5", "r1,r3,a,2020-05,0.5", "r2,r3,a,2020-06,1"]
    r1 = 50 + 25 + 25
    r2 = 110 + 110 + 0
    r3 = 30 + (30 + 25) + (30 + 25 + 110)
    expected = {"r1": [r1, 120], "r2": [r2, 60], "r3": [r3, 30]}
    for order in permutations(rows):
        assert books(company, tmp_path / "moves.csv", list(order)) == expected


def test_a_move_that_took_effect_in_a_month_that_is_over_goes_before_a_later_one(
    company: tuple[Plan, Labels], tmp_path: Path
) -> None:
    rows = ["r1,r3,a,2020-04,1", "r1,r2,a,2020-02,0.5"]
    for order in permutations(rows):
        found = books(company, tmp_path / "moves.csv", list(order))
        assert found == {"r1": [0, 120], "r2": [180 + 150, 60], "r3": [90 + 150, 30]}


@pytest.mark.parametrize(
    "rows",
    [
        ["r1,r2,*,2020-04,0.6", "r1,r3,*,2020-04,0.5"],
        ["r1,r2,*,2020-04,0.6", "r1,r3,a,2020-04,0.5"],
        ["r1,r2,a,2020-05,1", "r2,r3,*,2020-05,1", "r1,r2,a,2020-05,0.01"],
    ],
)
def test_more_than_the_whole_book_is_a_fault_that_names_the_seat_and_the_month(
    company: tuple[Plan, Labels], tmp_path: Path, rows: list[str]
) -> None:
    plan, labels = company
    path = tmp_path / "moves.csv"
    path.write_text("\n".join([HEADER, *rows, ""]))
    faults = FaultCollector()
    assert read_moves(path, plan, labels, faults) is None
    (fault,) = faults.listed()
    assert (fault.code, fault.column) == ("more-than-the-book", "share")
    assert "r1" in str(fault.message)
    assert rows[0].split(",")[3] in str(fault.message)


def test_shares_that_add_up_to_one_in_tenths_are_the_whole_book(
    company: tuple[Plan, Labels], tmp_path: Path
) -> None:
    rows = ["r1,r2,*,2020-04,0.1", "r1,r3,*,2020-04,0.2", "r1,r2,b,2020-04,0.7", "r1,r3,a,2020-04,0.7"]
    found = books(company, tmp_path / "moves.csv", rows)
    assert found == {"r1": [0, 0], "r2": [180 + 30, 60 + 96], "r3": [90 + 270, 30 + 24]}


MOVES = st.lists(
    st.tuples(
        st.sampled_from([("r1", "r2"), ("r1", "r3"), ("r2", "r3"), ("r3", "r1")]),
        st.sampled_from(["*", "a", "b"]),
        st.integers(1, 6),
        st.sampled_from([0.0, 0.03, 0.1, 0.125, 0.25]),
    ),
    max_size=7,
)


@given(rows=MOVES, seed=st.randoms(use_true_random=False))
def test_any_order_of_rows_gives_the_same_books_and_nothing_is_lost(
    company: tuple[Plan, Labels], tmp_path_factory: pytest.TempPathFactory, rows: list[Any], seed: Any
) -> None:
    written = [f"{a},{b},{product},2020-{month:02d},{share}" for (a, b), product, month, share in rows]
    path = tmp_path_factory.getbasetemp() / "any-order.csv"
    found = books(company, path, written[:4])
    table = pd.DataFrame(found).to_numpy()
    assert (table >= 0).all()
    assert table.sum(axis=1).tolist() == [3 * 190, 3 * 70]
    mixed = written[:4]
    seed.shuffle(mixed)
    assert books(company, path, mixed) == found
