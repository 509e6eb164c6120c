"""A tiny company whose optimum is known by hand, written as plan and result folders by plain loops.

Four reps in two regions, three products of which two form a line. Nothing here uses the product's
code: sums run over dicts, months are split by a search of their own, rounding is found by trying
all roundings.
"""

import csv
import hashlib
import itertools
import json
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from math import floor
from pathlib import Path
from typing import Any

import numpy as np
from scipy.optimize import LinearConstraint, milp

from allocator.verification import VerificationReport

NODES = ("acme", "east", "e1", "e2", "west", "w1", "w2")
PARENT = {"acme": "", "east": "acme", "west": "acme", "e1": "east", "e2": "east", "w1": "west", "w2": "west"}
LEVEL = {"acme": "company", "east": "region", "west": "region"} | dict.fromkeys(
    ("e1", "e2", "w1", "w2"), "rep"
)
REPS = ("e1", "e2", "w1", "w2")
PRODUCTS = ("*", "bikes", "city", "road", "helmets")
PRODUCT_PARENT = {"bikes": "", "city": "bikes", "road": "bikes", "helmets": ""}
LEAVES = ("city", "road", "helmets")
BELOW = {
    "*": LEAVES,
    "bikes": ("city", "road"),
    "city": ("city",),
    "road": ("road",),
    "helmets": ("helmets",),
}
MARGIN = {"city": 0.1, "road": 0.2, "helmets": 0.4}
EFFORT = {"city": 1, "road": 2, "helmets": 3}
CELLS = tuple((rep, product) for rep in REPS for product in LEAVES)
MONTHS = tuple(f"{2019 + (6 + m) // 12}-{(6 + m) % 12 + 1:02d}" for m in range(12))
Cell = tuple[str, str]
RULE_COLUMNS = "rule_id,kind,measure,level,node_id,product_id,min,max,basis,tier,owner"


def reps_below(node: str) -> tuple[str, ...]:
    if node in REPS:
        return (node,)
    return REPS if node == "acme" else tuple(rep for rep in REPS if PARENT[rep] == node)


class NoAnswer(Exception):
    """The rules cannot hold together, or not in whole units."""


@dataclass
class Tiny:
    """One measure of the tiny company: what was planned and what the right answer is."""

    anchor: dict[Cell, float]
    x: dict[Cell, float]
    total: float
    unit: float = 1
    rules: list[str] = field(default_factory=list)
    pins: list[str] = field(default_factory=list)
    over: dict[str, float] = field(default_factory=dict)
    product_totals: str = ""
    history: dict[Cell, float] = field(
        default_factory=lambda: {cell: 80.0 + 7 * k for k, cell in enumerate(CELLS)}
    )
    commitments: list[str] = field(default_factory=list)
    potential: list[str] = field(default_factory=list)
    peer_group: dict[str, str] = field(default_factory=dict)
    end: dict[str, str] = field(default_factory=dict)
    bounds: dict[Cell, tuple[float, float | None]] = field(default_factory=dict)
    rule_rows: Callable[["Tiny"], list[dict[str, Any]]] = lambda tiny: []
    prices: list[dict[str, Any]] = field(default_factory=list)
    keeps: Callable[["Tiny", Mapping[Cell, int]], bool] = lambda tiny, units: True
    units: dict[Cell, int] = field(default_factory=dict)
    node_units: dict[tuple[str, str], int] = field(default_factory=dict)
    month_units: dict[tuple[str, str], list[int]] = field(default_factory=dict)

    def factor(self, node: str) -> float:
        return 1.0 if node == "acme" else self.factor(PARENT[node]) * (1 + self.over.get(LEVEL[node], 0.0))

    def amount(self, cells: Mapping[Cell, float], node: str, product: str) -> float:
        """X_v(p) = f_v * sum of x_l / f_l."""
        return self.factor(node) * sum(
            cells[rep, leaf] / self.factor(rep) for rep in reps_below(node) for leaf in BELOW[product]
        )

    def rounded(self) -> "Tiny":
        """Find targets by trying every rounding of the cells, the nearest first (no over-assignment)."""
        low = {cell: floor(self.x[cell] / self.unit + 1e-7) for cell in CELLS}
        loose = [cell for cell in CELLS if self.x[cell] / self.unit - low[cell] > 1e-6]
        cost = [1 - 2 * (self.x[cell] / self.unit - low[cell]) for cell in loose]
        every = itertools.product((0, 1), repeat=len(loose))
        for ups in sorted(every, key=lambda ups: sum(c for c, up in zip(cost, ups, strict=True) if up)):
            units = low | {cell: low[cell] + up for cell, up in zip(loose, ups, strict=True)}
            if self._is_near(units) and self.keeps(self, units):
                self.units = units
                self.node_units = {
                    (node, product): sum(
                        units[rep, leaf] for rep in reps_below(node) for leaf in BELOW[product]
                    )
                    for node in NODES
                    for product in PRODUCTS
                }
                return self
        raise NoAnswer("no rounding keeps what must be kept")

    def _is_near(self, units: Mapping[Cell, int]) -> bool:
        for node in NODES:
            for product in PRODUCTS:
                if product == "bikes" and node != "acme":
                    continue
                whole = sum(units[rep, leaf] for rep in reps_below(node) for leaf in BELOW[product])
                if abs(whole - self.amount(self.x, node, product) / self.unit) >= 1 - 1e-7:
                    return False
        return sum(units.values()) == round(self.total / self.unit)

    def target(self, node: str, product: str) -> float:
        return self.node_units[node, product] * self.unit

    def has_part(self, node: str) -> bool:
        return any(self.over.get(LEVEL[child], 0.0) > 0 for child in NODES if PARENT[child] == node)

    def layer(self, node: str) -> int:
        return 0 if node == "acme" else self.layer(PARENT[node]) + (self.over.get(LEVEL[node], 0.0) > 0)

    def months(self, node: str, leaf: str) -> list[int]:
        """Months are even here; those of reps, and of nodes with over-assigned children, are searched for."""
        if not self.month_units:
            for layer in range(3):
                items = [v for v in NODES if self.layer(v) == layer and (v in REPS or self.has_part(v))]
                self.month_units |= self._layer_months(items)
        if (node, leaf) in self.month_units:
            return self.month_units[node, leaf]
        children = [child for child in NODES if PARENT[child] == node]
        return [sum(column) for column in zip(*(self.months(child, leaf) for child in children), strict=True)]

    def _layer_months(self, items: list[str]) -> dict[Cell, list[int]]:
        """Whole months of some nodes, next to a twelfth of the year in every sum that is promised."""
        cells = [(item, leaf) for item in items for leaf in LEAVES]
        if not cells:
            return {}
        below = [[item for item in items if node in (item, *above(item))] for node in NODES]
        groups = [[cell for cell in cells if cell[0] in some] for some in below]
        groups += [[cell for cell in cells if cell[1] in BELOW[product]] for product in PRODUCTS]
        groups += [[cell] for cell in cells]
        is_in = np.array([[cell in group for cell in cells] for group in groups], float)
        year = np.array([self.node_units[cell] for cell in cells], float)
        twelfth = np.repeat(is_in @ year / 12, 12)
        answer = milp(
            np.zeros(12 * len(cells)),
            integrality=np.ones(12 * len(cells)),
            constraints=[
                LinearConstraint(
                    np.kron(is_in, np.eye(12)), np.floor(twelfth + 1e-9), np.ceil(twelfth - 1e-9)
                ),
                LinearConstraint(np.kron(np.eye(len(cells)), np.ones((1, 12))), year, year),
            ],
        )
        months = np.rint(answer.x).astype(int).reshape(-1, 12).tolist()
        return dict(zip(cells, months, strict=True))


def above(node: str) -> tuple[str, ...]:
    return () if node == "acme" else (PARENT[node], *above(PARENT[node]))


def holds(report: VerificationReport) -> bool:
    """Tell whether all checks pass but those of steps, tiers and rounding (untold) and of the baseline.

    The anchors are made by hand and follow from no history, so that every cell has its own.
    """
    untold = ("explanation.", "certificate_numbers", "baseline")
    return not [check for check in report.failures if not check.check.startswith(untold)]


def write_plan(tiny: Tiny, folder: Path) -> Path:
    folder.mkdir(parents=True, exist_ok=True)
    over = ", ".join(f"{level}: {h}" for level, h in tiny.over.items())
    (folder / "plan.yaml").write_text(
        "plan: tiny\nstart: 2019-07\nseasonality: even\nmeasures:\n"
        f"  revenue: {{unit: USD, round_to: {tiny.unit}, total: {tiny.total}}}\n"
        f"product_totals: {{revenue: {{{tiny.product_totals}}}}}\nover_assignment: {{{over}}}\n",
        "utf-8",
    )
    people = [
        ",".join([n, PARENT[n], LEVEL[n], n.title(), tiny.end.get(n, ""), tiny.peer_group.get(n, "")])
        for n in reversed(NODES)
    ]
    _lines(folder / "org.csv", "node_id,parent_id,level,name,end,peer_group", people)
    products = [f"{p},{up},{p},{MARGIN.get(p, '')},{EFFORT.get(p, '')}" for p, up in PRODUCT_PARENT.items()]
    _lines(folder / "products.csv", "product_id,parent_id,name,margin,effort", products)
    history = [f"2019-03,{rep},{p},revenue,{amount}" for (rep, p), amount in tiny.history.items()]
    _lines(folder / "history.csv", "period,node_id,product_id,measure,amount", history)
    _lines(folder / "rules.csv", RULE_COLUMNS, tiny.rules)
    _lines(folder / "pins.csv", "node_id,product_id,measure,amount,reason,owner", tiny.pins)
    _lines(folder / "commitments.csv", "node_id,product_id,measure,amount,period,actual", tiny.commitments)
    _lines(folder / "potential.csv", "node_id,product_id,measure,amount", tiny.potential)
    return folder


def _lines(path: Path, header: str, lines: Iterable[str]) -> None:
    path.write_text("\n".join([header, *lines]) + "\n", "utf-8")


def write_result(tiny: Tiny, out: Path, plan: Path, overrides: list[str] | None = None) -> Path:
    out.mkdir(parents=True, exist_ok=True)
    _write_cells(tiny, out)
    _write_targets(tiny, out)
    _write_explanation(tiny, out)
    columns = [
        "rule_id",
        "node_id",
        "product_id",
        "value",
        "min",
        "max",
        "status",
        "price",
        "text",
        "measure",
        "kind",
        "basis",
        "tier",
        "owner",
        "short_by",
    ]
    _table(out / "rules.csv", columns, tiny.rule_rows(tiny))
    columns = ["measure", "stage", "kind", "rule_id", "node_id", "product_id", "side", "part", "price"]
    _table(out / "prices.csv", columns, tiny.prices)
    names = [name for name in ("plan.yaml", *(f"{t}.csv" for t in PLAN_TABLES)) if (plan / name).exists()]
    certificate = {
        "status": "optimal",
        "plan": "tiny",
        "input_hash": digest({name: (plan / name).read_bytes() for name in names}, overrides or []),
        "result_hash": "",
        "files": {},
        "overrides": overrides or [],
        "versions": {},
        "engine": "hand",
        "seconds": {},
        "start": "2019-07",
        "months": 12,
        "currency": "",
        "measures": {"revenue": {"unit": "USD", "round_to": str(tiny.unit)}},
    }
    (out / "certificate.json").write_text(json.dumps(certificate), "utf-8")
    for name in ("attainment.json", "fairness.json", "names.json", "report.html"):
        (out / name).write_text("{}", "utf-8")
    return certify(out)


PLAN_TABLES = (
    "carried",
    "calendar",
    "commitments",
    "history",
    "org",
    "pins",
    "potential",
    "products",
    "rules",
    "seasonality",
)


def digest(files: Mapping[str, bytes], overrides: Iterable[str] = ()) -> str:
    """sha256 as the contract words it."""
    text = b"".join(n.encode() + b"\0" + b"%d" % len(files[n]) + b"\0" + files[n] for n in sorted(files))
    return hashlib.sha256(text + b"".join(o.encode() + b"\0" for o in overrides)).hexdigest()


def certify(out: Path) -> Path:
    """Write the fingerprint of the csv files into the certificate, as someone who tampers would."""
    certificate = json.loads((out / "certificate.json").read_text("utf-8"))
    certificate["result_hash"] = digest({path.name: path.read_bytes() for path in out.glob("*.csv")})
    certificate["files"] = {
        path.name: hashlib.sha256(path.read_bytes()).hexdigest()
        for path in out.iterdir()
        if path.suffix not in (".csv", ".parquet") and path.name != "certificate.json"
    }
    (out / "certificate.json").write_text(json.dumps(certificate), "utf-8")
    return out


def _write_cells(tiny: Tiny, out: Path) -> None:
    rows = []
    for rep, leaf in CELLS:
        lower, upper = tiny.bounds.get((rep, leaf), (0.0, None))
        rows.append(
            {
                "measure": "revenue",
                "node_id": rep,
                "product_id": leaf,
                "baseline": tiny.anchor[rep, leaf],
                "anchor": tiny.anchor[rep, leaf],
                "lower": lower,
                "upper": "" if upper is None else upper,
                "unrounded": repr(float(tiny.x[rep, leaf])),
                "target": tiny.target(rep, leaf),
            }
        )
    _table(out / "cells.csv", list(rows[0]), rows)


def _write_targets(tiny: Tiny, out: Path) -> None:
    rows, months = [], []
    for node in NODES:
        children = [child for child in NODES if PARENT[child] == node]
        for product in PRODUCTS:
            target = tiny.target(node, product)
            last_year = sum(
                tiny.history.get((rep, leaf), 0.0) for rep in reps_below(node) for leaf in BELOW[product]
            )
            anchor = tiny.amount(tiny.anchor, node, product)
            rows.append(
                {
                    "measure": "revenue",
                    "node_id": node,
                    "level": LEVEL[node],
                    "product_id": product,
                    "target": target,
                    "last_year": last_year,
                    "growth": target / last_year - 1 if last_year > 0 else "",
                    "anchor": anchor,
                    "ratio": target / anchor if anchor > 0 else "",
                    "children_sum": sum(tiny.target(child, product) for child in children)
                    if children
                    else "",
                }
            )
            split = [sum(c) for c in zip(*(tiny.months(node, leaf) for leaf in BELOW[product]), strict=True)]
            months += [
                {
                    "measure": "revenue",
                    "node_id": node,
                    "product_id": product,
                    "period": m,
                    "target": u * tiny.unit,
                }
                for m, u in zip(MONTHS, split, strict=True)
            ]
    _table(out / "targets.csv", list(rows[0]), rows)
    _table(out / "targets_monthly.csv", list(months[0]), months)


def _write_explanation(tiny: Tiny, out: Path) -> None:
    """Explain every target in two steps that add up to it."""
    rows = [
        {
            "measure": "revenue",
            "node_id": n,
            "product_id": p,
            "step": step,
            "amount": units * tiny.unit,
            "text": "so",
        }
        for n in NODES
        for p in PRODUCTS
        for step, units in (("last_year", tiny.node_units[n, p] - 3), ("rounding", 3))
    ]
    _table(out / "explanation.csv", list(rows[0]), rows)


def _table(path: Path, columns: list[str], rows: list[dict[str, Any]]) -> None:
    with path.open("w", encoding="utf-8", newline="") as stream:
        writer = csv.DictWriter(stream, columns, lineterminator="\n")
        writer.writeheader()
        writer.writerows(rows)


def rule_row(rule_id: str, kind: str, node: str, product: str, **values: Any) -> dict[str, Any]:
    """One row of rules.csv; what is not said is a slack hard rule without a price."""
    basis = {
        "range": "amount",
        "capacity": "amount",
        "growth": "last_year",
        "mix": "share",
        "fairness": "anchor",
    }
    basis |= {"commitment": "ratio", "link": "margin", "pin": "amount"}
    row = {"rule_id": rule_id, "kind": kind, "node_id": node, "product_id": product, "measure": "revenue"}
    row |= {"status": "slack", "price": 0.0, "tier": "hard", "owner": "CFO"}
    row |= {"basis": basis[kind], "short_by": 0.0, "min": "", "max": ""} | values
    word = {"slack": "not binding"}.get(row["status"], row["status"])
    return {"text": f"{kind} of {node} - {word}"} | row


def price(
    stage: str, kind: str, rule_id: str, node: str, product: str, side: str, part: str, y: float
) -> dict[str, Any]:
    """One row of prices.csv."""
    return {
        "measure": "revenue",
        "stage": stage,
        "kind": kind,
        "rule_id": rule_id,
        "node_id": node,
        "product_id": product,
        "side": side,
        "part": part,
        "price": repr(float(y)),
    }
