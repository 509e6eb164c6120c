"""Months are the target's share by their weights, rounded: at every rep, node and product of the company."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np

from allocator.verification.company import Company
from allocator.verification.measure_result import MeasureResult, shown
from allocator.verification.month_weights import product_weights, rep_weights
from allocator.verification.report import Check, judge, list_faults
from allocator.verification.result_tables import as_mapping
from allocator.verification.trees import FloatArray

LESS_THAN_ONE = 1.0 - 5e-8
"""Values within 1e-7 of a whole unit count as whole, so a distance of a unit is never right."""
ONE = 1.0 + 1e-6
"""Months of products may be a unit off a whole value at the company."""


def check_months(company: Company, result: MeasureResult, certificate: Mapping[str, Any]) -> list[Check]:
    """Months are within one unit of target x weight / all weights: cells, nodes, products of the company."""
    distances = _distances(company, result)
    place = result.month_place(lambda k: f"{shown(result.month_units * result.unit, k)}")
    n = np.asarray(result.month_units.shape[1:])
    return [
        judge(
            "month_weights",
            result.measure,
            "each month follows from working days, season, presence and ramp, to less than one unit",
            distances.of_items,
            LESS_THAN_ONE,
            place,
        ),
        judge(
            "month_node_weights",
            result.measure,
            "each month of a node is the sum of the unrounded months below it, to less than one unit",
            distances.of_nodes,
            LESS_THAN_ONE,
            lambda k: place(k // int(n[1]) * int(n.prod()) + k % int(n[1])),
        ),
        _company_products(result, distances.of_products, certificate),
    ]


@dataclass(frozen=True)
class _Distances:
    """Units between whole and unrounded months.

    Parameters
    ----------
    of_items
        Reps, and what over-assigned children hold of a node: shape (n_node, n_product, n_month).
    of_nodes
        Nodes over all products, and the sum of their over-assigned children: shape (n_node, n_month).
    of_products
        Products and lines at the company: shape (n_product, n_month).
    """

    of_items: FloatArray
    of_nodes: FloatArray
    of_products: FloatArray


def _distances(company: Company, result: MeasureResult) -> _Distances:
    """Compute them product by product.

    What the over-assigned children of a node hold is one item with the mixed weights of the cells
    below it. The unrounded months of a node are those of the items of its own layer.
    """
    org, leaves = company.org, company.products.leaves
    by_rep, by_product = rep_weights(company), product_weights(company, result.measure)
    months = result.month_units
    of_items = np.zeros(months.shape)
    of_nodes, of_groups = np.zeros((2, len(org), months.shape[2]))
    of_products = np.zeros((len(leaves), months.shape[2]))
    over, plain = company.over > 0, (company.over == 0) & (np.arange(len(org)) > 0)
    has_part = org.sum_children(over.astype(np.int64)) > 0
    is_item = org.is_leaf | has_part
    for k, leaf in enumerate(leaves.tolist()):
        share, exact = _shares(by_rep * by_product[k]), np.zeros(of_nodes.shape)
        exact[org.leaves] = result.units[org.leaves, leaf][:, None] * share
        item_months = months[:, leaf]
        if has_part.any():
            amount = (result.unrounded[:, k] / company.factor[org.leaves])[:, None] * share
            carried = _shares(org.sum_children(org.sum_leaves(amount) * over[:, None]))
            units = result.units[:, leaf] - org.sum_children(result.units[:, leaf] * plain)
            exact[has_part] = (units[:, None] * carried)[has_part]
            held = item_months - org.sum_children(item_months * plain[:, None])
            item_months = np.where(has_part[:, None], held, item_months)
        of_items[is_item, leaf] = _off(item_months, exact)[is_item]
        for nodes in reversed(org.by_depth[1:]):
            below = nodes[plain[nodes]]
            np.add.at(exact, org.parent[below], exact[below])
        of_nodes += exact
        of_groups += org.sum_children(exact * over[:, None])
        of_products[k] = exact[0]
    groups = org.sum_children(months[:, 0] * over[:, None])
    return _Distances(
        of_items,
        np.maximum(_off(months[:, 0], of_nodes), _off(groups, of_groups)),
        _off(months[0], company.products.sum_leaves(of_products)),
    )


def _shares(weight: FloatArray) -> FloatArray:
    """Share of each month in its row, even where a row has no weights. Shape (n, n_month)."""
    total = weight.sum(axis=1, keepdims=True)
    return np.where(total > 0, weight / np.where(total > 0, total, 1.0), 1.0 / weight.shape[1])


def _off(months: np.ndarray, exact: FloatArray) -> FloatArray:
    """Units between whole and unrounded months; in sums of many digits they are known to fewer of them."""
    return np.asarray(np.maximum(np.abs(months - exact) - 1e-14 * np.abs(exact), 0.0))


def _company_products(result: MeasureResult, distance: FloatArray, certificate: Mapping[str, Any]) -> Check:
    """All within one unit, or as many further away as the certificate admits."""
    check, measure = "month_company_products", result.measure
    promise = "each month of a product at the company is within one unit of its unrounded value"
    of_rounding = as_mapping(as_mapping(as_mapping(certificate.get("measures")).get(measure)).get("rounding"))
    admitted, far = of_rounding.get("product_months_off", 0), int((distance > ONE).sum())
    if admitted and admitted == far:
        return list_faults(
            check, measure, f"{promise}, but {far} as certificate.json says", distance.size, []
        )
    if admitted:
        fault = f"certificate.json admits {admitted!r} months further away, the files have {far}"
        return list_faults(check, measure, promise, distance.size, [fault])
    place = result.month_place(lambda k: f"{shown(result.month_units * result.unit, k)}")
    return judge(check, measure, promise, distance, ONE, place)
