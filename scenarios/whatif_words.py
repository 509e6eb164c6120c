"""A what-if for the terminal."""

from typing import Any

from allocator.attainment.basis import basis_lines
from allocator.plan.plan import Plan
from allocator.results.columns_of_text import decimals
from allocator.results.text_table import text_table
from allocator.texts import text

SHARES = (
    "growth",
    "over_assignment",
    "rep_growth_max",
    "share_at_goal",
    "company_probability",
    "largest_violation",
    "history_gap",
    "commitment_gap",
    "churn",
)
AMOUNTS = ("total", "last_year", "street", "over_assignment_amount", "incentive_cost")
COUNTS = ("binding_rules", "relaxed_rules")
SHOWN = 12


def what_if_text(document: dict[str, Any], plan: Plan, lang: str) -> str:
    """Return the comparison for people."""
    lines = [text("whatif.title", lang, plan=document["plan"]), ""]
    sentences = [f"  {k}. {change['text']}" for k, change in enumerate(document["changes"], start=1)]
    lines += sentences or [f"  {text('whatif.no_changes', lang)}"]
    if document["before_is_infeasible"]:
        lines += ["", text("whatif.infeasible_before", lang)]
    for measure, found in document["measures"].items():
        spec = plan.spec.measures[measure]
        places = decimals(spec.round_to)
        lines += ["", f"{measure} ({spec.unit})"]
        lines += text_table([_header("whatif.kpi", lang), *_kpi_rows(found["kpis"], places, lang)])
        bases = {
            text(f"whatif.{side}", lang): basis for side, basis in found["chance_basis"].items() if basis
        }
        lines += ["", *basis_lines(bases, lang)]
        lines += [
            "",
            *text_table([_header("whatif.node", lang), *_amount_rows(found["nodes"], "name", places)]),
        ]
        products = [row for row in found["products"] if row["product_id"] != "*"]
        lines += [
            "",
            *text_table([_header("whatif.product", lang), *_amount_rows(products, "product_id", places)]),
        ]
        movers = _amount_rows(found["movers"], "name", places)
        lines += ["", *(text_table([_header("whatif.mover", lang), *movers]) if movers else [])]
        lines += [] if movers else [text("whatif.unmoved", lang)]
        lines += ["", *_rule_lines(found["rules"], lang)]
    return "\n".join(lines)


def _header(first: str, lang: str) -> list[str]:
    return [
        text(first, lang),
        *(text(f"whatif.{key}", lang) for key in ("before", "after", "delta", "change")),
    ]


def _kpi_rows(kpis: dict[str, Any], places: int, lang: str) -> list[list[str]]:
    rows = []
    for name, found in kpis.items():
        if found["before"] is None and found["after"] is None:
            continue
        sides = [kpi_text(name, found[side], places) for side in ("before", "after")]
        rows.append(
            [text(f"kpi.{name}", lang), *sides, kpi_text(name, found["delta"], places, signed=True), ""]
        )
    return rows


def kpi_text(name: str, value: float | None, places: int, *, signed: bool = False) -> str:
    """Return a key figure as people write it."""
    if value is None:
        return "-"
    sign = "+" if signed else ""
    if name in SHARES:
        return f"{value:{sign}.1%}"
    if name in AMOUNTS:
        return f"{value:{sign},.{places}f}"
    if name in COUNTS:
        return f"{value:{sign}.0f}"
    return f"{value:{sign}.4f}"


def _amount_rows(rows: list[dict[str, Any]], name: str, places: int) -> list[list[str]]:
    return [
        [
            row[name],
            *("-" if row[side] is None else f"{row[side]:,.{places}f}" for side in ("before", "after")),
            f"{row['delta']:+,.{places}f}",
            "" if row["change"] is None else f"{row['change']:+.1%}",
        ]
        for row in rows[:SHOWN]
    ]


def _rule_lines(rules: dict[str, list[dict[str, Any]]], lang: str) -> list[str]:
    lines = []
    for key in ("starts_binding", "stops_binding", "starts_relaxed", "stops_relaxed"):
        if rules[key]:
            names = ", ".join(
                f"{one['rule_id']} ({', '.join(one['nodes'][:4])})" for one in rules[key][:SHOWN]
            )
            lines.append(text(f"whatif.{key}", lang, rules=names))
    for one in rules["spreads_binding"][:SHOWN]:
        lines.append(text("whatif.spreads", lang, rule=one["rule_id"], more=one["more"], fewer=one["fewer"]))
    return lines or [text("whatif.same_rules", lang)]
