"""A plan and what grows out of it by changes: solved with all that its members share."""

from collections import OrderedDict
from typing import TypeVar

from allocator.allocation import Allocation
from allocator.pipeline import Progress
from allocator.plan.plan import Plan
from allocator.plan.rebuilding import PlanSheets
from scenarios.changes.plan_texts import Reference
from scenarios.groundwork import Groundwork
from scenarios.scenario import Chain, apply_chain, chain_hash
from scenarios.solving import Solution, allocate_scenario, solve
from scenarios.warm import WarmBase
from solver_models.engines.base import Engine, EngineOptions

KEPT = 4
Key = TypeVar("Key")
Value = TypeVar("Value")


class PlanFamily:
    """Solves plans of one family; keeps sheets, parents and the answers of the last few, never more.

    Parameters
    ----------
    engine, options
        As for a run.
    rounded
        Round to whole units.
    base
        The plan that the others are changes of: its answer is where their search begins.
    """

    def __init__(
        self,
        engine: Engine,
        options: EngineOptions | None = None,
        *,
        rounded: bool,
        base: Plan | None = None,
    ) -> None:
        self.ground = Groundwork()
        self._of, self._base = base, WarmBase(base, self.ground)
        self._engine, self._options, self._rounded = engine, options, rounded
        self._plans: OrderedDict[str, Plan] = OrderedDict()
        # keys are ids of plans; the plans are kept beside the values, so that no id is used again
        self._sheets: OrderedDict[int, tuple[Plan, PlanSheets]] = OrderedDict()
        self._solutions: OrderedDict[int, tuple[Plan, Solution]] = OrderedDict()

    def solve(self, plan: Plan) -> Solution:
        """Solve a plan, without keeping the answer."""
        return solve(
            plan, self._engine, self._options, ground=self.ground, base=self._base, rounded=self._rounded
        )

    def allocate(
        self, plan: Plan, progress: Progress, options: EngineOptions | None = None
    ) -> tuple[Allocation, Solution]:
        """Allocate a plan, with all that a result folder needs; the base itself as `allocate` does."""
        base = WarmBase(None, self.ground) if plan is self._of else self._base
        return allocate_scenario(
            plan, self._engine, options or self._options or EngineOptions(), self.ground, base, progress
        )

    def kept(self, plan: Plan) -> Solution:
        """Solve a plan and keep the answer."""
        if id(plan) not in self._solutions:
            _keep(self._solutions, id(plan), (plan, self.solve(plan)))
        return self._solutions[id(plan)][1]

    def sheets(self, plan: Plan) -> PlanSheets:
        """Return the sheets of a plan and keep them."""
        if id(plan) not in self._sheets:
            _keep(self._sheets, id(plan), (plan, PlanSheets(plan)))
        return self._sheets[id(plan)][1]

    def reference(self, plan: Plan) -> Reference:
        """Return the targets of a plan by name; it is solved when the first one is asked for."""

        def target(measure: str, node: str, product: str) -> float:
            solution = self.kept(plan)
            labels = solution.labels
            one = next(one for one in solution.measures if one.measure == measure)
            return float(one.amounts[labels.node_code[node], labels.product_code[product]])

        return target

    def changed(self, plan: Plan, chain: Chain) -> Plan:
        """Return a plan under a chain; plans of parents are kept, so that children share tables."""
        origin = plan
        for k in range(len(chain)):
            key = chain_hash(origin, chain[: k + 1])
            if key in self._plans:
                plan = self._plans[key]
                continue
            plan = apply_chain(plan, chain[k : k + 1], self.reference, self.sheets).plan
            if k < len(chain) - 1:
                _keep(self._plans, key, plan)
        return plan


def _keep(kept: OrderedDict[Key, Value], key: Key, value: Value) -> None:
    kept[key] = value
    if len(kept) > KEPT:
        kept.popitem(last=False)
