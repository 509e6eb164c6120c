"""What is over: actuals in whole units that sum on both trees and over the months."""

from dataclasses import dataclass, replace

import numpy as np

from solver_models.arrays import FloatArray, IntArray
from solver_models.grid import Grid
from solver_models.phasing import round_months
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
    returns a number may be off by less than two units. Months are rounded like those of a
    plan (`round_months`); a cell's weigh what was sold in them, returns of single months not counted.

    Parameters
    ----------
    actuals
        Shape (n_cell, n_done), in the measure's unit.
    """
    plain = replace(grid, over_assignment=np.zeros(len(grid.org)))
    to_date = actuals.sum(axis=1) / unit
    units = _rounded(plain, np.maximum(to_date, 0.0)) - _rounded(plain, np.maximum(-to_date, 0.0))
    cells = units[np.ix_(grid.org.leaf, grid.products.leaf)]
    weight = np.maximum(actuals, 0.0).reshape(*cells.shape, -1)
    months, _ = round_months(grid.org, grid.products, cells, weight)
    by_product = np.ascontiguousarray(grid.products.roll_up(np.ascontiguousarray(months.swapaxes(0, 1))))
    return Locked(units, grid.org.roll_up(by_product.swapaxes(0, 1)))


def _rounded(plain: Grid, units: FloatArray) -> IntArray:
    if not units.any():
        return np.zeros((len(plain.org), len(plain.products)), np.int64)
    return round_targets(plain, units, no_side_rows(plain.n_product)).units
