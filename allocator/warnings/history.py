"""Amounts of the history that lie far from their neighbours, and months or nodes in another unit."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np

from allocator.plan.base_year import WINDOW
from allocator.plan.plan import month_text
from allocator.plan.warning import PlanWarning, warning
from allocator.warnings.facts import Facts, Sales
from allocator.warnings.units import FEWEST_ROWS
from solver_models.arrays import BoolArray, FloatArray, IntArray

NEIGHBOURS = 6
"""Months on either side that a month is compared with."""
MONTH_FAR, FAR = 8.0, 6.0
"""Robust z from which a month of the company, and a row, is far: distance in logs / (1.4826 x its median)."""
MONTH_NOISE = 0.10
"""Least noise of a month's log."""
MONTH_FACTOR, LONE_MONTH_FACTOR = 2.0, 4.0
"""Least factor between a month and the level of its neighbours: where the same month of another year is on
file to compare with, and where it is not."""
ROW_FACTOR = 20.0
"""A row is this many times the next largest of the same rep and product."""
ROW_NOISE = 0.30
MOST_SERIES = 2000


def history_plausible(facts: Facts) -> Iterator[PlanWarning]:
    """Warn of a unit that changes, of months and of rows far from their neighbours."""
    for sales in facts.with_history():
        yield from _months_in_another_unit(facts, sales)
        yield from _nodes_in_another_unit(facts, sales)
        rows = () if sales.switched.any() else tuple(_far_rows(sales))
        yield from (_row_warning(facts, sales, one) for one in rows)
        yield from _far_months(facts, sales, rows)


def _months_in_another_unit(facts: Facts, sales: Sales) -> Iterator[PlanWarning]:
    switched = sales.switched
    if not switched.any():
        return
    total = np.abs(sales.by_rep).sum(axis=0)
    usual = float(np.median(total[~switched & (total > 0)])) if (~switched & (total > 0)).any() else 1.0
    months = [sales.start - WINDOW + int(k) for k in np.flatnonzero(switched)]
    power = int(np.rint(np.log10(np.median(total[switched]) / usual))) if usual > 0 else 0
    yield warning(
        "unit-switch",
        facts.plan.places.of("history", _first_row(sales, switched)),
        "amount",
        month_text(months[0]),
        kind="months",
        measure=sales.measure,
        first=month_text(months[0]),
        last=month_text(months[-1]),
        count=len(months),
        factor=factor_text(power),
    )


def _first_row(sales: Sales, months: BoolArray) -> int:
    inside = sales.place >= 0
    hit = np.zeros(len(sales.place), dtype=bool)
    hit[inside] = months[sales.place[inside]]
    return int(sales.row[int(np.flatnonzero(hit)[0])])


def factor_text(power: int) -> str:
    """Return `1,000` or `1/1,000` of a power of ten."""
    return f"{10**power:,}" if power >= 0 else f"1/{10**-power:,}"


def _nodes_in_another_unit(facts: Facts, sales: Sales) -> Iterator[PlanWarning]:
    for node, step in facts.shifted_nodes(sales.measure):
        name = facts.labels.node_id[node]
        yield warning(
            "unit-switch",
            facts.org_place(node),
            "node_id",
            name,
            node_id=name,
            kind="node",
            measure=sales.measure,
            node=name,
            factor=factor_text(int(np.rint(step))),
        )


def _far_months(facts: Facts, sales: Sales, rows: Sequence["FarRow"]) -> Iterator[PlanWarning]:
    """Months of the company far from their neighbours, unless the same month of another year was as far.

    What single rows are too large by does not count here: they have warnings of their own.
    """
    total = sales.by_rep.sum(axis=0)
    for row in rows:
        total[row.month] -= np.sign(row.amount) * (abs(row.amount) - row.usual)
    above = above_neighbours(np.where(sales.switched, np.nan, total))
    season, has_other_year = nearest_other_year(above)
    distance = above - season
    known = np.isfinite(above)
    if known.sum() < FEWEST_ROWS:
        return
    noise = max(MONTH_NOISE, 1.4826 * float(np.median(np.abs(distance[known]))))
    least = np.log(np.where(has_other_year, MONTH_FACTOR, LONE_MONTH_FACTOR))
    is_far = known & (np.abs(above) >= least) & (np.abs(distance) >= np.maximum(MONTH_FAR * noise, least))
    for k in np.flatnonzero(is_far).tolist():
        month = month_text(sales.start - WINDOW + k)
        yield warning(
            "month-far-from-neighbours",
            facts.plan.places.of("history", _first_row(sales, np.arange(WINDOW) == k)),
            "period",
            month,
            measure=sales.measure,
            month=month,
            amount=f"{total[k]:,.15g}",
            factor=f"{np.exp(above[k]):,.3g}",
            usual=f"{total[k] / np.exp(above[k]):,.6g}",
            z=f"{abs(distance[k]) / noise:.1f}",
        )


def above_neighbours(total: FloatArray) -> FloatArray:
    """Log of each month over the median of up to six months on either side, shape (36,).

    NaN where a month is not above 0 or has fewer than two neighbours that are.
    """
    size = np.where(total > 0, total, np.nan)
    above = np.full(WINDOW, np.nan)
    for k in np.flatnonzero(np.isfinite(size)).tolist():
        around = np.concatenate([size[max(k - NEIGHBOURS, 0) : k], size[k + 1 : k + 1 + NEIGHBOURS]])
        around = around[np.isfinite(around)]
        if len(around) >= 2:
            above[k] = np.log(size[k] / np.median(around))
    return above


def nearest_other_year(above: FloatArray) -> tuple[FloatArray, BoolArray]:
    """Of the same month in other years return the value nearest to each month's own, 0 where there is none.

    Returns
    -------
    Values, and whether another year was on file; shapes (36,).
    """
    years = above.reshape(-1, 12)
    season = np.zeros(years.shape)
    known = np.zeros(years.shape, dtype=bool)
    for year in range(len(years)):
        others = np.delete(years, year, axis=0)
        gap = np.where(np.isfinite(others), np.abs(others - years[year]), np.inf)
        known[year] = np.isfinite(gap).any(axis=0)
        nearest = np.take_along_axis(others, gap.argmin(axis=0)[None, :], axis=0)[0]
        season[year] = np.where(known[year], nearest, 0.0)
    return season.ravel(), known.ravel()


@dataclass(frozen=True)
class FarRow:
    """A row of a rep and product far above all its others; `usual` is the median of the others."""

    row: int
    cell: int
    month: int
    amount: float
    usual: float
    z: float


def _far_rows(sales: Sales) -> Iterator[FarRow]:
    """Find the rows far above all others of their rep and product, in proportion to how much amounts vary."""
    size = np.abs(sales.by_cell)
    # whose largest is ROW_FACTOR times any other has a sum not far above it: few are looked at in full
    steep = np.flatnonzero(size.sum(axis=1) <= (1 + (WINDOW - 1) / ROW_FACTOR) * size.max(axis=1))
    two = np.partition(size[steep], WINDOW - 2, axis=1)[:, -2:]
    often = np.count_nonzero(size, axis=1) >= FEWEST_ROWS
    chosen = steep[often[steep] & (two[:, 1] >= ROW_FACTOR * two[:, 0]) & (two[:, 0] > 0)]
    if not len(chosen):
        return
    noise = max(ROW_NOISE, _usual_noise(size[often]))
    for cell in chosen.tolist():
        month = int(np.argmax(size[cell]))
        others = np.delete(size[cell], month)
        usual = float(np.median(others[others > 0]))
        z = float(np.log(size[cell, month] / usual)) / noise
        if z >= FAR:
            rows: IntArray = np.flatnonzero((sales.cell == cell) & (sales.place == month))
            row = int(rows[np.argmax(np.abs(sales.amount[rows]))])
            yield FarRow(row, cell, month, float(sales.amount[row]), usual, z)


def _row_warning(facts: Facts, sales: Sales, far: FarRow) -> PlanWarning:
    node = facts.labels.node_id[facts.rep_node(far.cell // sales.n_product)]
    return warning(
        "row-far-from-neighbours",
        facts.plan.places.of("history", int(sales.row[far.row])),
        "amount",
        f"{far.amount:.15g}",
        node_id=node,
        measure=sales.measure,
        node=node,
        product=facts.labels.leaf_product_id[far.cell % sales.n_product],
        month=month_text(sales.start - WINDOW + far.month),
        amount=f"{far.amount:,.15g}",
        factor=f"{abs(far.amount) / far.usual:,.3g}",
        usual=f"{far.usual:,.6g}",
        z=f"{far.z:.1f}",
    )


def _usual_noise(size: FloatArray) -> float:
    """Return 1.4826 x the median distance of amounts to the median of their rep and product, in logs."""
    some = size[:: max(1, len(size) // MOST_SERIES)]
    with np.errstate(divide="ignore"):
        logs = np.where(some > 0, np.log(some), np.nan)
    distance = np.abs(logs - np.nanmedian(logs, axis=1)[:, None])
    return 1.4826 * float(np.nanmedian(distance))
