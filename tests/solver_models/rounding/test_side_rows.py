from dataclasses import replace

import numpy as np
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from solver_models.arrays import FloatArray, IntArray
from solver_models.grid import Grid
from solver_models.rounding import repair
from solver_models.rounding.flow import floor_ceil, rounding_cost
from solver_models.rounding.rounding import round_targets
from solver_models.rounding.side_rows import SideRows
from tests.solver_models.rounding.grids import all_roundings, assert_guarantees, hierarchy, trees

WEIGHT = st.sampled_from([0.0, 0.5, 1.0, 1.0, 1.7, 3.0, -1.0])


@st.composite
def problems(draw: st.DrawFn) -> tuple[Grid, FloatArray, SideRows]:
    """A tiny company whose unrounded cells keep every side row, often just so."""
    org, products = draw(trees(6)), draw(trees(4))
    grid = Grid(org, products, np.zeros(len(org)))
    fraction = st.sampled_from([0.0, 0.5, 0.25, 1 / 3, 2 / 3, 1.0, 2.6])
    cells = np.array(draw(st.lists(fraction, min_size=grid.n_cell, max_size=grid.n_cell)))
    assume((cells % 1 > 0).sum() <= 9)
    m = draw(st.integers(1, 3))
    node = np.array(draw(st.lists(st.integers(0, len(org) - 1), min_size=m, max_size=m)), np.int64)
    weight = draw(st.lists(WEIGHT, min_size=m * grid.n_product, max_size=m * grid.n_product))
    weight = np.array(weight).reshape(m, grid.n_product)
    value = (weight * grid.roll_up(cells)[node][:, products.leaf]).sum(axis=1)
    room = np.array(draw(st.lists(st.sampled_from([0.0, 0.2, 0.9, np.inf]), min_size=2 * m, max_size=2 * m)))
    return grid, cells, SideRows(node, weight, value - room[:m], value + room[m:])


@settings(derandomize=True, max_examples=120)
@given(problems(), st.lists(st.booleans(), min_size=3, max_size=3))
def test_soft_rows_are_kept_as_far_as_they_cost_no_other_row(
    problem: tuple[Grid, FloatArray, SideRows], soft: list[bool]
) -> None:
    grid, cells, side = problem
    is_soft = np.array(soft[: len(side)])
    units = round_targets(grid, cells, replace(side, is_soft=is_soft)).units
    assert_guarantees(grid, cells, units)
    mine = scaled_short(grid, side, units[np.ix_(grid.org.leaf, grid.products.leaf)].ravel())
    candidates = all_roundings(grid.org, grid.products, cells.reshape(grid.n_rep, grid.n_product))
    shortfalls = [scaled_short(grid, side, candidate.ravel()) for candidate in candidates]
    if any(not short.any() for short in shortfalls):
        assert not mine.any()
    kept = [short[is_soft] for short in shortfalls if not short[~is_soft].any()]
    if kept:
        assert not mine[~is_soft].any()
        assert mine[is_soft].sum() <= min(np.ceil(8 * short - 1e-6).sum() / 8 for short in kept) + 1e-6


def scaled_short(grid: Grid, side: SideRows, cells: FloatArray) -> FloatArray:
    """Shortfall of each row in its own largest weight, from the definition."""
    amount = grid.roll_up_plain(cells.astype(float))[side.node][:, grid.products.leaf]
    value = (side.weight * amount).sum(axis=1)
    largest = np.abs(side.weight).max(axis=1)
    short = np.maximum(np.maximum(side.lower - value, value - side.upper), 0.0)
    return np.where(short > 1e-9, short, 0.0) / np.where(largest > 0, largest, 1.0)


@settings(deadline=None, derandomize=True, max_examples=120)
@given(problems())
def test_side_rows_are_kept_whenever_any_rounding_keeps_them(
    problem: tuple[Grid, FloatArray, SideRows],
) -> None:
    grid, cells, side = problem
    rounded = round_targets(grid, cells, side)
    assert_guarantees(grid, cells, rounded.units)
    units = rounded.units[np.ix_(grid.org.leaf, grid.products.leaf)]
    candidates = all_roundings(grid.org, grid.products, cells.reshape(units.shape))
    shortfalls = [scaled_short(grid, side, candidate.ravel()) for candidate in candidates]
    # shortfalls are minimised in steps of an eighth of the largest weight
    least = min(np.ceil(8 * short - 1e-6).sum() / 8 for short in shortfalls)
    mine = scaled_short(grid, side, units.ravel())
    assert mine.sum() <= least + 1e-6
    assert (rounded.short_by > 0).tolist() == (mine > 0).tolist()
    assert rounded.report["side_rows_short"] == (mine > 0).sum()


@settings(deadline=None, derandomize=True, max_examples=120)
@given(problems())
def test_of_the_roundings_that_keep_the_side_rows_the_nearest_is_taken(
    problem: tuple[Grid, FloatArray, SideRows],
) -> None:
    grid, cells, side = problem
    values = cells.reshape(grid.n_rep, grid.n_product)
    floor, _ = floor_ceil(values, float(cells.sum()))
    key = grid.org.leaf.astype(np.int64)[:, None] * grid.n_product + np.arange(grid.n_product)
    cost = rounding_cost(values, floor, key) / 2.0**20 / 1e6
    candidates = all_roundings(grid.org, grid.products, values)
    allowed = [u for u in candidates if scaled_short(grid, side, u.ravel()).sum() == 0]
    assume(allowed)
    units = round_targets(grid, cells, side).units[np.ix_(grid.org.leaf, grid.products.leaf)]
    least = min(float((cost * (u - floor)).sum()) for u in allowed)
    assert float((cost * (units - floor)).sum()) <= least + 1e-3 * abs(least) + 1e-6


def test_an_effort_capacity_makes_another_rep_carry_the_heavy_product() -> None:
    """Nearest first would give rep 1 the heavy product (0.6), but his hours allow only the light one."""
    grid = Grid(hierarchy(-1, 0, 0), hierarchy(-1, 0, 0), np.zeros(3))
    cells = np.array([0.6, 0.4, 0.4, 0.6])
    hours = SideRows(np.array([1]), np.array([[5.0, 1.0]]), np.array([-np.inf]), np.array([3.5]))
    rounded = round_targets(grid, cells, hours)
    assert rounded.units[1:, 1:].tolist() == [[0, 1], [1, 0]]
    assert rounded.short_by.tolist() == [0.0]
    assert rounded.report["side_rows_moved"] == 1


def test_the_range_of_a_line_below_the_company_is_kept() -> None:
    grid = Grid(hierarchy(-1, 0, 0), hierarchy(-1, 0, 1, 1, 0, 4, 4), np.zeros(3))
    cells = np.array([1.6, 1.4, 2.0, 2.0, 1.4, 1.6, 2.0, 2.0])
    line = np.array([[1.0, 1.0, 0.0, 0.0]])
    side = SideRows(np.array([1]), line, np.array([3.0]), np.array([3.0]))
    rounded = round_targets(grid, cells, side)
    assert rounded.units[1, 1] == 3
    assert rounded.short_by.tolist() == [0.0]


def test_one_row_that_cannot_be_kept_does_not_cost_the_others() -> None:
    grid = Grid(hierarchy(-1, 0, 0, 0), hierarchy(-1, 0, 0), np.zeros(4))
    cells = np.array([0.5, 0.5, 0.6, 0.4, 0.9, 0.1])
    impossible = [[2.0, 3.0], -np.inf, 2.5 - 1.0]  # rep 1 gets one unit of either: 2 or 3 hours
    possible = [[5.0, 1.0], -np.inf, 3.5]  # rep 2 can take the light product
    weight, lower, upper = zip(impossible, possible, strict=True)
    side = SideRows(np.array([1, 2]), np.array(weight), np.array(lower), np.array(upper))
    rounded = round_targets(grid, cells, side)
    assert rounded.short_by.tolist() == [pytest.approx(0.5), 0.0]
    assert rounded.units[1:3, 1:].tolist() == [[1, 0], [0, 1]]
    assert_guarantees(grid, cells, rounded.units)


def test_side_rows_hold_on_the_street_scale_of_their_own_layer() -> None:
    grid = Grid(hierarchy(-1, 0, 1, 1, 0, 4, 4), hierarchy(-1, 0, 0), np.array([0, 0, 0.1, 0.1, 0, 0.1, 0.1]))
    cells = np.array([3.3, 2.2, 1.1, 4.4, 2.75, 1.65, 5.5, 1.1])
    node = np.array([1, 2, 5])
    weight = np.array([[1.0, 0.2], [1.5, 0.5], [2.0, 1.0]])
    amount = (weight * grid.roll_up(cells)[node][:, grid.products.leaf]).sum(axis=1)
    side = SideRows(node, weight, np.full(3, -np.inf), amount + 0.1)
    rounded = round_targets(grid, cells, side)
    assert_guarantees(grid, cells, rounded.units)
    value = (weight * rounded.units[node][:, grid.products.leaf]).sum(axis=1)
    np.testing.assert_allclose(rounded.short_by, np.maximum(value - side.upper, 0), atol=1e-12)


def company_of_100_reps(seed: int) -> tuple[Grid, FloatArray]:
    """10 teams of 10 reps, 12 products: 1,200 fractions."""
    parent = [-1]
    for _ in range(10):
        parent += [0, *[len(parent)] * 10]
    grid = Grid(hierarchy(*parent), hierarchy(-1, *[0] * 12), np.zeros(len(parent)))
    cells = np.random.default_rng(seed).gamma(1.0, 8.0, grid.n_cell)
    return grid, cells * np.rint(cells.sum()) / cells.sum()


def efforts_at_their_limit(grid: Grid, cells: FloatArray, node: IntArray) -> SideRows:
    """Hours of each node, at most what the unrounded numbers take."""
    weight = np.tile(np.linspace(0.5, 3.0, 12), (len(node), 1))
    value = (weight * grid.roll_up(cells)[node][:, grid.products.leaf]).sum(axis=1)
    return SideRows(node, weight, np.full(len(node), -np.inf), value)


def test_efforts_that_bind_for_whole_teams_and_their_reps_are_kept() -> None:
    grid, cells = company_of_100_reps(0)
    node = np.concatenate([[1, 45, 89], np.arange(2, 12), np.arange(46, 56)])
    rounded = round_targets(grid, cells, efforts_at_their_limit(grid, cells, node))
    assert rounded.report["side_rows_moved"] > 5
    assert rounded.short_by.max() == 0
    assert_guarantees(grid, cells, rounded.units)


def test_prices_alone_keep_efforts_that_bind_here_and_there(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(repair, "LOCAL_SEARCHES", 0)
    grid, cells = company_of_100_reps(0)
    rounded = round_targets(
        grid, cells, efforts_at_their_limit(grid, cells, grid.org.leaf[::6].astype(np.int64))
    )
    assert rounded.report["side_rows_moved"] > 5
    assert rounded.short_by.max() == 0
    assert_guarantees(grid, cells, rounded.units)


def test_a_narrow_window_that_prices_cannot_hit_is_searched_among_the_neighbours(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    grid, cells = company_of_100_reps(1)
    node = np.array([5, 60])
    weight = np.random.default_rng(4).uniform(0.5, 3.0, (2, 12))
    value = (weight * grid.roll_up(cells)[node][:, grid.products.leaf]).sum(axis=1)
    side = SideRows(node, weight, value - 0.01, value + 0.01)
    rounded = round_targets(grid, cells, side)
    assert rounded.short_by.max() == 0
    assert_guarantees(grid, cells, rounded.units)
    monkeypatch.setattr(repair, "LOCAL_SEARCHES", 0)
    assert round_targets(grid, cells, side).short_by.max() > 0


def test_rows_that_can_never_hold_together_leave_all_sums_exact() -> None:
    """Every rep's hours at most their unrounded value: the company's total of each product forbids it."""
    grid, cells = company_of_100_reps(2)
    rounded = round_targets(grid, cells, efforts_at_their_limit(grid, cells, grid.org.leaf.astype(np.int64)))
    assert 0 < rounded.report["side_rows_short"] < grid.n_rep
    assert rounded.short_by.max() < 3.0 * 12
    assert_guarantees(grid, cells, rounded.units)


def test_the_same_rows_give_the_same_units_again() -> None:
    rng = np.random.default_rng(2)
    grid = Grid(hierarchy(-1, *[0] * 60), hierarchy(-1, *[0] * 5), np.zeros(61))
    cells = rng.gamma(1.0, 3.0, grid.n_cell)
    cells *= np.rint(cells.sum()) / cells.sum()
    node = np.arange(1, 61)
    weight = np.tile([1.0, 2.0, 0.5, 3.0, 1.5], (60, 1))
    value = (weight * cells.reshape(60, 5)).sum(axis=1)
    side = SideRows(node, weight, np.full(60, -np.inf), value + rng.uniform(0.0, 0.5, 60))
    first, second = round_targets(grid, cells, side), round_targets(grid, cells, side)
    np.testing.assert_array_equal(first.units, second.units)
    assert_guarantees(grid, cells, first.units)
    assert first.report["side_rows_moved"] > 0
    assert first.report["side_rows_short"] < first.report["side_rows_moved"]
