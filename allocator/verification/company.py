"""The plan as the auditor sees it: trees, factors, presence, history, defined by the contract alone."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from decimal import Decimal
from functools import cached_property
from typing import Any, TypeVar

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from allocator.verification.plan_files import PlanFiles, UnreadablePlan
from allocator.verification.trees import BoolArray, FloatArray, IntArray, Tree, plant

ALL = "*"
Computed = TypeVar("Computed")


@dataclass(frozen=True)
class Company:
    """A valid plan with the sums the contract defines.

    Parameters
    ----------
    files
        Texts of the plan.
    org, products
        Trees in canonical order; position 0 of the products is `*`.
    """

    files: PlanFiles
    org: Tree
    products: Tree

    @property
    def settings(self) -> dict[str, Any]:
        """`plan.yaml`."""
        return self.files.settings

    @property
    def measures(self) -> tuple[str, ...]:
        """Measures in the order of plan.yaml."""
        return tuple(str(name) for name in self.settings["measures"])

    @property
    def start(self) -> int:
        """First month as year * 12 + month - 1."""
        return month_number(str(self.settings["start"]))

    @property
    def n_month(self) -> int:
        """Number of months of the plan."""
        return int(self.settings.get("months", 12))

    @cached_property
    def periods(self) -> tuple[str, ...]:
        """Months of the plan, `YYYY-MM`."""
        return tuple(f"{m // 12:04d}-{m % 12 + 1:02d}" for m in range(self.start, self.start + self.n_month))

    @property
    def n_cell(self) -> int:
        """Number of cells, reps x leaf products."""
        return len(self.org.leaves) * len(self.products.leaves)

    def table(self, name: str) -> pd.DataFrame:
        """Texts of a table."""
        return self.files.tables[name]

    def of_measure(self, name: str, measure: str) -> pd.DataFrame:
        """Rows of a table that speak of a measure."""
        table = self.table(name)
        return table[table["measure"] == measure]

    def unit(self, measure: str) -> Decimal:
        """`round_to` of a measure."""
        return decimal(self.settings["measures"][measure].get("round_to", 1))

    @cached_property
    def _org_row(self) -> IntArray:
        rows = pd.Index(self.table("org")["node_id"])
        return np.asarray(rows.get_indexer(pd.Index(self.org.ids)), np.int64)

    def org_column(self, name: str) -> NDArray[Any]:
        """Return a column of org.csv in tree order."""
        return self.once(f"org.{name}", lambda: self.table("org")[name].to_numpy(object)[self._org_row])

    def once(self, name: str, compute: Callable[[], Computed]) -> Computed:
        """Return what is computed once for a plan and looked up from then on."""
        if name not in self._known:
            self._known[name] = compute()
        found: Computed = self._known[name]
        return found

    @cached_property
    def _known(self) -> dict[str, Any]:
        return {}

    def nodes_of_level(self, level: str) -> IntArray:
        """Positions of the nodes of a level."""
        return self.once(f"level.{level}", lambda: np.flatnonzero(self.org_column("level") == level))

    @cached_property
    def over(self) -> FloatArray:
        """Over-assignment h of each node's level, 0 at the root. Shape (n_node,)."""
        by_level = {str(k): float(v) for k, v in (self.settings.get("over_assignment") or {}).items()}
        over = np.array([by_level.get(level, 0.0) for level in self.org_column("level")])
        over[0] = 0.0
        return over

    @cached_property
    def factor(self) -> FloatArray:
        """Street factor f of each node: product of (1 + h) from below the root down to it."""
        factor = np.ones(len(self.org))
        for nodes in self.org.by_depth[1:]:
            factor[nodes] = factor[self.org.parent[nodes]] * (1.0 + self.over[nodes])
        return factor

    @cached_property
    def is_absent(self) -> BoolArray:
        """True for reps whose days at work miss the plan's months. Shape (n_rep,)."""
        first = f"{self.periods[0]}-01"
        after = self.start + self.n_month
        beyond = f"{after // 12:04d}-{after % 12 + 1:02d}-01"
        start = self.org_column("start")[self.org.leaves]
        end = self.org_column("end")[self.org.leaves]
        return np.array(
            [(s != "" and s >= beyond) or (e != "" and e < first) for s, e in zip(start, end, strict=True)]
        )

    @cached_property
    def has_reps(self) -> BoolArray:
        """True for nodes with a rep at work in the plan. Shape (n_node,)."""
        return self.org.sum_leaves((~self.is_absent).astype(np.int64)) > 0

    def node_sums(self, cells: FloatArray) -> FloatArray:
        """X[v, q] = f_v * sum of x_l / f_l: (n_rep, n_leaf_product) -> (n_node, n_product)."""
        share = self.org.sum_leaves(cells / self.factor[self.org.leaves][:, None])
        return self.products.sum_leaves((share * self.factor[:, None]).T).T

    def plain_sums(self, cells: FloatArray) -> FloatArray:
        """Sum without factors (history). Shapes as `node_sums`."""
        return self.products.sum_leaves(self.org.sum_leaves(cells).T).T

    def pull(self, node_prices: FloatArray, leaf_prices: FloatArray) -> FloatArray:
        """Transpose of `node_sums`: prices of nodes -> gradient of the cells.

        Parameters
        ----------
        node_prices
            Shape (n_node, n_product): price of X[v, q].
        leaf_prices
            Shape (n_node, n_leaf_product): price of X[v, p] for leaf products, added to it.
        """
        factor = self.factor[:, None]
        by_rep = self.org.sum_ancestors(node_prices * factor)
        by_cell = self.products.sum_ancestors(np.ascontiguousarray(by_rep.T)).T
        by_cell = by_cell + self.org.sum_ancestors(leaf_prices * factor)
        return by_cell / self.factor[self.org.leaves][:, None]

    @cached_property
    def _history(self) -> pd.DataFrame:
        """The whole history: measure (text), month (number), cell (rank), amount."""
        table = self.table("history")
        period, months = pd.factorize(table["period"])
        month = np.array([month_number(str(text)) for text in months], np.int64)
        rep = self.org.first_leaf[codes(self.org, table["node_id"])]
        leaf = self.products.first_leaf[codes(self.products, table["product_id"])]
        return pd.DataFrame(
            {
                "measure": table["measure"],
                "month": month[period] if len(month) else period,
                "cell": rep * len(self.products.leaves) + leaf,
                "amount": numbers(table["amount"]),
            }
        )

    def history(self, measure: str) -> pd.DataFrame:
        """History of a measure: month (number), cell (rank), amount."""
        return self.once(f"history.{measure}", lambda: self._history[self._history["measure"] == measure])

    def all_history(self) -> pd.DataFrame:
        """History of all measures, with the measure."""
        return self._history

    def window(self, history: pd.DataFrame, years_back: int) -> FloatArray:
        """History of the plan's own months, `years_back` years earlier. Shape (n_rep, n_leaf_product)."""
        first = self.start - 12 * years_back
        month = history["month"].to_numpy(np.int64)
        inside = (month >= first) & (month < first + self.n_month)
        cell, amount = (
            history["cell"].to_numpy(np.int64)[inside],
            history["amount"].to_numpy(np.float64)[inside],
        )
        flat = np.bincount(cell, weights=amount, minlength=self.n_cell)
        return np.asarray(flat, np.float64).reshape(-1, len(self.products.leaves))

    @cached_property
    def _last_years(self) -> dict[str, FloatArray]:
        return {m: self.plain_sums(self.window(self.history(m), 1)) for m in self.measures}

    def last_year(self, measure: str) -> FloatArray:
        """History of the plan's months one year before, at every node and product. (n_node, n_product)."""
        return self._last_years[measure]


def found_company(files: PlanFiles) -> Company:
    """Plant the trees of a plan.

    Raises
    ------
    UnreadablePlan
        If a table or a key that every plan has is missing.
    """
    try:
        org, products = files.tables["org"], files.tables["products"]
        company = Company(
            files,
            plant(org["node_id"].tolist(), org["parent_id"].tolist()),
            plant(products["product_id"].tolist(), products["parent_id"].tolist(), root=ALL),
        )
        for measure in company.measures:
            company.unit(measure)
        if not company.periods or len(company.products) < 2:
            raise ValueError("no months or no products")
        return company
    except (ValueError, KeyError, TypeError, AttributeError, ArithmeticError) as error:
        raise UnreadablePlan(f"the plan cannot be understood: {error}") from error


def month_number(text: str) -> int:
    """Year * 12 + month - 1 of `YYYY-MM`."""
    return int(text[:4]) * 12 + int(text[5:7]) - 1


def decimal(value: object) -> Decimal:
    """Return the decimal a person wrote (0.1 is one tenth)."""
    return Decimal(str(value))


def numbers(texts: pd.Series) -> FloatArray:
    """Texts of a valid plan as numbers, "" as NaN."""
    return pd.to_numeric(texts.replace("", np.nan)).to_numpy(np.float64, na_value=np.nan)


def codes(tree: Tree, ids: pd.Series) -> IntArray:
    """Positions of ids, "" as `*`; -1 where unknown."""
    return np.asarray(tree.index.get_indexer(pd.Index(ids.replace("", ALL))), np.int64)


def product_column(company: Company, name: str) -> FloatArray:
    """Return a numeric column of products.csv over the leaf products, 0 where not given."""
    table = company.table("products")
    values: Mapping[str, float] = dict(
        zip(table["product_id"], np.nan_to_num(numbers(table[name])), strict=True)
    )
    return np.array([values[company.products.ids[q]] for q in company.products.leaves])
