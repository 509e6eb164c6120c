"""From a baseline to anchors: every product scaled so that company and product totals are met."""

from dataclasses import dataclass

import numpy as np

from allocator.anchors.anchors import Totals
from allocator.errors import Fault, InputFaults
from allocator.model.labels import Labels
from allocator.texts import worded
from allocator.wording import Wording
from solver_models.arrays import BoolArray, FloatArray
from solver_models.water_filling import fill_tree


@dataclass(frozen=True)
class Scaling:
    """The totals of one measure, ready to scale baselines.

    Parameters
    ----------
    labels
        Positions of nodes and products.
    totals
        In whole units.
    unit
        `round_to` as a number.
    measure
        Id of the measure, for messages.
    """

    labels: Labels
    totals: Totals
    unit: float
    measure: str

    def company_amounts(self, cells: FloatArray) -> FloatArray:
        """X_root of each leaf product: sum over reps of b / f. Shape (n_product,)."""
        grid = self.labels.grid
        total: FloatArray = (cells / grid.cell_factor).reshape(grid.n_rep, grid.n_product).sum(axis=0)
        return total

    def growth(self, baseline: FloatArray) -> FloatArray:
        """Return anchor / baseline of each leaf product.

        The company total is poured down the product tree in proportion to the baseline; fixed
        totals are met exactly, ranges are respected. Shape (n_product,), 0 for a product without baseline.

        Raises
        ------
        InputFaults
            If products that nobody can carry are asked for.
        """
        amounts = self.company_amounts(baseline)
        totals = self.totals
        try:
            filled = fill_tree(
                self.labels.grid.products,
                amounts,
                totals.product_lower.astype(np.float64),
                totals.product_upper.astype(np.float64),
                float(totals.company),
            )
        except ValueError as no_room:
            reason = worded("fault.run.beyond_bounds", reason=str(no_room))
            raise InputFaults([self._no_carrier(reason)]) from no_room
        carried = amounts > 0
        if np.any(~carried & (filled > 0)):
            raise InputFaults([self._no_carrier(worded("fault.run.no_rep"))])
        return np.where(carried, filled * self.unit / np.where(carried, amounts, 1.0), 0.0)

    def growth_cells(self, baseline: FloatArray) -> FloatArray:
        """Growth of each cell's product; the company's where a product has no baseline. Shape (n_cell,)."""
        growth = self.growth(baseline)
        mass = float(self.company_amounts(baseline).sum())
        overall = self.totals.company * self.unit / mass if mass > 0 else 1.0
        known = np.where(growth > 0, growth, overall)
        return np.tile(np.where(known > 0, known, 1.0), self.labels.grid.n_rep)

    def _no_carrier(self, reason: Wording) -> Fault:
        return Fault(
            "plan.yaml",
            0,
            f"measures.{self.measure}.total",
            str(self.totals.company),
            "total-without-carrier",
            worded("fault.run.no_carrier", reason=reason),
            worded("fault.run.no_carrier.hint"),
        )


def open_products(scaling: Scaling, level: FloatArray) -> FloatArray:
    """Give products without any history, but with a total to carry, a baseline.

    A product (or line) whose lower total is more than its products with history may hold opens its
    products without history: what is missing is split over them equally (a product's own lower total
    first), and each is spread over the reps in proportion to their history of all products.

    Parameters
    ----------
    level
        Shape (n_cell,): history level.

    Returns
    -------
    Shape (n_cell,): the level with the opened products filled in, at the scale of the history.
    """
    grid = scaling.labels.grid
    amounts = scaling.company_amounts(level)
    mass = float(amounts.sum())
    wanted = _missing_units(scaling, amounts > 0)
    if mass == 0 or not wanted.any():
        return level
    scale = mass / scaling.totals.company
    cells = level.reshape(grid.n_rep, grid.n_product)
    rep_share = cells.sum(axis=1) / mass
    opened: FloatArray = (cells + rep_share[:, None] * (wanted * scale)[None, :]).ravel()
    return opened


def _missing_units(scaling: Scaling, has_level: BoolArray) -> FloatArray:
    """Units that products without history have to carry, shape (n_product,)."""
    products, totals = scaling.labels.grid.products, scaling.totals
    wanted = np.zeros(len(products.leaf))
    most = np.zeros(len(products))
    for code in range(len(products) - 1, -1, -1):
        ranks = slice(int(products.leaf_start[code]), int(products.leaf_end[code]))
        low, high = float(totals.product_lower[code]), float(totals.product_upper[code])
        if products.is_leaf[code]:
            rank = int(products.leaf_start[code])
            if not has_level[rank]:
                wanted[rank] = low
            most[code] = high if has_level[rank] or low > 0 else 0.0
        else:
            closed = ~has_level[ranks] & (wanted[ranks] == 0)
            closed &= totals.product_upper[products.leaf[ranks]] > 0
            if low > most[code] and closed.any():
                wanted[ranks] += np.where(closed, (low - most[code]) / closed.sum(), 0.0)
                most[code] = high
            most[code] = min(most[code], high)
        if code:
            most[products.parent[code]] += most[code]
    return wanted
