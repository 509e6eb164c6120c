"""The limits of a sweep: where the breaking point is found by trying, and where they are shown."""

from decimal import Decimal
from pathlib import Path

import pandas as pd
import pytest

from allocator.plan.plan import Plan
from scenarios.curves.charts import Series, line_chart
from scenarios.curves.findings import Findings
from scenarios.curves.folder import write_sweep
from scenarios.curves.limits import limits_table, line_limits, sweep_limits
from scenarios.curves.lines import lines
from scenarios.curves.words import sweep_text
from scenarios.files.sweep_file import SweepFile
from scenarios.runs.plan_of_runs import moved_run
from scenarios.runs.sweep import SweepSession

UNIT, TOTAL = 1000, 42_000_000


@pytest.fixture(scope="module")
def table(findings: Findings) -> pd.DataFrame:
    return limits_table(findings.limits)


def company(table: pd.DataFrame, scenario: str) -> pd.Series:
    chosen = (table["scenario"] == scenario) & (table["node_id"] == "acme") & (table["measure"] == "revenue")
    return table[chosen].iloc[0]


@pytest.mark.parametrize(("column", "inwards"), [("smallest", 1), ("largest", -1)])
def test_a_run_at_a_limit_has_targets_and_one_a_unit_beyond_has_none(
    table: pd.DataFrame, session: SweepSession, column: str, inwards: int
) -> None:
    limit = int(company(table, "push")[column])
    grid = next(run for run in session.runs if run.kind == "grid")
    found = []
    # totals of products that follow are rounded to units, too, which may cost the last unit of the company's
    for total in (limit + inwards * UNIT, limit - inwards * UNIT):
        run = moved_run(session.sweep, session.plan, grid, "total", Decimal(total) / TOTAL - 1)
        assert run is not None
        outcome = session.further([run])[0]
        found.append(outcome.figures["status"])
        if outcome.figures["status"] == "done":
            assert outcome.kpis()["revenue"]["total"] == pytest.approx(total)
    assert found == ["done", "infeasible"]


def test_every_plan_is_there_with_its_company_and_its_regions(table: pd.DataFrame) -> None:
    own = table[table["measure"] == "revenue"]
    assert own[["scenario", "node_id", "name"]].values.tolist() == [
        [scenario, node, name]
        for scenario, nodes in (("base", 3), ("push", 3), ("push", 1))
        for node, name in (("acme", "Acme 公司"), ("east", "华东大区 East"), ("west", "West"))[:nodes]
    ]
    assert own["largest"].tolist()[:3] == [64_000_000, 32_000_000, 32_000_000]
    assert company(table, "base")["stopped_above"] == "r-range"


def test_the_mark_on_the_curve_is_the_limit_as_a_change_of_the_total(
    findings: Findings, plan: Plan, sweep: SweepFile, table: pd.DataFrame
) -> None:
    line = next(iter(lines(findings.outcomes)))
    marks = line_limits(findings.limits, sweep.axes, plan, line, "revenue")
    row = company(table, "push")
    assert marks == pytest.approx((row["smallest"] / TOTAL - 1, row["largest"] / TOTAL - 1))
    assert line_limits(findings.limits, sweep.axes, plan, line, "new_customers") == ()


def test_a_mark_far_off_the_line_is_left_out_and_two_of_one_value_are_one() -> None:
    lines_drawn = [Series(name, [0, 1], [1, 2], [1.5, 9.0]) for name in ("a", "b")]
    chart = line_chart("t", "x", lines_drawn, is_share=False, limit_words="limit {value}")
    assert chart is not None
    assert chart.count("stroke-dasharray") == chart.count("limit 1.5") == 1
    assert "limit 9" not in chart


@pytest.mark.parametrize(
    ("lang", "words"),
    [
        (
            "en",
            "the plan itself, revenue: the largest feasible company target is 64,000,000 USD"
            " (stopped by r-range)",
        ),
        ("zh", "原计划，revenue：公司目标最大可行值为 64,000,000 USD（受制于 r-range）"),
    ],
)
def test_the_command_and_the_page_say_the_largest_target(
    findings: Findings, plan: Plan, sweep: SweepFile, tmp_path: Path, lang: str, words: str
) -> None:
    assert words in sweep_text(plan, sweep, findings, tmp_path, lang).splitlines()
    document = write_sweep(plan, sweep, findings, tmp_path, lang)
    page = (tmp_path / "sweep.html").read_text(encoding="utf-8")
    assert "华东大区 East (east)" in page
    assert "64,000,000" in page
    assert document["limits"]["found"][0]["largest"] == 64_000_000
    assert pd.read_csv(tmp_path / "limits.csv")["largest"].iloc[0] == 64_000_000
    chart = (tmp_path / "curves" / "revenue-total-gini.svg").read_text(encoding="utf-8")
    assert chart.count("stroke-dasharray") == 2


def test_plans_beyond_the_cap_are_counted(session: SweepSession, findings: Findings) -> None:
    found = sweep_limits(session, findings.outcomes, most=2)
    assert [one.scenario for one in found.plans] == ["base", "push"]
    assert found.left_out == 1
