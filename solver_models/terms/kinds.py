"""The kinds of rows: totals, amounts, weighted amounts, shares, fairness within peer groups."""

import numpy as np
from scipy.sparse import csr_array, diags_array, hstack

from solver_models.arrays import BoolArray, FloatArray, IntArray
from solver_models.terms.rows import RowCollector


def add_total(rows: RowCollector, total: float) -> None:
    """X[root, all products] = total. Unit: the measure's."""
    zero = np.zeros(1, np.int64)
    rows.add("total", rows.node_rows(zero, zero), np.array([total]), np.array([total]))


def add_product_totals(rows: RowCollector, product: IntArray, lower: FloatArray, upper: FloatArray) -> None:
    """lower <= X[root, product] <= upper, for products and product lines. Unit: the measure's."""
    root = np.zeros(len(product), np.int64)
    rows.add("product_total", rows.node_rows(root, product), lower, upper)


def add_amounts(
    rows: RowCollector,
    kind: str,
    node: IntArray,
    product: IntArray,
    lower: FloatArray,
    upper: FloatArray,
    tier: IntArray,
    scale: FloatArray,
) -> None:
    """lower <= X[node, product] <= upper: range, growth, capacity, commitment, pins. Unit: the measure's."""
    rows.add(kind, rows.node_rows(node, product), lower, upper, tier, scale)


def add_weighted(
    rows: RowCollector,
    kind: str,
    node: IntArray,
    product: IntArray,
    product_weight: FloatArray,
    lower: FloatArray,
    upper: FloatArray,
    tier: IntArray,
    scale: FloatArray,
) -> None:
    """lower <= sum over p of weight_p X[node, p] <= upper: effort capacity and links.

    Parameters
    ----------
    product_weight
        Shape (m, n_product): effort or implied measure per unit.
    """
    rows.add(kind, rows.node_rows(node, product, product_weight), lower, upper, tier, scale)


def add_mix(
    rows: RowCollector,
    node: IntArray,
    product: IntArray,
    share: FloatArray,
    is_lower: BoolArray,
    tier: IntArray,
    scale: FloatArray,
    bound: FloatArray | float = 0.0,
) -> None:
    """X[node, product] - share * X[node, all] >= bound (lower sides; <= for upper). Unit: the measure's.

    Parameters
    ----------
    share
        Shape (m,), within 0..1.
    is_lower
        Shape (m,), true for a floor.
    bound
        Shape (m,): share * what the node has already - what it has of the product; 0 otherwise.
    """
    whole = rows.node_rows(node, np.zeros(len(node), np.int64))
    part = rows.node_rows(node, product)
    matrix = csr_array(part - diags_array(share) @ whole)
    matrix.eliminate_zeros()
    lower = np.where(is_lower, bound, -np.inf)
    upper = np.where(is_lower, np.inf, bound)
    rows.add("mix", matrix, lower, upper, tier, scale)


def add_fairness(
    rows: RowCollector,
    node: IntArray,
    product: IntArray,
    basis: FloatArray,
    group: IntArray,
    factor: FloatArray,
    is_lower: BoolArray,
    tier: IntArray,
    scale: FloatArray,
    done: FloatArray | None = None,
) -> None:
    """X_v >= factor * (P_v / P_G) * t_G (lower sides; <= for upper) with t_G = sum over the group of X_v.

    With `done`, X_v + done_v takes the place of X_v everywhere.

    One free column t_G and one defining row per group keep the rows short for groups of any size.

    Parameters
    ----------
    node, product, basis, group, factor, is_lower
        Shape (m,): one entry per side of a node; `basis` P_v > 0; `group` numbers 0..g-1;
        `factor` 1 - band (lower) or 1 + band (upper). Every member of a group appears.
    done
        Shape (m,): what each node has already; nothing by default.
    """
    n_group = int(group.max()) + 1 if len(group) else 0
    member, first = np.unique(np.stack([group, node]), axis=1, return_index=True)
    group_basis = np.bincount(group[first], weights=basis[first], minlength=n_group)
    start = rows.grid.n_cell + rows.n_group
    sums = rows.node_rows(node[first], product[first])
    rows.n_group += n_group
    width = start + n_group
    of_group = csr_array(
        (np.ones(member.shape[1]), (member[0], np.arange(member.shape[1]))), shape=(n_group, member.shape[1])
    )
    definition = hstack(
        [
            of_group @ sums,
            _columns(np.arange(n_group), np.arange(n_group), -np.ones(n_group), n_group, n_group),
        ]
    )
    rows.add("group", csr_array(definition), np.zeros(n_group), np.zeros(n_group))
    m = len(node)
    own = rows.node_rows(node, product)
    own = csr_array((own.data, own.indices, own.indptr), shape=(m, width))
    slope = factor * basis / group_basis[group]
    matrix = csr_array(own - _columns(np.arange(m), start + group, slope, m, width))
    done = np.zeros(m) if done is None else done
    bound = slope * np.bincount(group[first], weights=done[first], minlength=n_group)[group] - done
    rows.add(
        "fairness",
        matrix,
        np.where(is_lower, bound, -np.inf),
        np.where(is_lower, np.inf, bound),
        tier,
        scale,
    )


def _columns(row: IntArray, column: IntArray, value: FloatArray, m: int, n: int) -> csr_array:
    """Return a sparse (m, n) matrix from triplets."""
    return csr_array((value, (row, column)), shape=(m, n))
