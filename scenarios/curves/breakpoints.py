"""breakpoints.csv: where along an axis a rule starts or stops to bind, and at which node."""

from collections.abc import Iterator, Sequence

import pandas as pd

from scenarios.curves.brackets import Bracket
from scenarios.runs.outcome import Outcome

COLUMNS = (
    "scenario",
    "measure",
    "axis",
    "fixed",
    "from",
    "to",
    "total_from",
    "total_to",
    "rule_id",
    "node_id",
    "product_id",
    "event",
    "whole_rule",
    "exact",
)

DIGITS = 6


def breakpoints(brackets: Sequence[Bracket]) -> pd.DataFrame:
    """One row per place of a rule and stretch of an axis over which it starts or stops there.

    `whole_rule` is yes where the rule was nowhere in this state before, or is nowhere after; `exact` is no
    where the stretch could be narrowed further (the cap, or a point between without targets).
    """
    rows = [row for one in brackets for row in _rows(one)]
    return pd.DataFrame(rows, columns=list(COLUMNS))


def _rows(one: Bracket) -> Iterator[tuple[object, ...]]:
    """The places of one bracket, what starts first."""
    for verb, places, other in (("starts", one.starts, one.before), ("stops", one.stops, one.after)):
        for place in sorted(places):
            totals = [_total(end, place.measure) for end in (one.before, one.after)]
            elsewhere = other.figures["measures"][place.measure]["places"][place.state]
            yield (
                one.line.scenario,
                place.measure,
                one.line.axis,
                one.line.fixed,
                float(one.low),
                float(one.high),
                *totals,
                place.rule_id,
                place.node_id,
                place.product_id,
                f"{verb} {place.state}",
                "no" if place.rule_id in elsewhere else "yes",
                "yes" if one.is_exact else "no",
            )


def _total(outcome: Outcome, measure: str) -> float | None:
    """The company's target, without the noise of sums."""
    total: float | None = outcome.kpis()[measure]["total"]
    return None if total is None else round(total, DIGITS)


def shown_rows(table: pd.DataFrame) -> list[tuple[dict[str, object], list[str]]]:
    """Rows for readers: one per rule and stretch, with its places together."""
    key = [name for name in COLUMNS if name not in ("node_id", "product_id")]
    found: dict[tuple[object, ...], list[str]] = {}
    for row in table.to_dict("records"):
        place = row["node_id"] if row["product_id"] == "*" else f"{row['node_id']} × {row['product_id']}"
        found.setdefault(tuple(row[name] for name in key), []).append(str(place))
    return [(dict(zip(key, head, strict=True)), places) for head, places in found.items()]
