"""Iterative proportional fitting (Deming and Stephan): a table's detail from its margins."""

from dataclasses import dataclass

import numpy as np

from solver_models.arrays import FloatArray

ENOUGH = 1e-12


@dataclass(frozen=True)
class FittedTable:
    """A table fitted to its margins.

    Parameters
    ----------
    table
        Shape (n_row, n_column).
    residual
        Largest distance of a row sum from its total, relative to the grand total.
    sweeps
        Number of sweeps over rows and columns.
    """

    table: FloatArray
    residual: float
    sweeps: int


def fit_proportionally(
    seed: FloatArray, row_total: FloatArray, column_total: FloatArray, most_sweeps: int = 1000
) -> FittedTable:
    """Scale rows and columns of `seed` in turn: x_ij = seed_ij * r_i * s_j with the margins asked for.

    The result is the table closest to the seed in relative entropy; odds ratios are kept and
    zeros of the seed stay 0. Column sums are met exactly; `residual` says how well the rows are,
    which is 0 up to rounding wherever the zeros of the seed leave room for the margins.

    Parameters
    ----------
    seed
        Shape (n_row, n_column), >= 0.
    row_total, column_total
        Shape (n_row,) and (n_column,), >= 0, with equal sums.

    Raises
    ------
    ValueError
        If the margins have different sums, or a margin > 0 has only zeros in the seed.
    """
    grand = float(row_total.sum())
    if not np.isclose(grand, column_total.sum(), rtol=1e-9, atol=0.0):
        raise ValueError(f"row totals sum to {grand:g} but column totals to {column_total.sum():g}")
    empty_row, empty_column = seed.sum(axis=1) == 0, seed.sum(axis=0) == 0
    if np.any(empty_row & (row_total > 0)) or np.any(empty_column & (column_total > 0)):
        raise ValueError("a margin above 0 has only zeros in the seed")
    table, residual, sweeps = np.array(seed, dtype=np.float64), np.inf, 0
    while residual > ENOUGH and sweeps < most_sweeps:
        table *= _ratio(row_total, table.sum(axis=1))[:, None]
        table *= _ratio(column_total, table.sum(axis=0))[None, :]
        residual = float(np.abs(table.sum(axis=1) - row_total).max()) / grand if grand > 0 else 0.0
        sweeps += 1
    return FittedTable(table, residual, sweeps)


def _ratio(wanted: FloatArray, found: FloatArray) -> FloatArray:
    """Divide `wanted` by `found`, 0 where nothing was found."""
    return np.where(found > 0, wanted / np.where(found > 0, found, 1.0), 0.0)
