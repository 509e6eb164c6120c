"""A plan between reading and checking: typed tables, trees, and how far they can be relied on."""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from allocator.plan.plan import NO_DATE, first_day, last_day, month_number
from allocator.plan.settings import Settings
from allocator.plan.sheet import Sheet
from allocator.plan.tables import ALL_PRODUCTS
from allocator.plan.tree import IdTree
from solver_models.arrays import BoolArray, FloatArray, IntArray


@dataclass(frozen=True)
class Draft:
    """Everything that was read, typed but not yet checked.

    Parameters
    ----------
    sheets, frames
        Each table of the contract as text and with typed columns, row by row the same.
    """

    settings: Settings
    sheets: Mapping[str, Sheet]
    frames: Mapping[str, pd.DataFrame]

    @cached_property
    def org(self) -> IdTree:
        """The org as far as it is a tree."""
        return self.sheets["org"].tree("node_id")

    @cached_property
    def products(self) -> IdTree:
        """The product tree as far as it is one."""
        return self.sheets["products"].tree("product_id")

    def texts(self, table: str, column: str) -> NDArray[np.object_]:
        """Return the texts of a column as written (stripped), shape (n_row,)."""
        return self.sheets[table].columns[column].texts()

    def amounts(self, table: str, column: str = "amount") -> FloatArray:
        """Return an amount column, NaN = not given or unreadable, shape (n_row,)."""
        return self.frames[table][column].to_numpy(np.float64)

    def is_given(self, table: str, column: str) -> BoolArray:
        """Mask of the cells that hold any text."""
        found = self.sheets[table].columns[column]
        return (found.values != "")[found.code] if len(found.values) else np.zeros(0, dtype=bool)

    def nodes(self, table: str) -> IntArray:
        """Row in the org of each row's node_id, -1 where there is none."""
        return self._positions(table, "node_id", self.org.index)

    def product_rows(self, table: str) -> IntArray:
        """Row in the products of each row's product_id; -1 all products, -2 unknown."""
        index = {**self.products.index, "": -1, ALL_PRODUCTS: -1}
        return self._positions(table, "product_id", index, otherwise=-2)

    @cached_property
    def _known_positions(self) -> dict[tuple[str, str], IntArray]:
        return {}

    def _positions(self, table: str, column: str, index: Mapping[str, int], otherwise: int = -1) -> IntArray:
        """Positions of the ids of a column, worked out once: rules ask for them one by one."""
        key = table, column
        if key not in self._known_positions:
            self._known_positions[key] = self._looked_up(table, column, index, otherwise)
        return self._known_positions[key]

    def _looked_up(self, table: str, column: str, index: Mapping[str, int], otherwise: int) -> IntArray:
        found = self.sheets[table].columns[column]
        by_value = np.array([index.get(value, otherwise) for value in found.values], dtype=np.int64)
        return by_value[found.code] if len(by_value) else np.zeros(0, np.int64)

    def is_measure(self, table: str, measure: str) -> BoolArray:
        """Mask of the rows of one measure."""
        found = self.sheets[table].columns["measure"]
        return (found.values == measure)[found.code] if len(found.values) else np.zeros(0, dtype=bool)

    def has_measure(self, table: str, measure: str) -> bool:
        """Tell whether any row is of a measure."""
        found = self.sheets[table].columns["measure"]
        return any(bool((found.code == k).any()) for k in np.flatnonzero(found.values == measure))

    @property
    def knows_months(self) -> bool:
        """Tell whether the months of the plan are certain."""
        return self.settings.is_sure("start") and self.settings.is_sure("months")

    @property
    def months(self) -> range:
        """Months of the plan as month numbers."""
        start = month_number(self.settings.spec.start)
        return range(start, start + self.settings.spec.months)

    @property
    def last_year(self) -> range:
        """The same months one year before, as month numbers."""
        return range(self.months.start - 12, self.months.stop - 12)

    @cached_property
    def has_left(self) -> BoolArray:
        """Mask of the leaves of the org that are not at work in any month of the plan."""
        org = self.frames["org"]
        start, end = org["start"].to_numpy(np.int64), org["end"].to_numpy(np.int64)
        first, last = first_day(self.months.start), last_day(self.months.stop - 1)
        is_away = ((end != NO_DATE) & (end < first)) | (start > last)
        has_left: BoolArray = self.org.is_leaf & is_away
        return has_left

    @cached_property
    def over_assignment(self) -> FloatArray:
        """Over-assignment of each node's level (0 for roots), shape (n_node,)."""
        given = self.settings.spec.over_assignment
        level = self.texts("org", "level")
        over = np.array([given.get(name, 0.0) for name in level], dtype=np.float64)
        return np.where(self.org.parent < 0, 0.0, over)

    @cached_property
    def _last_years(self) -> dict[str, FloatArray]:
        return {}

    def history_last_year(self, measure: str) -> FloatArray:
        """Sum of last year's history by product row, shape (n_product_row,); leaves only."""
        if measure not in self._last_years:
            self._last_years[measure] = self._sum_last_year(measure)
        return self._last_years[measure]

    def _sum_last_year(self, measure: str) -> FloatArray:
        period = self.frames["history"]["period"].to_numpy(np.int64)
        product = self.product_rows("history")
        amount = self.amounts("history")
        counts = self.is_measure("history", measure) & np.isfinite(amount) & (product >= 0)
        counts &= (period >= self.last_year.start) & (period < self.last_year.stop)
        n_product = len(self.products.parent)
        return np.bincount(product[counts], weights=amount[counts], minlength=n_product).astype(np.float64)
