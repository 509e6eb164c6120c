"""Exact arithmetic: what it finds, what it proves, and that no engine leaves its mark on an answer."""

from dataclasses import replace

import numpy as np
import pytest
from scipy.sparse import csr_array

from solver_models.engines.base import EngineOptions
from solver_models.engines.choice import choose_engine
from solver_models.engines.exact import ExactEngine
from solver_models.exact.balance import exact_balance
from solver_models.exact.least_norm import without_noise
from solver_models.failures import EngineStopped, ModelInfeasible
from solver_models.model import BalanceModel, Rows, SoftRows
from solver_models.program import LinearProgram
from solver_models.solution import Status
from solver_models.solve import is_small, solve_model
from tests.models import random_model, zeros
from tests.oracle import balance_by_enumeration
from tests.solver_models.agreement import family_model

OPTIONS = EngineOptions()
EXACT = ExactEngine()


def balance(
    anchor: list[float],
    matrix: list[list[float]],
    lower: list[float],
    upper: list[float],
    most: list[float] | None = None,
) -> BalanceModel:
    """Cells with rows, no soft tiers."""
    n, m, none = len(anchor), len(matrix), np.zeros(0)
    return BalanceModel(
        np.array(anchor),
        np.array(anchor),
        np.zeros(n),
        np.full(n, np.inf) if most is None else np.array(most),
        0,
        Rows(csr_array(np.array(matrix)), np.array(lower), np.array(upper), zeros(m), zeros(m)),
        SoftRows(csr_array((0, n)), none, none, zeros(0), none, zeros(0)),
    )


def program(
    cost: list[float], matrix: list[list[float]], lower: list[float], upper: list[float]
) -> LinearProgram:
    """Columns >= 0."""
    n = len(cost)
    return LinearProgram(
        np.array(cost),
        csr_array(np.array(matrix)),
        np.array(lower),
        np.array(upper),
        np.zeros(n),
        np.full(n, np.inf),
    )


def test_a_rule_that_stands_twice_shares_its_price_evenly() -> None:
    """40 + 60 must become 120: both grow by a fifth, so the prices of both rows add up to 0.2."""
    answer = exact_balance(balance([40.0, 60.0], [[1.0, 1.0], [1.0, 1.0]], [120.0, 120.0], [np.inf, np.inf]))
    np.testing.assert_allclose(answer.x, [48.0, 72.0], rtol=1e-15)
    np.testing.assert_allclose(answer.price, [0.1, 0.1], rtol=1e-15)


def test_the_smallest_prices_do_not_use_a_tight_row_that_they_do_not_need() -> None:
    """The total alone keeps 48 and 72; that the first cell is at its ceiling of 48 costs nothing."""
    answer = exact_balance(balance([40.0, 60.0], [[1.0, 1.0], [1.0, 0.0]], [120.0, -np.inf], [120.0, 48.0]))
    np.testing.assert_allclose(answer.price, [0.2, 0.0], atol=1e-15)


def test_one_unit_too_many_in_four_billion_is_proved_impossible_and_none_is_not() -> None:
    rows = [[1.0, 1.0], [1.0, 0.0], [0.0, 1.0]]
    caps = [np.inf, 3_999_999_999.0, 1.0]
    fits = exact_balance(balance([1.0, 1.0], rows, [4e9, -np.inf, -np.inf], caps))
    assert fits.x.tolist() == [3_999_999_999.0, 1.0]
    with pytest.raises(ModelInfeasible):
        exact_balance(balance([1.0, 1.0], rows, [4e9 + 1, -np.inf, -np.inf], caps))


def test_a_small_cell_beside_one_a_billion_times_as_large_is_as_exact_as_that() -> None:
    """1e9 + 1 must grow to 1.1e9 + 1.1, where the large cell may not exceed 1.05e9."""
    most = [1.05e9, np.inf]
    answer = exact_balance(balance([1e9, 1.0], [[1.0, 1.0]], [1.1e9 + 1.1], [1.1e9 + 1.1], most))
    assert answer.x[0] == 1.05e9
    assert answer.x[1] == pytest.approx(5e7 + 1.1, rel=1e-14)


@pytest.mark.parametrize("seed", range(60))
def test_the_balance_is_the_minimiser_found_by_enumeration(seed: int) -> None:
    rng = np.random.default_rng(seed)
    n, m = int(rng.integers(2, 5)), int(rng.integers(1, 4))
    anchor, matrix = rng.uniform(1, 10, n), rng.integers(0, 2, (m, n)).astype(float)
    middle = matrix @ anchor
    lower = np.where(rng.random(m) < 0.6, middle * rng.uniform(0.7, 1.3, m), -np.inf)
    upper = np.maximum(lower, np.where(rng.random(m) < 0.5, middle * rng.uniform(0.9, 1.5, m), np.inf))
    most = (anchor * rng.uniform(0.8, 2, n)).tolist()
    model = balance(anchor.tolist(), matrix.tolist(), lower.tolist(), upper.tolist(), most)
    truth = balance_by_enumeration(model)
    if truth is None:
        with pytest.raises(ModelInfeasible):
            exact_balance(model)
    else:
        answer = exact_balance(model)
        np.testing.assert_allclose(answer.x, truth, atol=1e-7)
        assert max(answer.residual.values()) < 1e-12


@pytest.mark.parametrize("seed", range(40))
def test_a_linear_program_has_the_value_and_the_verdict_of_the_simplex(seed: int) -> None:
    rng = np.random.default_rng(seed)
    n, m = int(rng.integers(2, 8)), int(rng.integers(2, 8))
    matrix = rng.integers(-2, 3, (m, n)).astype(float)
    lower = rng.integers(-3, 6, m).astype(float)
    asked = program(
        rng.uniform(0.1, 2, n).tolist(),
        matrix.tolist(),
        lower.tolist(),
        np.where(rng.random(m) < 0.3, lower, np.inf).tolist(),
    )
    ours, theirs = EXACT.solve(asked, OPTIONS), choose_engine("highs").solve(asked, OPTIONS)
    assert ours.status is theirs.status
    if ours.status is Status.OPTIMAL:
        assert ours.objective == pytest.approx(theirs.objective, abs=1e-9)
        bound = np.where(
            ours.row_price > 0, asked.row_lower, np.where(ours.row_price < 0, asked.row_upper, 0)
        )
        assert bound @ ours.row_price == pytest.approx(theirs.objective, abs=1e-9), "weak duality, reached"
        assert np.abs(ours.row_price).sum() > 0 or theirs.objective == 0


def test_exact_arithmetic_hears_that_the_time_is_up() -> None:
    model = balance([40.0, 60.0], [[1.0, 1.0]], [120.0], [np.inf])
    with pytest.raises(EngineStopped):
        exact_balance(model, is_over=lambda: True)
    asked = program([1.0, 1.0], [[1.0, 1.0]], [1.0], [np.inf])
    assert EXACT.solve(asked, EngineOptions(stop=lambda: True)).status is Status.STOPPED


def test_what_is_noise_in_prices_becomes_exactly_zero_and_small_true_prices_stay() -> None:
    matrix = csr_array(np.array([[1.0, 1.0], [0.0, 1.0], [1.0, 0.0]]))
    cost = np.array([1.0, 1.0 + 1e-9])
    price, reduced = without_noise(matrix, cost, np.array([1.0, 1e-9, 3e-17]))
    assert price.tolist() == [1.0, 1e-9, 0.0]
    assert reduced.tolist() == [0.0, 0.0]


@pytest.mark.parametrize("seed", [2, 3, 6, 11, 12, 18, 21, 23])
def test_targets_and_prices_of_small_models_are_the_same_to_the_bit_by_every_engine(seed: int) -> None:
    model = family_model(seed)[1].scaled()
    assert is_small(model)
    answers = []
    for engine in ("fast", "highs", "pulp:CBC", "pulp:HiGHS"):
        try:
            answers.append(solve_model(model, choose_engine(engine), OPTIONS))
        except ModelInfeasible:
            answers.append(None)
    first = answers[0]
    for other in answers[1:]:
        assert (first is None) == (other is None)
        if first is None or other is None:
            continue
        assert first.answer.x.tobytes() == other.answer.x.tobytes()
        assert first.answer.price.tobytes() == other.answer.price.tobytes()
        for one, two in zip(first.tiers, other.tiers, strict=True):
            assert (one.largest, one.total) == (two.largest, two.total)


@pytest.mark.parametrize("seed", range(30))
def test_tiers_report_what_the_answer_misses_whatever_the_unit(seed: int) -> None:
    model = random_model(seed)
    found = []
    for factor in (1.0, 1e-7):
        scaled = replace(
            model,
            anchor=model.anchor * factor,
            weight=model.weight * factor,
            upper=model.upper * factor,
            rows=replace(model.rows, lower=model.rows.lower * factor, upper=model.rows.upper * factor),
            soft=replace(
                model.soft,
                lower=model.soft.lower * factor,
                upper=model.soft.upper * factor,
                scale=model.soft.scale * factor,
            ),
        ).scaled()
        try:
            found.append((scaled, solve_model(scaled, choose_engine("fast"), OPTIONS)))
        except ModelInfeasible:
            found.append(None)
    assert (found[0] is None) == (found[1] is None)
    if found[0] is None or found[1] is None:
        return
    np.testing.assert_allclose(
        found[0][1].answer.x * found[0][0].unit,
        found[1][1].answer.x * found[1][0].unit * 1e7,
        rtol=1e-9,
        atol=1e-9,
    )
    for scaled, solved in found:
        soft = scaled.soft
        activity = soft.matrix @ np.concatenate([solved.answer.x, solved.answer.free[: scaled.n_free]])
        missed = np.maximum(np.maximum(soft.lower - activity, activity - soft.upper), 0) / soft.scale
        for tier in solved.tiers:
            own = missed[soft.tier == tier.tier]
            assert tier.largest == pytest.approx(own.max(), abs=1e-9)
            assert tier.total == pytest.approx(own.sum(), abs=1e-8)
