"""Rounding under side rows: the same two families plus rows that are no network, as a small MIP."""

import numpy as np
from scipy.sparse import csr_array, vstack

from solver_models.arrays import FloatArray, IntArray
from solver_models.engines.highs import solve_integer
from solver_models.hierarchy import Hierarchy
from solver_models.program import LinearProgram
from solver_models.rounding.flow import floor_ceil, rounding_cost

NODE_LIMIT = 2000
GAP = 0.01


def round_with_side_rows(
    tree: Hierarchy,
    products: Hierarchy,
    values: FloatArray,
    side: csr_array,
    side_lower: FloatArray,
    side_upper: FloatArray,
) -> IntArray | None:
    """Round as `round_by_flow` does, and keep side_lower <= side @ units <= side_upper as well.

    Parameters
    ----------
    side
        Shape (m, n_item * n_product).

    Returns
    -------
    Shape (n_item, n_product), or None if no such rounding was found within the node limit.
    """
    floor, ceil = floor_ceil(values)
    matrix, amount = _families(tree, products, values)
    low, high = floor_ceil(amount)
    base = floor.ravel().astype(np.float64)
    family_base, side_base = matrix @ base, side @ base
    program = LinearProgram(
        cost=rounding_cost(values).ravel() / 2.56e8,
        matrix=csr_array(vstack([matrix, side], format="csr")),
        row_lower=np.concatenate([low - family_base, side_lower - side_base]),
        row_upper=np.concatenate([high - family_base, side_upper - side_base]),
        lower=np.zeros(values.size),
        upper=(ceil - floor).ravel().astype(np.float64),
    )
    up = solve_integer(program, NODE_LIMIT, GAP)
    return None if up is None else floor + np.rint(up).astype(np.int64).reshape(values.shape)


def _families(tree: Hierarchy, products: Hierarchy, values: FloatArray) -> tuple[csr_array, FloatArray]:
    """Rows of both families over item x product, and their unrounded amounts."""
    n_item, n_product = values.shape
    cell = np.arange(values.size)
    item, product = cell // n_product, cell % n_product
    rows, columns = [], []
    start = 0
    below = tree.leaf[item].astype(np.int64)
    at, pending = below, np.ones(values.size, bool)
    while pending.any():
        rows += [start + at[pending], start + len(tree) + at[pending] * n_product + product[pending]]
        columns += [cell[pending], cell[pending]]
        at = np.where(pending, tree.parent[at], -1).astype(np.int64)
        pending = pending & (at >= 0)
    offset = len(tree) * (1 + n_product)
    at, pending = products.leaf[product].astype(np.int64), np.ones(values.size, bool)
    while pending.any():
        rows.append(offset + at[pending])
        columns.append(cell[pending])
        at = np.where(pending, products.parent[at], -1).astype(np.int64)
        pending = pending & (at >= 0)
    row, column = np.concatenate(rows), np.concatenate(columns)
    shape = (offset + len(products), values.size)
    matrix = csr_array((np.ones(len(row)), (row, column)), shape=shape)
    return matrix, matrix @ values.ravel()
