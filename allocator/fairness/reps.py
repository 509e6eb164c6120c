"""The reps that are compared, what they got and what might have driven it."""

from dataclasses import dataclass

import numpy as np

from allocator.allocation import Allocation, MeasureAllocation
from allocator.anchors.observed import same_month_windows
from allocator.anchors.peers import peer_groups
from allocator.anchors.ramp import open_seats, rep_dates, rep_rows
from allocator.model.presence import absent_reps
from allocator.plan.commitments import past_commitments
from allocator.plan.plan import NO_DATE, Plan, first_day
from allocator.plan.tables import ALL_PRODUCTS
from allocator.results.tables import as_float
from solver_models.arrays import BoolArray, FloatArray, IntArray

DAYS = 365.25
SETTLED = 9
"""Ratios are compared to this many decimals: what is left is the solver's noise."""


@dataclass(frozen=True)
class PastTarget:
    """What was promised for one past period and what came of it, per rep; NaN where unknown.

    Parameters
    ----------
    period
        The period as written; empty where none is on file.
    quota, actual
        Shape (n_rep,).
    """

    period: str
    quota: FloatArray
    actual: FloatArray


@dataclass(frozen=True)
class Reps:
    """Reps at work with an anchor; every array has one entry per rep, NaN = unknown.

    Parameters
    ----------
    position
        Positions in the org.
    group, group_name
        Peer group of each rep and the names of the groups.
    ratio
        Unrounded target / anchor: 1 where no rule, pin or limit takes hold.
    rounded_ratio
        The target as handed out / anchor.
    size
        Anchor.
    growth_factor
        Target / last year, of those who were there for all of last year.
    tenure
        Years from `start` to the start of the plan.
    last_growth
        Growth of last year over the year before.
    quota, actual
        Promise and outcome of the last past period on file (commitments.csv), `period` its name.
    manager, region
        Position of the node above, and of the node below the company that the rep belongs to.
    role
        Role as written; open seats are `open`.
    target
        The target as handed out.
    """

    position: IntArray
    group: IntArray
    group_name: tuple[str, ...]
    ratio: FloatArray
    rounded_ratio: FloatArray
    size: FloatArray
    growth_factor: FloatArray
    tenure: FloatArray
    last_growth: FloatArray
    quota: FloatArray
    actual: FloatArray
    period: str
    manager: IntArray
    region: IntArray
    role: np.ndarray
    target: FloatArray

    def __len__(self) -> int:
        return len(self.position)


def compared_reps(allocation: Allocation, result: MeasureAllocation) -> Reps:
    """Collect what the tests need of one measure."""
    plan, labels = allocation.plan, allocation.labels
    grid = labels.grid
    shape = (grid.n_rep, grid.n_product)
    anchor = result.anchors.anchor.reshape(shape).sum(axis=1)
    chosen = np.flatnonzero((anchor > 0) & ~absent_reps(plan, labels))
    target = as_float(result.target_units, plan.spec.measures[result.measure].round_to)[grid.org.leaf, 0]
    windows = same_month_windows(result.anchors.observed).reshape(-1, *shape).sum(axis=2)
    last_year = windows[0]
    past = last_past_target(plan, allocation, result.measure)
    group, names = _groups(allocation, chosen)
    unrounded = result.unrounded.reshape(shape).sum(axis=1)
    divisor = np.where(anchor > 0, anchor, 1.0)
    return Reps(
        position=grid.org.leaf[chosen].astype(np.int64),
        group=group,
        group_name=names,
        ratio=np.round(unrounded / divisor, SETTLED)[chosen],
        rounded_ratio=(target / divisor)[chosen],
        size=anchor[chosen],
        growth_factor=_ratio(target, last_year, _there_since(allocation, 1))[chosen],
        tenure=_tenure(plan, allocation)[chosen],
        last_growth=_last_growth(allocation, windows)[chosen],
        quota=past.quota[chosen],
        actual=past.actual[chosen],
        period=past.period,
        manager=grid.org.parent[grid.org.leaf][chosen].astype(np.int64),
        region=_regions(allocation)[chosen],
        role=_roles(allocation)[chosen],
        target=target[chosen],
    )


def last_past_target(plan: Plan, allocation: Allocation, measure: str) -> PastTarget:
    """Find the latest past period for which promises of reps are on file with what came of them.

    Periods are compared as text (2024 < 2025, 2024-03 < 2024-04). A row for all products counts as it
    is; without one the rows of the products are added up.
    """
    labels = allocation.labels
    empty = np.full(labels.grid.n_rep, np.nan)
    table = past_commitments(plan, measure)
    node = labels.codes_of_nodes(table["node_id"])
    table = table.assign(rep=labels.grid.org.leaf_start[node])[labels.grid.org.is_leaf[node]]
    if table.empty:
        return PastTarget("", empty, empty)
    period = str(table["period"].max())
    table = table[table["period"] == period]
    whole = table["product_id"] == ALL_PRODUCTS
    named = table[whole]["rep"]
    used = table[whole | ~table["rep"].isin(named)]
    sums = used.groupby("rep")[["amount", "actual"]].sum()
    quota, actual = empty.copy(), empty.copy()
    at = sums.index.to_numpy(np.int64)
    quota[at], actual[at] = sums["amount"].to_numpy(np.float64), sums["actual"].to_numpy(np.float64)
    return PastTarget(period, np.where(quota > 0, quota, np.nan), actual)


def _groups(allocation: Allocation, chosen: IntArray) -> tuple[IntArray, tuple[str, ...]]:
    """Peer groups of the chosen reps, numbered from 0, named by level and `peer_group`."""
    plan, labels = allocation.plan, allocation.labels
    numbers, first, group = np.unique(
        peer_groups(plan, labels)[chosen], return_index=True, return_inverse=True
    )
    text = plan.org["peer_group"].to_numpy(object)[rep_rows(labels)]
    leaf = labels.grid.org.leaf
    names = [str(text[rep]) or labels.level[leaf[rep]] for rep in chosen[first]]
    twice = len(set(names)) < len(numbers)
    full = [f"{labels.level[leaf[rep]]}: {name}" for rep, name in zip(chosen[first], names, strict=True)]
    return group.astype(np.int64).reshape(-1), tuple(full if twice else names)


def _there_since(allocation: Allocation, years: int) -> BoolArray:
    """True for reps at work, without a ramp, since so many years before the plan. Shape (n_rep,)."""
    plan, labels = allocation.plan, allocation.labels
    start = rep_dates(plan, labels, "start")
    no_ramp = plan.org["ramp"].to_numpy(object)[rep_rows(labels)] == ""
    since = first_day(plan.start_month - 12 * years)
    there: BoolArray = ((start == NO_DATE) | (start <= since)) & (no_ramp | (start != NO_DATE))
    return there & ~open_seats(plan, labels)


def _tenure(plan: Plan, allocation: Allocation) -> FloatArray:
    start = rep_dates(plan, allocation.labels, "start")
    known = (start != NO_DATE) & ~open_seats(plan, allocation.labels)
    days = first_day(plan.start_month) - np.where(known, start, 0)
    return np.where(known, np.maximum(days, 0) / DAYS, np.nan)


def _last_growth(allocation: Allocation, windows: FloatArray) -> FloatArray:
    """Growth of last year over the year before, of reps who were there for both."""
    if len(windows) < 2:
        return np.full(windows.shape[1], np.nan)
    return _ratio(windows[0], windows[1], _there_since(allocation, 2)) - 1.0


def _ratio(top: FloatArray, bottom: FloatArray, known: BoolArray) -> FloatArray:
    usable = known & (bottom > 0)
    return np.where(usable, top / np.where(usable, bottom, 1.0), np.nan)


def _regions(allocation: Allocation) -> IntArray:
    """The node below the company above (or at) each rep, shape (n_rep,)."""
    return regions_of(allocation.labels.grid.org.parent, allocation.labels.grid.org.leaf)


def regions_of(parent: np.ndarray, leaf: np.ndarray) -> IntArray:
    """Position of the ancestor right below the root (a leaf there is its own; the root's is 0)."""
    top = np.arange(len(parent), dtype=np.int64)
    for node in range(1, len(parent)):
        if parent[node] > 0:
            top[node] = top[parent[node]]
    regions: IntArray = top[leaf]
    return regions


def _roles(allocation: Allocation) -> np.ndarray:
    role = allocation.plan.org["role"].to_numpy(object)[rep_rows(allocation.labels)].copy()
    role[open_seats(allocation.plan, allocation.labels)] = "open"
    return np.asarray(role)
