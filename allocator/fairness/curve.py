"""The price of fairness: what a tighter band around the peers' ratio costs."""

from dataclasses import replace
from typing import Any

import numpy as np
import pandas as pd

from allocator.anchors.peers import peer_groups
from allocator.attainment.noise import learn_luck
from allocator.errors import InfeasiblePlan
from allocator.model.labels import Labels
from allocator.phases import Phases
from allocator.pipeline import Solved, solve_measure
from allocator.plan.plan import Plan
from solver_models.arrays import FloatArray
from solver_models.attainment import SalesModel, expected_up_to
from solver_models.engines.base import Engine, EngineOptions

POINTS = 10
RULE_ID = "fairness-curve"
ROOM = 1e-6
"""The tightest band is widened by this, relative, so that it is feasible as a hard rule."""
FLAT = 1e-6


def fairness_curve(
    plan: Plan, labels: Labels, measure: str, engine: Engine, options: EngineOptions
) -> dict[str, Any]:
    """Solve the plan with hard bands from the widest that changes nothing to the tightest that can hold.

    The band z of a peer group: every rep's target / anchor lies within (1 +- z) times the group's own.
    The value of a point is the sales expected up to the quotas, sum of E min(S_i, x_i); its price of fairness
    is (best - value) / best. The knee is where the cost (the soft rules' violations if they change, else the
    distance from the anchors) lies furthest below the chord from the widest to the tightest band: beyond
    it each step of fairness costs more than before.

    Returns
    -------
    `points` (widest first), `knee` (position or None), `widest`, `tightest`.
    """
    phases = Phases()
    rep_level = sorted({labels.level[v] for v in labels.grid.org.leaf})
    free = solve_measure(plan, labels, measure, engine, options, phases)
    model = learn_luck(plan, labels, measure, free.anchors).model
    widest = _deviation(plan, labels, free)
    softest = _with_band(plan, measure, rep_level, 0.0, soft=True)
    tightest = _deviation(plan, labels, solve_measure(softest, labels, measure, engine, options, phases))
    points = [_point(widest, free, labels, model)]
    if widest > tightest + FLAT:
        least = max(tightest * (1 + ROOM), FLAT)
        for band in np.linspace(widest, least, POINTS)[1:]:
            banded = _with_band(plan, measure, rep_level, float(band), soft=False)
            try:
                solved = solve_measure(banded, labels, measure, engine, options, phases)
            except InfeasiblePlan:
                points.append({"band": float(band), "feasible": False})
                continue
            points.append(_point(float(band), solved, labels, model))
    return {"widest": widest, "tightest": tightest, **_priced(points)}


def _with_band(plan: Plan, measure: str, levels: list[str], band: float, *, soft: bool) -> Plan:
    """Add a fairness rule of every rep level: hard, or as the first tier before all others."""
    rules = plan.rules
    if soft:
        numbers = rules["tier"].where(~rules["tier"].isin(["", "hard"]))
        later = numbers.map(lambda tier: str(int(tier) + 1), na_action="ignore")
        rules = rules.assign(tier=later.where(later.notna(), rules["tier"]))
    rows = pd.DataFrame(
        {
            name: [_ENTRY.get(name, "")] * len(levels) if rules[name].dtype.kind != "f" else np.nan
            for name in rules.columns
        },
        index=range(len(levels)),
    ).assign(
        rule_id=[f"{RULE_ID}-{level}" for level in levels],
        level=levels,
        measure=measure,
        max=band,
        tier="1" if soft else "hard",
    )
    return replace(plan, rules=pd.concat([rules, rows], ignore_index=True))


_ENTRY = {"kind": "fairness", "basis": "anchor"}


def _by_rep(labels: Labels, cells: FloatArray) -> FloatArray:
    summed: FloatArray = cells.reshape(labels.grid.n_rep, labels.grid.n_product).sum(axis=1)
    return summed


def _deviation(plan: Plan, labels: Labels, solved: Solved) -> float:
    """Largest |X_v P_G / (P_v X_G) - 1| over the reps with an anchor."""
    anchor, target = _by_rep(labels, solved.anchors.anchor), _by_rep(labels, solved.unrounded)
    group = peer_groups(plan, labels)
    there = (anchor > 0) & (
        _by_rep(labels, np.where(np.isinf(solved.problem.upper), 1.0, solved.problem.upper)) > 0
    )
    mass = np.bincount(group, weights=anchor * there)[group]
    own = np.bincount(group, weights=target * there)[group]
    usable = there & (own > 0)
    if not usable.any():
        return 0.0
    return float(np.abs(target[usable] * mass[usable] / (anchor[usable] * own[usable]) - 1.0).max())


def _point(band: float, solved: Solved, labels: Labels, model: SalesModel) -> dict[str, Any]:
    balanced = solved.balanced
    stretch = (solved.answer.x - balanced.anchor) ** 2 / (2 * balanced.weight)
    return {
        "band": band,
        "feasible": True,
        "expected_up_to_quota": float(expected_up_to(model, _by_rep(labels, solved.unrounded)).sum()),
        "stretch": float(stretch.sum() * balanced.unit),
        "violation": float(sum(tier.total for tier in solved.tiers)),
    }


def _priced(points: list[dict[str, Any]]) -> dict[str, Any]:
    """Add the price of fairness to every feasible point and find the knee."""
    feasible = [at for at, point in enumerate(points) if point["feasible"]]
    best = max(points[at]["expected_up_to_quota"] for at in feasible)
    priced = [
        {**point, "price": (best - point["expected_up_to_quota"]) / best if best > 0 else 0.0}
        if point["feasible"]
        else point
        for point in points
    ]
    return {"points": priced, "knee": _knee(priced, feasible)}


def _knee(points: list[dict[str, Any]], feasible: list[int]) -> int | None:
    """Position of the point furthest below the chord; None where there is no bend."""
    if len(feasible) < 3:
        return None
    band = np.array([points[at]["band"] for at in feasible])
    violation, stretch = (np.array([points[at][key] for at in feasible]) for key in ("violation", "stretch"))
    cost = violation if float(np.ptp(violation)) > FLAT else stretch
    width, height = band[0] - band[-1], cost[-1] - cost[0]
    if width <= 0 or height <= 0:
        return None
    below = (band[0] - band) / width - (cost - cost[0]) / height
    at = int(np.argmax(below))
    return feasible[at] if below[at] > FLAT else None
