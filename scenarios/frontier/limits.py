"""The largest and the smallest feasible target of the company and of nodes, by one LP each."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd

from allocator.anchors.build import build_anchors
from allocator.errors import EngineFailure, RunStopped
from allocator.model.instances import spell_out
from allocator.model.labels import Labels, label_plan
from allocator.model.problem import MeasureProblem, build_problem
from allocator.plan.plan import Plan
from solver_models.arrays import FloatArray
from solver_models.engines.base import Engine, EngineError, EngineOptions
from solver_models.extremes import Extreme, extreme_sum, extreme_total
from solver_models.failures import EngineStopped, ModelInfeasible
from solver_models.model import BalanceModel

TOTAL, PRODUCT_TOTAL, GROUP = "total", "product_total", "group"
NO_INSTANCE = -1
SIDES = ("largest", "smallest")


@dataclass(frozen=True)
class Stop:
    """A rule that holds a total where it is.

    Parameters
    ----------
    rule_id
        Id of the rule, `pin`, `total` or `product_total`.
    price
        How much farther the total could go per unit more of the rule's bound (in amounts).
    """

    rule_id: str
    node_id: str
    product_id: str
    price: float


@dataclass(frozen=True)
class Limit:
    """How far one target can go.

    Parameters
    ----------
    amount
        In the measure's unit; None where nothing stops it, or where nothing is feasible.
    current
        The company's total as planned; None for nodes.
    is_feasible
        False where the hard rules cannot hold together at all.
    stops
        What stops it, the highest price first.
    """

    measure: str
    node_id: str
    side: str
    amount: float | None
    current: float | None
    is_feasible: bool
    stops: tuple[Stop, ...]


def limits(
    plan: Plan,
    engine: Engine,
    levels: Sequence[str] = (),
    options: EngineOptions | None = None,
    labels: Labels | None = None,
) -> tuple[Limit, ...]:
    """Find how far the totals can go under the hard rules; soft rules never stop anything.

    The company's total moves with all stated product totals in proportion (their ranges too); rules
    and pins stay as they are. A node's target moves under the totals of the plan.

    Parameters
    ----------
    levels
        Levels whose nodes are looked at beside the company.

    Raises
    ------
    RunStopped, EngineFailure
        As `allocate` does.
    """
    labels, options = labels or label_plan(plan), options or EngineOptions()
    found: list[Limit] = []
    try:
        for measure in plan.spec.measures:
            anchors = build_anchors(plan, labels, measure)
            problem = build_problem(plan, labels, measure, anchors, spell_out(plan, labels, measure, anchors))
            finder = _Finder(labels, measure, problem, problem.model.scaled(), engine, options)
            found += [finder.company(side) for side in SIDES]
            nodes = [v for v, level in enumerate(labels.level) if level in levels and v > 0]
            found += [finder.node(v, side) for v in nodes for side in SIDES]
    except EngineStopped as stopped:
        raise RunStopped(str(stopped)) from stopped
    except EngineError as failure:
        raise EngineFailure(str(failure)) from failure
    return tuple(found)


@dataclass(frozen=True)
class _Finder:
    """One measure with its model."""

    labels: Labels
    measure: str
    problem: MeasureProblem
    model: BalanceModel
    engine: Engine
    options: EngineOptions

    def company(self, side: str) -> Limit:
        kind = self.problem.ledger["kind"].to_numpy(object)[self.model.rows.source]
        total = int(np.flatnonzero(kind == TOTAL)[0])
        current = float(self.model.rows.lower[total]) * self.model.unit
        follow = np.flatnonzero(kind == PRODUCT_TOTAL).astype(np.int64)
        try:
            extreme = extreme_total(
                self.model, total, follow, self.engine, self.options, largest=side == SIDES[0]
            )
        except ModelInfeasible:
            return Limit(self.measure, self.labels.node_id[0], side, None, current, False, ())
        return self._limit(0, side, extreme, current)

    def node(self, v: int, side: str) -> Limit:
        try:
            extreme = extreme_sum(
                self.model, self._weight(v), self.engine, self.options, largest=side == SIDES[0]
            )
        except ModelInfeasible:
            return Limit(self.measure, self.labels.node_id[v], side, None, None, False, ())
        return self._limit(v, side, extreme, None)

    def _weight(self, v: int) -> FloatArray:
        """Weights of the model's cells in the target of a node."""
        grid = self.labels.grid
        _, cell, weight = grid.rows(np.array([v], np.int64), np.zeros(1, np.int64))
        of_cell = np.zeros(grid.n_cell)
        of_cell[cell] = weight
        return of_cell[self.problem.cell]

    def _limit(self, v: int, side: str, extreme: Extreme, current: float | None) -> Limit:
        amount = extreme.value * self.model.unit if np.isfinite(extreme.value) else None
        node_id = self.labels.node_id[v]
        return Limit(self.measure, node_id, side, amount, current, True, tuple(self._stops(extreme)))

    def _stops(self, extreme: Extreme) -> list[Stop]:
        """Rows and bounds with a price, by the rule that they come from; limits that no rule set stay out."""
        ledger, instances = self.problem.ledger, self.problem.instances
        rows = np.flatnonzero(extreme.row_price)
        source = self.model.rows.source[rows]
        kinds = ledger["kind"].to_numpy(object)[source].tolist()
        places = ledger[["instance", "node", "product"]].to_numpy(np.int64)[source].tolist()
        entries = [
            (str(kind), int(instance), int(node), int(product), float(price))
            for kind, (instance, node, product), price in zip(
                kinds, places, extreme.row_price[rows].tolist(), strict=True
            )
        ]
        place_of = instances[["node", "product"]].to_numpy(np.int64)
        rule_of = instances["rule_id"].to_numpy(object)
        for k in np.flatnonzero(extreme.cell_price).tolist():
            instance = int(self.problem.bound_by[int(extreme.at_upper[k]), self.problem.cell[k]])
            if instance != NO_INSTANCE:
                node, product = place_of[instance].tolist()
                entries.append(("", instance, node, product, float(extreme.cell_price[k])))
        stops = [
            Stop(
                str(kind) if instance == NO_INSTANCE else str(rule_of[instance]),
                self.labels.node_id[node],
                self.labels.product_id[product],
                price,
            )
            for kind, instance, node, product, price in entries
            if kind != GROUP
        ]
        return sorted(stops, key=lambda stop: (-abs(stop.price), stop.rule_id, stop.node_id, stop.product_id))


def limits_table(found: Sequence[Limit]) -> pd.DataFrame:
    """Return one row per limit: measure, node_id, side, amount, current, stopped by."""
    return pd.DataFrame(
        {
            "measure": [one.measure for one in found],
            "node_id": [one.node_id for one in found],
            "side": [one.side for one in found],
            "amount": [one.amount for one in found],
            "current": [one.current for one in found],
            "stopped_by": ["; ".join(dict.fromkeys(stop.rule_id for stop in one.stops)) for one in found],
        }
    )
