"""Names of positions: the org and the product tree in canonical pre-order."""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc

from allocator.plan.plan import Plan
from allocator.plan.tables import ALL_PRODUCTS
from solver_models.arrays import IntArray
from solver_models.grid import Grid
from solver_models.hierarchy import Hierarchy


@dataclass(frozen=True)
class Labels:
    """What the positions of a `Grid` are called.

    Both trees stand in pre-order with siblings sorted by id, so the order of the input
    rows cannot reach the mathematics. Position 0 of the products is `*` (all products).

    Parameters
    ----------
    node_id, product_id
        Ids by position.
    node_row, product_row
        Row of the plan's `org` and `products` frame of each position (-1 for `*`).
    level
        Level of each node.
    grid
        The cells.
    """

    node_id: tuple[str, ...]
    product_id: tuple[str, ...]
    node_row: IntArray
    product_row: IntArray
    level: tuple[str, ...]
    grid: Grid

    @cached_property
    def node_code(self) -> dict[str, int]:
        """Position of each node id."""
        return {node_id: code for code, node_id in enumerate(self.node_id)}

    @cached_property
    def product_code(self) -> dict[str, int]:
        """Position of each product id, `*` included."""
        return {product_id: code for code, product_id in enumerate(self.product_id)}

    @cached_property
    def _known_nodes(self) -> pa.Array:
        return pa.array(self.node_id, pa.string())

    @cached_property
    def _known_products(self) -> pa.Array:
        return pa.array(self.product_id, pa.string())

    @cached_property
    def rep_id(self) -> tuple[str, ...]:
        """Ids of the reps, in cell order."""
        return tuple(self.node_id[v] for v in self.grid.org.leaf)

    @cached_property
    def leaf_product_id(self) -> tuple[str, ...]:
        """Ids of the products that carry cells, in cell order."""
        return tuple(self.product_id[q] for q in self.grid.products.leaf)

    def codes_of_nodes(self, ids: pd.Series) -> IntArray:
        """Positions of known node ids, shape (len(ids),)."""
        return _positions(ids, self._known_nodes)

    def codes_of_products(self, ids: pd.Series) -> IntArray:
        """Positions of known product ids (`*` and "" = all products), shape (len(ids),)."""
        codes = _positions(ids, self._known_products)
        unnamed = np.flatnonzero(codes < 0)
        codes[unnamed[ids.iloc[unnamed].to_numpy() == ""]] = 0
        return codes

    def cell_amounts(self, table: pd.DataFrame, values: IntArray | None = None) -> np.ndarray:
        """Sum a table's `amount` into the cells; every row must name a rep and a leaf product.

        Returns
        -------
        Shape (n_cell,).
        """
        node = self.codes_of_nodes(table["node_id"])
        product = self.codes_of_products(table["product_id"])
        cell = self.grid.org.leaf_start[node] * self.grid.n_product + self.grid.products.leaf_start[product]
        amount = table["amount"].to_numpy(np.float64) if values is None else values
        return np.bincount(cell, weights=amount, minlength=self.grid.n_cell)


def _positions(ids: pd.Series, known: pa.Array) -> IntArray:
    """Position of each id among the known ones, -1 where there is none. Shape (len(ids),)."""
    found = pc.index_in(pa.array(ids, pa.string()), value_set=known)
    codes: IntArray = pc.fill_null(found, -1).to_numpy().astype(np.int64)
    return codes


def label_plan(plan: Plan) -> Labels:
    """Give every node, product and cell of a plan its position."""
    node_order, node_parent = _pre_order(
        plan.org["node_id"].tolist(), plan.org["parent_id"].tolist(), root=None
    )
    product_order, product_parent = _pre_order(
        plan.products["product_id"].tolist(), plan.products["parent_id"].tolist(), root=ALL_PRODUCTS
    )
    levels: list[str] = plan.org["level"].tolist()
    level = [levels[row] for row in node_order]
    over = np.array([plan.spec.over_assignment.get(name, 0.0) for name in level])
    over[0] = 0.0
    node_ids: list[str] = plan.org["node_id"].tolist()
    product_ids: list[str] = plan.products["product_id"].tolist()
    return Labels(
        node_id=tuple(node_ids[row] for row in node_order),
        product_id=tuple(ALL_PRODUCTS if row < 0 else product_ids[row] for row in product_order),
        node_row=np.array(node_order, np.int64),
        product_row=np.array(product_order, np.int64),
        level=tuple(level),
        grid=Grid(
            Hierarchy(np.array(node_parent, np.int32)), Hierarchy(np.array(product_parent, np.int32)), over
        ),
    )


def _pre_order(ids: Sequence[str], parents: Sequence[str], root: str | None) -> tuple[list[int], list[int]]:
    """Return file rows in canonical pre-order and the parent position of each.

    `root` adds a node above all that have no parent (row -1).
    """
    children: dict[str, list[int]] = {}
    for row in sorted(range(len(ids)), key=ids.__getitem__, reverse=True):
        children.setdefault(parents[row], []).append(row)
    order: list[int] = [] if root is None else [-1]
    position: list[int] = [] if root is None else [-1]
    stack = [(row, -1 if root is None else 0) for row in children.get("", [])]
    while stack:
        row, parent = stack.pop()
        order.append(row)
        position.append(parent)
        here = len(order) - 1
        stack.extend((child, here) for child in children.get(ids[row], []))
    return order, position
