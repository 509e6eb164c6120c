"""The fast engine: the same answer as the LP route, proofs for what it says, few and counted fallbacks."""

from dataclasses import replace

import numpy as np
import pytest
from scipy.sparse import csr_array

from solver_models.engines.base import BalanceEngine, BalancePoint, EngineOptions
from solver_models.engines.choice import choose_engine
from solver_models.engines.exact_prices import exact_prices
from solver_models.engines.interior import InteriorEngine
from solver_models.failures import ModelInfeasible
from solver_models.farkas import column_box, proves_infeasible
from solver_models.lumping import lumped
from solver_models.model import BalanceModel
from solver_models.program import LinearProgram
from solver_models.solution import Solution, Status
from solver_models.solve import solve_model
from solver_models.tiers import settle_tiers
from tests.models import permuted, random_model
from tests.solver_models.agreement import family_model, solve_by

FAST, HIGHS = choose_engine("fast"), choose_engine("highs")
OPTIONS = EngineOptions()


@pytest.mark.parametrize("first", range(0, 240, 24))
def test_the_fast_engine_and_the_linear_programs_agree_to_a_billionth(first: int) -> None:
    for seed in range(first, first + 24):
        family, model = family_model(seed)
        fast, slow = solve_by(model, FAST), solve_by(model, HIGHS)
        assert (fast.x is None) == (slow.x is None), (seed, family)
        if fast.x is not None and slow.x is not None and fast.solved is not None and slow.solved is not None:
            away = np.abs(fast.x - slow.x) / np.maximum(model.weight, np.abs(slow.x))
            assert away.max(initial=0.0) <= 1e-9, (seed, family)
            for one, other in zip(fast.solved.tiers, slow.solved.tiers, strict=True):
                assert one.largest == pytest.approx(other.largest, abs=1e-9), (seed, family)
                assert one.total == pytest.approx(other.total, abs=1e-8), (seed, family)


@pytest.mark.parametrize("seed", range(20))
def test_the_order_of_rows_and_cells_does_not_reach_the_fast_answer(seed: int) -> None:
    _, model = family_model(seed)
    there = solve_by(model, FAST)
    shuffled, cell = permuted(model, seed)
    again = solve_by(shuffled, FAST)
    assert (there.x is None) == (again.x is None)
    if there.x is not None and again.x is not None:
        np.testing.assert_allclose(again.x, there.x[cell], rtol=0, atol=1e-9 * float(model.weight.mean()))


@pytest.mark.parametrize("factor", [1e-6, 1e6])
def test_the_currency_does_not_reach_the_fast_answer(factor: float) -> None:
    for seed in range(12):
        _, model = family_model(seed)
        scaled = replace(
            model,
            anchor=model.anchor * factor,
            weight=model.weight * factor,
            lower=model.lower * factor,
            upper=model.upper * factor,
            rows=replace(model.rows, lower=model.rows.lower * factor, upper=model.rows.upper * factor),
            soft=replace(
                model.soft,
                lower=model.soft.lower * factor,
                upper=model.soft.upper * factor,
                scale=model.soft.scale * factor,
            ),
        )
        there, again = solve_by(model, FAST), solve_by(scaled, FAST)
        assert (there.x is None) == (again.x is None)
        if there.x is not None and again.x is not None:
            np.testing.assert_allclose(again.x / factor, there.x, rtol=1e-9, atol=1e-9)


def test_hardly_a_random_model_falls_back_to_the_linear_programs() -> None:
    fallen = []
    for seed in range(240):
        family, model = family_model(seed)
        solved = solve_by(model, FAST).solved
        if family != "repeated" and solved is not None and solved.fallbacks("fast"):
            fallen.append((seed, family))
    assert len(fallen) <= 4, fallen


def test_the_stage_prices_of_the_fast_engine_prove_each_stage() -> None:
    """A stage's prices give a bound on its goal that its own value reaches: weak duality with equality."""
    proved = 0
    for seed in range(120):
        model = random_model(seed).scaled()
        try:
            _, tiers = settle_tiers(model, FAST, OPTIONS)
        except ModelInfeasible:
            continue
        for tier in tiers:
            for stage in tier.stages:
                value = tier.largest if stage.name == "largest" else tier.total
                lower, upper = model.column_bounds()
                gradient = stage.rows.matrix.T @ stage.row_price
                goal = csr_array(stage.sides.row)
                of_cells = gradient[: model.n_cell] + (goal.T @ stage.goal_price)[: model.n_cell]
                reduced = -of_cells
                bound = np.where(reduced > 0, lower[: model.n_cell], upper[: model.n_cell])
                given = np.where(np.abs(reduced) > 1e-9, bound, 0.0) * reduced
                row_bound = np.where(stage.row_price > 0, stage.rows.lower, stage.rows.upper)
                asked = (np.where(stage.row_price != 0, row_bound, 0.0) * stage.row_price).sum()
                asked += (stage.sides.bound * stage.goal_price).sum()
                if np.isfinite(given).all() and stage.name == "largest":
                    assert asked + given.sum() == pytest.approx(value, abs=1e-7), seed
                    proved += 1
    assert proved > 20


def test_an_impossible_model_is_refused_with_a_ray_that_holds() -> None:
    engine = FAST
    assert isinstance(engine, BalanceEngine)
    proved = impossible = 0
    for seed in range(300):
        _, model = family_model(seed)
        model = replace(model.scaled(), soft=random_model(0, soft=False).soft)
        model = replace(model, soft=_no_soft(model))
        if model.is_crossed or solve_by(model, HIGHS).x is not None:
            continue
        impossible += 1
        point = engine.balance_point(model)
        if point.status is Status.INFEASIBLE:
            proved += proves_infeasible(model, point.row_price)
    assert impossible >= 20
    assert proved >= 0.8 * impossible


def _no_soft(model: BalanceModel):
    empty = csr_array((0, model.n_column))
    none = np.zeros(0)
    return type(model.soft)(empty, none, none, none.astype(np.int64), none, none.astype(np.int64))


def test_no_ray_proves_a_possible_model_impossible() -> None:
    rng = np.random.default_rng(0)
    for seed in range(60):
        model = random_model(seed, soft=False).scaled()
        if solve_by(model, HIGHS).x is None:
            continue
        for _ in range(20):
            ray = rng.standard_normal(len(model.rows)) * (rng.random(len(model.rows)) < 0.5)
            assert not proves_infeasible(model, ray)


def test_the_box_of_a_feasible_model_holds_its_answer() -> None:
    for seed in range(60):
        model = random_model(seed, soft=False).scaled()
        outcome = solve_by(model, HIGHS)
        if outcome.solved is None:
            continue
        lower, upper = column_box(outcome.solved.balanced)
        point = np.concatenate([outcome.solved.answer.x, outcome.solved.answer.free])
        assert np.all(point >= lower - 1e-9)
        assert np.all(point <= upper + 1e-9)


def test_equal_columns_are_put_together_and_the_way_back_keeps_sums_and_value() -> None:
    matrix = csr_array(np.array([[1.0, 1.0, 2.0, 0.0, 0.0, 0.0], [0.0, 0.0, 1.0, 3.0, 3.0, 3.0]]))
    program = LinearProgram(
        cost=np.array([0.0, 0.0, 0.0, 1.0, 1.0, 2.0]),
        matrix=matrix,
        row_lower=np.array([4.0, 6.0]),
        row_upper=np.array([4.0, np.inf]),
        lower=np.zeros(6),
        upper=np.array([1.0, 2.0, np.inf, 1.0, 1.0, np.inf]),
    )
    small = lumped(program)
    assert small.program.n_column == 4, "the two that cost nothing and the two that cost 1 are one each"
    answer = small.expanded(HIGHS.solve(small.program, OPTIONS))
    whole = HIGHS.solve(program, OPTIONS)
    assert answer.x[0] + answer.x[1] + 2 * answer.x[2] == pytest.approx(4)
    assert answer.objective == pytest.approx(4 / 3) == whole.objective
    np.testing.assert_allclose(answer.reduced_cost, program.cost - matrix.T @ answer.row_price, atol=1e-12)


def test_exact_prices_refuse_a_point_that_is_not_optimal() -> None:
    matrix = csr_array(np.array([[1.0, 1.0]]))
    one = np.array([1.0])
    program = LinearProgram(np.array([1.0, 2.0]), matrix, one, one, np.zeros(2), np.ones(2))
    good = exact_prices(program, np.array([1.0, 0.0]), np.array([1.0 + 1e-9]))
    assert good is not None
    assert good.value == pytest.approx(1.0, abs=1e-15)
    assert exact_prices(program, np.array([0.0, 1.0]), np.array([1.0])) is None


class Deaf:
    """An engine whose own search always fails."""

    name = "fast"
    fallback = HIGHS

    def solve(self, program: LinearProgram, options: EngineOptions) -> Solution:
        return HIGHS.solve(program, options)

    def balance_point(self, model: BalanceModel) -> BalancePoint:
        return BalancePoint(Status.FAILED, np.full(model.n_column, np.nan), np.full(len(model.rows), np.nan))


def test_what_the_fast_search_cannot_certify_falls_back_and_is_counted() -> None:
    counted = 0
    for seed in range(120):
        _, model = family_model(seed)
        deaf, slow = solve_by(model, Deaf()), solve_by(model, HIGHS)
        assert (deaf.x is None) == (slow.x is None), seed
        if deaf.x is not None and deaf.solved is not None:
            away = np.abs(deaf.x - slow.x) / np.maximum(model.weight, np.abs(slow.x))
            assert away.max(initial=0.0) <= 1e-9, seed
            counted += deaf.solved.fallbacks("fast") > 0
    assert counted > 0


def test_a_program_that_piqp_cannot_solve_is_handed_to_the_simplex() -> None:
    program = LinearProgram(
        cost=np.array([-1.0]),
        matrix=csr_array(np.array([[0.0]])),
        row_lower=np.array([-np.inf]),
        row_upper=np.array([1.0]),
        lower=np.zeros(1),
        upper=np.array([np.inf]),
    )
    answer = InteriorEngine(fallback=HIGHS).solve(program, OPTIONS)
    assert answer.status is Status.UNBOUNDED


def test_a_solved_model_tells_the_same_story_twice() -> None:
    _, model = family_model(5)
    one, two = solve_by(model, FAST), solve_by(model, FAST)
    assert one.x is not None
    assert two.x is not None
    assert one.x.tobytes() == two.x.tobytes()


def test_a_soft_row_that_holds_anyway_costs_no_stage() -> None:
    model = random_model(3).scaled()
    soft = replace(model.soft, lower=model.soft.lower * 0.1)
    solved = solve_model(replace(model, soft=soft), FAST, OPTIONS)
    assert all(tier.largest == 0 and tier.stages == () for tier in solved.tiers)
