"""Small plans made of frames, for tests of the anchors."""

from collections.abc import Iterable, Mapping
from typing import Any

import numpy as np
import pandas as pd

from allocator.anchors.anchors import Anchors
from allocator.anchors.build import build_anchors
from allocator.model.labels import Labels, label_plan
from allocator.plan.plan import NO_DATE, Plan, month_number
from allocator.plan.spec import PlanSpec
from allocator.plan.tables import TABLES

EMPTY: dict[str, object] = {
    "id": "",
    "text": "",
    "choice": "",
    "amount": np.nan,
    "month": -1,
    "date": NO_DATE,
}
DTYPES = {
    "id": object,
    "text": object,
    "choice": object,
    "amount": float,
    "month": np.int64,
    "date": np.int64,
}
SEASON = np.array([9, 9, 10, 10, 11, 12, 8, 8, 10, 11, 11, 11], dtype=float)


def frame(table: str, rows: Iterable[Mapping[str, object]]) -> pd.DataFrame:
    """One table of a plan from rows that name only what is given; dates and months as text."""
    described = next(one for one in TABLES if one.name == table)
    listed = list(rows)
    columns = {}
    for column in described.columns:
        values = [_typed(column.type, row.get(column.name, EMPTY[column.type])) for row in listed]
        columns[column.name] = pd.Series(values, dtype=DTYPES[column.type])
    return pd.DataFrame(columns)


def _typed(kind: str, value: object) -> object:
    if kind == "date" and isinstance(value, str):
        return int(np.datetime64(value, "D").astype(np.int64))
    if kind == "month" and isinstance(value, str):
        return month_number(value)
    return value


def reps(ids: Iterable[str], parent: str = "co", **columns: object) -> list[dict[str, object]]:
    """Rows of org.csv for reps of one team."""
    return [{"node_id": one, "parent_id": parent, "level": "rep", **columns} for one in ids]


def company(*rows: dict[str, object]) -> list[dict[str, object]]:
    """Rows of org.csv: the root and what is given."""
    return [{"node_id": "co", "level": "company"}, *rows]


def products(*ids: str) -> list[dict[str, object]]:
    """Rows of products.csv without lines."""
    return [{"product_id": one} for one in ids]


def monthly(
    rep: str, product: str, last_year: float, growth: float = 0.0, years: int = 2, **more: Any
) -> list[Any]:
    """History of `years` years before 2020-01 with a season; each year (1 + growth) x the one before."""
    rows = []
    for month in range(12 * years):
        back = (12 * years - 1 - month) // 12
        amount = last_year / (1 + growth) ** back * SEASON[month % 12] / SEASON.sum()
        number = 2020 * 12 - 12 * years + month
        rows.append(
            {"period": number, "node_id": rep, "product_id": product, "measure": "sales", "amount": amount}
            | more
        )
    return rows


def make_plan(
    org: Iterable[Mapping[str, object]],
    product_rows: Iterable[Mapping[str, object]],
    history: Iterable[Mapping[str, object]] = (),
    commitments: Iterable[Mapping[str, object]] = (),
    potential: Iterable[Mapping[str, object]] = (),
    **spec: Any,
) -> Plan:
    """Build a plan for 2020 with one measure `sales`; keywords replace keys of plan.yaml."""
    total = spec.pop("total", 1000)
    round_to = spec.pop("round_to", 1)
    settings = {
        "plan": "p",
        "start": "2020-01",
        "measures": {"sales": {"unit": "USD", "round_to": round_to, "total": total}},
        "baseline": {"history": 1.0},
        **spec,
    }
    tables = {"commitments": commitments, "potential": potential}
    filled = {
        name: frame(name, [{"measure": "sales", "product_id": "*", **row} for row in rows])
        for name, rows in tables.items()
    }
    return Plan(
        spec=PlanSpec.model_validate(settings),
        org=frame("org", org),
        products=frame("products", product_rows),
        history=frame("history", history),
        rules=frame("rules", ()),
        pins=frame("pins", ()),
        calendar=frame("calendar", ()),
        seasonality=frame("seasonality", ()),
        carried=frame("carried", ()),
        input_hash="",
        **filled,
    )


def anchors_of(plan: Plan) -> tuple[Labels, Anchors]:
    """Label a plan and build the anchors of its measure."""
    labels = label_plan(plan)
    return labels, build_anchors(plan, labels, "sales")


def by_rep(labels: Labels, cells: np.ndarray) -> dict[str, float]:
    """Sum cells per rep."""
    return dict(zip(labels.rep_id, cells.reshape(labels.grid.n_rep, -1).sum(axis=1).tolist(), strict=True))
