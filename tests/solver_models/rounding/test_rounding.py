import json
import re
from itertools import product as combinations
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings

from solver_models.arrays import FloatArray
from solver_models.grid import Grid
from solver_models.hierarchy import Hierarchy
from solver_models.rounding.rounding import round_targets
from solver_models.rounding.side_rows import SideRows, no_side_rows
from tests.solver_models.rounding.grids import (
    amounts_by_recursion,
    assert_guarantees,
    hierarchy,
    rounding_problems,
)

PROJECT = Path(__file__).resolve().parents[3]


def no_over(org: Hierarchy, products: Hierarchy) -> Grid:
    return Grid(org, products, np.zeros(len(org)))


@settings(deadline=None, derandomize=True, max_examples=300)
@given(rounding_problems())
def test_all_guarantees_hold_on_any_company(problem: tuple[Grid, FloatArray]) -> None:
    grid, cells = problem
    rounded = round_targets(grid, cells, no_side_rows(grid.n_product))
    assert_guarantees(grid, cells, rounded.units)
    assert rounded.report["largest_move"] < 1 + 1e-6


@settings(deadline=None, derandomize=True, max_examples=100)
@given(rounding_problems())
def test_whole_numbers_stay_as_they_are(problem: tuple[Grid, FloatArray]) -> None:
    grid, cells = problem
    grid = no_over(grid.org, grid.products)
    whole = np.rint(cells)
    rounded = round_targets(grid, whole, no_side_rows(grid.n_product))
    np.testing.assert_array_equal(rounded.units, np.rint(grid.roll_up_plain(whole)))
    assert rounded.report["not_nearest"] == 0


@settings(deadline=None, derandomize=True, max_examples=100)
@given(rounding_problems())
def test_noise_below_the_solvers_precision_changes_no_target(problem: tuple[Grid, FloatArray]) -> None:
    grid, cells = problem
    cells = (
        np.rint(np.minimum(cells, 1000) * 64) / 64
    )  # ties on purpose, no fraction near the tolerance itself
    none = no_side_rows(grid.n_product)
    noise = np.random.default_rng(0).uniform(-1e-9, 1e-9, grid.n_cell) * (cells > 0)
    grid = no_over(grid.org, grid.products)
    np.testing.assert_array_equal(
        round_targets(grid, cells, none).units, round_targets(grid, cells + noise, none).units
    )


def test_the_order_of_the_reps_does_not_matter_when_their_keys_go_with_them() -> None:
    grid = no_over(hierarchy(-1, *[0] * 40), hierarchy(-1, 0, 0, 0))
    cells = np.tile([0.5, 0.25, 1.25, 0.5, 0.75, 0.75], 20)
    key = np.arange(grid.n_cell)
    order = np.random.default_rng(5).permutation(grid.n_rep)
    none = no_side_rows(grid.n_product)
    straight = round_targets(grid, cells, none, tie_break=key).units
    shuffled = round_targets(
        grid, cells.reshape(40, 3)[order].ravel(), none, tie_break=key.reshape(40, 3)[order].ravel()
    ).units
    np.testing.assert_array_equal(straight[1:][order], shuffled[1:])


def documented(node: str) -> list[tuple[float, int]]:
    """The `before -> after` numbers of a table row of docs/rounding.md."""
    page = (PROJECT / "docs" / "rounding.md").read_text(encoding="utf-8")
    rows = [line for line in page.splitlines() if line.startswith(f"| {node} |")]
    return [(float(x), int(y)) for row in rows for x, y in re.findall(r"([\d.]+) -> (\d+)", row)]


def test_the_worked_examples_of_the_documentation() -> None:
    """docs/rounding.md: two teams and two products; four reps over-assigned by 3 %."""
    sums = no_over(hierarchy(-1, 0, 1, 1, 0, 4, 4), hierarchy(-1, 0, 0))
    cells = np.array([2.6, 1.3, 3.4, 2.2, 1.8, 2.1, 4.2, 2.4])
    ledger = Grid(hierarchy(-1, 0, 0, 0, 0), hierarchy(-1, 0), np.array([0, 0.03, 0.03, 0.03, 0.03]))
    street = np.array([20.6, 15.45, 10.3, 5.15])
    units = round_targets(sums, cells, no_side_rows(2)).units[:, [1, 2, 0]]
    before = sums.roll_up(cells)[:, [1, 2, 0]]
    street_units = round_targets(ledger, street, no_side_rows(1)).units[:, 0]
    names = ["company", "team 1", "rep 1", "rep 2", "team 2", "rep 3", "rep 4"]
    for v, name in enumerate(names):
        row = documented(name)[:3]
        assert [x for x, _ in row] == pytest.approx(before[v])
        assert [y for _, y in row] == units[v].tolist()
    for v, name in enumerate(["company", "rep 1", "rep 2", "rep 3", "rep 4"]):
        assert documented(name)[3:] == [(pytest.approx([50.0, *street][v]), street_units[v])]
    alone = np.rint(cells).sum()
    assert (alone, street_units[1:].sum()) == (19, 52)


def test_children_of_both_kinds_below_one_node_have_a_ledger_of_their_own() -> None:
    # a region with a team at 0 % and two reps at 10 %
    grid = Grid(hierarchy(-1, 0, 1, 2, 2, 1, 1), hierarchy(-1, 0, 0), np.array([0, 0, 0, 0, 0, 0.1, 0.1]))
    cells = np.array([3.3, 1.2, 2.4, 0.7, 1.9, 2.3, 2.15, 0.4])
    cells *= 15 / amounts_by_recursion(grid, cells)[0].sum()
    rounded = round_targets(grid, cells, no_side_rows(2))
    assert_guarantees(grid, cells, rounded.units)
    assert rounded.report["layers"] == 2


def test_three_families_may_have_no_rounding_and_then_the_rows_tell_what_is_short(shared_dir: Path) -> None:
    cases = json.loads((shared_dir / "cases" / "external-cases.json").read_text(encoding="utf-8"))["cases"]
    case = next(case for case in cases if case["id"] == "threeway_2x2x2_no_controlled_rounding")
    table = np.zeros((2, 2, 2))
    for cell in case["inputs"]["cells_half"]:
        table[tuple(cell)] = 0.5
    count = 0
    for bits in combinations((0, 1), repeat=4):
        candidate = np.zeros((2, 2, 2))
        candidate[table > 0] = bits
        planes = [candidate.sum(axis=axes) for axes in ((1, 2), (0, 2), (0, 1))]
        count += all((plane == 1).all() for plane in planes)
    assert count == case["expected"]["number_of_roundings"]
    # the third family (the last index) as side rows of the company
    grid = no_over(hierarchy(-1, 0, 0), hierarchy(-1, 0, 1, 1, 0, 4, 4))
    third = np.array([[1.0, 0.0, 1.0, 0.0], [0.0, 1.0, 0.0, 1.0]])
    side = SideRows(np.zeros(2, np.int64), third, np.ones(2), np.ones(2))
    rounded = round_targets(grid, table.ravel(), side)
    assert_guarantees(grid, table.ravel(), rounded.units)
    assert rounded.short_by.tolist() == [1.0, 1.0]
    assert rounded.report["side_rows_short"] == 2


@pytest.mark.parametrize(
    "bad", [np.array([1.0, -0.5]), np.array([np.nan, 1.0]), np.ones(3), np.full(2, 1e16)]
)
def test_cells_that_are_no_amounts_are_refused(bad: FloatArray) -> None:
    grid = no_over(hierarchy(-1, 0, 0), hierarchy(-1, 0))
    with pytest.raises(ValueError, match="cells"):
        round_targets(grid, bad, no_side_rows(1))
