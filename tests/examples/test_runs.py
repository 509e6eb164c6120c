"""The example plans through the whole product: allocated, written, verified by the second program."""

from pathlib import Path

import pandas as pd
import pytest

from allocator.allocation import Allocation
from allocator.pipeline import allocate
from allocator.plan.reading import read_plan
from allocator.plan.tables import RULE_KINDS
from allocator.results.folder import write_results
from allocator.verification import verify_results
from benchmarks.plans import write_benchmark_plan
from examples.adventureworks.build_plan import build_plan
from examples.demo.generate import PLAN_FOLDER
from solver_models.engines.choice import choose_engine


def run_and_verify(plan: Path, out: Path) -> Allocation:
    """Allocate a plan folder, write the result, expect every promise to hold."""
    allocation = allocate(read_plan(plan), choose_engine("auto"))
    write_results(allocation, out, "en", with_workbook=False)
    report = verify_results(out, plan)
    assert [check.message for check in report.checks if not check.passed] == []
    assert len(report.checks) > 40
    return allocation


def rules_of(out: Path) -> pd.DataFrame:
    return pd.read_csv(out / "rules.csv", dtype=str, keep_default_na=False)


@pytest.fixture(scope="module")
def demo(tmp_path_factory: pytest.TempPathFactory) -> Path:
    out = tmp_path_factory.mktemp("demo") / "out"
    run_and_verify(PLAN_FOLDER, out)
    return out


def test_the_demo_tells_of_the_conflict_its_description_promises(demo: Path) -> None:
    rules = rules_of(demo)
    relaxed = rules[rules["status"] == "relaxed"]
    assert "west-push" in set(relaxed["rule_id"])
    assert set(relaxed["tier"]) <= {"1", "2", "3"}
    west_cap = rules[(rules["rule_id"] == "region-growth") & (rules["node_id"] == "west")]
    assert west_cap["status"].tolist() == ["binding"]


@pytest.mark.parametrize(
    "rule_id", ["east-floor", "engineer-hours", "rep-capacity", "profit", "rep-fairness", "pin"]
)
def test_the_rules_the_description_names_bind_in_the_demo(demo: Path, rule_id: str) -> None:
    rules = rules_of(demo)
    assert "binding" in set(rules.loc[rules["rule_id"] == rule_id, "status"])


def test_most_reps_of_the_demo_are_asked_for_the_same_stretch(demo: Path) -> None:
    targets = pd.read_csv(demo / "targets.csv", low_memory=False)
    reps = targets[
        (targets["level"] == "rep") & (targets["product_id"] == "*") & (targets["measure"] == "revenue")
    ]
    assert reps["ratio"].between(0.9, 1.1).mean() > 0.8


def test_the_new_product_of_the_demo_gets_its_stated_total(demo: Path) -> None:
    targets = pd.read_csv(demo / "targets.csv", low_memory=False).set_index(
        ["measure", "node_id", "product_id"]
    )
    assert targets.loc[("revenue", "lanhai", "portable"), "target"] == 18_000_000
    assert targets.loc[("revenue", "S02", "portable"), "target"] == 1_200_000


@pytest.mark.parametrize("products", ["category", "subcategory"])
def test_adventure_works_is_allocated_and_verified(shared_dir: Path, tmp_path: Path, products: str) -> None:
    plan = build_plan(shared_dir / "data" / "adventureworks", tmp_path / "plan", products)
    allocation = run_and_verify(plan, tmp_path / "out")
    targets = pd.read_csv(tmp_path / "out" / "targets.csv").set_index(["measure", "node_id", "product_id"])
    company = targets.loc[("revenue", "adventure-works", "*")]
    assert company["target"] == pytest.approx(1.25 * company["last_year"], abs=500)
    assert (targets.loc["revenue"].loc[["294", "295", "296"]].query("product_id == '*'")["target"] > 0).all()
    assert allocation.labels.grid.n_rep == 17


@pytest.mark.parametrize(("n_rep", "n_product", "seed"), [(20, 2, 1), (60, 10, 2)])
def test_benchmark_plans_are_feasible_and_hold_rules_of_every_kind(
    tmp_path: Path, n_rep: int, n_product: int, seed: int
) -> None:
    plan = write_benchmark_plan(tmp_path / "plan", n_rep, n_product, seed)
    allocation = run_and_verify(plan, tmp_path / "out")
    assert allocation.labels.grid.n_cell == n_rep * n_product
    assert set(allocation.plan.rules["kind"]) == set(RULE_KINDS)
    again = write_benchmark_plan(tmp_path / "again", n_rep, n_product, seed)
    for path in plan.iterdir():
        assert path.read_bytes() == (again / path.name).read_bytes(), path.name


def test_a_benchmark_plan_too_small_for_its_pins_is_refused(tmp_path: Path) -> None:
    with pytest.raises(ValueError, match="at least 20 reps"):
        write_benchmark_plan(tmp_path / "plan", 19, 10, 1)
    assert not (tmp_path / "plan").exists()
