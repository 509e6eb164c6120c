"""Amounts of the history that lie far from their neighbours, and months or nodes in another unit."""

from collections.abc import Iterator

import numpy as np

from allocator.plan.base_year import WINDOW
from allocator.plan.plan import month_text
from allocator.plan.warning import PlanWarning, warning
from allocator.warnings.facts import Facts, Sales
from solver_models.arrays import BoolArray, FloatArray, IntArray

NEIGHBOURS = 6
"""Months on either side that a month is compared with."""
FAR = 6.0
"""Robust z from which an amount is far: distance in logs / (1.4826 x median distance)."""
MONTH_NOISE = 0.10
"""Least noise of a month's log."""
MONTH_FACTOR, LONE_MONTH_FACTOR = 2.0, 4.0
"""Least factor between a month and the level of its neighbours: where the same month of another year is on
file to compare with, and where it is not."""
ROW_FACTOR = 20.0
"""A row is this many times the next largest of the same rep and product."""
ROW_NOISE = 0.30
FEWEST_ROWS = 6
UNIT_STEP = 1.7
"""Shift in powers of ten from which months or nodes seem to be in another unit."""
MOST_SERIES = 2000
FEWEST_SERIES = 3
CLOSE = 0.35
NODE_STEP = 2.7


def history_plausible(facts: Facts) -> Iterator[PlanWarning]:
    """Warn of a unit that changes, of months and of rows far from their neighbours."""
    for sales in facts.with_history():
        switched = _switched_months(sales)
        yield from _months_in_another_unit(facts, sales, switched)
        yield from _nodes_in_another_unit(facts, sales)
        yield from _far_months(facts, sales, switched)
        if not switched.any():
            yield from _far_rows(facts, sales)


def _switched_months(sales: Sales) -> BoolArray:
    """Mark the months in which most reps' amounts are shifted by the same power of ten, shape (36,).

    The shift of a rep's month is its distance to the median of the rep's months on file, in powers of ten.
    Where the months fall into two groups, those that the plan grows from are taken to be right only if they
    are the more numerous ones.
    """
    with np.errstate(divide="ignore", invalid="ignore"):
        size = np.where(sales.by_rep != 0, np.log10(np.abs(sales.by_rep)), np.nan)
    size = size[np.isfinite(size).sum(axis=1) >= FEWEST_ROWS]
    if len(size) < 1:
        return np.zeros(WINDOW, dtype=bool)
    shift = size - np.nanmedian(size, axis=1)[:, None]
    known = np.isfinite(shift)
    count = known.sum(axis=0)
    middle = np.full(WINDOW, 0.0)
    for k in np.flatnonzero(count >= min(FEWEST_SERIES, len(size))).tolist():
        own = shift[known[:, k], k]
        # all of it is shifted, not the middle alone
        if np.mean(np.abs(own - np.median(own)) < 1.0) >= 0.8:
            middle[k] = np.median(own)
    switched: BoolArray = np.abs(middle) >= UNIT_STEP
    return switched


def _months_in_another_unit(facts: Facts, sales: Sales, switched: BoolArray) -> Iterator[PlanWarning]:
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
    """Nodes right above reps, or higher, whose reps all sell a power of ten more or less than all others."""
    org = facts.labels.grid.org
    level = np.abs(sales.by_rep).sum(axis=1)
    with np.errstate(divide="ignore"):
        size = np.where(level > 0, np.log10(level), np.nan)
    known = np.isfinite(size)
    if known.sum() < 2 * FEWEST_SERIES:
        return
    # of nodes with fewer than half of all reps, the median of all is nearly that of the others
    middle = float(np.median(size[known]))
    covered = np.zeros(len(org), dtype=bool)
    for node in range(1, len(org)):
        covered[node] |= covered[org.parent[node]]
        first, end = int(org.leaf_start[node]), int(org.leaf_end[node])
        if covered[node] or org.is_leaf[node] or end - first < FEWEST_SERIES:
            continue
        own = size[first:end][known[first:end]]
        if len(own) < FEWEST_SERIES or 2 * len(own) >= known.sum():
            continue
        step = float(np.median(own)) - middle
        if abs(step) >= NODE_STEP and np.median(np.abs(own - np.median(own))) < 1.0:
            covered[node] = True
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


def _far_months(facts: Facts, sales: Sales, switched: BoolArray) -> Iterator[PlanWarning]:
    """Months of the company far from their neighbours, unless the same month of another year was as far."""
    total = sales.by_rep.sum(axis=0)
    above = above_neighbours(np.where(switched, np.nan, total))
    season, has_other_year = nearest_other_year(above)
    distance = above - season
    known = np.isfinite(above)
    if known.sum() < FEWEST_ROWS:
        return
    noise = max(MONTH_NOISE, 1.4826 * float(np.median(np.abs(distance[known]))))
    least = np.log(np.where(has_other_year, MONTH_FACTOR, LONE_MONTH_FACTOR))
    is_far = known & (np.abs(above) >= least) & (np.abs(distance) >= np.maximum(FAR * noise, least))
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


def _far_rows(facts: Facts, sales: Sales) -> Iterator[PlanWarning]:
    """Rows of a rep and product far above all its others, in proportion to how much amounts vary at all."""
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
        if z < FAR:
            continue
        rows: IntArray = np.flatnonzero((sales.cell == cell) & (sales.place == month))
        row = int(rows[np.argmax(np.abs(sales.amount[rows]))])
        node = facts.labels.node_id[facts.rep_node(cell // sales.n_product)]
        yield warning(
            "row-far-from-neighbours",
            facts.plan.places.of("history", int(sales.row[row])),
            "amount",
            f"{sales.amount[row]:.15g}",
            node_id=node,
            measure=sales.measure,
            node=node,
            product=facts.labels.leaf_product_id[cell % sales.n_product],
            month=month_text(sales.start - WINDOW + month),
            amount=f"{sales.amount[row]:,.15g}",
            factor=f"{size[cell, month] / usual:,.3g}",
            usual=f"{usual:,.6g}",
            z=f"{z:.1f}",
        )


def _usual_noise(size: FloatArray) -> float:
    """Return 1.4826 x the median distance of amounts to the median of their rep and product, in logs."""
    some = size[:: max(1, len(size) // MOST_SERIES)]
    with np.errstate(divide="ignore"):
        logs = np.where(some > 0, np.log(some), np.nan)
    distance = np.abs(logs - np.nanmedian(logs, axis=1)[:, None])
    return 1.4826 * float(np.nanmedian(distance))
