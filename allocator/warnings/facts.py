"""What the checks look at: the plan as arrays, each made when it is first asked for."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import cached_property

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from allocator.anchors.ramp import open_seats, rep_dates
from allocator.model.labels import Labels
from allocator.model.presence import absent_reps
from allocator.plan.base_year import WINDOW, base_months, missing_months, sold_in
from allocator.plan.plan import NO_DATE, Plan, first_day
from allocator.plan.spec import AmountRange, Growth
from allocator.warnings.reach import Reach, reach_of
from allocator.warnings.units import shifted_nodes, switched_months
from solver_models.arrays import BoolArray, FloatArray, IntArray

TOTAL_STEP = 1.5
"""Distance of a total to the history, in powers of ten, from which it seems to be in another unit."""


@dataclass(frozen=True)
class Sales:
    """The history of one measure.

    Parameters
    ----------
    measure
        Its id.
    row
        Position in history.csv, shape (n_row,); `cell`, `month` and `amount` alike.
    """

    measure: str
    row: IntArray
    cell: IntArray
    month: IntArray
    amount: FloatArray
    n_product: int
    n_rep: int
    start: int
    n_month: int

    @cached_property
    def place(self) -> IntArray:
        """Month of each row among the 36 before the plan; negative if older."""
        return self.month - (self.start - WINDOW)

    @cached_property
    def rep(self) -> IntArray:
        """Rep of each row."""
        return self.cell // self.n_product

    @cached_property
    def sold(self) -> BoolArray:
        """Months with sales of each rep, shape (n_rep, 36)."""
        return sold_in(self.rep, self.month, self.amount, self.n_rep, self.start)

    @cached_property
    def missing(self) -> list[int]:
        """Months of the base year that are missing."""
        return missing_months(self.sold, self.start, self.n_month)

    @cached_property
    def by_cell(self) -> FloatArray:
        """Amounts of the 36 months, shape (n_cell, 36)."""
        known = self.place >= 0
        key = self.cell[known] * WINDOW + self.place[known]
        size = self.n_rep * self.n_product * WINDOW
        sums = np.bincount(key, weights=self.amount[known], minlength=size).astype(np.float64, copy=False)
        return sums.reshape(-1, WINDOW)

    @cached_property
    def by_rep(self) -> FloatArray:
        """Amounts of the 36 months, shape (n_rep, 36)."""
        sums: FloatArray = self.by_cell.reshape(self.n_rep, self.n_product, WINDOW).sum(axis=1)
        return sums

    @cached_property
    def switched(self) -> BoolArray:
        """Mark the months in another unit than the others, shape (36,)."""
        return switched_months(self.by_rep)

    @cached_property
    def ever(self) -> BoolArray:
        """Mark the reps with any sales on file, shape (n_rep,)."""
        return np.bincount(self.rep, weights=self.amount != 0, minlength=self.n_rep) > 0

    @cached_property
    def last_year(self) -> FloatArray:
        """Amounts of the base year, shape (n_cell,)."""
        sums: FloatArray = self.by_cell[:, base_months(self.start, self.n_month)].sum(axis=1)
        return sums


@dataclass(frozen=True)
class Facts:
    """A plan and what the checks need to know of it."""

    plan: Plan
    labels: Labels
    _sales: dict[str, Sales] = field(default_factory=dict, init=False, repr=False, compare=False)
    _shifted: dict[str, list[tuple[int, float]]] = field(
        default_factory=dict, init=False, repr=False, compare=False
    )
    _nodes: dict[str, FloatArray] = field(default_factory=dict, init=False, repr=False, compare=False)

    def sales(self, measure: str) -> Sales:
        """Return the history of a measure."""
        if measure not in self._sales:
            row, cell = self._rows[measure]
            table = self.plan.history
            self._sales[measure] = Sales(
                measure,
                row,
                cell,
                table["period"].to_numpy(np.int64)[row],
                table["amount"].to_numpy(np.float64)[row],
                self.labels.grid.n_product,
                self.labels.grid.n_rep,
                self.plan.start_month,
                self.plan.spec.months,
            )
        return self._sales[measure]

    def with_history(self) -> Iterator[Sales]:
        """Yield the history of each measure that has any."""
        for measure in self.plan.spec.measures:
            if len(self.sales(measure).row):
                yield self.sales(measure)

    @cached_property
    def _rows(self) -> dict[str, tuple[IntArray, IntArray]]:
        """Rows of history.csv and their cells by measure: the ids are looked up once."""
        table, grid = self.plan.history, self.labels.grid
        node = self.labels.codes_of_nodes(table["node_id"])
        product = self.labels.codes_of_products(table["product_id"])
        cell = grid.org.leaf_start[node] * grid.n_product + grid.products.leaf_start[product]
        known = pa.array(list(self.plan.spec.measures), pa.string())
        found = pc.fill_null(pc.index_in(pa.array(table["measure"], pa.string()), value_set=known), -1)
        code = found.to_numpy()
        rows = {}
        for k, measure in enumerate(self.plan.spec.measures):
            row = np.flatnonzero(code == k)
            rows[measure] = row, cell[row]
        return rows

    def comparable(self) -> Iterator[Sales]:
        """Yield the history of each measure whose base year is in one unit: amounts can be held to it."""
        for sales in self.with_history():
            if not sales.switched[base_months(sales.start, sales.n_month)].any():
                yield sales

    def last_year(self, measure: str) -> FloatArray:
        """Amounts of the base year by node and product, shape (n_node, n_product_node)."""
        if measure not in self._nodes:
            self._nodes[measure] = self.labels.grid.roll_up_plain(self.sales(measure).last_year)
        return self._nodes[measure]

    def shifted_nodes(self, measure: str) -> list[tuple[int, float]]:
        """Return the nodes whose history is in another unit than that of the others, and by how much."""
        if measure not in self._shifted:
            self._shifted[measure] = shifted_nodes(self.labels.grid.org, self.sales(measure).by_rep)
        return self._shifted[measure]

    def total(self, measure: str) -> float:
        """Return the company's total; one that grows is (1 + g) x the base year, not rounded."""
        total = self.plan.spec.measures[measure].total
        if isinstance(total, Growth):
            return (1.0 + total.growth) * float(self.last_year(measure)[0, 0])
        return float(total)

    def total_in_unit(self, measure: str) -> bool:
        """Tell whether the total seems to be in the unit of the history: rules can be held to it then."""
        total, last = self.total(measure), float(self.last_year(measure)[0, 0])
        return total <= 0 or last <= 0 or abs(np.log10(total / last)) < TOTAL_STEP

    def most_of_products(self, measure: str) -> FloatArray:
        """Return the most that the totals let each product have, shape (n_product_node,)."""
        most = np.full(len(self.labels.product_id), self.total(measure))
        for product, stated in self.plan.spec.product_totals.get(measure, {}).items():
            q = self.labels.product_code[product]
            if isinstance(stated, Growth):
                most[q] = (1.0 + stated.growth) * float(self.last_year(measure)[0, q])
            elif isinstance(stated, AmountRange):
                most[q] = float(stated.max) if stated.max is not None else most[q]
            else:
                most[q] = float(stated)
        products = self.labels.grid.products
        for lines in products.by_depth[1:]:
            most[lines] = np.minimum(most[lines], most[products.parent[lines]])
        return most

    def reach(self, measure: str, *kinds: str) -> Reach:
        """Return which rules of these kinds reach which nodes."""
        return reach_of(self.plan, self.labels, measure, kinds)

    @cached_property
    def is_open(self) -> BoolArray:
        """Mark the seats that nobody holds, shape (n_rep,)."""
        return open_seats(self.plan, self.labels)

    @cached_property
    def at_work(self) -> BoolArray:
        """Mark who is at work in the plan's months, shape (n_rep,)."""
        return ~absent_reps(self.plan, self.labels)

    @cached_property
    def is_new(self) -> BoolArray:
        """Mark who came within the 12 months before the plan, or comes in it, shape (n_rep,)."""
        start = rep_dates(self.plan, self.labels, "start")
        is_new: BoolArray = (start != NO_DATE) & (start >= first_day(self.plan.start_month - 12))
        return is_new

    def org_place(self, node: int) -> tuple[str, int]:
        """Return file and row of a node."""
        return self.plan.places.of("org", int(self.labels.node_row[node]))

    def rep_node(self, rep: int) -> int:
        """Return the node of a rep."""
        return int(self.labels.grid.org.leaf[rep])
