"""What a worker does when asked how far the totals of a plan can go: plain figures out."""

from dataclasses import dataclass
from typing import Any

from allocator.errors import EngineFailure, InfeasiblePlan, InputFaults, RunStopped
from allocator.plan.plan import Plan
from scenarios.frontier.limits import Products, feasible_limits
from scenarios.frontier.words import limits_json
from scenarios.runs.work import Shared, bench_of
from scenarios.scenario import Chain
from solver_models.engines.base import EngineOptions
from solver_models.engines.choice import choose_engine


@dataclass(frozen=True)
class LimitWork:
    """Finds the limits of every measure of a plan under a chain; sent to a worker with the chain.

    Parameters
    ----------
    measure
        The only one asked for; None = all.
    products
        Whether stated product totals follow the company's.
    with_nodes
        Ask for the nodes right below the company, too.
    """

    measure: str | None = None
    products: Products = "follow"
    with_nodes: bool = True

    def __call__(self, shared: Shared | None, chain: Chain) -> dict[str, Any]:
        """Return status, reason, the limits by measure and the names of the nodes they speak of."""
        bench = bench_of(shared)
        try:
            plan = bench.changed(chain)
        except (InfeasiblePlan, InputFaults, RunStopped, EngineFailure) as error:
            return {"status": "failed", "reason": str(error), "measures": {}}
        asked = [name for name in plan.spec.measures if self.measure in (None, name)]
        measures = {name: self._limits(plan, name, bench.shared) for name in asked}
        named = {limit["node_id"] for one in measures.values() for limit in _all_limits(one)}
        rows = zip(plan.org["node_id"], plan.org["name"], strict=True)
        names = {str(node): str(name) for node, name in rows if node in named}
        return {"status": "done", "reason": "", "measures": measures, "names": names}

    def _limits(self, plan: Plan, measure: str, shared: Shared) -> dict[str, Any]:
        """One measure; without limits where there are none to find, with the reason."""
        engine, options = choose_engine(shared.engine), EngineOptions(time_limit=shared.time_limit)
        levels = None if self.with_nodes else ()
        try:
            found = feasible_limits(plan, measure, engine, options, levels=levels, products=self.products)
        except (InfeasiblePlan, InputFaults, RunStopped, EngineFailure) as error:
            return {"status": type(error).__name__, "reason": str(error)}
        return {"status": "done", "reason": "", **limits_json([found])["measures"][measure]}


def _all_limits(found: dict[str, Any]) -> list[dict[str, Any]]:
    return [found["company"], *found["nodes"]] if found["status"] == "done" else []
