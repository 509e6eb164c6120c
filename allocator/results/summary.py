"""What the terminal shows after a run."""

from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np

from allocator.allocation import Allocation, MeasureAllocation
from allocator.results.columns_of_text import decimals
from allocator.results.sentences import node_names, rule_sentences
from allocator.results.tables import as_float
from allocator.results.text_table import text_table
from allocator.texts import text

SHOWN_RULES = 6
SHOWN_NODES = 12


def summary_text(allocation: Allocation, lang: str) -> str:
    """Return the summary for people: totals, first level of the org, rules, exactness, seconds."""
    spec = allocation.plan.spec
    lines = [text("summary.title", lang, plan=spec.plan, name=spec.name).strip(), ""]
    rows = [_measure_row(allocation, result) for result in allocation.measures]
    lines += text_table([_measure_header(lang), *rows])
    for result in allocation.measures:
        lines += ["", f"{result.measure} ({spec.measures[result.measure].unit})"]
        lines += text_table([_node_header(lang), *_node_rows(allocation, result)])
        lines += _rule_lines(allocation, result, lang)
        lines.append(
            text(
                "summary.exact",
                lang,
                unit=f"{spec.measures[result.measure].round_to:,f}",
                residual=f"{max(result.evidence['residuals'].values()):.0e}",
            )
        )
    phases = ", ".join(f"{name} {seconds:.2f}" for name, seconds in allocation.seconds.items())
    return "\n".join([*lines, "", text("summary.seconds", lang, phases=phases)])


def summary_json(allocation: Allocation, out: Path) -> dict[str, Any]:
    """Return the summary for programs."""
    return {
        "status": allocation.status,
        "plan": allocation.plan.spec.plan,
        "out": str(out),
        "engine": allocation.engine,
        "input_hash": allocation.plan.input_hash,
        "seconds": {name: round(seconds, 4) for name, seconds in allocation.seconds.items()},
        "measures": {result.measure: _measure_json(allocation, result) for result in allocation.measures},
    }


def _measure_json(allocation: Allocation, result: MeasureAllocation) -> dict[str, Any]:
    total, last_year, street = _totals(allocation, result)
    ratio = _rep_ratio(allocation, result)
    counts = result.rules["status"].value_counts().to_dict()
    return {
        "target": total,
        "last_year": last_year,
        "growth": total / last_year - 1 if last_year > 0 else None,
        "sum_of_reps": street,
        "ratio_to_anchor": {"min": float(ratio.min()), "max": float(ratio.max())} if len(ratio) else None,
        "rules": {status: int(counts.get(status, 0)) for status in ("binding", "relaxed", "slack")},
        "tiers": result.evidence["tiers"],
        "residuals": result.evidence["residuals"],
    }


def _totals(allocation: Allocation, result: MeasureAllocation) -> tuple[float, float, float]:
    """Company target, last year, sum of the reps."""
    round_to = allocation.plan.spec.measures[result.measure].round_to
    target = as_float(result.target_units, round_to)
    leaf = allocation.labels.grid.org.leaf
    return float(target[0, 0]), float(result.anchors.last_year.sum()), float(target[leaf, 0].sum())


def _rep_ratio(allocation: Allocation, result: MeasureAllocation) -> np.ndarray:
    """Target over anchor of the reps with an anchor, unrounded."""
    grid = allocation.labels.grid
    shape = (grid.n_rep, grid.n_product)
    anchor = result.anchors.anchor.reshape(shape).sum(axis=1)
    target = result.unrounded.reshape(shape).sum(axis=1)
    return np.asarray(target[anchor > 0] / anchor[anchor > 0])


def _measure_header(lang: str) -> list[str]:
    keys = ("measure", "target", "last_year", "growth", "street", "stretch")
    return [text(f"summary.{key}", lang) for key in keys]


def _measure_row(allocation: Allocation, result: MeasureAllocation) -> list[str]:
    total, last_year, street = _totals(allocation, result)
    ratio = _rep_ratio(allocation, result)
    span = f"{ratio.min():.2f} - {ratio.max():.2f}" if len(ratio) else ""
    growth = f"{total / last_year - 1:+.1%}" if last_year > 0 else ""
    places = decimals(allocation.plan.spec.measures[result.measure].round_to)
    amounts = [f"{amount:,.{places}f}" for amount in (total, last_year, street)]
    return [result.measure, *amounts[:2], growth, amounts[2], span]


def _node_header(lang: str) -> list[str]:
    return [text(f"summary.{key}", lang) for key in ("node", "target", "share", "growth", "ratio")]


def _node_rows(allocation: Allocation, result: MeasureAllocation) -> list[list[str]]:
    """The first level below the root, largest first."""
    grid = allocation.labels.grid
    round_to = allocation.plan.spec.measures[result.measure].round_to
    target = as_float(result.target_units, round_to)[:, 0]
    last_year = grid.roll_up_plain(result.anchors.last_year)[:, 0]
    anchor = grid.roll_up(result.anchors.anchor)[:, 0]
    names = node_names(allocation)
    first = np.flatnonzero(grid.org.parent == 0)
    shown = first[np.argsort(-target[first], kind="stable")][:SHOWN_NODES]
    return [
        [
            names[v],
            f"{target[v]:,.{decimals(round_to)}f}",
            f"{target[v] / target[0]:.1%}" if target[0] else "",
            f"{target[v] / last_year[v] - 1:+.1%}" if last_year[v] > 0 else "",
            f"{target[v] / anchor[v]:.3f}" if anchor[v] > 0 else "",
        ]
        for v in shown
    ]


def _rule_lines(allocation: Allocation, result: MeasureAllocation, lang: str) -> list[str]:
    """Counts, tiers, the strongest binding rules and what was relaxed."""
    rules = result.rules
    counts = {status: int((rules["status"] == status).sum()) for status in ("binding", "relaxed", "slack")}
    lines = [text("summary.rules", lang, **counts)]
    for tier in result.evidence["tiers"]:
        if tier["largest_violation"] > 0:
            largest, total = f"{tier['largest_violation']:.2%}", f"{tier['sum_of_violations']:.2%}"
            lines.append(text("summary.tier", lang, tier=tier["tier"], largest=largest, total=total))
    for status, key in (("binding", "summary.binding_most"), ("relaxed", "summary.relaxed_list")):
        chosen = np.flatnonzero((rules["status"] == status).to_numpy())
        if not len(chosen):
            continue
        order = np.argsort(-np.abs(rules["price"].to_numpy()[chosen]), kind="stable")
        lines.append(text(key, lang))
        shown = rules.iloc[chosen[order][:SHOWN_RULES]]
        sentences = rule_sentences(allocation, replace(result, rules=shown), lang)
        lines += [f"  {rule_id}: {words}" for rule_id, words in zip(shown["rule_id"], sentences, strict=True)]
        if len(chosen) > SHOWN_RULES:
            lines.append(text("summary.more", lang, count=len(chosen) - SHOWN_RULES))
    return lines
