"""The worked example of docs/anchors.md, run."""

import re
from pathlib import Path

import numpy as np
import pytest

from allocator.anchors.anchors import Anchors
from tests.allocator.anchors.company import anchors_of, company, make_plan, products, reps

PAGE = (Path(__file__).resolve().parents[3] / "docs" / "anchors.md").read_text("utf-8")


def table(first_column: str) -> dict[str, dict[str, float]]:
    """Numbers of the table of the page whose first column has this head; empty cells are NaN."""
    lines = PAGE.splitlines()
    start = next(n for n, line in enumerate(lines) if line.startswith(f"| {first_column} |"))
    heads = [cell.strip() for cell in lines[start].strip("|").split("|")]
    found = {}
    for line in lines[start + 2 :]:
        if not line.startswith("|"):
            break
        cells = [cell.strip() for cell in line.strip().removeprefix("|").removesuffix("|").split("|")]
        numbers = [float(cell.replace(",", "")) if cell else np.nan for cell in cells[1:]]
        found[cells[0]] = dict(zip(heads[1:], numbers, strict=True))
    return found


@pytest.fixture(scope="module")
def example() -> Anchors:
    given, past = table("rep"), table("past commitment")
    history = [
        {
            "period": f"{year}-{month:02d}",
            "node_id": rep,
            "product_id": "bikes",
            "measure": "sales",
            "amount": given[rep][year] / 12,
        }
        for rep in ("ann", "bob", "cid")
        for year in ("2018", "2019")
        for month in range(1, 13)
    ]
    commitments = [
        {"node_id": rep, "period": year, "amount": row[year], "actual": row[f"{year} actual"]}
        for rep, row in past.items()
        for year in ("2018", "2019")
    ]
    commitments += [{"node_id": rep, "amount": given[rep]["commitment"]} for rep in ("ann", "bob")]
    potential = [{"node_id": rep, "amount": given[rep]["potential"]} for rep in ("ann", "bob", "cid")]
    org = company(*reps(["ann", "bob", "cid"]), *reps(["dee"], start="2020-04-01", ramp="0/0.5"))
    return anchors_of(
        make_plan(
            org,
            products("bikes"),
            history,
            commitments,
            potential,
            total=1_300_000,
            round_to=1000,
            baseline={"history": 0.6, "potential": 0.2, "commitment": 0.2},
        )
    )[1]


@pytest.mark.parametrize("column", ["history", "potential", "commitment", "baseline", "anchor"])
def test_the_example_gives_the_numbers_of_the_page(example: Anchors, column: str) -> None:
    printed = [row[column] for row in table("result").values()]
    np.testing.assert_array_equal(np.round(getattr(example, column)), printed)


def test_the_corrections_of_the_page_are_those_of_the_example(example: Anchors) -> None:
    for number in example.bias[["log_error", "credibility", "factor"]].to_numpy().ravel():
        assert re.search(rf"(?<![\d.])-?{abs(number):.4f}(?!\d)", PAGE), number


def test_the_factors_of_the_page_are_those_of_the_example(example: Anchors) -> None:
    history, baseline = example.history.sum(), example.baseline.sum()
    for number in (1_300_000 / history, 1_300_000 / baseline):
        assert f"{number:.4f}" in PAGE, number
    assert f"{history:,.0f}" in PAGE
    assert f"{example.history[:3].sum():,.0f}" in PAGE
