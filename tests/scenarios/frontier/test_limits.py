"""Limits against bisection with whole runs, in closed form, and through the command."""

import json
from pathlib import Path
from typing import Any

import pytest

from allocator.errors import InfeasiblePlan
from allocator.pipeline import allocate
from allocator.plan.reading import read_plan
from scenarios.frontier.limits import Limit, limits
from service.cli.main import main
from solver_models.engines.choice import choose_engine
from tests.plans import PLAN_YAML, write_plan
from tests.random_plans import write_random_plan

ENGINE = choose_engine("highs")
WITHOUT_PRODUCT_TOTALS = "".join(
    line
    for line in PLAN_YAML.splitlines(keepends=True)
    if not line.startswith(("product_totals", "  revenue: {acc"))
)


def of(found: tuple[Limit, ...], node: str, side: str, measure: str = "revenue") -> Limit:
    return next(one for one in found if (one.measure, one.node_id, one.side) == (measure, node, side))


def is_feasible(folder: Path, measure: str, amount: float) -> bool:
    try:
        allocate(read_plan(folder, [f"measures.{measure}.total={amount:.2f}"]), ENGINE)
    except InfeasiblePlan:
        return False
    return True


@pytest.mark.parametrize(("side", "outwards"), [("largest", 1), ("smallest", -1)])
def test_runs_are_feasible_up_to_the_limit_and_not_beyond(tmp_path: Path, side: str, outwards: int) -> None:
    folder = write_plan(tmp_path / "plan", plan=WITHOUT_PRODUCT_TOTALS)
    limit = of(limits(read_plan(folder), ENGINE), "acme", side)
    assert limit.amount is not None
    assert limit.stops
    nearest = round(limit.amount / 1000)
    assert is_feasible(folder, "revenue", (nearest - outwards) * 1000)
    assert not is_feasible(folder, "revenue", (nearest + outwards) * 1000)


@pytest.mark.parametrize("seed", range(4))
def test_bisection_over_whole_runs_finds_the_same_largest_total(seed: int, tmp_path: Path) -> None:
    folder = write_random_plan(tmp_path / "plan", seed)
    plan = read_plan(folder)
    unit = float(plan.spec.measures["m"].round_to)
    found = of(limits(plan, ENGINE), "c", "largest", "m")
    current = round((found.current or 0) / unit)
    if not is_feasible(folder, "m", current * unit):
        smallest = of(limits(plan, ENGINE), "c", "smallest", "m")
        inside = found.is_feasible and (smallest.amount or 0) < current * unit < (found.amount or 0)
        assert not inside
        return
    if found.amount is None:
        assert is_feasible(folder, "m", 4 * current * unit)
        return
    low, high = current, round(found.amount / unit) + 50
    assert not is_feasible(folder, "m", high * unit)
    while high - low > 1:
        middle = (low + high) // 2
        low, high = (middle, high) if is_feasible(folder, "m", middle * unit) else (low, middle)
    assert low * unit <= found.amount + 1e-6 * found.amount
    assert found.amount < (low + 1) * unit + 1e-6 * found.amount


def test_the_rule_that_stops_a_region_is_named(tmp_path: Path) -> None:
    folder = write_plan(tmp_path / "plan")
    found = limits(read_plan(folder), ENGINE, ["region"])
    east, west = of(found, "east", "largest"), of(found, "west", "smallest")
    assert east.amount is not None
    assert east.amount <= 32_000_000
    assert west.amount is not None
    # the two regions share the total: one is largest where the other is smallest
    assert east.amount + west.amount == pytest.approx(42_000_000)
    assert {stop.rule_id for stop in east.stops} <= {
        "r-range",
        "r-capacity",
        "r-mix",
        "r-link",
        "pin",
        "total",
        "product_total",
    }
    assert east.stops


def test_the_command_says_it_in_words_and_as_json(tmp_path: Path, capfd: Any) -> None:
    folder = write_plan(tmp_path / "plan")
    assert main(["limits", str(folder), "--level", "region", "--json"]) == 0
    document = json.loads(capfd.readouterr().out)
    assert len(document["limits"]) == 2 * (2 + 4)
    assert main(["limits", str(folder), "--lang", "zh"]) == 0
    assert "最大" in capfd.readouterr().out
    assert main(["limits", str(folder), "--level", "regoin", "--json"]) == 2
    assert json.loads(capfd.readouterr().out)["faults"][0]["code"] == "unknown-level"
