"""Engines: one kind of answer, closed statuses, nothing unknown is success."""

from dataclasses import dataclass, replace

import numpy as np
import pytest

from solver_models.engines.base import EngineError, EngineOptions
from solver_models.engines.choice import choose_engine
from solver_models.engines.dual import dual_program, primal_from_dual
from solver_models.engines.highs import HighsEngine
from solver_models.engines.pulp_engine import PulpEngine
from solver_models.failures import EngineStopped, ModelInfeasible, raise_unless_optimal
from solver_models.program import LinearProgram, ProgramBuilder
from solver_models.solution import Solution, Status

ENGINES = ("fast", "highs", "pulp:HiGHS", "pulp:CBC")


def wyndor() -> LinearProgram:
    """Hillier & Lieberman: max 3x + 5y, x <= 4, 2y <= 12, 3x + 2y <= 18 (as a minimisation)."""
    builder = ProgramBuilder()
    builder.add_columns("x", np.zeros(2), np.full(2, np.inf), np.array([-3.0, -5.0]))
    builder.add_rows(
        "plant",
        np.array([0, 1, 2, 4]),
        np.array([0, 1, 0, 1]),
        np.array([1.0, 2.0, 3.0, 2.0]),
        np.full(3, -np.inf),
        np.array([4.0, 12.0, 18.0]),
    )
    return builder.finish()


@pytest.mark.parametrize("name", ENGINES)
def test_an_engine_finds_the_optimum_and_its_prices(name: str) -> None:
    answer = choose_engine(name).solve(wyndor(), EngineOptions())
    assert answer.status is Status.OPTIMAL
    np.testing.assert_allclose(answer.x, [2, 6])
    np.testing.assert_allclose(answer.row_price, [0, -1.5, -1])
    np.testing.assert_allclose(answer.reduced_cost, [0, 0], atol=1e-12)


@pytest.mark.parametrize("name", ENGINES)
def test_an_impossible_program_is_infeasible(name: str) -> None:
    program = replace(wyndor(), row_lower=np.array([5.0, -np.inf, -np.inf]))
    program = replace(program, upper=np.array([4.0, np.inf]), row_upper=np.array([9.0, 12.0, 18.0]))
    with pytest.raises(ModelInfeasible):
        raise_unless_optimal(choose_engine(name).solve(program, EngineOptions()), name)


@pytest.mark.parametrize("name", ENGINES)
def test_an_unbounded_program_is_no_success(name: str) -> None:
    program = replace(wyndor(), row_upper=np.full(3, np.inf))
    assert choose_engine(name).solve(program, EngineOptions()).status is not Status.OPTIMAL


def test_a_time_limit_of_nothing_stops_highs() -> None:
    rng = np.random.default_rng(0)
    builder = ProgramBuilder()
    n, m = 400, 300
    builder.add_columns("x", np.zeros(n), np.full(n, 9.0), rng.normal(size=n))
    builder.add_rows(
        "r",
        np.arange(m + 1) * 40,
        rng.integers(0, n, m * 40),
        rng.random(m * 40),
        np.full(m, 1.0),
        np.full(m, 300.0),
    )
    answer = HighsEngine().solve(builder.finish(), EngineOptions(time_limit=0.0))
    assert answer.status is Status.STOPPED
    with pytest.raises(EngineStopped):
        raise_unless_optimal(answer, "highs")


def test_an_unknown_end_is_a_failure() -> None:
    nothing = np.zeros(0)
    with pytest.raises(EngineError, match="strange"):
        raise_unless_optimal(Solution(Status.FAILED, nothing, nothing, nothing, "strange"), "x")


@pytest.mark.parametrize("name", ["cplex", "pulp:", "pulp:NOBODY", "fastest"])
def test_an_engine_that_is_not_there_is_refused(name: str) -> None:
    with pytest.raises(EngineError):
        choose_engine(name)


@dataclass(frozen=True)
class WithoutPrices(PulpEngine):
    """A solver that returns points but no prices, as some command-line solvers do."""

    def _solve_once(self, program: LinearProgram, options: EngineOptions) -> Solution:
        return replace(super()._solve_once(program, options), row_price=np.full(program.n_row, np.nan))


def test_a_solver_without_prices_is_asked_for_the_dual() -> None:
    answer = WithoutPrices("HiGHS").solve(wyndor(), EngineOptions())
    np.testing.assert_allclose(answer.x, [2, 6])
    np.testing.assert_allclose(answer.row_price, [0, -1.5, -1], atol=1e-9)


def test_the_dual_of_a_program_has_the_same_optimum() -> None:
    highs = HighsEngine()
    program = replace(wyndor(), lower=np.array([1.0, -2.0]), upper=np.array([3.0, 5.0]))
    primal, dual = highs.solve(program, EngineOptions()), highs.solve(dual_program(program), EngineOptions())
    assert program.cost @ primal.x == pytest.approx(-(dual_program(program).cost @ dual.x))
    prices = primal_from_dual(program, primal, dual)
    np.testing.assert_allclose(prices.reduced_cost, program.cost - program.matrix.T @ prices.row_price)
