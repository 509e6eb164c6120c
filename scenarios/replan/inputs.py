"""actuals.csv, moves.csv and the published months, checked; all faults at once."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pandas as pd

from allocator.model.labels import Labels
from allocator.plan.faults import FaultCollector, NearMatches
from allocator.plan.plan import Plan, month_number, month_text
from allocator.texts import worded
from allocator.verification.result_tables import whole_units
from solver_models.arrays import FloatArray, IntArray

ACTUALS = ("node_id", "product_id", "measure", "amount")
MOVES = ("from", "to", "product_id", "effective")
MONTH = r"\d{4}-(?:0[1-9]|1[0-2])"
LISTED = 50


@dataclass(frozen=True)
class Moves:
    """Territory moves: parts of the remaining months that change hands.

    Parameters
    ----------
    giver, taker
        Positions of reps, shape (n_move,).
    products
        Product leaves of each move.
    month
        First month number in which the move holds.
    share
        0..1, the part that moves.
    """

    giver: IntArray
    taker: IntArray
    products: tuple[IntArray, ...]
    month: IntArray
    share: FloatArray


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


def read_texts(path: Path, columns: Sequence[str], faults: FaultCollector) -> pd.DataFrame | None:
    """Read a csv table as texts; None where it cannot be read or a column lacks."""
    try:
        table = pd.read_csv(path, dtype=object, keep_default_na=False, na_filter=False, encoding="utf-8")
    except (OSError, ValueError) as error:
        message = worded("fault.scenarios.cannot_be_read", error=error)
        hint = worded("fault.replan.unreadable.hint")
        faults.add(path.name, 0, "", str(path), code="unreadable", message=message, hint=hint)
        return None
    missing = [column for column in columns if column not in table.columns]
    for column in missing:
        message, hint = (
            worded("fault.replan.no_column"),
            worded("fault.replan.no_column.hint", names=", ".join(columns)),
        )
        faults.add(path.name, 1, column, "", code="no-column", message=message, hint=hint)
    return None if missing else table


def read_actuals(path: Path, plan: Plan, labels: Labels, done: int, faults: FaultCollector) -> FloatArray:
    """Return actuals to date by measure: shape (n_measure, n_cell, done), in the measure's unit."""
    measures = list(plan.spec.measures)
    found = np.zeros((len(measures), labels.grid.n_cell, max(done, 1)))
    table = read_texts(path, ACTUALS, faults)
    if table is None:
        return found
    if "period" not in table.columns and "date" not in table.columns:
        message, hint = worded("fault.replan.no_period"), worded("fault.replan.no_period.hint")
        faults.add(path.name, 1, "period", "", code="no-column", message=message, hint=hint)
        return found
    before = len(faults)
    which = "period" if "period" in table.columns else "date"
    month = _months(path, table[which], faults)
    rep = _codes(path, table["node_id"], labels.rep_id, "rep", faults)
    product = _codes(path, table["product_id"], labels.leaf_product_id, "product without parts", faults)
    measure = _codes(path, table["measure"], measures, "measure", faults)
    amount = pd.to_numeric(table["amount"], errors="coerce").to_numpy(np.float64, na_value=np.nan)
    _rows(
        path,
        table["amount"],
        ~np.isfinite(amount),
        "bad-number",
        worded("fault.scenarios.not_a_number"),
        faults,
    )
    offset = month - plan.month_numbers[0]
    outside = (month >= 0) & ((offset < 0) | (offset >= plan.spec.months))
    _rows(path, table[which], outside, "outside-plan", worded("fault.replan.outside"), faults)
    if done:
        late = (month >= 0) & ~outside & (offset >= done)
        last = month_text(plan.month_numbers[done - 1])
        _rows(path, table[which], late, "after-as-of", worded("fault.replan.late", last=last), faults)
        for k in sorted(set(range(done)) - set(offset.tolist())):
            message = worded("fault.replan.no_actuals", month=month_text(plan.month_numbers[k]))
            hint = worded("fault.replan.no_actuals.hint")
            faults.add(path.name, 0, which, "", code="month-without-actuals", message=message, hint=hint)
    if len(faults) == before and done:
        cell = rep * labels.grid.n_product + product
        np.add.at(found, (measure, cell, offset), amount)
    return found


def read_moves(path: Path, plan: Plan, labels: Labels, faults: FaultCollector) -> Moves | None:
    """Return the territory moves; share is 1 where the table does not say."""
    table = read_texts(path, MOVES, faults)
    if table is None:
        return None
    before = len(faults)
    giver, taker = (_codes(path, table[name], labels.rep_id, "rep", faults) for name in ("from", "to"))
    same = (giver == taker) & (giver >= 0)
    _rows(path, table["to"], same, "move-to-itself", worded("fault.replan.to_itself"), faults)
    product = _codes(path, table["product_id"].replace("", "*"), labels.product_id, "product", faults)
    month = _months(path, table["effective"], faults)
    months = plan.month_numbers
    outside = (month >= 0) & ((month < months[0]) | (month > months[-1]))
    _rows(path, table["effective"], outside, "outside-plan", worded("fault.replan.outside"), faults)
    texts = table["share"].replace("", "1") if "share" in table.columns else pd.Series(["1"] * len(table))
    share = pd.to_numeric(texts, errors="coerce").to_numpy(np.float64, na_value=np.nan)
    wrong = ~((share >= 0) & (share <= 1))
    _rows(path, texts.rename("share"), wrong, "bad-number", worded("fault.scenarios.no_share"), faults)
    if len(faults) > before:
        return None
    products = labels.grid.products
    leaves = tuple(
        np.arange(products.leaf_start[q], products.leaf_end[q], dtype=np.int64) for q in product.tolist()
    )
    return Moves(giver, taker, leaves, month, share)


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
    measure = _codes(path, table["measure"], measures, "measure", faults)
    node = _codes(path, table["node_id"], labels.node_id, "node", faults)
    product = _codes(path, table["product_id"], labels.product_id, "product", faults)
    periods = [month_text(month) for month in plan.month_numbers]
    month = _codes(path, table["period"], periods, "month of the plan", faults)
    if len(faults) > before:
        return found
    seen = np.zeros(found.shape, bool)
    for k, name in enumerate(measures):
        own = np.flatnonzero(measure == k)
        unit = plan.spec.measures[name].round_to
        units, bad, ragged = whole_units(table["target"].iloc[own], unit)
        message = worded("fault.scenarios.no_whole_multiple", unit=f"{unit:f}")
        _rows(path, table["target"].iloc[own], bad | ragged, "damaged-result", message, faults)
        place = (k, node[own], product[own], month[own])
        found[place], seen[place] = units, True
    if not seen.all() or len(table) != seen.size:
        message = worded("fault.replan.other_plan")
        hint = worded("fault.replan.other_plan.hint")
        faults.add(path.name, 0, "", str(path), code="other-plan", message=message, hint=hint)
    return found


def _months(path: Path, texts: pd.Series, faults: FaultCollector) -> IntArray:
    """Month numbers of `YYYY-MM` or `YYYY-MM-DD`; -1 where it is none."""
    is_month = texts.str.fullmatch(MONTH + r"(?:-\d{2})?").to_numpy(bool)
    days = pd.to_datetime(
        texts.where(is_month, "1970-01").str.pad(10, "right").str.replace(r" +$", "-01", regex=True),
        format="%Y-%m-%d",
        errors="coerce",
    )
    good = is_month & days.notna().to_numpy(bool)
    _rows(path, texts, ~good, "bad-month", worded("fault.replan.no_month"), faults)
    number = days.dt.year.fillna(0).to_numpy(np.int64) * 12 + days.dt.month.fillna(1).to_numpy(np.int64) - 1
    return np.where(good, number, -1)


def _codes(path: Path, texts: pd.Series, known: Sequence[str], what: str, faults: FaultCollector) -> IntArray:
    """Positions of names; -1 and a fault for unknown ones."""
    codes = pd.Index(known).get_indexer(pd.Index(texts)).astype(np.int64)
    thing = worded(f"fault.thing.{what.replace(' ', '_')}")
    near = NearMatches(known, worded("fault.replan.name_one", what=thing))
    for k in np.flatnonzero(codes < 0)[:LISTED].tolist():
        value = str(texts.iat[k])
        message = worded("fault.unknown", what=thing, name=value)
        line = int(texts.index[k]) + 2
        faults.add(
            path.name, line, str(texts.name), value, code="unknown-name", message=message, hint=near(value)
        )
    return codes


def _rows(
    path: Path, texts: pd.Series, wrong: np.ndarray, code: str, message: str, faults: FaultCollector
) -> None:
    for k in np.flatnonzero(wrong)[:LISTED].tolist():
        line, value = int(texts.index[k]) + 2, str(texts.iat[k])
        faults.add(
            path.name,
            line,
            str(texts.name),
            value,
            code=code,
            message=message,
            hint=worded("fault.replan.correct_row"),
        )
