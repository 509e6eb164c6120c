"""Month weights of one measure: season of the products times working days, presence of the reps."""

from dataclasses import dataclass

import numpy as np
import pandas as pd

from allocator.anchors.ramp import presence_and_ramp
from allocator.model.labels import Labels
from allocator.plan.plan import Plan
from solver_models.arrays import FloatArray, IntArray
from solver_models.seasons import seasonal_index

MOST_YEARS = 3


@dataclass(frozen=True)
class MonthWeights:
    """What a cell's months weigh: `rep[i, t] * product[p, t]`, on any scale.

    Parameters
    ----------
    rep
        Presence x ramp, shape (n_rep, n_month).
    product
        Seasonal index x working days, shape (n_product, n_month), products by leaf.
    """

    rep: FloatArray
    product: FloatArray


def month_weights(plan: Plan, labels: Labels, measure: str) -> MonthWeights:
    """Weight of month t for rep i and product p = presence_it x ramp_it x season_pt x working days_t.

    `seasonality: history` reads the season per working day out of up to three full years before
    the plan; `table` takes it from seasonality.csv; `even` gives every month the same amount, so
    that neither season nor working days count, only presence and ramp.

    Parameters
    ----------
    measure
        Id of the measure.

    Returns
    -------
    Weights >= 0. A row without any positive weight means: spread evenly.
    """
    n_product, n_month = labels.grid.n_product, plan.spec.months
    rep = presence_and_ramp(plan, labels)
    if plan.spec.seasonality == "even":
        return MonthWeights(rep, np.ones((n_product, n_month)))
    months = np.array(plan.month_numbers, np.int64)
    if plan.spec.seasonality == "table":
        season = table_index(plan, labels, measure)
    else:
        season = history_index(plan, labels, measure)
    return MonthWeights(rep, season * working_days(plan, months))


def working_days(plan: Plan, months: IntArray) -> FloatArray:
    """Working days of each month: calendar.csv where it names the month, else its Mondays to Fridays.

    Parameters
    ----------
    months
        Month numbers (year * 12 + month - 1), shape (n,).

    Returns
    -------
    Shape (n,).
    """
    first = (months - 1970 * 12).astype("datetime64[M]")
    count = np.busday_count(first.astype("datetime64[D]"), (first + 1).astype("datetime64[D]"))
    stated = pd.Series(plan.calendar["working_days"].to_numpy(np.float64), plan.calendar["period"].to_numpy())
    given = stated.reindex(months).to_numpy(np.float64)
    return np.where(np.isnan(given), count.astype(np.float64), given)


def history_index(plan: Plan, labels: Labels, measure: str) -> FloatArray:
    """Seasonal index per working day from up to three full years of history (see `seasonal_index`).

    Years are counted back from the last month on file before the plan, so that months that are
    not booked yet do not look like months without sales. With less than one full year on file
    there is no season to see and every index is 1.

    Returns
    -------
    Shape (n_product, n_month): the index of each month of the plan.
    """
    table = plan.history[(plan.history["measure"] == measure).to_numpy()]
    table = table[(table["period"] < plan.start_month).to_numpy()]
    period, n_product = table["period"].to_numpy(np.int64), labels.grid.n_product
    stop = int(period.max()) + 1 if len(period) else 0
    n_year = min(MOST_YEARS, (stop - int(period.min())) // 12) if len(period) else 0
    if n_year == 0:
        return np.ones((n_product, plan.spec.months))
    year = n_year - 1 - (stop - 1 - period) // 12
    product = labels.grid.products.leaf_start[labels.codes_of_products(table["product_id"])]
    inside = year >= 0
    key = (product * n_year + year) * 12 + (period - plan.start_month) % 12
    sold = np.bincount(key[inside], table["amount"].to_numpy(np.float64)[inside], n_product * n_year * 12)
    amount = sold.astype(np.float64).reshape(n_product, n_year, 12)
    months = np.arange(stop - 12 * n_year, stop)
    days = np.zeros((n_year, 12))
    days[np.repeat(np.arange(n_year), 12), (months - plan.start_month) % 12] = _days_worked(plan, months)
    return seasonal_index(labels.grid.products, amount, days)[:, : plan.spec.months]


def _days_worked(plan: Plan, months: IntArray) -> FloatArray:
    """Working days of past months, never 0: sales of a month without working days count as one day's."""
    return np.maximum(working_days(plan, months), 1.0)


def table_index(plan: Plan, labels: Labels, measure: str) -> FloatArray:
    """Seasonal index from seasonality.csv: for each month the row that says most about the product wins.

    A row of the product itself goes before one of its line, that before one without a product;
    among rows of the same product one that names the measure goes before one that does not. A
    month without any row takes the mean of the months that have one.

    Returns
    -------
    Shape (n_product, n_month).
    """
    products = labels.grid.products
    rows = plan.seasonality[plan.seasonality["measure"].isin(["", measure]).to_numpy()]
    month = rows["period"].to_numpy(np.int64) - plan.start_month
    inside = (month >= 0) & (month < plan.spec.months)
    rows, month = rows[inside], month[inside]
    product = labels.codes_of_products(rows["product_id"])
    given = np.full((2, len(products), plan.spec.months), np.nan)
    named = (rows["measure"] == measure).to_numpy(np.int64)
    given[named, product, month] = rows["weight"].to_numpy(np.float64)
    index = np.where(np.isnan(given[1]), given[0], given[1])
    for nodes in products.by_depth[1:]:
        index[nodes] = np.where(np.isnan(index[nodes]), index[products.parent[nodes]], index[nodes])
    return _fill_with_mean(index[products.leaf])


def _fill_with_mean(index: FloatArray) -> FloatArray:
    """Replace what is not given by the mean of the given months of the same product, 1 if there are none."""
    known = ~np.isnan(index)
    count = known.sum(axis=1, keepdims=True)
    total = np.where(known, index, 0.0).sum(axis=1, keepdims=True)
    mean = np.where(count > 0, total / np.maximum(count, 1), 1.0)
    return np.where(known, index, mean)
