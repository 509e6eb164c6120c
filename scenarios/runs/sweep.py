"""A sweep from file to finished outcomes."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from types import TracebackType
from typing import Any, Self

from allocator.anchors.observed import observe
from allocator.attainment.growth import company_growth
from allocator.errors import Fault, InfeasiblePlan, InputFaults
from allocator.model.labels import label_plan
from allocator.plan.plan import Plan
from scenarios.acceptance import judge
from scenarios.files.sweep_file import SweepFile
from scenarios.runs.drive import Work, drive
from scenarios.runs.fleets import Fleet
from scenarios.runs.limit_work import LimitWork
from scenarios.runs.outcome import Outcome
from scenarios.runs.plan_of_runs import GRID, Run, spell_out_runs
from scenarios.runs.store import OutcomeStore, limit_key, run_key
from scenarios.runs.work import Bench, Shared, baseline_targets, run_scenario
from scenarios.scenario import BASE, Chain

Progress = Callable[[int, int], None]


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


class SweepSession:
    """A sweep that is being run: its runs, further runs between them, limits of its plans.

    Every outcome is stored as soon as it is there, under the hash of its inputs; a sweep that was killed
    goes on where it stopped and ends in the same outcomes. Runs with the same inputs are solved once.

    Raises
    ------
    InputFaults
        If a change or an axis does not fit the plan, or another sweep writes into the folder; nothing is
        run then.
    """

    def __init__(
        self, plan: Plan, sweep: SweepFile, folder: Path, fleet: Fleet, options: Options | None = None
    ) -> None:
        self.plan, self.sweep, self._fleet = plan, sweep, fleet
        self._options = options or Options()
        self.runs = spell_out_runs(sweep, plan, lambda: _learned_growth(plan))
        alone = Shared(plan, None, *_settings(self._options))
        check_changes(alone, sweep, self.runs)
        self._shared = Shared(plan, baseline_targets(alone, sweep.baseline), *_settings(self._options))
        self._store = OutcomeStore(folder)
        self._handle: tuple[Any] | None = None

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._store.close()

    def outcomes(self, progress: Progress | None = None) -> tuple[Outcome, ...]:
        """Run what is not stored yet and return all outcomes, judged, in the order of the runs."""
        return _judged(self.further(self.runs, progress), self.sweep)

    def further(self, runs: Sequence[Run], progress: Progress | None = None) -> list[Outcome]:
        """Run what is not stored yet of any runs over this plan."""
        keys = [run_key(self._shared, run.chain, self.sweep.baseline) for run in runs]
        chains = {key: run.chain for key, run in zip(keys, runs, strict=True)}
        self._run_missing(chains, run_scenario, progress)
        return [Outcome(run, key, _stored(self._store, key)) for run, key in zip(runs, keys, strict=True)]

    def limits(self, chains: Sequence[Chain], work: LimitWork) -> list[dict[str, Any]]:
        """Find how far the totals of the plan under each chain can go, as far as it is not stored yet."""
        keys = [limit_key(self._shared, chain, repr(work)) for chain in chains]
        self._run_missing(dict(zip(keys, chains, strict=True)), work, None)
        return [_stored(self._store, key) for key in keys]

    def _run_missing(self, chains: Mapping[str, Chain], work: Work, progress: Progress | None) -> None:
        tell = progress or (lambda done, total: None)
        missing = [key for key in chains if not _is_settled(self._store.get(key), self._options)]
        done = len(chains) - len(missing)
        tell(done, len(chains))
        if not missing:
            return

        def keep(key: str, figures: dict[str, Any]) -> None:
            nonlocal done
            self._store.put(key, figures)
            done += 1
            tell(done, len(chains))

        if self._handle is None:
            self._handle = (self._fleet.share(self._shared),)
        tasks = ((key, chains[key]) for key in missing)
        drive(
            tasks, self._fleet.executor, self._handle[0], self._fleet.workers, keep, work, self._fleet.parcel
        )


def run_sweep(
    plan: Plan,
    sweep: SweepFile,
    folder: Path,
    fleet: Fleet,
    options: Options | None = None,
    progress: Progress | None = None,
) -> tuple[Outcome, ...]:
    """Run what is not stored yet and return all outcomes in the order of the runs (see `SweepSession`).

    Raises
    ------
    InputFaults
        If a change or an axis does not fit the plan; nothing is run then.
    """
    with SweepSession(plan, sweep, folder, fleet, options) as session:
        return session.outcomes(progress)


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
    labels = label_plan(plan)
    return company_growth(plan, labels, observe(plan, labels, measure)).rate


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
