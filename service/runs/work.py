"""The work of a run: plan and scenarios in, result files and key figures out; no database, no clock."""

import json
import tempfile
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

from allocator.attainment.basis import said_basis
from allocator.errors import EngineFailure, InfeasiblePlan, InputFaults, RunStopped
from allocator.plan.plan import Plan
from allocator.results.folder import write_results
from allocator.results.json_text import json_text
from scenarios.family import PlanFamily
from scenarios.kpis import measure_kpis
from scenarios.solving import Solution
from service.plans.org_paths import paths_of
from service.runs.job import Job, read_chain
from service.runs.outcome import Outcome
from solver_models.engines.base import EngineError, EngineOptions
from solver_models.engines.choice import choose_engine

Tell = Callable[[str], None]


def family_of(job: Job, base: Plan) -> PlanFamily:
    """Return what the runs of a plan with the same engine and limit share.

    Raises
    ------
    EngineError
        If there is no such engine here.
    """
    return PlanFamily(
        choose_engine(job.engine), EngineOptions(time_limit=job.time_limit), rounded=True, base=base
    )


def work(
    job: Job,
    base: Plan,
    tell: Tell = lambda phase: None,
    family: PlanFamily | None = None,
    stop: Callable[[], bool] | None = None,
) -> Outcome:
    """Allocate a plan under its scenarios; whatever goes wrong with the input is an outcome, too.

    Parameters
    ----------
    tell
        Called with the phase as the run goes on.
    family
        `family_of` this plan, where it is kept; the outcome is the same without it.
    stop
        Says true once somebody wants the best there is: soft tiers not settled yet are left out.
    """
    try:
        chain = read_chain(job.chain)
        family = family or family_of(job, base)
        tell("change")
        plan = family.changed(base, chain)
        allocation, solution = family.allocate(
            plan, lambda measure, phase: tell(f"{phase} {measure}"), EngineOptions(job.time_limit, stop)
        )
        tell("key figures")
        kpis = kpis_of(solution, family, job.lang)
        replayed = {
            measure: family.ground.replayed(plan, solution.labels, measure) for measure in plan.spec.measures
        }
        tell("write")
        with tempfile.TemporaryDirectory(prefix="run-") as folder:
            out = Path(folder) / "result"
            written = write_results(
                allocation, out, job.lang, with_workbook=job.with_workbook, replayed=replayed
            )
            files = _contents(out, written["files"])
        files["nodes.json"] = nodes_file(plan)
    except InfeasiblePlan as infeasible:
        return _infeasible(infeasible)
    except InputFaults as error:
        faults = [fault.as_dict(job.lang) for fault in error.faults]
        listed = json.dumps(faults, ensure_ascii=False).encode()
        return Outcome("at_fault", str(error), {"faults.json": listed})
    except RunStopped as stopped:
        return Outcome("failed", str(stopped))
    except (EngineFailure, EngineError) as failure:
        return Outcome("failed", str(failure))
    status = "succeeded" if allocation.status == "optimal" else "stopped"
    return Outcome(status, "", files, kpis, written["result_hash"])


def kpis_of(solution: Solution, family: PlanFamily, lang: str) -> dict[str, dict[str, Any]]:
    """Return the key figures by measure, as JSON types, with what the chances among them rest on."""
    return {
        one.measure: {
            **one.values,
            "by_product": one.by_product,
            "chance_basis": said_basis(one.chance_basis, lang),
        }
        for one in measure_kpis(solution, family.ground)
    }


def plan_under(chain: str, base: Plan) -> Plan:
    """Return a plan with the scenarios of a chain laid over it."""
    return family_of(Job("", chain), base).changed(base, read_chain(chain))


def nodes_file(plan: Plan) -> bytes:
    """Return {node: path} of the changed plan: a scenario may hire, move and split."""
    return json.dumps(paths_of(plan), ensure_ascii=False).encode()


def _contents(folder: Path, names: Sequence[str]) -> dict[str, bytes]:
    return {name: (folder / name).read_bytes() for name in names}


def _infeasible(infeasible: InfeasiblePlan) -> Outcome:
    words = json_text(infeasible.diagnosis) + "\n"
    return Outcome("infeasible", str(infeasible), {"diagnosis.json": words.encode()})
