"""Breakpoints narrowed down: against fresh solves beside them, and under a cap."""

from collections.abc import Sequence
from decimal import Decimal
from pathlib import Path

import pytest

from allocator.plan.plan import Plan
from scenarios.curves.brackets import PARTS, Bracket, Place, narrowed, step_brackets
from scenarios.curves.breakpoints import breakpoints
from scenarios.curves.findings import Findings
from scenarios.curves.folder import write_sweep
from scenarios.curves.words import sweep_text
from scenarios.files.sweep_file import SweepFile, read_sweep
from scenarios.kpis import places_that
from scenarios.runs.outcome import Outcome
from scenarios.runs.plan_of_runs import Run, moved_run, spell_out_runs
from scenarios.runs.sweep import SweepSession
from scenarios.scenario import apply_chain
from scenarios.solving import solve
from solver_models.engines.choice import choose_engine

STEP = Decimal("0.2")


def is_there(plan: Plan, run: Run | None, place: Place) -> bool:
    """Whether a rule has its state at a place, by a fresh solve with the other engine."""
    assert run is not None
    solution = solve(apply_chain(plan, run.chain).plan, choose_engine("highs"))
    one = next(one for one in solution.measures if one.measure == place.measure)
    return [place.node_id, place.product_id] in places_that(solution, one, place.state).get(place.rule_id, [])


def test_each_breakpoint_lies_between_fresh_solves_a_thousandth_of_a_step_apart(
    findings: Findings, plan: Plan, sweep: SweepFile
) -> None:
    found = findings.breakpoints
    assert not found.is_capped
    assert len(found.brackets) >= 3
    for one in found.brackets:
        assert one.is_exact
        assert (one.high - one.low) * PARTS <= STEP
        below, above = (
            moved_run(sweep, plan, one.before.run, "total", value) for value in (one.low, one.high)
        )
        for place in one.starts:
            assert (is_there(plan, below, place), is_there(plan, above, place)) == (False, True)
        for place in one.stops:
            assert (is_there(plan, below, place), is_there(plan, above, place)) == (True, False)


def test_narrow_brackets_lie_in_the_steps_they_came_from(findings: Findings) -> None:
    def moves(brackets: list[Bracket]) -> dict[Place, int]:
        total: dict[Place, int] = {}
        for one in brackets:
            for place in one.starts | one.stops:
                total[place] = total.get(place, 0) + (1 if place in one.starts else -1)
        return total

    wide, narrow = step_brackets(findings.outcomes), list(findings.breakpoints.brackets)
    assert {place: move for place, move in moves(narrow).items() if move} == moves(wide)
    for one in narrow:
        assert any(step.low <= one.low and one.high <= step.high for step in wide)


def test_the_table_names_rule_and_node_and_the_target_where_it_happens(findings: Findings) -> None:
    table = breakpoints(findings.breakpoints.brackets)
    row = table[table["rule_id"] == "capacity-w1"].iloc[0]
    assert row[["measure", "axis", "node_id", "product_id", "event", "exact"]].tolist() == [
        "revenue",
        "total",
        "w1",
        "*",
        "starts binding",
        "yes",
    ]
    assert row["total_from"] == pytest.approx(42_000_000 * (1 + row["from"]), abs=500)
    assert row["total_to"] == pytest.approx(42_000_000 * (1 + row["to"]), abs=500)


@pytest.mark.parametrize(("lang", "words"), [("en", "The cap of 7 further runs"), ("zh", "上限 7")])
def test_a_cap_is_kept_and_told(
    session: SweepSession,
    findings: Findings,
    plan: Plan,
    sweep: SweepFile,
    tmp_path: Path,
    lang: str,
    words: str,
) -> None:
    asked: list[Run] = []

    def further(runs: Sequence[Run]) -> list[Outcome]:
        asked.extend(runs)
        return session.further(runs)

    told: list[tuple[int, int]] = []
    found = narrowed(findings.outcomes, plan, sweep, further, 7, lambda *now: told.append(now))
    assert told[-1] == (7, 7)
    assert len(asked) == found.runs == 7
    assert found.is_capped
    assert "no" in set(breakpoints(found.brackets)["exact"])
    for exact in findings.breakpoints.brackets:
        assert any(one.low <= exact.low and exact.high <= one.high for one in found.brackets)
    capped = Findings(findings.outcomes, found, findings.limits)
    assert words in sweep_text(plan, sweep, capped, tmp_path, lang)
    document = write_sweep(plan, sweep, capped, tmp_path, lang)
    assert document["breakpoints"]["is_capped"]
    assert words in (tmp_path / "sweep.html").read_text(encoding="utf-8")


def test_without_runs_between_the_steps_of_the_grid_are_given(
    session: SweepSession, findings: Findings, plan: Plan, sweep: SweepFile
) -> None:
    found = narrowed(findings.outcomes, plan, sweep, session.further, 0)
    assert {one.high - one.low for one in found.brackets} == {STEP}
    assert found.runs == 0


def test_a_value_that_the_change_does_not_take_has_no_run(plan: Plan, tmp_path: Path) -> None:
    path = tmp_path / "s.yaml"
    path.write_text(
        "grid: {heads: {kind: set_head_count, vary: count, node: e1, values: [3, 4]}}\n", encoding="utf-8"
    )
    sweep = read_sweep(path)
    run = spell_out_runs(sweep, plan, lambda: 0.0)[-1]
    assert moved_run(sweep, plan, run, "heads", Decimal("3.5")) is None
    again = moved_run(sweep, plan, run, "heads", Decimal(4))
    assert again is not None
    assert (again.point, again.chain[-1].changes) == (run.point, run.chain[-1].changes)
