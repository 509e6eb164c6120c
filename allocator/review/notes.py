"""What the history review could not show, in sentences."""

from allocator.plan.plan import month_text
from allocator.review.review import ORDERS, MeasureReview, Review
from allocator.review.years import MOST_YEARS
from allocator.texts import text

SHOWN_MONTHS = 12
NOTICED = 5e-4


def measure_notes(review: MeasureReview, lang: str) -> list[str]:
    """Say which years, months and segments of a measure are missing."""
    measure = review.measure
    if not review.years:
        return [text("review.note_none", lang, measure=measure)]
    notes = []
    if len(review.years) < MOST_YEARS:
        notes.append(text("review.note_years", lang, measure=measure, count=len(review.years)))
    notes += [
        text("review.note_partial", lang, label=year.label, months=year.covered)
        for year in review.years
        if not year.is_full
    ]
    if review.silent:
        months = ", ".join(month_text(month) for month in review.silent[:SHOWN_MONTHS])
        more = " ..." if len(review.silent) > SHOWN_MONTHS else ""
        notes.append(text("review.note_silent", lang, measure=measure, months=months + more))
    if review.outside:
        notes.append(text("review.note_outside", lang, measure=measure, count=review.outside))
    if not review.has_segments:
        notes.append(text("review.note_segments", lang, measure=measure))
    elif abs(review.unnamed_segment_share) >= NOTICED:
        share = f"{review.unnamed_segment_share:.1%}"
        notes.append(text("review.note_unnamed", lang, measure=measure, share=share))
    return notes


def plan_notes(review: Review, lang: str) -> list[str]:
    """Say why there is no average order value, where there is none."""
    if review.order_values:
        return []
    orders = next((one.measure for one in review.measures if one.measure.casefold() in ORDERS), None)
    if orders is None:
        return [text("review.note_orders", lang)]
    return [text("review.note_money", lang, orders=orders)]
