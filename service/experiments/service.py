"""What can be done with experiments."""

import json
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy.orm import Session

from allocator.attainment.basis import basis_on_file, said_basis
from allocator.plan.faults import FaultCollector
from allocator.plan.plan import Plan
from allocator.texts import worded
from scenarios.acceptance import Verdict, judge, read_acceptance
from scenarios.files.sweep_file import SweepFile, sweep_of
from scenarios.kpis import CHANCES, KPIS
from scenarios.runs.plan_of_runs import Run as Planned
from scenarios.runs.plan_of_runs import spell_out_runs
from scenarios.scenario import Chain
from service.audit.repository import record
from service.auth.principal import Principal
from service.db.models import Acceptance, Experiment, ExperimentRun, PlanRevision
from service.experiments import repository
from service.experiments.repository import Cell
from service.experiments.schemas import AcceptanceCreate, ExperimentCreate
from service.ids import new_id
from service.plans.service import find_plan
from service.problems.problem import FieldError, Problem
from service.runs.job import read_chain
from service.runs.outcome import ENDED, WITH_RESULT
from service.runs.service import RunOptions, ask_for_run

FILE = "experiment"
Figures = Mapping[str, Mapping[str, float | None]]


def spell_out(wanted: ExperimentCreate, chains: Sequence[str], plan: Plan, limit: int) -> tuple[Planned, ...]:
    """Return every run: the plan itself, the scenarios, and the grid over each of them.

    Parameters
    ----------
    chains
        The stored chain (JSON) of each scenario, in their order.
    limit
        The most runs that an experiment may have.

    Raises
    ------
    InputFaults
        With everything that is wrong with the grid, before anything is spelled out.
    """
    found = sweep_of({"grid": _plain(wanted.grid)}, FILE, wanted.name, limit // max(1, len(chains)))
    read: tuple[Chain, ...] = tuple(read_chain(chain) for chain in chains)
    sweep = SweepFile(wanted.name, read, found.axes, None, (), ())
    return spell_out_runs(sweep, plan, float)


def create_experiment(
    session: Session,
    principal: Principal,
    wanted: ExperimentCreate,
    revision: PlanRevision,
    planned: Sequence[Planned],
    options: RunOptions,
    now: datetime,
) -> Experiment:
    """Queue every run of a grid."""
    made = Experiment(
        experiment_id=new_id("exp", now),
        plan_id=revision.plan_id,
        name=wanted.name,
        grid=wanted.model_dump_json(),
        created_by=principal.account_id,
        created_at=now,
    )
    session.add(made)
    session.flush()
    for position, one in enumerate(planned):
        run = ask_for_run(session, principal, revision, _stored(one.chain), None, options, now)
        label = {"name": one.name, "scenario": one.scenario, "point": dict(one.point)}
        session.add(
            ExperimentRun(
                experiment_id=made.experiment_id,
                position=position,
                run_id=run.run_id,
                label=json.dumps(label, ensure_ascii=False),
            )
        )
    session.flush()
    told = {"plan_id": made.plan_id, "name": made.name, "runs": len(planned)}
    record(
        session, now, principal.account_id, "experiment.create", made.experiment_id, before=None, after=told
    )
    return made


def find_experiment(session: Session, principal: Principal, experiment_id: str) -> Experiment:
    """Return an experiment, or `not-found` for what is foreign and what is not there alike."""
    found = repository.get_experiment(session, experiment_id)
    if found is None:
        raise Problem("not-found")
    find_plan(session, principal, found.plan_id)
    return found


def accept(
    session: Session,
    principal: Principal,
    experiment: Experiment,
    wanted: AcceptanceCreate,
    lang: str,
    now: datetime,
) -> Acceptance:
    """Judge every run of an experiment that has ended.

    Raises
    ------
    Problem
        `runs-not-ended` while runs are under way, `invalid` where the baseline has no result.
    InputFaults
        With every rule that cannot be read.
    """
    faults = FaultCollector()
    rules = read_acceptance(list(wanted.rules), FILE, faults)
    faults.raise_if_any()
    cells = repository.cells(session, experiment.experiment_id, 0, 2**31)
    waiting = [cell for cell in cells if cell.status not in ENDED]
    if waiting:
        raise Problem("runs-not-ended", count=len(waiting))
    baseline = next((cell for cell in cells if cell.position == wanted.baseline), None)
    if baseline is None or baseline.status not in WITH_RESULT:
        message = worded("fault.experiment.baseline", number=wanted.baseline)
        raise Problem("invalid", errors=[FieldError("/baseline", message)], count=1)
    reference = figures(baseline)
    runs = [
        _judged(cell, judge(rules, figures(cell), reference) if cell.status in WITH_RESULT else (), lang)
        for cell in cells
    ]
    made = Acceptance(
        acceptance_id=new_id("acc", now),
        experiment_id=experiment.experiment_id,
        rules=json.dumps({"rules": wanted.rules, "baseline": wanted.baseline}, ensure_ascii=False),
        outcome=json.dumps(runs, ensure_ascii=False),
        created_by=principal.account_id,
        created_at=now,
    )
    session.add(made)
    session.flush()
    told = {"rules": list(wanted.rules), "accepted": sum(run["accepted"] for run in runs)}
    record(
        session, now, principal.account_id, "experiment.accept", made.acceptance_id, before=None, after=told
    )
    return made


def figures(cell: Cell) -> Figures:
    """Return the key figures of a run by measure."""
    kpis: dict[str, dict[str, Any]] = json.loads(cell.kpis)
    return {
        measure: {name: values[name] for name in KPIS if name in values} for measure, values in kpis.items()
    }


def chance_bases(cell: Cell, lang: str) -> dict[str, dict[str, Any]]:
    """Return what the chances of a run rest on, by measure; without those that were not kept."""
    kpis: dict[str, dict[str, Any]] = json.loads(cell.kpis)
    found = {measure: basis_on_file(values.get("chance_basis")) for measure, values in kpis.items()}
    return {measure: said_basis(basis, lang) for measure, basis in found.items() if basis}


def _judged(cell: Cell, verdicts: Sequence[Verdict], lang: str) -> dict[str, Any]:
    bases = chance_bases(cell, lang)
    return {
        "position": cell.position,
        "name": json.loads(cell.label)["name"],
        "run_id": cell.run_id,
        "status": cell.status,
        "accepted": cell.status in WITH_RESULT and all(verdict.passed for verdict in verdicts),
        "verdicts": [
            {
                "rule": verdict.rule.text,
                "measure": verdict.measure,
                "value": verdict.value,
                "limit": verdict.limit,
                "passed": verdict.passed,
                "text": verdict.sentence(lang),
                "chance_basis": bases.get(verdict.measure) if verdict.rule.kpi in CHANCES else None,
            }
            for verdict in verdicts
        ],
    }


def _plain(grid: Mapping[str, Any]) -> dict[str, Any]:
    """Numbers of JSON become the texts that a file would hold, so that 0.1 stays 0.1."""

    def words(value: Any) -> Any:
        if isinstance(value, Mapping):
            return {name: words(one) for name, one in value.items()}
        if isinstance(value, list):
            return [words(one) for one in value]
        return value if isinstance(value, str) else repr(value)

    return {name: words(value) for name, value in grid.items()}


def _stored(chain: Chain) -> list[dict[str, Any]]:
    return [
        {"name": one.name, "changes": [change.model_dump(mode="json") for change in one.changes]}
        for one in chain
    ]
