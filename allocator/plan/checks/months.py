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
                message="seasonality is `table`, but the plan has no seasonality.csv",
                hint="add seasonality.csv, or write `history` or `even`",
            )
        return
    if _says_nothing(sheet) and draft.settings.spec.seasonality != "table":
        return
    check_filled(draft, "seasonality", "period", faults, "name the month")
    check_filled(draft, "seasonality", "weight", faults, "write the weight of the month (0 = nothing)")
    check_not_negative(draft, "seasonality", "weight", faults, "the weight of a month")
    check_measures(draft, "seasonality", faults)
    check_product_ids(draft, "seasonality", faults, all_products=True)
    check_unique(
        draft, "seasonality", faults, optional=("measure", "product_id"), hint="delete one of the rows"
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
        message=lambda value: f"{value} is not a month of the plan ({first} to {last})",
        hint=f"list the months {first} to {last}",
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
                message=f"all weights{f' of {name}' if name else ''} are 0",
                hint="give at least one month a weight above 0",
            )


def _all_as_star(products: NDArray[np.object_]) -> NDArray[np.object_]:
    return np.where(products == "", ALL_PRODUCTS, products).astype(object)


def _tell_group(draft: Draft, faults: FaultCollector, name: str, absent: list[str]) -> None:
    faults.add(
        draft.sheets["seasonality"].file,
        0,
        "period",
        name,
        code="missing-month",
        message=f"the weights{f' of {name}' if name else ''} lack {', '.join(absent)}",
        hint="add a row for each month of the plan",
    )


def check_calendar(draft: Draft, faults: FaultCollector) -> None:
    """The calendar gives possible working days for every month of the plan; further months are welcome.

    A header alone, as an empty plan has it, is no calendar.
    """
    sheet = draft.sheets["calendar"]
    if _says_nothing(sheet):
        return
    check_filled(draft, "calendar", "period", faults, "name the month")
    check_filled(draft, "calendar", "working_days", faults, "write the working days (0 if there are none)")
    check_not_negative(draft, "calendar", "working_days", faults, "the number of working days")
    check_unique(draft, "calendar", faults, hint="delete one of the two rows")
    period = draft.frames["calendar"]["period"].to_numpy(np.int64)
    days = draft.amounts("calendar", "working_days")
    month = np.where(period >= 0, period, 0).astype("datetime64[M]") - np.timedelta64(1970 * 12, "M")
    length = ((month + 1).astype("datetime64[D]") - month.astype("datetime64[D]")).astype(np.int64)
    faults.cells(
        sheet,
        "working_days",
        days > np.where(period >= 0, length, 31),
        code="out-of-range",
        message=lambda value: f"a month cannot have {value} working days",
        hint="write the working days of that month",
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
            message=f"the calendar lacks {', '.join(absent)}",
            hint="add a row for each month of the plan, or leave calendar.csv out",
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
            message="no month of the plan has a working day",
            hint="write the working days of the months",
        )
