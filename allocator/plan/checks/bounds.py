"""The bounds of rules: given where the kind needs them, possible, and with room for whole units."""

import numpy as np
from numpy.typing import NDArray

from allocator.plan.checks.rules import is_kind
from allocator.plan.draft import Draft
from allocator.plan.faults import FaultCollector
from allocator.plan.sheet import Sheet
from allocator.plan.tables import ALL_PRODUCTS
from solver_models.arrays import BoolArray, FloatArray

WHOLE = 1e-9
SIDES = ("min", "max")


def check_bounds(draft: Draft, faults: FaultCollector) -> None:
    """Check min and max of every rule, and the product of mix rules."""
    sheet = draft.sheets["rules"]
    if not len(sheet):
        return
    _check_given(draft, sheet, faults)
    _check_signs(draft, sheet, faults)
    _check_mix_products(draft, sheet, faults)
    low, high = draft.amounts("rules", "min"), draft.amounts("rules", "max")
    faults.rows(
        sheet,
        "min",
        (
            (
                int(k),
                f"min ({sheet.text_at('min', int(k))}) is larger than max ({sheet.text_at('max', int(k))})",
            )
            for k in np.flatnonzero(low > high)
        ),
        code="min-above-max",
        hint="exchange the two, or correct one of them",
    )
    _check_whole_units(draft, sheet, low, high, faults)


def _check_given(draft: Draft, sheet: Sheet, faults: FaultCollector) -> None:
    """At least one bound; max for fairness and capacity, which take no min of their own."""
    has_min, has_max = draft.is_given("rules", "min"), draft.is_given("rules", "max")
    needs_max = is_kind(draft, "fairness", "capacity")
    faults.rows(
        sheet,
        "max",
        (
            (int(k), f"a {draft.texts('rules', 'kind')[k]} rule needs max")
            for k in np.flatnonzero(needs_max & ~has_max)
        ),
        code="missing-value",
        hint="write the most that is allowed (for fairness a share: 0.1 = within 10 % of the group)",
    )
    if not {"min", "max"} & sheet.missing:
        faults.rows(
            sheet,
            "",
            (
                (int(k), "the rule has neither min nor max, so it says nothing")
                for k in np.flatnonzero(~has_min & ~has_max & ~needs_max)
            ),
            code="no-bounds",
            hint="give min, max or both, or delete the rule",
        )
    faults.cells(
        sheet,
        "min",
        is_kind(draft, "capacity") & has_min,
        code="senseless-min",
        message="a capacity is the most a node can carry; it has no min",
        hint="leave min empty, or write a range rule",
    )


def _check_signs(draft: Draft, sheet: Sheet, faults: FaultCollector) -> None:
    """Amounts and shares are not negative, growth is at least -1, a share at most 1."""
    for side in SIDES:
        value = draft.amounts("rules", side)
        faults.cells(
            sheet,
            side,
            is_kind(draft, "range", "capacity", "commitment", "mix") & (value < 0),
            code="negative-amount",
            message=f"{side} of this kind of rule cannot be negative",
            hint="write a number from 0 upwards; a decline is a growth rule",
        )
        faults.cells(
            sheet,
            side,
            is_kind(draft, "growth") & (value < -1),
            code="out-of-range",
            message="a growth below -1 would make the target negative",
            hint="write a decline of 10 % as -0.1",
        )
        faults.cells(
            sheet,
            side,
            is_kind(draft, "mix") & (value > 1),
            code="out-of-range",
            message="a share cannot be above 1",
            hint="write 30 % as 0.3",
        )
    low, high = draft.amounts("rules", "min"), draft.amounts("rules", "max")
    fair = is_kind(draft, "fairness")
    faults.cells(
        sheet,
        "max",
        fair & (high < 0),
        code="out-of-range",
        message="the distance to the group's ratio cannot be negative",
        hint="write 10 % as 0.1",
    )
    faults.cells(
        sheet,
        "min",
        fair & ((low > 0) | (low < -1)),
        code="out-of-range",
        message="min of a fairness rule is its lower side, between -1 and 0",
        hint="write -0.1 for at most 10 % below the group, or leave it empty for the same distance as max",
    )


def _check_mix_products(draft: Draft, sheet: Sheet, faults: FaultCollector) -> None:
    product = draft.texts("rules", "product_id").astype(str)
    faults.cells(
        sheet,
        "product_id",
        is_kind(draft, "mix") & np.isin(product, ("", ALL_PRODUCTS)),
        code="mix-without-product",
        message="a mix rule is about the share of one product or line, but none is named",
        hint="name the product or product line",
    )


def _check_whole_units(
    draft: Draft, sheet: Sheet, low: FloatArray, high: FloatArray, faults: FaultCollector
) -> None:
    """An amount interval holds at least one whole multiple of round_to."""
    measure = draft.texts("rules", "measure")
    unit = _units(draft, measure)
    is_amount = is_kind(draft, "range") & np.isfinite(unit) & (low <= high) & (low >= 0)
    with np.errstate(invalid="ignore"):
        no_room: BoolArray = is_amount & (np.ceil(low / unit - WHOLE) > np.floor(high / unit + WHOLE))
    spec = draft.settings.spec.measures
    faults.rows(
        sheet,
        "min",
        (
            (
                int(k),
                f"no multiple of {spec[measure[k]].round_to} lies between {low[k]:.15g} and {high[k]:.15g}",
            )
            for k in np.flatnonzero(no_room)
        ),
        code="no-whole-unit",
        hint="widen the range to a multiple of round_to",
    )


def _units(draft: Draft, measure: NDArray[np.object_]) -> FloatArray:
    """Return round_to of each rule's measure; NaN where it is not known for certain."""
    known = {
        name: float(spec.round_to)
        for name, spec in draft.settings.spec.measures.items()
        if draft.settings.is_sure("measures", name)
    }
    return np.array([known.get(name, np.nan) for name in measure], dtype=np.float64)
