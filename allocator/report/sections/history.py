"""The history review as a section and as a page of its own."""

import numpy as np

from allocator.allocation import Allocation
from allocator.report.amounts import percent, ratio, short, whole
from allocator.report.charts import columns
from allocator.report.markup import Markup, element, join
from allocator.report.part import Extras, Part, cells, heads, note, table
from allocator.review.lines import breakdown_title, largest_rows, row_names, year_labels
from allocator.review.notes import measure_notes, plan_notes
from allocator.review.review import Breakdown, MeasureReview, OrderValue, Review, growth_of, review_history
from allocator.texts import text
from solver_models.arrays import FloatArray

ROWS_IN_REPORT, ROWS_ON_PAGE = 10, 200


def history(allocation: Allocation, extras: Extras, lang: str) -> Part:
    """Return the history review of the plan."""
    review = review_history(
        allocation.plan,
        allocation.labels,
        {result.measure: result.anchors.observed for result in allocation.measures},
    )
    return Part("review", text("review.heading", lang), review_body(review, lang, ROWS_IN_REPORT), True)


def review_body(review: Review, lang: str, most: int) -> Markup:
    """Return the tables and charts of a review, at most so many rows of each breakdown."""
    body: list[Markup | None] = []
    for measure in review.measures:
        unit = element("span", measure.unit, class_="unit")
        body.append(element("h3", measure.measure, " ", unit))
        if measure.years:
            body.append(_measure(measure, lang, most))
        body += [note(words) for words in measure_notes(measure, lang)]
    for value in review.order_values:
        words = text("review.order_value", lang, measure=value.measure, orders=value.orders)
        body += [element("h3", words), _order_value(value, lang, most)]
    return join(body, [note(words) for words in plan_notes(review, lang)])


def _measure(measure: MeasureReview, lang: str, most: int) -> Markup:
    years, growth = year_labels(measure.years, lang), growth_of(measure.company, measure.years)
    first = element(
        "tr",
        cells(text("review.company", lang)),
        _amounts(measure.company, growth),
        cells(percent(1.0)),
        class_="sum",
    )
    body: list[Markup | None] = []
    for one in measure.breakdowns:
        title = breakdown_title(one, lang)
        head = heads(title, *years, text("review.growth", lang), text("review.mix", lang))
        rows, mix, names = one.growth(measure.years), one.mix(measure.company), row_names(one, lang)
        picked = [
            element(
                "tr", cells(names[k]), _amounts(one.amount[k], rows[k]), cells(percent(float(mix[k, -1])))
            )
            for k in largest_rows(one, most)
        ]
        body += [table(head, [*picked, first]), _more(one, len(picked), lang)]
    return join(_season(measure, lang), body, _concentration(measure, lang))


def _amounts(amount: FloatArray, growth: FloatArray) -> list[Markup]:
    """Amount by year and the growth of the last one."""
    last = float(growth[-1])
    return [
        *cells(*(whole(float(value)) for value in amount)),
        element("td", percent(last, is_signed=True), class_="minus" if last < 0 else None),
    ]


def _more(one: Breakdown, shown: int, lang: str) -> Markup | None:
    count = len(one.ids)
    return note(text("review.more_rows", lang, shown=shown, count=count)) if shown < count else None


def _season(measure: MeasureReview, lang: str) -> Markup | None:
    if np.isnan(measure.season).any():
        return None
    months = [str((measure.years[0].first + k) % 12 + 1) for k in range(len(measure.season))]
    title = text("report.season_title", lang, measure=measure.measure)
    drawing = columns(measure.season, months, [ratio(float(x)) for x in measure.season], 1.0, title)
    return join(element("h4", title), drawing)


def _concentration(measure: MeasureReview, lang: str) -> Markup | None:
    keys = ("year", "count", "largest", "top_fifth", "hhi", "gini")
    rows = [
        element(
            "tr",
            cells(
                text(f"review.of_{kind}", lang),
                year.label,
                f"{one.count:,}",
                percent(one.largest),
                percent(one.top_fifth),
                f"{one.hhi:.4f}",
                f"{one.gini:.3f}",
            ),
        )
        for kind, found in measure.concentration.items()
        for year, one in zip(measure.years, found, strict=True)
        if one is not None
    ]
    if not rows:
        return None
    title = text("review.concentration", lang)
    return join(element("h4", title), table(heads("", *(text(f"review.{key}", lang) for key in keys)), rows))


def _order_value(value: OrderValue, lang: str, most: int) -> Markup:
    head = [*year_labels(value.years, lang), text("review.growth", lang)]
    if not value.years:
        return join()
    growth = growth_of(value.company, value.years)
    company = element(
        "tr", cells(text("review.company", lang)), _values(value.company, growth, lang), class_="sum"
    )
    body: list[Markup | None] = []
    for one in value.breakdowns:
        title, names, rows = breakdown_title(one, lang), row_names(one, lang), one.growth(value.years)
        picked = [
            element("tr", cells(names[k]), _values(one.amount[k], rows[k], lang))
            for k in largest_rows(one, most)
        ]
        body += [table(heads(title, *head), [*picked, company]), _more(one, len(picked), lang)]
    return join(body)


def _values(value: FloatArray, growth: FloatArray, lang: str) -> list[Markup]:
    last = float(growth[-1])
    return [
        *cells(*(short(float(x), lang) for x in value)),
        element("td", percent(last, is_signed=True), class_="minus" if last < 0 else None),
    ]
