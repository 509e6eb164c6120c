"""Bounds of the cells and which cells may move, recomputed from the plan."""

import numpy as np

from allocator.verification.columns import EXACT
from allocator.verification.company import Company, product_column
from allocator.verification.measure_result import MeasureResult, judge_cells, shown
from allocator.verification.report import Check
from allocator.verification.rule_nodes import RuleNodes
from allocator.verification.trees import BoolArray, FloatArray


def check_cell_bounds(
    company: Company, result: MeasureResult, rules: RuleNodes
) -> tuple[list[Check], BoolArray]:
    """Recompute `lower` and `upper` of cells.csv and which cells may move.

    Returns
    -------
    The checks, and the open cells (n_rep, n_leaf_product): of reps at work, with an anchor or opened by a
    minimum.
    """
    lower, upper = cell_bounds(company, rules)
    is_open = open_cells(company, result, rules)
    upper = np.where(is_open, upper, 0.0)
    gap = np.abs(result.lower - lower) / np.maximum(np.abs(lower), result.unit)
    with np.errstate(invalid="ignore"):
        above = np.abs(result.upper - upper) / np.maximum(np.abs(upper), result.unit)
    gap_above = np.where(
        np.isinf(upper) | np.isinf(result.upper), np.where(upper == result.upper, 0, np.inf), above
    )
    checks = [
        judge_cells(
            "cell_bounds",
            result,
            "lower and upper follow from hard rules, pins, presence and zero anchors",
            np.maximum(gap, gap_above),
            EXACT,
            lambda k: (
                f"{shown(result.lower, k)} .. {shown(result.upper, k)} instead of"
                f" {shown(lower, k)} .. {shown(upper, k)}"
            ),
        ),
        judge_cells(
            "closed_cells",
            result,
            "a cell without an anchor stays 0 unless a minimum needs it",
            np.where(
                is_open, 0.0, np.maximum(np.abs(result.unrounded) / result.unit, np.abs(result.cell_units))
            ),
            0.0,
            lambda k: f"unrounded {shown(result.unrounded, k)}",
        ),
    ]
    return checks, is_open


def cell_bounds(company: Company, rules: RuleNodes) -> tuple[FloatArray, FloatArray]:
    """Bounds of the cells themselves from presence, hard amount rules and pins that name one cell."""
    shape = (len(company.org.leaves), len(company.products.leaves))
    lower, upper = np.zeros(shape), np.full(shape, np.inf)
    upper[company.is_absent] = 0.0
    chosen = rules.table["on_cell"].to_numpy(bool)
    rep = company.org.first_leaf[rules.ints("node")[chosen]]
    leaf = company.products.first_leaf[rules.ints("product")[chosen]]
    np.maximum.at(lower, (rep, leaf), rules.floats("lower")[chosen])
    np.minimum.at(upper, (rep, leaf), rules.floats("upper")[chosen])
    return lower, upper


def may_be_positive(company: Company, rules: RuleNodes) -> BoolArray:
    """Cells of reps at work that lie below no hard ceiling of 0. Shape (n_rep, n_leaf_product)."""
    may = np.repeat(~company.is_absent[:, None], len(company.products.leaves), axis=1)
    node, product = rules.ints("node"), rules.ints("product")
    ceiling = (
        (rules.floats("upper") <= 0) & (rules.ints("tier") == 0) & ~rules.is_kind("total", "product_total")
    )
    basis = rules.table["basis"].to_numpy(object)
    for k in np.flatnonzero(ceiling):
        reps = slice(company.org.first_leaf[node[k]], company.org.end_leaf[node[k]])
        leaves = slice(company.products.first_leaf[product[k]], company.products.end_leaf[product[k]])
        if rules.is_weighted[k]:
            weight = product_column(company, str(basis[k]))[leaves]
            may[reps, leaves] &= (weight == 0) | bool((weight < 0).any())
        else:
            may[reps, leaves] = False
    return may


def open_cells(company: Company, result: MeasureResult, rules: RuleNodes) -> BoolArray:
    """Cells with an anchor, or under a minimum that covers none with an anchor that may be above 0."""
    at_work = ~company.is_absent[:, None]
    moves = (result.cell_anchor > 0) & at_work
    count = company.plain_sums((moves & may_be_positive(company, rules)).astype(np.float64))
    node, product = rules.ints("node"), rules.ints("product")
    asks = rules.is_kind("range", "growth", "commitment", "pin", "link", "mix") & (rules.floats("lower") > 0)
    asks &= (count[node, product] == 0) & (~rules.is_kind("mix") | (count[node, 0] > 0))
    opened = moves.copy()
    for v, q in zip(node[asks], product[asks], strict=True):
        reps = slice(company.org.first_leaf[v], company.org.end_leaf[v])
        leaves = slice(company.products.first_leaf[q], company.products.end_leaf[q])
        opened[reps, leaves] |= at_work[reps]
    return opened
