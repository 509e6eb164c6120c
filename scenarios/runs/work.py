"""What a worker does: one scenario in, plain figures out. The same code runs in every kind of worker."""

import threading
from dataclasses import dataclass
from typing import Any

from allocator.errors import EngineFailure, InfeasiblePlan, InputFaults, RunStopped
from allocator.plan.plan import Plan
from scenarios.family import PlanFamily
from scenarios.kpis import RepTargets, measure_kpis, places_that, rep_targets, rules_that
from scenarios.scenario import Chain
from scenarios.solving import Solution
from solver_models.engines.base import EngineOptions
from solver_models.engines.choice import choose_engine

FORMAT = 3
"""Raised when the figures of a run change their meaning, so that stored ones are not taken for new ones."""


@dataclass(frozen=True)
class Shared:
    """What all runs of a sweep have in common; sent to each worker once.

    Parameters
    ----------
    against
        Targets that churn is counted against; None where the baseline has none.
    rounded
        Round to whole units.
    time_limit
        Seconds that an engine may take for one run.
    """

    plan: Plan
    against: RepTargets | None
    engine: str
    rounded: bool
    time_limit: float


class Bench:
    """What a worker keeps between runs: what the plans of a sweep share. Never a result."""

    def __init__(self, shared: Shared) -> None:
        self.shared = shared
        options = EngineOptions(time_limit=shared.time_limit)
        self.family = PlanFamily(
            choose_engine(shared.engine), options, rounded=shared.rounded, base=shared.plan
        )

    def solve(self, plan: Plan) -> Solution:
        """Solve a plan."""
        return self.family.solve(plan)

    def changed(self, chain: Chain) -> Plan:
        """Return the plan under a chain."""
        return self.family.changed(self.shared.plan, chain)


_HERE = threading.local()


def run_scenario(shared: Shared | None, chain: Chain) -> dict[str, Any]:
    """Solve one scenario and return its outcome as plain JSON types.

    Parameters
    ----------
    shared
        None in workers that were given it when they started (`start_worker`).

    Returns
    -------
    `status` done, infeasible, stopped, at-fault or failed; `reason` in words unless done; `measures` if done.
    """
    bench = bench_of(shared)
    try:
        plan = bench.changed(chain)
        return outcome(bench.solve(plan), bench)
    except InfeasiblePlan as infeasible:
        return {"status": "infeasible", "reason": str(infeasible), "measures": {}}
    except InputFaults as error:
        return {"status": "at-fault", "reason": str(error), "measures": {}}
    except RunStopped as stopped:
        return {"status": "stopped", "reason": str(stopped), "measures": {}}
    except EngineFailure as failure:
        return {"status": "failed", "reason": str(failure), "measures": {}}


def outcome(solution: Solution, bench: Bench) -> dict[str, Any]:
    """Return the figures of a solution."""
    kpis = measure_kpis(solution, bench.family.ground, bench.shared.against)
    return {
        "status": "done",
        "reason": "",
        "measures": {
            found.measure: {
                "kpis": dict(found.values),
                "chance_basis": dict(found.chance_basis),
                "nodes": dict(found.by_node),
                "products": dict(found.by_product),
                "binding": sorted(rules_that(one, "binding")),
                "relaxed": sorted(rules_that(one, "relaxed")),
                "places": {name: places_that(solution, one, name) for name in ("binding", "relaxed")},
            }
            for one, found in zip(solution.measures, kpis, strict=True)
        },
    }


def baseline_targets(shared: Shared, chain: Chain) -> RepTargets | None:
    """Solve the baseline and keep its reps' targets; None where it cannot be solved."""
    bench = Bench(shared)
    try:
        return rep_targets(bench.solve(bench.changed(chain)))
    except (InfeasiblePlan, RunStopped, EngineFailure):
        return None


_started: Shared | None = None


def start_worker(shared: Shared) -> None:
    """Give a worker process what all its runs have in common."""
    global _started  # noqa: PLW0603 - one per process, set once when it starts
    _started = shared


def bench_of(shared: Shared | None) -> Bench:
    """Return what this worker keeps between runs of a sweep; None = the sweep it was started with."""
    wanted = shared or _started
    if wanted is None:
        raise RuntimeError("this worker was never told which plan it works on")
    bench: Bench | None = getattr(_HERE, "bench", None)
    if bench is None or bench.shared is not wanted:
        bench = Bench(wanted)
        _HERE.bench = bench
    return bench
