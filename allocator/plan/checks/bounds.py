"""The bounds of rules: given where the kind needs them, possible, and with room for whole units."""

import numpy as np
from numpy.typing import NDArray

from allocator.plan.checks.rules import is_kind
from allocator.plan.draft import Draft
from allocator.plan.faults import FaultCollector
from allocator.plan.sheet import Sheet
from allocator.plan.tables import ALL_PRODUCTS
from allocator.texts import worded
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
                worded(
                    "fault.bounds.crossed",
                    min=sheet.text_at("min", int(k)),
                    max=sheet.text_at("max", int(k)),
                ),
            )
            for k in np.flatnonzero(low > high)
        ),
        code="min-above-max",
        hint=worded("fault.bounds.crossed.hint"),
    )
    _check_whole_units(draft, sheet, low, high, faults)


def _check_given(draft: Draft, sheet: Sheet, faults: FaultCollector) -> None:
    """At least one bound; max for fairness and capacity, which take no min of their own."""
    has_min, has_max = draft.is_given("rules", "min"), draft.is_given("rules", "max")
    kind, needs_max = draft.texts("rules", "kind"), is_kind(draft, "fairness", "capacity")
    faults.rows(
        sheet,
        "max",
        (
            (int(k), worded("fault.bounds.needs_max", kind=kind[k]))
            for k in np.flatnonzero(needs_max & ~has_max)
        ),
        code="missing-value",
        hint=worded("fault.bounds.needs_max.hint"),
    )
    if not {"min", "max"} & sheet.missing:
        faults.rows(
            sheet,
            "",
            ((int(k), worded("fault.bounds.none")) for k in np.flatnonzero(~has_min & ~has_max & ~needs_max)),
            code="no-bounds",
            hint=worded("fault.bounds.none.hint"),
        )
    faults.cells(
        sheet,
        "min",
        is_kind(draft, "capacity") & has_min,
        code="senseless-min",
        message=worded("fault.bounds.capacity_min"),
        hint=worded("fault.bounds.capacity_min.hint"),
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
            message=worded("fault.bounds.negative", side=side),
            hint=worded("fault.bounds.negative.hint"),
        )
        faults.cells(
            sheet,
            side,
            is_kind(draft, "growth") & (value < -1),
            code="out-of-range",
            message=worded("fault.bounds.growth"),
            hint=worded("fault.bounds.growth.hint"),
        )
        faults.cells(
            sheet,
            side,
            is_kind(draft, "mix") & (value > 1),
            code="out-of-range",
            message=worded("fault.bounds.share"),
            hint=worded("fault.bounds.share.hint"),
        )
    low, high = draft.amounts("rules", "min"), draft.amounts("rules", "max")
    fair = is_kind(draft, "fairness")
    faults.cells(
        sheet,
        "max",
        fair & (high < 0),
        code="out-of-range",
        message=worded("fault.bounds.distance"),
        hint=worded("fault.bounds.distance.hint"),
    )
    faults.cells(
        sheet,
        "min",
        fair & ((low > 0) | (low < -1)),
        code="out-of-range",
        message=worded("fault.bounds.lower_side"),
        hint=worded("fault.bounds.lower_side.hint"),
    )


def _check_mix_products(draft: Draft, sheet: Sheet, faults: FaultCollector) -> None:
    product = draft.texts("rules", "product_id").astype(str)
    faults.cells(
        sheet,
        "product_id",
        is_kind(draft, "mix") & np.isin(product, ("", ALL_PRODUCTS)),
        code="mix-without-product",
        message=worded("fault.bounds.mix_product"),
        hint=worded("fault.bounds.mix_product.hint"),
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
                worded(
                    "fault.bounds.no_room",
                    unit=spec[measure[k]].round_to,
                    low=f"{low[k]:.15g}",
                    high=f"{high[k]:.15g}",
                ),
            )
            for k in np.flatnonzero(no_room)
        ),
        code="no-whole-unit",
        hint=worded("fault.bounds.no_room.hint"),
    )


def _units(draft: Draft, measure: NDArray[np.object_]) -> FloatArray:
    """Return round_to of each rule's measure; NaN where it is not known for certain."""
    known = {
        name: float(spec.round_to)
        for name, spec in draft.settings.spec.measures.items()
        if draft.settings.is_sure("measures", name)
    }
    return np.array([known.get(name, np.nan) for name in measure], dtype=np.float64)
