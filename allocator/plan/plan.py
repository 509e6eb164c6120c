"""A plan that has been read and checked: every id is known, every number is finite."""

from dataclasses import dataclass

import numpy as np
import pandas as pd

from allocator.plan.places import Places
from allocator.plan.spec import PlanSpec
from allocator.plan.warning import PlanWarning


@dataclass(frozen=True)
class Plan:
    """The plan folder as typed, frozen content; nothing in it needs checking again.

    Parameters
    ----------
    spec
        `plan.yaml`.
    org, products, history, commitments, potential, rules, pins, calendar, seasonality, carried
        One frame per table with all columns of the contract, in file order. Ids and text
        are `str` ("" = not given), amounts float64 (NaN = not given), months int64
        (year * 12 + month - 1, -1 = not given), dates int64 days since 1970-01-01
        (`NO_DATE` = not given). Tables that are absent are empty frames.
        Further numeric columns of products.csv are kept.
    input_hash
        sha256 of the input as defined in docs/contract.md.
    overrides
        `PATH=VALUE` texts that were applied on top, in order.
    places
        Where its rows and keys were written.
    noticed
        What was improbable in the form of its files.
    """

    spec: PlanSpec
    org: pd.DataFrame
    products: pd.DataFrame
    history: pd.DataFrame
    commitments: pd.DataFrame
    potential: pd.DataFrame
    rules: pd.DataFrame
    pins: pd.DataFrame
    calendar: pd.DataFrame
    seasonality: pd.DataFrame
    carried: pd.DataFrame
    input_hash: str
    overrides: tuple[str, ...] = ()
    places: Places = Places()
    noticed: tuple[PlanWarning, ...] = ()

    @property
    def start_month(self) -> int:
        """First month of the plan as a month number."""
        return month_number(self.spec.start)

    @property
    def month_numbers(self) -> range:
        """All months of the plan as month numbers."""
        return range(self.start_month, self.start_month + self.spec.months)


NO_DATE = -(2**62)


def month_number(text: str) -> int:
    """Return year * 12 + month - 1 of a `YYYY-MM` text."""
    return int(text[:4]) * 12 + int(text[5:7]) - 1


def month_text(number: int) -> str:
    """Return `YYYY-MM` of a month number (inverse of `month_number`)."""
    return f"{number // 12:04d}-{number % 12 + 1:02d}"


def first_day(month: int) -> int:
    """Days since 1970-01-01 of the first day of a month number."""
    return int(np.datetime64(month_text(month), "M").astype("datetime64[D]").astype(np.int64))


def last_day(month: int) -> int:
    """Days since 1970-01-01 of the last day of a month number."""
    return first_day(month + 1) - 1
