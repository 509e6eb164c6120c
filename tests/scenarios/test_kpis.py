"""Key figures against what the run itself reports, and against other ways to work them out."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from allocator.attainment.report import attainment_document
from allocator.fairness.report import fairness_document
from allocator.pipeline import allocate
from allocator.plan.plan import Plan
from allocator.plan.reading import read_plan
from scenarios.changes.totals import ScaleTotal
from scenarios.groundwork import Groundwork
from scenarios.kpis import KPIS, RepTargets, churn, measure_kpis, rep_targets
from scenarios.scenario import Scenario, apply_chain
from scenarios.solving import solve
from solver_models.attainment import SalesModel, expected_multiple
from solver_models.common_luck import LuckStates
from solver_models.engines.choice import choose_engine
from tests.plans import PLAN_YAML, write_plan

PAYOUT = "payout: {revenue: {rate: 0.02, curve: {0.7: 0, 1: 1, 1.3: 2}}}\n"


@pytest.fixture(scope="module")
def plan(tmp_path_factory: pytest.TempPathFactory) -> Plan:
    folder = tmp_path_factory.mktemp("kpis") / "plan"
    return read_plan(write_plan(folder, plan=PLAN_YAML + PAYOUT))


def test_the_figures_of_a_rounded_solution_are_those_of_the_run(plan: Plan) -> None:
    engine, ground = choose_engine("auto"), Groundwork()
    allocation = allocate(plan, engine)
    fairness, attainment = fairness_document(allocation, "en"), attainment_document(allocation, "en")
    solution = solve(plan, engine, ground=ground, rounded=True)
    for found, result in zip(measure_kpis(solution, ground), allocation.measures, strict=True):
        spread = fairness["measures"][found.measure]["distributions"]["ratio"]["overall"]
        chances = attainment["measures"][found.measure]
        round_to = float(plan.spec.measures[found.measure].round_to)
        kpis = found.values
        assert set(kpis) == set(KPIS)
        assert kpis["total"] == result.target_units[0, 0] * round_to
        for name, key in (
            ("gini", "gini"),
            ("jain", "jain"),
            ("stretch_max", "max"),
            ("stretch_median", "p50"),
        ):
            assert kpis[name] == pytest.approx(spread[key], rel=1e-7, abs=1e-9)
        assert kpis["share_at_goal"] == pytest.approx(chances["share_at_goal"]["expected"], rel=1e-12)
        assert kpis["company_probability"] == pytest.approx(chances["company"]["probability"], abs=1.5e-4)
        is_rule = result.rules["kind"] != "pin"
        binding = result.rules["rule_id"][(result.rules["status"] == "binding") & is_rule]
        assert kpis["binding_rules"] == binding.nunique()
    assert measure_kpis(solution, ground)[1].values["incentive_cost"] is None


def test_the_same_ground_gives_the_same_figures_as_fresh_ground(plan: Plan) -> None:
    engine, ground = choose_engine("auto"), Groundwork()
    base = solve(plan, engine, ground=ground)
    against = rep_targets(base)
    measure_kpis(base, ground, against)
    for factor in (1.02, 1.07):
        chain = (Scenario("x", (ScaleTotal(measure="revenue", factor=factor),)),)
        changed = apply_chain(plan, chain).plan
        shared = measure_kpis(solve(changed, engine, ground=ground), ground, against)
        fresh = Groundwork()
        alone = measure_kpis(solve(changed, engine, ground=fresh), fresh, against)
        assert shared == alone


@given(st.floats(0.02, 1.5), st.floats(0.2, 3.0), st.lists(st.floats(0, 5), min_size=1, max_size=4))
@settings(max_examples=40, deadline=None)
def test_the_expected_pay_is_the_mean_over_the_whole_curve(
    spread: float, quota: float, multiple: list[float]
) -> None:
    at = tuple(0.5 + 0.4 * k for k in range(len(multiple)))
    one = np.ones(1)
    still = LuckStates(one, 0 * one, 0 * one, 0 * one)
    model = SalesModel(one, one * spread, 0 * one, np.zeros(1, np.int64), still)
    found = expected_multiple(model, one * quota, at, tuple(multiple))[0]
    normal = (np.arange(200_000) + 0.5) / 200_000
    sales = np.exp(spread * _inverse_normal(normal) - spread**2 / 2)
    assert found == pytest.approx(float(np.interp(sales / quota, at, multiple).mean()), rel=2e-3, abs=2e-3)


def _inverse_normal(share: np.ndarray) -> np.ndarray:
    # by the trapezoid of the density: no library shares code with what is tested
    from_table = np.linspace(-6, 6, 400_001)
    density = np.exp(-(from_table**2) / 2)
    cumulative = np.cumsum(density) / density.sum()
    return np.interp(share, cumulative, from_table)


def test_churn_counts_what_changes_hands_whoever_is_there() -> None:
    before = RepTargets(("a", "b", "c"), {"m": np.array([50.0, 30.0, 20.0])})
    assert churn(("a", "b", "c"), np.array([100.0, 60.0, 40.0]), before, "m") == 0.0
    assert churn(("a", "b", "c"), np.array([60.0, 20.0, 20.0]), before, "m") == pytest.approx(0.1)
    assert churn(("a", "b", "d"), np.array([50.0, 30.0, 20.0]), before, "m") == pytest.approx(0.2)
    assert churn(("c", "b", "a"), np.array([20.0, 30.0, 50.0]), before, "m") == 0.0
    assert churn(("a",), np.array([1.0]), before, "other") is None
