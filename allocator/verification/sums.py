"""Exact integer sums: cells, products, lines, nodes, totals, the ledger of over-assignment, months."""

from typing import Any

import numpy as np

from allocator.verification.company import Company, decimal
from allocator.verification.measure_result import MeasureResult, judge_cells, judge_nodes, shown
from allocator.verification.report import Check, judge, list_faults
from allocator.verification.result_tables import as_mapping
from allocator.verification.trees import BoolArray, FloatArray, IntArray

NEAR_ONE = 1.0 - 5e-8
"""Values within 1e-7 of a whole unit count as whole, so a distance of a unit is never right."""
HALF = 0.5 + 1e-6
"""A growth total of the company is rounded to the nearest unit."""


def check_result_sums(result: MeasureResult) -> list[Check]:
    """Check what must add up inside the files, without knowing the trees: cells, `*`, months."""
    names = result.names
    node, leaf = _positions(names.nodes, names.reps), _positions(names.products, names.leaf_products)
    if len(node) < len(names.reps) or len(leaf) < len(names.leaf_products):
        missing = [n for n in names.reps if n not in set(names.nodes)]
        missing += [p for p in names.leaf_products if p not in set(names.products)]
        faults = [f"targets.csv knows no {name} of cells.csv" for name in missing]
        return [
            list_faults(
                "cells_in_targets", result.measure, "targets.csv repeats cells.csv", len(node), faults
            )
        ]
    in_targets = result.units[np.ix_(node, leaf)]
    products = result.units[:, leaf].sum(axis=1)
    checks = [
        judge_cells(
            "cells_in_targets",
            result,
            "targets.csv repeats the targets of cells.csv",
            np.abs(result.cell_units - in_targets),
            0,
            lambda k: (
                f"{_amount(result, result.cell_units, k)}, targets.csv has {_amount(result, in_targets, k)}"
            ),
        ),
        _product_sums(result, products),
        _month_sums(result),
        judge(
            "months_not_negative",
            result.measure,
            "no month is negative",
            np.maximum(-result.month_units, 0),
            0,
            result.month_place(lambda k: f"{_amount(result, result.month_units, k)}"),
        ),
        _month_product_sums(result, leaf),
    ]
    return checks


def _positions(labels: tuple[str, ...], wanted: tuple[str, ...]) -> IntArray:
    position = {label: k for k, label in enumerate(labels)}
    return np.array([position[label] for label in wanted if label in position], np.int64)


def _amount(result: MeasureResult, units: IntArray, k: int) -> str:
    return shown(units.ravel()[k : k + 1] * result.unit, 0)


def _product_sums(result: MeasureResult, products: IntArray) -> Check:
    star = _positions(result.names.products, ("*",))
    if len(star) == 0:
        promise = "`*` is the sum of the products"
        return list_faults(
            "product_sums", result.measure, promise, len(products), ["targets.csv has no rows for `*`"]
        )
    whole = result.units[:, star[0]]
    n = len(result.names.products)
    place = result.node_place(
        lambda k: f"{_amount(result, result.units, k)}, products sum to {_amount(result, products, k // n)}"
    )
    return judge(
        "product_sums",
        result.measure,
        "`*` is the sum of the products at every node",
        np.abs(whole - products),
        0,
        lambda k: place(k * n + int(star[0])),
    )


def _month_sums(result: MeasureResult) -> Check:
    year = result.month_units.sum(axis=2)
    n = result.month_units.shape[2]

    def text(k: int) -> str:
        return f"months sum to {_amount(result, year, k)}, the year is {_amount(result, result.units, k)}"

    place = result.node_place(text)
    promise = f"the {n} months of every row sum to its year"
    return judge("months_sum", result.measure, promise, np.abs(year - result.units), 0, place)


def _month_product_sums(result: MeasureResult, leaf: IntArray) -> Check:
    star = _positions(result.names.products, ("*",))
    if len(star) == 0:
        return list_faults("month_products", result.measure, "`*` sums the products", 0, ["no rows for `*`"])
    wrong = np.zeros(result.month_units.shape, np.int64)
    wrong[:, star[0]] = np.abs(result.month_units[:, star[0]] - result.month_units[:, leaf].sum(axis=1))
    return judge(
        "month_products",
        result.measure,
        "in every month `*` is the sum of the products",
        wrong,
        0,
        result.month_place(lambda k: f"{_amount(result, result.month_units, k)}"),
    )


def check_tree_sums(company: Company, result: MeasureResult, room: FloatArray) -> list[Check]:
    """Check sums over the two trees: lines, nodes, children_sum, the ledger, months of nodes.

    Parameters
    ----------
    room
        Shape (n_node,): roundings that the unrounded sums carry (see `Frame`).
    """
    org, products = company.org, company.products
    children = org.sum_children(result.units)
    lines = products.sum_leaves(np.ascontiguousarray(result.units[:, products.leaves].T)).T
    inner = ~org.is_leaf
    exact = inner & (org.sum_children((company.over > 0).astype(np.int64)) == 0)
    node_gap = np.where(exact[:, None], np.abs(children - result.units), 0)
    missing = result.has_children_sum != inner[:, None]
    noted = np.where(inner[:, None], np.abs(children - result.children_units), 0) + missing
    months = org.sum_children(result.month_units)
    month_gap = np.where(exact[:, None, None], np.abs(months - result.month_units), 0)
    month_lines = products.sum_leaves(
        np.ascontiguousarray(result.month_units[:, products.leaves].swapaxes(0, 1))
    )
    month_line_gap = np.abs(month_lines.swapaxes(0, 1) - result.month_units)

    def against(other: IntArray, words: str) -> Any:
        return lambda k: f"{_amount(result, result.units, k)}, {words} {_amount(result, other, k)}"

    def month_against(other: IntArray, words: str) -> Any:
        return lambda k: f"{_amount(result, result.month_units, k)}, {words} {_amount(result, other, k)}"

    return [
        judge_nodes(
            "line_sums",
            result,
            "every product line is the sum of its products at every node",
            np.abs(lines - result.units),
            0,
            against(lines, "products sum to"),
        ),
        judge_nodes(
            "node_sums",
            result,
            "every node is the sum of its children where they are not over-assigned",
            node_gap,
            0,
            against(children, "children sum to"),
        ),
        judge_nodes(
            "children_sum",
            result,
            "children_sum is the sum of the children's targets, empty for reps",
            noted,
            0,
            lambda k: (
                f"children_sum {_amount(result, result.children_units, k)}, children sum to"
                f" {_amount(result, children, k)}"
            ),
        ),
        _ledger(company, result, children, exact, room),
        judge(
            "month_nodes",
            result.measure,
            "in every month every node is the sum of its children where they are not over-assigned",
            month_gap,
            0,
            result.month_place(month_against(months, "children sum to")),
        ),
        judge(
            "month_lines",
            result.measure,
            "in every month every product line is the sum of its products",
            month_line_gap,
            0,
            result.month_place(month_against(month_lines.swapaxes(0, 1), "products sum to")),
        ),
    ]


def _ledger(
    company: Company, result: MeasureResult, children: IntArray, exact: BoolArray, room: FloatArray
) -> Check:
    """Children of over-assigned levels sum to (1 + h) X_v, rounded once (a line: once per product)."""
    org = company.org
    owed = org.sum_children(company.node_sums(result.unrounded) / result.unit)
    n_roundings = np.ones(len(org))
    plain_children = org.sum_children((company.over == 0).astype(np.int64))
    mixed = (plain_children > 0) & (plain_children < org.n_children)
    n_roundings[mixed] = plain_children[mixed] + 1
    n_roundings += org.sum_children(room)
    allowed = n_roundings[:, None] * roundings(company)[None, :]
    concerned = (~exact & ~org.is_leaf)[:, None]
    deviation = np.where(concerned, np.abs(children - owed) / allowed, 0.0)
    return judge_nodes(
        "ledger",
        result,
        "children of an over-assigned level sum to (1 + h) times their parent, to less than one unit",
        deviation,
        NEAR_ONE,
        lambda k: (
            f"children sum to {_amount(result, children, k)}, (1 + h) X is {shown(owed * result.unit, k)}"
        ),
    )


def roundings(company: Company) -> FloatArray:
    """Count the rounded numbers that make up X_v(q) below the company: 1, for a line one per product."""
    products = company.products
    count = (products.end_leaf - products.first_leaf).astype(np.float64)
    count[0] = 1.0
    return count


def check_totals(company: Company, result: MeasureResult) -> list[Check]:
    """Check the company total and the product totals of plan.yaml, in whole units."""
    history = company.last_year(result.measure)[0]
    total = company.settings["measures"][result.measure]["total"]
    stated = as_mapping(as_mapping(company.settings.get("product_totals")).get(result.measure))
    position = [company.products.position[str(product)] for product in stated]
    gaps = [
        _gap(company, result, q, asked, history[q])
        for q, asked in zip(position, stated.values(), strict=True)
    ]
    limits = [NEAR_ONE if _is_growth(asked) else 0.0 for asked in stated.values()]
    place = result.node_place(lambda k: f"{_amount(result, result.units, k)} is not what plan.yaml asks for")
    return [
        judge(
            "company_total",
            result.measure,
            "the company target is the total of plan.yaml",
            np.array([_gap(company, result, 0, total, history[0])]),
            HALF if _is_growth(total) else 0.0,
            place,
        ),
        judge(
            "product_totals",
            result.measure,
            "the product totals of plan.yaml hold (growth totals to less than one unit)",
            np.maximum(np.array(gaps) - np.array(limits), 0.0),
            0.0,
            lambda k: place(position[k]),
        ),
    ]


def _is_growth(asked: Any) -> bool:
    return isinstance(asked, dict) and "growth" in asked


def _gap(company: Company, result: MeasureResult, product: int, asked: Any, history: float) -> float:
    """Units between X_root(product) and what plan.yaml asks for."""
    low, high = total_bounds(company, result.measure, asked, history)
    return max(low - float(result.units[0, product]), float(result.units[0, product]) - high, 0.0)


def total_bounds(company: Company, measure: str, asked: Any, history: float) -> tuple[float, float]:
    """Bounds of a total of plan.yaml, in units: an amount, a growth on `history`, or a range."""
    unit = company.unit(measure)
    if not isinstance(asked, dict):
        return float(decimal(asked) / unit), float(decimal(asked) / unit)
    if "growth" in asked:
        wanted = (1.0 + float(asked["growth"])) * history / float(unit)
        return wanted, wanted
    low, high = asked.get("min"), asked.get("max")
    return (
        -np.inf if low is None else float(decimal(low) / unit),
        np.inf if high is None else float(decimal(high) / unit),
    )
