"""An impossible measure in business words: what cannot hold together, by how much, what would help."""

from typing import Any

import pandas as pd

from allocator.diagnosis.conflict import Conflict, find_conflict
from allocator.diagnosis.repairs import find_repairs
from allocator.model.labels import Labels
from allocator.model.problem import MeasureProblem
from allocator.plan.plan import Plan
from allocator.texts import text

LANGUAGES = ("en", "zh")


def diagnose(plan: Plan, labels: Labels, measure: str, problem: MeasureProblem) -> dict[str, Any]:
    """Return `diagnosis.json` of one measure as plain JSON types.

    Returns
    -------
    summary, measure, conflict ([{rule_id, owner, kind, side, nodes, amount, text}]), short_by, least,
    most, contradiction_at (a node of the tree, if the tree alone shows it), minimal_conflict (rule
    ids that cannot hold together although any of them left out would), repairs ([{text, owner,
    changes, amount}], each proved feasible by solving it). Sentences are {en, zh}.
    """
    conflict = find_conflict(labels, problem)
    repairs = find_repairs(plan, labels, measure, problem, conflict)
    unit = plan.spec.measures[measure].unit
    return {
        "status": "infeasible",
        "measure": measure,
        "summary": _summary(conflict, unit, measure),
        "conflict": [_member(plan, labels, member, unit) for _, member in conflict.members.iterrows()],
        "short_by": conflict.least - conflict.most,
        "least": conflict.least,
        "most": conflict.most,
        "contradiction_at": conflict.tree_node,
        "minimal_conflict": conflict.minimal,
        "repairs": repairs,
    }


def _summary(conflict: Conflict, unit: str, measure: str) -> str:
    """One sentence for the terminal: what adds up to what."""
    figures = {
        "measure": measure,
        "least": f"{conflict.least:,.0f}",
        "most": f"{conflict.most:,.0f}",
        "short": f"{conflict.least - conflict.most:,.0f}",
        "unit": unit,
        "rules": ", ".join(conflict.minimal),
    }
    return text("diagnosis.summary", "en", **figures)


def _member(plan: Plan, labels: Labels, member: pd.Series, unit: str) -> dict[str, Any]:
    """One rule (or total) of the conflict: what it asks of whom."""
    nodes = [labels.node_id[v] for v in member["nodes"]]
    names = plan.org["name"].to_numpy()[labels.node_row]
    shown = [names[v] or labels.node_id[v] for v in member["nodes"][:3]]
    more = len(nodes) - len(shown)
    sentences = {
        lang: text(
            f"diagnosis.{member['side']}",
            lang,
            rule=member["rule_id"],
            kind=text(f"kind.{member['kind']}", lang),
            nodes=", ".join(shown) + (text("diagnosis.and_more", lang, count=more) if more > 0 else ""),
            amount=f"{abs(member['amount']):,.0f}",
            unit=unit,
            owner=text("diagnosis.owner", lang, owner=member["owner"]) if member["owner"] else "",
        )
        for lang in LANGUAGES
    }
    return {
        "rule_id": member["rule_id"],
        "kind": member["kind"],
        "owner": member["owner"],
        "side": member["side"],
        "nodes": nodes,
        "amount": round(abs(float(member["amount"])), 6),
        "text": sentences,
    }
