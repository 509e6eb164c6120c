"""Sections of sweep.html: breakpoints and limits, and tables with headings for people."""

from collections.abc import Callable, Mapping, Sequence
from decimal import Decimal
from typing import Any

import pandas as pd

from allocator.plan.plan import Plan
from allocator.report.markup import Content, Markup, element, join
from allocator.report.part import Part, cells, note, table
from allocator.results.columns_of_text import decimals
from allocator.texts import CATALOGUE, text
from scenarios.comparison.tidy import records
from scenarios.curves.brackets import Narrowed
from scenarios.curves.breakpoints import breakpoints, shown_rows
from scenarios.curves.limits import SweepLimits, limits_table
from scenarios.curves.lines import as_number
from scenarios.runs.plan_of_runs import SHORT_FORMS
from scenarios.scenario import BASE
from scenarios.whatif_words import kpi_text

SHOWN_ROWS = 60
SHOWN_PLACES = 4
SHARE_DIGITS = 4
WORDS = frozenset(
    (
        *("run", "scenario", "measure", "axis", "rule_id", "event", "places", "node", "stopped_below"),
        *("stopped_above", "kpi", "verdict", "text"),
    )
)
"""Columns that stand left."""


def axis_name(axis: str, lang: str) -> str:
    """Return an axis by its name for people; one with a kind of its own bears the name it was given."""
    return text(f"sweep.axis.{axis}", lang) if f"sweep.axis.{axis}" in CATALOGUE else axis


def breakpoints_part(found: Narrowed, plan: Plan, lang: str) -> list[Part]:
    """Where rules start and stop to bind; nothing where the grid has no line along which any does."""
    if not found.brackets:
        return []
    names = _names_of(plan)
    rows = shown_rows(breakpoints(found.brackets))
    keys = ("scenario", "measure", "axis", "at", "total", "rule_id", "event", "places")
    body = [_breakpoint(row, places, plan, names, lang) for row, places in rows[:SHOWN_ROWS]]
    words = "sweep.capped" if found.is_capped else "sweep.narrowed"
    lead = text(words if found.most else "sweep.steps", lang, runs=found.runs, most=found.most)
    parts = [element("p", lead, class_="lead"), table(_heads(keys, lang), body)]
    more = _more(len(rows), "breakpoints", lang)
    return [Part("breakpoints", text("sweep.breakpoints", lang), join(*parts, more))]


def _breakpoint(
    row: Mapping[str, Any], places: Sequence[str], plan: Plan, names: Mapping[str, str], lang: str
) -> Markup:
    axis, exact = row["axis"], row["exact"] == "yes"
    digits = decimals(plan.spec.measures[row["measure"]].round_to)
    shown = [named(place, names) for place in places[:SHOWN_PLACES]]
    more = len(places) - SHOWN_PLACES
    event = text(f"sweep.event.{row['event'].replace(' ', '_')}", lang)
    everywhere = text("sweep.whole_rule", lang) if row["whole_rule"] == "yes" else ""

    def at(value: float) -> str:
        return axis_value(value, is_share=axis in SHORT_FORMS, is_signed=axis == "total")

    def amount(value: float) -> str:
        return f"{value:,.{digits}f}"

    plain = ", ".join(filter(None, [scenario_name(row["scenario"], lang), fixed_words(row["fixed"], lang)]))
    return element(
        "tr",
        [_words(plain), _words(row["measure"]), _code(axis_name(axis, lang))],
        element("td", _stretch(row["from"], row["to"], exact, at)),
        element("td", _stretch(row["total_from"], row["total_to"], exact, amount)),
        [_code(row["rule_id"]), _words(event + everywhere)],
        _words(", ".join(shown) + (text("limits.more", lang, count=more) if more > 0 else "")),
    )


def _stretch(low: float, high: float, exact: bool, words: Callable[[float], str]) -> str:
    """Its upper end where the stretch is narrow, both ends where it is not."""
    if exact or low == high:
        return words(high)
    return f"{words(low)} … {words(high)}"


def fixed_words(fixed: str, lang: str) -> str:
    """Return the other axes of a line (`total=-0.10, hedge=0.02`) as people write them."""
    return ", ".join(_point_words(*part.partition("=")[::2], lang) for part in fixed.split(", ") if part)


def _point_words(axis: str, label: str, lang: str) -> str:
    if not label:
        return text("sweep.draw", lang, number=axis.removeprefix("draw "))
    if axis not in SHORT_FORMS:
        return f"{axis}={label}"
    value = as_number(label)
    shown = label if value is None else axis_value(value, is_share=True, is_signed=axis == "total")
    return f"{text(f'sweep.short.{axis}', lang)} {shown}"


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


def _names_of(plan: Plan) -> dict[str, str]:
    """Names of the nodes by id, of the products by `product ID`."""
    found = {str(key): str(name) for key, name in zip(plan.org["node_id"], plan.org["name"], strict=True)}
    products = zip(plan.products["product_id"], plan.products["name"], strict=True)
    return found | {f"product {key}": str(name) for key, name in products}


def limits_part(limits: SweepLimits, plan: Plan, lang: str) -> list[Part]:
    """How far the company's target, and each node's below it, can go; nothing where none was asked for."""
    if not limits.plans:
        return []
    found = limits_table(limits)
    content: list[Content] = [element("p", text("sweep.limits_note", lang), class_="lead")]
    for measure in dict.fromkeys(found["measure"]):
        own = found[found["measure"] == measure]
        head = element("h3", str(measure), " ", element("span", _unit(plan, str(measure)), class_="unit"))
        rows = [_limit_row(row, plan, lang) for row in records(own.head(SHOWN_ROWS))]
        keys = ("scenario", "node", "smallest", "anchor", "largest", "stopped_below", "stopped_above")
        content += [head if measure else None, table(_heads(keys, lang), rows)]
        content.append(_more(len(own), "limits", lang))
    if limits.left_out:
        content.append(note(text("sweep.limits_left_out", lang, count=limits.left_out)))
    return [Part("limits", text("sweep.limits", lang), join(*content))]


def _unit(plan: Plan, measure: str) -> str:
    return plan.spec.measures[measure].unit if measure in plan.spec.measures else ""


def _limit_row(row: Mapping[str, Any], plan: Plan, lang: str) -> Markup:
    measure = plan.spec.measures.get(row["measure"])
    places = decimals(Decimal(1) if measure is None else measure.round_to)
    node, name = row["node_id"], row["name"]
    is_company = row["level"] == str(plan.org["level"].iat[0])
    empty = "-" if row["reason"] else text("sweep.open", lang)
    plain = ", ".join(filter(None, [scenario_name(row["scenario"], lang), fixed_words(row["fixed"], lang)]))
    return element(
        "tr",
        _words(plain),
        _words(f"{name} ({node})" if name and name != node else node),
        cells(*(_amount(row[key], places, empty) for key in ("smallest", "anchor", "largest"))),
        _words(row["stopped_below"].replace(" *", "")),
        _words(row["reason"] or row["stopped_above"].replace(" *", "")),
        class_="sum" if is_company else None,
    )


def _words(words: str) -> Markup:
    return element("td", words, class_="words")


def _code(words: str) -> Markup:
    """A short text that stays on one line."""
    return element("td", words, style="text-align:left")


def _heads(keys: Sequence[str], lang: str) -> list[Markup]:
    return [element("th", _head(key, lang), class_="words" if key in WORDS else None) for key in keys]


def _amount(value: object, places: int, empty: str) -> str:
    if value is None or value != value:
        return empty
    return f"{float(str(value)):,.{places}f}"


def scenario_name(name: str, lang: str) -> str:
    """Return a scenario by its name for people."""
    return text("sweep.base", lang) if name == BASE else name


def table_part(key: str, found: pd.DataFrame, lang: str, below: Markup | None = None) -> list[Part]:
    """Any table as it is, under headings for people, and what stands below it."""
    if found.empty:
        return []
    body = [
        element("tr", [_cell(name, value, str(row.get("kpi", name)), lang) for name, value in row.items()])
        for row in records(found.head(SHOWN_ROWS))
    ]
    shown = table(_heads([str(name) for name in found.columns], lang), body)
    return [Part(key, text(f"sweep.{key}", lang), join(shown, _more(len(found), key, lang), below))]


def _more(count: int, file: str, lang: str) -> Markup | None:
    more = count - SHOWN_ROWS
    return note(text("sweep.more", lang, count=more, file=file)) if more > 0 else None


def _head(column: str, lang: str) -> str:
    """Return a column by its name for people: a key figure, a column of ours, or the name as it is."""
    known = next((key for key in (f"kpi.{column}", f"sweep.column.{column}") if key in CATALOGUE), None)
    return text(known, lang) if known else column


def _cell(column: str, value: Any, kpi: str, lang: str) -> Markup:
    """One field; numbers are written as the key figure they are, where they are one."""
    if column in WORDS:
        return _words(_said(column, str(value), lang))
    if isinstance(value, float) and value != value:
        return element("td")
    if isinstance(value, float) and f"kpi.{kpi}" in CATALOGUE:
        return element("td", kpi_text(kpi, value, 0))
    return element("td", f"{value:,.6g}" if isinstance(value, float) else str(value))


def _said(column: str, value: str, lang: str) -> str:
    """Return a word of a table as people say it."""
    if column == "run":
        return run_name(value, lang)
    if column == "scenario":
        return scenario_name(value, lang)
    key = {"kpi": f"kpi.{value}", "verdict": f"sweep.verdict.{value}"}.get(column)
    return text(key, lang) if key else value


def run_name(name: str, lang: str) -> str:
    """Return a run (`push | total=0.05, hedge=0`) by its name for people."""
    start, _, point = name.partition(" | ")
    return ", ".join(filter(None, [scenario_name(start, lang), fixed_words(point, lang)]))
