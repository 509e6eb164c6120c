"""An impossible measure in business words: what cannot hold together, by how much, what would help."""

import math
from collections.abc import Mapping
from typing import Any

import pandas as pd

from allocator.anchors.build import Evidence
from allocator.diagnosis.conflict import Conflict, find_conflict
from allocator.diagnosis.proving import Trials
from allocator.diagnosis.repairs import find_repairs
from allocator.diagnosis.row_names import TOTALS, name_rows
from allocator.model.frames import KnownModel
from allocator.model.labels import Labels
from allocator.model.problem import MeasureProblem
from allocator.plan.plan import Plan
from allocator.texts import text
from solver_models.engines.base import EngineError
from solver_models.failures import EngineStopped

LANGUAGES = ("en", "zh")
RATES = ("mix", "fairness")
PLAIN = ("total", "product_total", "range", "growth", "capacity", "commitment", "pin")
SHOWN_NODES = 3
SHOWN_MEMBERS = 20


def diagnose(
    plan: Plan,
    labels: Labels,
    measure: str,
    problem: MeasureProblem,
    evidence: Evidence | None = None,
    known: KnownModel | None = None,
) -> dict[str, Any]:
    """Return `diagnosis.json` of one measure as plain JSON types.

    Parameters
    ----------
    evidence, known
        What `gather_evidence` finds and what is known of the model, where it is known already.

    Returns
    -------
    summary (English), text, measure, conflict ([{rule_id, name, owner, kind, side, nodes, products, bound,
    amount, text}]), short_by, least, most, contradiction_at (node and product, if the trees alone show it),
    minimal_conflict (names that cannot hold together although any of them left out would), repairs ([{text,
    owner, changes, amount}], each proved feasible by solving it), unproved_repairs (how many more were found
    but not proved). Every `text` is {en, zh}. Where no engine names the rules, conflict and repairs are empty
    and short_by, least and most are None.
    """
    names = name_rows(labels, problem)
    try:
        conflict = find_conflict(labels, problem, names)
    except (EngineError, EngineStopped):
        return _unnamed(measure)
    trials = Trials(plan, labels, measure, evidence, known)
    repairs = find_repairs(plan, labels, measure, problem, conflict, names, trials)
    unit = plan.spec.measures[measure].unit
    sentences = {lang: _summary(labels, conflict, unit, measure, lang) for lang in LANGUAGES}
    return {
        "status": "infeasible",
        "measure": measure,
        "summary": sentences["en"],
        "text": sentences,
        "conflict": [
            _member(plan, labels, problem, {str(key): value for key, value in member.items()}, unit)
            for member in conflict.members.to_dict("records")
        ],
        "short_by": conflict.least - conflict.most,
        "least": conflict.least,
        "most": conflict.most,
        "contradiction_at": None
        if conflict.at is None
        else {"node_id": labels.node_id[conflict.at[0]], "product_id": labels.product_id[conflict.at[1]]},
        "minimal_conflict": conflict.minimal,
        "repairs": repairs.proved,
        "unproved_repairs": repairs.unproved,
    }


def _unnamed(measure: str) -> dict[str, Any]:
    """The diagnosis where all that is known is that the plan is impossible."""
    sentences = {lang: text("diagnosis.unnamed", lang, measure=measure) for lang in LANGUAGES}
    nothing = dict.fromkeys(("short_by", "least", "most", "contradiction_at"))
    return {
        "status": "infeasible",
        "measure": measure,
        "summary": sentences["en"],
        "text": sentences,
        "conflict": [],
        **nothing,
        "minimal_conflict": [],
        "repairs": [],
        "unproved_repairs": 0,
    }


def diagnosis_text(diagnosis: Mapping[str, Any], lang: str) -> str:
    """Say a diagnosis on the terminal: summary, conflict (the largest parts of a long one), repairs."""
    members = diagnosis["conflict"]
    lines = [diagnosis["text"][lang]]
    if members:
        lines += ["", text("diagnosis.conflict", lang)]
    heavy = sorted(range(len(members)), key=lambda at: (-members[at].get("amount", 0.0), at))
    lines += [f"  {members[at]['text'][lang]}" for at in sorted(heavy[:SHOWN_MEMBERS])]
    if len(members) > SHOWN_MEMBERS:
        lines.append("  " + text("diagnosis.more_members", lang, count=len(members) - SHOWN_MEMBERS))
    if diagnosis["repairs"]:
        lines += ["", text("diagnosis.ways_out", lang)]
    for number, repair in enumerate(diagnosis["repairs"], start=1):
        owner = text("diagnosis.owner", lang, owner=repair["owner"]) if repair["owner"] else ""
        lines.append(f"  {number}. {repair['text'][lang]}{owner}")
    unproved = diagnosis.get("unproved_repairs", 0)
    if unproved:
        key = "diagnosis.unproved_one" if unproved == 1 else "diagnosis.unproved"
        lines += ["", text(key, lang, count=unproved)]
    if diagnosis.get("standing"):
        lines += ["", diagnosis["standing"]["text"][lang]]
    return "\n".join(lines)


def _summary(labels: Labels, conflict: Conflict, unit: str, measure: str, lang: str) -> str:
    """What adds up to what, and who shows it."""
    figures = {
        "measure": measure,
        "least": amount_text(conflict.least),
        "most": amount_text(conflict.most),
        "short": amount_text(conflict.least - conflict.most),
        "unit": unit,
        "rules": _listed(conflict.minimal, lang),
    }
    at = ""
    if conflict.at is not None:
        node, product = conflict.at
        at = " " + text(
            "diagnosis.at_node", lang, node=labels.node_id[node], product=labels.product_id[product]
        )
    is_plain = bool(conflict.members["kind"].isin(PLAIN).all())
    return text("diagnosis.summary" if is_plain else "diagnosis.summary_mixed", lang, **figures) + at


def _listed(names: list[str], lang: str) -> str:
    """The first names, and how many more there are."""
    more = len(names) - SHOWN_MEMBERS
    shown = ", ".join(names[:SHOWN_MEMBERS])
    return shown + text("diagnosis.and_more", lang, count=more) if more > 0 else shown


def amount_text(value: float) -> str:
    """Return an amount with thousands separators and no more digits than it needs, at most two."""
    rounded = round(value, 2)
    return f"{rounded:,.0f}" if rounded == round(rounded) else f"{rounded:,.2f}"


def _member(
    plan: Plan, labels: Labels, problem: MeasureProblem, member: Mapping[str, Any], unit: str
) -> dict[str, Any]:
    """One rule (or total) of the conflict: what it asks of whom."""
    nodes = [labels.node_id[v] for v in dict.fromkeys(member["nodes"])]
    products = [labels.product_id[q] for q in dict.fromkeys(member["products"])]
    return {
        "rule_id": member["rule_id"],
        "name": member["name"],
        "kind": member["kind"],
        "owner": member["owner"],
        "side": member["side"],
        "nodes": nodes,
        "products": products,
        "bound": round(float(member["bound"]), 6),
        "amount": round(float(member["amount"]), 6),
        "text": {lang: _member_text(plan, labels, problem, member, unit, lang) for lang in LANGUAGES},
    }


def _member_text(
    plan: Plan, labels: Labels, problem: MeasureProblem, member: Mapping[str, Any], unit: str, lang: str
) -> str:
    nodes = list(dict.fromkeys(member["nodes"]))
    names = plan.org["name"].to_numpy()[labels.node_row]
    shown = [str(names[v] or labels.node_id[v]) for v in nodes[:SHOWN_NODES]]
    more = len(nodes) - len(shown)
    products = [labels.product_id[q] for q in dict.fromkeys(member["products"]) if q > 0]
    kind = member["kind"]
    asked = amount_text(member["bound"]) + f" {unit}"
    instance = member["instances"][0]
    if instance >= 0 and (kind in RATES or problem.instances["basis"].iat[instance] == "effort"):
        asked = _own_terms(problem.instances, instance, member["side"], kind)
    return text(
        f"diagnosis.{member['side']}",
        lang,
        rule="" if kind in (*TOTALS, "pin") else f" {member['rule_id']}",
        kind=text(f"diagnosis.kind.{kind}", lang),
        nodes=", ".join(shown) + (text("diagnosis.and_more", lang, count=more) if more > 0 else ""),
        products=text("diagnosis.products", lang, products=", ".join(products)) if products else "",
        amount=asked,
        owner=text("diagnosis.owner", lang, owner=member["owner"]) if member["owner"] else "",
    )


def _own_terms(table: pd.DataFrame, instance: int, side: str, kind: str) -> str:
    """The bound of a rule as it stands in rules.csv."""
    low, high = float(table["min"].to_numpy()[instance]), float(table["max"].to_numpy()[instance])
    if kind == "fairness" and math.isnan(low):
        low = -high
    value = low if side == "lower" else high
    return f"{value:+.1%}" if kind == "fairness" else f"{value:.1%}" if kind == "mix" else amount_text(value)
