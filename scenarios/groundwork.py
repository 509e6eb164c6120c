"""What scenarios of one plan have in common, worked out once: labels, evidence, replays, draws."""

from collections import OrderedDict, defaultdict
from collections.abc import Callable, Hashable
from typing import Generic, TypeVar

import pandas as pd

from allocator.anchors.build import Evidence, gather_evidence
from allocator.anchors.commitments import Bias, learn_bias
from allocator.anchors.observed import observe
from allocator.attainment.noise import Replayed, replay_past
from allocator.model.frames import KnownModel
from allocator.model.labels import Labels, label_plan
from allocator.plan.plan import Plan
from solver_models.attainment import SalesModel
from solver_models.draws import CompanyDraws

KEPT = 3
Value = TypeVar("Value")


class _Recent(Generic[Value]):
    """The values of the last few keys. A key may hold ids of objects, which are kept alive beside it."""

    def __init__(self) -> None:
        self._kept: OrderedDict[Hashable, tuple[Value, object]] = OrderedDict()

    def get(self, key: Hashable, alive: object, make: Callable[[], Value]) -> Value:
        if key in self._kept:
            self._kept.move_to_end(key)
            return self._kept[key][0]
        value = make()
        self._kept[key] = (value, alive)
        if len(self._kept) > KEPT:
            self._kept.popitem(last=False)
        return value


class Groundwork:
    """Answers from memory what depends on tables that two plans share.

    Frames that a change did not touch are the very same objects in both plans, so parts are recognised by
    identity. Nothing here changes an answer; it only saves the time to find it again. One per process.
    """

    def __init__(self) -> None:
        self._labels: _Recent[Labels] = _Recent()
        self._promises: _Recent[int] = _Recent()
        # by measure: every scenario asks for each in turn, so that many of them would drive each other out
        self._biases: dict[str, _Recent[Bias]] = defaultdict(_Recent)
        self._past: dict[str, _Recent[Evidence]] = defaultdict(_Recent)
        self._evidence: dict[str, _Recent[Evidence]] = defaultdict(_Recent)
        self._models: dict[str, _Recent[KnownModel]] = defaultdict(_Recent)
        self._replays: dict[str, _Recent[Replayed]] = defaultdict(_Recent)
        self._draws: dict[str, _Recent[CompanyDraws]] = defaultdict(_Recent)

    def labels(self, plan: Plan) -> Labels:
        """Return the labels of a plan."""
        frames = (plan.org, plan.products)
        over = tuple(sorted(plan.spec.over_assignment.items()))
        return self._labels.get((*map(id, frames), over), frames, lambda: label_plan(plan))

    def evidence(self, plan: Plan, labels: Labels, measure: str) -> Evidence:
        """Return what the tables say about a measure."""
        frames = _source_tables(plan)
        key = _source_key(plan, measure)
        bias = self._biases[measure].get(
            (key, self._past_promises(plan)), frames, lambda: learn_bias(plan, labels, measure)
        )
        past = self._past[measure].get(key, frames, lambda: gather_evidence(plan, labels, measure, bias=bias))
        return self._evidence[measure].get(
            (key, id(plan.commitments)),
            (frames, plan.commitments),
            lambda: gather_evidence(plan, labels, measure, past, only_promises=True, bias=bias),
        )

    def model(self, plan: Plan, measure: str) -> KnownModel:
        """Return what is known of the model of a measure."""
        return self._models[measure].get(_source_key(plan, measure), _source_tables(plan), KnownModel)

    def replayed(self, plan: Plan, labels: Labels, measure: str) -> Replayed:
        """Return what the replays of the past say about luck."""
        frames = (plan.org, plan.products, plan.history)
        unit = plan.spec.measures[measure].round_to
        key = (plan.spec.start, plan.spec.months, unit, self._past_promises(plan), *map(id, frames))
        return self._replays[measure].get(
            key, frames, lambda: replay_past(plan, labels, measure, observe(plan, labels, measure))
        )

    def _past_promises(self, plan: Plan) -> int:
        """Return a fingerprint of the promises that have come true or not."""
        return self._promises.get(
            id(plan.commitments), plan.commitments, lambda: _past_promises(plan.commitments)
        )

    def draws(self, plan: Plan, measure: str, model: SalesModel) -> CompanyDraws:
        """Return draws whose shocks fit a sales model."""
        states = model.states
        parts = (model.group, states.weight, states.shift, states.company, states.region)
        shape = tuple(part.tobytes() for part in parts)
        key = (plan.spec.attainment.seed, shape)
        return self._draws[measure].get(key, None, lambda: CompanyDraws(model, plan.spec.attainment.seed))


def _source_tables(plan: Plan) -> tuple[pd.DataFrame, ...]:
    return plan.org, plan.products, plan.history, plan.potential


def _source_key(plan: Plan, measure: str) -> tuple[Hashable, ...]:
    """All that the sources of a measure depend on, but for the commitments."""
    spec = plan.spec
    over = tuple(sorted(spec.over_assignment.items()))
    return (measure, spec.plan, spec.start, spec.months, over, *map(id, _source_tables(plan)))


def _past_promises(commitments: pd.DataFrame) -> int:
    """Fingerprint of the rows that a replay looks at: those with an outcome."""
    past = commitments[commitments["actual"].notna()]
    return int(pd.util.hash_pandas_object(past, index=False).sum()) if len(past) else 0
