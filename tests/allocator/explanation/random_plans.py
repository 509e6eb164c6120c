"""Small random companies with rules of every kind, as plans in memory; the seed says all."""

from collections.abc import Iterator
from typing import Any

import numpy as np

from allocator.anchors.build import build_anchors
from allocator.model.instances import spell_out
from allocator.model.labels import Labels, label_plan
from allocator.model.problem import build_problem
from allocator.pipeline import Solved
from allocator.plan import tables
from allocator.plan.plan import Plan
from allocator.plan.spec import PlanSpec
from solver_models.balance.solve import solve_balance
from solver_models.engines.base import EngineOptions
from solver_models.engines.highs import HighsEngine
from solver_models.failures import ModelInfeasible
from solver_models.tiers import settle_tiers
from tests.allocator.results.allocations import frame

MEASURE = "revenue"
KINDS = ("range", "growth", "capacity", "effort", "mix", "fairness", "commitment", "link")
UNITS = ("1", "10", "0.5")


def random_plan(seed: int) -> Plan:
    """A company of 3-14 reps and 3-5 products with 0-6 rules (hard or soft), perhaps a pin, closed seats."""
    rng = np.random.default_rng(seed)
    org = list(_org(rng))
    next(row for row in org if row["level"] == "rep").pop("end", None)
    reps = [row["node_id"] for row in org if row["level"] == "rep"]
    products = list(_products(rng))
    leaves = [row["product_id"] for row in products if row["parent_id"] or row["product_id"] == "solo"]
    sales = {
        (rep, leaf): float(rng.integers(20, 400)) * (rng.random() > 0.1) for rep in reps for leaf in leaves
    }
    unit = str(rng.choice(UNITS))
    total = round(sum(sales.values()) * float(rng.uniform(0.9, 1.3)) / 10) * 10
    history = [
        {
            "period": 2018 * 12 + 6 + year * 6,
            "node_id": rep,
            "product_id": leaf,
            "measure": MEASURE,
            "amount": a,
        }
        for (rep, leaf), a in sales.items()
        for year in (0, 1)
    ]
    promised = {rep: round(sum(sales[rep, leaf] for leaf in leaves) * rng.uniform(0.8, 1.3)) for rep in reps}
    commitments = [_amount(rep, "*", promised[rep]) for rep in reps if rng.random() < 0.5]
    potential = [_amount(rep, "*", float(rng.integers(300, 3000))) for rep in reps if rng.random() < 0.4]
    plan = Plan(
        spec=PlanSpec.model_validate(_spec(rng, unit, total, leaves)),
        org=frame(tables.ORG, org),
        products=frame(tables.PRODUCTS, products),
        history=frame(tables.HISTORY, history),
        commitments=frame(tables.COMMITMENTS, commitments),
        potential=frame(tables.POTENTIAL, potential),
        rules=frame(tables.RULES, ()),
        pins=frame(tables.PINS, ()),
        calendar=frame(tables.CALENDAR, ()),
        seasonality=frame(tables.SEASONALITY, ()),
        carried=frame(tables.CARRIED, ()),
        input_hash="ab" * 32,
    )
    return _with_rules(plan, rng, [row["product_id"] for row in products])


def _org(rng: np.random.Generator) -> Iterator[dict[str, Any]]:
    yield {"node_id": "root", "parent_id": "", "level": "company", "name": "Root"}
    for region in range(int(rng.integers(1, 4))):
        yield {"node_id": f"r{region}", "parent_id": "root", "level": "region", "name": f"Region {region}"}
        if region == 2:  # a ragged tree: this region has reps without teams
            yield from (_rep(rng, f"r{region}", f"r{region}x{k}") for k in range(2))
            continue
        for team in range(int(rng.integers(1, 3))):
            name = f"r{region}t{team}"
            yield {"node_id": name, "parent_id": f"r{region}", "level": "team", "name": ""}
            yield from (_rep(rng, name, f"{name}p{k}") for k in range(int(rng.integers(1, 4))))


def _rep(rng: np.random.Generator, parent: str, name: str) -> dict[str, Any]:
    left = {"end": 17_000} if rng.random() < 0.08 else {}
    group = str(rng.choice(["", "senior"]))
    return {"node_id": name, "parent_id": parent, "level": "rep", "name": name, "peer_group": group, **left}


def _products(rng: np.random.Generator) -> Iterator[dict[str, Any]]:
    for line in range(int(rng.integers(1, 3))):
        yield {"product_id": f"line{line}", "parent_id": "", "name": ""}
        for leaf in range(2):
            numbers = {"margin": 0.1 * int(rng.integers(1, 6)), "effort": 0.01 * int(rng.integers(1, 6))}
            yield {"product_id": f"p{line}{leaf}", "parent_id": f"line{line}", "name": "", **numbers}
    yield {"product_id": "solo", "parent_id": "", "name": "Solo", "margin": 0.2, "effort": 0.03}


def _amount(node: str, product: str, amount: float) -> dict[str, Any]:
    return {"node_id": node, "product_id": product, "measure": MEASURE, "amount": float(amount)}


def _spec(rng: np.random.Generator, unit: str, total: int, leaves: list[str]) -> dict[str, Any]:
    stated = {}
    if rng.random() < 0.4:
        stated = {"solo": {"max": str(int(total * rng.uniform(0.3, 0.6)) // 10 * 10)}}
    over = {"rep": 0.03, "team": 0.02} if rng.random() < 0.4 else {}
    return {
        "plan": "random",
        "start": "2020-01",
        "measures": {MEASURE: {"unit": "USD", "round_to": unit, "total": str(total)}},
        "product_totals": {MEASURE: stated},
        "baseline": {"history": 0.6, "potential": 0.2, "commitment": 0.2},
        "over_assignment": over,
        "seasonality": "even",
    }


def _with_rules(plan: Plan, rng: np.random.Generator, products: list[str]) -> Plan:
    """Add rules near the anchors, so that about half of them bind and most plans are possible."""
    labels = label_plan(plan)
    anchor = labels.grid.roll_up(build_anchors(plan, labels, MEASURE).anchor)
    unit = float(plan.spec.measures[MEASURE].round_to)
    count = int(rng.integers(0, 7))
    rules = [_rule(rng, labels, anchor, products, unit, f"rule{k}") for k in range(count)]
    pins = [_pin(rng, labels, anchor, unit) for _ in range(int(rng.random() < 0.3))]
    return Plan(
        **{
            **{name: getattr(plan, name) for name in Plan.__dataclass_fields__},
            "rules": frame(tables.RULES, rules),
            "pins": frame(tables.PINS, pins),
        }
    )


def _pin(rng: np.random.Generator, labels: Labels, anchor: np.ndarray, unit: float) -> dict[str, Any]:
    node = int(rng.integers(1, len(labels.node_id)))
    product = int(rng.integers(0, len(labels.product_id)))
    amount = round(anchor[node, product] * rng.uniform(0.93, 1.07) / unit) * unit
    return {**_amount(labels.node_id[node], labels.product_id[product], amount), "owner": "boss"}


def _rule(
    rng: np.random.Generator,
    labels: Labels,
    anchor: np.ndarray,
    products: list[str],
    unit: float,
    rule_id: str,
) -> dict[str, Any]:
    kind = str(rng.choice(KINDS))
    tier = str(rng.choice(["hard", "", "1", "1", "2"]))
    node = int(rng.integers(1, len(labels.node_id)))
    product = str(rng.choice(["*", *products]))
    at = anchor[node, labels.product_code[product]]
    one = {"node_id": labels.node_id[node], "product_id": product}
    level = {"level": str(rng.choice(["region", "rep"])), "product_id": "*"}
    about = float(rng.uniform(0.93, 1.07))
    given: dict[str, dict[str, Any]] = {
        "range": one | {"min": round(at * about / unit) * unit},
        "growth": level | {"min": -0.5, "max": float(rng.uniform(0.2, 0.6))},
        "capacity": one | {"max": round(at * about / unit) * unit},
        "effort": {
            "node_id": "r0",
            "basis": "effort",
            "max": float(_weighted(labels, anchor, 0.03, "r0") * about),
        },
        "mix": {
            "level": "region",
            "product_id": "solo",
            "min": float(0.9 * about * anchor[0, -1] / anchor[0, 0]),
        },
        "fairness": level
        | {"max": float(rng.uniform(0.01, 0.2)), "basis": str(rng.choice(["anchor", "history"]))},
        "commitment": {"level": "rep", "min": 0.3, "max": float(rng.uniform(0.8, 1.4))},
        "link": {
            "node_id": "root",
            "basis": "margin",
            "min": float(_weighted(labels, anchor, 0.27, "root") * about),
        },
    }
    kind_id = "capacity" if kind == "effort" else kind
    return {
        "rule_id": rule_id,
        "kind": kind_id,
        "measure": MEASURE,
        "tier": tier,
        "owner": "CFO",
        **given[kind],
    }


def _weighted(labels: Labels, anchor: np.ndarray, weight: float, node: str) -> float:
    return weight * anchor[labels.node_code[node], 0]


def solve(plan: Plan) -> tuple[Labels, Solved] | None:
    """Labels and the unrounded answer; None if the plan is impossible (nothing is diagnosed)."""
    labels = label_plan(plan)
    anchors = build_anchors(plan, labels, MEASURE)
    problem = build_problem(plan, labels, MEASURE, anchors, spell_out(plan, labels, MEASURE, anchors))
    engine, options = HighsEngine(), EngineOptions()
    try:
        balanced, tiers = settle_tiers(problem.model.scaled(), engine, options)
        answer = solve_balance(balanced, engine, options)
    except ModelInfeasible:
        return None
    unrounded = np.zeros(labels.grid.n_cell)
    unrounded[problem.cell] = answer.x * balanced.unit
    return labels, Solved(anchors, problem, balanced, answer, tiers, unrounded)
