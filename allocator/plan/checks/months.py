"""Calendar and seasonality: every month of the plan, possible numbers."""

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from allocator.plan.checks.cells import (
    check_filled,
    check_measures,
    check_not_negative,
    check_product_ids,
    check_unique,
)
from allocator.plan.draft import Draft
from allocator.plan.faults import FaultCollector
from allocator.plan.plan import month_text
from allocator.plan.sheet import Sheet
from allocator.plan.tables import ALL_PRODUCTS
from allocator.texts import worded


def check_seasonality(draft: Draft, faults: FaultCollector) -> None:
    """The table of seasonality holds every month of the plan for each measure and product it names."""
    sheet = draft.sheets["seasonality"]
    if not sheet.is_present:
        if draft.settings.is_sure("seasonality") and draft.settings.spec.seasonality == "table":
            draft.settings.add_fault(
                faults,
                ("seasonality",),
                "table",
                code="missing-file",
                message=worded("fault.season.no_table"),
                hint=worded("fault.season.no_table.hint"),
            )
        return
    if _says_nothing(sheet) and draft.settings.spec.seasonality != "table":
        return
    check_filled(draft, "seasonality", "period", faults, worded("fault.name_the_month"))
    check_filled(draft, "seasonality", "weight", faults, worded("fault.season.weight.hint"))
    check_not_negative(draft, "seasonality", "weight", faults, worded("fault.a_weight"))
    check_measures(draft, "seasonality", faults)
    check_product_ids(draft, "seasonality", faults, all_products=True)
    check_unique(
        draft,
        "seasonality",
        faults,
        optional=("measure", "product_id"),
        hint=worded("fault.season.twice.hint"),
    )
    if draft.knows_months and draft.settings.is_sure("seasonality"):
        _check_season_months(draft, faults)


def _says_nothing(sheet: Sheet) -> bool:
    """Tell whether the table is absent or only a header."""
    return sheet.is_complete and len(sheet) == 0


def _check_season_months(draft: Draft, faults: FaultCollector) -> None:
    sheet = draft.sheets["seasonality"]
    period = draft.frames["seasonality"]["period"].to_numpy(np.int64)
    first, last = month_text(draft.months.start), month_text(draft.months.stop - 1)
    faults.cells(
        sheet,
        "period",
        (period >= 0) & ((period < draft.months.start) | (period >= draft.months.stop)),
        code="period-outside-plan",
        message=lambda value: worded("fault.season.outside", month=value, first=first, last=last),
        hint=worded("fault.season.outside.hint", first=first, last=last),
    )
    if "period" in sheet.missing or "weight" in sheet.missing:
        return
    groups = pd.DataFrame(
        {
            "measure": draft.texts("seasonality", "measure"),
            "product": _all_as_star(draft.texts("seasonality", "product_id")),
            "period": period,
            "weight": draft.amounts("seasonality", "weight"),
        }
    )
    if groups.empty:
        _tell_group(draft, faults, "", [month_text(month) for month in draft.months])
    for key, rows in groups.groupby(["measure", "product"], sort=True):
        name = " / ".join(part for part in map(str, key) if part not in ("", ALL_PRODUCTS))
        absent = [month_text(month) for month in draft.months if month not in set(rows["period"])]
        if absent:
            _tell_group(draft, faults, name, absent)
        elif not (rows["weight"] > 0).any() and rows["weight"].notna().all():
            faults.add(
                sheet.file,
                int(sheet.row[rows.index[0]]),
                "weight",
                0,
                code="weights-all-zero",
                message=worded("fault.season.all_zero_of", name=name)
                if name
                else worded("fault.season.all_zero"),
                hint=worded("fault.season.all_zero.hint"),
            )


def _all_as_star(products: NDArray[np.object_]) -> NDArray[np.object_]:
    return np.where(products == "", ALL_PRODUCTS, products).astype(object)


def _tell_group(draft: Draft, faults: FaultCollector, name: str, absent: list[str]) -> None:
    months = ", ".join(absent)
    faults.add(
        draft.sheets["seasonality"].file,
        0,
        "period",
        name,
        code="missing-month",
        message=worded("fault.season.lacks_of", name=name, months=months)
        if name
        else worded("fault.season.lacks", months=months),
        hint=worded("fault.season.lacks.hint"),
    )


def check_calendar(draft: Draft, faults: FaultCollector) -> None:
    """The calendar gives possible working days for every month of the plan; further months are welcome.

    A header alone, as an empty plan has it, is no calendar.
    """
    sheet = draft.sheets["calendar"]
    if _says_nothing(sheet):
        return
    check_filled(draft, "calendar", "period", faults, worded("fault.name_the_month"))
    check_filled(draft, "calendar", "working_days", faults, worded("fault.calendar.days.hint"))
    check_not_negative(draft, "calendar", "working_days", faults, worded("fault.number_of_days"))
    check_unique(draft, "calendar", faults, hint=worded("fault.calendar.twice.hint"))
    period = draft.frames["calendar"]["period"].to_numpy(np.int64)
    days = draft.amounts("calendar", "working_days")
    month = np.where(period >= 0, period, 0).astype("datetime64[M]") - np.timedelta64(1970 * 12, "M")
    length = ((month + 1).astype("datetime64[D]") - month.astype("datetime64[D]")).astype(np.int64)
    faults.cells(
        sheet,
        "working_days",
        days > np.where(period >= 0, length, 31),
        code="out-of-range",
        message=lambda value: worded("fault.calendar.too_many", days=value),
        hint=worded("fault.calendar.too_many.hint"),
    )
    if not draft.knows_months or "period" in sheet.missing or not sheet.is_complete:
        return
    absent = [month_text(month) for month in draft.months if month not in set(period.tolist())]
    if absent:
        faults.add(
            sheet.file,
            0,
            "period",
            "",
            code="missing-month",
            message=worded("fault.calendar.lacks", months=", ".join(absent)),
            hint=worded("fault.calendar.lacks.hint"),
        )
        return
    of_plan = np.isin(period, list(draft.months))
    if np.all(days[of_plan] == 0):
        faults.add(
            sheet.file,
            0,
            "working_days",
            0,
            code="weights-all-zero",
            message=worded("fault.calendar.no_days"),
            hint=worded("fault.calendar.no_days.hint"),
        )
