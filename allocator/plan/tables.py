"""The tables of a plan folder: columns, which of them are required, what one row is."""

from dataclasses import dataclass
from typing import Literal

ColumnType = Literal["id", "text", "amount", "month", "date", "choice"]


@dataclass(frozen=True)
class Column:
    """One column of a table: its name, its type and whether the header must have it."""

    name: str
    type: ColumnType
    required: bool = True


@dataclass(frozen=True)
class Table:
    """One table of the plan folder; `key` names the columns that no two rows may share."""

    name: str
    columns: tuple[Column, ...]
    key: tuple[str, ...]
    row: str

    @property
    def file(self) -> str:
        """File name inside the folder."""
        return f"{self.name}.csv"

    @property
    def parquet_file(self) -> str:
        """File name inside the folder of the table as Parquet, which may stand in its place."""
        return f"{self.name}.parquet"

    @property
    def column_names(self) -> tuple[str, ...]:
        """All columns, required first, in the order of the contract."""
        return tuple(column.name for column in self.columns)

    @property
    def required_names(self) -> tuple[str, ...]:
        """The columns that the header must have."""
        return tuple(column.name for column in self.columns if column.required)


def _table(name: str, row: str, key: str, required: str, optional: str = "") -> Table:
    """Build a table from `name:type` words."""
    columns = [
        Column(word.split(":")[0], word.split(":")[1], is_required)  # type: ignore[arg-type]
        for words, is_required in ((required, True), (optional, False))
        for word in words.split()
    ]
    return Table(name, tuple(columns), tuple(key.split()), row)


ORG = _table(
    "org",
    "node of the sales organisation",
    "node_id",
    "node_id:id parent_id:id level:text name:text",
    "employee_id:text role:text email:text start:date end:date ramp:text peer_group:text",
)
PRODUCTS = _table(
    "products",
    "product or product line",
    "product_id",
    "product_id:id parent_id:id name:text",
    "margin:amount effort:amount",
)
HISTORY = _table(
    "history",
    "month x rep x product x measure",
    "period node_id product_id measure segment",
    "period:month node_id:id product_id:id measure:id amount:amount",
    "segment:text",
)
COMMITMENTS = _table(
    "commitments",
    "rep (or node) x product x measure",
    "node_id product_id measure period",
    "node_id:id product_id:id measure:id amount:amount",
    "confidence:choice period:text actual:amount",
)
POTENTIAL = _table(
    "potential",
    "node x product x measure",
    "node_id product_id measure",
    "node_id:id product_id:id measure:id amount:amount",
)
RULES = _table(
    "rules",
    "business rule",
    "rule_id",
    "rule_id:id kind:choice measure:id level:text node_id:id product_id:id"
    " min:amount max:amount basis:text tier:text owner:text",
    "note:text",
)
PINS = _table(
    "pins",
    "number fixed by a person",
    "node_id product_id measure",
    "node_id:id product_id:id measure:id amount:amount reason:text owner:text",
)
CALENDAR = _table("calendar", "month", "period", "period:month working_days:amount")
SEASONALITY = _table(
    "seasonality",
    "month (x measure x product)",
    "period measure product_id",
    "period:month weight:amount",
    "measure:id product_id:id",
)
CARRIED = _table(
    "carried",
    "rule x node",
    "rule_id node_id",
    "rule_id:id node_id:id",
    "done:amount done_whole:amount base:amount",
)

TABLES: tuple[Table, ...] = (
    ORG,
    PRODUCTS,
    HISTORY,
    COMMITMENTS,
    POTENTIAL,
    RULES,
    PINS,
    CALENDAR,
    SEASONALITY,
    CARRIED,
)
REQUIRED_TABLES = ("org", "products")
TRACKING_TABLES = ("actuals", "opportunities", "activities")
ALL_PRODUCTS = "*"
RULE_KINDS = ("range", "growth", "capacity", "mix", "fairness", "commitment", "link")
CONFIDENCE = ("low", "mid", "high")
