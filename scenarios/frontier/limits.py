"""How far the company's target and the targets below it can go before hard rules forbid it."""

import pickle
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from decimal import Decimal
from itertools import zip_longest
from math import ceil, floor, isfinite
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Literal

import numpy as np

from allocator.anchors.build import build_anchors
from allocator.diagnosis.diagnose import diagnose
from allocator.diagnosis.row_names import NO_RULE, RowNames, name_rows
from allocator.errors import EngineFailure, Fault, InfeasiblePlan, InputFaults, RunStopped
from allocator.model.instances import spell_out
from allocator.model.labels import Labels, label_plan
from allocator.model.problem import MeasureProblem, build_problem
from allocator.plan.faults import NearMatches
from allocator.plan.plan import Plan
from allocator.results.beside import beside
from allocator.texts import worded
from solver_models.arrays import FloatArray
from solver_models.engines.base import Engine, EngineError, EngineOptions
from solver_models.failures import EngineStopped, ModelInfeasible
from solver_models.limits import Extreme, HardRows, extreme_amount, extreme_total
from solver_models.model import BalanceModel

Products = Literal["follow", "hold"]
TOLERANCE = 1e-9
"""What an engine may miss a bound by, relative; within the next two, in units."""
LEAST_NOISE, MOST_NOISE = 1e-6, 0.5
SIDES = ("lower", "upper")
MUCH = 50_000
"""Nodes times cells from which a second process is worth its start."""


@dataclass(frozen=True)
class Stop:
    """A rule (pin, total) whose bound stops a limit.

    Parameters
    ----------
    name
        Rule id, `total`, `product_total P` or `pin NODE PRODUCT`.
    side
        `lower` or `upper`: which of its bounds.
    nodes, products
        Ids it binds at.
    pull
        Change of the limit per unit of the bounds, summed over where it binds; bounds that follow the total
        count as shares of it.
    """

    name: str
    rule_id: str
    kind: str
    owner: str
    side: str
    nodes: tuple[str, ...]
    products: tuple[str, ...]
    pull: float


@dataclass(frozen=True)
class Limit:
    """Smallest and largest feasible target of a node over all products.

    Parameters
    ----------
    smallest, largest
        In whole multiples of `round_to`; None = nothing stops it.
    anchor
        Its anchor; the company's is its total.
    stops_below, stops_above
        What forbids less and more; strongest first.
    """

    node_id: str
    level: str
    smallest: Decimal | None
    anchor: float
    largest: Decimal | None
    stops_below: tuple[Stop, ...]
    stops_above: tuple[Stop, ...]


@dataclass(frozen=True)
class MeasureLimits:
    """The company's limits with its total free, those of the nodes with its total kept.

    `nodes` is empty where the plan's own total is beyond the company's limits (`is_within` is false).
    """

    measure: str
    is_within: bool
    company: Limit
    nodes: tuple[Limit, ...]


@dataclass(frozen=True)
class _Ground:
    """One measure, built and named."""

    labels: Labels
    problem: MeasureProblem
    model: BalanceModel
    names: RowNames
    unit: Decimal
    total: Decimal
    node_anchor: FloatArray


def feasible_limits(
    plan: Plan,
    measure: str,
    engine: Engine,
    options: EngineOptions | None = None,
    *,
    levels: Sequence[str] | None = None,
    products: Products = "follow",
) -> MeasureLimits:
    """Return how far the company's target, and each node's, can go under the hard rules.

    The company: its total T is a free column. Stated product totals keep their proportion to it
    (`follow`: bound x T / T of the plan) or stay as they are (`hold`). Everything else stays as the plan
    spells it out: amounts, capacities, growth over history, pins; shares and fairness bands are ratios and
    follow by themselves. Soft rules do not count; they give way. Each further node: its target is
    made as small and as large as the hard rules allow while the company keeps its total.

    Parameters
    ----------
    levels
        Levels whose nodes are asked for; by default those right below the company.

    Raises
    ------
    InputFaults
        If there is no such measure or level, or the company's total is 0.
    InfeasiblePlan
        If no total at all lets the hard rules hold together.
    RunStopped, EngineFailure
        If a solve ended without a proof.
    """
    options = options or EngineOptions()
    labels = label_plan(plan)
    chosen = _nodes(plan, labels, measure, levels)
    ground = _ground(plan, labels, measure)
    try:
        company = _company_limit(ground, engine, options, products)
        is_within = _is_within(company, ground.total)
        nodes = _node_limits(ground, chosen, engine, options) if is_within else ()
    except ModelInfeasible as infeasible:
        raise InfeasiblePlan(diagnose(plan, labels, measure, ground.problem)) from infeasible
    except EngineStopped as stopped:
        raise RunStopped(str(stopped)) from stopped
    except EngineError as failure:
        raise EngineFailure(str(failure)) from failure
    return MeasureLimits(measure, is_within, company, nodes)


def _nodes(plan: Plan, labels: Labels, measure: str, levels: Sequence[str] | None) -> list[int]:
    """Positions of the nodes asked for."""
    if measure not in plan.spec.measures:
        raise _unknown("--measure", "measure", measure, plan.spec.measures)
    known = dict.fromkeys(labels.level[1:])
    for level in levels or ():
        if level not in known:
            raise _unknown("--level", "level", level, known)
    depth = labels.grid.org.depth
    wanted = [v for v in range(1, len(labels.node_id)) if depth[v] == 1]
    return wanted if levels is None else [v for v, at in enumerate(labels.level) if v and at in levels]


def _unknown(option: str, what: str, value: str, known: Iterable[str]) -> InputFaults:
    names = list(known)
    hint = NearMatches(names, worded("fault.change.one_of", names=", ".join(names)))(value)
    message = worded("fault.limits.unknown", what=worded(f"fault.thing.{what}"), name=value)
    return InputFaults([Fault(option, 0, "", value, f"unknown-{what}", message, hint)])


def _ground(plan: Plan, labels: Labels, measure: str) -> _Ground:
    anchors = build_anchors(plan, labels, measure)
    if anchors.totals.company <= 0:
        message, hint = worded("fault.limits.no_total"), worded("fault.limits.no_total.hint")
        path = f"measures.{measure}.total"
        raise InputFaults([Fault("plan.yaml", 0, path, "0", "no-total", message, hint)])
    unit = plan.spec.measures[measure].round_to
    problem = build_problem(plan, labels, measure, anchors, spell_out(plan, labels, measure, anchors))
    return _Ground(
        labels,
        problem,
        problem.model.scaled(),
        name_rows(labels, problem),
        unit,
        anchors.totals.company * unit,
        labels.grid.roll_up(anchors.anchor)[:, 0],
    )


def _company_limit(ground: _Ground, engine: Engine, options: EngineOptions, products: Products) -> Limit:
    model = ground.model
    kind = ground.problem.ledger["kind"].to_numpy(object)[model.rows.source]
    is_total = kind == "total"
    follows = is_total | (kind == "product_total") if products == "follow" else is_total
    total = float(model.rows.upper[is_total][0])
    low, high = (
        extreme_total(model, follows, total, engine, options, largest=largest) for largest in (False, True)
    )
    return _limit(ground, 0, low, high)


def _is_within(company: Limit, total: Decimal) -> bool:
    """Whether the plan's own total is feasible."""
    low = company.smallest is None or company.smallest <= total
    return low and (company.largest is None or total <= company.largest)


def _node_limits(
    ground: _Ground, nodes: Sequence[int], engine: Engine, options: EngineOptions
) -> tuple[Limit, ...]:
    """One program per node and direction; of large plans, every other node in a second process."""
    rows = HardRows.of(ground.model)

    def limits_of(some: Sequence[int]) -> list[Limit]:
        return [_node_limit(ground, rows, node, engine, options) for node in some]

    if len(nodes) * ground.model.n_cell < MUCH:
        return tuple(limits_of(nodes))
    with TemporaryDirectory() as scratch:
        file = Path(scratch) / "limits"
        with beside(lambda _: _write(file, limits_of(nodes[1::2]))) as helper:
            even = limits_of(nodes[::2])
            helper.tell("")
            helper.wait()
        odd = pickle.loads(file.read_bytes())
    return tuple(limit for pair in zip_longest(even, odd) for limit in pair if limit is not None)


def _write(file: Path, limits: list[Limit]) -> None:
    file.write_bytes(pickle.dumps(limits))


def _node_limit(ground: _Ground, rows: HardRows, node: int, engine: Engine, options: EngineOptions) -> Limit:
    grid = ground.labels.grid
    _, cell, coefficient = grid.rows(np.array([node]), np.zeros(1, np.int64))
    every = np.zeros(grid.n_cell)
    every[cell] = coefficient
    amount = np.concatenate([every[ground.problem.cell], np.zeros(ground.model.n_free)])
    low, high = (extreme_amount(rows, amount, engine, options, largest=largest) for largest in (False, True))
    return _limit(ground, node, low, high)


def _limit(ground: _Ground, node: int, low: Extreme, high: Extreme) -> Limit:
    labels = ground.labels
    return Limit(
        node_id=labels.node_id[node],
        level=labels.level[node],
        smallest=_whole(ground, low.value, up=True),
        anchor=float(ground.node_anchor[node]),
        largest=_whole(ground, high.value, up=False),
        stops_below=_stops(ground, low, is_company=node == 0),
        stops_above=_stops(ground, high, is_company=node == 0),
    )


def _whole(ground: _Ground, value: float, *, up: bool) -> Decimal | None:
    """Draw a value inwards to whole units; what is whole but for the solver's tolerance stays.

    The tolerance is one of the whole model, so a small value is as uncertain as the company's total.
    """
    if not isfinite(value):
        return None
    units = value * ground.model.unit / float(ground.unit)
    size = max(abs(units), float(ground.total / ground.unit))
    noise = min(MOST_NOISE, max(LEAST_NOISE, TOLERANCE * size))
    return Decimal(max(0, ceil(units - noise) if up else floor(units + noise))) * ground.unit


def _stops(ground: _Ground, extreme: Extreme, *, is_company: bool) -> tuple[Stop, ...]:
    """Name the bounds that carry a price, but for rows that only define a sum: groups, the free total."""
    nameless = (*NO_RULE, "total") if is_company else NO_RULE
    names, labels = ground.names, ground.labels
    sides, rows = np.nonzero(extreme.pull)
    found: dict[tuple[str, str], list[tuple[int, int]]] = {}
    for side, row in zip(sides.tolist(), rows.tolist(), strict=True):
        name = str(names.name[side, row])
        if name not in nameless:
            found.setdefault((name, SIDES[side]), []).append((side, row))
    stops = []
    for (name, side_name), places in found.items():
        side, row = places[0]
        stops.append(
            Stop(
                name=name,
                rule_id=str(names.rule_id[side, row]),
                kind=str(names.kind[side, row]),
                owner=str(names.owner[side, row]),
                side=side_name,
                nodes=tuple(dict.fromkeys(labels.node_id[names.node[r]] for _, r in places)),
                products=tuple(dict.fromkeys(labels.product_id[names.product[r]] for _, r in places)),
                pull=float(sum(extreme.pull[s, r] for s, r in places)),
            )
        )
    return tuple(sorted(stops, key=lambda stop: (-abs(stop.pull), stop.name, stop.side)))
