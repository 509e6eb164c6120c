from fractions import Fraction
from math import floor
from pathlib import Path

import numpy as np
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from solver_models.arrays import FloatArray
from solver_models.grid import Grid
from solver_models.phasing import phase_grid, phase_targets
from solver_models.rounding.rounding import round_targets
from solver_models.rounding.side_rows import no_side_rows
from tests.solver_models.rounding.grids import (
    amounts_by_recursion,
    children_of,
    hierarchy,
    item_of,
    items_by_layer,
    rounding_problems,
)

WEIGHTS = st.lists(st.one_of(st.just(0), st.integers(0, 30)), min_size=1, max_size=12)


def by_fractions(units: int, weight: list[int]) -> list[int]:
    """Cumulative rounding, halves up, in exact arithmetic."""
    total = sum(weight)
    shares = [Fraction(w, total) if total else Fraction(1, len(weight)) for w in weight]
    running = [floor(units * sum(shares[: t + 1], Fraction(0)) + Fraction(1, 2)) for t in range(len(weight))]
    return [after - before for before, after in zip([0, *running[:-1]], running, strict=True)]


@settings(deadline=None, derandomize=True, max_examples=500)
@given(st.one_of(st.integers(0, 50), st.integers(0, 10**11)), WEIGHTS)
def test_months_are_what_exact_arithmetic_gives(units: int, weight: list[int]) -> None:
    answer = phase_targets(np.array([units]), np.array([weight], float))[0]
    assert answer.tolist() == by_fractions(units, weight)


@settings(deadline=None, derandomize=True, max_examples=300)
@given(
    st.integers(-1000, 10**7),
    st.lists(st.one_of(st.just(0.0), st.floats(0, 1e300), st.floats(0, 2)), min_size=1, max_size=12),
)
def test_months_sum_to_the_year_and_stay_near_their_share(units: int, weight: list[float]) -> None:
    answer = phase_targets(np.array([units]), np.array([weight]))[0]
    assert answer.sum() == units
    assert (answer * np.sign(units) >= 0).all()
    if max(weight) > 0:
        assert (answer[np.array(weight) == 0] == 0).all()
        scaled = np.array(weight) / max(weight)
        share = units * np.cumsum(scaled) / scaled.sum()
        assert (np.abs(np.cumsum(answer) - share) <= 0.5 + 1e-6).all()


def test_the_worked_example_of_the_documentation() -> None:
    page = (Path(__file__).resolve().parents[2] / "docs" / "months.md").read_text(encoding="utf-8")
    rows = [line.strip("| ").split(" | ")[1:] for line in page.splitlines() if line.startswith("| 2020-")]
    days, index, weight, running, rounded, amount = np.array(rows, float).T
    assert len(days) == 3
    assert weight == pytest.approx(days * index)
    share = 100 * np.cumsum(weight) / weight.sum()
    assert running == pytest.approx(share, abs=0.005)
    assert rounded.tolist() == np.rint(share).tolist()
    assert phase_targets(np.array([100]), weight[None])[0].tolist() == amount.tolist()


def test_a_month_without_weight_gets_nothing_at_either_end() -> None:
    weight = np.array([[0.0, 0.1, 0.7, 0.2, 0.0, 0.0]])
    answer = phase_targets(np.array([999_999_999]), weight)[0]
    assert answer[[0, 4, 5]].tolist() == [0, 0, 0]
    assert answer.sum() == 999_999_999


def test_halves_go_up_although_a_tenth_is_no_binary_fraction() -> None:
    weight = np.full((1, 10), 0.1)
    assert phase_targets(np.array([5]), weight)[0].tolist() == [1, 0] * 5
    assert phase_targets(np.array([35]), weight)[0].tolist() == [4, 3] * 5


def test_halves_go_up_whatever_noise_is_in_the_weights_or_the_product() -> None:
    assert phase_targets(np.array([1]), np.array([[1 - 1e-11, 1 + 1e-11]]))[0].tolist() == [1, 0]
    units, weight = 100_000_000_001, [3, 19]  # units * (3 / 22) falls short of its half as a float
    assert phase_targets(np.array([units]), np.array([weight], float))[0].tolist() == by_fractions(
        units, weight
    )


def test_the_largest_targets_leave_nothing_for_months_without_weight() -> None:
    answer = phase_targets(np.array([2**50]), np.array([[1.0, 1.0, 0.0, 0.0]]))[0]
    assert answer.tolist() == [2**49, 2**49, 0, 0] or answer.tolist() == [2**49 + 1, 2**49 - 1, 0, 0]


@pytest.mark.parametrize("bad", [-1.0, np.nan, np.inf])
def test_weights_that_are_no_weights_are_refused(bad: float) -> None:
    with pytest.raises(ValueError, match="weights"):
        phase_targets(np.array([3]), np.array([[1.0, bad]]))


@st.composite
def month_problems(draw: st.DrawFn) -> tuple[Grid, FloatArray, FloatArray, FloatArray]:
    grid, cells = draw(rounding_problems(most_nodes=12, most_products=5))
    n_month = draw(st.integers(1, 12))
    number = st.sampled_from([0.0, 0.25, 1.0, 1.0, 1.3, 0.7, 21.0])
    rep = draw(st.lists(number, min_size=grid.n_rep * n_month, max_size=grid.n_rep * n_month))
    product = draw(st.lists(number, min_size=grid.n_product * n_month, max_size=grid.n_product * n_month))
    shape = (-1, n_month)
    return grid, cells, np.array(rep).reshape(shape), np.array(product).reshape(shape)


@settings(deadline=None, derandomize=True, max_examples=200)
@given(month_problems())
def test_every_number_has_months_that_add_up_at_every_node_and_product(
    problem: tuple[Grid, FloatArray, FloatArray, FloatArray],
) -> None:
    grid, cells, rep, product = problem
    units = round_targets(grid, cells, no_side_rows(grid.n_product)).units
    months = phase_grid(grid, units, rep, product, cells).months
    assert months.dtype == np.int64
    assert (months >= 0).all()
    np.testing.assert_array_equal(months.sum(axis=2), units)
    for q in range(len(grid.products)):
        parts = children_of(grid.products, q)
        if parts:
            np.testing.assert_array_equal(months[:, q], months[:, parts].sum(axis=1))
    for v in range(len(grid.org)):
        children = children_of(grid.org, v)
        if children and not grid.over_assignment[children].any():
            np.testing.assert_array_equal(months[v], months[children].sum(axis=0))


@settings(deadline=None, derandomize=True, max_examples=100)
@given(month_problems())
def test_items_of_every_layer_are_within_one_unit_of_the_monthly_amounts_below_them(
    problem: tuple[Grid, FloatArray, FloatArray, FloatArray],
) -> None:
    grid, cells, rep, product = problem
    leaf = grid.products.leaf
    units = round_targets(grid, cells, no_side_rows(grid.n_product)).units
    months = phase_grid(grid, units, rep, product, cells).months
    weight = rep[:, None, :] * product[None, :, :]
    total = weight.sum(axis=2, keepdims=True)
    share = np.divide(weight, total, out=np.full_like(weight, 1 / weight.shape[2]), where=total > 0)
    by_month = np.stack(
        [amounts_by_recursion(grid, cells * share[:, :, t].ravel()) for t in range(weight.shape[2])], axis=-1
    )
    for items in items_by_layer(grid, 0).values():
        whole, exact = np.zeros((2, weight.shape[2]))
        for node, is_rep in items:
            own = weight[grid.org.leaf_start[node]] if is_rep else item_of(grid, by_month, node, is_rep)
            own = np.maximum(own, 0.0)
            scale = own.sum(axis=1, keepdims=True)
            fair = np.divide(own, scale, out=np.full_like(own, 1 / own.shape[1]), where=scale > 1e-6)
            fair = fair * item_of(grid, units[:, leaf], node, is_rep)[:, None]
            mine = item_of(grid, months[:, leaf], node, is_rep)
            assume((scale > 1e-6).all() or (fair[scale[:, 0] <= 1e-6] == 0).all())
            assert (np.abs(mine - fair) <= 1 + 1e-3).all()
            assert (np.abs(mine.sum(axis=0) - fair.sum(axis=0)) <= 1 + 1e-3).all()
            whole, exact = whole + mine.sum(axis=0), exact + fair.sum(axis=0)
        assert (np.abs(whole - exact) <= 1 + 1e-3).all()


def test_a_rep_who_starts_in_the_third_month_has_no_target_before_it() -> None:
    grid = Grid(hierarchy(-1, 0, 0), hierarchy(-1, 0, 0), np.zeros(3))
    cells = np.array([7.0, 5.0, 4.0, 2.0])
    units = round_targets(grid, cells, no_side_rows(2)).units
    rep = np.array([[1.0, 1.0, 1.0, 1.0], [0.0, 0.0, 0.5, 1.0]])
    months = phase_grid(grid, units, rep, np.ones((2, 4)), cells).months
    assert months[2, 0].tolist() == [0, 0, 2, 4]
    assert months[2, 1:].tolist() == [[0, 0, 1, 3], [0, 0, 1, 1]]
    assert months[0].sum() == 2 * units[0, 0]
