"""comparison.json and the words for the terminal."""

from pathlib import Path
from typing import Any

import numpy as np

from allocator.attainment.basis import said_basis
from allocator.results.columns_of_text import decimals
from allocator.results.tables import amounts
from allocator.results.text_table import text_table
from allocator.texts import text
from allocator.wording import in_language
from scenarios.comparison.comparison import Against, Comparison, MeasureComparison
from scenarios.comparison.names import beside_id
from scenarios.comparison.tidy import records
from scenarios.comparison.words import cause_name, chance_lines, figure_rows, nodes_above_reps, rule_rows

SHOWN_MOVERS, SHOWN_RULES = 8, 8


def comparison_document(comparison: Comparison, lang: str) -> dict[str, Any]:
    """Return the comparison as plain JSON types; what moves single cells stands in comparison.csv."""
    return {
        "status": "compared",
        "base": comparison.names[0],
        "published": comparison.published,
        "later_runs": list(comparison.later_runs),
        "results": [
            {
                "name": one.name,
                "plan": one.certificate.get("plan"),
                "input_hash": one.certificate.get("input_hash"),
                "result_hash": one.certificate.get("result_hash"),
            }
            for one in comparison.results
        ],
        "measures": {one.measure: _measure(comparison, one, lang) for one in comparison.measures},
    }


def _measure(comparison: Comparison, one: MeasureComparison, lang: str) -> dict[str, Any]:
    return {
        "unit": one.unit,
        "round_to": f"{one.board.round_to:f}",
        "kpis": {name: dict(figures) for name, figures in zip(comparison.names, one.figures, strict=True)},
        "chance_basis": {
            name: None if basis is None else said_basis(basis, lang)
            for name, basis in zip(comparison.names, one.bases, strict=True)
        },
        "churn": None
        if one.churn is None
        else {name: dict(found) for name, found in zip(comparison.names, one.churn, strict=True)},
        "against": {other.scenario: _against(one, other) for other in one.against},
    }


def _against(one: MeasureComparison, other: Against) -> dict[str, Any]:
    board, causes = one.board, other.causes
    root = nodes_above_reps(board)[:1]
    company = amounts(causes.amount[:, root], board.round_to)
    movers = other.movers.drop(columns=["scenario", "measure"]).astype(object)
    return {
        "delta": _plain(amounts(causes.delta[root], board.round_to)[0]) if len(root) else 0,
        "causes": {
            name: _plain(company[c, 0])
            for c, name in enumerate(causes.names)
            if len(root) and causes.amount[c, root].any()
        },
        "movers": [{key: _plain(value) for key, value in row.items()} for row in movers.to_dict("records")],
        "rules": other.rules,
    }


def _plain(value: Any) -> Any:
    if isinstance(value, np.integer):
        return int(value)
    return None if isinstance(value, float) and not np.isfinite(value) else value


def comparison_text(comparison: Comparison, out: Path, files: list[str], lang: str) -> str:
    """Return the comparison for people."""
    base, *others = comparison.names
    lines = [text("compare.heading", lang, base=base, others=", ".join(others))]
    lines += [in_language(said, lang) for said in comparison.later_runs]
    for one in comparison.measures:
        places = decimals(one.board.round_to)
        lines += ["", f"{one.measure} ({one.unit})" if one.unit else one.measure]
        head = [text("compare.figure", lang), *comparison.names]
        lines += text_table([head, *figure_rows(one, places, lang)])
        lines += chance_lines(one, comparison.names, lang)
        for other in one.against:
            lines += ["", f"{base} -> {other.scenario}", *_moved(other, places, lang)]
            rules = rule_rows(other, one.board.names, lang)
            lines += [f"  {rule}: {change} ({where})" for rule, change, _, where in rules[:SHOWN_RULES]]
            if len(rules) > SHOWN_RULES:
                more = len(rules) - SHOWN_RULES
                lines.append("  " + text("compare.more", lang, count=more, file="comparison.json"))
    return "\n".join([*lines, "", text("compare.written", lang, out=out, files=", ".join(files))])


def _moved(other: Against, places: int, lang: str) -> list[str]:
    movers = other.movers.assign(size=np.abs(other.movers["delta"].astype(float)))
    first = movers.sort_values("size", ascending=False, kind="stable").head(SHOWN_MOVERS)
    if first.empty:
        return [text("compare.unmoved", lang)]
    head = [
        text(f"compare.{name}", lang) for name in ("node", "base", "other", "delta", "change", "main_cause")
    ]
    rows = [
        [
            beside_id(row["node_name"], row["node_id"]),
            *("-" if side is None else f"{float(side):,.{places}f}" for side in (row["base"], row["other"])),
            f"{float(row['delta']):+,.{places}f}",
            f"{row['change']:+.1%}" if row["change"] == row["change"] else "",
            cause_name(str(row["cause"]), lang),
        ]
        for row in records(first)
    ]
    return text_table([head, *rows])
