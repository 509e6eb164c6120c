"""The answer of the plan that all scenarios change: each of them is solved from it, never from another."""

from allocator.errors import EngineFailure, InfeasiblePlan, RunStopped
from allocator.phases import Phases
from allocator.pipeline import ModelSolver, solve_measure
from allocator.plan.plan import Plan
from scenarios.groundwork import Groundwork
from solver_models.engines.base import BalanceEngine, Engine, EngineOptions
from solver_models.model import BalanceModel
from solver_models.solve import SolvedModel, solve_model
from solver_models.warm import WarmState, solve_from, solve_warm


class WarmBase:
    """What the answer of a base plan lends to its scenarios; found when the first one asks for it.

    A scenario's answer depends on the base and on the scenario alone, so it is the same in every worker and
    in any order. Without a base, with an engine that has no search of its own, and where the base has no
    answer, scenarios are solved afresh.

    Parameters
    ----------
    plan
        The base; None = there is none.
    ground
        What is known of the base's tables.
    """

    def __init__(self, plan: Plan | None, ground: Groundwork) -> None:
        self._plan, self._ground = plan, ground
        self._states: dict[str, WarmState | None] = {}

    def solver(self, plan: Plan, measure: str, engine: Engine, options: EngineOptions) -> ModelSolver:
        """Return what solves the model of a measure of a plan; the base itself is solved afresh and kept."""
        base = self._plan
        if base is None or measure not in base.spec.measures or not isinstance(engine, BalanceEngine):
            return solve_model
        if plan is base:
            return self._keeping(measure)
        if measure not in self._states:
            self._states[measure] = _state_of(base, measure, engine, options.to_the_end, self._ground)
        state = self._states[measure]
        if state is None:
            return solve_model

        def from_base(model: BalanceModel, engine: Engine, options: EngineOptions) -> SolvedModel:
            return solve_from(model, state, engine, options)

        return from_base

    def _keeping(self, measure: str) -> ModelSolver:
        """Solve the base for its own sake, so that its first scenario need not solve it again."""

        def keeping(model: BalanceModel, engine: Engine, options: EngineOptions) -> SolvedModel:
            # stays so where there is no answer
            self._states[measure] = None
            state = solve_warm(model, engine, options)
            # what a limit cut short is no place to begin at
            if all(tier.is_settled for tier in state.solved.tiers):
                self._states[measure] = state
            return state.solved

        return keeping


def _state_of(
    plan: Plan, measure: str, engine: Engine, options: EngineOptions, ground: Groundwork
) -> WarmState | None:
    """Solve the base; None where it has no answer."""
    states: list[WarmState] = []

    def keeping(model: BalanceModel, engine: Engine, options: EngineOptions) -> SolvedModel:
        states.append(solve_warm(model, engine, options))
        return states[0].solved

    labels = ground.labels(plan)
    evidence, known = ground.evidence(plan, labels, measure), ground.model(plan, measure)
    try:
        solve_measure(plan, labels, measure, engine, options, Phases(), evidence, keeping, known)
    except (InfeasiblePlan, RunStopped, EngineFailure):
        return None
    return states[0]
