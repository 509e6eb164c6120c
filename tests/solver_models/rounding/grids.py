"""Random companies for the tests of rounding and months, and the guarantees told in plain loops."""

from itertools import product as combinations

import numpy as np
from hypothesis import strategies as st

from solver_models.arrays import FloatArray, IntArray
from solver_models.grid import Grid
from solver_models.hierarchy import Hierarchy

AMOUNT = st.one_of(
    st.integers(0, 9).map(float),
    st.sampled_from([0.0, 0.5, 1.5, 1 / 3, 0.25, 1e-9, 1e-5, 0.9999999999, 1000.5, 250_000.0]),
    st.floats(0, 30, allow_nan=False),
    st.floats(0, 1e6, allow_nan=False),
)


def hierarchy(*parent: int) -> Hierarchy:
    """Tree from its parents in pre-order."""
    return Hierarchy(np.array(parent, np.int32))


@st.composite
def trees(draw: st.DrawFn, most: int, least: int = 2) -> Hierarchy:
    """Any tree of uneven depth: each node hangs somewhere on the path to the node before it."""
    n = draw(st.integers(least, most))
    parent, path = [-1], [0]
    for v in range(1, n):
        path = path[: draw(st.integers(1, len(path)))]
        parent.append(path[-1])
        path.append(v)
    return hierarchy(*parent)


@st.composite
def grids(draw: st.DrawFn, most_nodes: int = 16, most_products: int = 6) -> Grid:
    """Any org with any over-assignment per node (levels may mix below one node) and any product tree."""
    org, products = draw(trees(most_nodes)), draw(trees(most_products))
    over = draw(st.lists(st.sampled_from([0.0, 0.0, 0.02, 0.03, 0.5]), min_size=len(org), max_size=len(org)))
    return Grid(org, products, np.array([0.0, *over[1:]]))


@st.composite
def rounding_problems(
    draw: st.DrawFn, most_nodes: int = 16, most_products: int = 6
) -> tuple[Grid, FloatArray]:
    """Any grid with cells whose company total is whole (most often)."""
    grid = draw(grids(most_nodes, most_products))
    cells = np.array(draw(st.lists(AMOUNT, min_size=grid.n_cell, max_size=grid.n_cell)))
    total = float((cells / grid.cell_factor).sum())
    if total > 1e-6 and draw(st.integers(0, 4)):
        cells *= max(1.0, np.rint(total)) / total
    return grid, cells


def children_of(tree: Hierarchy, v: int) -> list[int]:
    """Children of a node."""
    return [c for c in range(1, len(tree)) if tree.parent[c] == v]


def amounts_by_recursion(grid: Grid, cells: FloatArray) -> FloatArray:
    """X[v, p] = sum over the children of X[c, p] / (1 + h_c), for the product leaves."""
    table = cells.reshape(grid.n_rep, grid.n_product)
    amount = np.zeros((len(grid.org), grid.n_product))
    for v in range(len(grid.org) - 1, -1, -1):
        if grid.org.is_leaf[v]:
            amount[v] = table[grid.org.leaf_start[v]]
        for c in children_of(grid.org, v):
            amount[v] += amount[c] / (1 + grid.over_assignment[c])
    return amount


def assert_floor_or_ceiling(units: IntArray, amount: FloatArray) -> None:
    """Whole numbers stay, others go to a neighbour."""
    nearest = np.rint(amount)
    is_whole = np.abs(amount - nearest) < 5e-8
    low, high = np.where(is_whole, nearest, np.floor(amount)), np.where(is_whole, nearest, np.ceil(amount))
    assert (units >= low).all(), (units, amount)
    assert (units <= high).all(), (units, amount)


def assert_both_families(units: IntArray, amount: FloatArray) -> None:
    """One item or sum of items: each product, and all products together."""
    assert_floor_or_ceiling(units, amount)
    assert_floor_or_ceiling(units.sum(), amount.sum())


def assert_guarantees(grid: Grid, cells: FloatArray, units: IntArray) -> None:
    """Everything that docs/rounding.md promises, node by node."""
    amount, org, leaf = amounts_by_recursion(grid, cells), grid.org, grid.products.leaf
    assert units.dtype == np.int64
    assert (units >= 0).all()
    for q in range(len(grid.products)):
        parts = children_of(grid.products, q)
        if parts:
            np.testing.assert_array_equal(units[:, q], units[:, parts].sum(axis=1))
        below = slice(grid.products.leaf_start[q], grid.products.leaf_end[q])
        assert_floor_or_ceiling(units[0, q], amount[0, below].sum())
    for v in range(len(org)):
        assert_both_families(units[v, leaf], amount[v])
        plain = [c for c in children_of(org, v) if grid.over_assignment[c] == 0]
        over = [c for c in children_of(org, v) if grid.over_assignment[c] > 0]
        if plain and not over:
            np.testing.assert_array_equal(units[v], units[plain].sum(axis=0))
        if over:
            assert_both_families(units[np.ix_(over, leaf)].sum(axis=0), amount[over].sum(axis=0))
            part = amount[v] - amount[plain].sum(axis=0)
            assert_floor_or_ceiling(units[v, leaf] - units[np.ix_(plain, leaf)].sum(axis=0), part)
    for v in range(len(org)):
        for items in items_by_layer(grid, v).values():
            assert_both_families(
                sum(item_of(grid, units[:, leaf], *item) for item in items),
                sum(item_of(grid, amount, *item) for item in items),
            )


def items_by_layer(grid: Grid, v: int) -> dict[int, list[tuple[int, bool]]]:
    """Items below a node by layer: (rep, True), (node with over-assigned children, False)."""
    depth = [0] * len(grid.org)
    found: dict[int, list[tuple[int, bool]]] = {}
    for u in range(len(grid.org)):
        if u:
            depth[u] = depth[grid.org.parent[u]] + int(grid.over_assignment[u] > 0)
        if not v <= u < grid.org.subtree_end[v]:
            continue
        children = children_of(grid.org, u)
        if not children or any(grid.over_assignment[c] > 0 for c in children):
            found.setdefault(depth[u], []).append((u, not children))
    return found


def item_of(grid: Grid, values: FloatArray | IntArray, u: int, is_rep: bool) -> FloatArray | IntArray:
    """Amount of a rep, or of the part of a node that its over-assigned children hold."""
    plain = [c for c in children_of(grid.org, u) if grid.over_assignment[c] == 0]
    return values[u] if is_rep else values[u] - values[plain].sum(axis=0)


def all_roundings(tree: Hierarchy, products: Hierarchy, values: FloatArray) -> list[IntArray]:
    """Every rounding of items x products that keeps both families, by trying all; total half up."""
    floor = np.floor(values + 1e-7).astype(np.int64)
    free = np.argwhere(values - floor > 1e-7)
    found = []
    for bits in combinations((0, 1), repeat=len(free)):
        units = floor.copy()
        for (i, p), bit in zip(free, bits, strict=True):
            units[i, p] += bit
        if units.sum() == np.floor(values.sum() + 0.5 + 1e-6) and _keeps_families(
            tree, products, values, units
        ):
            found.append(units)
    return found


def _keeps_families(tree: Hierarchy, products: Hierarchy, values: FloatArray, units: IntArray) -> bool:
    def is_between(mine: IntArray, exact: FloatArray) -> bool:
        return bool((mine >= np.floor(exact + 1e-7)).all() and (mine <= np.ceil(exact - 1e-7)).all())

    for v in range(len(tree)):
        below = slice(tree.leaf_start[v], tree.leaf_end[v])
        mine, exact = units[below].sum(axis=0), values[below].sum(axis=0)
        if not is_between(mine, exact) or not is_between(mine.sum(), exact.sum()):
            return False
    lines = [slice(products.leaf_start[q], products.leaf_end[q]) for q in range(len(products))]
    return all(is_between(units[:, line].sum(), values[:, line].sum()) for line in lines)
