"""Sections of sweep.html: breakpoints and limits, and tables with headings for people."""

from collections.abc import Callable, Mapping, Sequence
from decimal import Decimal

import pandas as pd

from allocator.plan.plan import Plan
from allocator.report.markup import Content, Markup, element, join
from allocator.report.part import Part, cells, heads, note, table
from allocator.results.tables import decimals
from allocator.texts import CATALOGUE, text
from scenarios.curves.brackets import Narrowed
from scenarios.curves.breakpoints import breakpoints, shown_rows
from scenarios.curves.limits import SweepLimits, limits_table
from scenarios.runs.plan_of_runs import SHORT_FORMS
from scenarios.scenario import BASE
from scenarios.whatif_words import kpi_text

SHOWN_ROWS = 60
SHOWN_PLACES = 4
SHARE_DIGITS = 5


def axis_name(axis: str, lang: str) -> str:
    """Return an axis by its name for people; one with a kind of its own bears the name it was given."""
    return text(f"sweep.axis.{axis}", lang) if f"sweep.axis.{axis}" in CATALOGUE else axis


def breakpoints_part(found: Narrowed, plan: Plan, lang: str) -> list[Part]:
    """Where rules start and stop to bind; nothing where the grid has no line along which any does."""
    if not found.brackets:
        return []
    names = _names(plan)
    rows = shown_rows(breakpoints(found.brackets))
    keys = ("scenario", "measure", "axis", "at", "total", "rule_id", "event", "places")
    body = [
        element("tr", cells(*_breakpoint(row, places, plan, names, lang)))
        for row, places in rows[:SHOWN_ROWS]
    ]
    words = "sweep.capped" if found.is_capped else "sweep.narrowed"
    lead = text(words if found.most else "sweep.steps", lang, runs=found.runs, most=found.most)
    parts = [element("p", lead, class_="lead"), table(heads(*(_head(key, lang) for key in keys)), body)]
    more = _more(len(rows), "breakpoints", lang)
    return [Part("breakpoints", text("sweep.breakpoints", lang), join(*parts, more))]


def _breakpoint(
    row: Mapping[str, object], places: Sequence[str], plan: Plan, names: Mapping[str, str], lang: str
) -> list[str]:
    low, high, exact = float(str(row["from"])), float(str(row["to"])), row["exact"] == "yes"
    axis, fixed = str(row["axis"]), str(row["fixed"])
    share = axis in SHORT_FORMS
    digits = decimals(plan.spec.measures[str(row["measure"])].round_to)
    total_low, total_high = (float(str(row[key])) for key in ("total_from", "total_to"))
    event = text(f"sweep.event.{str(row['event']).replace(' ', '_')}", lang)
    shown = [named(place, names) for place in places[:SHOWN_PLACES]]
    more = len(places) - SHOWN_PLACES
    everywhere = text("sweep.whole_rule", lang) if row["whole_rule"] == "yes" else ""
    return [
        _scenario(str(row["scenario"]), lang),
        str(row["measure"]),
        axis_name(axis, lang) + (f" ({fixed})" if fixed else ""),
        _stretch(
            low, high, exact, lambda value: axis_value(value, is_share=share, is_signed=axis == "total")
        ),
        _stretch(total_low, total_high, exact, lambda value: f"{value:,.{digits}f}"),
        str(row["rule_id"]),
        event + everywhere,
        ", ".join(shown) + (text("limits.more", lang, count=more) if more > 0 else ""),
    ]


def _stretch(low: float, high: float, exact: bool, words: Callable[[float], str]) -> str:
    """One value where the stretch is narrow, both ends where it is not."""
    if exact or low == high:
        return words((low + high) / 2)
    return f"{words(low)} … {words(high)}"


def axis_value(value: float, *, is_share: bool, is_signed: bool) -> str:
    """Return a value of an axis as people write it."""
    sign = "+" if is_signed else ""
    return f"{100 * value:{sign}.{SHARE_DIGITS}g}%" if is_share else f"{value:{sign},.6g}"


def named(place: str, names: Mapping[str, str]) -> str:
    """Return `name (id)` of a place (`node`, or `node × product`) where the plan has another name for it."""
    parts = place.split(" × ")
    found = names.get(parts[0], "")
    shown = f"{found} ({parts[0]})" if found and found != parts[0] else parts[0]
    return " × ".join([shown, *(names.get(f"product {part}") or part for part in parts[1:])])


def _names(plan: Plan) -> dict[str, str]:
    """Names of the nodes by id, of the products by `product ID`."""
    found = {str(key): str(name) for key, name in zip(plan.org["node_id"], plan.org["name"], strict=True)}
    products = zip(plan.products["product_id"], plan.products["name"], strict=True)
    return found | {f"product {key}": str(name) for key, name in products}


def limits_part(limits: SweepLimits, plan: Plan, lang: str) -> list[Part]:
    """How far the company's target, and each node's below it, can go; nothing where none was asked for."""
    if not limits.plans:
        return []
    found = limits_table(limits)
    keys = ("scenario", "fixed", "measure", "node", "smallest", "anchor", "largest", "stopped_above")
    used = [key for key in keys if key != "fixed" or (found["fixed"] != "").any()]
    body = []
    for row in found.head(SHOWN_ROWS).to_dict("records"):
        words = _limit_row({str(key): value for key, value in row.items()}, plan, lang)
        fields = cells(*(words[key] for key in used))
        body.append(element("tr", fields, class_="sum" if row["level"] == _top_level(plan) else None))
    parts: list[Content] = [
        element("p", text("sweep.limits_note", lang), class_="lead"),
        table(heads(*(_head(key, lang) for key in used)), body),
        _more(len(found), "limits", lang),
    ]
    if limits.left_out:
        parts.append(note(text("sweep.limits_left_out", lang, count=limits.left_out)))
    return [Part("limits", text("sweep.limits", lang), join(*parts))]


def _limit_row(row: Mapping[str, object], plan: Plan, lang: str) -> dict[str, str]:
    measure = plan.spec.measures.get(str(row["measure"]))
    places = decimals(Decimal(1) if measure is None else measure.round_to)
    node, name = str(row["node_id"]), str(row["name"])
    return {
        "scenario": _scenario(str(row["scenario"]), lang),
        "fixed": str(row["fixed"]),
        "measure": str(row["measure"]),
        "node": f"{name} ({node})" if name and name != node else node,
        "anchor": _amount(row["anchor"], places, "-"),
        "smallest": _amount(row["smallest"], places, "-" if row["reason"] else text("sweep.open", lang)),
        "largest": _amount(row["largest"], places, "-" if row["reason"] else text("sweep.open", lang)),
        "stopped_above": str(row["reason"] or row["stopped_above"]),
    }


def _amount(value: object, places: int, empty: str) -> str:
    if value is None or value != value:
        return empty
    return f"{float(str(value)):,.{places}f}"


def _top_level(plan: Plan) -> str:
    return str(plan.org["level"].iat[0])


def _scenario(name: str, lang: str) -> str:
    return text("sweep.base", lang) if name == BASE else name


def table_part(key: str, found: pd.DataFrame, lang: str) -> list[Part]:
    """Any table as it is, under headings for people."""
    if found.empty:
        return []
    body = [
        element("tr", cells(*(_cell(name, value, lang) for name, value in row.items())))
        for row in found.head(SHOWN_ROWS).to_dict("records")
    ]
    shown = table(heads(*(_head(str(name), lang) for name in found.columns)), body)
    return [Part(key, text(f"sweep.{key}", lang), join(shown, _more(len(found), key, lang)))]


def _more(count: int, file: str, lang: str) -> Markup | None:
    more = count - SHOWN_ROWS
    return note(text("sweep.more", lang, count=more, file=file)) if more > 0 else None


def _head(column: str, lang: str) -> str:
    """Return a column by its name for people: a key figure, a column of ours, or the name as it is."""
    known = next((key for key in (f"kpi.{column}", f"sweep.column.{column}") if key in CATALOGUE), None)
    return text(known, lang) if known else column


def _cell(column: object, value: object, lang: str) -> str:
    if column == "kpi":
        return text(f"kpi.{value}", lang)
    if column == "verdict":
        return text(f"sweep.verdict.{value}", lang)
    if isinstance(value, float) and f"kpi.{column}" in CATALOGUE:
        return kpi_text(str(column), value, 0) if value == value else ""
    if isinstance(value, float):
        return f"{value:,.6g}" if value == value else ""
    return "" if value is None else str(value)
