"""A sweep: what is run, what is stored, and that a killed one goes on to the very same files."""

import json
import os
import signal
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from allocator.errors import InputFaults
from allocator.plan.plan import Plan
from scenarios.curves.findings import findings_at_hand
from scenarios.curves.folder import write_sweep
from scenarios.files.sweep_file import SweepFile, read_sweep
from scenarios.runs.fleets import InProcess
from scenarios.runs.outcome import Outcome
from scenarios.runs.plan_of_runs import spell_out_runs
from scenarios.runs.store import OutcomeStore
from scenarios.runs.sweep import Options, run_sweep
from scenarios.scenario import apply_chain
from scenarios.solving import solve
from service.cli.main import main
from solver_models.engines.choice import choose_engine
from tests.waiting import until

PROJECT = Path(__file__).resolve().parents[3]


def files_of(folder: Path) -> dict[str, bytes]:
    return {
        str(path.relative_to(folder)): path.read_bytes()
        for path in sorted(folder.rglob("*"))
        if path.is_file()
    }


def test_the_runs_are_the_plan_the_scenarios_the_grid_and_the_draws(plan: Plan, sweep: SweepFile) -> None:
    runs = spell_out_runs(sweep, plan, lambda: 0.01)
    assert len(runs) == sweep.run_count == 1 + 2 + 2 * 2 + 2 * 1
    assert len({run.name for run in runs}) == len(runs)
    assert [run.kind for run in runs[:3]] == ["scenario"] * 3
    assert runs[3].name == "push | total=-0.02"
    assert runs[3].chain[-1].changes[0].model_dump()["factor"] == 0.98


def test_every_run_ends_in_figures_or_in_a_reason(expected: tuple[Outcome, ...]) -> None:
    by_name = {one.run.name: one.figures for one in expected}
    assert by_name["base"]["status"] == by_name["push"]["status"] == "done"
    assert by_name["impossible"]["status"] == "infeasible"
    assert "r-range" in by_name["impossible"]["reason"] or "rules are" in by_name["impossible"]["reason"]
    total = by_name["push | total=0.02"]["measures"]["revenue"]["kpis"]["total"]
    assert total == pytest.approx(42_840_000)


def test_a_run_is_what_solving_its_plan_alone_gives(plan: Plan, expected: tuple[Outcome, ...]) -> None:
    engine = choose_engine("auto")
    base = solve(plan, engine)
    labels, revenue = base.labels, base.measures[0].amounts

    def reference(measure: str, node: str, product: str) -> float:
        return float(revenue[labels.node_code[node], labels.product_code[product]])

    for one in [one for one in expected if one.run.kind == "grid" and one.run.scenario == "push"]:
        alone = solve(apply_chain(plan, one.run.chain, lambda _: reference).plan, engine)
        for node, amount in one.figures["measures"]["revenue"]["nodes"].items():
            v = alone.labels.node_code[node]
            assert amount == pytest.approx(alone.measures[0].amounts[v, 0], rel=1e-9)


def test_draws_are_the_same_however_many_there_are(plan: Plan, sweep_path: Path, tmp_path: Path) -> None:
    more = tmp_path / "more.yaml"
    more.write_text(sweep_path.read_text(encoding="utf-8").replace("runs: 1", "runs: 5"), encoding="utf-8")
    few = {run.name: run.chain for run in spell_out_runs(read_sweep(sweep_path), plan, lambda: 0.01)}
    many = {run.name: run.chain for run in spell_out_runs(read_sweep(more), plan, lambda: 0.01)}
    assert few.keys() < many.keys()
    for name, chain in few.items():
        assert [one.changes for one in many[name]] == [one.changes for one in chain]


def test_an_axis_that_does_not_fit_the_plan_is_told_before_anything_runs(plan: Plan, tmp_path: Path) -> None:
    path = tmp_path / "s.yaml"
    path.write_text(
        "grid: {total: 0..1% step 1%, hedeg: [1], x: {kind: set_blend, vary: histroy, values: [1]}}\n",
        encoding="utf-8",
    )
    with pytest.raises(InputFaults) as caught, InProcess() as fleet:
        run_sweep(plan, read_sweep(path), tmp_path / "out", fleet)
    assert [fault.column for fault in caught.value.faults] == ["grid.hedeg", "grid.total", "grid.x"]
    assert not (tmp_path / "out").exists()


def test_every_change_at_fault_is_told_before_anything_runs(plan: Plan, tmp_path: Path) -> None:
    path = tmp_path / "s.yaml"
    path.write_text(
        """
scenarios:
  - {name: a, changes: [{kind: drop_rule, rule_id: nothing}]}
  - {name: b, changes: [{kind: leave, node: nobody}]}
grid: {total: {measure: revenue, values: [0%, 0.0001%]}}
monte_carlo: {runs: 3, commitments: {measure: revenu, sd: 0.1}}
""",
        encoding="utf-8",
    )
    with pytest.raises(InputFaults) as caught, InProcess() as fleet:
        run_sweep(plan, read_sweep(path), tmp_path / "out", fleet)
    assert [(fault.file, fault.row, fault.code) for fault in caught.value.faults] == [
        ("s.yaml#a", 1, "unknown-rule"),
        ("s.yaml#b", 1, "unknown-node"),
    ]
    assert not (tmp_path / "out").exists()


def test_draws_that_name_nothing_are_told_before_anything_runs(plan: Plan, tmp_path: Path) -> None:
    path = tmp_path / "s.yaml"
    path.write_text("monte_carlo: {runs: 3, commitments: {measure: revenu, sd: 0.1}}\n", encoding="utf-8")
    with pytest.raises(InputFaults, match="did you mean `revenue`"), InProcess() as fleet:
        run_sweep(plan, read_sweep(path), tmp_path / "out", fleet)
    assert not (tmp_path / "out").exists()


def test_what_is_stored_is_not_run_again(plan: Plan, sweep: SweepFile, tmp_path: Path) -> None:
    told: list[tuple[int, int]] = []
    with InProcess() as fleet:
        first = run_sweep(
            plan, sweep, tmp_path, fleet, progress=lambda done, total: told.append((done, total))
        )
    assert told[0] == (0, len(first))
    assert told[-1] == (len(first), len(first))
    told.clear()
    with InProcess() as fleet:
        again = run_sweep(
            plan, sweep, tmp_path, fleet, progress=lambda done, total: told.append((done, total))
        )
    assert told == [(len(first), len(first))]
    assert [one.figures for one in again] == [one.figures for one in first]


def test_a_torn_outcome_counts_as_absent(tmp_path: Path) -> None:
    with OutcomeStore(tmp_path) as store:
        store.put("a", {"status": "done"})
    (tmp_path / "runs" / "b.json").write_text('{"key": "b", "outc', encoding="utf-8")
    (tmp_path / "runs" / ".c.json.part").write_text("{", encoding="utf-8")
    again = OutcomeStore(tmp_path)
    assert again.get("a") == {"status": "done"}
    assert again.get("b") is None
    assert not (tmp_path / "runs" / ".c.json.part").exists()
    (tmp_path / "runs" / "d.json").write_text((tmp_path / "runs" / "a.json").read_text(), encoding="utf-8")
    assert again.get("d") is None
    with pytest.raises(InputFaults, match="another sweep is writing"):
        OutcomeStore(tmp_path)
    again.close()


def test_failures_stay_unless_they_are_to_be_tried_again(
    plan: Plan, sweep: SweepFile, tmp_path: Path
) -> None:
    with InProcess() as fleet:
        first = run_sweep(plan, sweep, tmp_path, fleet)
    poisoned = first[0]
    with OutcomeStore(tmp_path) as store:
        store.put(poisoned.key, {"status": "failed", "reason": "a test", "measures": {}})
    with InProcess() as fleet:
        kept = run_sweep(plan, sweep, tmp_path, fleet)
        again = run_sweep(plan, sweep, tmp_path, fleet, Options(retry_failed=True))
    assert kept[0].figures["reason"] == "a test"
    assert [one.figures for one in again] == [one.figures for one in first]


def test_the_same_outcomes_give_the_same_bytes(
    plan: Plan, sweep: SweepFile, expected: tuple[Outcome, ...], tmp_path: Path
) -> None:
    for name in ("one", "other"):
        (tmp_path / name).mkdir()
        write_sweep(plan, sweep, findings_at_hand(expected), tmp_path / name, "en")
    assert files_of(tmp_path / "one") == files_of(tmp_path / "other")
    page = (tmp_path / "one" / "sweep.html").read_text(encoding="utf-8")
    assert "<svg" in page
    assert "http" not in page.replace("http-equiv", "")


def test_a_sweep_killed_in_the_middle_goes_on_to_the_very_same_files(
    plan_folder: Path, sweep_path: Path, tmp_path: Path
) -> None:
    out, whole = tmp_path / "killed", tmp_path / "whole"
    arguments = ["sweep", str(plan_folder), str(sweep_path), "--out"]
    command = [sys.executable, "-m", "service.cli.main", *arguments, str(out), "--workers", "1"]
    with subprocess.Popen(
        command, cwd=PROJECT, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, start_new_session=True
    ) as running:
        until(
            lambda: len(list(out.glob("runs/*.json"))) >= 2 or running.poll() is not None,
            "two runs are stored",
        )
        assert running.poll() is None
        os.killpg(running.pid, signal.SIGKILL)
        running.wait()
    stored = len(list(out.glob("runs/*.json")))
    assert 2 <= stored < 9
    assert not (out / "sweep.json").exists()
    assert main([*arguments, str(out), "--workers", "0", "--json"]) == 5
    assert main([*arguments, str(whole), "--workers", "0", "--json"]) == 5
    assert files_of(out) == files_of(whole)


def test_the_command_says_which_scenarios_are_not_accepted(
    plan_folder: Path, sweep_path: Path, tmp_path: Path, capfd: Any
) -> None:
    arguments = ["sweep", str(plan_folder), str(sweep_path), "--out", str(tmp_path / "out"), "--workers", "0"]
    assert main([*arguments, "--json"]) == 5
    document = json.loads(capfd.readouterr().out)
    assert document["counts"] == {"done": 5, "infeasible": 4}
    assert document["accepted"] is False
    assert main([*arguments, "--lang", "zh"]) == 5
    assert "未通过验收" in capfd.readouterr().out


def test_a_folder_of_something_else_is_not_written_over(
    plan_folder: Path, sweep_path: Path, tmp_path: Path
) -> None:
    (tmp_path / "letter.txt").write_text("dear", encoding="utf-8")
    assert main(["sweep", str(plan_folder), str(sweep_path), "--out", str(tmp_path)]) == 2
    assert [path.name for path in tmp_path.iterdir()] == ["letter.txt"]
