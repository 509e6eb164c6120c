"""Breakpoints, front, curves: against definitions, and on a real company."""

from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from allocator.plan.reading import read_plan
from examples.adventureworks.build_plan import build_plan
from scenarios.curves.brackets import step_brackets
from scenarios.curves.breakpoints import breakpoints
from scenarios.curves.charts import Series, line_chart
from scenarios.curves.findings import findings_at_hand
from scenarios.curves.folder import write_sweep
from scenarios.curves.lines import lines
from scenarios.curves.pareto import is_undominated, pareto_table
from scenarios.files.sweep_file import read_sweep
from scenarios.runs.fleets import InProcess
from scenarios.runs.outcome import Outcome
from scenarios.runs.plan_of_runs import Run
from scenarios.runs.sweep import run_sweep


def outcome(total: str, band: str, binding: list[str], **kpis: float | None) -> Outcome:
    run = Run(f"{total}/{band}", "base", "grid", (("total", total), ("fairness", band)), ())
    places = {"binding": {rule: [["east", "*"]] for rule in binding}, "relaxed": {}}
    known = {
        "binding": binding,
        "relaxed": [],
        "places": places,
        "nodes": {},
        "products": {},
        "chance_basis": None,
    }
    figures: dict[str, Any] = {**known, "kpis": {"total": 100.0, **kpis}}
    return Outcome(run, "", {"status": "done", "reason": "", "measures": {"m": figures}})


def test_a_breakpoint_names_the_rule_and_the_step_over_which_it_starts_or_stops() -> None:
    grid = [
        outcome("0.1", "none", ["cap", "range"]),
        outcome("-0.1", "none", ["floor"]),
        outcome("0", "none", ["cap"]),
        outcome("0", "0.2", []),
    ]
    table = breakpoints(step_brackets(grid))
    assert table[["axis", "fixed", "from", "to", "rule_id", "event"]].values.tolist() == [
        ["total", "fairness=none", -0.1, 0.0, "cap", "starts binding"],
        ["total", "fairness=none", -0.1, 0.0, "floor", "stops binding"],
        ["total", "fairness=none", 0.0, 0.1, "range", "starts binding"],
    ]
    assert [line.value for line in lines(grid) if line.axis == "total"] == [(-0.1, 0.0, 0.1), (0.0,)]


@given(st.lists(st.tuples(*[st.integers(0, 4)] * 3), min_size=1, max_size=12))
def test_the_front_is_what_nobody_beats(rows: list[tuple[int, int, int]]) -> None:
    front = is_undominated(np.array(rows, dtype=float))
    for k, row in enumerate(rows):
        beaten = any(all(a <= b for a, b in zip(other, row, strict=True)) and other != row for other in rows)
        assert front[k] == (not beaten)


def test_an_aim_that_not_every_run_has_is_left_out() -> None:
    table = pareto_table(
        [
            outcome("0", "none", [], gini=0.1, history_gap=0.2, commitment_gap=None),
            outcome("1", "none", [], gini=0.1, history_gap=0.3, commitment_gap=0.0),
        ]
    )
    assert table["on_front"].tolist() == ["yes", "no"]
    assert table["commitment_gap"].isna().all()


def test_a_chart_of_nothing_is_no_chart_and_a_flat_one_can_be_drawn() -> None:
    assert line_chart("t", "x", [Series("a", [1, 2], [None, None])], is_share=False) is None
    flat = line_chart("t <1>", "x", [Series("a", [1, 2, 3], [0.5, None, 0.5])], is_share=True)
    assert flat is not None
    assert "nan" not in flat
    assert "t &lt;1&gt;" in flat
    assert flat.count("<circle") == 2


def test_the_real_company_swept_over_its_target(shared_dir: Path, tmp_path: Path) -> None:
    plan = read_plan(build_plan(shared_dir / "data" / "adventureworks", tmp_path / "plan"))
    path = tmp_path / "sweep.yaml"
    path.write_text(
        'grid: {total: {measure: revenue, values: "-15%..+15% step 7.5%"}}\n'
        "acceptance: [company_probability >= baseline]\n",
        encoding="utf-8",
    )
    sweep = read_sweep(path)
    with InProcess() as fleet:
        outcomes = run_sweep(plan, sweep, tmp_path / "out", fleet)
    grid = [one for one in outcomes if one.run.kind == "grid"]
    kpis = [one.kpis()["revenue"] for one in grid]
    totals, chances = ([found[name] for found in kpis] for name in ("total", "company_probability"))
    assert totals == pytest.approx([34_975_000 * (1 + k * 0.075) for k in range(-2, 3)], abs=500)
    assert chances == sorted(chances, reverse=True)
    assert [one.is_accepted for one in grid] == [True, True, True, False, False]
    assert "group-growth" in set(breakpoints(step_brackets(outcomes))["rule_id"])
    document = write_sweep(plan, sweep, findings_at_hand(outcomes), tmp_path / "out", "zh")
    assert document["accepted"] is False
    assert (
        (tmp_path / "out" / "curves" / "revenue-total-company_probability.svg")
        .read_text()
        .startswith("<svg xmlns")
    )
    assert "帕累托前沿" in (tmp_path / "out" / "sweep.html").read_text(encoding="utf-8")
