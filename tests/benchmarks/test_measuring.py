"""What is measured is measured: seconds, memory, limits, exponents, changes."""

import sys
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from benchmarks.bench import Extent, disagreements, measure
from benchmarks.commands import measure_plan, rule_sizes, timed
from benchmarks.peers.own import model_of_task, named_engine, solve_model
from benchmarks.peers.routes import OURS, OURS_PASSES, TEXTBOOK_LP, route_named
from benchmarks.plans import write_benchmark_plan
from benchmarks.processes import run_measured, run_module
from benchmarks.record import (
    ABSENT,
    FINISHED,
    NO_ANSWER,
    SKIPPED,
    STOPPED,
    AnswerCheck,
    BenchmarkRecord,
    CommandResult,
    PeerResult,
)
from benchmarks.side_by_side import Contest
from benchmarks.warm import CHANGES, KINDS, measure_warm
from benchmarks.whole_run import exponent, measure_run
from tests.benchmarks.tasks import tiny_task
from tests.waiting import HANG_SECONDS

LIMIT = HANG_SECONDS


def python(code: str, limit: float = LIMIT):
    return run_measured([sys.executable, "-c", code], limit)


def test_a_process_that_ends_tells_its_code_its_output_and_its_complaint() -> None:
    ended = python("import sys; print('said'); print('wrong', file=sys.stderr); sys.exit(5)")
    assert (ended.exit_code, ended.output, ended.errors) == (5, "said\n", "wrong")


def test_a_process_that_takes_too_long_is_stopped_with_its_children() -> None:
    child = "import subprocess, sys; subprocess.run([sys.executable, '-c', 'import time; time.sleep(3600)'])"
    ended = python(child, limit=0.5)
    assert ended.exit_code is None
    assert ended.seconds > 0.4


def megabytes_of(code: str) -> float:
    """Measure from a small process: this one may be large by now, and its child would start with its peak."""
    measure = (
        "import sys; from benchmarks.processes import run_measured; "
        f"print(run_measured([sys.executable, '-c', {code!r}], {LIMIT}).megabytes)"
    )
    return float(python(measure).output)


def test_peak_memory_is_that_of_the_process_or_of_its_largest_child() -> None:
    block = "block = b'x' * 200_000_000"
    small = megabytes_of("pass")
    assert small < 60
    assert 200 < megabytes_of(block) < 200 + 2 * small
    child = f"import subprocess, sys; subprocess.run([sys.executable, '-c', {block!r}])"
    assert 200 < megabytes_of(child) < 200 + 2 * small


def test_processor_time_is_that_of_the_work() -> None:
    assert python("sum(range(20_000_000))").cpu_seconds > 0.1


def test_a_module_that_must_succeed_says_why_it_did_not() -> None:
    with pytest.raises(RuntimeError, match="required: folder"):
        run_module("benchmarks.plans", "--no-such-option")


def test_the_exponent_of_a_power_is_its_power() -> None:
    assert exponent([1, 2, 4], [3.0, 12.0, 48.0]) == pytest.approx(2.0)
    assert exponent([1], [3.0]) is None


@pytest.fixture(scope="module")
def contest(tmp_path_factory: pytest.TempPathFactory) -> Contest:
    routes = tuple(route_named(name) for name in ("highs", "highspy", "hipo"))
    return Contest(tmp_path_factory.mktemp("contest"), LIMIT, 1_000, None, 1, routes)


def test_contestants_run_side_by_side_and_their_answers_are_compared(contest: Contest) -> None:
    ours, peer, absent = contest.at_size(600)
    assert (ours.outcome, peer.outcome, absent.outcome) == (FINISHED, FINISHED, ABSENT)
    assert ours.check is not None
    assert ours.check.largest == 0
    assert peer.check is not None
    assert 0 < peer.check.rms < 1
    assert peer.check.violation < 1e-6
    assert peer.total > 0
    assert peer.megabytes > 30
    assert peer.versions.keys() == {"highspy"}


@pytest.mark.parametrize(
    ("before", "cells", "outcome", "note"),
    [
        (PeerResult("highspy", "", "", 1_000, STOPPED), 10_000, SKIPPED, "stopped at 1,000 cells"),
        (
            PeerResult("highspy", "", "", 1_000, NO_ANSWER, "it gave up"),
            10_000,
            SKIPPED,
            "no answer at 1,000 cells",
        ),
        (PeerResult("highspy", "", "", 1_000, ABSENT, "not here"), 10_000, ABSENT, "not here"),
        (
            PeerResult("highspy", "", "", 1_000, FINISHED, "", {"build": 5, "solve": 6, "extract": 0}),
            10_000,
            SKIPPED,
            "at least 110 s",
        ),
    ],
)
def test_a_contestant_without_hope_is_not_run_and_the_reason_is_stated(
    before: PeerResult, cells: int, outcome: str, note: str, tmp_path: Path
) -> None:
    contest = Contest(tmp_path, 100.0, 100_000, None)
    contest.seen["highspy"] = before
    result = contest.why_not(route_named("highspy"), cells)
    assert result is not None
    assert result.outcome == outcome
    assert note in result.note


def test_an_answer_from_our_polish_that_is_not_ours_is_an_alarm() -> None:
    def result(formulation: str, largest: float, violation: float) -> PeerResult:
        check = AnswerCheck(0.0, largest, 0.0, violation)
        return PeerResult("x", "PuLP -> CBC", formulation, 1_000, FINISHED, check=check)

    good = [result(OURS, 0, 1e-15), result(OURS_PASSES, 1e-10, 1e-12), result(TEXTBOOK_LP, 0.1, 0.0)]
    assert disagreements(good) == []
    (alarm,) = disagreements([*good, result(OURS_PASSES, 1e-5, 0.0)])
    assert "PuLP -> CBC" in alarm
    assert disagreements([result(OURS, 0.0, 1e-4)])
    assert disagreements([PeerResult("x", "ours", OURS, 1_000, NO_ANSWER, "it broke down")])


def test_peers_stay_out_beyond_their_size_but_ours_runs(tmp_path: Path) -> None:
    contest = Contest(tmp_path, LIMIT, 100_000, None)
    peer = contest.why_not(route_named("pulp-cbc"), 1_000_000)
    assert peer is not None
    assert peer.outcome == SKIPPED
    assert contest.why_not(route_named("highs"), 1_000_000) is None


def test_a_whole_run_is_measured_by_phase(tmp_path: Path) -> None:
    plan = write_benchmark_plan(tmp_path / "plan", 20, 2, 1)
    result = measure_run("tiny", 40, plan, tmp_path / "out", "auto", LIMIT)
    assert result.outcome == FINISHED
    assert {"read", "anchors", "solve", "round"} <= result.phases.keys()
    assert sum(result.phases.values()) < result.seconds
    assert result.megabytes > 100


def test_a_whole_run_that_fails_is_an_error_and_no_figure(tmp_path: Path) -> None:
    with pytest.raises(RuntimeError, match="exit code"):
        measure_run("nothing", 0, tmp_path / "no-plan", tmp_path / "out", "auto", LIMIT)


def test_the_record_is_kept_after_every_part(tmp_path: Path) -> None:
    kept: list[BenchmarkRecord] = []
    extent = Extent(warm_sizes=(600,), growth_base=0, changes=4)
    record = measure(extent, ("growth", "warm"), "auto", tmp_path, kept.append)
    assert kept == [record]
    assert [one.changes for one in record.warm] == [4]
    assert record.peers == record.growth == []
    assert record.machine.cores >= 1
    assert record.machine.versions["numpy"] == np.__version__


def test_measures_and_rule_lines_grow_as_asked(tmp_path: Path) -> None:
    small = write_benchmark_plan(tmp_path / "small", 20, 2, 1)
    large = write_benchmark_plan(tmp_path / "large", 20, 2, 1, n_measure=3, n_own_rule=4, n_own_cell_rule=5)
    lines = {
        folder: (folder / "rules.csv").read_text(encoding="utf-8").splitlines() for folder in (small, large)
    }
    assert len(lines[small]) == 1 + 9
    assert len(lines[large]) == 1 + 3 * (9 + 4 + 5)
    assert len({line.split(",")[0] for line in lines[large]}) == len(lines[large])


@pytest.mark.parametrize("kind", KINDS)
def test_a_what_if_changes_one_thing_and_moves_the_answer(kind: str, tmp_path: Path) -> None:
    task = tiny_task(tmp_path / "plan")
    engine = named_engine("highs")
    before = solve_model(model_of_task(task), engine)
    x = before.x * model_of_task(task).unit
    changed = CHANGES[KINDS.index(kind)](task, x, np.random.Generator(np.random.PCG64(1)))
    n = len(task.row_lower)
    is_row = (changed.row_lower[:n] != task.row_lower) | (changed.row_upper[:n] != task.row_upper)
    is_cell = (changed.lower != task.lower) | (changed.upper != task.upper)
    assert is_row.sum() + is_cell.sum() + len(changed.row_lower) - n == 1


def test_what_if_reports_every_kind_and_agrees_with_a_fresh_solve(tmp_path: Path) -> None:
    task = tiny_task(tmp_path / "plan")
    result = measure_warm(replace(task), "auto", 8, LIMIT)
    assert result.median_seconds.keys() == {*KINDS, "all"}
    assert result.changes == 8
    assert result.largest_difference <= 1e-9


def test_every_command_is_timed_on_plans_with_few_and_many_rules(tmp_path: Path) -> None:
    sizes = rule_sizes(20)
    assert [size.own_rules + size.own_cell_rules for size in sizes] == [0, 2, 20, 160]
    results = measure_plan(tmp_path, sizes[-1], LIMIT, ())
    assert {(result.outcome, result.cells, result.rules) for result in results} == {(FINISHED, 200, 169)}
    assert [result.command for result in results] == [
        "check",
        "run",
        "run, another total",
        "verify",
        "whatif",
        "compare",
        "limits",
        "explain",
        "explain --plan",
        "run, impossible total",
    ]


def test_a_command_that_ends_otherwise_than_it_should_gives_no_figure(tmp_path: Path) -> None:
    wrong = timed(CommandResult("check", 0, 0, FINISHED, 0, 0, 0), ["check", str(tmp_path / "none")], LIMIT)
    assert wrong.outcome == NO_ANSWER
