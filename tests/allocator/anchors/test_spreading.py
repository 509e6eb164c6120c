"""Amounts of nodes and lines brought down to cells, against a plain loop."""

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from allocator.anchors.spreading import spread_rows
from allocator.model.labels import Labels, label_plan
from tests.allocator.anchors.company import make_plan

ORG = [
    {"node_id": "co", "level": "company"},
    {"node_id": "t1", "parent_id": "co", "level": "team"},
    {"node_id": "t2", "parent_id": "co", "level": "team"},
    {"node_id": "a", "parent_id": "t1", "level": "rep"},
    {"node_id": "b", "parent_id": "t1", "level": "rep"},
    {"node_id": "c", "parent_id": "t2", "level": "rep"},
]
PRODUCTS = [
    {"product_id": "L"},
    {"product_id": "p", "parent_id": "L"},
    {"product_id": "q", "parent_id": "L"},
    {"product_id": "z"},
]
LABELS: Labels = label_plan(make_plan(ORG, PRODUCTS))
EVERYWHERE = np.ones(LABELS.grid.n_cell)


def spread(
    rows: list[tuple[str, str, float]], share: np.ndarray, fallback: np.ndarray = EVERYWHERE
) -> np.ndarray:
    node = np.array([LABELS.node_code[node] for node, _, _ in rows], np.int64)
    product = np.array([LABELS.product_code[product] for _, product, _ in rows], np.int64)
    amount = np.array([amount for _, _, amount in rows], float)
    return spread_rows(LABELS, node, product, amount, share, fallback).reshape(3, 3)


def test_a_node_is_spread_by_share_and_what_nobody_names_stays_unknown() -> None:
    share = np.array([1.0, 2, 0, 3, 2, 0, 7, 7, 7])
    np.testing.assert_array_equal(
        spread([("t1", "L", 16.0)], share), [[2, 4, np.nan], [6, 4, np.nan], [np.nan, np.nan, np.nan]]
    )


def test_deeper_rows_are_served_first_and_the_rest_goes_to_the_other_cells() -> None:
    rows = [("a", "*", 10.0), ("a", "p", 4.0), ("co", "z", 20.0)]
    found = spread(rows, np.ones(9))
    np.testing.assert_array_equal(found, [[4, 3, 3], [np.nan, np.nan, 8.5], [np.nan, np.nan, 8.5]])


def test_a_row_that_holds_less_than_its_parts_adds_nothing() -> None:
    np.testing.assert_array_equal(spread([("a", "*", 3.0), ("a", "p", 5.0)], np.ones(9))[0], [5, 0, 0])


def test_without_share_the_fallback_decides_and_without_that_equal_parts() -> None:
    fallback = np.array([1.0, 1, 1, 0, 0, 0, 0, 0, 0])
    found = spread([("t1", "p", 6.0), ("t2", "*", 6.0)], np.zeros(9), fallback)
    np.testing.assert_array_equal(found[:, 0], [6, 0, 2])


@settings(deadline=None, derandomize=True, max_examples=80)
@given(
    st.dictionaries(
        st.tuples(st.sampled_from(LABELS.node_id), st.sampled_from(LABELS.product_id)),
        st.integers(0, 50),
        max_size=8,
    ),
    st.lists(st.integers(0, 5), min_size=9, max_size=9),
)
def test_spreading_equals_a_loop_over_rows_and_their_order_does_not_matter(
    table: dict[tuple[str, str], int], share: list[int]
) -> None:
    rows = [(node, product, float(amount)) for (node, product), amount in table.items()]
    found = spread(rows, np.array(share, float))
    np.testing.assert_array_equal(spread(rows[::-1], np.array(share, float)), found)
    np.testing.assert_allclose(found, _by_loop(rows, np.array(share, float)))


def _by_loop(rows: list[tuple[str, str, float]], share: np.ndarray) -> np.ndarray:
    org, products = LABELS.grid.org, LABELS.grid.products
    cells = np.full(9, np.nan)

    def depth(row: tuple[str, str, float]) -> tuple[int, int]:
        return int(org.depth[LABELS.node_code[row[0]]]), int(products.depth[LABELS.product_code[row[1]]])

    for node, product, amount in sorted(rows, key=depth, reverse=True):
        v, q = LABELS.node_code[node], LABELS.product_code[product]
        below = [
            rep * 3 + leaf
            for rep in range(org.leaf_start[v], org.leaf_end[v])
            for leaf in range(products.leaf_start[q], products.leaf_end[q])
        ]
        unserved = [cell for cell in below if np.isnan(cells[cell])]
        rest = max(amount - sum(cells[cell] for cell in below if cell not in unserved), 0.0)
        weight = share[unserved] if share[unserved].sum() > 0 else np.ones(len(unserved))
        for cell, part in zip(unserved, weight, strict=True):
            cells[cell] = rest * part / weight.sum()
    return cells.reshape(3, 3)
