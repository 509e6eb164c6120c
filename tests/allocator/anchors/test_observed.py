"""The order of the history does not depend on the order of the file."""

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from allocator.anchors.observed import canonical_order

ROWS = st.lists(st.tuples(st.integers(0, 3), st.integers(24_000, 24_002), st.integers(-3, 3)), max_size=30)


@settings(deadline=None, derandomize=True, max_examples=200)
@given(ROWS)
def test_rows_are_ordered_as_a_sort_by_cell_month_and_amount_orders_them(
    rows: list[tuple[int, int, int]],
) -> None:
    table = np.array(rows, np.int64).reshape(len(rows), 3)
    order = canonical_order(table[:, 0], table[:, 1], table[:, 2].astype(np.float64))
    assert sorted(order.tolist()) == list(range(len(rows)))
    assert [rows[k] for k in order] == sorted(rows)
