"""The linear systems behind polish and Newton steps: normal equations in a fixed elimination order."""

from dataclasses import dataclass, replace
from functools import cached_property

import numpy as np
from scipy.sparse import csc_array, csr_array
from scipy.sparse.linalg import SuperLU, splu

from solver_models.arrays import BoolArray, FloatArray, IntArray
from solver_models.model import BalanceModel
from solver_models.sparse_rows import rows_at, split_columns, squared_norms, times_columns, times_rows


@dataclass(frozen=True)
class NormalForm:
    """Rows scaled so that A W A' has a unit diagonal, sorted for elimination (short rows first).

    Every regularisation and tolerance is then a pure number, whatever the currency.

    Parameters
    ----------
    cells
        Scaled rows over the cells, shape (m, n_cell).
    free
        Scaled rows over the free columns, shape (m, n_free); these columns are scaled too.
    lower, upper, size
        Scaled row bounds and row sizes.
    order
        Model row of each position.
    row_scale, free_scale
        The way back: price = row_scale * scaled price (in model order after `order`).
    """

    model: BalanceModel
    cells: csr_array
    free: csr_array
    lower: FloatArray
    upper: FloatArray
    size: FloatArray
    order: IntArray
    row_scale: FloatArray
    free_scale: FloatArray

    @cached_property
    def cells_t(self) -> csr_array:
        """Transpose of `cells`; only steps over all rows at once need it."""
        return csr_array(self.cells.T)

    @property
    def n_row(self) -> int:
        """Number of rows."""
        return len(self.lower)

    def moved_to(self, model: BalanceModel) -> "NormalForm":
        """Return this form for a model with the same rows but other bounds, anchors or weights.

        Scale and order stay: they only condition the systems.
        """
        scale = self.row_scale
        lower, upper = model.rows.lower[self.order] * scale, model.rows.upper[self.order] * scale
        low = np.where(np.isfinite(lower), np.abs(lower), 0.0)
        high = np.where(np.isfinite(upper), np.abs(upper), 0.0)
        size = np.maximum(self.size, np.maximum(low, high))
        return replace(self, model=model, lower=lower, upper=upper, size=size)

    def with_free_of(self, model: BalanceModel) -> "NormalForm":
        """Return this form with a model's coefficients of the free columns, in the same places as before."""
        matrix = model.rows.matrix
        behind = np.flatnonzero(matrix.indices >= model.n_cell)
        row = np.searchsorted(matrix.indptr, behind, side="right") - 1
        column = matrix.indices[behind] - model.n_cell
        position = np.empty_like(self.order)
        position[self.order] = np.arange(self.n_row)
        value = matrix.data[behind] * self.row_scale[position[row]] * self.free_scale[column]
        free = csr_array((value, (position[row], column)), shape=self.free.shape)
        return replace(self, free=free)

    def sizes(self) -> FloatArray:
        """Sizes of the model's rows, in the model's order and terms."""
        size = np.zeros(self.n_row)
        size[self.order] = self.size / self.row_scale
        return size

    def price_in(self, price: FloatArray) -> FloatArray:
        """Bring model prices into this form."""
        return price[self.order] / self.row_scale

    def price_out(self, scaled: FloatArray) -> FloatArray:
        """Bring scaled prices back to the model's rows."""
        price = np.zeros(self.n_row)
        price[self.order] = scaled * self.row_scale
        return price


def normal_form(model: BalanceModel, size: FloatArray) -> NormalForm:
    """Scale and sort the rows of a model.

    Parameters
    ----------
    size
        Sizes of the model's rows (see `kkt.row_size`).
    """
    cells, free = split_columns(model.rows.matrix, model.n_cell)
    norm2, free_norm2 = squared_norms(cells, model.weight), squared_norms(free)
    reach = np.maximum(norm2, np.where(norm2 > 0, 0.0, free_norm2))
    scale = 1.0 / np.sqrt(np.where(reach > 0, reach, 1.0))
    order = np.argsort(np.diff(cells.indptr), kind="stable")
    cells = times_rows(rows_at(cells, order), scale[order])
    free = times_rows(rows_at(free, order), scale[order])
    column = np.sqrt(np.bincount(free.indices, weights=free.data * free.data, minlength=free.shape[1]))
    free_scale = 1.0 / np.where(column > 0, column, 1.0)
    free = times_columns(free, free_scale)
    return NormalForm(
        model,
        cells,
        free,
        (model.rows.lower * scale)[order],
        (model.rows.upper * scale)[order],
        (size * scale)[order],
        order,
        scale[order],
        free_scale,
    )


@dataclass(frozen=True)
class ActiveRows:
    """Some rows of a normal form, both ways round.

    Parameters
    ----------
    rows
        Positions in the form.
    cells, cells_t, free
        Their coefficients over the cells, the transpose, and over the free columns.
    """

    rows: IntArray
    cells: csr_array
    cells_t: csr_array
    free: csr_array

    @staticmethod
    def of(form: NormalForm, rows: IntArray) -> "ActiveRows":
        """Pick rows; all of them cost nothing."""
        if len(rows) == form.n_row:
            return ActiveRows(rows, form.cells, form.cells_t, form.free)
        cells = rows_at(form.cells, rows)
        return ActiveRows(rows, cells, cells.T.tocsr(), rows_at(form.free, rows))


def factorise(
    form: NormalForm,
    part: ActiveRows,
    is_free_cell: BoolArray,
    diagonal: FloatArray,
    free_diagonal: FloatArray,
) -> SuperLU:
    """Factorise [[A_F W A_F' + D, B], [B', -E]] over the active rows and all free columns.

    Parameters
    ----------
    is_free_cell
        Cells strictly between their bounds; only they carry weight.
    diagonal
        D, shape (n_active,), > 0.
    free_diagonal
        E, shape (n_free,), > 0.
    """
    weight = np.where(is_free_cell, form.model.weight, 0.0)
    normal = times_columns(part.cells, weight) @ part.cells_t
    return splu(
        _bordered(normal, part.free, diagonal, free_diagonal),
        permc_spec="NATURAL",
        diag_pivot_thresh=0.0,
        options={"SymmetricMode": True},
    )


def _bordered(
    normal: csr_array, border: csr_array, diagonal: FloatArray, free_diagonal: FloatArray
) -> csc_array:
    """[[N + D, B], [B', -E]] in one conversion."""
    m, k = border.shape
    row = np.repeat(np.arange(m), np.diff(normal.indptr))
    of_border = np.repeat(np.arange(m), np.diff(border.indptr))
    place = np.arange(m + k)
    return csc_array(
        (
            np.concatenate([normal.data, diagonal, -free_diagonal, border.data, border.data]),
            (
                np.concatenate([row, place, of_border, border.indices + m]),
                np.concatenate([normal.indices, place, border.indices + m, of_border]),
            ),
        ),
        shape=(m + k, m + k),
    )
