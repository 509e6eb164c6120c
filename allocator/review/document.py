"""The history review as plain JSON types."""

from dataclasses import asdict
from typing import Any

import numpy as np

from allocator.plan.plan import month_text
from allocator.review.notes import measure_notes, plan_notes
from allocator.review.review import Breakdown, MeasureReview, OrderValue, Review, growth_of
from allocator.review.years import Year
from solver_models.arrays import FloatArray


def review_json(review: Review, lang: str) -> dict[str, Any]:
    """Return everything the review holds; None where a number is not defined."""
    return {
        "status": "ok",
        "plan": review.plan,
        "measures": {one.measure: _measure(one, lang) for one in review.measures},
        "average_order_value": {one.measure: _order_value(one) for one in review.order_values},
        "notes": plan_notes(review, lang),
    }


def _measure(review: MeasureReview, lang: str) -> dict[str, Any]:
    years = review.years
    return {
        "unit": review.unit,
        "years": [_year(year) for year in years],
        "company": {
            "amount": _list(review.company),
            "growth": _list(growth_of(review.company, years)),
            "monthly": [_list(month) for month in review.monthly],
        },
        "season_index": _season(review),
        "breakdowns": [_breakdown(one, years, review.company) for one in review.breakdowns],
        "concentration": {
            kind: [None if one is None else asdict(one) for one in found]
            for kind, found in review.concentration.items()
        },
        "notes": measure_notes(review, lang),
    }


def _year(year: Year) -> dict[str, Any]:
    return {
        "label": year.label,
        "first": month_text(year.first),
        "last": month_text(year.end - 1),
        "months_covered": year.covered,
    }


def _season(review: MeasureReview) -> list[dict[str, Any]]:
    """Calendar month of the plan's year -> index."""
    if not review.years:
        return []
    first = review.years[0].first
    return [{"month": (first + k) % 12 + 1, "index": index} for k, index in enumerate(_list(review.season))]


def _breakdown(one: Breakdown, years: tuple[Year, ...], company: FloatArray) -> dict[str, Any]:
    growth, mix = one.growth(years), one.mix(company)
    return {
        "kind": one.kind,
        "level": one.name,
        "rows": [
            {
                "id": one.ids[k],
                "name": one.names[k],
                "amount": _list(one.amount[k]),
                "growth": _list(growth[k]),
                "share": _list(mix[k]),
            }
            for k in range(len(one.ids))
        ],
    }


def _order_value(value: OrderValue) -> dict[str, Any]:
    return {
        "orders": value.orders,
        "years": [_year(year) for year in value.years],
        "company": _list(value.company),
        "growth": _list(growth_of(value.company, value.years)),
        "breakdowns": [
            {
                "kind": one.kind,
                "level": one.name,
                "rows": [
                    {"id": one.ids[k], "name": one.names[k], "value": _list(one.amount[k])}
                    for k in range(len(one.ids))
                ],
            }
            for one in value.breakdowns
        ],
    }


def _list(values: FloatArray) -> list[float | None]:
    return [None if np.isnan(value) else float(value) for value in values]
