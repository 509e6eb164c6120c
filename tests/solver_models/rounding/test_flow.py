import json
from pathlib import Path

import numpy as np
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st
from ortools.graph.python import min_cost_flow
from scipy.optimize import linprog

from solver_models.arrays import FloatArray, IntArray
from solver_models.hierarchy import Hierarchy
from solver_models.rounding.exact import families
from solver_models.rounding.flow import RoundingError, floor_ceil, round_by_flow, rounding_cost
from tests.solver_models.rounding.grids import all_roundings, hierarchy, trees


def keys(values: FloatArray) -> IntArray:
    return np.arange(values.size, dtype=np.int64).reshape(values.shape)


def cost_of(units: IntArray, values: FloatArray) -> int:
    floor, _ = floor_ceil(values, float(values.sum()))
    return int((rounding_cost(values, floor, keys(values)) * (units - floor)).sum())


@st.composite
def tiny_tables(draw: st.DrawFn) -> tuple[Hierarchy, Hierarchy, FloatArray]:
    """A table with at most 10 fractions, many of them equal."""
    tree, products = draw(trees(7)), draw(trees(5))
    shape = (len(tree.leaf), len(products.leaf))
    fraction = st.sampled_from([0.0, 0.0, 0.5, 0.5, 0.25, 1 / 3, 2 / 3, 0.1, 3.0, 7.7])
    values = np.array(draw(st.lists(fraction, min_size=shape[0] * shape[1], max_size=shape[0] * shape[1])))
    assume((values % 1 > 0).sum() <= 10)
    return tree, products, values.reshape(shape)


@settings(deadline=None, derandomize=True, max_examples=150)
@given(tiny_tables())
def test_the_flow_finds_the_cheapest_of_all_roundings_and_it_is_the_only_one(
    table: tuple[Hierarchy, Hierarchy, FloatArray],
) -> None:
    tree, products, values = table
    candidates = all_roundings(tree, products, values)
    costs = sorted((cost_of(units, values), k) for k, units in enumerate(candidates))
    assert costs, "a rounding always exists"
    assert len(costs) == 1 or costs[0][0] < costs[1][0]
    np.testing.assert_array_equal(
        round_by_flow(tree, products, values, keys(values)), candidates[costs[0][1]]
    )


@pytest.mark.parametrize("seed", range(4))
def test_the_flow_costs_what_the_vertex_of_the_linear_program_costs(seed: int) -> None:
    rng = np.random.default_rng(seed)
    parent = [-1]
    for region in range(3):
        parent.append(0)
        at = len(parent) - 1
        for _ in range(2 + region):
            parent.append(at)
            parent += [len(parent) - 1] * 5
    tree, products = hierarchy(*parent), hierarchy(-1, 0, 1, 1, 0, 4, 4, 4)
    values = rng.gamma(0.7, 4.0, (len(tree.leaf), 5))
    values *= np.rint(values.sum()) / values.sum()
    matrix, amount = families(tree, products, values)
    low, high = floor_ceil(amount, float(values.sum()))
    floor, ceil = floor_ceil(values.ravel(), float(values.sum()))
    cost = rounding_cost(values.ravel(), floor, keys(values).ravel()) / 2.0**20
    rows = np.vstack([matrix.toarray(), -matrix.toarray()])
    vertex = linprog(
        cost,
        rows,
        np.concatenate([high, -low]),
        bounds=list(zip(floor, ceil, strict=True)),
        method="highs-ds",
    )
    assert vertex.success
    assert np.abs(vertex.x - np.rint(vertex.x)).max() < 1e-6, "vertices of two laminar families are whole"
    units = round_by_flow(tree, products, values, keys(values)).ravel()
    assert cost @ units == pytest.approx(vertex.fun, rel=1e-9)


def test_the_product_totals_and_the_node_totals_are_exact_at_once() -> None:
    tree, products = hierarchy(-1, 0, 0), hierarchy(-1, 0, 0)
    values = np.array([[0.5, 1.5], [2.5, 0.5]])
    units = round_by_flow(tree, products, values, keys(values))
    np.testing.assert_array_equal(units.sum(axis=0), [3, 2])
    np.testing.assert_array_equal(units.sum(axis=1), [2, 3])


@pytest.mark.parametrize("total", [10, 11])
def test_the_alabama_paradox_is_kept_a_unit_more_may_lower_a_target(shared_dir: Path, total: int) -> None:
    case = _case(shared_dir, "alabama_paradox")
    weights = np.array(case["inputs"]["weights"], float)
    values = (weights * total / weights.sum())[:, None]
    units = round_by_flow(hierarchy(-1, 0, 0, 0), hierarchy(-1, 0), values, keys(values))
    assert units.ravel().tolist() == case["expected"][str(total)]


def test_the_two_families_are_a_transport_problem_with_whole_vertices(shared_dir: Path) -> None:
    case = _case(shared_dir, "winston_powerco")
    supply, demand = np.array(case["inputs"]["supply"], float), np.array(case["inputs"]["demand"], float)
    values = np.outer(supply, demand) / supply.sum()
    plants, cities = hierarchy(-1, 0, 0, 0), hierarchy(-1, 0, 0, 0, 0)
    matrix, amount = families(plants, cities, values)
    nodes, city_rows = [1, 2, 3], slice(4, 8)
    shipped = np.vstack([matrix.toarray()[nodes], matrix.toarray()[city_rows]])
    best = linprog(
        np.ravel(case["inputs"]["cost"]),
        A_eq=shipped,
        b_eq=np.concatenate([amount[nodes], amount[city_rows]]),
        method="highs-ds",
    )
    assert best.fun == pytest.approx(case["expected"]["objective"], abs=case["tolerance"])
    assert np.abs(best.x - np.rint(best.x)).max() < 1e-9
    # halfway between two plans of shipment the rounding still ships every supply and meets every demand
    middle = (0.5 * values + 0.5 * best.x.reshape(3, 4)).astype(float)
    units = round_by_flow(plants, cities, middle, keys(middle))
    np.testing.assert_array_equal(units.sum(axis=1), supply)
    np.testing.assert_array_equal(units.sum(axis=0), demand)


def test_a_total_of_exactly_one_half_goes_up_whatever_the_noise() -> None:
    tree, products = hierarchy(-1, 0, 0), hierarchy(-1, 0)
    for noise in (-1e-9, 0.0, 1e-9):
        values = np.array([[20.25], [31.25 + noise]])
        assert round_by_flow(tree, products, values, keys(values)).sum() == 52


def test_noise_in_sums_of_millions_of_units_does_not_move_a_whole_total() -> None:
    tree, products = hierarchy(-1, *[0] * 500), hierarchy(-1, *[0] * 12)
    values = np.random.default_rng(3).lognormal(5, 1, (500, 12))
    totals = np.arange(1, 13) * 1_000_000.0
    values *= totals / values.sum(axis=0)
    noisy = values * (1 + 5e-10 * np.where(np.arange(12) % 2, 1.0, -1.0))
    assert round_by_flow(tree, products, noisy, keys(values)).sum(axis=0).tolist() == totals.tolist()


def test_equal_reps_with_the_same_small_excess_still_add_up() -> None:
    """The trap of a tolerance that is too wide: each number counts as whole, their sum does not."""
    n = 4000
    values = np.full((n, 1), 1_000_000.0005)
    units = round_by_flow(hierarchy(-1, *[0] * n), hierarchy(-1, 0), values, keys(values))
    assert units.sum() == n * 1_000_000 + 2
    assert set(np.unique(units)) == {1_000_000, 1_000_001}


def test_a_flow_without_an_optimum_raises_with_the_solvers_own_status(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    class GivesUp(min_cost_flow.SimpleMinCostFlow):
        def solve(self) -> object:
            return self.INFEASIBLE

    monkeypatch.setattr(min_cost_flow, "SimpleMinCostFlow", GivesUp)
    values = np.array([[0.5], [0.5]])
    with pytest.raises(RoundingError, match="INFEASIBLE"):
        round_by_flow(hierarchy(-1, 0, 0), hierarchy(-1, 0), values, keys(values))


def test_costs_stay_below_overflow_for_tables_with_many_vertices() -> None:
    tree, products = hierarchy(-1, *[0] * 60_000), hierarchy(-1, *[0] * 8)
    values = np.random.default_rng(0).random((60_000, 8))
    units = round_by_flow(tree, products, values, keys(values))
    assert abs(units.sum() - values.sum()) <= 0.5 + 1e-6
    assert (np.abs(units.sum(axis=1) - values.sum(axis=1)) < 1).all()


def _case(shared_dir: Path, name: str) -> dict:
    cases = json.loads((shared_dir / "cases" / "external-cases.json").read_text(encoding="utf-8"))["cases"]
    return next(case for case in cases if case["id"] == name)
