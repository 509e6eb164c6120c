"""Random nasty plans: a seed gives a plan folder in memory, mostly feasible and rarely kind.

Behind every plan stands a hidden point: whole units for each rep and product. Totals and most hard rules
hold there, so that plans with many rules still have an answer; soft rules, bands and histories need not.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

import numpy as np
import yaml

from allocator.plan.faults import FaultCollector
from allocator.plan.plan import Plan
from allocator.plan.reading import check_source
from allocator.plan.source import source_of_files

Row = dict[str, Any]
COLUMNS = {
    "org": "node_id parent_id level name role start end ramp peer_group",
    "products": "product_id parent_id name margin effort",
    "history": "period node_id product_id measure amount",
    "commitments": "node_id product_id measure amount confidence period actual",
    "potential": "node_id product_id measure amount",
    "rules": "rule_id kind measure level node_id product_id min max basis tier owner",
    "pins": "node_id product_id measure amount reason owner",
}
BETWEEN = {1: (), 2: ("region",), 3: ("region", "team"), 4: ("region", "district", "team")}
SLACKS = (0.0, 0.0, 1e-3, 0.02, 0.1, 0.5)


@dataclass(frozen=True)
class NastyPlan:
    """A plan as rows, before it is text.

    Parameters
    ----------
    settings
        plan.yaml.
    tables
        Rows by table.
    """

    settings: Row
    tables: dict[str, list[Row]]

    def files(self) -> dict[str, bytes]:
        """The plan folder: bytes by file name."""
        texts = {"plan.yaml": yaml.safe_dump(self.settings, sort_keys=False)}
        for name, rows in self.tables.items():
            columns = COLUMNS[name].split()
            lines = [columns, *([_text(row.get(column, "")) for column in columns] for row in rows)]
            texts[f"{name}.csv"] = "".join(",".join(line) + "\n" for line in lines)
        return {name: text.encode() for name, text in texts.items()}

    def read(self) -> Plan:
        """The plan as `read_plan` would find it in the folder."""
        faults = FaultCollector()
        return check_source(source_of_files(self.files(), faults), (), faults)

    def write(self, folder: Path) -> Path:
        """Write the folder."""
        folder.mkdir(parents=True)
        for name, content in self.files().items():
            (folder / name).write_bytes(content)
        return folder

    def without(self, table: str, position: int) -> "NastyPlan":
        """The plan with one row less."""
        rows = self.tables[table]
        return replace(self, tables={**self.tables, table: [*rows[:position], *rows[position + 1 :]]})


def _text(value: object) -> str:
    return np.format_float_positional(value, trim="-") if isinstance(value, float) else str(value)


def _is_size(rule: Row, measure: str) -> bool:
    """True for a hard capacity over all products in amounts: what fairness may take as a basis."""
    is_hard = rule["tier"] in ("hard", "") and rule["basis"] == "amount"
    return is_hard and rule["measure"] == measure and rule["product_id"] == "*" and rule["max"] > 0


def _is_commitment(row: Row, measure: str, product: str) -> bool:
    return row["measure"] == measure and "actual" not in row and product in ("*", row["product_id"])


def nasty_plan(seed: int) -> NastyPlan:
    """The plan of a seed; about one in six is impossible, a few are refused for what they ask."""
    return _Author(np.random.default_rng([seed, 20])).plan(seed)


def smallest_plan(plan: NastyPlan, still_fails: Callable[[NastyPlan], bool]) -> NastyPlan:
    """Leave out rows as long as the plan still fails in the same way."""
    found = True
    while found:
        found = False
        for table in ("rules", "pins", "potential", "commitments"):
            for position in reversed(range(len(plan.tables[table]))):
                smaller = plan.without(table, position)
                if still_fails(smaller):
                    plan, found = smaller, True
        for key in ("product_totals", "over_assignment"):
            smaller = replace(plan, settings={**plan.settings, key: {}})
            if plan.settings.get(key) and still_fails(smaller):
                plan, found = smaller, True
    return plan


@dataclass
class _Author:
    """Writes one plan; what is drawn first (units, sizes, shape) colours all that follows."""

    rng: np.random.Generator
    org: list[Row] = field(default_factory=list)
    unit: float = 1.0
    hidden: dict[tuple[str, str, str], int] = field(default_factory=dict)
    """Whole units of each measure, rep and product."""
    last_year: dict[tuple[str, str, str], float] = field(default_factory=dict)
    over: dict[str, float] = field(default_factory=dict)

    def plan(self, seed: int) -> NastyPlan:
        """Draw everything."""
        self.measures = ["m"] if self.chance(0.75) else ["m", "k"]
        self.units = {name: float(self.one_of((0.01, 1.0, 1.0, 1.0, 1000.0))) for name in self.measures}
        self._draw_org()
        self._draw_products()
        for measure in self.measures:
            self._draw_hidden(measure)
        self.commitments, self.potential = self._commitments(), self._potential()
        tables = {
            "org": self.org,
            "products": self.products,
            "history": self._history(),
            "commitments": self.commitments,
            "potential": self.potential,
            "rules": self._rules(),
            "pins": self._pins(),
        }
        settings = {
            "plan": f"nasty-{seed}",
            "start": "2024-01",
            "months": int(self.one_of((12, 12, 12, 6, 3))),
            "measures": {
                name: {
                    "unit": "USD",
                    "round_to": self.units[name],
                    "total": self.amount(name, self.total(name)),
                }
                for name in self.measures
            },
            "product_totals": self._product_totals(),
            "baseline": self.one_of(
                ({"history": 1.0}, {"history": 0.7, "potential": 0.1, "commitment": 0.2}, "auto")
            ),
            "over_assignment": self.over,
            "seasonality": self.one_of(("history", "even")),
        }
        return NastyPlan(settings, tables)

    def chance(self, share: float) -> bool:
        """True in this share of the draws."""
        return bool(self.rng.random() < share)

    def one_of(self, choices: Sequence[Any]) -> Any:
        """One of the choices."""
        return choices[int(self.rng.integers(len(choices)))]

    def amount(self, measure: str, units: float) -> float:
        """Whole units as an amount."""
        return round(round(units) * self.units[measure], 2)

    # --- company

    def _draw_org(self) -> None:
        depth = int(self.one_of((1, 2, 2, 3, 3, 4)))
        n_rep = int(self.rng.integers(2, 13) if self.chance(0.93) else self.rng.integers(13, 61))
        between = BETWEEN[depth]
        self.org = [{"node_id": "c", "level": "company", "name": "C"}]
        parents = [("c", -1)]
        for k, level in enumerate(between):
            above = [node for node, of_level in parents if of_level == k - 1]
            for place in range(len(above) + int(self.rng.integers(0, 3))):
                node = f"{level[0]}{place}"
                self.org.append({"node_id": node, "parent_id": above[place % len(above)], "level": level})
                parents.append((node, k))
        homes = [node for node, k in parents if k == len(between) - 1]
        elsewhere = [node for node, k in parents if k >= 0] or ["c"]
        self.reps = [f"p{k}" for k in range(max(n_rep, len(homes)))]
        for k, rep in enumerate(self.reps):
            home = homes[k] if k < len(homes) else self.one_of(homes if self.chance(0.9) else elsewhere)
            row: Row = {"node_id": rep, "parent_id": home, "level": "rep"}
            kind = int(self.rng.integers(0, 25))
            row |= {
                0: {"role": "open"},
                1: {"start": "2024-02-15", "ramp": "0/0.5"},
                2: {"end": "2024-03-10"},
                3: {"end": "2023-06-30"} if k >= len(homes) else {},
            }.get(kind, {})
            row["peer_group"] = self.one_of(("", "", "a", "b"))
            self.org.append(row)
        for row in self.org:
            row.setdefault("name", row["node_id"])
        self.parent = {row["node_id"]: row.get("parent_id", "") for row in self.org}
        self.level = {row["node_id"]: row["level"] for row in self.org}
        levels = [*between, "rep"]
        if self.chance(0.35):
            chosen = [level for level in levels if self.chance(0.6)]
            self.over = {level: float(self.one_of((0.01, 0.02, 0.03, 0.05, 0.1))) for level in chosen}
        self.away = {row["node_id"] for row in self.org if row.get("end") == "2023-06-30"}

    def _draw_products(self) -> None:
        self.products: list[Row] = []
        self.below: dict[str, list[str]] = {"*": []}

        def leaf(product: str, line: str) -> None:
            self.products.append(
                {
                    "product_id": product,
                    "parent_id": line,
                    "name": product,
                    "margin": round(float(self.rng.uniform(0.05, 0.6)), 2),
                    "effort": float(self.one_of((0.001, 0.25, 0.5, 1.0, 3.0, 7.0))),
                }
            )
            self.below[product] = [product]
            self.below["*"].append(product)
            if line:
                self.below[line].append(product)

        left = int(self.rng.integers(1, 6))
        while left > 0:
            size = int(self.rng.integers(1, left + 1))
            line = f"l{left}" if size > 1 or self.chance(0.1) else ""
            if line:
                self.products.append({"product_id": line, "name": line})
                self.below[line] = []
            for k in range(size):
                leaf(f"q{left}{k}", line)
            left -= size
        self.leaves = self.below["*"]
        self.margin = {row["product_id"]: row.get("margin", 0.0) for row in self.products}
        self.effort = {row["product_id"]: row.get("effort", 0.0) for row in self.products}

    def _draw_hidden(self, measure: str) -> None:
        """Sizes: alike, unequal, one unit beside 1e9, all near 1e9, or a handful of units."""
        theme = self.one_of(("alike", "alike", "unequal", "unequal", "extreme", "huge", "few"))
        typical, spread = {
            "alike": (10.0 ** self.rng.uniform(2, 5), 0.4),
            "unequal": (10.0 ** self.rng.uniform(2, 5), 1.5),
            "extreme": (10.0 ** self.rng.uniform(2, 4), 5.0),
            "huge": (10.0 ** self.rng.uniform(7, 8), 1.0),
            "few": (3.0, 1.0),
        }[theme]
        product_size = dict(
            zip(self.leaves, np.exp(self.rng.normal(0, spread / 2, len(self.leaves))), strict=True)
        )
        without = float(self.one_of((0.0, 0.0, 0.1, 0.35)))
        grown = float(self.one_of((1.0, 1.0, 1.05, 1.2, 0.8)))
        noise = float(self.one_of((0.0, 0.05, 0.3, 1.0)))
        for rep in self.reps:
            is_new = self.chance(0.06)
            size = float(np.exp(self.rng.normal(0, spread)))
            for product in self.leaves:
                units = round(min(1e9, typical * size * product_size[product] * self.rng.uniform(0.6, 1.4)))
                has_past = not self.chance(without) and not is_new
                if rep in self.away or not has_past:
                    units = 0
                self.hidden[measure, rep, product] = units
                past = units * self.units[measure] / grown * float(np.exp(self.rng.normal(0, noise)))
                if rep in self.away and has_past:
                    past = typical * self.units[measure]
                if has_past:
                    self.last_year[measure, rep, product] = past
        if theme == "extreme":
            self.last_year = {key: max(past, 1e-6) for key, past in self.last_year.items()}
        key = (measure, next(rep for rep in self.reps if rep not in self.away), self.leaves[0])
        if self.total(measure) < 1:
            self.hidden[key] += 10
            self.last_year[key] = 10 * self.units[measure]

    def street(self, node: str) -> float:
        """Product of 1 + h on the way from the root."""
        factor = 1.0
        while node != "c":
            factor *= 1 + self.over.get(self.level[node], 0.0)
            node = self.parent[node]
        return factor

    def reps_below(self, node: str) -> list[str]:
        """Reps of a subtree."""

        def is_below(rep: str) -> bool:
            while rep and rep != node:
                rep = self.parent[rep]
            return rep == node

        return [rep for rep in self.reps if is_below(rep)]

    def value(self, measure: str, node: str, product: str, column: dict[str, float] | None = None) -> float:
        """What the hidden point gives a node and product, in units; weighted by a column of products."""
        return self.street(node) * sum(
            self.hidden[measure, rep, leaf] * (1.0 if column is None else column[leaf]) / self.street(rep)
            for rep in self.reps_below(node)
            for leaf in self.below[product]
        )

    def total(self, measure: str) -> int:
        """Whole units of the company."""
        return round(self.value(measure, "c", "*"))

    def past(self, measure: str, node: str, product: str) -> float:
        """Last year's history of a node and product."""
        return sum(
            self.last_year.get((measure, rep, leaf), 0.0)
            for rep in self.reps_below(node)
            for leaf in self.below[product]
        )

    # --- tables

    def _history(self) -> list[Row]:
        rows = []
        years = (2023,) if self.chance(0.5) else (2023, 2022)
        for (measure, rep, product), amount in self.last_year.items():
            months = sorted(self.rng.choice(12, int(self.rng.integers(1, 4)), replace=False).tolist())
            digits = 2 if amount >= 1 else 9
            for year in years:
                size = amount if year == 2023 else amount * float(self.rng.uniform(0.5, 1.5))
                for month in months:
                    if rep in self.away and year == 2023 and month >= 6:
                        continue
                    rows.append(
                        {
                            "period": f"{year}-{month + 1:02d}",
                            "node_id": rep,
                            "product_id": product,
                            "measure": measure,
                            "amount": round(size / len(months), digits),
                        }
                    )
        return rows

    def _commitments(self) -> list[Row]:
        rows = []
        for measure in self.measures:
            for node, level in self.level.items():
                if node in self.away or not self.chance(0.4 if level == "rep" else 0.15):
                    continue
                product = self.one_of(["*", "*", *self.leaves])
                units = self.value(measure, node, product) * self.rng.uniform(0.7, 1.4) + 1
                amount = self.amount(measure, units)
                base = {"node_id": node, "product_id": product, "measure": measure}
                rows.append({**base, "amount": amount, "confidence": self.one_of(("", "low", "high"))})
                if self.chance(0.5):
                    rows.append(
                        {**base, "amount": amount, "period": "2023", "actual": round(amount * 1.1, 2)}
                    )
        return rows

    def _potential(self) -> list[Row]:
        share = float(self.one_of((0.0, 0.5, 1.0)))
        return [
            {
                "node_id": rep,
                "product_id": "*",
                "measure": measure,
                "amount": round(float(self.rng.uniform(1, 9)), 2),
            }
            for measure in self.measures
            for rep in self.reps
            if rep not in self.away and self.chance(share)
        ]

    def _product_totals(self) -> dict[str, Row]:
        found: dict[str, Row] = {}
        for measure in self.measures:
            stated: Row = {}
            if self.over and self.chance(0.7):
                continue
            for product in self.below:
                if product == "*" or not self.chance(0.25):
                    continue
                units = self.value(measure, "c", product)
                low, high = (self.amount(measure, units * f) for f in (0.95, 1.05))
                past = self.past(measure, "c", product) if self.units[measure] > 0 else 0.0
                grown = round(units * self.units[measure] / past - 1, 3) if past > 0 else 0.0
                stated[product] = self.one_of(
                    (
                        self.amount(measure, units),
                        {"min": low},
                        {"max": high},
                        {"min": low, "max": high},
                        {"growth": grown} if past > 0 and -0.9 < grown < 3 else {"min": low},
                    )
                )
            if stated:
                found[measure] = stated
        return found

    def _pins(self) -> list[Row]:
        rows: dict[tuple[str, str, str], Row] = {}
        if not self.chance(0.3):
            return []
        for _ in range(int(self.rng.integers(1, 4))):
            measure = self.one_of(self.measures)
            node = self.one_of([row["node_id"] for row in self.org if row["node_id"] not in self.away])
            product = self.one_of(list(self.below))
            if node == "c" and product == "*":
                continue
            units = self.value(measure, node, product) * float(self.one_of((1.0, 1.0, 1.1, 0.5)))
            row = {"node_id": node, "product_id": product, "measure": measure}
            rows[measure, node, product] = row | {
                "amount": self.amount(measure, units),
                "reason": "r",
                "owner": "o",
            }
        return list(rows.values())

    # --- rules

    def _rules(self) -> list[Row]:
        kinds = ("range", "growth", "capacity", "effort", "mix", "fairness", "commitment", "link")
        writers: dict[str, Callable[[str, str, list[str], bool], Row]] = {
            "range": self._range,
            "growth": self._growth,
            "capacity": self._capacity,
            "effort": self._effort,
            "mix": self._mix,
            "fairness": self._fairness,
            "commitment": self._commitment,
            "link": self._link,
        }
        rows: list[Row] = []
        hard_share = float(self.one_of((0.2, 0.5, 0.8)))
        for _ in range(int(self.one_of((0, 1, 2, 2, 3, 3, 4, 5, 6, 8, 12)))):
            measure, kind = self.one_of(self.measures), self.one_of(kinds)
            is_hard = self.chance(hard_share)
            place, nodes = self._place(kind == "fairness")
            product = self.one_of(["*", *self.below])
            self.sized = {
                node
                for row in rows
                if row["kind"] == "capacity" and _is_size(row, measure)
                for node in self._named(row)
            }
            row = writers[kind](measure, product, nodes, is_hard)
            if not row:
                continue
            rows.append(
                {
                    "rule_id": f"x{len(rows)}",
                    "measure": measure,
                    "kind": kind,
                    "product_id": product,
                    "owner": "CFO",
                    "tier": self.one_of(("hard", "")) if is_hard else str(int(self.rng.integers(1, 4))),
                    **place,
                    **row,
                }
            )
        return rows

    def _place(self, is_fairness: bool) -> tuple[Row, list[str]]:
        """A node, or a level, or a level below a node; and the nodes that means."""
        levels = sorted(set(self.level.values()))
        if is_fairness:
            level = self.one_of(["rep", "rep", *[name for name in levels if name != "company"]])
            return {"level": level}, [node for node in self.level if self.level[node] == level]
        present = [node for node in self.level if node not in self.away]
        if self.chance(0.5):
            node = self.one_of(present)
            return {"node_id": node}, [node]
        level = self.one_of(levels)
        return {"level": level}, [node for node in present if self.level[node] == level]

    def _named(self, row: Row) -> list[str]:
        """Nodes of a rule."""
        level = row.get("level")
        return [row["node_id"]] if not level else [node for node, name in self.level.items() if name == level]

    def _sides(self, low: float, high: float, is_hard: bool) -> tuple[float, float]:
        """Bounds around what the hidden point has; soft ones may lie anywhere near, a few hard ones too."""
        if is_hard and not self.chance(0.08):
            slack = float(self.one_of(SLACKS))
            return max(0.0, low * (1 - slack)), high * (1 + slack)
        shift = float(self.one_of((0.5, 0.8, 0.95, 1.05, 1.3, 2.0)))
        slack = float(self.one_of(SLACKS))
        return low * shift * (1 - slack), max(low * shift, high * shift * (1 + slack))

    def _bounded(self, low: float, high: float, digits: int) -> Row:
        """One side, the other, or both."""
        sides = int(self.rng.integers(0, 3))
        row: Row = {}
        if sides != 1:
            row["min"] = round(low, digits)
        if sides != 0:
            row["max"] = round(max(low, high), digits)
        return row

    def _range(self, measure: str, product: str, nodes: list[str], is_hard: bool) -> Row:
        if self.chance(0.04):
            return {"max": 0.0}
        values = [self.value(measure, node, product) for node in nodes]
        low, high = self._sides(np.floor(min(values)), np.ceil(max(values)), is_hard)
        unit = self.units[measure]
        return self._bounded(np.floor(low) * unit, np.ceil(high) * unit, 2)

    def _growth(self, measure: str, product: str, nodes: list[str], is_hard: bool) -> Row:
        past = [(self.past(measure, node, product), node) for node in nodes]
        rates = [
            self.value(measure, node, product) * self.units[measure] / amount
            for amount, node in past
            if amount > 0
        ]
        if not rates:
            return {}
        low, high = self._sides(min(rates), max(rates), is_hard)
        row = self._bounded(max(-1.0, low - 1 - 1e-3), max(-1.0, high - 1 + 1e-3), 4)
        return row | {"basis": self.one_of(("last_year", "average")) if not is_hard else "last_year"}

    def _capacity(self, measure: str, product: str, nodes: list[str], is_hard: bool) -> Row:
        values = [self.value(measure, node, product) for node in nodes]
        _, high = self._sides(min(values), np.ceil(max(values)), is_hard)
        return {"max": round(np.ceil(high) * self.units[measure], 2), "basis": "amount"}

    def _effort(self, measure: str, product: str, nodes: list[str], is_hard: bool) -> Row:
        values = [self.value(measure, node, product, self.effort) for node in nodes]
        _, high = self._sides(min(values), max(values), is_hard)
        most = round(high * self.units[measure], 6)
        return {"kind": "capacity", "max": most, "basis": "effort"} if most > 0 else {}

    def _mix(self, measure: str, product: str, nodes: list[str], is_hard: bool) -> Row:
        if product == "*":
            product = self.one_of([name for name in self.below if name != "*"])
        if self.chance(0.15):
            return {"product_id": product, self.one_of(("min", "max")): self.one_of((0.0, 0.5, 0.5, 1.0))}
        whole = [(self.value(measure, node, "*"), node) for node in nodes]
        shares = [self.value(measure, node, product) / amount for amount, node in whole if amount > 0]
        if not shares:
            return {}
        low, high = self._sides(min(shares), max(shares), is_hard)
        low, high = min(low, 1.0), min(high, 1.0)
        if is_hard:
            low, high = np.floor(low * 1e4) / 1e4, np.ceil(high * 1e4) / 1e4
        return {"product_id": product, **self._bounded(low, high, 4)}

    def _fairness(self, measure: str, product: str, nodes: list[str], is_hard: bool) -> Row:
        has_potential = any(row["measure"] == measure for row in self.potential)
        choices = ["anchor", "anchor", "history"]
        choices += ["potential"] * has_potential + ["capacity"] * (len(self.sized.intersection(nodes)) > 0)
        basis = self.one_of(choices)
        row: Row = {"basis": basis}
        band = self.one_of(("zero", "narrow", "middle", "one", "one", "wide"))
        if is_hard and basis == "history":
            peers = [(self.past(measure, n, product), self.value(measure, n, product)) for n in nodes]
            past, now = (sum(pair[k] for pair in peers if pair[0] > 0) for k in (0, 1))
            if now > 0:
                away = [value * past / (basis_of * now) - 1 for basis_of, value in peers if basis_of > 0]
                slack = 1 + float(self.one_of(SLACKS))
                return row | {
                    "min": max(-1.0, np.floor(min(0.0, *away, 0.0) * slack * 1e4) / 1e4),
                    "max": np.ceil(max(0.0, *away, 0.0) * slack * 1e4) / 1e4,
                }
        if is_hard and band in ("zero", "narrow") and self.chance(0.6):
            band = "one"
        return (
            row
            | {
                "zero": {"max": 0.0},
                "narrow": {"max": round(float(self.rng.uniform(0.0001, 0.05)), 4)},
                "middle": {"max": round(float(self.rng.uniform(0.1, 0.5)), 4)},
                "one": {
                    "min": -round(float(self.one_of((0.9997, 1.0, 0.99, 0.999999))), 6),
                    "max": round(1 + float(self.one_of((0.0117, 0.0, -0.01, 1e-6))), 6),
                },
                "wide": {"max": round(float(self.rng.uniform(1.0, 3.0)), 2)},
            }[band]
        )

    def _commitment(self, measure: str, product: str, nodes: list[str], is_hard: bool) -> Row:
        given = {row["node_id"] for row in self.commitments if _is_commitment(row, measure, product)}
        if not given.intersection(nodes):
            return {}
        low, high = self._sides(0.6 if is_hard else 0.9, 1.6 if is_hard else 1.0, is_hard)
        return self._bounded(low, high, 3)

    def _link(self, measure: str, product: str, nodes: list[str], is_hard: bool) -> Row:
        values = [self.value(measure, node, product, self.margin) for node in nodes]
        low, high = self._sides(min(values), max(values), is_hard)
        if self.chance(0.3):
            width = float(self.one_of((0.0, 1e-9, 1e-6, 1e-4)))
            low, high = min(values) * (1 - width), max(values) * (1 + width)
        unit = self.units[measure]
        return {"basis": "margin", **self._bounded(low * unit, high * unit, 6)}
