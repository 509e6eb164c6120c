"""actuals.csv and the published months, checked; all faults at once."""

from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pandas as pd

from allocator.errors import Fault
from allocator.model.labels import Labels
from allocator.plan.faults import FaultCollector
from allocator.plan.plan import Plan, month_number, month_text
from allocator.texts import worded
from allocator.verification.result_tables import whole_units
from scenarios.replan.rows import MONTH, mark_rows, month_numbers, positions_of, read_texts
from solver_models.arrays import BoolArray, FloatArray, IntArray

ACTUALS = ("node_id", "product_id", "measure", "amount")


def as_of_month(plan: Plan, text: str, faults: FaultCollector) -> int:
    """Return the number of months that are over (at least 1, less than all)."""
    months = plan.month_numbers
    first, last = month_text(months[0]), month_text(months[-1])
    if pd.Series([text]).str.fullmatch(MONTH).iat[0]:
        done = month_number(text) - months[0] + 1
        if 1 <= done < len(months):
            return done
    message = worded("fault.replan.as_of", first=first, last=last)
    hint = worded("fault.replan.as_of.hint")
    faults.add("--as-of", 0, "", text, code="bad-month", message=message, hint=hint)
    return 0


@dataclass(frozen=True)
class Actuals:
    """What was sold to date.

    Parameters
    ----------
    amount
        Shape (n_measure, n_cell, n_done), in the measure's unit.
    has_rows
        Shape (n_measure, n_rep): the rep has a row of the measure, be it of 0.
    left_out
        Rows after the last month with actuals; they count nowhere.
    """

    amount: FloatArray
    has_rows: BoolArray
    left_out: int = 0


def read_actuals(path: Path, plan: Plan, labels: Labels, done: int, faults: FaultCollector) -> Actuals:
    """Return actuals to date; rows of months after them are counted and left out, whatever they say."""
    measures = list(plan.spec.measures)
    found = np.zeros((len(measures), labels.grid.n_cell, max(done, 1)))
    has_rows = np.zeros((len(measures), labels.grid.n_rep), bool)
    table = read_texts(path, ACTUALS, faults)
    if table is None:
        return Actuals(found, has_rows)
    if "period" not in table.columns and "date" not in table.columns:
        message, hint = worded("fault.replan.no_period"), worded("fault.replan.no_period.hint")
        faults.add(path.name, 1, "period", "", code="no-column", message=message, hint=hint)
        return Actuals(found, has_rows)
    before = len(faults)
    which = "period" if "period" in table.columns else "date"
    month = month_numbers(path, table[which], faults)
    is_late = (month >= plan.month_numbers[done]) & (done > 0)
    table, offset = table[~is_late], (month - plan.month_numbers[0])[~is_late]
    rep = positions_of(path, table["node_id"], labels.rep_id, "rep", faults)
    product = positions_of(path, table["product_id"], labels.leaf_product_id, "product without parts", faults)
    measure = positions_of(path, table["measure"], measures, "measure", faults)
    amount = pd.to_numeric(table["amount"], errors="coerce").to_numpy(np.float64, na_value=np.nan)
    no_number = worded("fault.scenarios.not_a_number")
    mark_rows(path, table["amount"], ~np.isfinite(amount), "bad-number", no_number, faults)
    outside = (offset < 0) & (month[~is_late] >= 0)
    mark_rows(path, table[which], outside, "outside-plan", worded("fault.replan.outside"), faults)
    for k in sorted(set(range(done)) - set(offset.tolist())):
        message = worded("fault.replan.no_actuals", month=month_text(plan.month_numbers[k]))
        hint = worded("fault.replan.no_actuals.hint")
        faults.add(path.name, 0, which, "", code="month-without-actuals", message=message, hint=hint)
    if len(faults) == before and done:
        np.add.at(found, (measure, rep * labels.grid.n_product + product, offset), amount)
        has_rows[measure, rep] = True
    return Actuals(found, has_rows, int(is_late.sum()))


def ask_about_missing(
    path: Path, plan: Plan, labels: Labels, done: int, published: IntArray, has_rows: BoolArray
) -> tuple[Fault, ...]:
    """Return one fault for every rep who has targets to date and no row: no row is not 0.

    Parameters
    ----------
    published
        As `read_published` gives it.
    """
    faults = FaultCollector()
    last, product = month_text(plan.month_numbers[done - 1]), labels.leaf_product_id[0]
    for k, rep in np.argwhere(is_missing(labels, done, published, has_rows)).tolist():
        seat, measure = labels.rep_id[rep], list(plan.spec.measures)[k]
        message = worded("fault.replan.no_seat", seat=seat, measure=measure, last=last)
        hint = worded("fault.replan.no_seat.hint", row=f"{last},{seat},{product},{measure},0")
        faults.add(path.name, 0, "node_id", seat, code="seat-without-actuals", message=message, hint=hint)
    return faults.listed()


def is_missing(labels: Labels, done: int, published: IntArray, has_rows: BoolArray) -> BoolArray:
    """Tell who has targets to date and no row of actuals. Shape (n_measure, n_rep)."""
    to_date = published[:, labels.grid.org.leaf, 0, :done].sum(axis=2)
    return np.asarray((to_date > 0) & ~has_rows, bool)


def read_published(out: Path, plan: Plan, labels: Labels, faults: FaultCollector) -> IntArray:
    """Return the published months: shape (n_measure, n_node, n_product_node, n_month), in units."""
    measures = list(plan.spec.measures)
    n_node, n_product, n_month = len(labels.node_id), len(labels.product_id), plan.spec.months
    found = np.zeros((len(measures), n_node, n_product, n_month), np.int64)
    path = out / "targets_monthly.csv"
    table = read_texts(path, ("measure", "node_id", "product_id", "period", "target"), faults)
    if table is None:
        return found
    before = len(faults)
    measure = positions_of(path, table["measure"], measures, "measure", faults)
    node = positions_of(path, table["node_id"], labels.node_id, "node", faults)
    product = positions_of(path, table["product_id"], labels.product_id, "product", faults)
    periods = [month_text(month) for month in plan.month_numbers]
    month = positions_of(path, table["period"], periods, "month of the plan", faults)
    if len(faults) > before:
        return found
    seen = np.zeros(found.shape, bool)
    for k, name in enumerate(measures):
        own = np.flatnonzero(measure == k)
        unit = plan.spec.measures[name].round_to
        units, bad, ragged = whole_units(table["target"].iloc[own], unit)
        message = worded("fault.scenarios.no_whole_multiple", unit=f"{unit:f}")
        mark_rows(path, table["target"].iloc[own], bad | ragged, "damaged-result", message, faults)
        place = (k, node[own], product[own], month[own])
        found[place], seen[place] = units, True
    if not seen.all() or len(table) != seen.size:
        message = worded("fault.replan.other_plan")
        hint = worded("fault.replan.other_plan.hint")
        faults.add(path.name, 0, "", str(path), code="other-plan", message=message, hint=hint)
    return found
