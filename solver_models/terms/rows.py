"""Named sides of rows, as they collect while a model is built."""

from dataclasses import dataclass, field

import numpy as np
from scipy.sparse import csr_array, vstack

from solver_models.arrays import FloatArray, IntArray
from solver_models.grid import Grid

HARD = 0


@dataclass(frozen=True)
class RowBlock:
    """Rows of one kind: lower <= matrix @ (cells, group totals) <= upper.

    Parameters
    ----------
    kind
        What the rows say (`total`, `range`, `fairness` ...).
    matrix
        Shape (m, n_cell + n_group), n_group = group totals known when the block was made.
    lower, upper
        Shape (m,), in the measure's unit (or the row's own: effort hours, implied profit).
    tier
        Shape (m,): 0 = hard, k > 0 = soft tier k.
    scale
        Shape (m,), > 0: the amount by which a soft row must miss to be violated by 100 %.
    """

    kind: str
    matrix: csr_array
    lower: FloatArray
    upper: FloatArray
    tier: IntArray
    scale: FloatArray

    def __len__(self) -> int:
        return len(self.lower)


@dataclass
class RowCollector:
    """Collects blocks for one grid; group totals (fairness) are extra free columns."""

    grid: Grid
    blocks: list[RowBlock] = field(default_factory=list)
    n_group: int = 0

    def node_rows(
        self, node: IntArray, product: IntArray, product_weight: FloatArray | None = None
    ) -> csr_array:
        """Return rows X[node, product] over the cells, optionally with a weight per row and product leaf.

        Parameters
        ----------
        node, product
            Shape (m,).
        product_weight
            Shape (m, n_product).
        """
        indptr, cell, coefficient = self.grid.rows(node, product)
        if product_weight is not None:
            row = np.repeat(np.arange(len(node)), np.diff(indptr))
            coefficient = coefficient * product_weight[row, cell % self.grid.n_product]
        width = self.grid.n_cell + self.n_group
        matrix = csr_array((coefficient, cell, indptr), shape=(len(node), width))
        matrix.eliminate_zeros()
        return matrix

    def add(
        self,
        kind: str,
        matrix: csr_array,
        lower: FloatArray,
        upper: FloatArray,
        tier: IntArray | None = None,
        scale: FloatArray | None = None,
    ) -> None:
        """Append a block; rows without tier are hard."""
        m = len(lower)
        self.blocks.append(
            RowBlock(
                kind,
                matrix,
                lower,
                upper,
                np.zeros(m, np.int64) if tier is None else tier,
                np.ones(m) if scale is None else scale,
            )
        )

    def joined(self) -> RowBlock:
        """Return all blocks as one, in order of adding, widened to all columns."""
        width = self.grid.n_cell + self.n_group
        blocks = [block for block in self.blocks if len(block)]
        matrices = [
            csr_array((b.matrix.data, b.matrix.indices, b.matrix.indptr), shape=(len(b), width))
            for b in blocks
        ]
        return RowBlock(
            "all",
            csr_array(vstack(matrices, format="csr")),
            np.concatenate([b.lower for b in blocks]),
            np.concatenate([b.upper for b in blocks]),
            np.concatenate([b.tier for b in blocks]),
            np.concatenate([b.scale for b in blocks]),
        )
