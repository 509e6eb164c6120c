"""A sweep from file to finished outcomes."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from allocator.anchors.observed import observe
from allocator.attainment.noise import company_growth
from allocator.errors import Fault, InfeasiblePlan, InputFaults
from allocator.model.labels import label_plan
from allocator.plan.plan import Plan
from scenarios.acceptance import Verdict, judge
from scenarios.files.sweep_file import SweepFile
from scenarios.runs.drive import drive
from scenarios.runs.fleets import Fleet
from scenarios.runs.plan_of_runs import GRID, Run, spell_out_runs
from scenarios.runs.store import OutcomeStore, run_key
from scenarios.runs.work import Bench, Shared, baseline_targets
from scenarios.scenario import BASE

Progress = Callable[[int, int], None]


@dataclass(frozen=True)
class Outcome:
    """A run and what became of it.

    Parameters
    ----------
    key
        Hash of its inputs.
    figures
        As `run_scenario` returns them.
    verdicts
        Acceptance, rule by rule; empty where there are no rules.
    """

    run: Run
    key: str
    figures: dict[str, Any]
    verdicts: tuple[Verdict, ...] = ()

    @property
    def is_accepted(self) -> bool:
        """Solved, and every acceptance rule holds."""
        return self.figures["status"] == "done" and all(verdict.passed for verdict in self.verdicts)

    def kpis(self) -> dict[str, dict[str, float | None]]:
        """Key figures by measure."""
        return {name: one["kpis"] for name, one in self.figures["measures"].items()}


@dataclass(frozen=True)
class Options:
    """How a sweep is run.

    Parameters
    ----------
    rounded
        Round to whole units.
    time_limit
        Seconds that an engine may take for one run.
    retry_failed
        Run stored failures again.
    """

    engine: str = "auto"
    rounded: bool = False
    time_limit: float = float("inf")
    retry_failed: bool = False


def run_sweep(
    plan: Plan,
    sweep: SweepFile,
    folder: Path,
    fleet: Fleet,
    options: Options | None = None,
    progress: Progress | None = None,
) -> tuple[Outcome, ...]:
    """Run what is not stored yet and return all outcomes in the order of the runs.

    Every outcome is stored as soon as it is there, under the hash of its inputs; a sweep that was killed
    goes on where it stopped and ends in the same outcomes. Runs with the same inputs are solved once.

    Raises
    ------
    InputFaults
        If a change or an axis does not fit the plan; nothing is run then.
    """
    options = options or Options()
    runs = spell_out_runs(sweep, plan, lambda: _learned_growth(plan))
    alone = Shared(plan, None, *_settings(options))
    check_changes(alone, sweep, runs)
    shared = Shared(plan, baseline_targets(alone, sweep.baseline), *_settings(options))
    keys = [run_key(shared, run.chain, sweep.baseline) for run in runs]
    with OutcomeStore(folder) as store:
        _run_missing(runs, keys, store, shared, fleet, options, progress or (lambda done, total: None))
        outcomes = [Outcome(run, key, _stored(store, key)) for run, key in zip(runs, keys, strict=True)]
    return _judged(outcomes, sweep)


def check_changes(shared: Shared, sweep: SweepFile, runs: Sequence[Run]) -> None:
    """Lay every scenario, each value of each axis and the first draw over the plan before anything runs.

    Raises
    ------
    InputFaults
        With all their faults at once.
    """
    bench = Bench(shared)
    faults: dict[Fault, None] = {}
    seen: set[tuple[str, str, str]] = set()
    for run in runs:
        labels = run.point if run.kind == GRID else ((run.kind, ""),)
        new = {(run.scenario, axis, label) for axis, label in labels} - seen
        if not new:
            continue
        seen |= new
        try:
            bench.changed(run.chain)
        except InfeasiblePlan:
            continue  # a parent whose targets a change refers to; the run will tell
        except InputFaults as error:
            faults |= dict.fromkeys(error.faults)
    if faults:
        raise InputFaults(tuple(faults))


def _settings(options: Options) -> tuple[str, bool, float]:
    return options.engine, options.rounded, options.time_limit


def _learned_growth(plan: Plan) -> float:
    measure = next(iter(plan.spec.measures))
    return company_growth(observe(plan, label_plan(plan), measure))[0]


def _run_missing(
    runs: Sequence[Run],
    keys: Sequence[str],
    store: OutcomeStore,
    shared: Shared,
    fleet: Fleet,
    options: Options,
    progress: Progress,
) -> None:
    chains = {key: run.chain for key, run in zip(keys, runs, strict=True)}
    missing = [key for key in chains if not _is_settled(store.get(key), options)]
    done = len(chains) - len(missing)
    progress(done, len(chains))
    if not missing:
        return

    def keep(key: str, figures: dict[str, Any]) -> None:
        nonlocal done
        store.put(key, figures)
        done += 1
        progress(done, len(chains))

    handle = fleet.share(shared)
    tasks = ((key, chains[key]) for key in missing)
    drive(tasks, fleet.executor, handle, fleet.workers, keep, parcel=fleet.parcel)


def _is_settled(figures: dict[str, Any] | None, options: Options) -> bool:
    if figures is None or figures["status"] == "stopped":
        return False
    return figures["status"] != "failed" or not options.retry_failed


def _stored(store: OutcomeStore, key: str) -> dict[str, Any]:
    figures = store.get(key)
    if figures is None:
        raise RuntimeError(f"the outcome {key} was stored but is not there")
    return figures


def _judged(outcomes: Sequence[Outcome], sweep: SweepFile) -> tuple[Outcome, ...]:
    """Judge every run but the baseline itself by the acceptance rules."""
    name = sweep.baseline[-1].name if sweep.baseline else BASE
    baseline = next(one for one in outcomes if one.run.name == name)
    return tuple(
        Outcome(one.run, one.key, one.figures, judge(sweep.acceptance, one.kpis(), baseline.kpis()))
        if one.figures["status"] == "done"
        else one
        for one in outcomes
    )
