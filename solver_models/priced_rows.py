"""The few rows of a stage that carry a price: all that its reduced costs are made of."""

from dataclasses import dataclass
from functools import cached_property

import numpy as np
from scipy.sparse import csr_array

from solver_models.arrays import FloatArray, IntArray
from solver_models.model import BalanceModel
from solver_models.sparse_rows import stacked, times_rows, times_transposed
from solver_models.tier_rows import Sides

SIGNIFICANT_CELL = 1e-7
"""A reduced cost below this share of the terms it is the difference of is noise."""


@dataclass(frozen=True)
class PricedRows:
    """The rows and goals of a stage that carry a price, as rows of one small matrix.

    Parameters
    ----------
    row, goal
        Their positions among the model's rows and among the sides.
    matrix
        Over the model's columns: the rows, then the goals (signed and per scale).
    price
        Shape (n_priced,).
    """

    row: IntArray
    goal: IntArray
    matrix: csr_array
    price: FloatArray

    @staticmethod
    def of(model: BalanceModel, sides: Sides, price: FloatArray) -> "PricedRows":
        """Pick what carries a price.

        Parameters
        ----------
        price
            Prices of the model's rows, then of the goals; what follows them is not looked at.
        """
        m, k = len(model.rows), len(sides)
        row, goal = np.flatnonzero(price[:m]), np.flatnonzero(price[m : m + k])
        goals = times_rows(sides.row[goal], sides.sign[goal] / sides.scale[goal])
        matrix = stacked([model.rows.matrix[row], goals], model.n_column)
        return PricedRows(row, goal, matrix, np.concatenate([price[row], price[m + goal]]))

    @cached_property
    def pull(self) -> FloatArray:
        """A'y of every column of the model."""
        return times_transposed(self.matrix, self.price)

    @cached_property
    def size(self) -> FloatArray:
        """|A|'|y| of every column of the model: what the pull is the sum of."""
        return times_transposed(self.matrix, self.price, absolute=True)
