"""Plans whose soft rules stand in each other's way: a right result is never refused."""

from pathlib import Path

import pytest

from allocator.errors import InfeasiblePlan, InputFaults
from allocator.pipeline import allocate
from allocator.plan.reading import read_plan
from allocator.results.folder import write_results
from allocator.verification import VerificationReport, verify_results
from solver_models.engines.choice import choose_engine
from tests.soft_plans import SOFT_RULES, write_soft_plan


def verified(folder: Path, out: Path) -> VerificationReport:
    """Allocate a plan, write its result and verify it."""
    write_results(allocate(read_plan(folder), choose_engine("fast")), out, "en", with_workbook=False)
    return verify_results(out, folder)


@pytest.mark.parametrize(("first", "last"), [(100, 114), (115, 128), (128, 142)])
def test_results_of_conflicting_soft_rules_are_verified(tmp_path: Path, first: int, last: int) -> None:
    count = 0
    for seed in range(first, last):
        folder = write_soft_plan(tmp_path / f"plan-{seed}", seed)
        try:
            report = verified(folder, tmp_path / f"out-{seed}")
        except (InputFaults, InfeasiblePlan):
            continue
        assert report.passed, (seed, [check.message for check in report.failures])
        count += 1
    assert count >= 8


def test_a_cell_pinned_to_0_that_nothing_pushes_up_is_explained_by_its_floor(tmp_path: Path) -> None:
    report = verified(write_soft_plan(tmp_path / "plan", 406), tmp_path / "out")
    assert report.passed, report.text()


SALES = {("a", "x"): 100, ("a", "y"): 300, ("b", "x"): 220, ("b", "y"): 80, ("c", "x"): 150, ("c", "y"): 150}


def write_plan(folder: Path, rules: list[str], settings: str = "round_to: 1, total: 1100") -> Path:
    """Three reps in two teams with two products."""
    folder.mkdir()
    measures, _, more = settings.partition("\n")
    text = f"plan: p\nstart: 2024-01\nmeasures:\n  m: {{unit: EUR, {measures}}}\n{more}\n"
    tables = {
        "plan.yaml": text,
        "org.csv": "node_id,parent_id,level,name\nall,,company,\nt,all,team,\nu,all,team,\n"
        "a,t,rep,\nb,t,rep,\nc,u,rep,\n",
        "products.csv": "product_id,parent_id,name\nx,,\ny,,\n",
        "history.csv": "period,node_id,product_id,measure,amount\n"
        + "".join(f"2023-05,{rep},{product},m,{amount}\n" for (rep, product), amount in SALES.items()),
        "rules.csv": "\n".join([SOFT_RULES, *rules]) + "\n",
    }
    for name, content in tables.items():
        (folder / name).write_text(content, "utf-8")
    return folder


@pytest.mark.parametrize(
    ("rules", "settings"),
    [
        pytest.param(
            ["f,fairness,m,rep,,,,0,anchor,1,CFO", "k,capacity,m,,a,,,350,,hard,CFO"],
            "round_to: 1, total: 1100",
            id="all alike beside a hard capacity",
        ),
        pytest.param(
            ["s,mix,m,rep,,x,0.5,0.5,,1,CFO", "k,capacity,m,,c,,,200,,hard,CFO"],
            "round_to: 1, total: 1100",
            id="a soft share of exactly one half",
        ),
        pytest.param(
            ["s,range,m,,a,,,50,,1,CFO", "k,range,m,,a,x,60,400,,hard,CFO"],
            "round_to: 1, total: 1100",
            id="a cell that a soft tier holds at its floor, with a hard maximum too",
        ),
        pytest.param(
            ["s,range,m,,a,x,,0,,1,CFO", "k,range,m,,a,x,,90,,hard,CFO"],
            "round_to: 1, total: 1100",
            id="a cell that a soft tier holds at 0, with a hard maximum too",
        ),
        pytest.param(
            ["f,fairness,m,rep,,x,,0.1,anchor,1,CFO"],
            "round_to: 0.01, total: 123456789.10\nproduct_totals: {m: {x: {max: 50000000.05}}}",
            id="a product total with a maximum only, in cents",
        ),
        pytest.param(
            ["k,range,m,,t,x,,250,,hard,CFO"],
            "round_to: 1, total: 1100\nproduct_totals: {m: {x: {max: 9000}, y: {min: 200}}}",
            id="a product total whose maximum is above the company's",
        ),
        pytest.param(
            ["z,range,m,,t,,,0,,1,CFO", "s,mix,m,,t,x,0.2,0.4,,2,CFO"],
            "round_to: 1, total: 1100",
            id="a share between two bounds at a node that a tier pushes to 0",
        ),
        pytest.param(
            ["z,range,m,,t,,,0,,1,CFO", "s,mix,m,,t,x,0.5,0.5,,hard,CFO", "v,mix,m,,all,x,0.3,0.4,,2,CFO"],
            "round_to: 1, total: 1100",
            id="a hard share of one half at a node that a tier pushes to 0",
        ),
    ],
)
def test_a_right_result_at_a_corner_is_not_refused(tmp_path: Path, rules: list[str], settings: str) -> None:
    report = verified(write_plan(tmp_path / "plan", rules, settings), tmp_path / "out")
    assert report.passed, report.text()
