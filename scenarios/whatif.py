"""What one scenario changes: the plan before and after, side by side."""

from dataclasses import dataclass
from typing import Any

from allocator.attainment.basis import said_basis
from allocator.errors import InfeasiblePlan
from allocator.plan.plan import Plan
from scenarios.changes.apply import Applied
from scenarios.family import PlanFamily
from scenarios.kpis import MeasureKpis, measure_kpis, rep_targets, rules_at
from scenarios.scenario import Chain, apply_chain
from scenarios.solving import MeasureSolution, Solution

MOVERS = 10


@dataclass(frozen=True)
class WhatIf:
    """A plan before and after a chain of scenarios.

    Parameters
    ----------
    before
        None where the plan itself is infeasible.
    """

    chain: Chain
    applied: Applied
    before: Solution | None
    after: Solution
    kpis_before: tuple[MeasureKpis, ...]
    kpis_after: tuple[MeasureKpis, ...]


def what_if(plan: Plan, chain: Chain, family: PlanFamily) -> WhatIf:
    """Answer what a chain of scenarios changes.

    Raises
    ------
    InputFaults
        If a change is at fault.
    InfeasiblePlan
        If the changed plan is infeasible.
    """
    applied = apply_chain(plan, chain, family.reference, family.sheets)
    try:
        before = family.kept(plan)
    except InfeasiblePlan:
        before = None
    after = family.kept(applied.plan)
    against = rep_targets(before) if before else None
    return WhatIf(
        chain,
        applied,
        before,
        after,
        measure_kpis(before, family.ground, against) if before else (),
        measure_kpis(after, family.ground, against),
    )


def what_if_document(answer: WhatIf, lang: str) -> dict[str, Any]:
    """Return the comparison as plain JSON types, sentences in `lang`."""
    return {
        "plan": answer.after.plan.spec.plan,
        "status": "optimal",
        "before_is_infeasible": answer.before is None,
        "input_hash": answer.applied.plan.input_hash,
        "changes": [
            {"kind": change.kind, "text": change.sentence(lang), "scenario": scenario.file}
            for scenario in answer.chain
            for change in scenario.changes
        ],
        "log": [
            {"change": entry.position, "path": entry.path, "old": entry.old, "new": entry.new}
            for entry in answer.applied.log
        ],
        "measures": {one.measure: _measure(answer, k, lang) for k, one in enumerate(answer.after.measures)},
    }


def _measure(answer: WhatIf, k: int, lang: str) -> dict[str, Any]:
    after = answer.after.measures[k]
    before = _same(answer.before, after.measure)
    known = next((one for one in answer.kpis_before if one.measure == after.measure), None)
    now, was = answer.kpis_after[k], known.values if known else {}
    kpis = {
        name: {"before": was.get(name), "after": value, "delta": _delta(was.get(name), value)}
        for name, value in now.values.items()
    }
    rows = _node_rows(answer, before, after)
    return {
        "kpis": kpis,
        "chance_basis": {
            "before": said_basis(known.chance_basis, lang) if known else None,
            "after": said_basis(now.chance_basis, lang),
        },
        "nodes": [row for row in rows if not row["is_rep"]],
        "products": _product_rows(answer, before, after),
        "movers": _movers([row for row in rows if row["is_rep"]]),
        "rules": _rule_changes(answer, before, after),
    }


def _same(solution: Solution | None, measure: str) -> MeasureSolution | None:
    return next((one for one in solution.measures if one.measure == measure), None) if solution else None


def _delta(before: float | None, after: float | None) -> float | None:
    return None if before is None or after is None else after - before


def _row(before: float | None, after: float | None) -> dict[str, Any]:
    delta = (after or 0.0) - (before or 0.0)
    return {
        "before": before,
        "after": after,
        "delta": delta,
        "change": delta / before if before else None,
    }


def _node_rows(
    answer: WhatIf, before: MeasureSolution | None, after: MeasureSolution
) -> list[dict[str, Any]]:
    """Every node of either side: those after in tree order, then those that are gone."""
    rows = []
    seen: set[str] = set()
    sides = [(answer.after, after), *([(answer.before, before)] if answer.before and before else [])]
    for solution, _ in sides:
        names = _names(solution.plan)
        for v, node in enumerate(solution.labels.node_id):
            if node in seen:
                continue
            seen.add(node)
            rows.append(
                {
                    "node_id": node,
                    "name": names[node],
                    "level": solution.labels.level[v],
                    "is_rep": bool(solution.labels.grid.org.is_leaf[v]),
                    **_row(_amount(answer.before, before, node), _amount(answer.after, after, node)),
                }
            )
    return rows


def _amount(
    solution: Solution | None, one: MeasureSolution | None, node: str, product: str = "*"
) -> float | None:
    if solution is None or one is None:
        return None
    v, q = solution.labels.node_code.get(node), solution.labels.product_code.get(product)
    return None if v is None or q is None else float(one.amounts[v, q])


def _names(plan: Plan) -> dict[str, str]:
    return dict(zip(plan.org["node_id"], plan.org["name"], strict=True))


def _product_rows(
    answer: WhatIf, before: MeasureSolution | None, after: MeasureSolution
) -> list[dict[str, Any]]:
    """Company amounts of every product of either side."""
    ids = list(answer.after.labels.product_id)
    if answer.before:
        ids += [name for name in answer.before.labels.product_id if name not in set(ids)]
    root_before = answer.before.labels.node_id[0] if answer.before else ""
    root_after = answer.after.labels.node_id[0]
    return [
        {
            "product_id": name,
            **_row(
                _amount(answer.before, before, root_before, name),
                _amount(answer.after, after, root_after, name),
            ),
        }
        for name in ids
    ]


def _movers(reps: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """The reps whose targets move most, by amount."""
    moved = [row for row in reps if row["delta"] != 0]
    return sorted(moved, key=lambda row: (-abs(row["delta"]), row["node_id"]))[:MOVERS]


def _rule_changes(
    answer: WhatIf, before: MeasureSolution | None, after: MeasureSolution
) -> dict[str, list[dict[str, Any]]]:
    """Rules that start or stop binding, or start or stop giving way, with the nodes where they do."""
    found: dict[str, list[dict[str, Any]]] = {}
    for status in ("binding", "relaxed"):
        old = rules_at(answer.before, before, status) if answer.before and before else {}
        new = rules_at(answer.after, after, status)
        for key, here, there in (("starts", new, old), ("stops", old, new)):
            names = sorted(set(here) - set(there))
            found[f"{key}_{status}"] = [
                {"rule_id": name, "nodes": sorted(here[name])[:20], "count": len(here[name])}
                for name in names
            ]
        both = sorted(set(new) & set(old))
        found[f"spreads_{status}"] = [
            {"rule_id": name, "more": len(new[name] - old[name]), "fewer": len(old[name] - new[name])}
            for name in both
            if new[name] != old[name]
        ]
    return found
