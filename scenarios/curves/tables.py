"""The outcomes of a sweep as tidy tables."""

from collections.abc import Sequence
from typing import Any

import numpy as np
import pandas as pd

from scenarios.kpis import KPIS
from scenarios.runs.outcome import Outcome
from scenarios.runs.plan_of_runs import DRAWS

QUANTILES = (0.05, 0.25, 0.5, 0.75, 0.95)


def axis_names(outcomes: Sequence[Outcome]) -> list[str]:
    """Return the axes of all runs, in order of appearance."""
    return list(dict.fromkeys(axis for one in outcomes for axis, _ in one.run.point))


def runs_table(outcomes: Sequence[Outcome]) -> pd.DataFrame:
    """One row per run and measure (runs without targets: one row): axes, status, acceptance, key figures."""
    axes = axis_names(outcomes)
    rows: list[dict[str, Any]] = []
    for one in outcomes:
        point = dict(one.run.point)
        head: dict[str, Any] = {
            "run": one.run.name,
            "scenario": one.run.scenario,
            "kind": one.run.kind,
            **{axis: point.get(axis, "") for axis in axes},
            "status": one.figures["status"],
            "reason": one.figures["reason"],
            "accepted": "yes" if one.is_accepted else "no",
        }
        measures = one.figures["measures"] or {"": {"kpis": {}}}
        rows += [
            {**head, "measure": name, **{kpi: found["kpis"].get(kpi) for kpi in KPIS}}
            for name, found in measures.items()
        ]
    columns = ["run", "scenario", "kind", *axes, "status", "reason", "accepted", "measure", *KPIS]
    return pd.DataFrame(rows, columns=columns)


def amounts_table(outcomes: Sequence[Outcome], part: str) -> pd.DataFrame:
    """One row per run, measure and node (`part` = nodes) or product (`part` = products)."""
    column = {"nodes": "node_id", "products": "product_id"}[part]
    rows = [
        (one.run.name, measure, name, amount)
        for one in outcomes
        for measure, found in one.figures["measures"].items()
        for name, amount in found[part].items()
    ]
    return pd.DataFrame(rows, columns=["run", "measure", column, "target"])


def draws_table(outcomes: Sequence[Outcome]) -> pd.DataFrame:
    """Quantiles of every key figure over the draws, by scenario and measure."""
    found: dict[tuple[str, str, str], list[float]] = {}
    for one in outcomes:
        if one.run.kind != DRAWS:
            continue
        for measure, figures in one.figures["measures"].items():
            for kpi, value in figures["kpis"].items():
                if value is not None:
                    found.setdefault((one.run.scenario, measure, kpi), []).append(value)
    rows = [
        (*key, len(values), float(np.mean(values)), *np.quantile(values, QUANTILES).tolist())
        for key, values in found.items()
    ]
    names = [f"p{round(100 * q):02d}" for q in QUANTILES]
    return pd.DataFrame(rows, columns=["scenario", "measure", "kpi", "draws", "mean", *names])


def acceptance_table(outcomes: Sequence[Outcome], lang: str) -> pd.DataFrame:
    """One row per run, acceptance rule and measure."""
    rows = [
        (
            one.run.name,
            verdict.rule.text,
            verdict.measure,
            verdict.value,
            verdict.limit,
            "pass" if verdict.passed else "fail",
            verdict.sentence(lang),
        )
        for one in outcomes
        for verdict in one.verdicts
    ]
    return pd.DataFrame(rows, columns=["run", "rule", "measure", "value", "limit", "verdict", "text"])
