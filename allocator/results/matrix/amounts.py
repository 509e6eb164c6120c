"""Numbers of the workbook that no result table holds: stated from below, split from the top alone."""

from decimal import Decimal

import numpy as np
import pandas as pd

from allocator.allocation import MeasureAllocation
from allocator.model.labels import Labels
from allocator.results.columns_of_text import decimals
from solver_models.arrays import FloatArray, IntArray
from solver_models.hierarchy import Hierarchy


def in_measure(units: IntArray, round_to: Decimal) -> FloatArray:
    """Units times `round_to`, each the float nearest to the exact decimal."""
    scale = 10 ** decimals(round_to)
    return np.asarray(units * int(round_to * scale) / scale, np.float64)


def stated_by_node(labels: Labels, table: pd.DataFrame) -> FloatArray:
    """Add up a table that people filled in at any node and product, for all products together.

    What a node states about all products counts as it stands; else its product lines and
    products are added; a node that states nothing has the sum of its children.

    Parameters
    ----------
    table
        Columns node_id, product_id (`*` or empty = all), amount.

    Returns
    -------
    Shape (n_node,), NaN where nobody below stated anything.
    """
    grid = labels.grid
    by_product = np.full((len(labels.product_id), len(labels.node_id)), np.nan)
    if len(table):
        node = labels.codes_of_nodes(table["node_id"])
        product = labels.codes_of_products(table["product_id"])
        amount = table["amount"].to_numpy(np.float64)
        given = np.zeros_like(by_product)
        np.add.at(given, (product, node), amount)
        by_product[product, node] = given[product, node]
    return _fill_from_below(grid.org, _fill_from_below(grid.products, by_product)[0])


def top_down(labels: Labels, result: MeasureAllocation, company: float) -> FloatArray:
    """Return the company target split by the history alone: company * history_v / history_root.

    Returns
    -------
    Shape (n_node,) in the measure's unit; NaN where there is no history at all.
    """
    history = labels.grid.roll_up(result.anchors.history)[:, 0]
    if history[0] <= 0:
        return np.full(len(history), np.nan)
    return np.asarray(company * history / history[0])


def _fill_from_below(tree: Hierarchy, values: FloatArray) -> FloatArray:
    """Fill NaN rows of shape (n, ...) with the sum of what their children have."""
    filled = values.copy()
    for nodes in reversed(tree.by_depth[1:]):
        parent = tree.parent[nodes]
        known = ~np.isnan(filled[nodes])
        total = np.zeros_like(filled)
        has_any = np.zeros(filled.shape, np.int64)
        np.add.at(total, parent, np.where(known, filled[nodes], 0.0))
        np.add.at(has_any, parent, known)
        filled = np.where(np.isnan(filled) & (has_any > 0), total, filled)
    return filled
