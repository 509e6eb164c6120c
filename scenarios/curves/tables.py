"""The outcomes of a sweep as tidy tables."""

from collections.abc import Sequence
from typing import Any

import numpy as np
import pandas as pd

from allocator.attainment.basis import basis_code
from scenarios.kpis import CHANCES, KPIS
from scenarios.runs.outcome import Outcome
from scenarios.runs.plan_of_runs import DRAWS

BASIS = "chance_basis"
"""Column that says what the chances of a row rest on (`basis_code`); empty where it shows none."""
QUANTILES = (0.05, 0.25, 0.5, 0.75, 0.95)


def axis_names(outcomes: Sequence[Outcome]) -> list[str]:
    """Return the axes of all runs, in order of appearance."""
    return list(dict.fromkeys(axis for one in outcomes for axis, _ in one.run.point))


def chance_code(outcomes: Sequence[Outcome], measure: str) -> str:
    """Return the bases of a measure over some runs as one field of a table."""
    found = [one.figures["measures"][measure] for one in outcomes if measure in one.figures["measures"]]
    return " | ".join(dict.fromkeys(basis_code(one["chance_basis"]) for one in found))


def runs_table(outcomes: Sequence[Outcome]) -> pd.DataFrame:
    """One row per run and measure: axes, status, acceptance, key figures, what its chances rest on.

    Runs without targets have one row.
    """
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
            {
                **head,
                "measure": name,
                **{kpi: found["kpis"].get(kpi) for kpi in KPIS},
                BASIS: chance_code([one], name),
            }
            for name, found in measures.items()
        ]
    columns = ["run", "scenario", "kind", *axes, "status", "reason", "accepted", "measure", *KPIS, BASIS]
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
    drawn: dict[str, list[Outcome]] = {}
    for one in outcomes:
        if one.run.kind != DRAWS:
            continue
        drawn.setdefault(one.run.scenario, []).append(one)
        for measure, figures in one.figures["measures"].items():
            for kpi, value in figures["kpis"].items():
                if value is not None:
                    found.setdefault((one.run.scenario, measure, kpi), []).append(value)
    rows = [
        (
            *(scenario, measure, kpi, len(values), float(np.mean(values))),
            *np.quantile(values, QUANTILES).tolist(),
            chance_code(drawn[scenario], measure) if kpi in CHANCES else "",
        )
        for (scenario, measure, kpi), values in found.items()
    ]
    names = [f"p{round(100 * q):02d}" for q in QUANTILES]
    return pd.DataFrame(rows, columns=["scenario", "measure", "kpi", "draws", "mean", *names, BASIS])


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
            chance_code([one], verdict.measure) if verdict.rule.kpi in CHANCES else "",
        )
        for one in outcomes
        for verdict in one.verdicts
    ]
    return pd.DataFrame(rows, columns=["run", "rule", "measure", "value", "limit", "verdict", "text", BASIS])
