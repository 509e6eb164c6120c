"""Months stay within one unit of their unrounded value at every node, company product and cell."""

from itertools import product as combinations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from solver_models.arrays import FloatArray, IntArray
from solver_models.hierarchy import Hierarchy
from solver_models.monthly import exact_search
from solver_models.monthly.month_table import MonthTable, month_table
from solver_models.monthly.shifts import settle_tree
from solver_models.monthly.subtree_flow import round_subtrees
from solver_models.phasing import phase_targets, round_months, running_shares
from tests.solver_models.rounding.grids import hierarchy, trees

NOISE = 1e-6


def month_shares(weight: FloatArray) -> FloatArray:
    return np.diff(running_shares(weight), axis=2, prepend=0.0)


def flat(n: int) -> Hierarchy:
    """One parent of n leaves; a single node for one leaf."""
    return hierarchy(-1, *[0] * n)


def leaves_below(tree: Hierarchy, v: int) -> slice:
    return slice(int(tree.leaf_start[v]), int(tree.leaf_end[v]))


def assert_neighbours(whole: IntArray, exact: FloatArray) -> None:
    """Whole months stay, others go to a neighbour."""
    nearest = np.rint(exact)
    is_whole = np.abs(exact - nearest) < 1e-9 + 1e-13 * np.abs(exact)
    assert (np.abs(whole - exact) < np.where(is_whole, 0.5, 1.0 + NOISE)).all(), (whole, exact)


def assert_promises(
    tree: Hierarchy, products: Hierarchy, units: IntArray, weight: FloatArray, months: IntArray, off: int
) -> None:
    exact = units[:, :, None] * month_shares(weight)
    np.testing.assert_array_equal(months.sum(axis=2), units)
    assert_neighbours(months, exact)
    for v in range(len(tree)):
        below = leaves_below(tree, v)
        assert_neighbours(months[below].sum(axis=(0, 1)), exact[below].sum(axis=(0, 1)))
    far = 0
    for q in range(len(products)):
        below = leaves_below(products, q)
        far += int(
            (np.abs(months[:, below].sum(axis=(0, 1)) - exact[:, below].sum(axis=(0, 1))) > 1 + NOISE).sum()
        )
    assert off == far == 0


@st.composite
def month_problems(draw: st.DrawFn) -> tuple[Hierarchy, Hierarchy, IntArray, FloatArray]:
    tree, products = draw(trees(14, least=1)), draw(trees(7, least=1))
    n_month = draw(st.integers(1, 12))
    n_rep, n_product = len(tree.leaf), len(products.leaf)
    number = st.sampled_from([0.0, 0.0, 0.25, 1.0, 1.0, 1.3, 0.7, 21.0])

    def table(n: int, of: st.SearchStrategy[float]) -> np.ndarray:
        return np.array(draw(st.lists(of, min_size=n, max_size=n)))

    amount = draw(st.sampled_from([st.integers(0, 3), st.integers(0, 40), st.integers(0, 10**9)]))
    units = table(n_rep * n_product, amount).reshape(n_rep, n_product).astype(np.int64)
    rep, season = table(n_rep * n_month, number), table(n_product * n_month, number)
    return tree, products, units, rep.reshape(-1, 1, n_month) * season.reshape(1, -1, n_month)


@settings(deadline=None, derandomize=True, max_examples=400)
@given(month_problems())
def test_months_are_within_one_unit_everywhere_and_years_exact(
    problem: tuple[Hierarchy, Hierarchy, IntArray, FloatArray],
) -> None:
    months, off = round_months(*problem)
    assert_promises(*problem, months, off)
    again, _ = round_months(*problem)
    np.testing.assert_array_equal(again, months)


@settings(deadline=None, derandomize=True, max_examples=100)
@given(month_problems(), st.integers(0, 10**6))
def test_months_that_stand_stay_and_still_keep_the_promises(
    problem: tuple[Hierarchy, Hierarchy, IntArray, FloatArray], seed: int
) -> None:
    tree, products, units, weight = problem
    months, _ = round_months(*problem)
    np.testing.assert_array_equal(round_months(*problem, months)[0], months)
    changed = np.random.default_rng(seed).permuted(units, axis=0)
    again, off = round_months(tree, products, changed, weight, months)
    assert_promises(tree, products, changed, weight, again, off)


@settings(deadline=None, derandomize=True, max_examples=100)
@given(month_problems())
def test_a_flow_alone_settles_any_tree(problem: tuple[Hierarchy, Hierarchy, IntArray, FloatArray]) -> None:
    tree, products, units, weight = problem
    table = month_table(
        tree, products, units[:, :, None] * month_shares(weight), phase_targets(units, weight)
    )
    round_subtrees(table, np.zeros(1, np.int64))
    assert_tree_in_bounds(table)
    np.testing.assert_array_equal(table.units.sum(axis=2), units)


def assert_tree_in_bounds(table: MonthTable) -> None:
    assert len(table.of_tree.outside(np.arange(len(table.tree)))) == 0
    assert (table.step >= 0).all()
    assert (table.step <= table.span).all()
    np.testing.assert_array_equal(table.of_tree.units, table.tree.roll_up(table.units.sum(axis=1)))
    np.testing.assert_array_equal(table.of_products.units, table.products.roll_up(table.units.sum(axis=0)))


def test_sixty_reps_with_four_customers_each_have_twenty_in_every_month() -> None:
    """60 x 4 = 240 a year: 20 a month; teams of six 2; nobody has two in one month."""
    tree = hierarchy(-1, *[k for team in range(10) for k in [0, *[1 + 7 * team] * 6]])
    units, weight = np.full((60, 1), 4), np.ones((60, 1, 12))
    months, off = round_months(tree, flat(1), units, weight)
    assert months.sum(axis=(0, 1)).tolist() == [20] * 12
    assert months.reshape(10, 6, 12).sum(axis=1).tolist() == [[2] * 12] * 10
    assert months.max() == 1
    assert months.sum(axis=2).ravel().tolist() == [4] * 60
    assert off == 0


def test_many_small_products_of_one_rep_spread_over_the_year() -> None:
    """90 products with one to four units each, 223 in all: 18 or 19 a month, never a heap."""
    products = flat(90)
    units = np.arange(90).reshape(1, -1) % 4 + 1
    months, off = round_months(flat(1), products, units, np.ones((1, 90, 12)))
    of_year = int(units.sum())
    assert of_year == 223
    assert set(months.sum(axis=(0, 1)).tolist()) == {18, 19}
    assert set(months.ravel().tolist()) == {0, 1}
    assert off == 0


def test_months_of_a_parent_cannot_be_chosen_before_those_of_its_children() -> None:
    """One rep is there in January and February, one in March and April: 1, 1, 0, 0 suits the sum, not them.

    The company has half a unit in every month; rounded alone, its two units may fall on January
    and February, but then the first rep has two units of one, the second none.
    """
    presence = np.array([[1.0, 1.0, 0.0, 0.0], [0.0, 0.0, 1.0, 1.0]])
    months, off = round_months(flat(2), flat(1), np.array([[1], [1]]), presence[:, None, :])
    assert months[0, 0, :2].sum() == months[1, 0, 2:].sum() == 1
    assert set(months.sum(axis=(0, 1)).tolist()) == {0, 1}
    assert off == 0


THREE_UNITS = np.array([[1, 1, 2], [1, 2, 1], [2, 1, 2]])
THREE_SEASONS = np.array([[0.0, 1, 1], [1, 1, 0], [1, 0, 1]])
THREE_PRESENCE = np.array([[1.0, 1, 1], [1, 1, 1], [0, 1, 1]])


def three_by_three() -> tuple[IntArray, FloatArray]:
    return THREE_UNITS, THREE_PRESENCE[:, None, :] * THREE_SEASONS[None]


def test_whole_months_of_products_cannot_always_stay_but_one_unit_is_always_enough() -> None:
    """Every rounding of the plan of docs/months.md, by brute force: none keeps the whole months of all three.

    Cells with half a unit in two months have two roundings, all others one.
    """
    units, weight = three_by_three()
    exact = units[:, :, None] * month_shares(weight)
    choices = [whole_rounds(exact[r, p], int(units[r, p])) for r, p in np.ndindex(3, 3)]
    neighbours_everywhere = within_one_everywhere = 0
    for chosen in combinations(*choices):
        months = np.array(chosen).reshape(3, 3, 3)
        if not all(keeps(months.sum(axis=axes), exact.sum(axis=axes)) for axes in [1, (0, 1)]):
            continue
        neighbours_everywhere += keeps(months.sum(axis=0), exact.sum(axis=0))
        within_one_everywhere += bool((np.abs(months.sum(axis=0) - exact.sum(axis=0)) <= 1 + NOISE).all())
    assert neighbours_everywhere == 0
    assert within_one_everywhere > 0
    months, off = round_months(flat(3), flat(3), units, weight)
    assert_promises(flat(3), flat(3), units, weight, months, off)


def whole_rounds(exact: FloatArray, year: int) -> list[tuple[int, ...]]:
    """All ways to round the months of one cell down or up so that they sum to the year."""
    each = [sorted({int(np.floor(m + NOISE)), int(np.ceil(m - NOISE))}) for m in exact]
    return [months for months in combinations(*each) if sum(months) == year]


def keeps(whole: IntArray, exact: FloatArray) -> bool:
    return bool(((whole >= np.floor(exact + NOISE)) & (whole <= np.ceil(exact - NOISE))).all())


@settings(deadline=None, derandomize=True, max_examples=60)
@given(st.data())
def test_what_brute_force_finds_on_tiny_plans_is_found(data: st.DataObject) -> None:
    """Two reps, two products, three months: if any rounding keeps every bound, ours does as well."""
    units = np.array(data.draw(st.lists(st.integers(0, 2), min_size=4, max_size=4))).reshape(2, 2)
    weight = np.array(
        data.draw(st.lists(st.sampled_from([0.0, 1.0, 2.0]), min_size=12, max_size=12))
    ).reshape(2, 2, 3)
    exact = units[:, :, None] * month_shares(weight)
    sums = [1, 0, (0, 1)]

    def fits(months: IntArray) -> bool:
        return all(keeps(months.sum(axis=axes), exact.sum(axis=axes)) for axes in sums)

    every = combinations(*[whole_rounds(exact[r, p], int(units[r, p])) for r, p in np.ndindex(2, 2)])
    possible = any(fits(np.array(chosen).reshape(2, 2, 3)) for chosen in every)
    months, off = round_months(flat(2), flat(2), units, weight)
    assert off == 0
    assert fits(months) or not possible


def test_what_is_left_after_exchanges_is_found_by_search(monkeypatch: pytest.MonkeyPatch) -> None:
    rng = np.random.default_rng(4)
    units, weight = rng.integers(0, 30, (12, 8)), np.tile(0.3 + rng.random((1, 8, 12)), (12, 1, 1))
    table = month_table(
        flat(12), flat(8), units[:, :, None] * month_shares(weight), phase_targets(units, weight)
    )
    settle_tree(table)
    products = np.arange(9)
    before = int(np.abs(table.of_products.excess(products)).sum())
    assert before > 0
    monkeypatch.setattr(exact_search, "MOST_FREE", 600)
    exact_search.search_products(table)
    assert np.abs(table.of_products.excess(products)).sum() < before
    assert_tree_in_bounds(table)


def test_large_companies_with_late_starters_keep_the_promises() -> None:
    rng = np.random.default_rng(2)
    tree = hierarchy(-1, *[k for team in range(40) for k in [0, *[1 + 11 * team] * 10]])
    products = hierarchy(-1, 0, 1, 1, 1, 0, 5, 5, 0)
    weight = np.ones((400, 1, 12)) * (0.3 + rng.random((1, 6, 12)))
    weight[rng.random(400) < 0.2, :, : rng.integers(1, 9)] = 0
    units = rng.poisson(rng.gamma(1.0, 8.0, (400, 6)))
    months, off = round_months(tree, products, units, weight)
    assert_promises(tree, products, units, weight, months, off)


def test_a_hundred_products_are_exchanged_many_at_a_time() -> None:
    rng = np.random.default_rng(3)
    products, units = flat(120), rng.poisson(20.0, (30, 120))
    weight = np.ones((30, 1, 1)) * (0.3 + rng.random((1, 120, 12)))
    months, off = round_months(flat(30), products, units, weight)
    assert_promises(flat(30), products, units, weight, months, off)
