"""What is over: actuals in whole units that sum on both trees and over the months."""

from dataclasses import dataclass, replace

import numpy as np

from solver_models.arrays import FloatArray, IntArray
from solver_models.grid import Grid
from solver_models.phasing import phase_targets
from solver_models.rounding.rounding import round_targets
from solver_models.rounding.side_rows import no_side_rows


@dataclass(frozen=True)
class Locked:
    """Actuals to date of one measure, in units; plain sums at every node and product.

    Parameters
    ----------
    units
        Shape (n_node, n_product_node).
    month_units
        Shape (n_node, n_product_node, n_done): sums to `units`.
    """

    units: IntArray
    month_units: IntArray


def lock_actuals(grid: Grid, actuals: FloatArray, unit: float) -> Locked:
    """Round actuals to whole units: every node and product is within one unit of its own sum.

    What was sold and what came back (cells below zero to date) are rounded each on its own, so with
    returns a number may be off by less than two units. Every cell's months are rounded cumulatively;
    a cell's months weigh what was sold in them, returns of single months not counted.

    Parameters
    ----------
    actuals
        Shape (n_cell, n_done), in the measure's unit.
    """
    plain = replace(grid, over_assignment=np.zeros(len(grid.org)))
    to_date = actuals.sum(axis=1) / unit
    units = _rounded(plain, np.maximum(to_date, 0.0)) - _rounded(plain, np.maximum(-to_date, 0.0))
    cells = units[np.ix_(grid.org.leaf, grid.products.leaf)].ravel()
    months = phase_targets(cells, np.maximum(actuals, 0.0))
    rolled = [
        np.rint(plain.roll_up_plain(months[:, t].astype(np.float64))).astype(np.int64)
        for t in range(months.shape[1])
    ]
    return Locked(units, np.stack(rolled, axis=2))


def _rounded(plain: Grid, units: FloatArray) -> IntArray:
    if not units.any():
        return np.zeros((len(plain.org), len(plain.products)), np.int64)
    return round_targets(plain, units, no_side_rows(plain.n_product)).units
