"""The exact solver against numbers by hand, brute force and a second solver."""

from dataclasses import replace
from fractions import Fraction

import numpy as np
import pytest
from scipy.optimize import linprog

from tests.exact.answer import Tier, answer
from tests.exact.equations import independent, solve
from tests.exact.linear import Program, minimum
from tests.exact.nearest import Limit, nearest_point
from tests.exact.problem import Given, Problem, Row, problem_of
from tests.models import random_model
from tests.nasty_campaign import TIE
from tests.nasty_plans import NastyPlan
from tests.oracle import balance_by_enumeration

ONE = Fraction(1)


def problem(anchor: list[int], hard: list[Row], soft: list[Row] | None = None) -> Problem:
    numbers = [Fraction(value) for value in anchor]
    return Problem([("r", str(k)) for k in range(len(anchor))], numbers, numbers, hard, soft or [])


def of(*cells: int) -> dict[int, Fraction]:
    return dict.fromkeys(cells, ONE)


def test_who_is_capped_leaves_the_rest_to_the_others_in_proportion() -> None:
    """The example of docs/balance.md."""
    capped = [Row("total", of(0, 1, 2), Fraction(100), Fraction(100)), Row("cap", of(0), None, Fraction(10))]
    found = answer(problem([20, 30, 40], capped))
    assert found is not None
    assert found.x == [10, Fraction(270, 7), Fraction(360, 7)]


def test_a_tier_shares_the_largest_miss_before_it_saves_the_sum() -> None:
    """Three wishes of 50 share 100: nobody misses by more than a third, in all by one whole."""
    hard = [Row("total", of(0, 1, 2), Fraction(100), Fraction(100))]
    wish = [Row(f"w{k}", of(k), Fraction(50), None, 1, Fraction(50)) for k in range(3)]
    found = answer(problem([10, 20, 30], hard, wish))
    assert found is not None
    assert found.tiers == (Tier(1, Fraction(1, 3), Fraction(1)),)
    assert found.x == [Fraction(100, 3)] * 3


def test_a_tie_that_the_17th_digit_decides_is_a_tie_where_noise_is_allowed() -> None:
    """Two wishes for 30 share 40, their scales a hair apart: strictly the cheaper one alone gives way."""
    hair = Fraction(1, 10**17)
    hard = [Row("total", of(0, 1), Fraction(40), Fraction(40))]
    soft = [
        Row("one", of(0), Fraction(30), None, 1, Fraction(30)),
        Row("other", of(1), Fraction(30), None, 1, Fraction(30) * (1 + hair)),
        Row("both", of(0, 1), Fraction(80), None, 1, Fraction(40)),
    ]
    strict, loose = (answer(problem([10, 20], hard, soft), noise=noise) for noise in (0 * ONE, TIE))
    assert strict is not None
    assert loose is not None
    assert strict.x == [30, 10]
    assert loose.x == [Fraction(40, 3), Fraction(80, 3)]
    assert strict.tiers == loose.tiers


def test_a_later_tier_never_takes_from_an_earlier_one() -> None:
    hard = [Row("total", of(0, 1), Fraction(10), Fraction(10))]
    soft = [
        Row("first", of(0), Fraction(8), None, 1, Fraction(8)),
        Row("second", of(1), Fraction(4), None, 2, Fraction(4)),
    ]
    found = answer(problem([5, 5], hard, soft))
    assert found is not None
    assert found.tiers == (Tier(1, Fraction(0), Fraction(0)), Tier(2, Fraction(1, 2), Fraction(1, 2)))
    assert found.x == [8, 2]


def test_rows_that_miss_each_other_by_any_amount_are_impossible() -> None:
    hair = Fraction(1, 10**30)
    hard = [Row("total", of(0, 1), Fraction(10), Fraction(10)), Row("cap", of(0, 1), None, 10 - hair)]
    assert answer(problem([5, 5], hard)) is None
    assert answer(problem([5, 5], [hard[0], replace(hard[1], upper=Fraction(10))])) is not None


def test_a_certificate_with_one_wrong_number_does_not_prove_itself() -> None:
    anchor = [Fraction(20), Fraction(30)]
    limits = [Limit(of(0, 1), Fraction(40), is_equal=True), Limit({0: -ONE}, Fraction(-10))]
    found = nearest_point(anchor, anchor, limits)
    assert found is not None
    assert found.proves_itself(anchor, anchor, limits)
    moved = replace(found, x=[found.x[0] + Fraction(1, 10**20), found.x[1]])
    assert not moved.proves_itself(anchor, anchor, limits)
    assert not replace(found, price={**found.price, 1: -ONE}).proves_itself(anchor, anchor, limits)


@pytest.mark.parametrize("seed", range(40))
def test_small_balances_are_those_of_brute_force(seed: int) -> None:
    rng = np.random.default_rng(seed)
    n, m = int(rng.integers(2, 5)), int(rng.integers(1, 4))
    model = random_model(seed, soft=False, fair=False)
    matrix = rng.integers(-1, 3, (m, n))
    lower = np.where(rng.random(m) < 0.6, rng.integers(-2, 30, m).astype(float), -np.inf)
    is_equal = (rng.random(m) < 0.3) & np.isfinite(lower)
    upper = np.where(is_equal, lower, np.maximum(lower, 0) + rng.integers(0, 20, m))
    anchor = rng.integers(1, 20, n)
    rows = [
        Row(
            str(i),
            {k: Fraction(int(v)) for k, v in enumerate(matrix[i]) if v},
            None if np.isinf(lower[i]) else Fraction(lower[i]),
            None if np.isinf(upper[i]) else Fraction(upper[i]),
        )
        for i in range(m)
    ]
    tiny = replace(
        model,
        anchor=anchor.astype(float),
        weight=anchor.astype(float),
        lower=np.zeros(n),
        upper=np.full(n, np.inf),
        n_free=0,
        rows=replace(
            model.rows, matrix=type(model.rows.matrix)(matrix.astype(float)), lower=lower, upper=upper
        ),
    )
    truth, found = balance_by_enumeration(tiny), answer(problem(anchor.tolist(), rows))
    assert (truth is None) == (found is None)
    if truth is not None and found is not None:
        np.testing.assert_allclose([float(value) for value in found.x], truth, atol=1e-6)


@pytest.mark.parametrize("seed", range(40))
def test_linear_programs_reach_the_optimum_of_another_solver(seed: int) -> None:
    rng = np.random.default_rng(seed)
    n, m = int(rng.integers(1, 7)), int(rng.integers(1, 7))
    matrix = rng.integers(-2, 4, (m, n))
    bound, cost = rng.integers(-3, 12, m), rng.integers(-3, 4, n)
    program = Program(
        cost={k: Fraction(int(v)) for k, v in enumerate(cost) if v},
        lower=[Fraction(0)] * n,
        upper=[Fraction(9)] * n,
        rows=[{k: Fraction(int(v)) for k, v in enumerate(row) if v} for row in matrix],
        row_lower=[None] * m,
        row_upper=[Fraction(int(v)) for v in bound],
    )
    found = minimum(program)
    other = linprog(cost, matrix, bound, bounds=(0, 9))
    assert (found is None) == (other.status == 2)
    if found is not None:
        assert float(found.value) == pytest.approx(other.fun, abs=1e-9)


def test_equations_are_solved_exactly_and_dependent_ones_are_not() -> None:
    third = Fraction(1, 3)
    assert solve([{0: ONE, 1: third}, {1: third}], [Fraction(2), ONE]) == {0: 1, 1: 3}
    assert solve([{0: ONE, 1: third}, {0: 3 * ONE, 1: ONE}], [Fraction(2), ONE]) is None
    assert independent([{0: ONE}, {0: third}, {}, {0: ONE, 1: ONE}]) == [0, 3]


def test_the_rows_of_a_plan_are_those_of_the_contract() -> None:
    """Two reps over-assigned by 10 %: growth drawn inwards, a mix, a soft cap, a pin, peers."""

    def rule(rule_id: str, kind: str, **values: object) -> dict[str, object]:
        return {"rule_id": rule_id, "kind": kind, "measure": "m", "owner": "o", **values}

    plan = NastyPlan(
        {
            "plan": "p",
            "start": "2024-01",
            "measures": {"m": {"unit": "USD", "round_to": 10, "total": 100}},
            "over_assignment": {"rep": 0.1},
        },
        {
            "org": [
                {"node_id": "c", "level": "company", "name": "c"},
                {"node_id": "p0", "parent_id": "c", "level": "rep", "name": "p0"},
                {"node_id": "p1", "parent_id": "c", "level": "rep", "name": "p1"},
            ],
            "products": [{"product_id": "q", "name": "q"}, {"product_id": "s", "name": "s"}],
            "history": [
                {"period": "2023-05", "node_id": node, "product_id": "q", "measure": "m", "amount": 45}
                for node in ("p0", "p1")
            ],
            "commitments": [],
            "potential": [],
            "rules": [
                rule("x1", "growth", node_id="c", product_id="q", min=0.02, max=0.2, tier="hard"),
                rule("x2", "mix", node_id="p0", product_id="q", max=0.25, tier="hard"),
                rule("x3", "capacity", node_id="p1", max=55, tier="2"),
                rule("x4", "fairness", level="rep", product_id="q", max=0.5, tier="1"),
            ],
            "pins": [
                {
                    "node_id": "c",
                    "product_id": "s",
                    "measure": "m",
                    "amount": 20,
                    "reason": "r",
                    "owner": "o",
                }
            ],
        },
    ).read()
    anchor = {("p0", "q"): 60.0, ("p1", "q"): 20.0, ("p0", "s"): 0.0, ("p1", "s"): 0.0}
    found = problem_of(plan, "m", Given(anchor, {"*": (Fraction(100), Fraction(100))}))
    assert found.cells == [("p0", "q"), ("p0", "s"), ("p1", "q"), ("p1", "s")]  # the pin opened both s
    assert found.weight == [60, Fraction(2, 5), 20, Fraction(2, 5)]
    back = Fraction(10, 11)
    assert found.hard == [
        Row("total *", dict.fromkeys(range(4), back), Fraction(100), Fraction(100)),
        Row("x1 at c", {0: back, 2: back}, Fraction(100), Fraction(100)),
        Row("x2 at p0 max", {0: Fraction(3, 4), 1: Fraction(-1, 4)}, None, Fraction(0), 0, Fraction(60)),
        Row("pin", {1: back, 3: back}, Fraction(20), Fraction(20)),
    ]
    half = Fraction(1, 2)
    assert found.soft == [
        Row("x3 at p1 max", {2: ONE, 3: ONE}, None, Fraction(50), 2, Fraction(50)),
        Row("x4 at p0 min", {0: 1 - half * 3 / 4, 2: -half * 3 / 4}, Fraction(0), None, 1, Fraction(60)),
        Row("x4 at p0 max", {0: 1 - 9 * half / 4, 2: -9 * half / 4}, None, Fraction(0), 1, Fraction(60)),
        Row("x4 at p1 min", {0: -half / 4, 2: 1 - half / 4}, Fraction(0), None, 1, Fraction(20)),
        Row("x4 at p1 max", {0: -3 * half / 4, 2: 1 - 3 * half / 4}, None, Fraction(0), 1, Fraction(20)),
    ]
