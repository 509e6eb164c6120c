"""Allocations made by hand: a plan in frames, anchors from a few numbers, targets from whole numbers."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

import numpy as np
import pandas as pd

from allocator.allocation import Allocation, MeasureAllocation
from allocator.anchors.anchors import Anchors, Totals
from allocator.anchors.observed import observe
from allocator.explanation.waterfall import STEPS, Waterfall
from allocator.model.labels import Labels, label_plan
from allocator.plan import tables
from allocator.plan.plan import NO_DATE, Plan
from allocator.plan.spec import PlanSpec

NOT_GIVEN = {"id": "", "text": "", "choice": "", "amount": np.nan, "month": -1, "date": NO_DATE}
SPEC = {
    "plan": "fy2020",
    "name": "财年 2020",
    "start": "2019-07",
    "months": 12,
    "currency": "CNY",
    "measures": {
        "revenue": {"unit": "CNY", "round_to": "1000", "total": "1"},
        "profit": {"unit": "CNY", "round_to": "0.01", "total": "1"},
    },
    "stretch_levels": {"base": 1.0, "stretch": 1.1, "challenge": 1.25},
}
# Siblings stand neither in order of id nor of name, so that the file's own order can be seen.
ORG = (
    ("root", "", "company", "Acme 公司", {}),
    ("west", "root", "region", "West", {"email": "west@example.com"}),
    ("east", "root", "region", "华东大区", {"employee_id": "900"}),
    ("w1", "west", "team", "Team W1", {}),
    ("e2", "east", "team", "杭州团队", {}),
    ("e1", "east", "team", "上海团队", {}),
    ("w11", "w1", "rep", "Ann, Lee", {"employee_id": "001"}),
    ("w12", "w1", "rep", "=1+1", {"employee_id": "002"}),
    ("e21", "e2", "rep", "", {"role": "空缺"}),
    ("e11", "e1", "rep", "张伟", {"employee_id": "003"}),
    ("e12", "e1", "rep", "李娜", {"employee_id": "004"}),
)
PRODUCTS = (
    ("soft", "", "Software 软件"),
    ("hard", "", "Hardware"),
    ("cloud", "soft", "Cloud"),
    ("apps", "soft", '"Apps"'),
    ("pads", "hard", "Pads"),
)
PINS = (("w11", "cloud", "revenue", 13_000.0), ("east", "", "profit", 0.0))
COMMITMENTS = (
    ("w11", "*", "revenue", 40_000.0),
    ("e11", "pads", "revenue", 9_000.0),
    ("west", "*", "revenue", 70_000.0),
)


def frame(table: tables.Table, rows: Iterable[Mapping[str, Any]]) -> pd.DataFrame:
    """A table of a plan with everything that is not named "not given"."""
    given = list(rows)
    types = {"id": str, "text": str, "choice": str, "amount": np.float64, "month": np.int64, "date": np.int64}
    return pd.DataFrame(
        {
            column.name: pd.Series(
                [row.get(column.name, NOT_GIVEN[column.type]) for row in given], dtype=types[column.type]
            )
            for column in table.columns
        }
    )


def plan_of(
    *,
    spec: Mapping[str, Any] | None = None,
    org: Sequence[tuple[str, str, str, str, Mapping[str, str]]] = ORG,
    products: Sequence[tuple[str, str, str]] = PRODUCTS,
    pins: Sequence[tuple[str, str, str, float]] = PINS,
    commitments: Sequence[tuple[str, str, str, float]] = COMMITMENTS,
) -> Plan:
    """A plan with the tables that results are shown from; the others are empty."""
    number = ("node_id", "product_id", "measure", "amount")
    node = ("node_id", "parent_id", "level", "name")
    product = ("product_id", "parent_id", "name")
    return Plan(
        spec=PlanSpec.model_validate({**SPEC, **(spec or {})}),
        org=frame(tables.ORG, ({**dict(zip(node, row[:4], strict=True)), **row[4]} for row in org)),
        products=frame(tables.PRODUCTS, (dict(zip(product, row, strict=True)) for row in products)),
        history=frame(tables.HISTORY, ()),
        commitments=frame(tables.COMMITMENTS, (dict(zip(number, row, strict=True)) for row in commitments)),
        potential=frame(tables.POTENTIAL, ()),
        rules=frame(tables.RULES, ()),
        pins=frame(tables.PINS, (dict(zip(number, row, strict=True)) for row in pins)),
        calendar=frame(tables.CALENDAR, ()),
        seasonality=frame(tables.SEASONALITY, ()),
        carried=frame(tables.CARRIED, ()),
        input_hash="ab" * 32,
        overrides=("months=12",),
    )


def allocation_of(plan: Plan, cell_units: Mapping[str, Sequence[int]] | None = None) -> Allocation:
    """Targets whose cells are given (or 7, 12, 17 ... units), with anchors, rules and months beside them."""
    labels = label_plan(plan)
    cells = {measure: 7 + 5 * np.arange(labels.grid.n_cell) for measure in plan.spec.measures}
    cells |= {measure: np.asarray(units, np.int64) for measure, units in (cell_units or {}).items()}
    measures = tuple(_measure(plan, labels, measure, cells[measure]) for measure in plan.spec.measures)
    return Allocation(plan, labels, measures, "highs", {"solve": 0.25, "round": 0.125})


def _measure(plan: Plan, labels: Labels, measure: str, cells: np.ndarray) -> MeasureAllocation:
    unit, n = float(plan.spec.measures[measure].round_to), labels.grid.n_cell
    units = node_units(labels, cells)
    unrounded = cells * unit
    last_year = np.where(np.arange(n) % 4 == 3, 0.0, unrounded / 1.25)
    anchor = unrounded * (0.9 + 0.2 * (np.arange(n) % 2))
    anchors = Anchors(
        last_year=last_year,
        history=last_year,
        potential=np.full(n, np.nan),
        commitment=np.full(n, np.nan),
        weight=np.tile([[1.0], [0.0], [0.0]], n),
        baseline=last_year,
        anchor=anchor,
        totals=Totals(int(units[0, 0]), units[0] * 0, units[0], np.zeros(len(labels.product_id))),
        bias=pd.DataFrame(),
        weights={"history": 1.0},
        observed=observe(plan, labels, measure),
        outlook=last_year,
    )
    return MeasureAllocation(
        measure=measure,
        anchors=anchors,
        lower=np.zeros(n),
        upper=np.where(np.arange(n) == 0, unrounded[0], np.inf),
        unrounded=unrounded,
        target_units=units,
        month_units=month_units(labels, units, plan.spec.months),
        rules=rules_of(labels, units * unit),
        prices=pd.DataFrame(
            [(measure, "balance", "total", "", labels.node_id[0], "*", "both", "", 0.1 + 0.2)],
            columns=["measure", "stage", "kind", "rule_id", "node_id", "product_id", "side", "part", "price"],
        ),
        waterfall=waterfall_of(units),
        evidence={
            "residuals": {"kkt": 1e-12},
            "passes": 3,
            "tiers": [],
            "unsettled_tiers": [],
            "rounding": {"layers": 1},
        },
    )


def node_units(labels: Labels, cells: np.ndarray) -> np.ndarray:
    """Whole units of every node and product from whole units of the cells: sums, drawn back by (1 + h)."""
    grid = labels.grid
    units = np.zeros((len(grid.org), len(grid.products)), np.int64)
    units[np.ix_(grid.org.leaf, grid.products.leaf)] = cells.reshape(grid.n_rep, grid.n_product)
    for v in range(len(grid.org) - 1, -1, -1):
        children = np.flatnonzero(grid.org.parent == v)
        if len(children):
            below = units[children] / (1.0 + grid.over_assignment[children])[:, None]
            units[v] = np.floor(below.sum(axis=0) + 0.5)
        units[v] = grid.products.roll_up(units[v, grid.products.leaf])
    return units


def month_units(labels: Labels, units: np.ndarray, n_month: int) -> np.ndarray:
    """Months that add up to every row, and over the org too where nothing is over-assigned.

    A cell's remainder goes to its first months; a node's is its children's, or its own where
    they are over-assigned.
    """
    grid = labels.grid
    split = units[:, :, None] // n_month + (np.arange(n_month) < (units % n_month)[:, :, None])
    for v in range(len(grid.org) - 1, -1, -1):
        children = np.flatnonzero(grid.org.parent == v)
        if len(children) and not grid.over_assignment[children].any():
            split[v] = split[children].sum(axis=0)
        else:
            split[v] = grid.products.roll_up(split[v, grid.products.leaf])
    return split


def waterfall_of(units: np.ndarray) -> Waterfall:
    """Two steps that add up: half from last year, the rest by rounding."""
    steps = np.zeros((len(STEPS), *units.shape), np.int64)
    steps[0] = units // 2
    steps[-1] = units - steps[0]
    return Waterfall(steps, np.full(steps.shape, -1, np.int64), ())


def rules_of(labels: Labels, targets: np.ndarray) -> pd.DataFrame:
    """One row of every status, as the pipeline hands them over."""
    first = np.flatnonzero(labels.grid.org.parent <= 0)
    west, east = int(first[-1]), int(first[0])
    cloud = int(labels.grid.products.leaf[0])
    rows = [
        ("r-range", "range", "amount", west, 0, 0.0, 9e9, 0, "CFO", targets[west, 0], "slack", 0.0, 0.0),
        ("r-growth", "growth", "last_year", west, 0, -0.5, 0.25, 0, "CFO", 0.25, "binding", -2e-4, 0.0),
        ("r-mix", "mix", "share", east, cloud, 0.9, np.inf, 1, "=PM", 0.4, "relaxed", 3e-4, 1234.5),
        ("r-fair", "fairness", "anchor", east, 0, np.nan, 0.1, 2, "", -0.1, "binding", 5e-4, 0.0),
        ("pin", "pin", "", west, cloud, np.nan, np.nan, 0, "W1", targets[west, cloud], "binding", 1e-5, 0.0),
    ]
    columns = ["rule_id", "kind", "basis", "node", "product", "min", "max", "tier", "owner"]
    return pd.DataFrame(rows, columns=[*columns, "value", "status", "price", "short_by"])


def large_company(n_region: int, n_team: int, n_rep: int, n_product: int, over: float = 0.0) -> Allocation:
    """An allocation over a regular tree, with pins and commitments here and there."""
    org: list[tuple[str, str, str, str, Mapping[str, str]]] = [("c", "", "company", "Northwind 北风公司", {})]
    for region in range(n_region):
        org.append((f"r{region}", "c", "region", f"大区 {region + 1}", {}))
        for team in range(n_team):
            org.append((f"r{region}t{team}", f"r{region}", "team", f"Team {region + 1}.{team + 1}", {}))
            for rep in range(n_rep):
                key = f"r{region}t{team}p{rep}"
                org.append(
                    (
                        key,
                        f"r{region}t{team}",
                        "rep",
                        f"Person 员工 {key}",
                        {"employee_id": f"9{len(org):05d}"},
                    )
                )
    products = [(f"line{line}", "", f"Product line 产品线 {line + 1}") for line in range(-(-n_product // 3))]
    products += [
        (f"p{product}", f"line{product // 3}", f"Product {product + 1}") for product in range(n_product)
    ]
    plan = plan_of(
        spec={"over_assignment": {"rep": over}, "name": "Annual plan 年度计划 2020"},
        org=org,
        products=products,
        pins=[("r0", "p1", "revenue", 0.0), ("r0t0p0", "", "revenue", 0.0)],
        commitments=[(row[0], "*", "revenue", 400_000.0) for row in org[3::2] if row[2] == "rep"],
    )
    n = n_region * n_team * n_rep * n_product
    return allocation_of(plan, {measure: 20 + (np.arange(n) * 7919) % 83 for measure in plan.spec.measures})
