"""A linear program as plain arrays, and the builder that assembles one from blocks."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import cached_property

import numpy as np
from scipy.sparse import csr_array

from solver_models.arrays import FloatArray, IntArray


@dataclass(frozen=True)
class Block:
    """A named run of rows or columns: positions `start .. stop - 1`."""

    name: str
    start: int
    stop: int

    @property
    def positions(self) -> slice:
        """The run as a slice."""
        return slice(self.start, self.stop)


@dataclass(frozen=True)
class LinearProgram:
    """min c'x subject to row_lower <= A x <= row_upper, lower <= x <= upper.

    Position i of every row-side array belongs to row i of `matrix`, position j of every
    column-side array to its column j. Explicit zeros are pruned.

    Parameters
    ----------
    cost, lower, upper
        Shape (n_column,). Bounds may be infinite.
    matrix
        Sparse rows, shape (n_row, n_column).
    row_lower, row_upper
        Shape (n_row,). Equal for an equality; one of them infinite for one-sided rows.
    row_blocks, column_blocks
        Names of runs of rows and columns.
    """

    cost: FloatArray
    matrix: csr_array
    row_lower: FloatArray
    row_upper: FloatArray
    lower: FloatArray
    upper: FloatArray
    row_blocks: tuple[Block, ...] = ()
    column_blocks: tuple[Block, ...] = ()

    @property
    def n_row(self) -> int:
        """Number of rows."""
        return int(self.matrix.shape[0])

    @property
    def n_column(self) -> int:
        """Number of columns."""
        return int(self.matrix.shape[1])

    @cached_property
    def row_norm(self) -> FloatArray:
        """Euclidean norm of each row, shape (n_row,)."""
        squares = np.asarray(self.matrix.multiply(self.matrix).sum(axis=1), np.float64)
        return np.asarray(np.sqrt(squares.ravel()))

    def block(self, name: str) -> slice:
        """Return the columns of the block called `name`."""
        return next(b.positions for b in self.column_blocks if b.name == name)


@dataclass
class ProgramBuilder:
    """Collects columns and rows block by block; `finish` returns the frozen program.

    The only mutable object of the model side; it lives inside one function call.
    """

    _columns: list[tuple[str, FloatArray, FloatArray, FloatArray]] = field(default_factory=list)
    _rows: list[tuple[str, IntArray, IntArray, FloatArray, FloatArray, FloatArray]] = field(
        default_factory=list
    )
    n_column: int = 0
    n_row: int = 0

    def add_columns(
        self, name: str, lower: FloatArray, upper: FloatArray, cost: FloatArray | float = 0.0
    ) -> int:
        """Append columns and return the position of the first.

        Parameters
        ----------
        lower, upper
            Shape (k,).
        cost
            Shape (k,) or one number.
        """
        start = self.n_column
        costs = np.broadcast_to(np.asarray(cost, np.float64), lower.shape)
        self._columns.append((name, lower, upper, costs))
        self.n_column += len(lower)
        return start

    def add_rows(
        self,
        name: str,
        indptr: IntArray,
        column: IntArray,
        coefficient: FloatArray,
        lower: FloatArray,
        upper: FloatArray,
    ) -> int:
        """Append sparse rows `lower <= sum coefficient * x[column] <= upper`; return the first position."""
        start = self.n_row
        self._rows.append((name, indptr, column, coefficient, lower, upper))
        self.n_row += len(lower)
        return start

    def finish(self) -> LinearProgram:
        """Assemble the program; duplicate entries are summed, zeros pruned."""
        row_counts = [np.diff(indptr) for _, indptr, *_ in self._rows]
        indptr = np.concatenate([[0], *row_counts]).cumsum().astype(np.int64)
        matrix = csr_array(
            (
                _join([row[3] for row in self._rows]),
                _join([row[2] for row in self._rows]).astype(np.int64),
                indptr,
            ),
            shape=(self.n_row, self.n_column),
        )
        matrix.sum_duplicates()
        matrix.eliminate_zeros()
        return LinearProgram(
            cost=_join([column[3] for column in self._columns]),
            matrix=matrix,
            row_lower=_join([row[4] for row in self._rows]),
            row_upper=_join([row[5] for row in self._rows]),
            lower=_join([column[1] for column in self._columns]),
            upper=_join([column[2] for column in self._columns]),
            row_blocks=_blocks([(row[0], len(row[4])) for row in self._rows]),
            column_blocks=_blocks([(column[0], len(column[1])) for column in self._columns]),
        )


def _join(parts: Sequence[FloatArray | IntArray]) -> FloatArray:
    """Concatenate, also when there is nothing to concatenate."""
    return np.concatenate(parts).astype(np.float64) if parts else np.zeros(0)


def _blocks(sizes: list[tuple[str, int]]) -> tuple[Block, ...]:
    """Name consecutive runs."""
    blocks, start = [], 0
    for name, size in sizes:
        blocks.append(Block(name, start, start + size))
        start += size
    return tuple(blocks)
