"""Productivity to date: the formula by hand, its limits, and what it does to the anchors."""

from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from scenarios.replan.productivity import LARGEST_FACTOR, LEAST_FACTOR, shrinkage
from tests.scenarios.replan.tiny import CELLS, REPS, again, even, publish, years


def test_the_formula_gives_what_a_person_computes() -> None:
    # two reps, two months of 100 each; ratios 1.1, 1.3 and 0.7, 0.9
    x = np.full((2, 2), 100.0)
    y = np.array([[110.0, 130.0], [70.0, 90.0]])
    # own 1.2 and 0.8, group 1.0; s2 = 100 (0.01 + 0.01 + 0.01 + 0.01) / 2 = 2
    # t2 = (200 (0.04 + 0.04) - 2) / (400 - 80000 / 400) = 14 / 200 = 0.07
    # Z = 200 / (200 + 2 / 0.07) = 0.875
    group, credibility = shrinkage(x, y)
    assert group == pytest.approx(1.0)
    assert credibility == pytest.approx([0.875, 0.875])


def test_with_one_month_or_one_rep_everything_is_the_groups() -> None:
    group, credibility = shrinkage(np.full((3, 1), 100.0), np.array([[150.0], [60.0], [90.0]]))
    assert group == pytest.approx(1.0)
    assert (credibility == 0).all()
    assert (shrinkage(np.full((1, 4), 10.0), np.arange(4.0)[None, :])[1] == 0).all()
    assert shrinkage(np.zeros((2, 3)), np.ones((2, 3)))[0] == 1.0


@given(st.lists(st.floats(0, 300), min_size=12, max_size=12), st.integers(0, 2))
def test_credibility_is_a_share_and_the_published_size_of_a_rep_raises_it(
    sold: list[float], larger: int
) -> None:
    x = np.full((3, 4), 100.0)
    x[larger] = 200.0
    _, credibility = shrinkage(x, np.array(sold).reshape(3, 4))
    assert ((credibility >= 0) & (credibility <= 1)).all()
    assert credibility[larger] == credibility.max()


def test_anchors_learn_only_where_it_is_asked_for(tmp_path: Path) -> None:
    company = publish(tmp_path)
    sold = {cell: [80.0, 82.0, 78.0] if cell[0] == "r1" else [30.0, 29.0, 31.0] for cell in CELLS}
    kept = again(company, tmp_path / "keep", sold)
    learned = again(company, tmp_path / "learn", sold, "--productivity", "learn")
    assert (kept["productivity"], learned["productivity"]) == ("keep", "learn")
    keep, learn = (_anchors(tmp_path / name) for name in ("keep", "learn"))
    reps = pd.read_csv(tmp_path / "learn" / "replan_reps.csv").set_index("node_id")
    assert keep.to_dict() == {rep: reps["published_remaining"][rep] for rep in REPS}
    for rep in REPS:
        row = reps.loc[rep]
        mixed = row["credibility"] * row["ratio"] + (1 - row["credibility"]) * row["group_ratio"]
        assert row["factor"] == pytest.approx(min(max(mixed, LEAST_FACTOR), LARGEST_FACTOR))
        assert learn[rep] == pytest.approx(keep[rep] * row["factor"])
        assert row["expected_remaining"] == pytest.approx(row["published_remaining"] * row["factor"])
    assert reps["factor"]["r1"] > reps["factor"]["r2"]
    expected = years(tmp_path / "learn", "expected_remaining")
    assert expected["co", "*"] == pytest.approx(reps["expected_remaining"].sum())
    assert expected["r1", "a"] + expected["r1", "b"] == pytest.approx(reps["expected_remaining"]["r1"])
    measures = [document["measures"]["sales"] for document in (kept, learned)]
    assert measures[0]["target"] == measures[1]["target"]


def _anchors(out: Path) -> pd.Series:
    return pd.read_csv(out / "plan" / "potential.csv").groupby("node_id")["amount"].sum()


def test_who_all_sell_half_are_expected_to_sell_half(tmp_path: Path) -> None:
    company = publish(tmp_path)
    published = pd.read_csv(company[1] / "targets.csv").set_index(["node_id", "product_id"])["target"]
    again(
        company,
        tmp_path / "r",
        even({cell: published[cell] / 12 for cell in CELLS}),
        "--productivity",
        "learn",
    )
    reps = pd.read_csv(tmp_path / "r" / "replan_reps.csv")
    assert reps["factor"].to_numpy() == pytest.approx(np.full(3, 0.5), abs=0.01)
