"""sweep.html: what was run, what was accepted, curves, breakpoints, the front; one self-contained page."""

from collections.abc import Iterator, Sequence

import pandas as pd

from allocator.plan.plan import Plan
from allocator.report.markup import Content, Markup, element, join
from allocator.report.part import Part, cells, heads, note, table
from allocator.report.report import page
from allocator.texts import text
from scenarios.curves.chances import chance_note, is_about_chances
from scenarios.curves.charts import MOST_LINES, Series, line_chart
from scenarios.curves.findings import Findings
from scenarios.curves.limits import line_limits
from scenarios.curves.lines import Line, lines
from scenarios.curves.pareto import pareto_table
from scenarios.curves.sections import (
    SHOWN_ROWS,
    axis_name,
    breakpoints_part,
    fixed_words,
    limits_part,
    run_name,
    scenario_name,
    table_part,
)
from scenarios.curves.tables import BASIS, acceptance_table, draws_table
from scenarios.files.sweep_file import SweepFile
from scenarios.kpis import CHANCES
from scenarios.runs.outcome import Outcome
from scenarios.runs.plan_of_runs import DRAWS, SHORT_FORMS
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
DIGITS = 7
"""Figures alike in so many digits are the same."""


def sweep_page(plan: Plan, sweep: SweepFile, findings: Findings, lang: str) -> str:
    """Return the page; the same findings give the same bytes."""
    outcomes = findings.outcomes
    drawn = [one for one in outcomes if one.run.kind == DRAWS]
    verdicts = acceptance_table(outcomes, lang).drop(columns=["rule", BASIS])
    parts = [
        Part("runs", text("sweep.runs", lang), _runs(outcomes, lang)),
        *limits_part(findings.limits, plan, lang),
        *_curve_parts(plan, sweep, findings, lang),
        *breakpoints_part(findings.breakpoints, plan, lang),
        *table_part(
            "acceptance",
            verdicts,
            lang,
            chance_note(outcomes, lang) if is_about_chances(sweep.acceptance) else None,
        ),
        *table_part("draws", draws_table(outcomes).drop(columns=BASIS), lang, chance_note(drawn, lang)),
        *table_part("pareto", _front(outcomes), lang),
    ]
    name = plan.spec.plan
    return page(sweep.name, text("sweep.title", lang), name, parts, name, lang)


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
            body.append(
                [
                    run_name(one.run.name, lang),
                    status + reason,
                    *(kpi_text(kpi, kpis.get(kpi), 0) for kpi in shown),
                ]
            )
        rows_shown = [element("tr", cells(*line)) for line in body]
        shown_table = table(heads(*head), rows_shown)
        tables += [element("h3", measure), shown_table, chance_note(rows[:SHOWN_ROWS], lang, measure)]
    return element("div", tables)


def curve_charts(
    plan: Plan, sweep: SweepFile, findings: Findings, lang: str
) -> Iterator[tuple[str, str, str, Markup]]:
    """Yield measure, axis, key figure and the drawing of every curve."""
    found = [line for line in lines(findings.outcomes) if len(line.value) > 1]
    measures = dict.fromkeys(
        name for line in found for one in line.outcomes for name in one.figures["measures"]
    )
    for measure in measures:
        for axis in dict.fromkeys(line.axis for line in found):
            along = [line for line in found if line.axis == axis]
            marks = [line_limits(findings.limits, sweep.axes, plan, line, measure) for line in along]
            for kpi in CURVES:
                series = [
                    Series(_line_name(line, along, lang), line.value, _along(line, measure, kpi), limits)
                    for line, limits in zip(along, marks, strict=True)
                ]
                chart = line_chart(
                    text(f"kpi.{kpi}", lang),
                    axis_name(axis, lang),
                    series,
                    is_share=kpi in SHARES,
                    x_is_share=axis in SHORT_FORMS,
                    limit_words=text("sweep.limit_mark", lang, value="{value}"),
                )
                if chart is not None and _moves(along, measure):
                    yield measure, axis, kpi, chart


def _moves(along: Sequence[Line], measure: str) -> bool:
    """Whether anything of a measure depends on an axis; a total of revenue, say, leaves units alone."""
    return any(
        _settled(one, measure) != _settled(line.outcomes[0], measure)
        for line in along
        for one in line.outcomes[1:]
    )


def _settled(outcome: Outcome, measure: str) -> list[float | None]:
    """Key figures without the noise of a solver."""
    found = outcome.kpis().get(measure, {})
    return [None if value is None else float(f"{value:.{DIGITS}g}") for value in found.values()]


def _line_name(line: Line, along: Sequence[Line], lang: str) -> str:
    """What sets a line apart from those beside it."""
    has_others = len({one.scenario for one in along}) > 1
    start = scenario_name(line.scenario, lang) if has_others else ""
    return ", ".join(filter(None, [start, fixed_words(line.fixed, lang)]))


def _along(line: Line, measure: str, kpi: str) -> list[float | None]:
    return [one.figures["measures"].get(measure, {}).get("kpis", {}).get(kpi) for one in line.outcomes]


def _curve_parts(plan: Plan, sweep: SweepFile, findings: Findings, lang: str) -> list[Part]:
    by_place: dict[tuple[str, str], list[Content]] = {}
    with_chances = set()
    for measure, axis, kpi, chart in curve_charts(plan, sweep, findings, lang):
        by_place.setdefault((measure, axis), []).append(chart)
        if kpi in CHANCES:
            with_chances.add((measure, axis))
    return [
        Part(
            f"curve-{number}",
            text("sweep.curve", lang, measure=measure, axis=axis_name(axis, lang)),
            join(
                element("div", charts, style="display:flex;flex-wrap:wrap;gap:14px"),
                chance_note(drawn_in_curves(findings.outcomes, axis), lang, measure)
                if (measure, axis) in with_chances
                else None,
                _lines_left_out(findings.outcomes, axis, lang),
            ),
        )
        for number, ((measure, axis), charts) in enumerate(by_place.items(), start=1)
    ]


def drawn_in_curves(outcomes: Sequence[Outcome], axis: str) -> list[Outcome]:
    """Return the runs that the curves along an axis join."""
    return [one for line in lines(outcomes) if line.axis == axis for one in line.outcomes]


def _lines_left_out(outcomes: Sequence[Outcome], axis: str, lang: str) -> Markup | None:
    count = sum(line.axis == axis and len(line.value) > 1 for line in lines(outcomes)) - MOST_LINES
    return note(text("sweep.lines_left_out", lang, count=count, most=MOST_LINES)) if count > 0 else None


def _front(outcomes: Sequence[Outcome]) -> pd.DataFrame:
    found = pareto_table(outcomes)
    return found[found["on_front"] == "yes"].drop(columns="on_front")
