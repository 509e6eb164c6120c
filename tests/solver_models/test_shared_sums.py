"""Sums as columns: the same least cost, and prices that prove it for the program as it was."""

import numpy as np
import pytest
from scipy.sparse import csr_array

from solver_models.engines.base import EngineOptions
from solver_models.engines.choice import choose_engine
from solver_models.limits import HardRows, extreme_amount
from solver_models.program import LinearProgram
from solver_models.shared_sums import with_shared_sums
from solver_models.solution import Status
from tests.solver_models.agreement import family_model

HIGHS, OPTIONS = choose_engine("highs"), EngineOptions()
INF = np.inf


def proved_value(program: LinearProgram, row_price: np.ndarray, reduced_cost: np.ndarray) -> float:
    """Return the value of a dual point after checking that it is one."""
    np.testing.assert_allclose(program.cost - program.matrix.T @ row_price, reduced_cost, rtol=0, atol=1e-9)
    value = 0.0
    for price, lower, upper in (
        (row_price, program.row_lower, program.row_upper),
        (reduced_cost, program.lower, program.upper),
    ):
        carries = np.abs(price) > 1e-10
        bound = np.where(price > 0, lower, upper)
        assert np.isfinite(bound[carries]).all()
        value += float(price[carries] @ bound[carries])
    return value


def random_program(seed: int) -> LinearProgram:
    """Rows in proportion, rows that hold them, rows with other columns beside them, a free column."""
    random = np.random.default_rng(seed)
    n_group, width = int(random.integers(1, 5)), int(random.integers(2, 5))
    n = n_group * width + 2
    at = random.uniform(0.5, 2.0, n)
    at[-1] = random.normal()
    rows = []
    for group in range(n_group):
        own = np.zeros(n)
        own[group * width : (group + 1) * width] = random.choice([1.0, 2.0, 0.5, -1.0], width)
        for _ in range(int(random.integers(1, 4))):
            row = own * random.choice([1.0, 3.0, 0.1, -2.0])
            row[-1] = random.choice([0.0, 0.0, -1.5])
            row[-2] = random.choice([0.0, 0.0, 0.0, 1.0])
            rows.append(row)
    rows.append(np.append(np.ones(n - 1), 0.0))
    rows.append(random.choice([0.0, 1.0, 2.0], n))
    matrix = np.array(rows)
    activity = matrix @ at
    lower = activity - random.choice([0.0, 0.3, INF], len(rows))
    upper = activity + random.choice([0.0, 0.3, INF], len(rows))
    cost = random.choice([-1.0, 0.0, 0.0, 1.0], n)
    cost[-1] = 0.0
    return LinearProgram(
        cost,
        csr_array(matrix),
        lower,
        upper,
        np.append(np.zeros(n - 1), -INF),
        np.append(np.full(n - 1, 9.0), INF),
    )


@pytest.mark.parametrize("first", range(0, 200, 50))
def test_the_least_cost_stays_and_its_prices_prove_it_for_the_whole(first: int) -> None:
    for seed in range(first, first + 50):
        program = random_program(seed)
        shared = with_shared_sums(program)
        plain, answer = HIGHS.solve(program, OPTIONS), HIGHS.solve(shared.program, OPTIONS)
        assert answer.status is plain.status is Status.OPTIMAL
        whole = shared.expanded(answer)
        assert whole.objective == pytest.approx(plain.objective, abs=1e-7)
        assert proved_value(program, whole.row_price, whole.reduced_cost) == pytest.approx(
            plain.objective, abs=1e-7
        )
        activity = program.matrix @ whole.x
        assert np.all(activity >= program.row_lower - 1e-7)
        assert np.all(activity <= program.row_upper + 1e-7)


def test_rows_in_proportion_become_bounds_of_one_column() -> None:
    matrix = csr_array(np.array([[1.0, 1.0, 0.0], [2.0, 2.0, 0.0], [-1.0, -1.0, 0.0], [1.0, 1.0, 1.0]]))
    program = LinearProgram(
        np.array([1.0, 2.0, 0.0]),
        matrix,
        np.array([1.0, 6.0, -8.0, -INF]),
        np.array([INF, 20.0, -2.0, 9.0]),
        np.zeros(3),
        np.full(3, INF),
    )
    shared = with_shared_sums(program)
    assert shared.n_sum == 1
    assert (shared.program.lower[-1], shared.program.upper[-1]) == (3.0, 8.0)
    assert shared.program.matrix.toarray().tolist() == [[0.0, 0.0, 1.0, 1.0], [1.0, 1.0, 0.0, -1.0]]
    whole = shared.expanded(HIGHS.solve(shared.program, OPTIONS))
    assert whole.row_price.tolist() == [0.0, 0.5, 0.0, 0.0]
    assert whole.objective == 3.0


def test_bounds_that_cross_stay_rows_and_are_found_impossible() -> None:
    matrix = csr_array(np.array([[1.0, 1.0], [2.0, 2.0]]))
    program = LinearProgram(
        np.zeros(2), matrix, np.array([-INF, 6.0]), np.array([2.0, INF]), np.zeros(2), np.full(2, INF)
    )
    shared = with_shared_sums(program)
    assert HIGHS.solve(shared.program, OPTIONS).status is Status.INFEASIBLE


@pytest.mark.parametrize("name", ["auto", "highs", "exact", "pulp:CBC"])
def test_the_extremes_of_an_amount_are_those_of_the_plain_program(name: str) -> None:
    engine, n_proved = choose_engine(name), 0
    for seed in range(0, 60, 4):
        _, model = family_model(seed)
        lower, upper = model.column_bounds()
        random = np.random.default_rng(seed)
        amount = np.append(random.choice([0.0, 1.0], model.n_cell), np.zeros(model.n_free))
        rows = model.rows
        plain = HIGHS.solve(LinearProgram(amount, rows.matrix, rows.lower, rows.upper, lower, upper), OPTIONS)
        if plain.status is not Status.OPTIMAL:
            continue
        found = extreme_amount(HardRows.of(model), amount, engine, OPTIONS, largest=False)
        assert found.value == pytest.approx(plain.objective, rel=1e-7, abs=1e-7)
        bounds = np.stack([np.append(rows.lower, model.lower), np.append(rows.upper, model.upper)])
        used = found.pull != 0
        assert float((found.pull[used] * bounds[used]).sum()) == pytest.approx(
            found.value, rel=1e-6, abs=1e-6
        )
        n_proved += 1
    assert n_proved > 5
