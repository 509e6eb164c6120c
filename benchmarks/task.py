"""The balance problem of one plan as arrays that every contestant reads from one file."""

from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csr_array

FloatArray = NDArray[np.float64]
IntArray = NDArray[np.int64]


@dataclass(frozen=True)
class RowFamily:
    """All rows of one kind of rule as a long table: lower <= sum of coefficient * z[column] <= upper.

    Parameters
    ----------
    kind
        What the rows say: `total`, `growth`, `fairness` ...
    row, column, coefficient
        Shape (nnz,), sorted by row; rows are numbered from 0 within the family, columns are the
        cells, then the free columns (totals of peer groups).
    lower, upper
        Shape (n_row,).
    """

    kind: str
    row: IntArray
    column: IntArray
    coefficient: FloatArray
    lower: FloatArray
    upper: FloatArray

    def __len__(self) -> int:
        return len(self.lower)


@dataclass(frozen=True)
class Task:
    """min sum (x - anchor)^2 / (2 weight), lower <= x <= upper, row_lower <= matrix @ (x, t) <= row_upper.

    Amounts are in units of the mean weight, so that nobody suffers from large numbers.

    Parameters
    ----------
    anchor, weight, lower, upper
        Shape (n_cell,).
    matrix
        Shape (n_row, n_cell + n_free); t are free columns without cost: totals of peer groups.
        Without them a fairness rule would compare every rep with every cell of his group.
    row_lower, row_upper
        Shape (n_row,).
    kind
        Shape (n_row,): number of each row's kind in `kinds`; rows of a kind stand together.
    kinds
        Names of the kinds.
    """

    anchor: FloatArray
    weight: FloatArray
    lower: FloatArray
    upper: FloatArray
    matrix: csr_array
    row_lower: FloatArray
    row_upper: FloatArray
    kind: IntArray
    kinds: tuple[str, ...]

    @property
    def n_cell(self) -> int:
        """Number of cells."""
        return len(self.anchor)

    @property
    def n_free(self) -> int:
        """Number of free columns."""
        return int(self.matrix.shape[1]) - self.n_cell

    def families(self) -> tuple[RowFamily, ...]:
        """Return the rows kind by kind."""
        return tuple(self._family(number, name) for number, name in enumerate(self.kinds))

    def _family(self, number: int, name: str) -> RowFamily:
        which = np.flatnonzero(self.kind == number)
        part = csr_array(self.matrix[which])
        row = np.repeat(np.arange(len(which), dtype=np.int64), np.diff(part.indptr))
        return RowFamily(
            name,
            row,
            part.indices.astype(np.int64),
            part.data.astype(np.float64),
            self.row_lower[which],
            self.row_upper[which],
        )

    def objective(self, x: FloatArray) -> float:
        """Sum (x - anchor)^2 / (2 weight)."""
        return float(np.sum((x - self.anchor) ** 2 / (2.0 * self.weight)))


def save_task(task: Task, path: Path) -> None:
    """Write a task to an .npz file."""
    np.savez(
        path,
        anchor=task.anchor,
        weight=task.weight,
        lower=task.lower,
        upper=task.upper,
        value=task.matrix.data,
        column=task.matrix.indices,
        start=task.matrix.indptr,
        width=np.array(task.matrix.shape[1]),
        row_lower=task.row_lower,
        row_upper=task.row_upper,
        kind=task.kind,
        kinds=np.array(task.kinds),
    )


def load_task(path: Path) -> Task:
    """Read a task written by `save_task`."""
    with np.load(path) as stored:
        shape = (len(stored["row_lower"]), int(stored["width"]))
        return Task(
            stored["anchor"],
            stored["weight"],
            stored["lower"],
            stored["upper"],
            csr_array((stored["value"], stored["column"], stored["start"]), shape=shape),
            stored["row_lower"],
            stored["row_upper"],
            stored["kind"],
            tuple(str(name) for name in stored["kinds"]),
        )
