"""sweep.html: what was run, what was accepted, curves, breakpoints, the front; one self-contained page."""

from collections.abc import Iterator, Sequence

import pandas as pd

from allocator.report.markup import Content, Markup, element
from allocator.report.part import Part
from allocator.report.report import page
from allocator.texts import text
from scenarios.curves.breakpoints import breakpoints, lines
from scenarios.curves.charts import Series, line_chart
from scenarios.curves.pareto import pareto_table
from scenarios.curves.tables import acceptance_table, draws_table
from scenarios.runs.plan_of_runs import SHORT_FORMS
from scenarios.runs.sweep import Outcome
from scenarios.whatif_words import SHARES, kpi_text

CURVES = (
    "stretch_max",
    "stretch_median",
    "gini",
    "share_at_goal",
    "company_probability",
    "marginal_price",
    "history_gap",
    "commitment_gap",
    "incentive_cost",
    "churn",
)
SHOWN_ROWS = 60


def sweep_page(name: str, plan: str, outcomes: Sequence[Outcome], lang: str) -> str:
    """Return the page; the same outcomes give the same bytes."""
    parts = [
        Part("runs", text("sweep.runs", lang), _runs(outcomes, lang)),
        *_curve_parts(outcomes, lang),
        *_table_part("breakpoints", breakpoints(outcomes), lang),
        *_table_part("acceptance", acceptance_table(outcomes, lang).drop(columns="rule"), lang),
        *_table_part("draws", draws_table(outcomes), lang),
        *_table_part("pareto", _front(outcomes), lang),
    ]
    return page(name, text("sweep.title", lang), plan, parts, plan, lang)


def _runs(outcomes: Sequence[Outcome], lang: str) -> Markup:
    counts: dict[str, int] = {}
    for one in outcomes:
        counts[one.figures["status"]] = counts.get(one.figures["status"], 0) + 1
    summary = ", ".join(f"{count} {text(f'sweep.status.{status}', lang)}" for status, count in counts.items())
    rows = [one for one in outcomes if one.run.kind == "scenario"]
    rows += [one for one in outcomes if one.run.kind != "scenario" and one.figures["status"] != "done"]
    measures = list(dict.fromkeys(name for one in outcomes for name in one.figures["measures"]))
    tables: list[Content] = [element("p", summary)]
    for measure in measures or [""]:
        shown = ("total", "growth", "stretch_max", "gini", "company_probability", "binding_rules", "churn")
        head = [
            text("sweep.run", lang),
            text("sweep.status", lang),
            *(text(f"kpi.{kpi}", lang) for kpi in shown),
        ]
        body = []
        for one in rows[:SHOWN_ROWS]:
            kpis = one.figures["measures"].get(measure, {}).get("kpis", {})
            status = text(f"sweep.status.{one.figures['status']}", lang)
            reason = f" ({one.figures['reason']})" if one.figures["reason"] else ""
            body.append([one.run.name, status + reason, *(kpi_text(kpi, kpis.get(kpi), 0) for kpi in shown)])
        tables += [element("h3", measure), html_table(head, body)]
    return element("div", tables)


def curve_charts(outcomes: Sequence[Outcome], lang: str) -> Iterator[tuple[str, str, str, Markup]]:
    """Yield measure, axis, key figure and the drawing of every curve."""
    found = list(lines(outcomes))
    measures = list(
        dict.fromkeys(name for line in found for one in line.outcomes for name in one.figures["measures"])
    )
    for measure in measures:
        for axis in dict.fromkeys(line.axis for line in found):
            along = [line for line in found if line.axis == axis and len(line.value) > 1]
            for kpi in CURVES:
                series = [
                    Series(
                        ", ".join(
                            filter(None, [line.scenario if line.scenario != "base" else "", line.fixed])
                        ),
                        line.value,
                        [
                            one.figures["measures"].get(measure, {}).get("kpis", {}).get(kpi)
                            for one in line.outcomes
                        ],
                    )
                    for line in along
                ]
                chart = line_chart(
                    text(f"kpi.{kpi}", lang),
                    axis,
                    series,
                    is_share=kpi in SHARES,
                    x_is_share=axis in SHORT_FORMS,
                )
                if chart is not None:
                    yield measure, axis, kpi, chart


def _curve_parts(outcomes: Sequence[Outcome], lang: str) -> list[Part]:
    by_place: dict[tuple[str, str], list[Content]] = {}
    for measure, axis, _, chart in curve_charts(outcomes, lang):
        by_place.setdefault((measure, axis), []).append(chart)
    return [
        Part(
            f"curve-{number}",
            text("sweep.curve", lang, measure=measure, axis=axis),
            element("div", charts, style="display:flex;flex-wrap:wrap;gap:14px"),
        )
        for number, ((measure, axis), charts) in enumerate(by_place.items(), start=1)
    ]


def _front(outcomes: Sequence[Outcome]) -> pd.DataFrame:
    table = pareto_table(outcomes)
    return table[table["on_front"] == "yes"].drop(columns="on_front")


def _table_part(key: str, table: pd.DataFrame, lang: str) -> list[Part]:
    if table.empty:
        return []
    body = [[_cell(value) for value in row] for row in table.head(SHOWN_ROWS).itertuples(index=False)]
    more = len(table) - SHOWN_ROWS
    note = element("p", text("sweep.more", lang, count=more, file=key), class_="note") if more > 0 else None
    head = [str(name) for name in table.columns]
    return [Part(key, text(f"sweep.{key}", lang), element("div", html_table(head, body), note))]


def _cell(value: object) -> str:
    if isinstance(value, float):
        return f"{value:,.6g}" if value == value else ""
    return "" if value is None else str(value)


def html_table(head: Sequence[str], body: Sequence[Sequence[str]]) -> Markup:
    """Return a table with a header row."""
    return element(
        "table",
        element("thead", element("tr", [element("th", name) for name in head])),
        element("tbody", [element("tr", [element("td", cell) for cell in row]) for row in body]),
    )
