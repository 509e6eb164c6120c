"""The cells (rep x product leaf) of one plan and the sums the two trees make of them."""

from dataclasses import dataclass
from functools import cached_property

import numpy as np

from solver_models.arrays import FloatArray, IntArray, ranges
from solver_models.hierarchy import Hierarchy


@dataclass(frozen=True)
class Grid:
    """Cells = leaves of the org x leaves of the products, rep-major: cell = rep * n_product + product.

    With over-assignment h of a node's level, children sum to (1 + h) times their parent:
    X_v = sum over children c of X_c / (1 + h_c). With the street factor f_v = product of
    (1 + h) on the path from the root to v, X_v = f_v * sum over cells l below v of x_l / f_l.

    Parameters
    ----------
    org
        The org tree; its leaves are reps.
    products
        The product tree; node 0 is "all products", its leaves are the products of the cells.
    over_assignment
        Shape (n_node,): h of each node's level, 0 for the root. Dimensionless, >= 0.
    """

    org: Hierarchy
    products: Hierarchy
    over_assignment: FloatArray

    @property
    def n_rep(self) -> int:
        """Number of reps (leaves of the org)."""
        return len(self.org.leaf)

    @property
    def n_product(self) -> int:
        """Number of products that carry cells (leaves of the product tree)."""
        return len(self.products.leaf)

    @property
    def n_cell(self) -> int:
        """Number of cells."""
        return self.n_rep * self.n_product

    @cached_property
    def street_factor(self) -> FloatArray:
        """f_v, shape (n_node,)."""
        factor = np.ones(len(self.org))
        for nodes in self.org.by_depth[1:]:
            factor[nodes] = factor[self.org.parent[nodes]] * (1.0 + self.over_assignment[nodes])
        return factor

    @cached_property
    def cell_factor(self) -> FloatArray:
        """f of the rep of each cell, shape (n_cell,)."""
        return np.repeat(self.street_factor[self.org.leaf], self.n_product)

    @cached_property
    def cell_rep(self) -> IntArray:
        """Rank of each cell's rep among the leaves, shape (n_cell,)."""
        return np.repeat(np.arange(self.n_rep, dtype=np.int64), self.n_product)

    @cached_property
    def cell_product(self) -> IntArray:
        """Rank of each cell's product among the product leaves, shape (n_cell,)."""
        return np.tile(np.arange(self.n_product, dtype=np.int64), self.n_rep)

    def roll_up(self, cell_values: FloatArray) -> FloatArray:
        """Node targets from cells: X[v, q] = f_v * sum of x_l / f_l over cells below v and q.

        Parameters
        ----------
        cell_values
            Shape (n_cell,).

        Returns
        -------
        Shape (n_node, n_product_node).
        """
        share = (cell_values / self.cell_factor).reshape(self.n_rep, self.n_product)
        by_node = self.org.roll_up(share) * self.street_factor[:, None]
        return np.ascontiguousarray(self.products.roll_up(np.ascontiguousarray(by_node.T)).T)

    def roll_up_plain(self, cell_values: FloatArray) -> FloatArray:
        """Plain sums of cells (history, say): no street factors. Shapes as `roll_up`."""
        by_node = self.org.roll_up(cell_values.reshape(self.n_rep, self.n_product))
        return np.ascontiguousarray(self.products.roll_up(np.ascontiguousarray(by_node.T)).T)

    def rows(self, node: IntArray, product: IntArray) -> tuple[IntArray, IntArray, FloatArray]:
        """Expand X[node[k], product[k]] into cells: the rows of a sparse matrix.

        Parameters
        ----------
        node, product
            Positions in the org and in the product tree, shape (m,).

        Returns
        -------
        indptr (m + 1,), cell (nnz,), coefficient f_v / f_l (nnz,).
        """
        node, product = np.asarray(node, np.int64), np.asarray(product, np.int64)
        n_rep = self.org.leaf_end[node] - self.org.leaf_start[node]
        n_prod = self.products.leaf_end[product] - self.products.leaf_start[product]
        rep = ranges(self.org.leaf_start[node], n_rep)
        row_of_rep = np.repeat(np.arange(len(node)), n_rep)
        per_rep = n_prod[row_of_rep]
        cell = ranges(rep * self.n_product + self.products.leaf_start[product][row_of_rep], per_rep)
        row = np.repeat(row_of_rep, per_rep)
        indptr = np.concatenate(([0], np.cumsum(n_rep * n_prod))).astype(np.int64)
        coefficient = self.street_factor[node[row]] / self.cell_factor[cell]
        return indptr, cell, coefficient
