"""attainment.json: chances of every node, share at goal, hedge, SMART check, and which limits fail."""

from collections.abc import Mapping
from typing import Any

import numpy as np

from allocator.allocation import Allocation, MeasureAllocation
from allocator.attainment.basis import chance_basis, said_basis
from allocator.attainment.groups import luck_groups
from allocator.attainment.ledger import hedge_ledger
from allocator.attainment.noise import Luck, Replayed, learn_luck
from allocator.attainment.smart import smart_check
from allocator.judged import judged_document
from allocator.plan.spec import AttainmentLimits
from allocator.results.tables import as_float
from allocator.texts import text
from solver_models.arrays import FloatArray, IntArray
from solver_models.attainment import LuckyDraws, chance, expected_up_to, simulate, tail_mean

TAIL = 0.9
"""The mean shortfall is taken over the worst tenth."""


def attainment_document(
    allocation: Allocation, lang: str, replayed: Mapping[str, Replayed] | None = None
) -> dict[str, Any]:
    """Return attainment.json: plain JSON types, sentences in `lang`.

    Parameters
    ----------
    replayed
        By measure what `replay_past` finds, where it is known already.
    """
    known = replayed or {}
    limits = allocation.plan.spec.attainment
    n_rep = allocation.labels.grid.n_rep
    draws = LuckyDraws(n_rep, len(np.unique(luck_groups(allocation.labels))), limits.seed)
    return judged_document(
        allocation,
        limits,
        lambda result: _measure(allocation, result, draws, lang, known.get(result.measure)),
    )


def _measure(
    allocation: Allocation,
    result: MeasureAllocation,
    draws: LuckyDraws,
    lang: str,
    replayed: Replayed | None,
) -> dict[str, Any]:
    labels, limits = allocation.labels, allocation.plan.spec.attainment
    org = labels.grid.org
    luck = learn_luck(allocation.plan, labels, result.measure, result.anchors, replayed)
    basis = said_basis(chance_basis(luck, limits), lang)
    target = as_float(result.target_units, allocation.plan.spec.measures[result.measure].round_to)[:, 0]
    expected = org.roll_up(luck.model.expected)
    inner = np.union1d([0], np.flatnonzero(~org.is_leaf)).astype(np.int64)
    drawn = simulate(luck.model, org, inner, draws)
    probability = _probabilities(luck, org.leaf, inner, target, expected, drawn.sales)
    at_goal = probability[org.leaf][(target[org.leaf] > 0) & np.isfinite(probability[org.leaf])]
    share = float(at_goal.mean()) if len(at_goal) else None
    company = _company(target[0], expected[0], probability[0], drawn.sales[0], limits)
    capped = float(expected_up_to(luck.model, target[org.leaf]).sum())
    failures = _failures(share, company["probability"], limits, basis["sentence"], lang)
    return {
        "model": {**_model(luck), "paths": drawn.paths},
        "basis": basis,
        "company": {**company, "expected_up_to_quota": capped},
        "share_at_goal": {
            "expected": share,
            "reps": len(at_goal),
            "healthy": [limits.at_goal_min, limits.at_goal_max],
            "verdict": _verdict(share, limits.at_goal_min, limits.at_goal_max),
        },
        "levels": _levels(allocation, target, probability, limits),
        "nodes": _nodes(allocation, target, expected, luck, probability, limits),
        "ledger": hedge_ledger(allocation, target, expected, inner, drawn.sales, limits.confidence),
        "smart": smart_check(allocation, result, target, probability, expected, lang),
        "failures": failures,
        "passed": not failures,
    }


def _probabilities(
    luck: Luck, leaf: np.ndarray, inner: IntArray, target: FloatArray, expected: FloatArray, sales: FloatArray
) -> FloatArray:
    """P(sales >= target): closed form for reps, simulated above; NaN where nothing is asked or known."""
    found = np.full(len(target), np.nan)
    found[inner] = (sales >= target[inner, None]).mean(axis=1)
    found[leaf] = chance(luck.model, target[leaf])
    found[(target <= 0) | (expected <= 0)] = np.nan
    return found


def _company(
    target: float, expected: float, probability: float, sales: FloatArray, limits: AttainmentLimits
) -> dict[str, Any]:
    return {
        "target": float(target),
        "expected": float(expected),
        "stretch": float(target / expected - 1.0) if expected > 0 else None,
        "probability": _number(probability),
        "probability_error": float(np.sqrt(probability * (1 - probability) / len(sales)))
        if np.isfinite(probability)
        else None,
        **{f"p{q}": float(np.quantile(sales, q / 100)) for q in (10, 50, 90)},
        "reached_with_confidence": float(np.quantile(sales, 1.0 - limits.confidence)),
        "mean_shortfall_in_worst_tenth": tail_mean(np.maximum(target - sales, 0.0), TAIL),
    }


def _model(luck: Luck) -> dict[str, Any]:
    spread, shared = luck.model.spread, luck.model.states.variance
    together = luck.model.load**2 * (shared[1] + shared[2])
    return {
        "growth": luck.growth,
        "growth_years": luck.growth_years,
        "correlation": float(np.mean(together / spread**2)),
        "region_years": luck.region_years,
        "common": shared[1] / (shared[1] + shared[2]),
        "residuals": len(luck.residuals.error),
        "replayed_years": len(np.unique(luck.residuals.year)),
        "spread": {f"p{q}": float(np.quantile(spread, q / 100)) for q in (10, 50, 90)},
    }


def _levels(
    allocation: Allocation, target: FloatArray, probability: FloatArray, limits: AttainmentLimits
) -> list[dict[str, Any]]:
    """Numbers of nodes by level, root first."""
    level = np.array(allocation.labels.level, object)
    depth = allocation.labels.grid.org.depth
    names = sorted({str(one) for one in level}, key=lambda name: int(depth[level == name].min()))
    rows = []
    for name in names:
        chance_of = probability[(level == name) & np.isfinite(probability)]
        rows.append(
            {
                "level": name,
                "n": len(chance_of),
                "mean_probability": float(chance_of.mean()) if len(chance_of) else None,
                "hardly": int((chance_of < limits.low).sum()),
                "easy": int((chance_of > limits.high).sum()),
            }
        )
    return rows


def _nodes(
    allocation: Allocation,
    target: FloatArray,
    expected: FloatArray,
    luck: Luck,
    probability: FloatArray,
    limits: AttainmentLimits,
) -> list[dict[str, Any]]:
    labels = allocation.labels
    spread = np.full(len(target), np.nan)
    spread[labels.grid.org.leaf] = luck.model.spread
    return [
        {
            "node_id": labels.node_id[v],
            "level": labels.level[v],
            "target": float(target[v]),
            "expected": float(expected[v]),
            "spread": _number(spread[v]),
            "probability": _number(probability[v]),
            "flag": _flag(target[v], probability[v], limits),
        }
        for v in range(len(target))
    ]


def _flag(target: float, probability: float, limits: AttainmentLimits) -> str:
    """`hardly`, `easy`, `no_basis` (nothing is known), `no_target`, or empty."""
    if target <= 0:
        return "no_target"
    if not np.isfinite(probability):
        return "no_basis"
    return "hardly" if probability < limits.low else "easy" if probability > limits.high else ""


def _verdict(value: float | None, low: float, high: float) -> str:
    if value is None:
        return "unknown"
    return "low" if value < low else "high" if value > high else "healthy"


def _failures(
    share: float | None, company: float | None, limits: AttainmentLimits, basis: str, lang: str
) -> list[dict[str, Any]]:
    """Limits that plan.yaml states and that fail, with what the chance rests on; defaults only describe."""
    checks = (
        ("at_goal_min", share, limits.at_goal_min, -1),
        ("at_goal_max", share, limits.at_goal_max, 1),
        ("company_min", company, limits.company_min, -1),
    )
    return [
        {
            "test": name,
            "value": value,
            "limit": limit,
            "sentence": text(
                f"attainment.fail.{name}", lang, value=f"{value:.0%}", limit=f"{limit:.0%}", basis=basis
            ),
        }
        for name, value, limit, sign in checks
        if name in limits.model_fields_set
        and limit is not None
        and value is not None
        and sign * (value - limit) > 0
    ]


def _number(value: float) -> float | None:
    return float(value) if np.isfinite(value) else None
