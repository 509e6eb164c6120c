"""The history review as lines for people."""

from collections.abc import Sequence

import numpy as np

from allocator.explanation.chart import width
from allocator.results.matrix.view import level_name
from allocator.review.notes import measure_notes, plan_notes
from allocator.review.review import LEVEL, SEGMENT, Breakdown, MeasureReview, OrderValue, Review, growth_of
from allocator.review.years import Year
from allocator.texts import text
from solver_models.arrays import IntArray

SHOWN_ROWS = 12


def review_lines(review: Review, lang: str) -> list[str]:
    """Return tables by measure, average order values and what is missing."""
    lines = [text("review.title", lang, plan=review.plan, name=review.name).rstrip()]
    for measure in review.measures:
        lines += ["", text("review.measure", lang, measure=measure.measure, unit=measure.unit)]
        if measure.years:
            lines += _measure_lines(measure, lang)
        lines += [f"  {note}" for note in measure_notes(measure, lang)]
    for value in review.order_values:
        lines += ["", text("review.order_value", lang, measure=value.measure, orders=value.orders)]
        lines += _order_value_lines(value, lang)
    return [*lines, *("  " + note for note in plan_notes(review, lang))]


def breakdown_title(one: Breakdown, lang: str) -> str:
    """Return what the rows of a breakdown are."""
    return level_name(one.name, lang) if one.kind == LEVEL else text(f"review.{one.kind}", lang)


def row_names(one: Breakdown, lang: str) -> list[str]:
    """Names of the rows; rows of the history that name no segment are said to."""
    if one.kind != SEGMENT:
        return list(one.names)
    return [name or text("review.no_segment", lang) for name in one.names]


def year_labels(years: Sequence[Year], lang: str) -> list[str]:
    """Labels of the years; those covered in part say so."""
    return [
        year.label
        if year.is_full
        else text("review.partial_mark", lang, label=year.label, months=year.covered)
        for year in years
    ]


def largest_rows(one: Breakdown, most: int) -> IntArray:
    """Positions of the largest rows of the last year, largest first."""
    last = np.nan_to_num(one.amount[:, -1], nan=-np.inf)
    return np.argsort(-last, kind="stable")[:most].astype(np.int64)


def _measure_lines(review: MeasureReview, lang: str) -> list[str]:
    years = year_labels(review.years, lang)
    growth = growth_of(review.company, review.years)
    rows = [["", *years, text("review.growth", lang), text("review.mix", lang)]]
    rows.append(
        [text("review.company", lang), *map(_amount, review.company), _percent(growth[-1], True), "100.0%"]
    )
    lines = _table(rows)
    for one in review.breakdowns:
        rows = [[breakdown_title(one, lang), *years, text("review.growth", lang), text("review.mix", lang)]]
        growth, mix, names = one.growth(review.years), one.mix(review.company), row_names(one, lang)
        for k in largest_rows(one, SHOWN_ROWS):
            rows.append(
                [names[k], *map(_amount, one.amount[k]), _percent(growth[k, -1], True), _percent(mix[k, -1])]
            )
        lines += ["", *_table(rows)]
        if len(names) > SHOWN_ROWS:
            lines.append(text("review.more", lang, count=len(names) - SHOWN_ROWS))
    return [*lines, *_concentration_lines(review, lang), *_season_lines(review, lang)]


def _concentration_lines(review: MeasureReview, lang: str) -> list[str]:
    keys = ("count", "largest", "top_fifth", "hhi", "gini")
    rows = [
        [
            text("review.concentration", lang),
            text("review.year", lang),
            *(text(f"review.{key}", lang) for key in keys),
        ]
    ]
    for kind, found in review.concentration.items():
        for year, one in zip(review.years, found, strict=True):
            if one is not None:
                rows.append(
                    [
                        text(f"review.of_{kind}", lang),
                        year.label,
                        str(one.count),
                        f"{one.largest:.1%}",
                        f"{one.top_fifth:.1%}",
                        f"{one.hhi:.4f}",
                        f"{one.gini:.3f}",
                    ]
                )
    return ["", *_table(rows)] if len(rows) > 1 else []


def _season_lines(review: MeasureReview, lang: str) -> list[str]:
    if np.isnan(review.season).all():
        return []
    months = [str((review.years[0].first + k) % 12 + 1) for k in range(len(review.season))]
    rows = [
        [text("review.month", lang), *months],
        [text("review.season_short", lang), *(f"{x:.2f}" for x in review.season)],
    ]
    return ["", "  " + text("review.season", lang), *_table(rows)]


def _order_value_lines(value: OrderValue, lang: str) -> list[str]:
    years, growth = year_labels(value.years, lang), growth_of(value.company, value.years)
    if not years:
        return []
    head = [*years, text("review.growth", lang)]
    lines = _table(
        [
            ["", *head],
            [text("review.company", lang), *map(_value, value.company), _percent(growth[-1], True)],
        ]
    )
    for one in value.breakdowns:
        names, growth = row_names(one, lang), one.growth(value.years)
        if one.is_lowest and one.kind == LEVEL:
            continue
        rows = [[breakdown_title(one, lang), *head]]
        for k in largest_rows(one, SHOWN_ROWS):
            rows.append([names[k], *map(_value, one.amount[k]), _percent(growth[k, -1], True)])
        lines += ["", *_table(rows)]
    return lines


def _amount(value: float) -> str:
    return f"{value:,.0f}"


def _value(value: float) -> str:
    return "-" if np.isnan(value) else f"{value:,.2f}"


def _percent(value: float, is_signed: bool = False) -> str:
    if np.isnan(value):
        return "-"
    return f"{value:+.1%}" if is_signed else f"{value:.1%}"


def _table(rows: Sequence[Sequence[str]]) -> list[str]:
    """Align columns: the first to the left, the others to the right."""
    widths = [max(width(row[column]) for row in rows) for column in range(len(rows[0]))]
    lines = []
    for row in rows:
        cells = [row[0] + " " * (widths[0] - width(row[0]))]
        cells += [" " * (wide - width(cell)) + cell for cell, wide in zip(row[1:], widths[1:], strict=True)]
        lines.append("  " + "  ".join(cells).rstrip())
    return lines
