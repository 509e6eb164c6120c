"""Key figures of a result folder, from its own documents and tables."""

from collections.abc import Mapping
from typing import Any

import numpy as np

from allocator.attainment.basis import basis_on_file
from allocator.verification.result_tables import as_mapping
from scenarios.comparison.board import Board
from scenarios.comparison.names import BETWEEN
from scenarios.comparison.result_folder import Result
from scenarios.comparison.tidy import is_all_products, is_rep

KEY_FIGURES = (
    "total",
    "last_year",
    "growth",
    "street",
    "over_assignment",
    "stretch_min",
    "stretch_p10",
    "stretch_median",
    "stretch_p90",
    "stretch_max",
    "gini",
    "jain",
    "share_at_goal",
    "company_probability",
    "binding_rules",
    "relaxed_rules",
)
FROM_FAIRNESS = {
    "stretch_min": "min",
    "stretch_p10": "p10",
    "stretch_median": "p50",
    "stretch_p90": "p90",
    "stretch_max": "max",
    "gini": "gini",
    "jain": "jain",
}
Figures = Mapping[str, float | None]


def key_figures(board: Board, k: int, result: Result) -> Figures:
    """Return the key figures of one result; None where its folder does not say.

    Names mean what they mean for scenarios (docs/scenarios.md).
    """
    if board.measure not in result.sides:
        return dict.fromkeys(KEY_FIGURES)
    root = int(np.flatnonzero(is_all_products(board) & board.present[k])[0])
    unit = float(board.round_to)
    total, last_year = float(board.units[k, root] * unit), float(board.last_year[k, root])
    street = float(board.units[k][is_rep(board)].sum() * unit)
    overall = _inside(result.fairness, "measures", board.measure, "distributions", "ratio", "overall")
    chances = _inside(result.attainment, "measures", board.measure)
    figures: dict[str, float | None] = {
        "total": total,
        "last_year": last_year,
        "growth": total / last_year - 1 if last_year > 0 else None,
        "street": street,
        "over_assignment": street / total - 1 if total > 0 else None,
        **{name: _number(overall.get(key)) for name, key in FROM_FAIRNESS.items()},
        "share_at_goal": _number(_inside(chances, "share_at_goal").get("expected")),
        "company_probability": _number(_inside(chances, "company").get("probability")),
        "binding_rules": float(len(rules_at(result, board.measure, "binding", with_pins=False))),
        "relaxed_rules": float(len(rules_at(result, board.measure, "relaxed", with_pins=False))),
    }
    return {name: figures[name] for name in KEY_FIGURES}


def chance_basis(result: Result, measure: str) -> dict[str, Any] | None:
    """Return what the chances of one result rest on; None where its folder does not say."""
    return basis_on_file(_inside(result.attainment, "measures", measure).get("basis"))


def _inside(document: Mapping[str, Any], *keys: str) -> Mapping[str, Any]:
    for key in keys:
        document = as_mapping(document.get(key))
    return document


def _number(found: object) -> float | None:
    return float(found) if isinstance(found, int | float) and np.isfinite(found) else None


def rules_at(
    result: Result, measure: str, status: str, *, with_pins: bool = True
) -> dict[str, set[tuple[str, str]]]:
    """Rule id -> the nodes and products where the rule has this status."""
    rules = result.rules
    chosen = (rules["measure"] == measure) & (rules["status"] == status)
    if not with_pins:
        chosen &= rules["kind"] != "pin"
    found: dict[str, set[tuple[str, str]]] = {}
    own = rules[chosen]
    for rule_id, node, product in zip(own["rule_id"], own["node_id"], own["product_id"], strict=True):
        found.setdefault(str(rule_id), set()).add((str(node), str(product)))
    return found


def rule_changes(base: Result, other: Result, measure: str) -> list[dict[str, Any]]:
    """Return where each rule starts or stops to bind or to give way: rule_id, change, count, nodes."""
    found = []
    for status in ("binding", "relaxed"):
        old, new = (rules_at(one, measure, status) for one in (base, other))
        for rule_id in sorted(set(old) | set(new)):
            before, after = old.get(rule_id, set()), new.get(rule_id, set())
            for change, where in (("starts", after - before), ("stops", before - after)):
                if where:
                    nodes = [
                        node if product == "*" else f"{node}{BETWEEN}{product}"
                        for node, product in sorted(where)
                    ]
                    found.append(
                        {
                            "rule_id": rule_id,
                            "change": f"{change}_{status}",
                            "count": len(nodes),
                            "nodes": nodes,
                        }
                    )
    return found
