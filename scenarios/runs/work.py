"""What a worker does: one scenario in, plain figures out. The same code runs in every kind of worker."""

import threading
from collections import OrderedDict
from dataclasses import dataclass
from typing import Any

from allocator.errors import EngineFailure, InfeasiblePlan, InputFaults, RunStopped
from allocator.plan.plan import Plan
from allocator.plan.rebuilding import PlanSheets
from scenarios.changes.plan_texts import Reference
from scenarios.groundwork import Groundwork
from scenarios.kpis import RepTargets, measure_kpis, rep_targets, rules_that
from scenarios.scenario import Chain, apply_chain, chain_hash
from scenarios.solving import Solution, solve
from solver_models.engines.base import EngineOptions
from solver_models.engines.choice import choose_engine

FORMAT = 1
"""Raised when the figures of a run change their meaning, so that stored ones are not taken for new ones."""
KEPT_PLANS = 4


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
    """What a worker keeps between runs: labels, evidence, the plans of parents. Never a result."""

    def __init__(self, shared: Shared) -> None:
        self.shared = shared
        self.ground = Groundwork()
        self._engine = choose_engine(shared.engine)
        self._plans: OrderedDict[str, Plan] = OrderedDict()
        self._sheets: OrderedDict[int, tuple[Plan, PlanSheets]] = OrderedDict()
        self._references: OrderedDict[int, tuple[Plan, Solution]] = OrderedDict()

    def solve(self, plan: Plan) -> Solution:
        """Solve a plan."""
        options = EngineOptions(time_limit=self.shared.time_limit)
        return solve(plan, self._engine, options, ground=self.ground, rounded=self.shared.rounded)

    def changed(self, chain: Chain) -> Plan:
        """Return the plan under a chain; plans of parents are kept, so that children share tables."""
        plan = self.shared.plan
        for k in range(len(chain)):
            key = chain_hash(self.shared.plan, chain[: k + 1])
            is_last = k == len(chain) - 1
            if key in self._plans:
                plan = self._plans[key]
                continue
            plan = apply_chain(plan, chain[k : k + 1], self._reference, self._sheets_of).plan
            if not is_last:
                _keep(self._plans, key, plan)
        return plan

    def _sheets_of(self, plan: Plan) -> PlanSheets:
        if id(plan) not in self._sheets:
            _keep(self._sheets, id(plan), (plan, PlanSheets(plan)))
        return self._sheets[id(plan)][1]

    def _reference(self, plan: Plan) -> Reference:
        def target(measure: str, node: str, product: str) -> float:
            if id(plan) not in self._references:
                _keep(self._references, id(plan), (plan, self.solve(plan)))
            solution = self._references[id(plan)][1]
            one = next(one for one in solution.measures if one.measure == measure)
            return float(one.amounts[solution.labels.node_code[node], solution.labels.product_code[product]])

        return target


def _keep(kept: OrderedDict[Any, Any], key: object, value: object) -> None:
    kept[key] = value
    if len(kept) > KEPT_PLANS:
        kept.popitem(last=False)


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
    bench = _bench(shared)
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
    kpis = measure_kpis(solution, bench.ground, bench.shared.against)
    return {
        "status": "done",
        "reason": "",
        "measures": {
            found.measure: {
                "kpis": dict(found.values),
                "nodes": dict(found.by_node),
                "products": dict(found.by_product),
                "binding": sorted(rules_that(one, "binding")),
                "relaxed": sorted(rules_that(one, "relaxed")),
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


def _bench(shared: Shared | None) -> Bench:
    wanted = shared or _started
    if wanted is None:
        raise RuntimeError("this worker was never told which plan it works on")
    bench: Bench | None = getattr(_HERE, "bench", None)
    if bench is None or bench.shared is not wanted:
        bench = Bench(wanted)
        _HERE.bench = bench
    return bench
