"""Limits as JSON and for the terminal."""

from collections.abc import Sequence
from decimal import Decimal
from typing import Any

from allocator.plan.plan import Plan
from allocator.results.columns_of_text import decimals
from allocator.results.text_table import text_table
from allocator.texts import text
from scenarios.frontier.limits import Limit, MeasureLimits, Stop

SHOWN_NODES = 3


def limits_json(found: Sequence[MeasureLimits]) -> dict[str, Any]:
    """Return the limits as plain JSON types; null = nothing stops it."""
    return {
        "status": "ok",
        "measures": {
            one.measure: {
                "is_within": one.is_within,
                "company": _limit_json(one.company),
                "nodes": [_limit_json(limit) for limit in one.nodes],
            }
            for one in found
        },
    }


def _limit_json(limit: Limit) -> dict[str, Any]:
    return {
        "node_id": limit.node_id,
        "level": limit.level,
        "smallest": _number(limit.smallest),
        "anchor": limit.anchor,
        "largest": _number(limit.largest),
        "stops_below": [_stop_json(stop) for stop in limit.stops_below],
        "stops_above": [_stop_json(stop) for stop in limit.stops_above],
    }


def _number(amount: Decimal | None) -> float | int | None:
    if amount is None:
        return None
    return int(amount) if amount == amount.to_integral_value() else float(amount)


def _stop_json(stop: Stop) -> dict[str, Any]:
    return {
        "name": stop.name,
        "rule_id": stop.rule_id,
        "kind": stop.kind,
        "owner": stop.owner,
        "side": stop.side,
        "nodes": list(stop.nodes),
        "products": list(stop.products),
        "pull": stop.pull,
    }


def limits_text(plan: Plan, found: Sequence[MeasureLimits], lang: str) -> str:
    """Return the limits for people: a table per measure, then what stops the company."""
    lines: list[str] = []
    for one in found:
        spec = plan.spec.measures[one.measure]
        places = decimals(spec.round_to)
        header = [text(f"limits.{key}", lang) for key in ("node", "smallest", "anchor", "largest", "stopped")]
        rows = [_row(limit, places, lang) for limit in (one.company, *one.nodes)]
        lines += ["", f"{one.measure} ({spec.unit})", *text_table([header, *rows])]
        if not one.is_within:
            lines.append(text("limits.beyond", lang, total=f"{one.company.anchor:,.{places}f}"))
        for key, stops in (("above", one.company.stops_above), ("below", one.company.stops_below)):
            if stops:
                lines += ["", text(f"limits.stops_{key}", lang)]
                lines += [f"  {_stop_text(stop, lang)}" for stop in stops]
    return "\n".join(lines[1:])


def _row(limit: Limit, places: int, lang: str) -> list[str]:
    sides = [
        text("limits.none", lang) if amount is None else f"{amount:,.{places}f}"
        for amount in (limit.smallest, limit.largest)
    ]
    stops = ", ".join(dict.fromkeys(stop.name for stop in limit.stops_above))
    return [limit.node_id, sides[0], f"{limit.anchor:,.{places}f}", sides[1], stops or "-"]


def _stop_text(stop: Stop, lang: str) -> str:
    shown = ", ".join(stop.nodes[:SHOWN_NODES])
    more = len(stop.nodes) - SHOWN_NODES
    nodes = shown + (text("limits.more", lang, count=more) if more > 0 else "")
    owner = text("rule.owner", lang, owner=stop.owner) if stop.owner else ""
    side = text(f"limits.side_{stop.side}", lang)
    return text("limits.stop", lang, name=stop.name, side=side, nodes=nodes, owner=owner)
