"""Columns that follow from others: last year, growth, ratio, anchors of nodes; anchors against the totals."""

from collections.abc import Callable
from typing import Any

import numpy as np
from numpy.typing import NDArray

from allocator.verification.company import Company
from allocator.verification.measure_result import MeasureResult, judge_cells, judge_nodes, shown
from allocator.verification.report import Check, judge
from allocator.verification.sums import NEAR_ONE, roundings, total_bounds
from allocator.verification.trees import FloatArray

EXACT = 1e-9


def check_result_columns(result: MeasureResult) -> list[Check]:
    """Check growth = target / last_year - 1, ratio = target / anchor, bounds and distances of cells."""
    target, target_cells = result.targets, result.cell_units * result.unit
    growth = (
        np.divide(target, result.last_year, out=np.full(target.shape, np.nan), where=result.last_year > 0)
        - 1.0
    )
    ratio = np.divide(target, result.anchor, out=np.full(target.shape, np.nan), where=result.anchor > 0)
    return [
        _same("growth", result, "growth is target / last_year - 1", result.growth, growth),
        _same("ratio", result, "ratio is target / anchor", result.ratio, ratio),
        judge_cells(
            "bounds_held",
            result,
            "every cell lies within its own bounds, before and after rounding",
            np.maximum(_outside(result, result.unrounded), _outside(result, target_cells)),
            EXACT,
            lambda k: (
                f"unrounded {shown(result.unrounded, k)}, target {shown(target_cells, k)},"
                f" bounds {shown(result.lower, k)} .. {shown(result.upper, k)}"
            ),
        ),
        judge_cells(
            "cells_within_one_unit",
            result,
            "every cell is less than one unit from its unrounded value",
            np.abs(result.cell_units - result.unrounded / result.unit),
            NEAR_ONE,
            lambda k: f"target {shown(target_cells, k)}, unrounded {shown(result.unrounded, k)}",
        ),
        judge_cells(
            "not_negative",
            result,
            "no cell, anchor or baseline is negative",
            np.maximum.reduce(
                [
                    -result.cell_units * 1.0,
                    -result.unrounded,
                    -result.cell_anchor,
                    -result.baseline,
                    0 * result.lower,
                ]
            ),
            0.0,
            lambda k: (
                f"target {shown(target_cells, k)}, unrounded {shown(result.unrounded, k)},"
                f" anchor {shown(result.cell_anchor, k)}, baseline {shown(result.baseline, k)}"
            ),
        ),
    ]


def _outside(result: MeasureResult, values: NDArray[Any]) -> FloatArray:
    """How far values lie outside the bounds, relative to the larger of the value, the bound and the unit."""
    size = np.maximum(np.maximum(np.abs(values), result.unit), np.abs(result.lower))
    return np.asarray(np.maximum(np.maximum(result.lower - values, values - result.upper), 0.0) / size)


def _same(check: str, result: MeasureResult, promise: str, found: FloatArray, expected: FloatArray) -> Check:
    """Compare two float columns to the last digits; empty must meet empty."""
    return judge_nodes(
        check, result, promise, _difference(found, expected), EXACT, _unlike(check, found, expected)
    )


def _unlike(column: str, found: FloatArray, expected: FloatArray) -> Callable[[int], str]:
    return lambda k: f"{column} {shown(found, k)} instead of {shown(expected, k)}"


def _difference(found: FloatArray, expected: FloatArray) -> FloatArray:
    both_empty = np.isnan(found) & np.isnan(expected)
    gap = np.abs(found - expected) / np.maximum(np.abs(expected), 1.0)
    return np.where(both_empty, 0.0, np.where(np.isnan(gap), np.inf, gap))


def check_plan_columns(company: Company, result: MeasureResult, room: FloatArray) -> list[Check]:
    """Check last_year, anchors of nodes, levels and the distance of nodes from the unrounded numbers.

    Parameters
    ----------
    room
        Shape (n_node,): roundings besides the node's own that its unrounded sums carry (see `Frame`).
    """
    last_year = company.last_year(result.measure)
    anchor = company.node_sums(result.cell_anchor)
    unrounded = company.node_sums(result.unrounded) / result.unit
    allowed = np.broadcast_to(roundings(company), unrounded.shape).copy()
    allowed[0] = 1.0
    allowed += room[:, None] * roundings(company)
    wrong_level = result.level != company.org_column("level")[:, None]
    return [
        _same(
            "last_year", result, "last_year is the history of the year before", result.last_year, last_year
        ),
        _same("node_anchors", result, "anchors of nodes follow from the cells", result.anchor, anchor),
        judge_nodes(
            "within_one_unit",
            result,
            "every number is less than one unit from its unrounded value (a line: one per product)",
            np.abs(result.units - unrounded) / allowed,
            NEAR_ONE,
            lambda k: f"target {shown(result.targets, k)}, unrounded {shown(unrounded * result.unit, k)}",
        ),
        judge_nodes(
            "levels",
            result,
            "level is the level of org.csv",
            wrong_level.astype(np.float64),
            0.0,
            lambda k: f"level {result.level.ravel()[k]!r}",
        ),
    ]


def check_unrounded_totals(company: Company, result: MeasureResult, room: FloatArray) -> list[Check]:
    """Anchors and unrounded numbers meet the company total and every product total, to 1e-9 of it.

    Parameters
    ----------
    room
        Shape (n_node,): roundings that the unrounded sums carry (see `Frame`).
    """
    carried = float(room[0])
    return [
        _totals_met("anchor_totals", company, result, result.cell_anchor, "anchors", 0.0),
        _totals_met("unrounded_totals", company, result, result.unrounded, "unrounded numbers", carried),
    ]


def _totals_met(
    check: str, company: Company, result: MeasureResult, cells: FloatArray, words: str, carried: float
) -> Check:
    stated = _stated(company, result)
    sums = company.node_sums(cells)[0] / result.unit
    spare = carried * roundings(company)
    gap = [max(low - sums[q], sums[q] - high, spare[q]) - spare[q] for q, low, high in stated]
    size = [max(abs(low), abs(high) if np.isfinite(high) else 0.0, 1.0) for _, low, high in stated]
    gap = [missed / most for missed, most in zip(gap, size, strict=True)]
    place = result.node_place(lambda k: f"{words} sum to {sums[k] * result.unit:.12g}")
    promise = f"{words} meet the company total and the product totals"
    return judge(check, result.measure, promise, np.array(gap), EXACT, lambda k: place(stated[k][0]))


def _stated(company: Company, result: MeasureResult) -> list[tuple[int, float, float]]:
    """Positions and bounds (units) of the totals; fixed and growth totals as the result rounded them."""
    totals = company.settings.get("product_totals") or {}
    rows = [(0, float(result.units[0, 0]), float(result.units[0, 0]))]
    for product, asked in (totals.get(result.measure) or {}).items():
        q = company.products.position[str(product)]
        is_range = isinstance(asked, dict) and "growth" not in asked
        as_rounded = (float(result.units[0, q]), float(result.units[0, q]))
        low, high = total_bounds(company, result.measure, asked, 0.0) if is_range else as_rounded
        rows.append((q, max(low, 0.0), high))
    return rows
