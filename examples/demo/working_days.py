"""Working days of mainland China by month, from the State Council's yearly holiday notices."""

import numpy as np
import pandas as pd

# First and last day of each public holiday.
HOLIDAYS = (
    ("2023-01-01", "2023-01-02"),
    ("2023-01-21", "2023-01-27"),
    ("2023-04-05", "2023-04-05"),
    ("2023-04-29", "2023-05-03"),
    ("2023-06-22", "2023-06-24"),
    ("2023-09-29", "2023-10-06"),
    ("2024-01-01", "2024-01-01"),
    ("2024-02-10", "2024-02-17"),
    ("2024-04-04", "2024-04-06"),
    ("2024-05-01", "2024-05-05"),
    ("2024-06-10", "2024-06-10"),
    ("2024-09-15", "2024-09-17"),
    ("2024-10-01", "2024-10-07"),
    ("2025-01-01", "2025-01-01"),
    ("2025-01-28", "2025-02-04"),
    ("2025-04-04", "2025-04-06"),
    ("2025-05-01", "2025-05-05"),
    ("2025-05-31", "2025-06-02"),
    ("2025-10-01", "2025-10-08"),
    ("2026-01-01", "2026-01-03"),
    ("2026-02-15", "2026-02-23"),
    ("2026-04-04", "2026-04-06"),
    ("2026-05-01", "2026-05-05"),
    ("2026-06-19", "2026-06-21"),
    ("2026-09-25", "2026-09-27"),
    ("2026-10-01", "2026-10-07"),
)
# Saturdays and Sundays worked to make up for them (调休).
WORKED_WEEKENDS = (
    *("2023-01-28", "2023-01-29", "2023-04-23", "2023-05-06", "2023-06-25", "2023-10-07", "2023-10-08"),
    *("2024-02-04", "2024-02-18", "2024-04-07", "2024-04-28", "2024-05-11", "2024-09-14", "2024-09-29"),
    *("2024-10-12", "2025-01-26", "2025-02-08", "2025-04-27", "2025-09-28", "2025-10-11"),
    *("2026-01-04", "2026-02-14", "2026-02-28", "2026-05-09", "2026-09-20", "2026-10-10"),
)


def working_days(first_month: str, months: int) -> pd.DataFrame:
    """Monday-Friday less public holidays plus worked weekends: calendar.csv.

    Parameters
    ----------
    first_month
        `YYYY-MM`, 2023 to 2026.

    Returns
    -------
    Columns period, working_days; one row per month.
    """
    month = np.arange(np.datetime64(first_month, "M"), np.datetime64(first_month, "M") + months)
    closed = np.concatenate(
        [np.arange(np.datetime64(first, "D"), np.datetime64(last, "D") + 1) for first, last in HOLIDAYS]
    )
    weekdays = np.busday_count(
        month.astype("datetime64[D]"), (month + 1).astype("datetime64[D]"), holidays=closed
    )
    made_up = np.array(WORKED_WEEKENDS, dtype="datetime64[D]").astype("datetime64[M]")
    extra = (made_up[None, :] == month[:, None]).sum(axis=1)
    return pd.DataFrame({"period": month.astype(str), "working_days": weekdays + extra})
