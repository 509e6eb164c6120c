"""The balance: unique, the same by every engine and order, equal to slow truths on tiny models."""

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st
from scipy.sparse import csr_array

from solver_models.balance.kkt import cells_at, row_size
from solver_models.balance.newton import newton
from solver_models.balance.polish import polish
from solver_models.balance.solve import solve_balance
from solver_models.balance.system import normal_form
from solver_models.engines.base import EngineOptions
from solver_models.engines.choice import choose_engine
from solver_models.failures import ModelInfeasible
from solver_models.grid import Grid
from solver_models.hierarchy import Hierarchy
from solver_models.model import BalanceModel, Rows
from solver_models.terms.kinds import add_amounts, add_total
from solver_models.terms.rows import RowCollector
from solver_models.tiers import settle_tiers
from tests.models import company, model_of, permuted, random_model, zeros
from tests.oracle import balance_by_enumeration

HIGHS = choose_engine("highs")
OPTIONS = EngineOptions()
seeds = st.integers(0, 10_000)


def solved(model: BalanceModel, engine: str = "highs") -> np.ndarray:
    """Settle the tiers, balance, and return the cells in the model's unit."""
    chosen = choose_engine(engine)
    settled, _ = settle_tiers(model.scaled(), chosen, OPTIONS)
    answer = solve_balance(settled, chosen, OPTIONS)
    assert max(answer.residual.values()) < 1e-11
    return answer.x * settled.unit


def solved_or_assume(model: BalanceModel, engine: str = "highs") -> np.ndarray:
    """As `solved`; an infeasible random model is not an example."""
    try:
        return solved(model, engine)
    except ModelInfeasible:
        assume(False)
        raise


@settings(deadline=None, derandomize=True, max_examples=60)
@given(seeds)
def test_a_tiny_model_gives_the_minimiser_found_by_enumeration(seed: int) -> None:
    rng = np.random.default_rng(seed)
    n, m = int(rng.integers(2, 5)), int(rng.integers(1, 4))
    anchor = rng.uniform(1, 10, n)
    matrix = rng.integers(0, 2, (m, n)).astype(float)
    middle = matrix @ anchor
    lower = np.where(rng.random(m) < 0.6, middle * rng.uniform(0.7, 1.3, m), -np.inf)
    upper = np.where(rng.random(m) < 0.5, middle * rng.uniform(0.9, 1.5, m), np.inf)
    model = BalanceModel(
        anchor,
        anchor,
        np.zeros(n),
        anchor * rng.uniform(0.8, 2, n),
        0,
        Rows(csr_array(matrix), lower, np.maximum(lower, upper), zeros(m), zeros(m)),
        random_model(0).soft,
    )
    model = replace(model, soft=replace(model.soft, **_no_soft(model)))
    truth = balance_by_enumeration(model)
    if truth is None:
        with pytest.raises(ModelInfeasible):
            solve_balance(model, HIGHS, OPTIONS)
    else:
        np.testing.assert_allclose(solve_balance(model, HIGHS, OPTIONS).x, truth, atol=1e-7)


def _no_soft(model: BalanceModel) -> dict[str, object]:
    empty = csr_array((0, model.n_column))
    nothing = np.zeros(0)
    return {
        "matrix": empty,
        "lower": nothing,
        "upper": nothing,
        "tier": zeros(0),
        "scale": nothing,
        "source": zeros(0),
    }


@settings(deadline=None, derandomize=True, max_examples=25)
@given(seeds)
def test_every_engine_gives_the_same_targets(seed: int) -> None:
    model = random_model(seed)
    first = solved_or_assume(model)
    for engine in ("pulp:CBC", "pulp:HiGHS"):
        np.testing.assert_allclose(solved(model, engine), first, rtol=1e-9, atol=1e-9)


@settings(deadline=None, derandomize=True, max_examples=60)
@given(seeds)
def test_the_order_of_rows_and_cells_does_not_matter(seed: int) -> None:
    model = random_model(seed)
    first = solved_or_assume(model)
    shuffled, cell = permuted(model, seed)
    np.testing.assert_allclose(solved(shuffled), first[cell], rtol=1e-9, atol=1e-9)


@settings(deadline=None, derandomize=True, max_examples=40)
@given(seeds, st.sampled_from([1e-6, 0.01, 1000.0, 1e6]))
def test_all_amounts_times_c_give_targets_times_c(seed: int, c: float) -> None:
    model = random_model(seed)
    first = solved_or_assume(model)
    rows = replace(model.rows, lower=model.rows.lower * c, upper=model.rows.upper * c)
    soft = replace(
        model.soft, lower=model.soft.lower * c, upper=model.soft.upper * c, scale=model.soft.scale * c
    )
    scaled = replace(model, anchor=model.anchor * c, weight=model.weight * c, rows=rows, soft=soft)
    np.testing.assert_allclose(solved(scaled), first * c, rtol=1e-9)


@settings(deadline=None, derandomize=True, max_examples=60)
@given(seeds)
def test_the_newton_route_and_the_linear_route_meet(seed: int) -> None:
    try:
        settled, _ = settle_tiers(random_model(seed).scaled(), HIGHS, OPTIONS)
        linear = solve_balance(settled, HIGHS, OPTIONS)
    except ModelInfeasible:
        assume(False)
    form = normal_form(settled, row_size(settled))
    point = newton(form, np.zeros(form.n_row), np.zeros(settled.n_free))
    assert point.error < 1e-4
    polished = polish(form, point.price, point.free)
    assert polished is not None
    np.testing.assert_allclose(
        cells_at(settled, form.price_out(polished.price)), linear.x, rtol=1e-9, atol=1e-9
    )


def test_where_nothing_binds_the_answer_is_the_anchor() -> None:
    grid = company(2, 2, 3, 2)
    anchor = np.random.default_rng(1).uniform(1, 9, grid.n_cell)
    rows = RowCollector(grid)
    add_total(rows, float(anchor.sum()))
    np.testing.assert_allclose(solved(model_of(rows, anchor)), anchor, rtol=1e-12)


def _water_filling(
    grid: Grid, anchor: np.ndarray, lower: np.ndarray, upper: np.ndarray, total: float
) -> np.ndarray:
    """Tree truth: every node's response clip(sum of children, L, U) to one price, by nested bisection."""

    def response(v: int, price: float) -> float:
        children = np.flatnonzero(grid.org.parent == v)
        free = (
            sum(response(c, price) for c in children)
            if len(children)
            else anchor[grid.org.leaf_start[v]] * price
        )
        return float(np.clip(free, lower[v], upper[v]))

    def assign(v: int, amount: float, out: np.ndarray) -> None:
        children = np.flatnonzero(grid.org.parent == v)
        if not len(children):
            out[grid.org.leaf_start[v]] = amount
            return
        low, high = 0.0, 1e6
        for _ in range(200):
            middle = (low + high) / 2
            if sum(response(c, middle) for c in children) < amount:
                low = middle
            else:
                high = middle
        for c in children:
            assign(c, response(c, high), out)

    out = np.zeros(grid.n_cell)
    assign(0, total, out)
    return out


@settings(deadline=None, derandomize=True, max_examples=25)
@given(seeds)
def test_on_a_tree_the_answer_is_water_filling_and_no_rep_falls_when_the_total_rises(seed: int) -> None:
    rng = np.random.default_rng(seed)
    grid = company(2, 2, 2, 1)
    anchor = rng.uniform(1, 10, grid.n_cell)
    own = grid.roll_up(anchor)[:, 0]
    nodes = np.arange(1, len(grid.org), dtype=np.int64)
    lower = np.concatenate([[0], own[1:] * rng.uniform(0.3, 0.95, len(nodes))])
    upper = np.concatenate([[np.inf], own[1:] * rng.uniform(1.05, 2, len(nodes))])

    def allocate(total: float) -> np.ndarray:
        rows = RowCollector(grid)
        add_total(rows, total)
        m = len(nodes)
        add_amounts(rows, "range", nodes, zeros(m), lower[1:], upper[1:], zeros(m), np.ones(m))
        return solved_or_assume(model_of(rows, anchor))

    total = float(own[0] * rng.uniform(0.9, 1.1))
    first = allocate(total)
    np.testing.assert_allclose(first, _water_filling(grid, anchor, lower, upper, total), rtol=1e-7)
    assert np.all(allocate(total * 1.01) >= first * (1 - 1e-9))


@settings(deadline=None, derandomize=True, max_examples=40)
@given(seeds)
def test_moved_anchors_move_the_answer_no_further(seed: int) -> None:
    model = random_model(seed, soft=False, fair=False)
    first = solved_or_assume(model)
    rng = np.random.default_rng(seed + 1)
    nudged = replace(model, anchor=model.anchor * np.exp(rng.normal(0, 0.01, model.n_cell)))

    def length(move: np.ndarray) -> float:
        return float(np.sqrt((move**2 / model.weight).sum()))

    assert length(solved(nudged) - first) <= length(nudged.anchor - model.anchor) * (1 + 1e-9)


def test_equal_conditions_give_equal_ratios() -> None:
    grid = Grid(
        Hierarchy(np.array([-1, 0, 0, 0], np.int32)), Hierarchy(np.array([-1, 0], np.int32)), np.zeros(4)
    )
    rows = RowCollector(grid)
    add_total(rows, 100.0)
    cap = np.array([10.0])
    add_amounts(rows, "capacity", np.array([1]), zeros(1), -cap * np.inf, cap, zeros(1), cap)
    x = solved(model_of(rows, np.array([20.0, 30.0, 40.0])))
    np.testing.assert_allclose(x, [10, 90 * 3 / 7, 90 * 4 / 7])


def test_repeated_and_dependent_rows_are_harmless() -> None:
    model = random_model(3, soft=False)
    twice = np.concatenate([np.arange(len(model.rows)), np.arange(len(model.rows))])
    rows = Rows(
        csr_array(model.rows.matrix[twice]),
        model.rows.lower[twice],
        model.rows.upper[twice],
        model.rows.source[twice],
        model.rows.part[twice],
    )
    np.testing.assert_allclose(solved(replace(model, rows=rows)), solved(model), rtol=1e-9)


def test_rows_that_cannot_hold_together_are_called_infeasible() -> None:
    grid = company(1, 1, 2, 1)
    rows = RowCollector(grid)
    add_total(rows, 10.0)
    leaf = grid.org.leaf.astype(np.int64)
    add_amounts(rows, "capacity", leaf, zeros(2), np.full(2, -np.inf), np.full(2, 4.0), zeros(2), np.ones(2))
    with pytest.raises(ModelInfeasible):
        solved(model_of(rows, np.array([5.0, 5.0])))


def test_crossed_bounds_are_called_infeasible_and_never_clipped() -> None:
    grid = company(1, 1, 2, 1)
    rows = RowCollector(grid)
    add_total(rows, 10.0)
    model = model_of(rows, np.array([5.0, 5.0]))
    crossed = replace(model, lower=np.array([7.0, 0.0]), upper=np.array([6.0, 9.0]))
    with pytest.raises(ModelInfeasible):
        settle_tiers(crossed, HIGHS, OPTIONS)
    with pytest.raises(ModelInfeasible):
        solve_balance(crossed, HIGHS, OPTIONS)
