"""A plan with other numbers, read and built as a run does, and the proof that its hard rules can hold."""

from collections.abc import Sequence
from dataclasses import dataclass, field

import numpy as np

from allocator.anchors.build import Evidence, build_anchors, gather_evidence
from allocator.diagnosis.changes import PlanChange
from allocator.errors import InputFaults
from allocator.model.frames import KnownModel
from allocator.model.labels import Labels
from allocator.model.problem import MeasureProblem
from allocator.plan.overridden import with_overrides
from allocator.plan.plan import Plan
from allocator.plan.rebuilding import PlanSheets
from solver_models.arrays import FloatArray
from solver_models.engines.base import EngineError
from solver_models.failures import EngineStopped
from solver_models.infeasibility import verdict
from solver_models.solve import without_wishes

PART_OF_UNIT = 1e-3
"""What a proved point may miss of a whole-unit bound, in units of `round_to`."""


@dataclass(frozen=True)
class Tried:
    """What came of changes that were laid over a plan.

    Parameters
    ----------
    is_read
        False where the plan could not be read with them; nothing else is known then.
    amounts
        Shape (n_node, n_product_node): targets that meet every hard rule, None where none are known.
    problem
        The plan's rows with the changes.
    weight
        Shape (n_row of its feasibility program,): what each row weighs in a proof that it is impossible; all
        zero where there is none.
    """

    is_read: bool
    amounts: FloatArray | None = None
    problem: MeasureProblem | None = None
    weight: FloatArray = field(default_factory=lambda: np.zeros(0))

    @property
    def is_proved(self) -> bool:
        """True if the plan is proved possible."""
        return self.amounts is not None

    @property
    def is_refuted(self) -> bool:
        """True if the plan cannot be read, or is proved impossible."""
        return not self.is_read or bool(self.weight.any())


class Trials:
    """Changes of one plan and measure, tried one after another; what they share is kept."""

    def __init__(
        self,
        plan: Plan,
        labels: Labels,
        measure: str,
        evidence: Evidence | None = None,
        known: KnownModel | None = None,
    ) -> None:
        self._plan, self._labels, self._measure = plan, labels, measure
        self._sheets, self._known = PlanSheets(plan), known or KnownModel()
        self._evidence = evidence
        self._last: tuple[tuple[str, ...], Tried] | None = None

    def with_changes(self, changes: Sequence[PlanChange]) -> Tried:
        """Read the plan with the changes as they are printed, build it and prove it possible or not."""
        overrides = tuple(change.override for change in changes)
        if self._last is None or self._last[0] != overrides:
            self._last = None  # two plans at a time would need the memory of both
            self._last = overrides, self._try(overrides)
        return self._last[1]

    def _try(self, overrides: Sequence[str]) -> Tried:
        plan, labels, measure = self._plan, self._labels, self._measure
        if self._evidence is None:
            self._evidence = gather_evidence(plan, labels, measure)
        try:
            changed = with_overrides(plan, overrides, self._sheets)
            anchors = build_anchors(changed, labels, measure, self._evidence)
        except InputFaults:
            return Tried(is_read=False)
        problem = self._known.problem(changed, labels, measure, anchors)
        try:
            found = verdict(without_wishes(problem.model).scaled())
        except (EngineError, EngineStopped):
            return Tried(is_read=True, problem=problem)
        unit = float(plan.spec.measures[measure].round_to)
        if found.point is None or _miss(problem, found.point) > PART_OF_UNIT * unit:
            return Tried(is_read=True, problem=problem, weight=found.weight)
        scale = float(problem.model.weight.mean()) if problem.model.n_cell else 1.0
        cells = np.zeros(labels.grid.n_cell)
        cells[problem.cell] = np.maximum(found.point[: len(problem.cell)], 0.0) * scale
        return Tried(is_read=True, amounts=labels.grid.roll_up(cells), problem=problem)


def _miss(problem: MeasureProblem, point: FloatArray) -> float:
    """The most by which a point misses a bound on an amount, in the measure's unit."""
    model, rows = problem.model, problem.model.rows
    lines = problem.lines
    scale = float(model.weight.mean()) if model.n_cell else 1.0
    activity = rows.matrix @ point * scale
    missed = np.maximum(rows.lower - activity, activity - rows.upper)
    instance = problem.ledger["instance"].to_numpy(np.int64)[rows.source]
    is_total = (instance < 0) & (problem.ledger["kind"].to_numpy(object)[rows.source] != "group")
    is_amount = is_total | ((instance >= 0) & lines.is_whole[instance] if len(lines) else is_total)
    return float(missed[is_amount].max(initial=0.0))
