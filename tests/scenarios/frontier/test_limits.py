"""The limits, against bisection, against duality and against runs at and beyond them."""

import json
from pathlib import Path

import numpy as np
import pytest

from allocator.anchors.build import build_anchors
from allocator.errors import InfeasiblePlan, InputFaults
from allocator.model.instances import spell_out
from allocator.model.labels import label_plan
from allocator.model.problem import build_problem
from allocator.pipeline import allocate
from allocator.plan.reading import read_plan
from benchmarks.plans import write_benchmark_plan
from scenarios.frontier.limits import feasible_limits
from service.cli.main import main
from solver_models.engines.base import EngineError, EngineOptions
from solver_models.engines.choice import choose_engine
from solver_models.engines.highs import is_feasible
from solver_models.engines.interior import InteriorEngine
from solver_models.infeasibility import feasibility_program
from solver_models.limits import extreme_total
from solver_models.model import BalanceModel
from solver_models.program import LinearProgram
from solver_models.solution import Solution
from tests.plans import write_plan
from tests.random_plans import write_random_plan

ENGINE = choose_engine("highs")
# in plan 34 nobody is at work, which is a fault
SEEDS = [seed for seed in range(40) if seed != 34]
STEPS = 45
FAR = 1e4


class NoEngine:
    """Refuses what it is asked."""

    name = "none"

    def solve(self, program: LinearProgram, options: EngineOptions) -> Solution:
        raise EngineError("nothing should fall back")


def model_of(folder: Path) -> tuple[BalanceModel, np.ndarray, float]:
    """Return the scaled model of measure `m`, the row of its total and the total."""
    plan = read_plan(folder)
    labels = label_plan(plan)
    anchors = build_anchors(plan, labels, "m")
    problem = build_problem(plan, labels, "m", anchors, spell_out(plan, labels, "m", anchors))
    model = problem.model.scaled()
    is_total = problem.ledger["kind"].to_numpy()[model.rows.source] == "total"
    return model, is_total, float(model.rows.upper[is_total][0])


def holds(model: BalanceModel, is_total: np.ndarray, total: float) -> bool:
    """Whether the hard rows have a point with this total."""
    program = feasibility_program(model)
    row = int(np.flatnonzero(is_total)[0])
    program.row_lower[row] = program.row_upper[row] = total
    return is_feasible(program)


@pytest.mark.parametrize("seed", SEEDS)
def test_the_largest_total_is_where_bisection_finds_it(tmp_path: Path, seed: int) -> None:
    model, is_total, total = model_of(write_random_plan(tmp_path / "plan", seed))
    high = extreme_total(model, is_total, total, ENGINE, EngineOptions(), largest=True)
    low = extreme_total(model, is_total, total, ENGINE, EngineOptions(), largest=False)
    assert holds(model, is_total, low.value)
    if np.isinf(high.value):
        assert holds(model, is_total, FAR * total)
        return
    inside, outside = low.value, 2.0 * high.value + total
    for _ in range(STEPS):
        middle = (inside + outside) / 2.0
        inside, outside = (middle, outside) if holds(model, is_total, middle) else (inside, middle)
    assert high.value == pytest.approx(inside, rel=1e-6)
    assert low.value == 0 or not holds(model, is_total, low.value * (1 - 1e-4))


@pytest.mark.parametrize("seed", SEEDS)
def test_the_bounds_that_stop_a_limit_add_up_to_it(tmp_path: Path, seed: int) -> None:
    """Strong duality: sum of pull * bound = value, so the rules named are a proof."""
    model, is_total, total = model_of(write_random_plan(tmp_path / "plan", seed))
    for largest in (False, True):
        found = extreme_total(model, is_total, total, ENGINE, EngineOptions(), largest=largest)
        if np.isinf(found.value):
            assert not found.pull.any()
            continue
        bounds = np.vstack(
            [
                np.concatenate([model.rows.lower, model.lower]),
                np.concatenate([model.rows.upper, model.upper]),
            ]
        )
        bounds[:, : len(model.rows)][:, is_total] = 0.0
        used = found.pull != 0
        assert np.isfinite(bounds[used]).all()
        assert float((found.pull[used] * bounds[used]).sum()) == pytest.approx(
            found.value, rel=1e-6, abs=1e-6
        )


def test_a_total_that_thousands_of_rows_stop_is_proved_without_the_simplex(tmp_path: Path) -> None:
    """Its price spreads over all reps: a ten-thousandth of the largest is still a price."""
    plan = read_plan(write_benchmark_plan(tmp_path / "plan", 1000, 10, 1, n_own_rule=100))
    labels = label_plan(plan)
    anchors = build_anchors(plan, labels, "revenue")
    problem = build_problem(plan, labels, "revenue", anchors, spell_out(plan, labels, "revenue", anchors))
    model = problem.model.scaled()
    is_total = problem.ledger["kind"].to_numpy()[model.rows.source] == "total"
    total = float(model.rows.upper[is_total][0])
    expected = extreme_total(model, is_total, total, ENGINE, EngineOptions(), largest=False)
    found = extreme_total(model, is_total, total, InteriorEngine(NoEngine()), EngineOptions(), largest=False)
    assert found.value == pytest.approx(expected.value, rel=1e-8)


def test_a_run_at_the_limit_works_and_beyond_it_does_not(tmp_path: Path) -> None:
    folder = write_plan(tmp_path / "plan")
    limits = feasible_limits(read_plan(folder), "revenue", ENGINE)
    assert limits.company.largest == 64_000_000
    assert [stop.name for stop in limits.company.stops_above] == ["r-range"]
    assert limits.company.stops_above[0].nodes == ("east", "west")
    # the product range in proportion, drawn inwards to whole units
    products = [
        "product_totals.revenue.accessories.min=10667000",
        "product_totals.revenue.accessories.max=14476000",
    ]
    at = read_plan(folder, [f"measures.revenue.total={limits.company.largest}", *products])
    assert allocate(at, ENGINE).measures[0].target_units[0, 0] == 64_000
    beyond = read_plan(folder, [f"measures.revenue.total={limits.company.largest + 1000}", *products])
    with pytest.raises(InfeasiblePlan):
        allocate(beyond, ENGINE)


def test_a_region_can_be_pinned_at_its_limits_but_not_beyond(tmp_path: Path) -> None:
    folder = write_plan(tmp_path / "plan")
    east = feasible_limits(read_plan(folder), "revenue", ENGINE).nodes[0]
    assert east.node_id == "east"
    assert east.smallest is not None
    assert east.largest is not None
    for amount, works in (
        (east.smallest, True),
        (east.largest, True),
        (east.smallest - 1000, False),
        (east.largest + 1000, False),
    ):
        pins = f"node_id,product_id,measure,amount,reason,owner\neast,*,revenue,{amount},try,CFO\n"
        pinned = read_plan(write_plan(tmp_path / f"p{amount}", pins=pins))
        if works:
            allocate(pinned, ENGINE)
        else:
            with pytest.raises(InfeasiblePlan):
                allocate(pinned, ENGINE)


def test_product_totals_that_stay_stop_what_following_ones_let_pass(tmp_path: Path) -> None:
    text = """\
plan: p
start: 2019-07
months: 12
measures: {revenue: {unit: USD, round_to: 1000, total: 40000000}}
product_totals: {revenue: {accessories: 8000000, bikes: {max: 33000000}}}
"""
    nothing = "rule_id,kind,measure,level,node_id,product_id,min,max,basis,tier,owner,note\n"
    pins = "node_id,product_id,measure,amount,reason,owner\n"
    history = "".join(
        line + "\n"
        for line in write_plan(tmp_path / "all").joinpath("history.csv").read_text("utf-8").splitlines()
        if "new_customers" not in line
    )
    plan = read_plan(write_plan(tmp_path / "p", plan=text, rules=nothing, pins=pins, history=history))
    held = feasible_limits(plan, "revenue", ENGINE, products="hold").company
    assert (held.smallest, held.largest) == (8_000_000, 41_000_000)
    assert {stop.name for stop in held.stops_above} == {"product_total accessories", "product_total bikes"}
    following = feasible_limits(plan, "revenue", ENGINE, products="follow").company
    assert (following.smallest, following.largest) == (0, None)


def test_a_plan_whose_total_is_too_large_still_has_limits(tmp_path: Path) -> None:
    folder = write_plan(tmp_path / "plan")
    limits = feasible_limits(read_plan(folder, ["measures.revenue.total=90000000"]), "revenue", ENGINE)
    assert limits.company.largest is not None
    assert limits.company.largest <= 64_000_000
    assert not limits.is_within
    assert limits.nodes == ()


def test_one_unit_beyond_the_limit_is_beyond_it_however_fine_the_unit(tmp_path: Path) -> None:
    text = (
        "plan: p\nstart: 2019-07\nmonths: 12\n"
        "measures: {revenue: {unit: USD, round_to: 0.01, total: TOTAL}}\n"
    )
    rules = "rule_id,kind,measure,level,node_id,product_id,min,max,basis,tier,owner,note\n"
    rules += "top,range,revenue,region,,,,20000000,,hard,CFO,\n"
    pins = "node_id,product_id,measure,amount,reason,owner\n"
    for total, works in (("40000000", True), ("40000000.01", False)):
        folder = write_plan(tmp_path / total, plan=text.replace("TOTAL", total), rules=rules, pins=pins)
        for table in ("history", "commitments", "potential"):
            lines = (folder / f"{table}.csv").read_text("utf-8").splitlines(keepends=True)
            kept = [line for line in lines if "new_customers" not in line]
            (folder / f"{table}.csv").write_text("".join(kept), encoding="utf-8")
        limits = feasible_limits(read_plan(folder), "revenue", ENGINE)
        assert limits.company.largest == 40_000_000
        assert limits.is_within is works


def test_rules_that_no_total_can_mend_are_diagnosed(
    tmp_path: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    pins = "node_id,product_id,measure,amount,reason,owner\neast,*,revenue,9000000,too low,CFO\n"
    folder = write_plan(tmp_path / "plan", pins=pins)
    assert main(["limits", str(folder), "--json", "--measure", "revenue"]) == 3
    conflict = json.loads(capfd.readouterr().out)["diagnosis"]["conflict"]
    assert "r-range" in {part["rule_id"] for part in conflict}


@pytest.mark.parametrize("name", ["auto", "pulp:HiGHS"])
def test_every_engine_finds_the_same_limits(tmp_path: Path, name: str) -> None:
    for seed in (1, 4, 5, 9, 17, 19):
        plan = read_plan(write_random_plan(tmp_path / f"{name.replace(':', '-')}{seed}", seed))
        expected, found = (feasible_limits(plan, "m", engine) for engine in (ENGINE, choose_engine(name)))
        for one, other in zip(
            (expected.company, *expected.nodes), (found.company, *found.nodes), strict=True
        ):
            assert (one.smallest, one.largest) == (other.smallest, other.largest)
        assert found.company.stops_above


def test_a_second_process_changes_no_limit(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    plan = read_plan(write_plan(tmp_path / "plan"))
    in_turn = feasible_limits(plan, "revenue", ENGINE, levels=["region", "rep"])
    monkeypatch.setattr("scenarios.frontier.limits.MUCH", 0)
    assert feasible_limits(plan, "revenue", ENGINE, levels=["region", "rep"]) == in_turn


@pytest.mark.parametrize("name", ["auto", "highs"])
def test_a_product_total_that_follows_is_named_by_one_side(tmp_path: Path, name: str) -> None:
    plan = read_plan(
        write_plan(tmp_path / "plan"),
        [
            "product_totals.revenue.accessories.min=8000000",
            "product_totals.revenue.accessories.max=8000000",
        ],
    )
    limits = feasible_limits(plan, "revenue", choose_engine(name))
    for limit in (limits.company, *limits.nodes):
        for stops in (limit.stops_below, limit.stops_above):
            named = [stop.name for stop in stops if stop.kind == "product_total"]
            assert len(named) == len(set(named))


def test_the_command_answers_in_both_languages_and_in_json(
    tmp_path: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    folder = str(write_plan(tmp_path / "plan"))
    assert main(["limits", folder, "--json", "--measure", "revenue"]) == 0
    document = json.loads(capfd.readouterr().out)["measures"]["revenue"]
    assert document["company"]["largest"] == 64_000_000
    assert [node["node_id"] for node in document["nodes"]] == ["east", "west"]
    assert main(["limits", folder]) == 0
    assert "r-range (maximum) at east, west" in capfd.readouterr().out
    assert main(["limits", folder, "--lang", "zh"]) == 0
    assert "阻止公司目标继续提高的规则" in capfd.readouterr().out


@pytest.mark.parametrize(
    ("extra", "code"),
    [(["--level", "regoin"], "unknown-level"), (["--measure", "revenu"], "unknown-measure")],
)
def test_a_name_that_does_not_exist_is_a_fault_with_the_near_one(
    tmp_path: Path, extra: list[str], code: str, capfd: pytest.CaptureFixture[str]
) -> None:
    assert main(["limits", str(write_plan(tmp_path / "plan")), "--json", *extra]) == 2
    fault = json.loads(capfd.readouterr().out)["faults"][0]
    assert fault["code"] == code
    assert ("region" if "level" in code else "revenue") in fault["hint"]


def test_a_total_of_nothing_has_no_limits(tmp_path: Path) -> None:
    plan = read_plan(write_plan(tmp_path / "plan"), ["measures.new_customers.total=0"])
    with pytest.raises(InputFaults, match="total of 0"):
        feasible_limits(plan, "new_customers", ENGINE)
