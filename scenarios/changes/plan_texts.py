"""What a plan says while changes are laid over it: tables and settings as texts, and faults of changes."""

from collections.abc import Callable, Iterable
from typing import TypeAlias

import numpy as np
import pandas as pd

from allocator.plan.faults import FaultCollector, NearMatches
from allocator.plan.plan import Plan, first_day, month_number, month_text
from allocator.plan.rebuilding import PlanSheets, day_text, settings_tree
from allocator.plan.tables import ALL_PRODUCTS, TABLES
from allocator.plan.yaml_source import Branch, Node
from allocator.texts import worded

CHANGES = "changes"
"""What faults of changes bear as their file; their row is the position of the change."""
Things: TypeAlias = tuple[str, ...]
Reference: TypeAlias = Callable[[str, str, str], float]
"""Target of (measure, node, product) in the plan that the changes are laid over."""
TABLE = {table.name: table for table in TABLES}
KEYS = {
    "org": ("node_id",),
    "products": ("product_id",),
    "rules": ("rule_id",),
    "pins": ("measure", "node_id", "product_id"),
    "commitments": ("measure", "node_id", "product_id", "period"),
    "potential": ("measure", "node_id", "product_id"),
    "history": ("measure", "node_id", "product_id", "period", "segment"),
    "seasonality": ("measure", "product_id", "period"),
    "calendar": ("period",),
}


class PlanTexts:
    """Tables and settings as they stand now; `begin` says which change asks next, for its faults."""

    def __init__(self, plan: Plan, sheets: PlanSheets, reference: Reference, faults: FaultCollector) -> None:
        self.plan = plan
        self.tree = settings_tree(plan.spec)
        self.reference = reference
        self.touched: set[str] = set()
        self.position = 0
        self._name = ""
        self._names: dict[int, str] = {}
        self._sheets = sheets
        self._faults = faults
        self._texts: dict[str, pd.DataFrame] = {}
        self._dropped: dict[str, int] = {}

    def begin(self, position: int, name: str) -> None:
        """Let the edits that follow belong to a change."""
        self.position, self._name = position, name
        self._names[position] = name

    # what is there

    def table(self, name: str) -> pd.DataFrame:
        """Return a table as texts, as it stands now; its index numbers rows for good."""
        if name not in self._texts:
            sheet = self._sheets[name]
            self._texts[name] = pd.DataFrame(
                {column: sheet.columns[column].texts() for column in sheet.columns}, dtype=object
            )
        return self._texts[name]

    @property
    def changed_tables(self) -> Iterable[str]:
        """Names of the tables that differ."""
        return sorted(self.touched & set(TABLE))

    def rows(self, table: str, **values: str) -> pd.DataFrame:
        """Return the rows of a table whose columns hold these texts."""
        frame = self.table(table)
        mask = np.ones(len(frame), dtype=bool)
        for column, value in values.items():
            mask &= (frame[column] == value).to_numpy(bool)
        return frame[mask]

    def record(self, table: str, **values: str) -> dict[str, str]:
        """Return the first row of a table whose columns hold these texts, by column."""
        row = self.rows(table, **values).iloc[0]
        return {str(column): str(text) for column, text in row.items()}

    def setting(self, *path: str) -> Node | None:
        """Return what plan.yaml says under a path."""
        return self.tree.at(path)

    @property
    def months(self) -> range:
        """Month numbers of the plan."""
        return self.plan.month_numbers

    def children(self, node: str) -> list[str]:
        """Return the ids of the nodes right below a node."""
        return [str(child) for child in self.rows("org", parent_id=node)["node_id"]]

    def reps_below(self, node: str) -> list[str]:
        """Return the leaves at or below a node, in the order of org.csv by level."""
        below = self.children(node)
        return [node] if not below else [rep for child in below for rep in self.reps_below(child)]

    def subtree(self, node: str) -> list[str]:
        """Return a node and all below it, parents first."""
        return [node, *(below for child in self.children(node) for below in self.subtree(child))]

    def has_history(self, node: str) -> bool:
        """Tell whether history.csv names a node."""
        if "history" in self._texts:
            return len(self.rows("history", node_id=node)) > 0
        return bool((self.plan.history["node_id"] == node).any())

    def products_below(self, product: str) -> list[str]:
        """Return a product and all below it, parents first."""
        children = [str(child) for child in self.rows("products", parent_id=product)["product_id"]]
        return [product, *(below for child in children for below in self.products_below(child))]

    # faults

    def refuse(self, column: str, value: object, *, code: str, message: str, hint: str) -> None:
        """Add a fault of the change at hand."""
        message = worded("fault.change.named", kind=self._name, message=message)
        self._faults.add(CHANGES, self.position, column, value, code=code, message=message, hint=hint)

    def knows(self, column: str, value: str, known: Iterable[str], what: str) -> bool:
        """Tell whether a name is known; where it is not, add a fault with near matches."""
        names = [name for name in dict.fromkeys(known) if name]
        if value in names:
            return True
        if value in self._dropped:
            self._conflict(column, value, self._dropped[value], "fault.change.taken_away")
            return False
        shown = ", ".join(names[:12]) + (" ..." if len(names) > 12 else "")
        thing = worded(f"fault.thing.{what.replace(' ', '_')}")
        otherwise = (
            worded("fault.change.one_of", names=shown)
            if names
            else worded("fault.change.none_at_all", what=thing)
        )
        self.refuse(
            column,
            value,
            code=f"unknown-{what.replace(' ', '-')}",
            message=worded("fault.unknown", what=thing, name=value),
            hint=NearMatches(names, otherwise)(value),
        )
        return False

    def knows_measure(self, measure: str, column: str = "measure") -> bool:
        """Tell whether a measure is known."""
        branch = self.setting("measures")
        return self.knows(column, measure, branch.children if isinstance(branch, Branch) else (), "measure")

    def knows_node(self, node: str, column: str = "node") -> bool:
        """Tell whether a node is known."""
        return self.knows(column, node, self.table("org")["node_id"], "node")

    def knows_product(self, product: str, column: str = "product") -> bool:
        """Tell whether a product (or `*`) is known."""
        return product == ALL_PRODUCTS or self.knows(
            column, product, self.table("products")["product_id"], "product"
        )

    def knows_rule(self, rule_id: str, column: str = "rule_id") -> bool:
        """Tell whether a rule is known."""
        return self.knows(column, rule_id, self.table("rules")["rule_id"], "rule")

    def knows_place(self, measure: str, node: str, product: str) -> bool:
        """Tell whether measure, node and product are known; every unknown one is a fault."""
        return all([self.knows_measure(measure), self.knows_node(node), self.knows_product(product)])

    def is_new(self, column: str, value: str, table: str) -> bool:
        """Tell whether an id is still free."""
        key = KEYS[table][0]
        if len(self.rows(table, **{key: value})) == 0:
            return True
        self.refuse(
            column,
            value,
            code="duplicate-id",
            message=worded("fault.change.taken", file=TABLE[table].file, name=value),
            hint=worded("fault.change.taken.hint"),
        )
        return False

    def month(self, column: str, month: str | None) -> int | None:
        """Return the month number of an effective month (the plan's first by default); None = a fault."""
        number = self.months[0] if month is None else month_number(month)
        if number in self.months:
            return number
        self.refuse(
            column,
            month,
            code="month-outside-plan",
            message=worded("fault.change.no_month", month=month),
            hint=worded(
                "fault.change.no_month.hint",
                first=month_text(self.months[0]),
                last=month_text(self.months[-1]),
            ),
        )
        return None

    def _conflict(self, column: str, thing: str, other: int, key: str) -> None:
        self.refuse(
            column,
            "",
            code="conflicting-changes",
            message=worded(key, number=other, kind=self._names[other], thing=thing),
            hint=worded("fault.change.conflict.hint"),
        )


def first_of_month(month: int) -> str:
    """Return the first day of a month number as text."""
    return day_text(first_day(month))


def last_before(month: int) -> str:
    """Return the day before the first of a month number as text."""
    return day_text(first_day(month) - 1)
