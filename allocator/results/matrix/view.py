"""What one measure's sheet shows: which nodes, products and periods, and their numbers."""

from dataclasses import dataclass
from decimal import Decimal
from functools import cached_property

import numpy as np

from allocator.allocation import Allocation, MeasureAllocation
from allocator.plan.plan import month_text
from allocator.results.columns_of_text import decimals
from allocator.results.matrix.amounts import in_measure
from allocator.results.matrix.tree_view import TreeView, tree_view
from allocator.results.sentences import node_names, product_names
from allocator.texts import CATALOGUE, text
from solver_models.arrays import BoolArray, FloatArray, IntArray

MOST_WITH_MONTHS = 200_000
MOST_CELLS = 300_000
MOST_PRODUCTS = 400
FIXED_COLUMNS = 30
MONTHS_PER_QUARTER = 3


@dataclass(frozen=True)
class MeasureView:
    """One measure of an allocation as a sheet shows it.

    Parameters
    ----------
    nodes, products
        The shown part of the two trees; place 0 of `products` is "all products".
    has_months
        False where the tree is so large that months are left to targets_monthly.csv.
    """

    allocation: Allocation
    result: MeasureAllocation
    lang: str
    nodes: TreeView
    products: TreeView
    has_months: bool

    @property
    def measure(self) -> str:
        """Id of the measure."""
        return self.result.measure

    @property
    def unit(self) -> str:
        """What the numbers count."""
        return self.allocation.plan.spec.measures[self.measure].unit

    @property
    def round_to(self) -> Decimal:
        """Every target is a whole multiple of this."""
        return self.allocation.plan.spec.measures[self.measure].round_to

    @property
    def places(self) -> int:
        """Decimal places of the targets."""
        return decimals(self.round_to)

    def text(self, key: str, **values: object) -> str:
        """Return a sentence in the language of the workbook."""
        return text(key, self.lang, **values)

    @cached_property
    def target(self) -> FloatArray:
        """Targets by shown node and shown product, shape (k, p)."""
        units = self.result.target_units[np.ix_(self.nodes.position, self.products.position)]
        return in_measure(units, self.round_to)

    @cached_property
    def months(self) -> FloatArray:
        """Targets of all products by shown node and month, shape (k, n_month)."""
        return in_measure(self.result.month_units[self.nodes.position, 0], self.round_to)

    @cached_property
    def quarters(self) -> tuple[tuple[int, int], ...]:
        """First month and month after the last one of each quarter of the plan."""
        count = self.result.month_units.shape[2]
        starts = range(0, count, MONTHS_PER_QUARTER)
        return tuple((start, min(start + MONTHS_PER_QUARTER, count)) for start in starts)

    @cached_property
    def periods(self) -> tuple[str, ...]:
        """Months of the plan as YYYY-MM."""
        return tuple(month_text(month) for month in self.allocation.plan.month_numbers)

    @cached_property
    def over(self) -> FloatArray:
        """Over-assignment of each shown node's own level, shape (k,)."""
        return self.allocation.labels.grid.over_assignment[self.nodes.position]

    @cached_property
    def street_factor(self) -> FloatArray:
        """Product of (1 + over-assignment) from the root to each shown node, shape (k,)."""
        return self.allocation.labels.grid.street_factor[self.nodes.position]

    @cached_property
    def pins(self) -> BoolArray:
        """True where a person fixed the number, shape (n_node, n_product_node)."""
        labels = self.allocation.labels
        pins = self.allocation.plan.pins
        own = pins[pins["measure"] == self.measure]
        marked = np.zeros((len(labels.node_id), len(labels.product_id)), bool)
        marked[labels.codes_of_nodes(own["node_id"]), labels.codes_of_products(own["product_id"])] = True
        return marked

    @cached_property
    def node_name(self) -> list[str]:
        """Names of the shown nodes."""
        names = node_names(self.allocation)
        return [names[v] for v in self.nodes.position]

    @cached_property
    def node_id(self) -> list[str]:
        """Ids of the shown nodes."""
        return [self.allocation.labels.node_id[v] for v in self.nodes.position]

    @cached_property
    def level(self) -> list[str]:
        """Levels of the shown nodes, in the words of the language where they are known."""
        return [level_name(self.allocation.labels.level[v], self.lang) for v in self.nodes.position]

    @cached_property
    def all_product_names(self) -> list[str]:
        """Names of all products by position."""
        return product_names(self.allocation, self.lang)

    @cached_property
    def product_id(self) -> list[str]:
        """Ids of the shown products."""
        return [self.allocation.labels.product_id[q] for q in self.products.position]

    def at_nodes(self, by_node: FloatArray | IntArray) -> FloatArray:
        """Pick the shown nodes from an array over all nodes."""
        return np.asarray(by_node[self.nodes.position], np.float64)


def measure_view(allocation: Allocation, result: MeasureAllocation, lang: str) -> MeasureView:
    """Choose what fits on a sheet: everything, or less of the months, then of the deepest levels."""
    labels, n_month = allocation.labels, result.month_units.shape[2]
    products = tree_view(labels.grid.products, labels.product_row, MOST_PRODUCTS)
    without_months = FIXED_COLUMNS + len(products)
    has_months = (without_months + n_month) * len(labels.node_id) <= MOST_WITH_MONTHS
    nodes = tree_view(labels.grid.org, labels.node_row, MOST_CELLS // without_months)
    return MeasureView(allocation, result, lang, nodes, products, has_months)


def level_name(level: str, lang: str) -> str:
    """Return a level in the words of the language where it is a known one, else as the user wrote it."""
    key = f"level.{level.strip().lower()}"
    return CATALOGUE[key][lang] if lang != "en" and key in CATALOGUE else level


def month_name(period: str, lang: str) -> str:
    """Return a YYYY-MM month as a column heading."""
    return text("matrix.month", lang, year=period[:4], month=int(period[5:]))
