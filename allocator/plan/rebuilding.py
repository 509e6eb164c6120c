"""A checked plan back as the texts it came from, so that it can be changed and checked once more."""

from collections.abc import Iterator, Mapping
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from allocator.plan.plan import NO_DATE, Plan, month_text
from allocator.plan.sheet import Sheet, TextColumn
from allocator.plan.source import PLAN_FILE
from allocator.plan.spec import PlanSpec
from allocator.plan.tables import TABLES, Column, Table
from allocator.plan.yaml_source import Branch, Node, Place, Scalar, Tag

EPOCH = date(1970, 1, 1)


class PlanSheets(Mapping[str, Sheet]):
    """The tables of a plan as texts, each made when it is first asked for and kept.

    Reading a sheet again gives the frame of the plan bit for bit: amounts are written with every digit.
    """

    def __init__(self, plan: Plan) -> None:
        self._plan = plan
        self._tables = {table.name: table for table in TABLES}
        self._made: dict[str, Sheet] = {}

    def __getitem__(self, name: str) -> Sheet:
        if name not in self._made:
            self._made[name] = sheet_of(self._tables[name], frame_of(self._plan, name))
        return self._made[name]

    def __iter__(self) -> Iterator[str]:
        return iter(self._tables)

    def __len__(self) -> int:
        return len(self._tables)


def frame_of(plan: Plan, table: str) -> pd.DataFrame:
    """Return one table of a plan."""
    frame: pd.DataFrame = getattr(plan, table)
    return frame


def frames_of(plan: Plan) -> dict[str, pd.DataFrame]:
    """Return every table of a plan by name."""
    return {table.name: frame_of(plan, table.name) for table in TABLES}


def sheet_of(table: Table, frame: pd.DataFrame) -> Sheet:
    """Write a typed table as texts; rows are numbered as in a file with a header."""
    known = {column.name for column in table.columns}
    columns = [
        *table.columns,
        *(Column(str(name), "amount", required=False) for name in frame.columns if name not in known),
    ]
    return Sheet(
        table,
        table.file,
        np.arange(len(frame), dtype=np.int64) + 2,
        {column.name: _text_column(frame[column.name], column) for column in columns},
        is_present=len(frame) > 0,
    )


def settings_tree(spec: PlanSpec) -> Branch:
    """Write a specification as the tree it could have been read from; what was not given stays out."""
    tree = _branch(spec.model_dump(exclude_unset=True))
    assert isinstance(tree, Branch)
    return tree


def amount_text(amount: float) -> str:
    """Return an amount as a plain decimal with every digit, empty for NaN."""
    if np.isnan(amount):
        return ""
    text = format(Decimal(repr(float(amount))), "f")
    return text.removesuffix(".0")


def day_text(day: int) -> str:
    """Return `YYYY-MM-DD` of days since 1970-01-01, empty for `NO_DATE`."""
    return "" if day == NO_DATE else (EPOCH + timedelta(days=int(day))).isoformat()


def _text_column(values: pd.Series, column: Column) -> TextColumn:
    code, distinct = pd.factorize(values, use_na_sentinel=False)
    texts: list[str]
    if column.type == "amount":
        texts = [amount_text(value) for value in distinct]
    elif column.type == "month":
        texts = ["" if value < 0 else month_text(int(value)) for value in distinct]
    elif column.type == "date":
        texts = [day_text(value) for value in distinct]
    else:
        texts = [str(value) for value in distinct]
    values_array: NDArray[np.object_] = np.array(texts, dtype=object)
    return TextColumn(code.astype(np.int32), values_array)


def _branch(value: Any) -> Node:
    place = Place(PLAN_FILE, 0)
    if isinstance(value, dict):
        children = {str(key): _branch(below) for key, below in value.items() if below is not None}
        return Branch(children, place, dict.fromkeys(children, place))
    text, tag = scalar_text(value)
    return Scalar(text, tag, place)


def scalar_text(value: object) -> tuple[str, Tag]:
    """Return a value as plan.yaml would hold it, and what its form says it is."""
    if isinstance(value, bool):
        return ("true" if value else "false"), "bool"
    if isinstance(value, Decimal):
        return format(value, "f"), "number"
    if isinstance(value, int):
        return str(value), "number"
    if isinstance(value, float):
        return format(Decimal(repr(value)), "f"), "number"
    return str(value), "text"
