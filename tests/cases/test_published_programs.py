"""Published cases that concern the linear-programming core."""

import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from scipy.sparse import csr_array

from solver_models.balance.solve import solve_balance
from solver_models.engines.base import EngineOptions
from solver_models.engines.choice import choose_engine
from solver_models.model import BalanceModel, Rows, SoftRows
from solver_models.program import ProgramBuilder
from solver_models.solution import Solution
from solver_models.terms.kinds import add_amounts, add_total
from solver_models.terms.rows import RowCollector
from solver_models.tiers import settle_tiers
from tests.models import company, model_of, zeros

HIGHS = choose_engine("highs")
OPTIONS = EngineOptions()


@pytest.fixture(scope="module")
def cases(shared_dir: Path) -> dict[str, Any]:
    """The published cases by id."""
    found = json.loads((shared_dir / "cases" / "external-cases.json").read_text(encoding="utf-8"))
    return {case["id"]: case for case in found["cases"]}


def test_max_min_fair_shares_under_demands(cases: dict[str, Any]) -> None:
    case = cases["keshav_maxmin"]
    demand = np.array(case["inputs"]["demands"])
    grid = company(1, 1, len(demand), 1)
    rows = RowCollector(grid)
    add_total(rows, float(case["inputs"]["capacity"]))
    n = len(demand)
    leaf = grid.org.leaf.astype(np.int64)
    add_amounts(rows, "capacity", leaf, zeros(n), np.full(n, -np.inf), demand, zeros(n), demand)
    answer = solve_balance(model_of(rows, np.array(case["inputs"]["weights"], float)), HIGHS, OPTIONS)
    np.testing.assert_allclose(answer.x, case["expected"]["x"], atol=case["tolerance"])


@pytest.mark.parametrize("engine", ["highs", "pulp:CBC"])
def test_a_transport_plan_is_integral_at_its_published_cost(cases: dict[str, Any], engine: str) -> None:
    case = cases["winston_powerco"]
    cost = np.array(case["inputs"]["cost"], float)
    m, n = cost.shape
    builder = ProgramBuilder()
    builder.add_columns("ship", np.zeros(m * n), np.full(m * n, np.inf), cost.ravel())
    supply, demand = np.array(case["inputs"]["supply"], float), np.array(case["inputs"]["demand"], float)
    ones = np.ones(m * n)
    builder.add_rows("supply", np.arange(m + 1) * n, np.arange(m * n), ones, np.full(m, -np.inf), supply)
    by_city = np.arange(m * n).reshape(m, n).T.ravel()
    builder.add_rows("demand", np.arange(n + 1) * m, by_city, ones, demand, np.full(n, np.inf))
    answer = choose_engine(engine).solve(builder.finish(), OPTIONS)
    assert cost.ravel() @ answer.x == pytest.approx(case["expected"]["objective"])
    np.testing.assert_allclose(answer.x, np.rint(answer.x), atol=1e-9)


def _goals(cases: dict[str, Any]) -> tuple[np.ndarray, np.ndarray, list[str], dict[str, Any]]:
    inputs = cases["winston_burnit_weighted_gp"]["inputs"]
    goals = inputs["goals"]
    coefficient = np.array([goal["coef"] for goal in goals], float)
    return (
        coefficient,
        np.array([goal["at_least"] for goal in goals], float),
        [g["name"] for g in goals],
        inputs,
    )


def test_weighted_goals_reach_the_published_penalty(cases: dict[str, Any]) -> None:
    coefficient, least, _, inputs = _goals(cases)
    builder = ProgramBuilder()
    builder.add_columns("ads", np.zeros(2), np.full(2, np.inf))
    builder.add_columns("short", np.zeros(3), np.full(3, np.inf), np.array(inputs["weights"], float))
    rows = np.hstack([coefficient, np.eye(3)])
    builder.add_rows(
        "goal", np.arange(4) * 5, np.tile(np.arange(5), 3), rows.ravel(), least, np.full(3, np.inf)
    )
    budget = np.array(inputs["budget"]["coef"], float)
    most = np.array([inputs["budget"]["at_most"]], float)
    builder.add_rows("budget", np.array([0, 2]), np.arange(2), budget, np.array([-np.inf]), most)
    program = builder.finish()
    answer = HIGHS.solve(program, OPTIONS)
    expected = cases["winston_burnit_weighted_gp"]["expected"]
    assert program.cost @ answer.x == pytest.approx(expected["objective"])
    np.testing.assert_allclose(answer.x, [*expected["x"], *expected["shortfall"]], atol=1e-9)


def _in_order(cases: dict[str, Any], order: list[str]) -> tuple[np.ndarray, np.ndarray]:
    """Burnit's goals as soft tiers; returns the ads and the shortfalls."""
    coefficient, least, names, inputs = _goals(cases)
    budget = np.array([inputs["budget"]["coef"]], float)
    most = np.array([inputs["budget"]["at_most"]], float)
    tier = np.array([order.index(name) + 1 for name in names])
    model = BalanceModel(
        anchor=np.ones(2),
        weight=np.ones(2),
        lower=np.zeros(2),
        upper=np.full(2, np.inf),
        n_free=0,
        rows=Rows(csr_array(budget), np.array([-np.inf]), most, zeros(1), zeros(1)),
        soft=SoftRows(csr_array(coefficient), least, np.full(3, np.inf), tier, least, np.arange(3)),
    )
    settled, _ = settle_tiers(model, HIGHS, OPTIONS)
    x = solve_balance(settled, HIGHS, OPTIONS).x
    return x, np.maximum(least - coefficient @ x, 0)


def test_preemptive_goals_give_the_published_plan(cases: dict[str, Any]) -> None:
    case = cases["winston_burnit_preemptive_gp"]
    x, short = _in_order(cases, case["inputs"]["order"])
    np.testing.assert_allclose(x, case["expected"]["x"], atol=1e-9)
    np.testing.assert_allclose(short, case["expected"]["shortfall"], atol=1e-9)


def test_another_order_of_goals_gives_another_plan(cases: dict[str, Any]) -> None:
    x, short = _in_order(cases, ["HIM", "HIW", "LIP"])
    np.testing.assert_allclose(x, [5, 5 / 3], atol=1e-9)
    np.testing.assert_allclose(short, [0, 5 / 3, 10 / 3], atol=1e-9)


def test_prices_hold_exactly_over_the_published_ranges(cases: dict[str, Any]) -> None:
    """Re-solve curves: inside a range the optimum moves by the price, outside it does not."""
    case = cases["hillier_wyndor_sensitivity"]
    gain, use = np.array(case["inputs"]["max"], float), np.array(case["inputs"]["A"], float)
    hours = np.array(case["inputs"]["b"], float)

    def best(cost: np.ndarray, room: np.ndarray) -> Solution:
        builder = ProgramBuilder()
        builder.add_columns("make", np.zeros(2), np.full(2, np.inf), -cost)
        start, column = np.arange(4) * 2, np.tile([0, 1], 3)
        builder.add_rows("plant", start, column, use.ravel(), np.full(3, -np.inf), room)
        return HIGHS.solve(builder.finish(), OPTIONS)

    answer = best(gain, hours)
    assert gain @ answer.x == pytest.approx(case["expected"]["objective"])
    np.testing.assert_allclose(answer.x, case["expected"]["x"], atol=1e-9)
    np.testing.assert_allclose(-answer.row_price, case["expected"]["shadow"], atol=1e-9)

    def value(row: int, room: float) -> float:
        changed = np.where(np.arange(3) == row, room, hours)
        return float(gain @ best(gain, changed).x)

    def gained(row: int, start: float, end: float) -> float:
        return (value(row, end) - value(row, start)) / (end - start)

    for row, ((low, high), price) in enumerate(
        zip(case["expected"]["rhs_range"], case["expected"]["shadow"], strict=True)
    ):
        assert gained(row, low, hours[row]) == pytest.approx(price, abs=1e-6)
        assert gained(row, low - 0.5, low) > price + 0.1
        if high is None:
            assert gained(row, hours[row], 1e4) == pytest.approx(price, abs=1e-6)
        else:
            assert gained(row, hours[row], high) == pytest.approx(price, abs=1e-6)
            assert gained(row, high, high + 0.5) < price - 0.1

    for column, (low, high) in enumerate(case["expected"]["cost_range"]):
        for cost, stays in ((low, True), (high, True), (low - 0.1, False), (high and high + 0.1, False)):
            if cost is None:
                continue
            changed = np.where(np.arange(2) == column, cost, gain)
            keeps = changed @ best(changed, hours).x <= changed @ answer.x + 1e-9
            assert keeps == stays


@pytest.mark.parametrize("engine", ["fast", "highs"])
def test_reconciled_forecasts_are_the_balance_with_equal_weights(cases: dict[str, Any], engine: str) -> None:
    case = cases["ols_reconciliation_two_leaf"]
    total, *bottom = case["inputs"]["base"]
    model = BalanceModel(
        anchor=np.array([*bottom, total], float),
        weight=np.ones(3),
        lower=np.zeros(3),
        upper=np.full(3, np.inf),
        n_free=0,
        rows=Rows(csr_array(np.array([[1.0, 1.0, -1.0]])), np.zeros(1), np.zeros(1), zeros(1), zeros(1)),
        soft=SoftRows(
            csr_array((0, 3)),
            np.zeros(0),
            np.zeros(0),
            np.zeros(0, np.int64),
            np.zeros(0),
            np.zeros(0, np.int64),
        ),
    )
    x = solve_balance(model, choose_engine(engine), OPTIONS).x
    np.testing.assert_allclose(x, [*case["expected"]["bottom"], case["expected"]["total"]], atol=1e-9)
